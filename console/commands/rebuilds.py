"""What is stale, running it again, and what a new version of a month changes: for the screen."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from functools import partial

from console.commands.stages import run_stage
from console.screen import Screen
from warehouse import audit_log
from warehouse.flow import ORDER
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.outcomes import Outcome
from warehouse.rebuild import planned, rebuild
from warehouse.settings import Settings
from warehouse.standing.inputs import Inputs
from warehouse.standing.states import State, months_of_another_program, months_run, survey

_MARKS = {"fresh": "fresh", "stale": "STALE", "behind": "behind", "held": "HELD", "never": "–"}


def show_stale(settings: Settings, screen: Screen) -> None:
    """A table month by stage, and below it a line per stage that has to run again, with the reason."""
    inputs = Inputs(settings)
    months = months_run(inputs)
    states = survey(inputs, months)
    inputs.digests.keep()
    rows = [
        [str(month), *(_MARKS[state.status] for state in states if state.month == str(month))]
        for month in months
    ]
    screen.table("what each month stands on", ["month", *ORDER], rows)
    _reasons(states, screen)
    other = months_of_another_program(inputs, months)
    screen.emit({"months_of_another_program": other})
    if other:
        screen.say(
            f"{', '.join(other)} ran, in part at least, under another version of the program. That alone makes nothing "
            "stale: 'doudi rebuild --everything' runs them under this one."
        )
    if not settings.inbox.is_dir():
        screen.say("There is no inbox here: whether deliveries have come was not looked at (--inbox).")
    if following := next_step({state.status for state in states}):
        screen.say(following)


def next_step(found: Collection[str]) -> str:
    """What is to be done about months of these states, in a line; empty where nothing is."""
    if {"stale", "behind"} & set(found):
        return (
            "next: doudi rebuild runs these in order; doudi rebuild --dry-run shows first what it would run."
        )
    if "held" in found:
        return "next: correct what the gate names, or let the month go by name (doudi gate release)."
    return ""


def run_rebuild(
    settings: Settings,
    screen: Screen,
    *,
    first: Month | None,
    last: Month | None,
    is_dry: bool,
    everything: bool,
    by: str,
    reason: str,
    on: date,
) -> None:
    """Run what is stale and say so; with ``by`` an entry of the audit log tells who ordered it."""
    if is_dry:
        _reasons(planned(settings, first=first, last=last), screen)
        return

    def run(stage: str, month: Month) -> Outcome:
        return screen.run(partial(run_stage, stage, month, settings))

    def say(state: State) -> None:
        for why in state.reasons or ("every stage was asked for",):
            screen.say(f"{state.month}  {state.stage}: {why}")

    done = rebuild(settings, run, first=first, last=last, everything=everything, say=say)
    months = sorted({one.state.month for one in done})
    screen.emit({"rebuilt": [{"month": one.state.month, "stage": one.state.stage} for one in done]})
    screen.say(
        f"{len(done)} stage(s) of {', '.join(months)} ran again."
        if done
        else "Nothing is stale: nothing was run."
    )
    if by and done:
        facts = {"stages": len(done), "months": months}
        subject = f"{len(months)} month(s)"
        audit_log.append(
            Lake(settings.home),
            "rebuild",
            by=by,
            reason=reason,
            on=on,
            month=months[0],
            subject=subject,
            facts=facts,
        )


def show_difference(month: Month, settings: Settings, screen: Screen) -> None:
    """The counts of what differs between what was handed out and what the lake says now."""
    from warehouse.release.difference import told_difference

    told = told_difference(month, Lake(settings.home))
    screen.say(told.sentence)
    for title, headers, rows in told.tables:
        if rows or screen.as_json:
            screen.table(title, headers, rows)
    if not any(rows for _, _, rows in told.tables):
        screen.say("Nothing differs.")


def _reasons(states: Iterable[State], screen: Screen) -> None:
    wanted = [state for state in states if state.status not in ("fresh", "never")]
    rows: list[list[str]] = []
    for state in wanted:
        why = "; ".join(state.reasons)
        # What only follows stands on one line a month: the table above tells which stages.
        if (
            rows
            and state.status == "behind"
            and rows[-1][::2] == [state.month, _MARKS["behind"]]
            and rows[-1][3] == why
        ):
            rows[-1][1] = f"{rows[-1][1].partition(' … ')[0]} … {state.stage}"
        else:
            rows.append([state.month, state.stage, _MARKS[state.status], why])
    if rows:
        screen.table("to run again", ["month", "stage", "state", "reason"], rows)
    else:
        screen.say("Nothing is stale.")
        screen.emit({"stale": []})
