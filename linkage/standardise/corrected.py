"""What agencies corrected on return slips, laid over the landed cells. The landed rows themselves stay as delivered."""

from __future__ import annotations

import hashlib

import duckdb

from warehouse.database import count_rows, quoted
from warehouse.intake import ledger
from warehouse.intake.contract import Contract
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.slips.tables import correction_files


def deliveries(lake: Lake, month: Month) -> dict[str, tuple[tuple[str, str], ...]]:
    """The files on the shelf by feed, each with the hash of its bytes."""
    found: dict[str, list[tuple[str, str]]] = {}
    for entry in ledger.read(lake, month):
        if entry.is_landed:
            found.setdefault(entry.feed, []).append((entry.file, entry.sha256))
    return {feed: tuple(sorted(files)) for feed, files in found.items()}


def gather_corrections(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    month: Month,
    lake: Lake,
    files: tuple[tuple[str, str], ...],
) -> str:
    """Make the table ``correction`` (place, column, value) of what is in force for the feed; give a hash of it.

    Of several corrections of a cell the latest slip's holds. One that was made for other bytes of the file rests.
    """
    con.execute(
        'CREATE OR REPLACE TEMP TABLE correction (file VARCHAR, sheet VARCHAR, "row" INTEGER, "column" VARCHAR,'
        " value VARCHAR)"
    )
    slips = correction_files(lake, month)
    if not slips or not files:
        return ""
    con.execute("CREATE OR REPLACE TEMP TABLE on_shelf (file VARCHAR, sha256 VARCHAR)")
    con.executemany("INSERT INTO on_shelf VALUES (?, ?)", [list(file) for file in files])
    listed = ", ".join(f"'{quoted(path)}'" for path in slips)
    con.execute(
        'INSERT INTO correction SELECT file, sheet, "row", "column", max_by(value, (turn, slip_row))'
        f" FROM read_parquet([{listed}], hive_partitioning = false) SEMI JOIN on_shelf USING (file, sha256)"
        f" WHERE feed = '{quoted(contract.feed)}' GROUP BY ALL"
    )
    rows = con.execute('SELECT * FROM correction ORDER BY file, sheet, "row", "column"').fetchall()
    return hashlib.sha256(repr(rows).encode()).hexdigest() if rows else ""


def lay_over(con: duckdb.DuckDBPyConnection, contract: Contract) -> int:
    """Make the views ``corrected_rows`` and ``delivered`` from ``landed_rows``; give how many cells were replaced.

    A row rule's column is one of the contract's; a correction of the whole row does not exist.
    """
    names = [column.name for column in contract.columns]
    told = {row[0] for row in con.execute('SELECT DISTINCT "column" FROM correction').fetchall()}
    changed = [name for name in names if name in told]
    query = "SELECT * FROM landed_rows"
    if changed:
        values = ", ".join(f'max(value) FILTER ("column" = \'{name}\') AS "{name}"' for name in changed)
        replaced = ", ".join(f'coalesce(c."{name}", d."{name}") AS "{name}"' for name in changed)
        query = (
            f"SELECT d.* REPLACE ({replaced}) FROM landed_rows AS d LEFT JOIN"
            f' (SELECT file, sheet, "row", {values} FROM correction GROUP BY ALL) AS c'
            ' ON d.file = c.file AND d.sheet = c.sheet AND d."row" = c."row"'
        )
    con.execute(f"CREATE OR REPLACE TEMP VIEW corrected_rows AS {query}")
    con.execute("CREATE OR REPLACE TEMP VIEW delivered AS SELECT * FROM corrected_rows")
    if not changed:
        return 0
    return count_rows(con, 'correction SEMI JOIN landed_rows USING (file, sheet, "row")')
