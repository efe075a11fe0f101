"""``doudi account``: the row account of every delivered file, and the landed rows that were set aside."""

from __future__ import annotations

from console.screen import Screen
from warehouse.intake.account import row_account, set_aside
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.settings import Settings

HEADERS = ("feed", "file", "sheet", "rows", "landed", "quarantined", "furniture", "set aside", "holds")


def show_account(month: Month, settings: Settings, screen: Screen) -> None:
    """One line a file and sheet. Rows set aside are a part of the landed ones; the last column says whether it holds."""
    lake = Lake(settings.home)
    aside = set_aside(lake, month)
    lines = [
        (*line, aside.get((line.feed, line.file, line.sheet), 0), "yes" if line.holds else "NO")
        for line in row_account(lake, month)
    ]
    screen.table(f"Row account {month}", HEADERS, lines)
