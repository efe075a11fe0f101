"""``doudi notices sent | absorb | status``: the functions of the notices behind the one door."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from console.commands.stages import Bench
from console.screen import Screen
from warehouse.guard import guarded, stage_run
from warehouse.months import Month
from warehouse.outcomes import Outcome
from warehouse.settings import Settings


def note_handed_over(
    month: Month, agencies: tuple[str, ...], settings: Settings, by: str, on: date, way: str
) -> tuple[Outcome, float]:
    """Note to whom the month's notices were handed over; give the outcome and the seconds."""
    from warehouse.notices.handing import note_sent

    with stage_run("notices_sent", month, settings.home) as timing:
        bench = Bench.for_month(month, settings)
        outcome = note_sent(month, agencies, lake=bench.lake, by=by, on=on, way=way)
    return outcome, timing.seconds


def absorb_answers(month: Month, returned: Path, settings: Settings, on: date) -> tuple[Outcome, float]:
    """Take in the answered notices of a folder; give the outcome and the seconds."""
    from warehouse.notices.absorb import absorb_notices

    with stage_run("absorb_notices", month, settings.home) as timing:
        bench = Bench.for_month(month, settings)
        outcome = absorb_notices(month, returned=returned, lake=bench.lake, policy=bench.policy, on=on)
    return outcome, timing.seconds


def show_standing(month: Month, on: date, settings: Settings, screen: Screen) -> None:
    """Agencies × states as of a day, with sums."""
    from warehouse.notices.status import status
    from warehouse.notices.tables import STATES

    with guarded(f"notices status {month}", settings.home):
        bench = Bench.for_month(month, settings)
        found = status(month, lake=bench.lake, policy=bench.policy, on=on)
        states = [state for state in STATES if any(state in table for table in found.values())]
        rows: list[list[object]] = [
            [agency, *(table.get(state, 0) for state in states), sum(table.values())]
            for agency, table in found.items()
        ]
        totals = [sum(table.get(state, 0) for table in found.values()) for state in states]
        rows.append(["合计", *totals, sum(totals)])
        screen.table(f"校核纠错 {month}，截至 {on}", ["来源单位", *states, "合计"], rows)
