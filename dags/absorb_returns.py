"""Every day: take in the lists that villages, and the return slips and notices that agencies have filled in and sent back."""

from __future__ import annotations

from airflow.sdk import CronPartitionTimetable, dag, task

from orchestration.months import Bench
from orchestration.notices import absorb_notices
from orchestration.policies import clocked
from orchestration.returns import absorb, track


@dag(
    schedule=CronPartitionTimetable("0 7 * * *", timezone="Asia/Shanghai", key_format="%Y-%m-%d"),
    **{**clocked, "tags": ["day"]},
)
def absorb_returns() -> None:
    """Check every returned row against what was handed out; keep the answers, explain what is refused, track the rest."""

    @task
    def correct() -> dict:
        from warehouse.slips.correct import correct as run

        with Bench.at("correct") as bench:
            returned = bench.settings.home / "returned_slips" / str(bench.month)
            return run(bench.month, returned=returned, lake=bench.lake, policy=bench.policy).as_dict()

    absorb() >> track()
    correct()
    absorb_notices()


absorb_returns()
