"""The cards as a workbook: one card a row, ① above ② in every cell, so that eyes compare straight down.

One row holds one whole card, so it may be sorted and filtered without falling apart; the answer stands beside
the names, where it stays in sight while the rest is looked through. What the machine
thought of the pair (score, rule, which side was looking for the other) stands nowhere in the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from xlsxwriter.utility import xl_col_to_name

from linkage.review.card_words import Field
from linkage.review.form import BEFORE, BESIDE_ANSWER, HEADER_ROW, KEY, SEEN, Card, key_text, order_for
from linkage.review.seal import check_cards
from linkage.review.terms import ANSWERS, THIRD, Terms
from warehouse.months import Month
from warehouse.release.masking import Mask
from warehouse.release.workbook import Book, Column, breadth, workbook, write

_FIRST = HEADER_ROW + 1
_FIRST_MARK, _SECOND_MARK = "① ", "② "
_LINE_HEIGHT = 15.5

# Several numbers in one cell stand below one another: a number must not be broken in two.
_BELOW = ("id_no", "phone")
_BREAK = "\n　 "

_OWN_LOOKS: Final[dict[str, dict[str, Any]]] = {
    "same": {},
    "differs": {"bg_color": "#FDE9D9"},
    "one_missing": {"bg_color": "#F2F2F2"},
    "none": {},
}
_GRID: Final = {
    "font_name": "宋体", "font_size": 11, "valign": "vcenter", "text_wrap": True, "border": 1,
    "border_color": "#9AA5B1",
}  # fmt: skip


def write_cards(
    path: Path, cards: Sequence[Card], *, seat: str, month: Month, terms: Terms, mask: Mask
) -> None:
    """Write the workbook of one seat (甲, 乙 or 裁定), whole or not at all; ``NotReleased`` where it would show
    more than the mask lets be seen (the cards are masked already: this is the proof)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".aside-{path.name}")
    columns = (*SEEN, *(BEFORE if seat == THIRD else ()), *BESIDE_ANSWER, KEY)
    title = f"{terms.county}{month.year}年{month.number}月身份核对卡（{seat}）"
    with workbook(aside, month, title) as book:
        looks = _looks(book)
        sheet = book.sheet("核对卡")
        at = {column.key: number for number, column in enumerate(columns)}
        _head(book, sheet, columns, title, seat, terms, len(cards), at)
        for number, card in enumerate(order_for(seat, cards), start=1):
            _line(sheet, HEADER_ROW + number, columns, card, number, seat, looks, at)
        _close(book, sheet, columns, len(cards), terms, month, at)
    try:
        check_cards(aside, mask)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _looks(book: Book) -> dict[str, Any]:
    looks = {name: book.book.add_format({**_GRID, **look}) for name, look in _OWN_LOOKS.items()}
    looks["mark"] = book.book.add_format({"font_name": "宋体", "font_size": 9, "font_color": "#667085"})
    looks["plain"] = book.book.add_format({"font_name": "宋体", "font_size": 11})
    looks["apart"] = book.book.add_format(
        {"font_name": "宋体", "font_size": 11, "bold": True, "font_color": "#C00000"}
    )
    return looks


def _head(
    book: Book, sheet: Any, columns: Sequence[Column], title: str, seat: str, terms: Terms, cards: int,
    at: dict[str, int],
) -> None:  # fmt: skip
    last = len(columns) - 1
    due = terms.due_third if seat == THIRD else terms.due
    sheet.set_row(0, 28)
    sheet.merge_range(0, 0, 0, last, title, book.looks["title"])
    sheet.set_row(1, 20)
    sheet.merge_range(
        1,
        0,
        1,
        last,
        f"请于 {due.isoformat()} 前交回　　共 {cards} 张　　请独立核对，勿与他人商量",
        book.looks["notice"],
    )
    lines = (
        "每行一张卡：上行①、下行②是两处记载，请判断是不是同一个人，在“判断”栏选一项。橙底：两处不同（红字为不同的字）；灰底：一处没有写。",
        "“核对人”“核对日期”在下面填一次即可，各行自动带出，也可在行内另写。可以排序、筛选；请勿改动“卡号”栏。",
    )
    for row, text in enumerate(lines, start=2):
        sheet.set_row(row, 18)
        sheet.merge_range(row, 0, row, last, text, book.looks["form_line"])
    sheet.set_row(4, 24)
    sheet.merge_range(4, 0, 4, 1, "核对人：", book.looks["header_open"])
    sheet.write_blank(4, 2, None, book.looks["open"])
    sheet.write_string(4, 3, "核对日期：", book.looks["header_open"])
    sheet.write_blank(4, 4, None, book.looks["open_date"])
    if cards:
        answers = f"{xl_col_to_name(at['answer'])}{_FIRST + 1}:{xl_col_to_name(at['answer'])}{_FIRST + cards}"
        sheet.write_formula(
            4, at["place"], f'="已答 "&COUNTA({answers})&" / {cards}"', book.looks["form_line"], ""
        )
    book.headers(sheet, HEADER_ROW, columns)
    sheet.freeze_panes(_FIRST, 3)


