"""The verb that looks at a month under other policy."""

from __future__ import annotations

from typing import Annotated

import typer

from console.options import HomeOption, JsonOption, MonthOption, PolicyOption, QuietOption, RegionOption
from console.screen import Screen
from warehouse.guard import guarded
from warehouse.months import Month
from warehouse.settings import Settings


def replay(
    month: MonthOption,
    under: Annotated[
        list[str] | None, typer.Option("--under", help="a region whose packs to try; may be given again")
    ] = None,
    region: RegionOption = None,
    policy: PolicyOption = None,
    home: HomeOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Build a month again aside, under its own or other policy, and show per rule what changes and why."""
    from console.commands.replay import show_replay

    settings = Settings.from_environment(home=home, region=region, policy_dir=policy)
    with guarded(f"replay {month}", settings.home):
        show_replay(Month.parse(month), tuple(under or ()), settings, Screen(quiet, json))
