"""``doudi county``: write the made-up county and say what is in it."""

from __future__ import annotations

from pathlib import Path

from console.screen import Screen
from warehouse.months import Month


def make_county(out: Path, *, seed: int, persons: int, months: list[Month], screen: Screen) -> None:
    """Write ``out/inbox`` and ``out/truth`` and show the county's account."""
    from console.county.write import write_county

    written = write_county(out, seed=seed, persons=persons, months=months, report=screen.say)
    screen.table("The made-up county", ["what", "count"], written.as_rows())
