"""The tasks of the notices: written behind publish, answered whenever an agency sends its workbook back."""

from __future__ import annotations

from airflow.sdk import task

from orchestration.months import Bench
from orchestration.returns import day_of_run, returned_to


@task
def notices() -> dict:
    """What each source is asked about facts that others contradict."""
    from warehouse.notices.stage import write_notices as run

    with Bench.at("notices") as bench:
        return run(bench.month, lake=bench.lake, policy=bench.policy).as_dict()


@task
def absorb_notices() -> dict:
    """What the agencies answered; no answer is dated after the day of the run."""
    from warehouse.notices.absorb import absorb_notices as run

    with Bench.at("absorb_notices") as bench:
        returned = returned_to(bench.settings.home / "returned_notices", bench.month)
        return run(
            bench.month, returned=returned, lake=bench.lake, policy=bench.policy, on=day_of_run()
        ).as_dict()
