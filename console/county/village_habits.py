"""How the made-up county's villages work: who is late, what is left blank, what goes wrong. Pure, drawn by hash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from console.county.hashing import salt
from warehouse.months import Month

ON_TIME_WITHIN: Final = 15  # days before the day it is due on which a township hands its list in
LATE_DAYS: Final = (5, 25)  # a late sheet comes so many days after the day it was due
LATER_DAYS: Final = (33, 55)
SHARE_OF_LATER: Final = 0.3  # of the late ones
WALK_DAYS: Final = 9  # the house was visited at most so many days before the list was handed in
# What a return slip refuses, in equal shares.
SLIPS: Final = ("word", "reason", "key", "day", "name")
# What happens to a file as a whole, and to a sheet.
ROUGH_FILES: Final = ("moved", "csv", "unreadable", "renamed")
ROUGH_SHEETS: Final = ("sorted", "cut")


@dataclass(frozen=True)
class Habits:
    """Shares, by row: ``errors`` (need taken for none or the other way), ``unsure`` (无法核实), ``blanks``, ``slips``
    (what a return slip refuses); by village and month: ``late``; by township and month: ``unsent`` (the list never
    comes back); ``rough``: files and sheets that come back in another state than they went out.
    """

    errors: float = 0.02
    unsure: float = 0.02
    blanks: float = 0.02
    slips: float = 0.03
    late: float = 0.08
    unsent: float = 0.03
    rough: float = 0.15


USUAL: Final = Habits()


def drawn(*words: object) -> float:
    """A number in [0, 1) for these words."""
    return salt("villages", *words) / 2**64


def day_sent(month: Month, township: str, due: date, habits: Habits) -> date | None:
    """On which day a township hands a month's list in; None when it never does."""
    if drawn(month, township, "unsent") < habits.unsent:
        return None
    return due - timedelta(days=1 + salt("villages", month, township, "sent") % ON_TIME_WITHIN)


def day_ready(month: Month, township: str, village: str, sent: date, due: date, habits: Habits) -> date:
    """On which day a village's sheet stands filled in: when the township hands in, or weeks or months late."""
    drawn_late = drawn(month, township, village, "late")
    if drawn_late >= habits.late:
        return sent
    first, last = LATER_DAYS if drawn_late < habits.late * SHARE_OF_LATER else LATE_DAYS
    return due + timedelta(days=first + salt("villages", month, township, village, "days") % (last - first))


def day_visited(month: Month, household: str, ready: date) -> date:
    """On which day somebody stood on the doorstep: not before the month had ended."""
    day = ready - timedelta(days=salt("villages", month, household, "walked") % (WALK_DAYS + 1))
    return max(day, month.last_day + timedelta(days=1))


def rough_file(month: Month, township: str, habits: Habits) -> str:
    """What happened to the township's file, one of ``ROUGH_FILES``; blank: nothing."""
    return _one_of(ROUGH_FILES, habits.rough, month, township, "file")


def rough_sheet(month: Month, township: str, village: str, habits: Habits) -> str:
    """What happened to the village's sheet, one of ``ROUGH_SHEETS``; blank: nothing."""
    return _one_of(ROUGH_SHEETS, habits.rough, month, township, village, "sheet")


def row_mistake(month: Month, warning_id: str, habits: Habits) -> str:
    """``errors``, ``unsure``, ``blanks``, one of ``SLIPS``, or blank for a row that is as it should be."""
    at = drawn(month, warning_id, "row")
    for mistake in ("errors", "unsure", "blanks"):
        share = getattr(habits, mistake)
        if at < share:
            return mistake
        at -= share
    return _one_of(SLIPS, habits.slips / (1.0 - habits.errors - habits.unsure - habits.blanks), month, warning_id, "slip")  # fmt: skip


def _one_of(kinds: tuple[str, ...], share: float, *words: object) -> str:
    at = drawn(*words)
    return kinds[int(at / share * len(kinds))] if at < share else ""
