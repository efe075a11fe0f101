"""Read a filled-in list: find the header row and the columns by their words, wherever they were moved."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import python_calamine

from warehouse.errors import Refused
from warehouse.release.list_columns import ANSWERS, KEYS

HEADERS = {column.header: column.key for column in (*KEYS, *ANSWERS)}
_HEADER_WITHIN = 20  # rows from the top in which a header may stand (people insert lines above it)


@dataclass(frozen=True)
class FilledRow:
    """One row as it came back: where it stands, its keys, and its answers (text, or a day)."""

    sheet: str
    row: int
    cells: dict[str, str | date]

    def text(self, key: str) -> str:
        """A cell as text, empty when blank."""
        value = self.cells.get(key, "")
        return value if isinstance(value, str) else value.isoformat()

    @property
    def is_blank(self) -> bool:
        """Whether the village has filled in nothing."""
        return not any(self.cells.get(column.key) for column in ANSWERS)


def read_form(
    path: Path, headers: Mapping[str, str] = HEADERS, optional: frozenset[str] = frozenset()
) -> list[FilledRow]:
    """Every row with a key or an answer, from every sheet that has the list's headers (header to key).

    ``optional`` names keys whose columns people may have taken away.
    ``Refused`` when the file is no workbook or none of its sheets is one of our lists.
    """
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        sheets = [
            (name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in book.sheet_names
        ]
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise Refused(
            f"{path.name} cannot be read as a workbook: it is damaged, cut off or locked with a password.",
            next_step="ask for the file again, as xlsx and without a password.",
        ) from error
    found = [
        (name, rows, header)
        for name, rows in sheets
        if (header := _header(rows, headers, optional)) is not None
    ]
    if not found:
        raise Refused(
            f"{path.name} is no list of ours: no sheet has the columns {'、'.join(headers)}.",
            next_step="send back the very workbook that was handed out.",
        )
    return [line for name, rows, header in found for line in _lines(name, rows, *header)]


def _header(
    rows: list[list[Any]], headers: Mapping[str, str], optional: frozenset[str]
) -> tuple[int, dict[str, int]] | None:
    """Index of the header row and where each column stands, or None when a column is missing."""
    for index, row in enumerate(rows[:_HEADER_WITHIN]):
        at: dict[str, int] = {}
        for column, cell in enumerate(row):
            key = headers.get(_text(cell).replace(" ", ""))
            if key is not None:
                at.setdefault(key, column)
        if set(headers.values()) - optional <= at.keys():
            return index, at
    return None


def _lines(sheet: str, rows: list[list[Any]], header: int, at: dict[str, int]) -> Iterator[FilledRow]:
    for index, row in enumerate(rows[header + 1 :], start=header + 1):
        cells = {key: _cell(row[column]) for key, column in at.items() if column < len(row)}
        if any(cells.values()):
            yield FilledRow(sheet, index + 1, cells)


def _cell(value: Any) -> str | date:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else _text(value)


def _text(value: Any) -> str:
    """A cell as people mean it: width folded, blanks at the ends gone, 12.0 as 12."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return unicodedata.normalize("NFKC", str(value)).strip(" \t\r\n\u3000\u200b\ufeff")
