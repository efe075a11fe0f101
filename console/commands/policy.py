"""``doudi policy show``: the lines in force."""

from __future__ import annotations

from console.screen import Screen
from warehouse import policy as policies
from warehouse.months import Month
from warehouse.settings import Settings

HEADERS = ("parameter", "value", "unit", "from", "to", "document", "status")


def show_policy(month: Month, settings: Settings, screen: Screen) -> None:
    """Every parameter with its value, validity, document and whether it was verified."""
    policy = policies.load(settings.policy_dir, settings.region, month)
    rows = [
        (
            line.parameter,
            line.value or "no rule configured",
            line.unit,
            str(line.valid_from),
            str(line.valid_to or ""),
            line.document,
            line.status,
        )
        for _, line in sorted(policy.lines.items())
    ]
    screen.table(f"Policy of {settings.region} in {month}", HEADERS, rows)
