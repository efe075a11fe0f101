"""One message for a run that failed: which DAG, which month, why, and the next step.

A failed task leaves its reason in ``HOME/logs/failures/<month>.jsonl``; when the run has ended, the reasons
are rolled up into one line of the log and of ``HOME/logs/alerts.jsonl``, and into one mail
(``warehouse.operations.alerts``). Only Doudi's own errors are quoted: they name no person, which an engine's
message might.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from pathlib import Path
from typing import Any

from warehouse.operations import alerts
from warehouse.settings import Settings

log = logging.getLogger("doudi.alerts")


def note_failure(context: Any) -> None:
    """A task's callback: keep the reason for the roll-up."""
    failure = alerts.Failure.of(context["ti"].task_id, context.get("exception"))
    path = _failures(_month_key(context["dag_run"]))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as lines:
        note = {"run": context["dag_run"].run_id, **asdict(failure)}
        lines.write(json.dumps(note, ensure_ascii=False) + "\n")


def say_what_failed(context: Any) -> None:
    """A run's callback: one message for all of its failed tasks."""
    run, settings = context["dag_run"], Settings.from_environment()
    month = _month_key(run)
    path = _failures(month)
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    notes = [note for note in map(json.loads, lines) if note.pop("run") == run.run_id]
    failures = [alerts.Failure(**note) for note in notes]
    alert = alerts.of_failures(month[: len("YYYY-MM")], run.dag_id, run.run_id, failures, settings.home)
    log.error("month %s is held in %s: %s", month, run.dag_id, json.dumps(asdict(alert), ensure_ascii=False))
    alerts.tell(alert, settings)


def say_what_went_out(context: Any) -> None:
    """A run's callback: the month is published; who is to know gets a mail, by policy."""
    run, settings = context["dag_run"], Settings.from_environment()
    month = _month_key(run)
    counts = alerts.published_counts(month, settings.home)
    alerts.tell(alerts.of_publication(month, run.dag_id, run.run_id, counts), settings)


def _month_key(run: Any) -> str:
    return getattr(run, "partition_key", None) or (getattr(run, "conf", None) or {}).get("month") or "by-hand"


def _failures(month: str) -> Path:
    return Settings.from_environment().home / "logs" / "failures" / f"{month}.jsonl"
