"""``doudi review``: hand out the cards, take in the answers, see where they stand."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from console.commands.stages import Bench, run_stage
from console.options import (
    HomeOption,
    JsonOption,
    MonthOption,
    OnOption,
    PolicyOption,
    QuietOption,
    RegionOption,
    day_of,
)
from console.screen import Screen
from warehouse.errors import Misconfigured
from warehouse.guard import guarded, stage_run
from warehouse.months import Month
from warehouse.settings import Settings

review_app = typer.Typer(
    no_args_is_help=True,
    help="Blind cards for people: doubtful links and a sample, their answers, their state.",
)


@review_app.command()
def prepare(
    month: MonthOption,
    home: HomeOption = None,
    region: RegionOption = None,
    policy: PolicyOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Write the month's cards for two reviewers: the doubtful links and the blind sample."""
    settings = Settings.from_environment(home=home, region=region, policy_dir=policy)
    Screen(quiet, json).run(partial(run_stage, "prepare_review", Month.parse(month), settings))


@review_app.command()
def absorb(
    month: MonthOption,
    files: Annotated[list[Path], typer.Argument(help="the filled workbooks, or folders of them")],
    on: OnOption = None,
    home: HomeOption = None,
    region: RegionOption = None,
    policy: PolicyOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Take in filled workbooks: answers, human decisions and labels; what two cannot settle goes to a third."""
    from linkage.review.absorb import absorb_review

    missing = [path.name for path in files if not path.exists()]
    if missing:
        raise Misconfigured(f"there is no file {', '.join(missing)}.", next_step="name the filled workbooks.")
    settings = Settings.from_environment(home=home, region=region, policy_dir=policy)
    with stage_run("absorb_review", Month.parse(month), settings.home) as timing:
        bench = Bench.for_month(Month.parse(month), settings)
        outcome = absorb_review(
            Month.parse(month),
            returned=[path.absolute() for path in files],
            lake=bench.lake,
            policy=bench.policy,
            on=None if on is None else day_of(on),
        )
    Screen(quiet, json).outcome(outcome, timing.seconds)


@review_app.command()
def status(
    month: MonthOption,
    on: OnOption = None,
    home: HomeOption = None,
    region: RegionOption = None,
    policy: PolicyOption = None,
    json: JsonOption = False,
) -> None:
    """Show where the month's cards stand, and which are overdue on a day."""
    from linkage.review.settle import STATES
    from linkage.review.status import review_status

    settings = Settings.from_environment(home=home, region=region, policy_dir=policy)
    screen = Screen(as_json=json)
    with guarded(f"review status {month}", settings.home):
        bench = Bench.for_month(Month.parse(month), settings)
        settled = review_status(
            Month.parse(month), lake=bench.lake, policy=bench.policy, on=None if on is None else day_of(on)
        )
        counts = [(STATES[state], state, sum(one.state == state for one in settled)) for state in STATES]
        screen.table(f"{month} 身份核对", ("状态", "state", "卡数"), counts)
        overdue = [one for one in settled if one.state == "overdue"]
        if overdue:
            rows = [(one.card_id, *("已答" if answer else "—" for answer in one.answers)) for one in overdue]
            screen.table("逾期的卡（仍按机器提议保留）", ("卡号", "甲", "乙", "裁定"), rows)


@review_app.command()
def simulate(
    month: MonthOption,
    county: Annotated[Path, typer.Option("--county", help="the made-up county's folder, with truth/")],
    out: Annotated[Path, typer.Option("--out", help="where to put the filled workbooks")],
    errors: Annotated[float, typer.Option("--errors", min=0, max=1, help="share of wrong answers")] = 0.02,
    unsure: Annotated[float, typer.Option("--unsure", min=0, max=1, help="share of 无法判断")] = 0.02,
    blanks: Annotated[float, typer.Option("--blanks", min=0, max=1, help="share left blank")] = 0.01,
    third: Annotated[bool, typer.Option("--third", help="fill in the 裁定 workbook instead")] = False,
    home: HomeOption = None,
    region: RegionOption = None,
    policy: PolicyOption = None,
) -> None:
    """Fill in the cards of a MADE-UP county by its planted truth, with mistakes. Never for real people's cards."""
    from console.county.reviewers import Habits, fill_cards
    from linkage.review.terms import FIRST, SECOND, THIRD

    settings = Settings.from_environment(home=home, region=region, policy_dir=policy)
    with guarded(f"review simulate {month}", settings.home):
        bench = Bench.for_month(Month.parse(month), settings)
        filled = fill_cards(
            Month.parse(month),
            lake=bench.lake,
            policy=bench.policy,
            county=county.absolute(),
            out=out.absolute(),
            habits=Habits(errors, unsure, blanks),
            seats=(THIRD,) if third else (FIRST, SECOND),
        )
    screen = Screen()
    screen.say("Made-up reviewers have filled in the cards of a made-up county:")
    for path in filled:
        screen.say(f"  {path.name}")