def _line(
    sheet: Any, row: int, columns: Sequence[Column], card: Card, number: int, seat: str, looks: dict[str, Any],
    at: dict[str, int],
) -> None:  # fmt: skip
    lines = 2
    for column in columns:
        where = at[column.key]
        look = sheet_look(looks, column)
        if column.key == "place_no":
            sheet.write_number(row, where, number, looks["same"])
        elif column.key in ("first_said", "second_said"):
            write(sheet, row, where, card.said[column.key == "second_said"], looks["none"])
        elif column is KEY:
            sheet.write_string(row, where, key_text(card.card_id, seat, name_cell(card)), look)
        elif column.key == "answered_by":
            sheet.write_formula(row, where, '=IF($C$5="","",$C$5)', look, "")
        elif column.key == "answered_on":
            sheet.write_formula(row, where, '=IF($E$5="","",$E$5)', look, "")
        elif column.is_open:
            sheet.write_blank(row, where, None, look)
        else:
            lines = max(lines, _pair(sheet, row, where, column, card, looks))
    sheet.set_row(row, _LINE_HEIGHT * lines + 4)


def sheet_look(looks: dict[str, Any], column: Column) -> Any:
    """The look of a column that is not a field of the card."""
    return looks[column.look] if column.look in looks else looks["none"]


def name_cell(card: Card) -> str:
    """The text of the name cell, as a reader of the file finds it."""
    field = card.fields["name"]
    return f"{_FIRST_MARK}{field.first or '—'}\n{_SECOND_MARK}{field.second or '—'}"


def _pair(sheet: Any, row: int, where: int, column: Column, card: Card, looks: dict[str, Any]) -> int:
    """One cell with both sides; gives the lines that it needs."""
    field = _shown(column.key, card.fields)
    if not field.first and not field.second:
        sheet.write_string(row, where, "", looks["none"])
        return 2
    look = looks[field.difference]
    runs: list[Any] = []
    for mark, text, apart in (
        (_FIRST_MARK, field.first, field.apart[0]),
        (_SECOND_MARK, field.second, field.apart[1]),
    ):
        runs += [looks["mark"], ("\n" if runs else "") + mark]
        for is_apart, piece in _pieces(text or "—", apart):
            runs += [looks["apart" if is_apart else "plain"], _broken(column, piece)]
    sheet.write_rich_string(row, where, *runs, look)
    room = max(1, int(column.width) - 2)
    return sum(
        max(1, -(-breadth(_FIRST_MARK + line) // room))
        for text in (field.first or "—", field.second or "—")
        for line in _broken(column, text).split("\n")
    )


def _broken(column: Column, text: str) -> str:
    """A text with its line breaks, in columns where values stand below one another."""
    return text.replace("、", _BREAK).replace("（", f"{_BREAK}（") if column.key in _BELOW else text


def _shown(key: str, fields: dict[str, Field]) -> Field:
    """The field of a column; sex and ethnicity share one, and the state of a number stands behind it."""
    if key == "person":
        sex, people = fields["sex"], fields["ethnicity"]
        difference = "differs" if "differs" in (sex.difference, people.difference) else sex.difference
        return Field(key, _with(sex.first, people.first), _with(sex.second, people.second), difference)
    if key == "id_no":
        number, state = fields["id_no"], fields["id_state"]
        return Field(
            key,
            number.first + (f"（{state.first}）" if state.first else ""),
            number.second + (f"（{state.second}）" if state.second else ""),
            number.difference,
            number.apart,
        )
    return fields[key]


def _with(one: str, two: str) -> str:
    return " ".join(part for part in (one, two) if part)


def _pieces(text: str, apart: tuple[int, ...]) -> list[tuple[bool, str]]:
    """A text cut where it changes between common and differing characters."""
    pieces: list[tuple[bool, str]] = []
    for place, letter in enumerate(text):
        is_apart = place in apart
        if pieces and pieces[-1][0] == is_apart:
            pieces[-1] = (is_apart, pieces[-1][1] + letter)
        else:
            pieces.append((is_apart, letter))
    return pieces


def _close(
    book: Book,
    sheet: Any,
    columns: Sequence[Column],
    cards: int,
    terms: Terms,
    month: Month,
    at: dict[str, int],
) -> None:
    if not cards:
        sheet.protect("")
        return
    last = HEADER_ROW + cards
    sheet.autofilter(HEADER_ROW, 0, last, len(columns) - 1)

    def over(key: str, rule: dict[str, Any]) -> None:
        sheet.data_validation(_FIRST, at[key], last, at[key], rule)

    over("answer", {"validate": "list", "source": list(ANSWERS), "error_title": "请从下拉菜单中选择",
                    "error_message": "只能填：" + "、".join(ANSWERS)})  # fmt: skip
    over("reason", {"validate": "list", "source": terms.reasons, "error_type": "information",
                    "error_message": "菜单外的理由请写在“说明”栏。"})  # fmt: skip
    date_rule = {"validate": "date", "criteria": ">=", "value": month.first_day, "error_title": "日期不对",
                 "error_message": f"请填写 {month.first_day} 及以后的日期。"}  # fmt: skip
    sheet.data_validation(
        4, 4, 4, 4, {**date_rule, "input_title": "核对日期", "input_message": "例：2026-11-05"}
    )
    over("answered_on", date_rule)
    answer = f"${xl_col_to_name(at['answer'])}{_FIRST + 1}"
    who = f"${xl_col_to_name(at['answered_by'])}{_FIRST + 1}"
    for key, formula, look in (
        ("answer", f"=LEN({answer})>0", book.book.add_format({"bg_color": "#E2F0D9"})),
        ("answered_by", f"=AND(LEN({answer})>0,LEN({who})=0)", book.looks["missing"]),
    ):
        sheet.conditional_format(
            _FIRST, at[key], last, at[key], {"type": "formula", "criteria": formula, "format": look}
        )
    sheet.protect("", {"autofilter": True, "format_columns": True, "format_rows": True})
