"""May this month go out? Both gates let it, what they looked at is what lies there now, and nobody denied it."""

from __future__ import annotations

from dataclasses import replace

from warehouse import audit_log
from warehouse.errors import NotReleased
from warehouse.gate_decisions import APPROVAL_NEEDED, DENIAL, judged, publication_word
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.verdicts import (
    GATES,
    Gate,
    Verdict,
    fingerprint_marts,
    fingerprint_standardised,
    read_verdict,
)


def passed_verdicts(month: Month, lake: Lake, policy: Policy) -> dict[str, Verdict]:
    """Both verdicts of a month that may be published; else ``NotReleased`` says which gate and why.

    A verdict is passed, or released by decisions that stand in an audit log that is whole
    (``LakeDamaged`` when it is not).
    """
    # The log first: what it says of decisions, and what they come to, is worth nothing when it is not whole.
    audit_log.verified(lake)
    now = {"gate1": fingerprint_standardised(lake, month), "gate2": fingerprint_marts(lake, month)}
    verdicts: dict[str, Verdict] = {gate: _let_go(gate, month, lake, now[gate]) for gate in GATES}
    _refuse_denied(month, lake, policy, now["gate2"])
    return verdicts


def _let_go(gate: Gate, month: Month, lake: Lake, fingerprint: str) -> Verdict:
    verdict = read_verdict(lake, gate, month)
    if verdict is None:
        raise NotReleased(
            f"{month} has no verdict of {gate}.", next_step=f"run {gate} for {month}, then publish."
        )
    # What is written as the status does not count, but what its rules come to.
    if verdict.status == "held" or verdict.status_of_rules == "held":
        rules = ", ".join(rule.id for rule in verdict.failed("stop") if not rule.released)
        raise NotReleased(
            f"{gate} holds {month}: {rules or 'see the verdict'}.",
            next_step="mend the data or the rule and run the gate again, or have it released ('doudi gate release'); "
            "nothing was published.",
        )
    if verdict.month != str(month) or verdict.fingerprint != fingerprint:
        raise NotReleased(
            f"the verdict of {gate} on {month} is stale: the data changed after it was given.",
            next_step=f"run {gate} for {month} again, then publish.",
        )
    if judged(replace(verdict, status="held"), lake) != verdict:
        raise NotReleased(
            f"{gate} let {month} go by a decision that does not stand in the audit log, or was revoked.",
            next_step=f"run {gate} for {month} again, and decide on what it then says.",
        )
    return verdict


def _refuse_denied(month: Month, lake: Lake, policy: Policy, fingerprint: str) -> None:
    word = publication_word(lake, month, fingerprint)
    if word is not None and word.kind == DENIAL:
        raise NotReleased(
            f"publishing {month} was denied (audit log, entry {word.seq}).",
            next_step="mend what the entry names and build again, or have it approved ('doudi gate approve').",
        )
    if word is None and policy.text(APPROVAL_NEEDED) == "yes":
        raise NotReleased(
            f"{month} is not approved: the policy wants a named person's word before anything is published.",
            next_step=f"look at the month, then 'doudi gate approve --month {month} --by NAME --reason TEXT'.",
        )
