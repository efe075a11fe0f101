"""The options that verbs share, and how a day is read from one."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from warehouse.errors import Misconfigured

MonthOption = Annotated[str, typer.Option("--month", help="the month, YYYY-MM")]
HomeOption = Annotated[Path | None, typer.Option("--home", help="the folder that holds everything written")]
InboxOption = Annotated[Path | None, typer.Option("--inbox", help="the folder that holds the month folders")]
RegionOption = Annotated[str | None, typer.Option("--region", help="the region of the policy pack")]
PolicyOption = Annotated[Path | None, typer.Option("--policy", help="another folder of policy packs")]
QuietOption = Annotated[bool, typer.Option("--quiet", help="show errors only")]
JsonOption = Annotated[bool, typer.Option("--json", help="one JSON object a line")]
OnOption = Annotated[
    str | None,
    typer.Option("--on", help="the day to compare with, YYYY-MM-DD; without it nothing is overdue"),
]
ReasonOption = Annotated[
    str, typer.Option("--reason", help="why, in words that whoever checks later can judge")
]
DayOption = Annotated[str | None, typer.Option("--on", help="the day, YYYY-MM-DD; without it today")]


def day_of(text: str) -> date:
    """The day that ``YYYY-MM-DD`` says; ``Misconfigured`` when it says none."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Misconfigured(f"'{text}' is not a date.", next_step="write it as YYYY-MM-DD.") from error


def day_or_today(text: str | None) -> date:
    """The day that is given, else today by the clock of the people here: of a human act, never a stage's."""
    return day_of(text) if text else datetime.now(ZoneInfo("Asia/Shanghai")).date()


def day_of_act(text: str | None) -> date:
    """``day_or_today`` of what is written down as done; ``Misconfigured`` when the day has not come yet."""
    day = day_or_today(text)
    if day > day_or_today(None):
        raise Misconfigured(f"--on {day} lies in the future.", next_step="name the day on which it is done.")
    return day
