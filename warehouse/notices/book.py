"""One agency's workbook of notices for a month: what is asked now, what is still open, how to fill it in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from warehouse.intake.contract import contracts
from warehouse.months import Month
from warehouse.notices import wording
from warehouse.notices.kinds import Catalogue
from warehouse.notices.shown import shown_pair
from warehouse.policy import Policy
from warehouse.release.masking import Mask
from warehouse.release.sealed import check_sealed
from warehouse.release.workbook import Book, Column, drop_down, workbook

_FIRST = 7  # index of the first row of data
_PROTECTED = {"autofilter": True, "format_columns": True, "format_rows": True}
ANSWER_WORDS = ("answer_corrected", "answer_kept", "answer_unknown")


@dataclass(frozen=True)
class Telling:
    """What decides how a notice is shown: the mask, the catalogue, and what policy lets be told."""

    mask: Mask
    kinds: Catalogue
    answers: tuple[str, str, str]
    told_fields: tuple[str, ...]
    names_sources: bool
    open_digits: int

    @classmethod
    def of(cls, policy: Policy, mask: Mask, kinds: Catalogue) -> Telling:
        """As the policy in force says."""
        corrected, kept, unknown = (policy.text(f"notices.{name}") for name in ANSWER_WORDS)
        told = "notices.proposed_fields"
        return cls(
            mask,
            kinds,
            (corrected, kept, unknown),
            policy.words(told) if policy.is_configured(told) else (),
            policy.text("notices.tell_sources") == "yes",
            policy.count("notices.open_digits_max"),
        )


def write_book(
    path: Path,
    agency: str,
    month: Month,
    *,
    asked: Sequence[Mapping[str, Any]],
    again: Sequence[Mapping[str, Any]],
    ended: Mapping[str, int],
    due: date,
    telling: Telling,
) -> None:
    """Write the workbook; ``NotReleased`` when a whole number stands in the finished file.

    ``asked`` are the notices of this month, ``again`` those of earlier months that are overdue or answered and still
    wrong, ``ended`` how many came to which end this month.
    """
    title = f"{agency} 校核纠错单（{month}）"
    with workbook(path, month, title) as book:
        said = f"本月新提出 {len(asked)} 条，请于 {due} 前答复（自送达之日起算的，以送达登记为准）。"
        _sheet(book, wording.MAIN, title, said, wording.COLUMNS, asked, month, telling)
        if again:
            said = f"以前月份提出、逾期未复或答复后数据仍未更正的 {len(again)} 条，不重复编号，请在本表答复。"
            _sheet(book, wording.REMINDED, f"{title} · 未办结", said, wording.AGAIN, again, month, telling)
        _guide(book, title, asked, ended, telling)
    check_sealed(path, telling.mask, shown_as=path.name)


def _sheet(
    book: Book,
    name: str,
    title: str,
    said: str,
    columns: tuple[Column, ...],
    notices: Sequence[Mapping[str, Any]],
    month: Month,
    telling: Telling,
) -> None:
    sheet = book.sheet(name)
    sheet.set_paper(8)  # A3: the answers stand beside the question
    last = len(columns) - 1
    width = int(sum(column.width for column in columns))
    sheet.set_row(0, 28)
    sheet.merge_range(0, 0, 0, last, title, book.looks["title"])
    row = book.prose(sheet, 1, said, "notice", across=last + 1, width=width)
    words = dict(zip(("corrected", "kept", "unknown"), telling.answers, strict=True))
    for text in wording.HOW_TO_FILL:
        row = book.prose(sheet, row, text.format(**words), across=last + 1, width=width)
    book.headers(sheet, _FIRST - 1, columns)
    sheet.freeze_panes(_FIRST, 4)
    row = _FIRST
    for notice in notices:
        book.line(sheet, row, columns, line_of(notice, columns, telling))
        row += 1
    end = max(row - 1, _FIRST)
    sheet.autofilter(_FIRST - 1, 0, end, last)
    at = {column.key: number for number, column in enumerate(columns)}
    sheet.data_validation(_FIRST, at["answer"], end, at["answer"], {
        "validate": "list", "source": drop_down(telling.answers, "notices.answer_corrected"),
        "error_title": "请从下拉菜单中选择", "error_message": "只能填写下拉菜单中的词。",
    })  # fmt: skip
    sheet.data_validation(_FIRST, at["answered_on"], end, at["answered_on"], {
        "validate": "date", "criteria": ">=", "value": month.first_day,
        "input_title": "核查日期", "input_message": f"例：{month.next.first_day}",
        "error_title": "日期不对", "error_message": f"请填写 {month.first_day} 及以后的日期。",
    })  # fmt: skip
    sheet.protect("", _PROTECTED)


def line_of(notice: Mapping[str, Any], columns: Sequence[Column], telling: Telling) -> list[object]:
    """A notice in the order of the columns, as its source may see it."""
    kind = telling.kinds.kind(notice["kind"])
    mask = telling.mask
    told = notice["proposed"] if notice["field"] in telling.told_fields else None
    stated, proposed = shown_pair(notice["field"], notice["stated"], told, mask, telling.open_digits)
    basis = kind.basis.format(sources=notice["sources"], detail=notice["detail"]) if kind else ""
    if telling.names_sources and notice["grps"]:
        basis += f"（{notice['grps'].replace(';', '、')}）"
    shown: dict[str, object] = {
        **place_of(notice, mask),
        "own_no": mask.show_text(own_no(notice)),
        "name": mask.show_name(notice["name"]),
        "id_no": mask.show_id(notice["id_seen"]),
        "stated": stated,
        "title": kind.title if kind else notice["kind"],
        "basis": mask.show_text(basis),
        "proposed": proposed,
        "advice": kind.advice if kind else "",
        "remark": "；".join(part for part in (_state(notice), notice["reason"]) if part),
        "asked_month": notice["asked_month"],
        "due_on": notice["due_on"],
        "notice_id": notice["notice_id"],
    }
    return [shown.get(column.key) for column in columns]


def place_of(notice: Mapping[str, Any], mask: Mask) -> dict[str, object]:
    """Where the row stands, in the words that the workbook shows: what a returned row is checked against."""
    column = notice["column"]
    header = contracts()[notice["feed"]].column(column).headers[0] if column else wording.WHOLE_ROW
    return {
        "file": mask.show_text(notice["file"]),
        "sheet": mask.show_text(notice["sheet"]),
        "row": notice["row"],
        "column": header,
    }


def own_no(notice: Mapping[str, Any]) -> str:
    """The source's own number of the person, else of the household."""
    for key in ("agency_key", "household_key"):
        words = notice[key] or ""
        column, _, value = words.partition(":")
        if value and column not in ("home", "beside"):
            return str(value)
    return ""


