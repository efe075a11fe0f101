"""Fill a form in: its query's rows, as its reader may see them, sheet by sheet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import duckdb

from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.release.cautions import Cautions
from warehouse.release.document import Document, Prose, Sheet, Table
from warehouse.release.form import Copy, Form, Leaf
from warehouse.release.masking import Mask
from warehouse.release.unassessed import Unassessed
from warehouse.release.workbook import drop_down

Rows = list[dict[str, Any]]
_LINES_TO_WRITE_ON = 3


def rows_of(con: duckdb.DuckDBPyConnection, form: Form) -> Rows:
    """What the form's query gives: ``township`` and ``village`` say where a row belongs."""
    cursor = con.cursor()
    try:
        found = cursor.execute(form.query)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    finally:
        cursor.close()


def places_of(rows: Rows) -> list[str]:
    """The townships that have a row, in order."""
    return sorted({str(row["township"]) for row in rows})


@dataclass(frozen=True)
class Occasion:
    """What the forms of one issue share: the month, the first month of the period, policy, and the month's gaps and cautions."""

    month: Month
    since: Month
    policy: Policy
    unassessed: Unassessed
    cautions: Cautions

    @property
    def period(self) -> str:
        """The period in words: ``2026年8—10月``."""
        first, last = self.since, self.month
        if first == last:
            return f"{first.year}年{first.number}月"
        until = f"{last.number}月" if first.year == last.year else f"{last.year}年{last.number}月"
        return f"{first.year}年{first.number}{'—' if first.year == last.year else '月—'}{until}"


def filled(
    form: Form, copy: Copy, rows: Rows, *, place: str | None, mask: Mask, occasion: Occasion
) -> Document:
    """The document for one place (``place`` None: the whole county) and one audience."""
    month, policy = occasion.month, occasion.policy
    county = policy.text("release.county_name")
    words = {
        "period": occasion.period, "county": county, "place": mask.show_text(place), "year": month.year, "month": month.number,
        "quarter": (month.number + 2) // 3, "last_day": month.last_day,
    }  # fmt: skip
    title = form.title.format(**words)
    here = [row for row in rows if place is None or row["township"] == place]
    notes = tuple(note.format(**words) for note in form.notes) + tuple(
        occasion.unassessed.told(form.rules, form.feeds, place)
    )
    notes += tuple(map(mask.show_text, occasion.cautions.notes(form.rules, form.feeds)))
    missing = occasion.unassessed.months_missing(occasion.since) if "{period}" in form.title else []
    if missing:
        notes += (f"期内没有数据、未计入的月份：{'、'.join(missing)}。",)
    sheets: list[Sheet] = []
    for part, lines in _parts(copy, here):
        name = mask.show_text(part).strip() or form.file
        sheets.append(
            Sheet(
                name=name,
                title=f"{title} · {name}" if part else title,
                blocks=[_table(form, lines, mask, policy), *([] if sheets else _asked(form))],
                form_line=(f"填报单位：{county}{mask.show_text(place)}", "填报时间："),
                notes=notes,
                sign=form.sign,
                annex=form.annex,
            )
        )
    return Document(title=title, sheets=sheets)


def _asked(form: Form) -> list[Prose]:
    return [
        block
        for ask in form.asks
        for block in (Prose(ask, is_heading=True), Prose("", open=_LINES_TO_WRITE_ON))
    ]


def _parts(copy: Copy, rows: Rows) -> Iterable[tuple[str, Rows]]:
    """The rows sheet by sheet; a form without rows has one sheet that says so."""
    if copy.sheets == "one" or not rows:
        return [("", rows)]
    key = copy.sheets
    ordered = sorted(rows, key=lambda row: str(row[key]))  # stable: the query's order stands within a sheet
    return [(name, list(lines)) for name, lines in groupby(ordered, key=lambda row: str(row[key]))]


def _table(form: Form, rows: Rows, mask: Mask, policy: Policy) -> Table:
    numbered = [
        [number if leaf.key == "place" else _shown(leaf, row.get(leaf.key), mask) for leaf in form.columns]
        for number, row in enumerate(rows, start=1)
    ]
    numbered += [[None] * len(form.columns) for _ in range(form.blank)]
    menus = tuple(
        (leaf.key, tuple(drop_down(policy.words(leaf.menu), leaf.menu))) for leaf in form.columns if leaf.menu
    )
    return Table(form.sheet_columns, numbered, otherwise=form.otherwise, total=form.total, menus=menus)


def _shown(leaf: Leaf, value: Any, mask: Mask) -> object:
    if not isinstance(value, str):
        return value
    show = {"id_no": mask.show_id, "phone": mask.show_phone, "name": mask.show_name}.get(
        leaf.shows, mask.show_text
    )
    return show(value)
