"""The files of a package: CSV or workbook, as the agreement says. The same table gives the same bytes."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from warehouse.database import quoted
from warehouse.errors import Misconfigured
from warehouse.months import Month
from warehouse.packages.agreement import Form
from warehouse.packages.marks import RECORD_NO
from warehouse.packages.rows import Column
from warehouse.release import workbook as books

EXPLAINED = "说明"
_BATCH = 20_000
_BLOCK = 1 << 24
_NUMBERS = ("count", "yuan")
# Letters that a column shows; any other kind is as wide as a word.
_WIDTHS = {"id_no": 21, "name": 12, "place": 14, "text": 52, "count": 10, "yuan": 13, "month": 11, "day": 12}
_WIDTH, _NUMBER_WIDTH = 22, 20


def titles_of(columns: tuple[Column, ...], *, is_numbered: bool) -> list[str]:
    """The header of a file."""
    return [*([RECORD_NO] if is_numbered else []), *(one.title for one in columns)]


def write_csv(
    con: duckdb.DuckDBPyConnection,
    table: str,
    columns: tuple[Column, ...],
    path: Path,
    *,
    form: Form,
    is_numbered: bool,
) -> None:
    """Write a table as CSV (header, commas, quotes where needed) in the agreed encoding; a stream, no loop over rows."""
    plain = path.with_suffix(".utf8")
    listed = [f'"{one.name}" AS "{one.title}"' for one in columns]
    if is_numbered:
        listed.insert(0, f'record_no AS "{RECORD_NO}"')
    con.execute(
        f'COPY (SELECT {", ".join(listed)} FROM "{table}" ORDER BY position) '
        f"TO '{quoted(plain)}' (FORMAT csv, HEADER true)"
    )
    with plain.open("rb") as source, path.open("wb") as target:
        for block in _encoded(source, form.encoding):
            target.write(block)
    plain.unlink()


def write_xlsx(
    con: duckdb.DuckDBPyConnection,
    table: str,
    columns: tuple[Column, ...],
    path: Path,
    *,
    title: str,
    month: Month,
    is_numbered: bool,
    mark: str,
    words: list[str],
    rows_max: int,
) -> None:
    """Write a table as a workbook: the rows on the first sheet, with the visible mark in its footer, then the words.

    ``Misconfigured`` when there are more rows than policy lets into a workbook.
    """
    found = con.execute(f'SELECT count(*) FROM "{table}"').fetchone()
    if found and found[0] > rows_max:
        raise Misconfigured(
            f"a workbook of {found[0]} rows is more than {rows_max} (packages.xlsx_rows_max).",
            next_step="let the agreement say form: csv.",
        )
    widths = [*([_NUMBER_WIDTH] if is_numbered else []), *(_WIDTHS.get(one.kind, _WIDTH) for one in columns)]
    titles = titles_of(columns, is_numbered=is_numbered)
    header = [books.Column("", one, width, "text") for one, width in zip(titles, widths, strict=True)]
    looks = [*(["key"] if is_numbered else []), *(_look(one) for one in columns)]
    names = [*(["record_no"] if is_numbered else []), *(one.name for one in columns)]
    listed = ", ".join(
        f'try_cast("{one.name}" AS DOUBLE)' if one.kind in _NUMBERS else f'"{one.name}"' for one in columns
    )
    stars = ", ".join(f'"{name}"' for name in names)
    with books.workbook(path, month, title) as book:
        sheet = book.sheet(title)
        sheet.set_footer(f"&L{mark}&R第 &P 页 / 共 &N 页")
        book.headers(sheet, 0, header)
        sheet.freeze_panes(1, 0)
        numbered = '"record_no", ' if is_numbered else ""
        rows = con.execute(
            f'SELECT {numbered}{listed}, [{stars}]::VARCHAR[] FROM "{table}" ORDER BY position'
        )
        for place, (*values, as_text) in enumerate(_all(rows), 1):
            for number, value in enumerate(values):
                # A number that is hidden stands as the sign for it.
                told = as_text[number] if value is None else value
                book.cell(sheet, place, number, told, looks[number])
        about = book.sheet(EXPLAINED)
        about.set_column(0, 0, 100)
        for place, line in enumerate([*words, mark]):
            book.cell(about, place, 0, line, "plain")


def _all(result: Any) -> Iterator[tuple[Any, ...]]:
    while batch := result.fetchmany(_BATCH):
        yield from batch


def _look(column: Column) -> str:
    return {"count": "count", "yuan": "money"}.get(column.kind, "text")


def _encoded(source: Any, encoding: str) -> Iterator[bytes]:
    if encoding == "utf-8-bom":
        yield codecs.BOM_UTF8
        while block := source.read(_BLOCK):
            yield block
        return
    reader = codecs.getincrementaldecoder("utf-8")()
    while block := source.read(_BLOCK):
        yield reader.decode(block).encode("gb18030")
