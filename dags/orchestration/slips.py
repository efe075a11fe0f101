"""The tasks of return slips: written before gate 1, so that a month that is held has its slips too, and taken back."""

from __future__ import annotations

import re

from airflow.sdk import get_current_context, task

from orchestration.months import Bench
from warehouse.months import Month
from warehouse.settings import Settings

RETURNED = "returned_slips"


@task
def slips() -> dict:
    """What each agency is asked about the rows it sent."""
    from warehouse.slips.stage import write_slips as run

    with Bench.at("slips") as bench:
        return run(bench.month, lake=bench.lake, policy=bench.policy).as_dict()


@task
def months_of_slips() -> list[str]:
    """By hand the month that is asked for; on the clock every month of which a slip has come back, however late."""
    named = get_current_context()["params"].get("month")
    folders = (Settings.from_environment().home / RETURNED).glob("*/")
    return [named] if named else sorted(one.name for one in folders if re.fullmatch(r"\d{4}-\d{2}", one.name))


@task
def correct(month: str) -> dict:
    """What agencies corrected in the rows of a month: kept for its next run, or explained on a slip."""
    from warehouse.slips.correct import correct as run

    with Bench.at("correct", lambda *_: Month.parse(month)) as bench:
        returned = bench.settings.home / RETURNED / month
        return run(bench.month, returned=returned, lake=bench.lake, policy=bench.policy).as_dict()
