"""One alert for a run that failed, or for a month that went out: a line of a log, and a mail to who has to know.

``HOME/logs/alerts.jsonl`` keeps every alert, whether or not a mail goes out; ``HOME/logs/mails.jsonl`` keeps what
became of each mail, so that one that was not sent is sent later. Who gets which alert is policy (``mail.<kind>``:
roles), the addresses behind a role are the environment's. An alert quotes Doudi's own errors only.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from warehouse.errors import DoudiError
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.operations import letter as letters
from warehouse.operations.mail import ROLES, MailSettings, send
from warehouse.operations.run_log import clock, status_of
from warehouse.outcomes import recorded
from warehouse.policy import load
from warehouse.settings import Settings
from warehouse.verdicts import GATES, read_verdict

FILE, SENT = "alerts.jsonl", "mails.jsonl"
PUBLISHED = "published"
# What ends the waiting: it went out, policy names nobody for it, or mail was not set up when it happened.
_SETTLED = ("sent", "nobody", "off")
# One mail does not wait for every other one that the server did not take.
_AT_ONCE = 5


@dataclass(frozen=True)
class Failure:
    """One step that failed: the task, how (a status, the kind of error), why, and the next step."""

    task: str
    status: str
    error: str
    reason: str
    next_step: str

    @classmethod
    def of(cls, task: str, error: BaseException | None) -> Failure:
        """A step's error; of one that is not ours its kind only."""
        kind = type(error).__name__ if error else "unknown"
        if isinstance(error, DoudiError):
            return cls(task, status_of(error), kind, error.what, error.next_step)
        return cls(
            task, "fault", kind, f"{kind} (see the task's log)", "read the task's log, then clear the task"
        )


@dataclass(frozen=True)
class Alert:
    """One run: the month, its door (a DAG, or ``doudi run``), what failed, the rules that held it, the next step.

    ``kind`` is the status of the last failure, or ``published``.
    """

    key: str
    at: str
    month: str
    dag: str
    kind: str
    failed: tuple[str, ...] = ()
    next_step: str = ""
    error: str = ""
    rules: tuple[dict[str, str], ...] = field(default_factory=tuple)
    counts: dict[str, int] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> Alert:
        """The inverse of ``asdict``."""
        return cls(**{**plain, "failed": tuple(plain["failed"]), "rules": tuple(plain["rules"])})


def of_failures(
    month: str, door: str, run: str, failures: Sequence[Failure], home: Path, *, at: str = ""
) -> Alert:
    """The one alert for everything that failed in a run; rules stand in it when a gate held the month."""
    last = failures[-1] if failures else Failure("", "fault", "unknown", "", "open the run in Airflow")
    seed = json.dumps([month, door, run, [asdict(one) for one in failures]], ensure_ascii=False)
    return Alert(
        key=hashlib.sha256(seed.encode()).hexdigest()[:16],
        at=at or clock(),
        month=month,
        dag=door,
        kind=last.status,
        failed=tuple(f"{one.task}: {one.reason}" for one in failures),
        next_step=last.next_step,
        error=last.error,
        rules=tuple(_rules(home, month, last)),
    )


def of_publication(month: str, door: str, run: str, counts: dict[str, int], *, at: str = "") -> Alert:
    """The alert that a month has gone out, with the counts of its release."""
    key = hashlib.sha256(f"{month} {door} {run} {PUBLISHED}".encode()).hexdigest()[:16]
    return Alert(key, at or clock(), month, door, PUBLISHED, counts=dict(sorted(counts.items())))


def published_counts(month: str, home: Path) -> dict[str, int]:
    """What the release of a month counts; empty when it never went out."""
    with suppress(DoudiError):
        outcome = recorded(Lake(home), "publish", Month.parse(month))
        return dict(outcome.counts) if outcome else {}
    return {}


def _rules(home: Path, month: str, last: Failure) -> Iterable[dict[str, str]]:
    gate = next((gate for gate in GATES if gate == last.task), None)
    if last.error != "GateHeld" or gate is None:
        return
    with suppress(DoudiError, OSError, ValueError):
        verdict = read_verdict(Lake(home), gate, Month.parse(month))
        for rule in verdict.failed("stop") if verdict else []:
            if not rule.released:
                yield {"id": rule.id, "table": rule.table, "words": rule.words or rule.why}


def tell(alert: Alert, settings: Settings) -> bool:
    """Keep the alert and send its mail, after those that wait; whether everything went out. Raises nothing."""
    _append(settings.home / "logs" / FILE, asdict(alert))
    if not is_on():
        _note(settings.home, alert.key, "off", "DOUDI_SMTP_HOST is empty")
    return send_waiting(settings)


def is_on() -> bool:
    """Whether mail is set up at all."""
    return bool(os.environ.get("DOUDI_SMTP_HOST", "").strip())


def waiting(home: Path) -> list[Alert]:
    """The alerts for which no mail has gone out yet, oldest first."""
    settled = {note["key"] for note in _lines(home / "logs" / SENT) if note.get("status") in _SETTLED}
    found: dict[str, Alert] = {}
    for plain in _lines(home / "logs" / FILE):
        if plain.get("key") not in settled:
            with suppress(KeyError, TypeError):  # an alert of before mail was sent
                alert = Alert.from_dict(plain)
                found[alert.key] = alert
    return list(found.values())


def send_waiting(settings: Settings) -> bool:
    """Send the mails that wait, the newest first, a few at once; ``HOME/logs/mails.jsonl`` says what became of each.

    Stops at the first that is not taken: the next run, or ``doudi mail send``, tries again.
    """
    try:
        mail = MailSettings.from_environment()
    except DoudiError as error:
        _note(settings.home, "", "failed", error.what)
        return False
    if mail is None:
        return True
    for alert in waiting(settings.home)[::-1][:_AT_ONCE]:
        to = mail.addresses(roles(alert, settings))
        if not to:
            _note(settings.home, alert.key, "nobody", "no address for the roles that policy names")
            continue
        try:
            taken = send(letters.write(alert), mail, to)
        except DoudiError as error:
            _note(settings.home, alert.key, "failed", error.what)
            return False
        except Exception as error:  # a mail may fail in ways of its own; the run it speaks of may not
            _note(settings.home, alert.key, "failed", type(error).__name__)
            return False
        _note(settings.home, alert.key, "sent", f"taken for {taken} of {len(to)} addresses")
    return True


def roles(alert: Alert, settings: Settings) -> tuple[str, ...]:
    """Who gets an alert, by policy; everybody, when the policy itself cannot be read."""
    try:
        policy = load(settings.policy_dir, settings.region, Month.parse(alert.month))
        line = policy.lines.get(f"mail.{alert.kind}")
        return policy.words(line.parameter) if line and line.value else ()
    except DoudiError:
        return () if alert.kind == PUBLISHED else ROLES


def _note(home: Path, key: str, status: str, why: str) -> None:
    _append(home / "logs" / SENT, {"at": clock(), "key": key, "status": status, "why": why})


def _lines(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    found = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        with suppress(ValueError):
            plain = json.loads(line)
            found.append(plain if isinstance(plain, dict) else {})
    return found


def _append(path: Path, plain: dict[str, Any]) -> None:
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(plain, ensure_ascii=False) + "\n")
