"""The month's figures for a monitor, in Prometheus' text form: ``HOME/logs/metrics.prom``.

The file is what the node exporter's textfile collector reads: written aside and renamed after every stage. Its
labels come from closed lists (feeds, rules, stages, statuses) and the newest ``DOUDI_METRICS_MONTHS`` months, so the
number of series is bounded. Counts only; no label holds anything of a person, a village or a file.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, generate_latest, write_to_textfile

from warehouse.lake import Lake
from warehouse.operations.board import Board, MonthBoard, board, grouped
from warehouse.operations.run_log import STATUSES
from warehouse.verdicts import Verdict

FILE = "metrics.prom"
# A year and the month to compare with: a limit of the monitor, not of the month.
_MONTHS = 13


def write_metrics(home: Path, seen: Board | None = None) -> Path:
    """Write the file anew from what the home holds (``seen``, where it was just read); returns it."""
    path = home / "logs" / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    write_to_textfile(str(path), registry(home, seen))
    return path


def text(home: Path) -> str:
    """The same, as text, and nothing written."""
    return generate_latest(registry(home)).decode()


def registry(home: Path, seen: Board | None = None) -> CollectorRegistry:
    """The gauges over the newest months of a home."""
    gauges = _Gauges()
    seen = seen or board(home)
    lake = Lake(home)
    _runs(gauges, seen)
    for month in seen.months[: _months()]:
        _stages(gauges, month)
        _counts(gauges, month, lake)
        for gate, verdict in month.verdicts.items():
            for result, count in _results(verdict).items():
                gauges.gate_rules.labels(month.month, gate, result).set(count)
            for status in ("passed", "held", "released"):
                gauges.gate_status.labels(month.month, gate, status).set(verdict.status == status)
    return gauges.registry


class _Gauges:
    """Every metric with its name, its help in plain English, and its labels."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.stage_seconds = self._gauge(
            "doudi_stage_seconds", "Seconds that the last run of a stage took.", "month", "stage"
        )
        self.stage_peak = self._gauge(
            "doudi_stage_peak_memory_bytes",
            "Peak memory of the process at the end of a stage's last run.",
            "month",
            "stage",
        )
        self.stage_status = self._gauge(
            "doudi_stage_last_status",
            "1 for how the last run of a stage ended, 0 for every other way.",
            "month",
            "stage",
            "status",
        )
        self.stage_ended = self._gauge(
            "doudi_stage_last_end_timestamp_seconds",
            "When the last run of a stage ended, in seconds since 1970.",
            "month",
            "stage",
        )
        self.runs = self._gauge(
            "doudi_runs", "Runs in the log, by stage and by how they ended.", "stage", "status"
        )
        self.rows = self._gauge(
            "doudi_rows",
            "Rows delivered by a feed, by what became of them at the dock; set_aside is a part of landed.",
            "month",
            "feed",
            "what",
        )
        self.persons = self._gauge("doudi_persons", "Persons whom the month's rows speak of.", "month")
        self.links = self._gauge(
            "doudi_links", "Rows linked to a person, by how sure the link is.", "month", "grade"
        )
        self.warnings = self._gauge(
            "doudi_warnings", "Warnings of the month, by rule and status.", "month", "rule", "status"
        )
        self.gate_rules = self._gauge(
            "doudi_gate_rules", "Rules of a gate, by what it found.", "month", "gate", "result"
        )
        self.gate_status = self._gauge(
            "doudi_gate_status", "1 for what a gate said of the month, else 0.", "month", "gate", "status"
        )
        self.published = self._gauge(
            "doudi_month_published", "1 when a release of the month stands, else 0.", "month"
        )
        self.through = self._gauge(
            "doudi_month_complete", "1 when every stage of the month went through, else 0.", "month"
        )

    def _gauge(self, name: str, sentence: str, *labels: str) -> Gauge:
        return Gauge(name, sentence, labels, registry=self.registry)


def _runs(gauges: _Gauges, seen: Board) -> None:
    counts: dict[tuple[str, str], int] = {}
    for run in seen.runs:
        counts[run.stage, run.status] = counts.get((run.stage, run.status), 0) + 1
    for key, count in sorted(counts.items()):
        gauges.runs.labels(*key).set(count)


def _stages(gauges: _Gauges, month: MonthBoard) -> None:
    for stage, cell in month.cells.items():
        if not cell.status:
            continue
        for status in STATUSES:
            gauges.stage_status.labels(month.month, stage, status).set(cell.status == status)
        if cell.run and cell.run.ended:
            gauges.stage_seconds.labels(month.month, stage).set(cell.run.seconds)
            gauges.stage_peak.labels(month.month, stage).set(cell.run.peak_mb * 2**20)
            gauges.stage_ended.labels(month.month, stage).set(
                datetime.fromisoformat(cell.run.ended).timestamp()
            )
    gauges.published.labels(month.month).set(month.is_published)
    gauges.through.labels(month.month).set(month.is_through)


def _counts(gauges: _Gauges, month: MonthBoard, lake: Lake) -> None:
    account = lake.partition("row_account", month=month.month)
    whats = ("landed", "quarantined", "furniture")
    for feed, *sums in grouped(account, ("feed",), whats):
        for what, count in zip(whats, sums, strict=True):
            gauges.rows.labels(month.month, feed, what).set(count)
    standardised = month.cells["standardise"].outcome
    for feed, count in (standardised.by.get("set_aside", {}) if standardised else {}).items():
        gauges.rows.labels(month.month, feed, "set_aside").set(count)
    persons = month.count("link", "persons_seen")
    if persons is not None:
        gauges.persons.labels(month.month).set(persons)
    linked = month.cells["link"].outcome
    for grade, count in (linked.by.get("grade", {}) if linked else {}).items():
        gauges.links.labels(month.month, grade).set(count)
    warnings = lake.partition("marts/fct_warning_monthly", month=month.month)
    for rule, status, count in grouped(warnings, ("rule_id", "status")):
        gauges.warnings.labels(month.month, rule, status).set(count)


def _results(verdict: Verdict) -> dict[str, int]:
    stopped = [rule for rule in verdict.failed("stop") if not rule.released]
    return {
        "passed": sum(1 for rule in verdict.rules if rule.success),
        "stopped": len(stopped),
        "released": len(verdict.released()),
        "warned": len(verdict.failed("warn")),
        "not_assessed": len(verdict.not_assessed()),
    }


def _months() -> int:
    said = os.environ.get("DOUDI_METRICS_MONTHS", "").strip()
    return int(said) if said.isdecimal() and int(said) else _MONTHS
