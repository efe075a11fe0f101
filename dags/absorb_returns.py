"""Every day: take in the lists that villages, and the return slips and notices that agencies have filled in and sent back."""

from __future__ import annotations

from airflow.sdk import CronPartitionTimetable, dag, task

from orchestration.months import Bench
from orchestration.notices import absorb_notices
from orchestration.policies import clocked


@dag(
    schedule=CronPartitionTimetable("0 7 * * *", timezone="Asia/Shanghai", key_format="%Y-%m-%d"),
    **{**clocked, "tags": ["day"]},
)
def absorb_returns() -> None:
    """Check every returned row against the manifest; keep the answers, explain what is refused."""

    @task
    def absorb() -> dict:
        from warehouse.returns.absorb import absorb as run

        with Bench.at("absorb") as bench:
            returned = bench.settings.home / "returned" / str(bench.month)
            return run(bench.month, returned=returned, lake=bench.lake, policy=bench.policy).as_dict()

    @task
    def correct() -> dict:
        from warehouse.slips.correct import correct as run

        with Bench.at("correct") as bench:
            returned = bench.settings.home / "returned_slips" / str(bench.month)
            return run(bench.month, returned=returned, lake=bench.lake, policy=bench.policy).as_dict()

    absorb()
    correct()
    absorb_notices()


absorb_returns()
