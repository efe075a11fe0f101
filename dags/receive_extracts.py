"""Every day: take in what the agencies have delivered for the month that is under way."""

from __future__ import annotations

from airflow.sdk import CronPartitionTimetable, dag, task

from orchestration.months import Bench
from orchestration.policies import clocked


@dag(
    schedule=CronPartitionTimetable("0 5 * * *", timezone="Asia/Shanghai", key_format="%Y-%m-%d"),
    **{**clocked, "tags": ["day"]},
)
def receive_extracts() -> None:
    """Land, quarantine or count every delivered row; what came before is not loaded twice."""

    @task
    def receive() -> dict:
        from warehouse.intake.receive import receive as run

        with Bench.at("receive") as bench:
            return run(
                bench.month, inbox=bench.settings.inbox, lake=bench.lake, policy=bench.policy
            ).as_dict()

    receive()


receive_extracts()
