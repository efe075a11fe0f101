"""The verbs: each calls the one function of its stage, the same that a DAG task calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from warehouse import policy as policies
from warehouse.guard import stage_run
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.outcomes import Outcome
from warehouse.settings import Settings

# The chain of a month, in the order of the flow. Absorb stands apart: answers come when they come.
CHAIN = (
    "receive",
    "close",
    "standardise",
    "slips",
    "gate1",
    "link",
    "quality",
    "prepare_review",
    "build",
    "gate2",
    "publish",
    "notices",
)


@dataclass(frozen=True)
class Bench:
    """What every stage works with: the settings, the lake, and the policy in force for the month."""

    settings: Settings
    lake: Lake
    policy: policies.Policy

    @classmethod
    def for_month(cls, month: Month, settings: Settings) -> Bench:
        """The bench of one month; ``Misconfigured`` when the region has no policy pack."""
        policy = policies.load(settings.policy_dir, settings.region, month)
        return cls(settings, Lake(settings.home), policy)


def run_stage(stage: str, month: Month, settings: Settings) -> tuple[Outcome, float]:
    """Run one stage of one month; give its outcome and how many seconds it took."""
    with stage_run(stage, month, settings.home, settings) as timing:
        outcome = _STAGES[stage](month, Bench.for_month(month, settings))
    return outcome, timing.seconds


def link_afresh(month: Month, settings: Settings) -> tuple[Outcome, float]:
    """Link a month and compare everything that is open again; gives what linking only the news gives."""
    from linkage.stage import link

    with stage_run("link", month, settings.home, settings) as timing:
        bench = Bench.for_month(month, settings)
        outcome = link(month, lake=bench.lake, policy=bench.policy, afresh=True)
    return outcome, timing.seconds


def absorb_returns(
    month: Month, returned: Path, settings: Settings, on: date | None = None
) -> tuple[Outcome, float]:
    """Take in the filled-in lists of a folder, which came in on that day; give the outcome and the seconds."""
    from warehouse.returns.absorb import absorb

    with stage_run("absorb", month, settings.home) as timing:
        bench = Bench.for_month(month, settings)
        outcome = absorb(month, returned=returned, lake=bench.lake, policy=bench.policy, on=on)
    return outcome, timing.seconds


def track_answers(month: Month, on: date, settings: Settings) -> tuple[Outcome, float]:
    """Tell where every warning sent up to the month stands on a day; give the outcome and the seconds."""
    from warehouse.returns.track import track

    with stage_run("track", month, settings.home) as timing:
        bench = Bench.for_month(month, settings)
        outcome = track(month, lake=bench.lake, policy=bench.policy, on=on)
    return outcome, timing.seconds


def take_in_slips(month: Month, returned: Path, settings: Settings) -> tuple[Outcome, float]:
    """Take in the filled-in return slips of a folder; give the outcome and the seconds."""
    from warehouse.slips.correct import correct

    with stage_run("correct", month, settings.home) as timing:
        bench = Bench.for_month(month, settings)
        outcome = correct(month, returned=returned, lake=bench.lake, policy=bench.policy)
    return outcome, timing.seconds


# Imports stand inside: a verb should not wait for Splink, dbt and Great Expectations that it does not use.
def _receive(month: Month, bench: Bench) -> Outcome:
    from warehouse.intake.receive import receive

    return receive(month, inbox=bench.settings.inbox, lake=bench.lake, policy=bench.policy)


def _close(month: Month, bench: Bench) -> Outcome:
    from warehouse.intake.close import close

    return close(month, lake=bench.lake, policy=bench.policy)


def _standardise(month: Month, bench: Bench) -> Outcome:
    from linkage.standardise.stage import standardise

    return standardise(month, lake=bench.lake, policy=bench.policy)


def _slips(month: Month, bench: Bench) -> Outcome:
    from warehouse.slips.stage import write_slips

    return write_slips(month, lake=bench.lake, policy=bench.policy)


def _gate1(month: Month, bench: Bench) -> Outcome:
    from expectations.gate import inspect_standardised

    return inspect_standardised(month, lake=bench.lake, policy=bench.policy)


def _link(month: Month, bench: Bench) -> Outcome:
    from linkage.stage import link

    return link(month, lake=bench.lake, policy=bench.policy)


def _prepare_review(month: Month, bench: Bench) -> Outcome:
    from linkage.review.queue import prepare_review

    return prepare_review(month, lake=bench.lake, policy=bench.policy)


def _quality(month: Month, bench: Bench) -> Outcome:
    from linkage.quality.stage import measure_quality

    return measure_quality(month, lake=bench.lake, policy=bench.policy)


def _build(month: Month, bench: Bench) -> Outcome:
    from warehouse.transform import build

    return build(month, lake=bench.lake, policy=bench.policy, policy_dir=bench.settings.policy_dir)


def _gate2(month: Month, bench: Bench) -> Outcome:
    from expectations.gate import inspect_marts

    return inspect_marts(month, lake=bench.lake, policy=bench.policy)


def _publish(month: Month, bench: Bench) -> Outcome:
    from warehouse.release.publish import publish

    return publish(month, lake=bench.lake, policy=bench.policy)


def _notices(month: Month, bench: Bench) -> Outcome:
    from warehouse.notices.stage import write_notices

    return write_notices(month, lake=bench.lake, policy=bench.policy)


_STAGES: dict[str, Callable[[Month, Bench], Outcome]] = {
    "receive": _receive,
    "close": _close,
    "standardise": _standardise,
    "slips": _slips,
    "gate1": _gate1,
    "link": _link,
    "quality": _quality,
    "prepare_review": _prepare_review,
    "build": _build,
    "gate2": _gate2,
    "publish": _publish,
    "notices": _notices,
}
