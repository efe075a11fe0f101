"""What tells, in a file that has leaked, for whom it was made: the record numbers and the order of its rows.

Both are keyed hashes of recipient, month and row: the same row has another number, and another place, in the file of
every recipient, and no number says anything to whoever lacks the key. What stands in which package is remembered in
the home as hashes (``package_marks``), so that a file can be traced without any package being opened.
"""

from __future__ import annotations

import hashlib

import duckdb

from warehouse.packages.agreement import Agreement
from warehouse.packages.pseudonyms import in_letters, know_key
from warehouse.packages.rows import SUBJECT, Column

RECORD_NO = "记录号"
NUMBER_PATTERN = r"[A-P]{16}"
COLUMNS = "package_id VARCHAR, table_name VARCHAR, position BIGINT, record_no VARCHAR, titles VARCHAR[], cells UBIGINT[]"
_PURPOSE = "mark"
_LENGTH = 16


def mark(
    con: duckdb.DuckDBPyConnection,
    table: str,
    columns: tuple[Column, ...],
    *,
    agreement: Agreement,
    month: str,
    key: bytes,
) -> None:
    """Give every row of a composed table its ``record_no`` and ``position`` for this recipient."""
    know_key(con, _PURPOSE, key)
    whole = ", ".join(f"coalesce(\"{one.name}\", '')" for one in columns)
    told = f"concat_ws(chr(31), {SUBJECT}, {whole})"
    number = in_letters(f"left(hashed, {_LENGTH})")
    prefix = "\x1f".join((agreement.agreement, agreement.recipient.key, month, table, ""))
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE "{table}" AS
        WITH told AS (
            SELECT *, row_number() OVER (PARTITION BY {told}) AS twin, {told} AS told FROM "{table}"
        ), hashed AS (
            SELECT *, keyed('{_PURPOSE}', ? || told || chr(31) || twin) AS hashed FROM told
        )
        SELECT
            * EXCLUDE (told, twin, hashed, {SUBJECT}), upper({number}) AS record_no,
            row_number() OVER (ORDER BY right(hashed, 32), hashed) AS position
        FROM hashed
        ORDER BY position
        """,
        [prefix],
    )


def remembered(table: str, columns: tuple[Column, ...], *, package_id: str, shown_as: str, salt: str) -> str:
    """The query of a table's rows for ``package_marks``: places, numbers, and a hash of every cell."""
    titles = ", ".join(f"'{one.title}'" for one in columns)
    cells = ", ".join(cell_hash(f"'{one.title}'", f'"{one.name}"', salt) for one in columns)
    return (
        f"SELECT '{package_id}' AS package_id, '{shown_as}' AS table_name, position, record_no, "
        f'[{titles}] AS titles, [{cells}]::UBIGINT[] AS cells FROM "{table}" ORDER BY position'
    )


def cell_hash(title: str, cell: str, salt: str) -> str:
    """SQL: the hash of a cell under its title (both SQL expressions). A spreadsheet writes 120.00 as 120."""
    plain = f"regexp_replace(coalesce({cell}, ''), '^(-?[0-9]{{1,9}})\\.0+$|^(-?[0-9]{{1,9}}\\.[0-9]*[1-9])0+$', '\\1\\2')"
    return f"md5_number_lower('{salt}' || {title} || chr(31) || {plain})"


def salt_of(key: bytes) -> str:
    """What the hashes of cells are salted with."""
    return hashlib.sha256(b"cells" + key).hexdigest()[:32]
