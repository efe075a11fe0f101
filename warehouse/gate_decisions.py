"""What people decide on a month that a gate holds, and on its publication: releases, revocations, approvals.

A decision is an entry of the audit log, bound to the very bytes that were looked at and to what was measured
on them. It changes no verdict by itself: the gate, run again, finds the decision and says ``released``; other
bytes or other numbers, and it holds the month again. No decision passes a rule marked absolute.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from warehouse import audit_log
from warehouse.audit_log import Entry
from warehouse.errors import NotReleased
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.verdicts import (
    GATES,
    Gate,
    Released,
    RuleVerdict,
    Verdict,
    fingerprint_marts,
    fingerprint_standardised,
    read_verdict,
)

RELEASE, REVOCATION = "gate_release", "gate_revocation"
APPROVAL, DENIAL = "publish_approval", "publish_denial"
REFUSAL = "gate_refusal"
KINDS = (RELEASE, REVOCATION, REFUSAL, APPROVAL, DENIAL)

REASON_MIN, NAME_MIN = "release.decision_reason_min", "release.decision_name_min"
APPROVAL_NEEDED = "release.approval_needed"


def release(
    month: Month,
    gate: Gate,
    *,
    rules: Sequence[str] = (),
    by: str,
    reason: str,
    on: date,
    lake: Lake,
    policy: Policy,
) -> Entry:
    """Release a held month from rules of a gate that failed (none named: from all); gives the log's entry.

    ``NotReleased`` when the gate has not looked at these data or does not hold them, when a rule did not
    fail or is absolute, or when nobody is named or no reason given. The gate has to be run again.
    """
    verdict = held_verdict(month, gate, lake)
    failed = {rule.id: rule for rule in verdict.failed("stop")}
    strange = sorted(set(rules) - set(failed))
    if strange:
        raise NotReleased(
            f"{gate} does not hold {month} by {', '.join(strange)}.",
            next_step=f"name rules that hold it: {', '.join(failed)}.",
        )
    named = [failed[rule] for rule in (sorted(set(rules)) or failed)]
    _refuse_absolute(named, gate, month)
    _refuse_unnamed(by, reason, policy)
    facts = {
        "fingerprint": verdict.fingerprint,
        "rules": {rule.id: measured(rule) for rule in named},
    }
    return audit_log.append(
        lake, RELEASE, month=month, subject=gate, by=by, reason=reason, on=on, facts=facts
    )


def refuse(month: Month, gate: Gate, *, by: str, reason: str, on: date, lake: Lake, policy: Policy) -> Entry:
    """Write down that a person was asked and leaves the month held."""
    verdict = held_verdict(month, gate, lake)
    _refuse_unnamed(by, reason, policy)
    facts = {"fingerprint": verdict.fingerprint, "rules": [rule.id for rule in verdict.failed("stop")]}
    return audit_log.append(
        lake, REFUSAL, month=month, subject=gate, by=by, reason=reason, on=on, facts=facts
    )


def revoke(month: Month, gate: Gate, *, by: str, reason: str, on: date, lake: Lake, policy: Policy) -> Entry:
    """Take back every release of the month's gate that stands; ``NotReleased`` when none does."""
    standing = standing_releases(lake, month, gate)
    if not standing:
        raise NotReleased(
            f"no release of {gate} stands for {month}.",
            next_step=f"look with 'doudi audit show --month {month}'.",
        )
    _refuse_unnamed(by, reason, policy)
    facts = {"revoked": [entry.seq for entry in standing]}
    return audit_log.append(
        lake, REVOCATION, month=month, subject=gate, by=by, reason=reason, on=on, facts=facts
    )


def decide_publication(
    month: Month, *, is_approved: bool, by: str, reason: str, on: date, lake: Lake, policy: Policy
) -> Entry:
    """Approve or deny that the month's marts, as they are now, are published; the last word counts."""
    verdict = read_verdict(lake, "gate2", month)
    if verdict is None or verdict.fingerprint != _now(lake, month, "gate2"):
        raise NotReleased(
            f"gate2 has not looked at {month} as it is now.", next_step=f"run gate2 for {month} first."
        )
    _refuse_unnamed(by, reason, policy)
    return audit_log.append(
        lake,
        APPROVAL if is_approved else DENIAL,
        month=month,
        subject="publish",
        by=by,
        reason=reason,
        on=on,
        facts={"fingerprint": verdict.fingerprint},
    )


def judged(verdict: Verdict, lake: Lake) -> Verdict:
    """The verdict with the releases that hold for it, and the status that this comes to.

    A release holds for a rule when it stands, speaks of the same bytes and of the same measured numbers.
    """
    if not verdict.failed("stop"):
        return replace(verdict, status="passed")
    releases = standing_releases(lake, Month.parse(verdict.month), verdict.gate)
    covering = [entry for entry in releases if entry.facts.get("fingerprint") == verdict.fingerprint]
    seen = replace(verdict, rules=tuple(_released(rule, covering) for rule in verdict.rules))
    return replace(seen, status=seen.status_of_rules)


