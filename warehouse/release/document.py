"""What a form or report says, before anybody writes it as a workbook or on paper: one value, read by both writers.

A ``Document`` holds what its reader may see and no more: rows are masked before they enter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from warehouse.release.workbook import Column


@dataclass(frozen=True)
class Table:
    """A table: its columns, its rows in the columns' order, and what is said when there are none."""

    columns: tuple[Column, ...]
    rows: list[list[object]]
    heading: str = ""
    otherwise: str = "无。"
    total: str = ""
    # What the row of totals says where a sum would say nothing: by the column's key.
    total_told: Mapping[str, object] = field(default_factory=dict)
    # Per column that the filler's reader chooses from a menu: the key, the words, whether others may be written.
    menus: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def totals(self) -> list[object] | None:
        """The row of totals (named ``total``), None when the table has none: sums of the columns marked so."""
        if not self.total or not self.rows:
            return None
        places = [place for place, column in enumerate(self.columns) if column.is_summed]
        row: list[object] = [None] * len(self.columns)
        for place in places:
            found = [line[place] for line in self.rows if line[place] is not None]
            row[place] = sum((Decimal(str(value)) for value in found), Decimal(0)) if found else None
        for place, column in enumerate(self.columns):
            row[place] = self.total_told.get(column.key, row[place])
        row[0] = self.total
        return row


@dataclass(frozen=True)
class Prose:
    """A paragraph or a heading; ``open`` leaves that many blank lines for the reader to write on."""

    text: str
    open: int = 0
    is_heading: bool = False


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook, one section of a paper: title, the line of the form, and its blocks.

    ``annex`` stands above the title where a notice has one, ``sign`` is the line to sign beside the seal.
    """

    name: str
    title: str
    blocks: Sequence[Table | Prose]
    form_line: tuple[str, ...] = ("填报单位：", "填报时间：")
    notes: tuple[str, ...] = ()
    sign: str = ""
    annex: str = ""


@dataclass(frozen=True)
class Document:
    """A form or report as it leaves the house."""

    title: str
    sheets: list[Sheet] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many rows its tables hold."""
        return sum(
            len(block.rows) for sheet in self.sheets for block in sheet.blocks if isinstance(block, Table)
        )
