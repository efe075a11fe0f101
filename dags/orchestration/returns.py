"""The tasks of what villages send back: the answers are taken in, and told is what is still owed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from airflow.sdk import get_current_context, task

from orchestration.months import Bench, month_of
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.settings import Settings


def month_of_lists(context: Any, settings: Settings) -> Month:
    """The ``month`` param; on the clock the last month whose lists are out: answers speak from the one after it on."""
    from warehouse.returns.handed_out import last_published

    month = month_of(context)
    return month if context["params"].get("month") else last_published(Lake(settings.home), month)


def returned_to(folder: Path, month: Month) -> Path:
    """By hand the folder of that month; on the clock all of them: what was handed out may come back late."""
    named = get_current_context()["params"].get("month")
    return folder / str(month) if named else folder


def day_of_run(*, by_clock_only: bool = False) -> date | None:
    """The day of a run on the clock; by hand, unless ``by_clock_only``, the day on which it was asked for."""
    run: Any = get_current_context()["dag_run"]
    key = str(getattr(run, "partition_key", None) or "")
    if len(key) == len("YYYY-MM-DD"):
        return date.fromisoformat(key)
    return None if by_clock_only else run.run_after.astimezone(ZoneInfo("Asia/Shanghai")).date()


@task
def absorb() -> dict:
    """Every returned row against what was handed out: kept, or explained on a slip."""
    from warehouse.returns.absorb import absorb as run

    with Bench.at("absorb", month_of_lists) as bench:
        returned, on = (
            returned_to(bench.settings.home / "returned", bench.month),
            day_of_run(by_clock_only=True),
        )
        return run(bench.month, returned=returned, lake=bench.lake, policy=bench.policy, on=on).as_dict()


@task(trigger_rule="all_done")
def track() -> dict:
    """What is answered, waits and is overdue today, a file that was refused or not."""
    from warehouse.returns.track import track as run

    with Bench.at("track", month_of_lists) as bench:
        return run(bench.month, lake=bench.lake, policy=bench.policy, on=day_of_run()).as_dict()
