"""Run again what is stale, month by month and stage by stage in the order of the flow.

A stage runs when what it read is no longer what lies there; after each, the next is looked at anew, so that a
stage whose result came out as before wakes none behind it. The first refusal stops: what has run stands, and the
same command goes on from there. When nothing is stale nothing runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from warehouse.months import Month
from warehouse.outcomes import Outcome
from warehouse.settings import Settings
from warehouse.standing.inputs import Inputs
from warehouse.standing.states import State, months_run, reached, state_of, survey

RunStage = Callable[[str, Month], Outcome]


@dataclass(frozen=True)
class Rebuilt:
    """A stage that ran again: why, and what it said."""

    state: State
    outcome: Outcome


def months_between(inputs: Inputs, first: Month | None, last: Month | None) -> list[Month]:
    """The months of the home from ``first`` to ``last`` (all when not given), in order."""
    return [
        month
        for month in months_run(inputs)
        if (first is None or month >= first) and (last is None or month <= last)
    ]


def planned(settings: Settings, *, first: Month | None = None, last: Month | None = None) -> list[State]:
    """What a rebuild would look at: every stage that is stale or held, and those behind it that may have to follow."""
    inputs = Inputs(settings)
    months = set(map(str, months_between(inputs, first, last)))
    states = survey(inputs, months_run(inputs))
    inputs.digests.keep()
    return [state for state in states if state.month in months and state.status not in ("fresh", "never")]


def rebuild(
    settings: Settings,
    run: RunStage,
    *,
    first: Month | None = None,
    last: Month | None = None,
    everything: bool = False,
    say: Callable[[State], None] = lambda state: None,
) -> list[Rebuilt]:
    """Run what is stale between two months (with ``everything`` each stage that ever ran); gives what ran.

    ``run`` is the door's way of running a stage. A month goes no further than it ever got: one that is under way
    is not closed here. Raises what a stage raises.
    """
    inputs = Inputs(settings)
    done: list[Rebuilt] = []
    for month in months_between(inputs, first, last):
        for stage in reached(inputs, month):
            state = state_of(inputs, stage, month)
            if state.status == "fresh" and not everything:
                continue
            say(state)
            done.append(Rebuilt(state, run(stage, month)))
            inputs.forget()
    inputs.digests.keep()
    return done
