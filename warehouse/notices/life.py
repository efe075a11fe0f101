"""How notices go on from month to month: raised, sent, answered, seen corrected in the next delivery, or withdrawn."""

from __future__ import annotations

import duckdb

from warehouse.database import copy_to_parquet, quoted
from warehouse.intake.contract import contracts
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.notices.kinds import FOLDER, Catalogue, column_of
from warehouse.notices.tables import NOTICES, NOTICES_TABLE, parquet_files, read_before, read_people
from warehouse.policy import Policy


def live_on(
    con: duckdb.DuckDBPyConnection, month: Month, lake: Lake, policy: Policy, kinds: Catalogue
) -> None:
    """Make ``standing_notice``: every notice that is open this month or ended in it. ``raised`` is there.

    People's answers and the days of sending count up to the month's last day.
    """
    read_before(con, month, lake)
    read_people(con, month.last_day, lake)
    _came(con, month, lake, policy)
    words = {
        name: policy.text(f"notices.{name}") for name in ("answer_kept", "answer_corrected", "answer_unknown")
    }
    for name, word in {**words, "month": str(month)}.items():
        con.execute(f"SET VARIABLE {name} = '{quoted(word)}'")
    con.execute(f"SET VARIABLE last_day = DATE '{month.last_day}'")
    for name in ("answer_days", "lines_max"):
        con.execute(f"SET VARIABLE {name} = {policy.count(f'notices.{name}')}")
    con.execute((FOLDER / "life.sql").read_text(encoding="utf-8"))
    pointed = [
        (kind.id, feed, column_of(kind, contracts()[feed])) for kind in kinds.kinds for feed in kind.asks
    ]
    con.execute("CREATE OR REPLACE TEMP TABLE pointed (kind VARCHAR, feed VARCHAR, points_at VARCHAR)")
    marks = ", ".join(["(?, ?, ?)"] * len(pointed))
    con.execute(f"INSERT INTO pointed VALUES {marks}", [word for row in pointed for word in row])
    con.execute(
        'UPDATE standing_notice SET "column" = pointed.points_at FROM pointed'
        " WHERE pointed.kind = standing_notice.kind AND pointed.feed = standing_notice.feed"
    )


def keep(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake) -> int:
    """Write ``standing_notice`` as the month's partition and give how many rows it has."""
    columns = ", ".join(f'"{name}"::{kind} AS "{name}"' for name, kind in NOTICES.items())
    with lake.replacing(NOTICES_TABLE, month=str(month)) as folder:
        return copy_to_parquet(
            con,
            f"SELECT {columns} FROM standing_notice ORDER BY agency, notice_id",
            folder / "part.parquet",
        )


def _came(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake, policy: Policy) -> None:
    """``came``: feeds of this month, and whether who stands in them no more was taken off.

    A stock is whole. A running list is when it brings about as many rows as the month before; an increment never.
    """
    con.execute("CREATE OR REPLACE TEMP TABLE came (feed VARCHAR, is_whole BOOLEAN)")
    least = float(policy.number("notices.full_list_share"))
    now = _rows_by_feed(con, lake, str(month))
    past = _rows_by_feed(con, lake, str(month.previous))
    for feed, rows in sorted(now.items()):
        delivery = contracts()[feed].delivery
        is_whole = delivery == "stock" or (
            delivery == "running" and feed in past and rows >= least * past[feed]
        )
        con.execute("INSERT INTO came VALUES (?, ?)", [feed, is_whole])


def _rows_by_feed(con: duckdb.DuckDBPyConnection, lake: Lake, month: str) -> dict[str, int]:
    files = parquet_files(lake, "row_account", month)
    if not files:
        return {}
    listed = ", ".join(f"'{quoted(file)}'" for file in files)
    rows = con.execute(
        f"SELECT feed, sum(landed) FROM read_parquet([{listed}], hive_partitioning = false) GROUP BY feed"
    ).fetchall()
    return {str(feed): int(landed or 0) for feed, landed in rows}