def _state(notice: Mapping[str, Any]) -> str:
    return "" if notice["state"] == "新提出" else str(notice["state"])


def _guide(
    book: Book,
    title: str,
    asked: Sequence[Mapping[str, Any]],
    ended: Mapping[str, int],
    telling: Telling,
) -> None:
    """What is asked how often and on what evidence; what came of earlier notices."""
    sheet = book.sheet(wording.GUIDE)
    for number, width in enumerate((9, 26, 64, 9)):
        sheet.set_column(number, number, width)
    sheet.set_row(0, 28)
    sheet.merge_range(0, 0, 0, 3, f"{title} · 说明", book.looks["title"])
    row = book.prose(sheet, 2, "本月提出的问题", "section", across=4)
    for kind in telling.kinds.kinds:
        number = sum(notice["kind"] == kind.id for notice in asked)
        if number:
            for at, value in enumerate((kind.id, kind.title, kind.sentence["zh"], number)):
                book.cell(sheet, row, at, value, ("centre", "text", "text", "count")[at])
            row += 1
    if ended:
        row = book.prose(sheet, row + 1, "以前提出的，到本月的情况", "section", across=4)
        for state, number in ended.items():
            for at, value in enumerate(("", state, wording.MEANINGS.get(state, ""), number)):
                book.cell(sheet, row, at, value, ("centre", "text", "text", "count")[at])
            row += 1
    sheet.protect("", {"format_columns": True, "format_rows": True})
