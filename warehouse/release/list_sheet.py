"""The sheets of a list that villages answer on: header, rows, drop-downs, checks and protection."""

from __future__ import annotations

from typing import Any

from xlsxwriter.utility import xl_col_to_name

from warehouse.months import Month
from warehouse.release.list_columns import Answers, asks_identity
from warehouse.release.workbook import NOTICE, SHEET_ROWS, Book, Column, height_of

FIRST_ROW = 4  # title, notice, 填报 line, header: data begins in the fifth row
SIGN = (
    "核查人签字：　　　　　　　　村（社区）负责人：　　　　　　　　乡镇审核：　　　　　　　　年　　月　　日"
)
_LINKED = {"title": "link", "sure": "link_centre"}


def link_to(sheet: str, row: int) -> str:
    """The address of a row (from 0) within the workbook."""
    return f"internal:'{sheet}'!A{row + 1}"


class ListSheet:
    """Writes rows onto one sheet after the other; remembers where each rule and each person first stood."""

    def __init__(
        self,
        book: Book,
        title: str,
        columns: tuple[Column, ...],
        answers: Answers,
        month: Month,
        said: str,
        *,
        is_paper: bool,
    ) -> None:
        self._book, self._title, self._columns, self._answers = book, title, columns, answers
        self._month, self._said, self._is_paper = month, said, is_paper
        self._at = {column.key: number for number, column in enumerate(columns)}
        self._sheet: Any = None
        self._name, self._above, self._row = "", "", FIRST_ROW
        self.first_rows: tuple[dict[str, str], dict[str, str]] = ({}, {})

    def begin(self, name: str, above: str = "") -> None:
        """Open the next sheet, with a sentence above it where it has one of its own."""
        self.end()
        self._name, self._above, self._row = name, above, FIRST_ROW
        self._sheet = self._open()

    def add(self, seen: tuple[Any, ...], values: list[object], links: dict[str, str]) -> None:
        """One row; ``links`` leads from columns to their cards."""
        if self._row >= SHEET_ROWS - 2:
            self.begin(self._name, self._above)
        self._book.line(self._sheet, self._row, self._columns, values)
        for key, where in links.items():
            number = self._at[key]
            look = self._book.looks[_LINKED[key]]
            self._sheet.write_url(
                self._row, number, where, look, string=str(values[number] or "").replace("\n", "，")
            )
        if not asks_identity(seen):
            self._book.cell(self._sheet, self._row, self._at["identity"], None, "closed")
        here = link_to(self._sheet.get_name(), self._row)
        rules, persons = self.first_rows
        rules.setdefault(str(seen[-3]), here)
        persons.setdefault(str(seen[-2]), here)
        self._row += 1

    def end(self) -> None:
        """What can be said once the last row is known: filter, drop-downs, checks, protection."""
        if self._sheet is not None:
            _close(
                self._book, self._sheet, self._row, self._columns, self._answers, self._month, self._is_paper
            )
        self._sheet = None

    def _open(self) -> Any:
        book, columns = self._book, self._columns
        sheet = book.sheet(self._name)
        last = len(columns) - 1
        half = last // 2
        sheet.set_row(0, 28)
        sheet.merge_range(0, 0, 0, last, f"{self._title} · {self._name}", book.looks["title"])
        said = "\n".join(part for part in (self._above, self._said) if part)
        notice = f"{NOTICE}：请入户核实后填写右侧浅黄色各栏" + (f"\n{said}" if said else "")
        page = Column("notice", "", sum(column.width for column in columns))
        sheet.set_row(1, max(20.0, height_of((page,), (notice,))))
        sheet.merge_range(1, 0, 1, last, notice, book.looks["notice"])
        sheet.set_row(2, 20)
        sheet.merge_range(2, 0, 2, half, "填报单位：", book.looks["form_line_open"])
        sheet.merge_range(2, half + 1, 2, last, "填报时间：", book.looks["form_line_open"])
        book.headers(sheet, 3, columns)
        named = [column.key in ("name", "person") for column in columns].index(True)
        sheet.freeze_panes(FIRST_ROW, named + 1)
        return sheet


def _close(
    book: Book,
    sheet: Any,
    end: int,
    columns: tuple[Column, ...],
    answers: Answers,
    month: Month,
    is_paper: bool,
) -> None:
    if is_paper:
        sheet.set_row(end + 1, 24)
        sheet.merge_range(
            end + 1, 0, end + 1, len(columns) - 1, f"{SIGN}　　　　（盖章）", book.looks["form_line"]
        )
    at = {column.key: number for number, column in enumerate(columns)}
    last, first_row = end - 1, FIRST_ROW + 1
    aid, reason, words = (
        f"${xl_col_to_name(at[key])}{first_row}" for key in ("aid", "reason_not", "reason_words")
    )
    none = f'{aid}="{answers.aid_none}"'
    other = f'{reason}="{answers.reason_other}"'
    sheet.autofilter(3, 0, last, len(columns) - 1)

    def over(key: str, rule: dict[str, Any]) -> None:
        sheet.data_validation(FIRST_ROW, at[key], last, at[key], rule)

    def closed(key: str, listed: list[str]) -> None:
        over(key, {"validate": "list", "source": listed, "error_title": "请从下拉菜单中选择",
                   "error_message": "只能填写下拉菜单中的词。"})  # fmt: skip

    closed("identity", answers.identities)
    closed("result", answers.results)
    closed("aid", answers.aids)
    closed("reason_not", answers.reasons)
    over("checked_by", {
        "validate": "custom",
        "value": f'=AND(OR(NOT({none}),LEN(TRIM({reason}))>0),OR(NOT({other}),LEN(TRIM({words}))>0))',
        "ignore_blank": False,
        "error_title": "请先填写未纳入原因",
        "error_message": f"拟纳入救助选“{answers.aid_none}”须选未纳入原因；选“{answers.reason_other}”须写原因说明。",
    })  # fmt: skip
    over("checked_on", {
        "validate": "date", "criteria": ">=", "value": month.first_day,
        "input_title": "核查日期", "input_message": "例：2026-11-05",
        "error_title": "日期不对", "error_message": f"请填写 {month.first_day} 及以后的日期。",
    })  # fmt: skip
    gaps = {
        "reason_not": f"=AND({none},LEN(TRIM({reason}))=0)",
        "reason_words": f"=AND({other},LEN(TRIM({words}))=0)",
    }
    for key, formula in gaps.items():
        look = {"type": "formula", "criteria": formula, "format": book.looks["missing"]}
        sheet.conditional_format(FIRST_ROW, at[key], last, at[key], look)
    # No sorting: what Excel would let anybody sort here are the open cells alone, away from the rows they answer.
    sheet.protect("", {"autofilter": True, "format_columns": True, "format_rows": True})
