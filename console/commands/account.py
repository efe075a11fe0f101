"""``doudi account``: the row account of every delivered file."""

from __future__ import annotations

from console.screen import Screen
from warehouse.intake.account import row_account
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.settings import Settings

HEADERS = ("feed", "file", "sheet", "rows", "landed", "quarantined", "furniture", "holds")


def show_account(month: Month, settings: Settings, screen: Screen) -> None:
    """One line a file and sheet; the last column says whether the account holds."""
    lines = [
        (*line, "yes" if line[3] == line[4] + line[5] + line[6] else "NO")
        for line in row_account(Lake(settings.home), month)
    ]
    screen.table(f"Row account {month}", HEADERS, lines)
