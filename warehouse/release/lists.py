"""The warning lists: a workbook per township with a sheet per village, and one for the county.

The village finds what the machine saw on the left, locked, and answers on the right. The same writer
makes the paper copy; what differs is the mask. A township's workbook holds the cards of its rules and persons, one
click away from each row.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb

from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.release import match_cards, rule_cards
from warehouse.release.cautions import Cautions
from warehouse.release.document import Document, Prose, Sheet, Table
from warehouse.release.guide import guide_blocks, write_guide
from warehouse.release.list_columns import (
    COUNTY,
    LEFT_OPEN,
    LEFT_OPEN_SHEET,
    PAPER,
    QUERY,
    TOWNSHIP,
    Answers,
    row_of,
)
from warehouse.release.list_sheet import SIGN, ListSheet, link_to
from warehouse.release.listing import stream
from warehouse.release.masking import Mask, mask_for
from warehouse.release.workbook import Book, workbook

_LEFT_OPEN_SAID = "以前下发、还没有答复，又不在本月各村表上的。请照样核查、照样填写。"


def write_list(
    path: Path,
    con: duckdb.DuckDBPyConnection,
    *,
    month: Month,
    township: str | None,
    mask: Mask,
    policy: Policy,
    cautions: Cautions,
    is_paper: bool = False,
) -> list[str]:
    """Write one list (a township's, or the county's when ``township`` is None); gives its warning ids.

    A township's list has a sheet per village, then 结转待答复, 规则卡 and 匹配卡; the county's a sheet per township, 结转待答复
    and 规则卡. ``mask`` says what its readers may see; ``is_paper`` stacks cells for A4, adds the line to sign and leaves the cards out. A
    sheet that Excel could not hold goes on in another of the same name.
    """
    columns = PAPER if is_paper else TOWNSHIP if township else COUNTY
    ids: list[str] = []
    title = _titled(month, township, mask, policy)
    said = mask.show_text(cautions.header(con, township))
    with workbook(path, month, title) as book:
        write_guide(book, con, month=month, township=township, title=title, policy=policy, cautions=cautions)
        sheets = ListSheet(book, title, columns, Answers.of(policy), month, said, is_paper=is_paper)
        cards = None if is_paper else _Cards(book, con, sheets, township, month, policy)
        for part, seen in groupby(
            stream(con, QUERY, [township]), key=lambda row: row[1] if township else row[0]
        ):
            sheets.begin(mask.show_text(part))
            for one in seen:
                sheets.add(one, row_of(one, mask, columns, policy), cards.links(one) if cards else {})
                ids.append(str(one[-1]))
        left = con.execute(LEFT_OPEN, [township]).fetchall()
        if left:
            sheets.begin(LEFT_OPEN_SHEET, _LEFT_OPEN_SAID)
            for one in left:
                sheets.add(one, row_of(one, mask, columns, policy), cards.links(one) if cards else {})
                ids.append(str(one[-1]))
        sheets.end()
        if cards:
            cards.write(title)
    return ids


def list_document(
    con: duckdb.DuckDBPyConnection,
    *,
    month: Month,
    township: str,
    mask: Mask,
    policy: Policy,
    cautions: Cautions,
) -> Document:
    """A township's list as it is printed: a section per village, what is carried over, then what the sheet 说明 says."""
    title = _titled(month, township, mask, policy)
    said = mask.show_text(cautions.header(con, township))
    above = [Prose(said)] if said else []
    sheets = []
    for village, seen in groupby(stream(con, QUERY, [township]), key=lambda seen: str(seen[1])):
        name = mask.show_text(village)
        rows = [row_of(one, mask, PAPER, policy) for one in seen]
        sheets.append(Sheet(name, f"{title} · {name}", [*above, Table(PAPER, rows)], sign=SIGN))
    left = [row_of(one, mask, PAPER, policy) for one in con.execute(LEFT_OPEN, [township]).fetchall()]
    if left:
        blocks: list[Table | Prose] = [Prose(_LEFT_OPEN_SAID), Table(PAPER, left)]
        sheets.append(Sheet(LEFT_OPEN_SHEET, f"{title} · {LEFT_OPEN_SHEET}", blocks, sign=SIGN))
    guide = guide_blocks(con, month=month, township=township, policy=policy, cautions=cautions)
    sheets.append(Sheet("说明", f"{title} · 说明", guide, form_line=()))
    return Document(title, sheets)


def _titled(month: Month, township: str | None, mask: Mask, policy: Policy) -> str:
    county = policy.text("release.county_name")
    return f"{county}{mask.show_text(township)}{month.year}年{month.number}月预警核查清单"


class _Cards:
    """The cards of a township's workbook: their sheets stand last, and every row links to them and back."""

    def __init__(
        self,
        book: Book,
        con: duckdb.DuckDBPyConnection,
        sheets: ListSheet,
        township: str | None,
        month: Month,
        policy: Policy,
    ) -> None:
        self._book, self._sheets = book, sheets
        self._rules = rule_cards.cards(con, township, policy)
        # The county's list is checked by nobody on site: who is who is the township's to look at.
        self._matches = (
            match_cards.matches(con, township, mask_for("match_card", policy), month) if township else None
        )
        self._of_rule = rule_cards.places_of(self._rules)
        self._of_person = match_cards.places_of(self._matches or [])

    def links(self, seen: tuple[Any, ...]) -> dict[str, str]:
        """Where the cards of a row stand, by the column that leads to them."""
        *_, rule, person, _ = seen
        places = {"title": (rule_cards.SHEET, self._of_rule.get(rule)),
                  "sure": (match_cards.SHEET, self._of_person.get(person))}  # fmt: skip
        return {key: link_to(sheet, row) for key, (sheet, row) in places.items() if row is not None}

    def write(self, title: str) -> None:
        """Write both sheets, with the way back to the first row of each rule and person."""
        rules, persons = self._sheets.first_rows
        rule_cards.write_cards(
            self._book, self._book.sheet(rule_cards.SHEET), self._rules, title=f"{title} · 规则卡", back=rules
        )
        if self._matches is not None:
            match_cards.write_matches(
                self._book,
                self._book.sheet(match_cards.SHEET),
                self._matches,
                title=f"{title} · 匹配卡",
                back=persons,
            )
