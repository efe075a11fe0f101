"""``doudi villages``: the made-up county's villages answer the lists that went out."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer

from console.commands.stages import Bench
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

villages_app = typer.Typer(
    no_args_is_help=True,
    help="The villages of a MADE-UP county answer its lists. Real lists are answered by people.",
)


@villages_app.callback()
def villages() -> None:
    """The villages of a MADE-UP county answer its lists. Real lists are answered by people."""


@villages_app.command()
def answer(
    month: MonthOption,
    county: Annotated[Path, typer.Option("--county", help="the made-up county's folder, with truth/")],
    on: Annotated[
        str | None,
        typer.Option("--on", help="what has been sent by this day, YYYY-MM-DD; without it the day it is due"),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="where the lists lie that came back; without it HOME/returned/<month>"),
    ] = None,
    errors: Annotated[
        float, typer.Option("--errors", min=0, max=1, help="share of rows judged wrongly")
    ] = 0.02,
    unsure: Annotated[float, typer.Option("--unsure", min=0, max=1, help="share of rows 无法核实")] = 0.02,
    blanks: Annotated[float, typer.Option("--blanks", min=0, max=1, help="share of rows left blank")] = 0.02,
    slips: Annotated[
        float, typer.Option("--slips", min=0, max=1, help="share of rows that a return slip refuses")
    ] = 0.03,
    late: Annotated[
        float, typer.Option("--late", min=0, max=1, help="share of villages that are late")
    ] = 0.08,
    unsent: Annotated[
        float, typer.Option("--unsent", min=0, max=1, help="share of lists that never come back")
    ] = 0.03,
    rough: Annotated[
        float, typer.Option("--rough", min=0, max=1, help="share of files and sheets changed by hand")
    ] = 0.15,
    home: HomeOption = None,
    region: RegionOption = None,
    policy: PolicyOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Fill in a month's lists of a MADE-UP county by its planted truth, with human mistakes, as sent by a day."""
    from console.county.village_habits import Habits
    from console.county.villages import answer_lists

    settings = Settings.from_environment(home=home, region=region, policy_dir=policy)
    of = Month.parse(month)
    with guarded(f"villages answer {month}", settings.home):
        bench = Bench.for_month(of, settings)
        day = day_of(on) if on else due_day(of, bench)
        sent = answer_lists(
            of,
            lake=bench.lake,
            policy=bench.policy,
            county=county.absolute(),
            on=day,
            habits=Habits(errors, unsure, blanks, slips, late, unsent, rough),
            out=out.absolute() if out else None,
        )
    screen = Screen(quiet, json)
    screen.table(
        f"Made-up villages on their lists of {month}, by {day}",
        ("what", "count"),
        [("files that came back", len(sent.files)), *sorted(sent.counts.items())],
    )


def due_day(month: Month, bench: Bench) -> date:
    """The day on which a month's lists are due back."""
    return month.last_day + timedelta(days=bench.policy.count("release.answer_days"))
