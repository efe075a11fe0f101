"""What was asked of other agencies and what they were given in the months before: notices and packages, counted.

Both are made behind the month's own release, so its page tells the months before only: a second run says the same.
"""

from __future__ import annotations

import duckdb

from warehouse.database import quoted
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.notices.tables import ENDED, FIGURES_TABLE, STATES
from warehouse.packages.agreement import read_folder
from warehouse.packages.ledger import standings
from warehouse.release.pictures.story import Cell, Numbers, Picture, share
from warehouse.settings import agreements_folder

_NOTICES = """
SELECT agency, split_part(part, '/', 2) AS state, sum(value)::BIGINT FROM read_parquet('{files}/*.parquet', hive_partitioning = false)
WHERE figure = 'notice' GROUP BY ALL ORDER BY ALL
"""


def partners(con: duckdb.DuckDBPyConnection, lake: Lake, month: Month) -> tuple[Picture, ...]:
    """A picture of notices and one of packages, each only where there is something to tell."""
    return tuple(one for one in (_notices(con, lake, month), _packages(lake, month)) if one)


def _notices(con: duckdb.DuckDBPyConnection, lake: Lake, month: Month) -> Picture | None:
    earlier = [one for one in lake.months(FIGURES_TABLE) if one < str(month)]
    if not earlier:
        return None
    folder = lake.partition(FIGURES_TABLE, month=earlier[-1])
    found = con.execute(_NOTICES.format(files=quoted(folder))).fetchall()
    if not found:
        return None
    counts = {(agency, state): count for agency, state, count in found}
    states = [state for state in STATES if any((agency, state) in counts for agency, *_ in found)]
    agencies = sorted({agency for agency, *_ in found})
    rows: list[tuple[Cell, ...]] = [
        (agency, *(counts.get((agency, state), 0) for state in states)) for agency in agencies
    ]
    total = sum(counts.values())
    ended = sum(count for (_, state), count in counts.items() if state in ENDED)
    return Picture(
        "notices",
        "请来源单位校核的事实",
        f"到 {earlier[-1]}，提出 {total:,} 项，了结 {ended:,} 项（{share(ended, total)}）。",
        Numbers(("来源单位", *states), rows),
        note="几处来源互相矛盾的事实，请登记它的单位核对；发放不受影响。",
        is_wide=len(states) > 3,
    )


def _packages(lake: Lake, month: Month) -> Picture | None:
    shared = [one for one in standings(lake) if one.month < str(month)]
    if not shared:
        return None
    read = [one.agreement for one in read_folder(agreements_folder()) if one.agreement]
    words = {one.agreement: (str(one.partner), str(one.purpose).partition("：")[0]) for one in read}
    rows: list[tuple[Cell, ...]] = [
        (one.month, *words.get(one.agreement, (one.agreement, "")), one.number,
         "已撤回" if one.recall else "已回执" if one.receipts else "没有回执")
        for one in sorted(shared, key=lambda one: (one.month, one.package), reverse=True)
    ]  # fmt: skip
    kept = sum(1 for row in rows if row[-1] == "已回执")
    return Picture(
        "packages",
        "按协议给部门的数据包",
        f"此前各月给出 {len(rows):,} 个数据包，{kept:,} 个收到回执。",
        Numbers(("月份", "部门", "用途", "第几次", "状态"), rows),
        is_wide=True,
    )
