"""The hand that fills a list in: the workbook as it was handed out, opened, written into, and handled roughly."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import openpyxl
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

_HEADER_WITHIN = 20
_MOMENT: Final = (2026, 1, 1, 0, 0, 0)
_STAMP: Final = re.compile(rb"<dcterms:modified[^>]*>[^<]*</dcterms:modified>")
KEY: Final = "预警编号"
PERSON: Final = "人员编号"
RESULT: Final = "核查结果"


@dataclass
class Filled:
    """A sheet's rows as dictionaries by header, with where they stand: changed in place, then written back."""

    sheet: Worksheet
    header_row: int
    headers: list[str]
    rows: list[dict[str, Any]]

    def write(self) -> None:
        """Put headers and rows back into their cells; rows that are no more leave theirs empty."""
        for at, header in enumerate(self.headers, start=1):
            self.sheet.cell(self.header_row, at).value = header
        last = self.sheet.max_row
        for place in range(last - self.header_row):
            row = self.rows[place] if place < len(self.rows) else {}
            for at, header in enumerate(self.headers, start=1):
                cell = self.sheet.cell(self.header_row + 1 + place, at)
                if type(cell).__name__ != "MergedCell":
                    cell.value = row.get(header)


def opened(path: Path) -> tuple[Workbook, list[Filled]]:
    """The workbook and those of its sheets that are filled in, in the order in which they stand."""
    book = openpyxl.load_workbook(path, rich_text=True)
    return book, [found for sheet in book.worksheets if (found := _read(sheet))]


def _read(sheet: Worksheet) -> Filled | None:
    for number, cells in enumerate(sheet.iter_rows(max_row=_HEADER_WITHIN, values_only=True), start=1):
        words = ["" if value is None else str(value).replace(" ", "") for value in cells]
        if KEY in words and RESULT in words:
            rows = [
                dict(zip(words, values, strict=True))
                for values in sheet.iter_rows(min_row=number + 1, values_only=True)
            ]
            return Filled(sheet, number, words, [row for row in rows if row[KEY]])
    return None


def sort_by(filled: Filled, header: str) -> None:
    """Sort the rows as somebody does who looks for a name."""
    filled.rows.sort(key=lambda row: str(row.get(header) or ""))


def move_columns(filled: Filled, first: Sequence[str]) -> None:
    """Put some columns in front, where they are easier to reach."""
    ahead = [header for header in first if header in filled.headers]
    filled.headers = ahead + [header for header in filled.headers if header not in ahead]


def save(book: Workbook, path: Path, *, times: int) -> None:
    """Save as xlsx, the same bytes for the same content; ``times`` is how often the list has been sent by now."""
    book.properties.revision = str(times)
    aside = BytesIO()
    book.save(aside)
    with zipfile.ZipFile(aside) as made, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as kept:
        for item in made.infolist():
            content = made.read(item)
            if item.filename == "docProps/core.xml":
                content = _STAMP.sub(b"", content)
            kept.writestr(zipfile.ZipInfo(item.filename, _MOMENT), content, zipfile.ZIP_DEFLATED)


def times_sent(path: Path) -> int:
    """How often a workbook that lies there has been sent, by its own account; 0 where none lies there or can be read."""
    try:
        with zipfile.ZipFile(path) as book:
            found = re.search(rb"<cp:revision>(\d+)<", book.read("docProps/core.xml"))
    except (OSError, zipfile.BadZipFile, KeyError):
        return 0
    return int(found[1]) if found else 0


def save_as_csv(sheets: list[Filled], path_of: Callable[[str], Path]) -> list[Path]:
    """Save each sheet as a CSV in the encoding that a Chinese spreadsheet takes; ``path_of`` names its file."""
    written = []
    for filled in sheets:
        path = path_of(str(filled.sheet.title))
        with path.open("w", encoding="gb18030", newline="") as stream:
            lines = csv.writer(stream)
            lines.writerow(filled.headers)
            lines.writerows([_plain(row.get(header)) for header in filled.headers] for row in filled.rows)
        written.append(path)
    return written


def _plain(value: Any) -> Any:
    if value is None:
        return ""
    return f"{value:%Y/%-m/%-d}" if hasattr(value, "strftime") else str(value)


def cut_off(path: Path) -> None:
    """Leave the first two thirds of a file, as a broken copy does."""
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])
