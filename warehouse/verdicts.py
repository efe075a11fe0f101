"""A gate's verdict on a month, and the fingerprint of what it looked at.

A verdict is kept as ``lake/verdicts/month=…/<gate>.json``. It carries the fingerprint of the very bytes
that were inspected, so that publishing can refuse a verdict that speaks of other data than those at hand.
It holds rule ids and numbers, never a value from a row.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.sums import named

Gate = Literal["gate1", "gate2"]
Severity = Literal["stop", "warn"]
Status = Literal["passed", "held", "released"]
GATES: tuple[Gate, ...] = ("gate1", "gate2")
# What staff read.
GATE_TITLES: dict[str, str] = {"gate1": "第一道关口（来料）", "gate2": "第二道关口（成品）"}
# What the gates look at beside the rows of feeds and the marts.
FACTS = ("row_account", "set_aside", "totals", "ledger", "model_drift")
LINKS = ("crosswalk", "pairs", "review", "events")

_BLOCK = 1 << 20


@dataclass(frozen=True)
class Released:
    """By whose decision a rule that failed holds nothing up: the entry of the audit log that says so."""

    seq: int
    hash: str
    by: str
    reason: str
    on: str

    @property
    def mark(self) -> str:
        """How people quote the entry (``audit_log.Entry.mark``)."""
        return f"{self.seq}-{self.hash[:8]}"


@dataclass(frozen=True)
class RuleVerdict:
    """One rule: ``success`` is None when it could not be assessed (``reason`` says why).

    ``table`` is the feed or mart. ``observed`` holds numbers only: ``measured`` (a share, ratio or count),
    ``of`` (how many it was taken from) and the limits by their name. ``why`` is for us, ``words`` what staff read.
    Nobody releases a month from a rule that ``is_absolute``; ``released`` says who did from another.
    """

    id: str
    table: str
    severity: Severity
    success: bool | None
    why: str
    observed: dict[str, float] = field(default_factory=dict)
    reason: str = ""
    words: str = ""
    is_absolute: bool = False
    released: Released | None = None


@dataclass(frozen=True)
class Verdict:
    """What a gate said of a month. ``status`` is ``passed``, ``held``, or ``released``: held, and let go by decision."""

    gate: Gate
    month: str
    status: Status
    rules: tuple[RuleVerdict, ...]
    fingerprint: str

    def failed(self, severity: Severity) -> list[RuleVerdict]:
        """The failed rules of one severity, in order of id."""
        return [rule for rule in self.rules if rule.success is False and rule.severity == severity]

    def not_assessed(self) -> list[RuleVerdict]:
        """The rules that could not be assessed, in order of id."""
        return [rule for rule in self.rules if rule.success is None]

    def released(self) -> list[RuleVerdict]:
        """The failed stop rules that a decision released, in order of id."""
        return [rule for rule in self.failed("stop") if rule.released]

    @property
    def status_of_rules(self) -> Status:
        """The status that the rules come to, whatever is written beside them."""
        stopped = self.failed("stop")
        if not stopped:
            return "passed"
        return "released" if all(rule.released and not rule.is_absolute for rule in stopped) else "held"

    def as_dict(self) -> dict[str, Any]:
        """A plain dictionary, ready for JSON."""
        return {**asdict(self), "rules": [asdict(rule) for rule in self.rules]}

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> Verdict:
        """The inverse of ``as_dict``."""
        return cls(**{**plain, "rules": tuple(_rule(rule) for rule in plain["rules"])})


def write_verdict(verdict: Verdict, lake: Lake) -> Path:
    """Write the verdict, replacing that gate's last one of the month; returns the file."""
    path = _path(lake, verdict.gate, verdict.month)
    lake.write_text(path, json.dumps(verdict.as_dict(), ensure_ascii=False, indent=1) + "\n")
    return path


def read_verdict(lake: Lake, gate: Gate, month: Month) -> Verdict | None:
    """The gate's last verdict on the month, or None when it never gave one."""
    path = _path(lake, gate, str(month))
    if not path.exists():
        return None
    return Verdict.from_dict(json.loads(path.read_text(encoding="utf-8")))


def fingerprint(paths: Iterable[Path], root: Path) -> str:
    """SHA-256 over name (below ``root``) and content of files, and of all files of folders, sorted by name.

    A path that does not exist adds nothing, so a partition that appears later changes the fingerprint.
    Hidden files (a partition that is just being written) are left out.
    """
    digest = hashlib.sha256()
    for key, found in named(paths, root).items():
        digest.update(f"{key}\0{found.stat().st_size}\0".encode())
        with found.open("rb") as handle:
            while block := handle.read(_BLOCK):
                digest.update(block)
    return digest.hexdigest()


def fingerprint_standardised(lake: Lake, month: Month) -> str:
    """The fingerprint of what gate 1 rests on: the month's standardised rows and the facts beside them."""
    feeds = [
        lake.partition("standardised", feed=f, month=str(month))
        for f in lake.feeds("standardised", str(month))
    ]
    return fingerprint([*feeds, *(lake.partition(table, month=str(month)) for table in FACTS)], lake.root)


def fingerprint_marts(lake: Lake, month: Month) -> str:
    """The fingerprint of what gate 2 rests on and what publishing sends out: the month's marts and links."""
    marts = sorted((lake.root / "marts").glob(f"*/month={month}"))
    return fingerprint([*marts, *(lake.partition(table, month=str(month)) for table in LINKS)], lake.root)


def _rule(plain: dict[str, Any]) -> RuleVerdict:
    released = plain.get("released")
    return RuleVerdict(**{**plain, "released": Released(**released) if released else None})


def _path(lake: Lake, gate: Gate, month: str) -> Path:
    return lake.partition("verdicts", month=month) / f"{gate}.json"
