"""For whom was a leaked file made? Asked of the marks that every package left in the home; no package is opened.

Record numbers answer with one row. Where they were taken out, rows are found by their content (any two columns will
do), and the order in which they stand tells the recipients of the same rows apart: in the right file the places rise
from row to row, in any other about every second one does.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import duckdb
import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook

from warehouse.database import in_memory, quoted
from warehouse.errors import Refused
from warehouse.lake import Lake
from warehouse.packages.marks import NUMBER_PATTERN, cell_hash, salt_of
from warehouse.packages.share import MARKS

_TITLES_MIN = 2
# From this share of rising neighbours on the order speaks; of strangers it is about a half.
_ORDERED = 0.9
_PAIRS_MIN = 8


@dataclass(frozen=True)
class Found:
    """What speaks for one package: rows by their number, rows by their content, and the share of rising neighbours
    (None: too few rows to say)."""

    package: str
    table: str
    rows: int
    by_number: int
    by_content: int
    rising: float | None

    @property
    def is_marked(self) -> bool:
        """Whether the mark itself speaks, not only the content, which others may have too."""
        return self.by_number > 0 or (self.rising is not None and self.rising >= _ORDERED)


def trace(path: Path, lake: Lake, key: bytes) -> list[Found]:
    """The packages that the file's rows may come from, the likeliest first; empty when none knows a row."""
    sheets = list(_sheets(path))
    files = sorted((lake.root / MARKS).glob("month=*/*.parquet"))
    found: list[Found] = []
    with in_memory(lake.home) as con:
        for rows in sheets:
            for file in files:
                found += _asked(con, rows, file, salt_of(key))
    return sorted(found, key=lambda one: (-one.by_number, not one.is_marked, -one.by_content, one.package))


def _asked(con: duckdb.DuckDBPyConnection, rows: list[list[str]], file: Path, salt: str) -> Iterator[Found]:
    marks = f"read_parquet('{quoted(file)}', hive_partitioning = false)"
    con.register(
        "leaked", pa.table({"place": list(range(len(rows))), "cells": pa.array(rows, pa.list_(pa.string()))})
    )
    tables = con.execute(
        f"SELECT DISTINCT package_id, table_name, titles FROM {marks} ORDER BY ALL"
    ).fetchall()
    for package, table, titles in tables:
        own = f"(SELECT * FROM {marks} WHERE table_name = '{quoted(table)}')"
        numbers = con.execute(
            f"SELECT count(DISTINCT own.record_no) FROM (SELECT unnest(cells) AS cell FROM leaked) AS seen "
            f"INNER JOIN {own} AS own ON seen.cell = own.record_no "
            f"WHERE regexp_full_match(seen.cell, '{NUMBER_PATTERN}')"
        ).fetchone()
        pairs = _by_content(con, rows, titles, own, salt)
        rising = None
        if len(pairs) > _PAIRS_MIN:
            steps = list(pairwise(pairs))
            rising = sum(left < right for left, right in steps) / len(steps)
        by_number = int(numbers[0]) if numbers else 0
        if by_number or pairs:
            total = con.execute(f"SELECT count(*) FROM {own}").fetchone()
            yield Found(package, table, int(total[0]) if total else 0, by_number, len(pairs), rising)
    con.unregister("leaked")


def _by_content(
    con: duckdb.DuckDBPyConnection, rows: list[list[str]], titles: list[str], own: str, salt: str
) -> list[int]:
    """The places in the package of the rows that the file shares with it, in the order of the file."""
    places = max(
        ({title: row.index(title) for title in titles if title in row} for row in rows[:20]),
        key=len,
        default={},
    )
    if len(places) < _TITLES_MIN:
        return []
    ours = ", ".join(f"cells[{titles.index(title) + 1}]" for title in places)
    theirs = ", ".join(cell_hash(f"'{title}'", f"cells[{at + 1}]", salt) for title, at in places.items())
    return [
        place
        for (place,) in con.execute(
            f"""
            WITH own AS (
                SELECT [{ours}] AS cells, min(position) AS position
                FROM {own} GROUP BY ALL HAVING count(*) = 1
            ), seen AS (
                SELECT [{theirs}] AS cells, min(place) AS place FROM leaked GROUP BY ALL HAVING count(*) = 1
            )
            SELECT own.position FROM seen INNER JOIN own ON seen.cells = own.cells ORDER BY seen.place
            """
        ).fetchall()
    ]


def _sheets(path: Path) -> Iterator[list[list[str]]]:
    """The rows of a CSV or of every sheet of a workbook, as text."""
    content = path.read_bytes()
    if content.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        try:
            book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        except CalamineError:
            raise Refused(
                f"{path.name} is no workbook that can be read.", next_step="save it as CSV."
            ) from None
        for name in book.sheet_names:
            yield [[_text(cell) for cell in row] for row in book.get_sheet_by_name(name).to_python()]
        return
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        yield [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text))]
        return
    raise Refused(f"{path.name} is neither a workbook nor text.", next_step="save it as CSV.")


def _text(cell: object) -> str:
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell).strip()
