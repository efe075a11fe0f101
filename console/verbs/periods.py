"""The verb that reports over a period of months."""

from __future__ import annotations

from typing import Annotated

import typer

from console.options import HomeOption, JsonOption, MonthOption, PolicyOption, QuietOption, RegionOption
from console.screen import Screen
from warehouse.guard import guarded
from warehouse.months import Month
from warehouse.settings import Settings


def changes(
    month: MonthOption,
    since: Annotated[str, typer.Option("--since", help="the first month of the period, YYYY-MM")],
    region: RegionOption = None,
    policy: PolicyOption = None,
    home: HomeOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Write entries and exits from --since to --month by class, category and reason, as workbook and paper."""
    from console.commands.changes import write_changes

    settings = Settings.from_environment(home=home, region=region, policy_dir=policy)
    with guarded(f"changes {month}", settings.home):
        write_changes(Month.parse(since), Month.parse(month), settings, Screen(quiet, json))
