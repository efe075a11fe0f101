"""The verbs of a month's flow: the whole chain, and each stage by itself."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from console.commands.operations import told_by_mail
from console.commands.stages import (
    CHAIN,
    absorb_returns,
    link_afresh,
    run_stage,
    take_in_slips,
    track_answers,
)
from console.options import (
    HomeOption,
    InboxOption,
    JsonOption,
    MonthOption,
    PolicyOption,
    QuietOption,
    RegionOption,
    day_of,
)
from console.screen import Screen
from console.verbs.notices import notices_app
from warehouse.errors import Misconfigured
from warehouse.months import Month
from warehouse.settings import Settings

_SENTENCES = {
    "receive": "Take in what the agencies delivered: land, quarantine or count every row.",
    "close": "Declare the month complete; refuses while a required feed is missing.",
    "standardise": "Fold, type and keep: make values comparable, and the persons in each row findable.",
    "slips": "Write the return slips: what each agency is asked about its rows (again after link: what links know).",
    "gate1": "Inspect the standardised month; a failing stop rule holds it.",
    "quality": "Estimate the month's false and missed links with intervals, draw the blind sample, write the page.",
    "prepare_review": "Write the month's blind cards for two reviewers (the same as doudi review prepare).",
    "build": "Build the warehouse of the month with dbt.",
    "gate2": "Inspect the marts; a failing stop rule holds the month.",
    "publish": "Write the warning lists, the ledgers and the month's page.",
}


def add_verbs(app: typer.Typer) -> None:
    """Give ``app`` the verbs of the flow, in the order of the flow."""
    app.command()(run)
    for stage in CHAIN:
        if stage == "link":
            app.command()(link)
        elif stage == "notices":
            app.add_typer(notices_app, name="notices")
        else:
            app.command(stage, help=_SENTENCES[stage])(_verb(stage))
    app.command()(absorb)
    app.command()(track)
    app.command()(correct)


def run(
    month: MonthOption,
    home: HomeOption = None,
    inbox: InboxOption = None,
    region: RegionOption = None,
    policy: PolicyOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
    mail: Annotated[
        bool,
        typer.Option(
            "--mail", help="tell by mail how it ended, as Airflow does (for a run that nobody watches)"
        ),
    ] = False,
) -> None:
    """Run the whole chain of a month, receive to publish, without Airflow."""
    settings = Settings.from_environment(home=home, inbox=inbox, region=region, policy_dir=policy)
    screen = Screen(quiet, json)
    with told_by_mail(month, settings) if mail else nullcontext():
        for stage in CHAIN:
            screen.say(f"{month}  {stage} …")
            screen.run(partial(run_stage, stage, Month.parse(month), settings))


def link(
    month: MonthOption,
    afresh: Annotated[
        bool, typer.Option("--afresh", help="compare everything that is open and every pair of persons again")
    ] = False,
    home: HomeOption = None,
    inbox: InboxOption = None,
    region: RegionOption = None,
    policy: PolicyOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Decide who is the same person, how sure, and keep ids over time."""
    settings = Settings.from_environment(home=home, inbox=inbox, region=region, policy_dir=policy)
    run_link = link_afresh if afresh else partial(run_stage, "link")
    Screen(quiet, json).run(partial(run_link, Month.parse(month), settings))


def absorb(
    month: MonthOption,
    returned: Annotated[Path, typer.Option("--returned", help="a folder of filled-in lists, or one file")],
    on: Annotated[
        str | None,
        typer.Option("--on", help="the day on which they came in, YYYY-MM-DD (kept beside the answers)"),
    ] = None,
    home: HomeOption = None,
    region: RegionOption = None,
    policy: PolicyOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Take in the lists that the villages have filled in: of the month, and of earlier ones."""
    if not returned.exists():
        raise Misconfigured(
            f"there is nothing at --returned '{returned.name}'.", next_step="name the folder of the lists."
        )
    settings = Settings.from_environment(home=home, region=region, policy_dir=policy)
    day = None if on is None else day_of(on)
    Screen(quiet, json).run(partial(absorb_returns, Month.parse(month), returned.absolute(), settings, day))


def track(
    month: MonthOption,
    on: Annotated[str, typer.Option("--on", help="the day as of which it is told, YYYY-MM-DD")],
    home: HomeOption = None,
    region: RegionOption = None,
    policy: PolicyOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Tell of every warning ever sent whether it is answered, waits or is overdue, and write the reminders."""
    settings = Settings.from_environment(home=home, region=region, policy_dir=policy)
    Screen(quiet, json).run(partial(track_answers, Month.parse(month), day_of(on), settings))


def correct(
    month: MonthOption,
    returned: Annotated[Path, typer.Option("--returned", help="a folder of filled-in slips, or one file")],
    home: HomeOption = None,
    region: RegionOption = None,
    policy: PolicyOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Take in the return slips that agencies have filled in; run standardise again afterwards."""
    if not returned.exists():
        raise Misconfigured(
            f"there is nothing at --returned '{returned.name}'.", next_step="name the folder of the slips."
        )
    settings = Settings.from_environment(home=home, region=region, policy_dir=policy)
    Screen(quiet, json).run(partial(take_in_slips, Month.parse(month), returned.absolute(), settings))


def _verb(stage: str) -> Callable[..., None]:
    """One stage as a verb of its own."""

    def command(
        month: MonthOption,
        home: HomeOption = None,
        inbox: InboxOption = None,
        region: RegionOption = None,
        policy: PolicyOption = None,
        quiet: QuietOption = False,
        json: JsonOption = False,
    ) -> None:
        settings = Settings.from_environment(home=home, inbox=inbox, region=region, policy_dir=policy)
        Screen(quiet, json).run(partial(run_stage, stage, Month.parse(month), settings))

    return command
