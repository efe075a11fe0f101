"""One message for a run that failed: which DAG, which month, why, and the next step.

A failed task leaves its reason in ``HOME/logs/failures/<month>.jsonl``; when the run has ended, the reasons
are rolled up into one line of the log and of ``HOME/logs/alerts.jsonl``. Only Doudi's own errors are
quoted: they name no person, which an engine's message might.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

from warehouse.errors import DoudiError
from warehouse.settings import Settings

log = logging.getLogger("doudi.alerts")


def note_failure(context: Any) -> None:
    """A task's callback: keep the reason for the roll-up."""
    error = context.get("exception")
    is_ours = isinstance(error, DoudiError)
    note = {
        "run": context["dag_run"].run_id,
        "task": context["ti"].task_id,
        "reason": error.what if is_ours else f"{type(error).__name__} (see the task's log)",
        "next_step": error.next_step if is_ours else "read the task's log, then clear the task",
    }
    _append(_failures(_month_key(context["dag_run"])), note)


def say_what_failed(context: Any) -> None:
    """A run's callback: one message for all of its failed tasks."""
    run = context["dag_run"]
    month = _month_key(run)
    path = _failures(month)
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    notes = [note for note in map(json.loads, lines) if note["run"] == run.run_id]
    alert = {
        "month": month,
        "dag": run.dag_id,
        "failed": [f"{note['task']}: {note['reason']}" for note in notes],
        "next_step": notes[-1]["next_step"] if notes else "open the run in Airflow",
    }
    log.error("month %s is held in %s: %s", month, run.dag_id, json.dumps(alert, ensure_ascii=False))
    _append(Settings.from_environment().home / "logs" / "alerts.jsonl", alert)


def _month_key(run: Any) -> str:
    return getattr(run, "partition_key", None) or (getattr(run, "conf", None) or {}).get("month") or "by-hand"


def _failures(month: str) -> Path:
    return Settings.from_environment().home / "logs" / "failures" / f"{month}.jsonl"


def _append(path: Path, plain: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(plain, ensure_ascii=False) + "\n")
