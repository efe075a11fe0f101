"""``doudi audit``: the log of what people decided and ordered."""

from __future__ import annotations

from dataclasses import asdict

from console.screen import Screen
from warehouse.audit_log import entries, verified
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.settings import Settings

HEADERS = ("entry", "on", "kind", "month", "subject", "by", "reason", "hash")


def show_log(month: Month | None, settings: Settings, screen: Screen) -> None:
    """The entries in order, of one month where it is given; as JSON each whole, one a line."""
    found = entries(Lake(settings.home), month=month or "")
    if screen.as_json:
        for entry in found:
            screen.emit(asdict(entry))
        return
    rows = [
        (str(e.seq), e.on, e.kind, e.month or "-", e.subject or "-", e.by, e.reason, e.hash[:8])
        for e in found
    ]
    screen.table("Audit log", HEADERS, rows)


def verify_log(settings: Settings, screen: Screen) -> None:
    """Say that the log is whole, with its last entry; ``LakeDamaged`` names the first that does not hold."""
    found = verified(Lake(settings.home))
    head = found[-1].hash if found else ""
    screen.emit({"entries": len(found), "head": head})
    screen.say(f"whole: {len(found)} entries" + (f", the last one is {found[-1].mark}" if found else ""))