def standing_releases(lake: Lake, month: Month, gate: Gate) -> list[Entry]:
    """The releases of a gate in a month after which nobody revoked them or left the month held, in order."""
    told = [entry for entry in audit_log.entries(lake, month=month) if entry.subject == gate]
    ended = max((entry.seq for entry in told if entry.kind in (REVOCATION, REFUSAL)), default=0)
    return [entry for entry in told if entry.kind == RELEASE and entry.seq > ended]


def last_decision(lake: Lake, month: Month) -> Entry | None:
    """The month's last decision of any kind, None when there is none."""
    told = [entry for entry in audit_log.entries(lake, month=month) if entry.kind in KINDS]
    return told[-1] if told else None


def publication_word(lake: Lake, month: Month, fingerprint: str) -> Entry | None:
    """The last approval or denial that speaks of these very marts."""
    told = [
        entry
        for entry in audit_log.entries(lake, month=month)
        if entry.kind in (APPROVAL, DENIAL) and entry.facts["fingerprint"] == fingerprint
    ]
    return told[-1] if told else None


def held_verdict(month: Month, gate: Gate, lake: Lake) -> Verdict:
    """The gate's verdict, when it holds the month as it lies there now; else ``NotReleased``."""
    if gate not in GATES:
        raise NotReleased(f"there is no gate '{gate}'.", next_step="name gate1 or gate2.")
    verdict = read_verdict(lake, gate, month)
    if verdict is None:
        raise NotReleased(
            f"{gate} has not looked at {month}: what is not known cannot be released.",
            next_step=f"run {gate} for {month} first.",
        )
    if verdict.status != "held":
        raise NotReleased(
            f"{gate} does not hold {month}: its verdict is {verdict.status}.",
            next_step="there is nothing to release.",
        )
    if verdict.fingerprint != _now(lake, month, gate):
        raise NotReleased(
            f"the verdict of {gate} on {month} is stale: the data changed after it was given.",
            next_step=f"run {gate} for {month} again, and decide on what it then says.",
        )
    return verdict


def question(month: Month, gate: Gate, *, lake: Lake) -> str:
    """What a person is asked about a held month, in Chinese, as Markdown: the rules that hold it, with their numbers.

    ``NotReleased`` where no decision could let it go: it is not held, stale, or held by an absolute rule.
    """
    holding = [rule for rule in held_verdict(month, gate, lake).failed("stop") if not rule.released]
    _refuse_absolute(holding, gate, month)
    lines = [
        f"- **{rule.id}** {rule.words or rule.why}"
        + "".join(f" · {name} {number}" for name, number in measured(rule).items())
        for rule in holding
    ]
    return "\n".join([f"{month} 被 {gate} 拦下：", "", *lines])


def publication_question(month: Month, *, lake: Lake, policy: Policy) -> str:
    """What a person is asked before a month is published; empty where policy wants nobody's word, or it was given."""
    if policy.text(APPROVAL_NEEDED) != "yes":
        return ""
    verdict = read_verdict(lake, "gate2", month)
    if verdict and publication_word(lake, month, verdict.fingerprint):
        return ""
    warned = [
        f"- **{rule.id}** {rule.words or rule.why}" for rule in (verdict.failed("warn") if verdict else [])
    ]
    return "\n".join([f"{month} 两道关口已过，提醒 {len(warned)} 条：", "", *warned])


def measured(rule: RuleVerdict) -> dict[str, str]:
    """What was measured and against which limits, written so that a last binary digit makes no difference."""
    return {name: f"{number:.9g}" for name, number in sorted(rule.observed.items())}


def _released(rule: RuleVerdict, releases: Sequence[Entry]) -> RuleVerdict:
    if rule.success is not False or rule.severity != "stop" or rule.is_absolute:
        return replace(rule, released=None)
    # The last word first: who released it anew said it with the newer reason.
    for entry in reversed(releases):
        named: Mapping[str, object] = entry.facts.get("rules", {})
        if rule.id in named and named[rule.id] == measured(rule):
            said = Released(entry.seq, entry.hash, entry.by, entry.reason, entry.on)
            return replace(rule, released=said)
    return replace(rule, released=None)


def _now(lake: Lake, month: Month, gate: Gate) -> str:
    return (fingerprint_standardised if gate == "gate1" else fingerprint_marts)(lake, month)


def _refuse_absolute(rules: Sequence[RuleVerdict], gate: Gate, month: Month) -> None:
    absolute = [rule.id for rule in rules if rule.is_absolute]
    if absolute:
        raise NotReleased(
            f"{', '.join(absolute)} holds {month} at {gate} and is absolute: no decision releases it.",
            next_step=f"mend what it found ('doudi gate show --month {month}'), then run {gate} again.",
        )


def _refuse_unnamed(by: str, reason: str, policy: Policy) -> None:
    for text, name, parameter in ((by, "name", NAME_MIN), (reason, "reason", REASON_MIN)):
        if len("".join(text.split())) < policy.count(parameter):
            raise NotReleased(
                f"a decision wants the {name} of who decides, in {policy.count(parameter)} characters or more."
                if name == "name"
                else f"a decision wants a reason, in {policy.count(parameter)} characters or more.",
                next_step=f"say the {name}: it stands in the audit log and on the lists.",
            )
