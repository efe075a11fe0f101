"""The verbs of notices: write them, note who was handed them, take the answers in, see how they stand."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from console.commands.notices import absorb_answers, note_handed_over, show_standing
from console.commands.stages import run_stage
from console.options import (
    HomeOption,
    JsonOption,
    MonthOption,
    OnOption,
    PolicyOption,
    QuietOption,
    RegionOption,
    day_of,
    day_or_today,
)
from console.screen import Screen
from warehouse.errors import Misconfigured
from warehouse.months import Month
from warehouse.settings import Settings

notices_app = typer.Typer(
    invoke_without_command=True,
    help="Ask every source about facts that others contradict (校核纠错单), and follow up what becomes of it.",
)


@notices_app.callback()
def notices(
    context: typer.Context,
    month: Annotated[str | None, typer.Option("--month", help="the month, YYYY-MM")] = None,
    home: HomeOption = None,
    region: RegionOption = None,
    policy: PolicyOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Write the month's notices to the sources and the sources' pages (the stage behind publish)."""
    if context.invoked_subcommand is not None:
        return
    if month is None:
        raise Misconfigured(
            "no month is named.", next_step="give --month YYYY-MM, or see doudi notices --help."
        )
    settings = Settings.from_environment(home=home, region=region, policy_dir=policy)
    Screen(quiet, json).run(partial(run_stage, "notices", Month.parse(month), settings))


@notices_app.command()
def sent(
    month: MonthOption,
    by: Annotated[str, typer.Option("--by", help="the name of who handed them over")],
    agency: Annotated[
        list[str] | None, typer.Option("--agency", help="an agency; without it all that have notices")
    ] = None,
    on: OnOption = None,
    way: Annotated[str, typer.Option("--way", help="how: 专网, 纸质, 协议包 …")] = "",
    home: HomeOption = None,
    region: RegionOption = None,
    policy: PolicyOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Note that agencies were handed their notices: from that day (--on, else today) their time to answer runs."""
    settings = Settings.from_environment(home=home, region=region, policy_dir=policy)
    day = day_or_today(on)
    run = partial(note_handed_over, Month.parse(month), tuple(agency or ()), settings, by, day, way)
    Screen(quiet, json).run(run)


@notices_app.command()
def absorb(
    month: MonthOption,
    returned: Annotated[
        Path, typer.Option("--returned", help="a folder of answered notices, or one workbook")
    ],
    on: OnOption = None,
    home: HomeOption = None,
    region: RegionOption = None,
    policy: PolicyOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Take in what agencies answered; the next month's notices see whether the data were corrected."""
    if not returned.exists():
        raise Misconfigured(
            f"there is nothing at --returned '{returned.name}'.",
            next_step="name the folder of the workbooks.",
        )
    settings = Settings.from_environment(home=home, region=region, policy_dir=policy)
    day = day_or_today(on)
    Screen(quiet, json).run(partial(absorb_answers, Month.parse(month), returned.absolute(), settings, day))


@notices_app.command()
def status(
    month: MonthOption,
    on: OnOption = None,
    home: HomeOption = None,
    region: RegionOption = None,
    policy: PolicyOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Show how the notices stand on a day (--on, else the month's last day), by agency and state."""
    settings = Settings.from_environment(home=home, region=region, policy_dir=policy)
    of = Month.parse(month)
    show_standing(of, day_of(on) if on else of.last_day, settings, Screen(quiet, json))
