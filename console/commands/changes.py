"""``doudi changes``: entries and exits between two months."""

from __future__ import annotations

from console.screen import Screen
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import load
from warehouse.release.changes import report_changes
from warehouse.settings import Settings


def write_changes(since: Month, month: Month, settings: Settings, screen: Screen) -> None:
    """Write the report under the last month's policy and show which files it made."""
    policy = load(settings.policy_dir, settings.region, month)
    folder, items, missing = report_changes(since, month, lake=Lake(settings.home), policy=policy)
    lines = [(str(folder / item.path), item.rows) for item in items]
    screen.table(f"Entries and exits {since} to {month}", ("file", "rows"), lines)
    if missing:
        screen.say(f"not built, and not counted: {', '.join(missing)}")
