"""The verbs that look at past months under other policy."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from console.options import (
    HomeOption,
    JsonOption,
    MonthOption,
    PolicyOption,
    QuietOption,
    RegionOption,
    day_of,
)
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


def simulate(
    rule: Annotated[str, typer.Option("--rule", help="the rule, for example R01")],
    tried: Annotated[
        list[str],
        typer.Option(
            "--set",
            help="a parameter and its value, or several with commas: line=10000,12000; may be given again",
        ),
    ],
    months: Annotated[
        str | None, typer.Option("--months", help="FIRST..LAST; without it every month that was built")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="write a report to FILE.xlsx or FILE.html (counts, no names)")
    ] = None,
    names: Annotated[
        Path | None,
        typer.Option("--names", help="write who comes and who goes to FILE.xlsx; needs --by and --on"),
    ] = None,
    by: Annotated[str | None, typer.Option("--by", help="who asks for the names")] = None,
    on: Annotated[str | None, typer.Option("--on", help="the day on which they ask, YYYY-MM-DD")] = None,
    county: Annotated[
        Path | None, typer.Option("--county", help="a made-up county: compare with its planted truth, too")
    ] = None,
    region: RegionOption = None,
    policy: PolicyOption = None,
    home: HomeOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Replay past months of one rule under other values: visits, what would be missed or spared, what nobody knows."""
    from console.commands.simulate import Wanted, show_simulation

    settings = Settings.from_environment(home=home, region=region, policy_dir=policy)
    wanted = Wanted(out=out, names=names, county=county, by=by, on=day_of(on) if on else None)
    with guarded(f"simulate {rule}", settings.home):
        show_simulation(rule, tried, months, settings, Screen(quiet, json), wanted)
