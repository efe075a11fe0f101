"""The verbs for late, corrected and withdrawn deliveries: what is stale, run it again, what differs."""

from __future__ import annotations

from typing import Annotated

import typer

from console.options import (
    HomeOption,
    InboxOption,
    JsonOption,
    MonthOption,
    PolicyOption,
    QuietOption,
    RegionOption,
    day_or_today,
)
from console.screen import Screen
from warehouse.errors import Misconfigured
from warehouse.months import Month
from warehouse.settings import Settings

FromOption = Annotated[
    str | None, typer.Option("--from", help="the first month; the home's first when not given")
]
ToOption = Annotated[str | None, typer.Option("--to", help="the last month; the home's last when not given")]


def add_verbs(app: typer.Typer) -> None:
    """Give ``app`` the verbs ``stale``, ``rebuild`` and ``difference``."""
    for verb in (stale, rebuild, difference):
        app.command()(verb)


def stale(
    home: HomeOption = None,
    inbox: InboxOption = None,
    region: RegionOption = None,
    policy: PolicyOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Show which stages of which months no longer stand on what lies there, and why."""
    from console.commands.rebuilds import show_stale

    settings = Settings.from_environment(home=home, inbox=inbox, region=region, policy_dir=policy)
    show_stale(settings, Screen(quiet, json))


def rebuild(
    first: FromOption = None,
    last: ToOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="run nothing; show what would run")] = False,
    everything: Annotated[
        bool,
        typer.Option("--everything", help="every stage that ever ran, fresh or not (after a new version)"),
    ] = False,
    by: Annotated[
        str, typer.Option("--by", help="who ordered it: goes to the audit log, with --reason")
    ] = "",
    reason: Annotated[str, typer.Option("--reason", help="why, for the audit log")] = "",
    home: HomeOption = None,
    inbox: InboxOption = None,
    region: RegionOption = None,
    policy: PolicyOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Run again what is stale, in order; stops at the first refusal and goes on from there when called again."""
    from console.commands.rebuilds import run_rebuild

    if bool(by) != bool(reason):
        raise Misconfigured(
            "--by and --reason go together.", next_step="name who ordered the rebuild, and why."
        )
    run_rebuild(
        Settings.from_environment(home=home, inbox=inbox, region=region, policy_dir=policy),
        Screen(quiet, json),
        first=Month.parse(first) if first else None,
        last=Month.parse(last) if last else None,
        is_dry=dry_run,
        everything=everything,
        by=by,
        reason=reason,
        on=day_or_today(None),
    )


def difference(
    month: MonthOption,
    home: HomeOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Show what a published month would say otherwise now, or what its last new version changed."""
    from console.commands.rebuilds import show_difference

    show_difference(Month.parse(month), Settings.from_environment(home=home), Screen(quiet, json))
