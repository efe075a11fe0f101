"""A table's header of one or two levels, as cells that both writers merge alike. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from warehouse.release.workbook import Column


class HeaderCell(TypedDict):
    """Where a header stands, how many columns and rows it spans, and what it says."""

    x: int
    y: int
    across: int
    down: int
    text: str


def header_cells(columns: Sequence[Column]) -> tuple[int, list[HeaderCell]]:
    """How many levels the header has, and its cells.

    Neighbours of one ``group`` share the cell above them; a column without one spans both levels.
    """
    if not any(column.group for column in columns):
        return 1, [_cell(x, 0, 1, 1, column.header) for x, column in enumerate(columns)]
    cells = []
    for x, column in enumerate(columns):
        if not column.group:
            cells.append(_cell(x, 0, 1, 2, column.header))
            continue
        if x == 0 or columns[x - 1].group != column.group:
            across = 1
            while x + across < len(columns) and columns[x + across].group == column.group:
                across += 1
            cells.append(_cell(x, 0, across, 1, column.group))
        cells.append(_cell(x, 1, 1, 1, column.header))
    return 2, cells


def _cell(x: int, y: int, across: int, down: int, text: str) -> HeaderCell:
    return {"x": x, "y": y, "across": across, "down": down, "text": text}
