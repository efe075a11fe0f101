"""One slip: the workbook that goes back to an agency for one feed and month, masked and looked through."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from warehouse.intake.contract import Contract
from warehouse.intake.row_rule import every_rule
from warehouse.intake.words import words
from warehouse.months import Month
from warehouse.release.masking import Mask
from warehouse.release.sealed import check_sealed
from warehouse.release.workbook import Book, workbook
from warehouse.slips import wording
from warehouse.slips.lines import Line
from warehouse.slips.tables import NOT_READ

_HEADER = 6
_PROTECTED = {"autofilter": True, "format_columns": True, "format_rows": True}
# Rules whose finding is a number that a spreadsheet has damaged.
_DAMAGED = ("excel15", "excel_sci")


@dataclass(frozen=True)
class Total:
    """A 合计 row whose figure is not the sum of its rows."""

    file: str
    sheet: str
    row: int
    stated: Decimal | None
    summed: Decimal | None


@dataclass(frozen=True)
class Told:
    """What a slip says beside its lines: until when it is due, how many lines there are, what came of the last one."""

    due: date
    by_treatment: Mapping[str, int]
    by_rule: Mapping[str, int]
    left_out: int
    settled: int
    still_open: int
    corrected: int


def write_slip(
    path: Path,
    contract: Contract,
    month: Month,
    *,
    lines: Iterable[Line],
    totals: list[Total],
    told: Told,
    mask: Mask,
) -> None:
    """Write the slip; ``NotReleased`` when a whole number stands in the finished file."""
    title = f"{contract.agency} {contract.title} 数据退回单（{month}）"
    with workbook(path, month, title) as book:
        if told.by_treatment:
            _rows(book, title, contract, lines, told, mask)
        if totals:
            _totals(book, title, totals, mask)
        _guide(book, title, told)
    check_sealed(path, mask, shown_as=path.name)


def _rows(book: Book, title: str, contract: Contract, lines: Iterable[Line], told: Told, mask: Mask) -> None:
    columns = wording.COLUMNS
    sheet = book.sheet("退回单")
    last = len(columns) - 1
    sheet.set_row(0, 28)
    sheet.merge_range(0, 0, 0, last, title, book.looks["title"])
    width = int(sum(column.width for column in columns))
    counted = "，".join(
        f"{wording.TREATMENTS[name]} {number} 条" for name, number in told.by_treatment.items() if number
    )
    said = f"共 {sum(told.by_treatment.values())} 条：{counted}。请于 {told.due} 前交回或重新报送。"
    if told.left_out:
        said += f"另有 {told.left_out} 条未列出（多为同类问题），改正本单所列后会在下一份退回单中列出。"
    row = book.prose(sheet, 1, said, "notice", across=last + 1, width=width)
    for text in wording.HOW_TO_FILL:
        row = book.prose(sheet, row, text, across=last + 1, width=width)
    book.headers(sheet, _HEADER, columns)
    sheet.freeze_panes(_HEADER + 1, 4)
    row = _HEADER + 1
    for line in lines:
        book.line(sheet, row, columns, _values(line, contract, mask))
        row += 1
    sheet.autofilter(_HEADER, 0, row - 1, last)
    sheet.protect("", _PROTECTED)


def _values(line: Line, contract: Contract, mask: Mask) -> list[Any]:
    rule = every_rule().get(line.rule)
    header = contract.column(line.column).headers[0] if line.column else wording.WHOLE_ROW
    problem = words().reasons.get(line.reason, line.reason)
    if line.was_corrected:
        problem += wording.CORRECTED_STILL_WRONG
    remedy = rule[1].remedy if rule else wording.NOT_READ_REMEDY
    proposed = shown(line.proposed, line.column, contract, mask)
    if proposed and line.proposed_kind:
        proposed += f"（{wording.PROPOSALS[line.proposed_kind]}）"
    return [
        mask.show_text(line.file),
        mask.show_text(line.sheet),
        line.row,
        header,
        shown(line.value, line.column, contract, mask),
        problem,
        wording.TREATMENTS[line.treatment],
        wording.STANDINGS[line.standing],
        remedy,
        proposed,
        "",
        "",
        line.line_id,
    ]


def shown(value: str | None, column: str, contract: Contract, mask: Mask) -> str:
    """A cell as the slip's reader may see it, by what kind of column it stands in."""
    if not value or not column:
        return ""
    kind = contract.column(column).kind
    if kind == "id":
        # A name that stands in the number's place is masked as one.
        return mask.show_id(value) if any(sign.isdigit() for sign in value) else mask.show_name(value)
    if kind == "name":
        return mask.show_id(value) if sum(sign.isdigit() for sign in value) > 4 else mask.show_name(value)
    if kind == "phone":
        return mask.show_phone(value)
    return mask.show_text(value)


def _totals(book: Book, title: str, totals: list[Total], mask: Mask) -> None:
    columns = wording.TOTALS
    sheet = book.sheet("合计不符")
    last = len(columns) - 1
    sheet.set_row(0, 28)
    sheet.merge_range(0, 0, 0, last, title, book.looks["title"])
    row = book.prose(
        sheet, 1,
        "下列合计（小计）与其上各行逐行相加不一致。各行照常使用；请核对是合计错了还是缺了行，有误的请改正后重新报送。",
        across=last + 1, width=int(sum(column.width for column in columns)),
    )  # fmt: skip
    book.headers(sheet, row, columns)
    sheet.freeze_panes(row + 1, 0)
    for found in totals:
        row += 1
        known = found.stated is not None and found.summed is not None
        difference = found.stated - found.summed if known else None  # type: ignore[operator]
        place = (mask.show_text(found.file), mask.show_text(found.sheet), found.row)
        book.line(sheet, row, columns, [*place, found.stated, found.summed, difference, ""])
    sheet.protect("", _PROTECTED)


def _guide(book: Book, title: str, told: Told) -> None:
    """What was found how often, what came of the last slip, and how numbers are exported without harm."""
    sheet = book.sheet("说明")
    for number, width in enumerate((13, 70, 10)):
        sheet.set_column(number, number, width)
    sheet.set_row(0, 28)
    sheet.merge_range(0, 0, 0, 2, title, book.looks["title"])
    row = 2
    if told.settled or told.still_open or told.corrected:
        row = book.prose(sheet, row, "上一份报送的问题", "section", across=3)
        text = f"已解决 {told.settled} 条，仍未解决 {told.still_open} 条。"
        if told.corrected:
            text += f"按更正单改正 {told.corrected} 处，原件不变。"
        row = book.prose(sheet, row, text, across=3) + 1
    if told.by_rule:
        row = book.prose(sheet, row, "本次发现的问题", "section", across=3)
        for rule, number in told.by_rule.items():
            known = every_rule().get(rule)
            text = known[1].problem if known else words().reasons.get(rule, rule)
            for at, value in enumerate((rule if known else wording.TREATMENTS[NOT_READ], text, number)):
                book.cell(sheet, row, at, value, ("centre", "text", "count")[at])
            row += 1
        row += 1
    damaged = {rule_id for rule_id, (_, rule) in every_rule().items() if set(rule.is_one_of) & set(_DAMAGED)}
    if damaged & set(told.by_rule):
        row = book.prose(sheet, row, "怎样导出才不丢号码", "section", across=3)
        for text in wording.HOW_TO_EXPORT:
            row = book.prose(sheet, row, text, across=3, width=92)
    sheet.protect("", {"format_columns": True, "format_rows": True})
