"""The second look: a finished file read back, by another reader than the one that wrote it, before it is sealed.

Header, number of rows, and every cell against what its column is: numbers by their form, words and places by their
lists, pseudonyms by those that were made for this partner, and anywhere else no number long enough to be a person's.
Whatever a query smuggled past the first look stands here in a cell, and a cell that does not fit keeps the whole
package back. Messages name the column and how many cells, never what stands in one.
"""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pyarrow as pa
from python_calamine import CalamineWorkbook

from warehouse.database import quoted
from warehouse.errors import NotReleased
from warehouse.packages.agreement import Form
from warehouse.packages.counting import UNKNOWN
from warehouse.packages.files import EXPLAINED, titles_of
from warehouse.packages.marks import NUMBER_PATTERN, RECORD_NO
from warehouse.packages.rows import Column
from warehouse.packages.suppression import HIDDEN, TOTAL
from warehouse.release.masking import MASKED, Mask, exposed

_NOBODY = Mask("partner", MASKED, MASKED, MASKED, 0, 0, 0, 0)
# Fewer digits than this, blanks and dashes apart, are no person's number.
_DIGITS = 11
_MAY_HOLD = (
    r"length(regexp_replace(translate({0}, '０１２３４５６７８９', '0123456789'), '[^0-9]', '', 'g')) >= " + str(_DIGITS)
)  # fmt: skip
_NUMBERED = ("id_no", "phone")


def check(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    columns: tuple[Column, ...],
    *,
    form: Form,
    is_numbered: bool,
    is_counts: bool,
    rows: int,
    title: str,
) -> None:
    """``NotReleased`` when the file shows anything but the agreed columns with cells of their kind.

    The tables ``places`` (place) and ``pseudonyms`` stand in the connection.
    """
    header = titles_of(columns, is_numbered=is_numbered)
    found = _csv(con, path, form) if form.kind == "csv" else _xlsx(con, path, title)
    if found != header:
        odd = sorted(set(found) ^ set(header))
        raise _refused(path, f"列与协议不一致（{'、'.join(odd) or '次序不同'}）")
    there = con.execute("SELECT count(*) FROM finished").fetchone()
    if not there or there[0] != rows:
        raise _refused(path, "行数与取数结果不一致")
    if is_numbered:
        _fits(con, path, RECORD_NO, f"NOT regexp_full_match(cell, '{NUMBER_PATTERN}')")
    for column in columns:
        _fits(con, path, column.title, _misfit(column, is_counts))
        if column.kind not in _NUMBERED and not column.of.is_key:
            _holds_no_number(con, path, column)


def _misfit(column: Column, is_counts: bool) -> str:
    """SQL: whether a cell (not empty) is none of its column."""
    also = [TOTAL, UNKNOWN] if is_counts else []
    if column.kind == "word":
        listed = ", ".join(f"'{quoted(word)}'" for word in (*column.words, *also))
        return f"cell NOT IN ({listed})"
    pattern = f"NOT regexp_full_match(cell, '{quoted(column.of.pattern)}')"
    if column.kind == "place":
        listed = ", ".join(f"'{word}'" for word in (TOTAL, UNKNOWN))
        return f"{pattern} OR (cell NOT IN (SELECT place FROM places) AND cell NOT IN ({listed}))"
    if column.of.is_key:
        known = f"SELECT pseudonym FROM pseudonyms WHERE kind = '{column.kind}'"
        return f"{pattern} OR cell NOT IN ({known})"
    return f"{pattern} AND cell <> '{HIDDEN}'" if is_counts else pattern


def _fits(con: duckdb.DuckDBPyConnection, path: Path, title: str, misfit: str) -> None:
    query = f"SELECT count(*) FROM (SELECT \"{title}\" AS cell FROM finished) WHERE cell <> '' AND ({misfit})"
    found = con.execute(query).fetchone()
    if found and found[0]:
        raise _refused(path, f"“{title}”有 {found[0]} 格不是约定的内容")


def _holds_no_number(con: duckdb.DuckDBPyConnection, path: Path, column: Column) -> None:
    asked = f'SELECT DISTINCT "{column.title}" AS cell FROM finished WHERE {_MAY_HOLD.format(chr(34) + column.title + chr(34))}'
    for (cell,) in con.execute(asked).fetchall():
        what = exposed(cell, _NOBODY)
        if what:
            raise _refused(path, f"“{column.title}”里夹带了{'证件号' if what == 'ID' else '电话'}")


def _csv(con: duckdb.DuckDBPyConnection, path: Path, form: Form) -> list[str]:
    """Make ``finished`` of a CSV and give its header."""
    encoding = "utf-8-sig" if form.encoding == "utf-8-bom" else "gb18030"
    with path.open(encoding=encoding, newline="") as lines:
        header = next(csv.reader(lines), [])
        plain = path.with_suffix(".back")
        lines.seek(0)
        with plain.open("w", encoding="utf-8", newline="") as out:
            while block := lines.read(1 << 22):
                out.write(block)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE finished AS SELECT * FROM read_csv('{quoted(plain)}', header = true, "
        f"all_varchar = true, delim = ',', quote = '\"', escape = '\"', auto_detect = false, "
        f"columns = {_columns(header)})"
    )
    plain.unlink()
    return header


def _columns(header: list[str]) -> str:
    return "{" + ", ".join(f"'{quoted(title)}': 'VARCHAR'" for title in header) + "}"


def _xlsx(con: duckdb.DuckDBPyConnection, path: Path, title: str) -> list[str]:
    """Make ``finished`` of a workbook's first sheet and give its header; the other sheet holds words of ours only."""
    book = CalamineWorkbook.from_path(path)
    if book.sheet_names != [title, EXPLAINED]:
        raise _refused(path, "工作表与约定不一致")
    for row in book.get_sheet_by_name(EXPLAINED).to_python():
        if any(exposed(_text(cell), _NOBODY) for cell in row):
            raise _refused(path, "说明页里夹带了号码")
    header, *rows = book.get_sheet_by_name(title).to_python()
    titles = [_text(cell) for cell in header]
    columns = zip(*rows, strict=True) if rows else ([] for _ in titles)
    told = {name: [_text(cell) for cell in cells] for name, cells in zip(titles, columns, strict=True)}
    con.register("read_back", pa.table({name: pa.array(cells, pa.string()) for name, cells in told.items()}))
    con.execute("CREATE OR REPLACE TEMP TABLE finished AS SELECT * FROM read_back")
    con.unregister("read_back")
    return titles


def _text(cell: object) -> str:
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else f"{cell:.2f}"
    return str(cell)


def _refused(path: Path, what: str) -> NotReleased:
    return NotReleased(
        f"{path.name}：{what}，整包扣下，没有给出。",
        next_step="find out which query or agreement let it in; nothing of it has left.",
    )
