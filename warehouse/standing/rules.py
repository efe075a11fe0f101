"""May what the gates let go still go out? Not under other rules than those by which it was built and judged."""

from __future__ import annotations

from warehouse import audit_log
from warehouse.errors import NotReleased
from warehouse.flow import READS
from warehouse.months import Month
from warehouse.settings import Settings
from warehouse.standing import record
from warehouse.standing.inputs import Inputs
from warehouse.standing.states import changed_rules

# What a release stands on, and how people name it.
_STAGES = ("gate1", "build", "gate2")
_RULES = {"policy": "policy lines of the month", "suites": "the rules of the gates"}


def refuse_other_rules(stage: str, month: Month, settings: Settings | None) -> None:
    """``NotReleased`` where policy or suites changed since a gate judged the month, or since it was built.

    An audit log that is not whole is told first (``LakeDamaged``). A stage that ended before it was kept what it stood on is not held against anything.
    """
    if stage != "publish" or settings is None:
        return
    inputs = Inputs(settings)
    audit_log.verified(inputs.lake)
    changed: dict[str, list[str]] = {}
    for earlier in _STAGES:
        stood = record.read(inputs.lake, earlier, month)
        for name in changed_rules(inputs, earlier, month, stood) if stood else ():
            if name in _RULES and (name == "policy" or name in READS[earlier].code):
                changed.setdefault(name, []).append(earlier)
    inputs.digests.keep()
    if changed:
        told = " and ".join(f"{_RULES[name]} (after {', '.join(stages)})" for name, stages in changed.items())
        again = [one for one in _STAGES if any(one in stages for stages in changed.values())]
        raise NotReleased(
            f"{month} was judged by other rules than are in force: {told} changed since.",
            next_step=f"run 'doudi rebuild --from {month} --to {month}' (or {', '.join(again)} again), then publish; "
            "nothing was published.",
        )
