"""``doudi gate show``: the verdicts of a month."""

from __future__ import annotations

from console.screen import Screen
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.settings import Settings
from warehouse.verdicts import read_verdict

HEADERS = ("gate", "rule", "on", "severity", "result", "why")


def show_verdicts(month: Month, settings: Settings, screen: Screen) -> None:
    """Every rule that did not hold, and one line a gate that says how many did."""
    lake = Lake(settings.home)
    rows: list[tuple[str, ...]] = []
    for gate in ("gate1", "gate2"):
        verdict = read_verdict(lake, gate, month)
        if verdict is None:
            rows.append((gate, "-", "-", "-", "not run", "this gate has not looked at the month"))
            continue
        failed = [rule for rule in verdict.rules if rule.success is False]
        rows += [(gate, rule.id, rule.table, rule.severity, "failed", rule.why) for rule in failed]
        rows.append(
            (gate, "all others", "-", "-", verdict.status, f"{len(verdict.rules) - len(failed)} rules")
        )
    screen.table(f"Verdicts {month}", HEADERS, rows)
