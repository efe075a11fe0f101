"""Which month a run is for, and what its stages work with."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from airflow.sdk import get_current_context

from warehouse import policy as policies
from warehouse.guard import stage_run
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.operations.watch import attempt
from warehouse.settings import Settings


def month_of(context: Any) -> Month:
    """The ``month`` param, else the partition key of the run; neither: ``Misconfigured``.

    A monthly run's key is the month (``2026-10``), a daily run's the day, whose month it is.
    """
    key = context["params"].get("month") or getattr(context["dag_run"], "partition_key", None) or ""
    return Month.parse(str(key)[: len("YYYY-MM")])


def name_the_parent(context: Any) -> None:
    """Let the lineage of the stage say that it is a part of this task's run, where lineage is listened to."""
    if os.environ.get("DOUDI_LINEAGE"):
        from airflow.providers.openlineage.plugins.macros import lineage_parent_id

        def name() -> None:
            os.environ["OPENLINEAGE_PARENT_ID"] = lineage_parent_id(context["ti"])

        attempt(name, "the parent in the lineage events")


class Bench:
    """The month of the current run with its lake, policy and settings: ``with Bench.at("link")`` in a task."""

    def __init__(self, month: Month, settings: Settings) -> None:
        self.month = month
        self.settings = settings
        self.lake = Lake(settings.home)
        self.policy = policies.load(settings.policy_dir, settings.region, month)

    @classmethod
    @contextmanager
    def at(cls, stage: str, which: Callable[[Any, Settings], Month] | None = None) -> Iterator[Bench]:
        """The bench of the task that runs now; what fails on it leaves as a Doudi error, so no cell is logged.

        ``which`` says another month than the run's own.
        """
        context, settings = get_current_context(), Settings.from_environment()
        month = which(context, settings) if which else month_of(context)
        name_the_parent(context)
        with stage_run(stage, month, settings.home, settings):
            yield cls(month, settings)
