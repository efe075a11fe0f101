"""The task that writes return slips: it stands before gate 1, so that a month that is held has its slips too."""

from __future__ import annotations

from airflow.sdk import task

from orchestration.months import Bench


@task
def slips() -> dict:
    """What each agency is asked about the rows it sent."""
    from warehouse.slips.stage import write_slips as run

    with Bench.at("slips") as bench:
        return run(bench.month, lake=bench.lake, policy=bench.policy).as_dict()
