"""Track: where every warning ever sent stands on a day, and whom to remind."""

from __future__ import annotations

from datetime import date

import duckdb

from warehouse.database import copy_to_parquet, in_memory
from warehouse.errors import Refused
from warehouse.lake import Lake, replacing_folder
from warehouse.months import Month
from warehouse.outcomes import Outcome, record
from warehouse.policy import Policy
from warehouse.release.sent import TABLE as SENT
from warehouse.release.sent import keep_sent, sent_files
from warehouse.returns.handed_out import published_months
from warehouse.returns.reminders import write_reminders
from warehouse.returns.tracking import ANSWERED, COLUMNS, OVERDUE, WAITING, make_tracking
from warehouse.returns.tracking_sheet import write_summary

STAGE = "track"
TABLE = "tracking"


def track(month: Month, *, lake: Lake, policy: Policy, on: date) -> Outcome:
    """Say where every warning on a list up to the month stands on the day ``on``.

    Writes the partition ``tracking`` of the month and ``HOME/tracking/<month>/``: 答复跟踪表 (counts by township, rule and
    month, no person) and a 催办单 for every township that has something overdue or nearly so, which can be filled in
    and sent back like a list. ``Refused`` when nothing was published for the month. Recorded as ``track``.
    """
    for one in published_months(lake):
        keep_sent(lake, one, policy)
    if not lake.months(SENT):
        return record(Outcome(STAGE, str(month), "nothing", reasons=["no list was ever handed out."]), lake)
    if str(month) not in {one for one, _ in sent_files(lake, until=month)}:
        raise Refused(
            f"nothing was published for {month}: there is nothing to track.",
            next_step="publish the month, or name the last one whose lists are out.",
        )
    with in_memory(lake.home) as con:
        make_tracking(con, month, on, lake=lake, policy=policy)
        with lake.replacing(TABLE, month=str(month)) as folder:
            listed = ", ".join(f'"{name}"' for name in COLUMNS)
            copy_to_parquet(
                con, f"SELECT {listed} FROM tracking ORDER BY warning_id, round", folder / "tracking.parquet"
            )
        with replacing_folder(lake.home / "tracking" / str(month)) as folder:
            write_summary(folder, con, month=month, on=on, policy=policy)
            reminders = write_reminders(folder, con, month=month, on=on, lake=lake, policy=policy)
        outcome = _outcome(con, month, on, reminders)
    return record(outcome, lake)


def _outcome(con: duckdb.DuckDBPyConnection, month: Month, on: date, reminders: int) -> Outcome:
    by_state = dict(con.execute("SELECT state, count(*) FROM tracking GROUP BY 1").fetchall())
    by_end = con.execute(
        "SELECT ended_by, count(*) FROM tracking WHERE ended_by <> '' GROUP BY 1 ORDER BY 1"
    ).fetchall()
    overdue = con.execute(
        f"SELECT township, count(*) FROM tracking WHERE state = '{OVERDUE}' GROUP BY 1 ORDER BY 1"
    ).fetchall()
    late = con.execute(
        f"SELECT count(*) FROM tracking WHERE state = '{ANSWERED}' AND days_late > 0"
    ).fetchone()
    return Outcome(
        stage=STAGE,
        month=str(month),
        counts={
            "sent": sum(by_state.values()),
            "answered": by_state.get(ANSWERED, 0),
            "waiting": by_state.get(WAITING, 0),
            "overdue": by_state.get(OVERDUE, 0),
            "answered_late": int(late[0]) if late else 0,
            "reminders": reminders,
        },
        by={"ended_by": dict(by_end), "overdue_by_township": dict(overdue)},
        reasons=[f"as of {on}: see tracking/{month}/; {reminders} townships are to be reminded (催办单)."]
        if reminders
        else [f"as of {on}: see tracking/{month}/."],
    )
