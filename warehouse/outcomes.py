"""What a stage says when it has run: counts and reasons, never a person's value.

An ``Outcome`` is small and plain, so that it may travel in Airflow's XCom and be a row that dbt
reads. It holds no time and no duration: the same month gives the same bytes. How long a stage took
goes to ``HOME/logs/runs.jsonl`` (``warehouse.operations``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from warehouse import runs
from warehouse.lake import Lake
from warehouse.months import Month


@dataclass(frozen=True)
class Outcome:
    """One stage, one month.

    ``stage``: the verb (``receive``, ``close`` …). ``status``: ``done``, ``held`` or ``nothing``.
    ``counts``: name to whole number. ``by``: a name to a table of counts (feed, rule, township).
    ``reasons``: sentences for the people who read it, each with the next step where there is one.
    """

    stage: str
    month: str
    status: str = "done"
    counts: dict[str, int] = field(default_factory=dict)
    by: dict[str, dict[str, int]] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """A plain dictionary, ready for JSON and XCom."""
        return {
            "stage": self.stage,
            "month": self.month,
            "status": self.status,
            "counts": dict(sorted(self.counts.items())),
            "by": {name: dict(sorted(table.items())) for name, table in sorted(self.by.items())},
            "reasons": list(self.reasons),
        }

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> Outcome:
        """The inverse of ``as_dict``."""
        return cls(**plain)


def record(outcome: Outcome, lake: Lake) -> Outcome:
    """Write the outcome as ``lake/outcomes/month=…/<stage>.json`` (replacing the last run's) and return it."""
    path = lake.partition("outcomes", month=outcome.month) / f"{outcome.stage}.json"
    lake.write_text(path, json.dumps(outcome.as_dict(), ensure_ascii=False, indent=1) + "\n")
    runs.told()
    heard = _listeners.get()
    if heard is not None:
        heard.append(outcome)
    return outcome


_listeners: ContextVar[list[Outcome] | None] = ContextVar("doudi_outcomes", default=None)


@contextmanager
def listening() -> Iterator[list[Outcome]]:
    """Give a list that fills with the outcomes that are recorded in the block, a held month's too.

    A block round it hears them when it has ended.
    """
    heard: list[Outcome] = []
    around = _listeners.get()
    token = _listeners.set(heard)
    try:
        yield heard
    finally:
        _listeners.reset(token)
        if around is not None:
            around.extend(heard)


def recorded(lake: Lake, stage: str, month: Month) -> Outcome | None:
    """The last outcome of a stage for a month, or None if it never ended."""
    path = lake.partition("outcomes", month=str(month)) / f"{stage}.json"
    if not path.exists():
        return None
    return Outcome.from_dict(json.loads(path.read_text(encoding="utf-8")))
