"""May this month go out? Both gates passed, and what they looked at is what lies there now."""

from __future__ import annotations

from warehouse.errors import NotReleased
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.verdicts import Gate, Verdict, fingerprint_marts, fingerprint_standardised, read_verdict


def passed_verdicts(month: Month, lake: Lake) -> dict[str, Verdict]:
    """Both verdicts of a month that may be released; else ``NotReleased`` says which gate and why."""
    now = {"gate1": fingerprint_standardised(lake, month), "gate2": fingerprint_marts(lake, month)}
    gates: tuple[Gate, ...] = ("gate1", "gate2")
    return {gate: _passed(gate, month, lake, now[gate]) for gate in gates}


def _passed(gate: Gate, month: Month, lake: Lake, fingerprint: str) -> Verdict:
    verdict = read_verdict(lake, gate, month)
    if verdict is None:
        raise NotReleased(
            f"{month} has no verdict of {gate}.", next_step=f"run {gate} for {month}, then publish."
        )
    if verdict.status != "passed":
        rules = ", ".join(rule.id for rule in verdict.failed("stop")) or "see the verdict"
        raise NotReleased(
            f"{gate} holds {month}: {rules}.",
            next_step="mend the data or the rule, run the gate again; nothing was published.",
        )
    if verdict.month != str(month) or verdict.fingerprint != fingerprint:
        raise NotReleased(
            f"the verdict of {gate} on {month} is stale: the data changed after it was given.",
            next_step=f"run {gate} for {month} again, then publish.",
        )
    return verdict
