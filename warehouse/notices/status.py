"""How the notices stand on a day: by agency and state, with what people wrote since the month was made."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from warehouse.database import in_memory, quoted
from warehouse.errors import Refused
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.notices.tables import NOTICES_TABLE, STATES, parquet_files, read_people
from warehouse.policy import Policy


def status(month: Month, *, lake: Lake, policy: Policy, on: date) -> dict[str, dict[str, int]]:
    """Agency to state to number of notices, as of ``on``; agencies in order, every state that has one.

    What the next delivery shows is not known yet: an answer stands as 已答复 until the month after it is made.
    ``Refused`` when the month has no notices.
    """
    files = parquet_files(lake, NOTICES_TABLE, str(month))
    if not files:
        raise Refused(f"{month} has no notices.", next_step=f"run notices for {month}.")
    days = policy.count("notices.answer_days")
    with in_memory(lake.home) as con:
        read_people(con, on, lake)
        listed = ", ".join(f"'{quoted(file)}'" for file in files)
        rows = con.execute(f"""
            SELECT n.agency,
                CASE
                    WHEN n.is_ended OR n.state = '待发' THEN n.state
                    WHEN a.answer IS NOT NULL AND a.answered_on > DATE '{month.last_day}' THEN '已答复'
                    WHEN n.state IN ('仍未更正', '已答复') THEN n.state
                    WHEN s.sent_on + {days} < DATE '{on}' THEN '逾期未复'
                    WHEN s.sent_on IS NOT NULL THEN '已送达'
                    WHEN a.answer IS NOT NULL THEN '已答复'
                    ELSE '新提出'
                END AS state, count(*)
            FROM read_parquet([{listed}], hive_partitioning = false) AS n
            LEFT JOIN answered AS a ON a.notice_id = n.notice_id AND a.asked_month = n.asked_month
            LEFT JOIN sent AS s ON s.month = n.asked_month AND s.agency = n.agency
            GROUP BY ALL ORDER BY ALL
        """).fetchall()
    counted: dict[str, dict[str, int]] = defaultdict(dict)
    for agency, state, number in rows:
        counted[str(agency)][str(state)] = int(number)
    return {
        agency: {state: table[state] for state in STATES if state in table}
        for agency, table in counted.items()
    }
