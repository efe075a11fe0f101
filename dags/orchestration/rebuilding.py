"""Running stages of any month from one task: for a rebuild, which decides stage by stage what comes next."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from warehouse import policy as policies
from warehouse.guard import guarded, stage_run
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.outcomes import Outcome
from warehouse.rebuild import rebuild
from warehouse.settings import Settings
from warehouse.standing.states import State

log = logging.getLogger("doudi.rebuild")


def rebuild_between(first: str | None, last: str | None, settings: Settings) -> dict[str, Any]:
    """Run what is stale from ``first`` to ``last`` (YYYY-MM; None: the home's own); gives what ran, by month."""
    with guarded("rebuild", settings.home):
        done = rebuild(
            settings,
            lambda stage, month: _run(stage, month, settings),
            first=Month.parse(first) if first else None,
            last=Month.parse(last) if last else None,
            say=_say,
        )
    ran: dict[str, list[str]] = {}
    for one in done:
        ran.setdefault(one.state.month, []).append(one.state.stage)
    return ran


def _say(state: State) -> None:
    for why in state.reasons:
        log.info("%s %s: %s", state.month, state.stage, why)


def _run(stage: str, month: Month, settings: Settings) -> Outcome:
    with stage_run(stage, month, settings.home, settings):
        policy = policies.load(settings.policy_dir, settings.region, month)
        more: dict[str, Any] = {"inbox": settings.inbox} if stage == "receive" else {}
        more |= {"policy_dir": settings.policy_dir} if stage == "build" else {}
        return _stage(stage)(month, lake=Lake(settings.home), policy=policy, **more)


def _stage(name: str) -> Callable[..., Outcome]:
    """The one function of a stage; what it needs is imported when it runs."""
    from expectations.gate import inspect_marts, inspect_standardised
    from linkage.quality.stage import measure_quality
    from linkage.review.queue import prepare_review
    from linkage.stage import link
    from linkage.standardise.stage import standardise
    from warehouse.intake.close import close
    from warehouse.intake.receive import receive
    from warehouse.notices.stage import write_notices
    from warehouse.release.publish import publish
    from warehouse.slips.stage import write_slips
    from warehouse.transform import build

    stages: dict[str, Callable[..., Outcome]] = {
        "receive": receive, "close": close, "standardise": standardise, "slips": write_slips,
        "gate1": inspect_standardised, "link": link, "quality": measure_quality, "prepare_review": prepare_review,
        "build": build, "gate2": inspect_marts, "publish": publish, "notices": write_notices,
    }  # fmt: skip
    return stages[name]
