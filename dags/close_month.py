"""On the first of each month: take in the last files of the month before and declare it complete.

The one periodic door: a backfill of this DAG leads every month through the others, in order.
"""

from __future__ import annotations

from airflow.sdk import CronPartitionTimetable, dag, task

from orchestration import assets
from orchestration.months import Bench
from orchestration.policies import clocked


@dag(
    schedule=CronPartitionTimetable("0 6 1 * *", timezone="Asia/Shanghai", run_offset=-1, key_format="%Y-%m"),
    **clocked,
)
def close_month() -> None:
    """Receive once more, then close; a missing required feed stops the month here."""

    @task
    def receive() -> dict:
        from warehouse.intake.receive import receive as run

        with Bench.at("receive") as bench:
            return run(
                bench.month, inbox=bench.settings.inbox, lake=bench.lake, policy=bench.policy
            ).as_dict()

    @task(outlets=[assets.closed])
    def close() -> dict:
        from warehouse.intake.close import close as run

        with Bench.at("close") as bench:
            return run(bench.month, lake=bench.lake, policy=bench.policy).as_dict()

    receive() >> close()


close_month()
