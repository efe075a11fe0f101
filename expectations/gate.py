"""The two gates: may this month's data go on to linkage, and may its marts be published?

Each gate asks the rules of its suites, writes a verdict (``lake/verdicts``), the Data Docs
(``HOME/docs/quality/<month>/<gate>/index.html``) and an outcome, and holds the month with ``GateHeld``
when a stop rule fails and no decision lets it go (``warehouse.gate_decisions``). A warn rule that fails is a reason in the outcome. A rule that cannot be asked
(optional feed absent, no month before, no value in policy) is "not assessed", never "fine".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from expectations import history
from expectations.overview import write_overview
from expectations.phrases import NotAssessable, Scene
from expectations.shapes import Past, look_back
from expectations.shelves import Files, look_back_at_marts, tables
from expectations.suite import FOLDER, Rule, Shelf, Suite, suites
from warehouse.errors import GateHeld
from warehouse.gate_decisions import judged
from warehouse.intake.contract import contracts
from warehouse.lake import Lake, replacing_folder
from warehouse.months import Month
from warehouse.outcomes import Outcome, record
from warehouse.policy import Policy
from warehouse.verdicts import (
    Gate,
    RuleVerdict,
    Verdict,
    fingerprint_marts,
    fingerprint_standardised,
    write_verdict,
)

if TYPE_CHECKING:
    from expectations.engine import Answer, Question

# The rule word that fails, and is not merely "not assessed", when its table is absent.
_DELIVERED = "delivered"

# The policy parameter that says from how many rows on a share may hold a month.
ROWS_TO_STOP = "expectations.rows_to_stop_min"
# How many delivered months before are a feed's history.
HISTORY_MONTHS = "expectations.history_months"


@dataclass(frozen=True)
class _Asked:
    """A rule with its numbers: ``query`` for a word, ``reason`` when it cannot be asked here, ``note`` to its verdict."""

    suite: Suite
    rule: Rule
    limits: dict[str, Decimal]
    query: str = ""
    reason: str = ""
    note: str = ""


def inspect_standardised(month: Month, *, lake: Lake, policy: Policy, folder: Path = FOLDER) -> Outcome:
    """Gate 1: the standardised rows of every feed, the dock's facts, and the drift from the feed's history.

    Returns the outcome; ``GateHeld`` when a stop rule fails (verdict, documents and outcome are written first).
    """
    return _inspect("gate1", "standardised", month, lake, policy, folder)


def inspect_marts(month: Month, *, lake: Lake, policy: Policy, folder: Path = FOLDER) -> Outcome:
    """Gate 2: the month's marts and the health of its crosswalk and links; as ``inspect_standardised``."""
    return _inspect("gate2", "marts", month, lake, policy, folder)


def _inspect(gate: Gate, shelf: Shelf, month: Month, lake: Lake, policy: Policy, folder: Path) -> Outcome:
    # Great Expectations takes seconds to import: only a gate that runs pays for it.
    from expectations import documents, engine

    here, before, asked = _asked(shelf, month, lake, policy, folder)
    fingerprint = fingerprint_standardised if gate == "gate1" else fingerprint_marts
    seen = fingerprint(lake, month)
    examined = engine.examine(
        [_question(one) for one in asked if not one.reason],
        views={**here, **before},
        home=lake.home,
        month=month,
    )
    rows_to_stop = policy.count(ROWS_TO_STOP)
    found = (_judge(one, examined.answers, rows_to_stop) for one in asked)
    rules = tuple(sorted(found, key=lambda rule: rule.id))
    verdict = judged(Verdict(gate, str(month), "held", rules, seen), lake)
    with replacing_folder(lake.home / "docs" / "quality" / str(month) / gate) as pages:
        documents.write_pages(
            pages,
            verdict,
            titles={suite.table: suite.title for suite in suites(shelf, folder)},
            sentences={one.rule.id: _sentence(one, chinese=True) for one in asked},
            results=examined.results,
        )
    outcome = record(_outcome(verdict, sorted(set(here) - {one.suite.table for one in asked})), lake)
    write_verdict(verdict, lake)
    write_overview(lake)
    if verdict.status == "held":
        raise _held(verdict)
    return outcome


def questions(
    gate: Gate, month: Month, *, lake: Lake, policy: Policy, folder: Path = FOLDER
) -> tuple[list[Question], dict[str, Files]]:
    """What a gate asks of a month, and the views (name to files) that it asks them of; nothing is asked here."""
    shelf: Shelf = "standardised" if gate == "gate1" else "marts"
    here, before, asked = _asked(shelf, month, lake, policy, folder)
    return [_question(one) for one in asked if not one.reason], {**here, **before}


def _asked(
    shelf: Shelf, month: Month, lake: Lake, policy: Policy, folder: Path
) -> tuple[dict[str, Files], dict[str, Files], list[_Asked]]:
    """The month's views, those of the month before under their names here, and every rule with its numbers."""
    past = Past.of_nothing()
    here, before = tables(shelf, month, lake), tables(shelf, month.previous, lake)
    if shelf == "standardised":
        past = look_back(month, lake, suites(shelf, folder), policy.count(HISTORY_MONTHS))
        here, before = {**here, **past.shapes}, dict(past.before)
    else:
        past = look_back_at_marts(month, lake, policy.count(HISTORY_MONTHS))
        here = {**here, **past.shapes}
    views = {name: name for name in here}
    views_before = {name: f"{name}__before" for name in before}
    asked = [
        _ask(suite, rule, month, views, views_before, past.months.get(suite.table, ()), policy)
        for suite in suites(shelf, folder)
        for rule in suite.rules
        if rule.is_for(policy.region)
    ]
    return here, {views_before[name]: files for name, files in before.items()}, asked


def _ask(
    suite: Suite,
    rule: Rule,
    month: Month,
    views: dict[str, str],
    before: dict[str, str],
    past: tuple[Month, ...],
    policy: Policy,
) -> _Asked:
    """Fill the rule with its numbers and write its query, or say why it cannot be asked."""
    open_ones = [name for name in rule.policy.values() if policy.line(name).value == ""]
    limits = {
        argument: policy.number(name) for argument, name in rule.policy.items() if name not in open_ones
    }
    asked = _Asked(suite, rule, limits)
    if suite.table not in views:
        return replace(asked, reason=f"no {suite.table} in {month}")
    if open_ones:
        return replace(asked, reason=f"no rule configured: {', '.join(sorted(open_ones))} is left open")
    build = rule.phrase.build
    if build is None:
        return asked
    scene = Scene(
        suite.table, month, views, before, contracts().get(suite.table), past, tuple(sorted(policy.lines))
    )
    thin = "compared with one earlier month only" if rule.phrase in history.WORDS and len(past) == 1 else ""
    try:
        query = build(scene, **rule.args, **{name: str(n) for name, n in limits.items()})
        return replace(asked, query=query, note=thin)
    except NotAssessable as reason:
        return replace(asked, reason=str(reason))


def _question(one: _Asked) -> Question:
    from expectations.engine import Question

    numbers = {
        name: int(n) if n == n.to_integral_value() and name != "mostly" else float(n)
        for name, n in one.limits.items()
    }
    return Question(
        id=one.rule.id,
        table=one.suite.table,
        severity=one.rule.severity,
        sentence=_sentence(one),
        expectation=one.rule.expectation or "",
        arguments={**one.rule.args, **numbers} if one.rule.expectation else {},
        query=one.query,
        columns=tuple(one.rule.columns),
        is_written=bool(one.rule.query),
    )


def _sentence(one: _Asked, *, chinese: bool = False) -> str:
    return one.rule.phrase.sentence({**one.rule.policy, **one.rule.args, **one.limits}, chinese=chinese)


def _judge(one: _Asked, answers: Mapping[str, Answer], rows_to_stop: int) -> RuleVerdict:
    """The rule's verdict. A rule that had nothing to measure is not assessed; absence fails ``delivered``."""
    rule, limits = one.rule, {name: float(number) for name, number in sorted(one.limits.items())}
    words = f"{one.suite.title}：{rule.words}"
    verdict = RuleVerdict(
        rule.id, one.suite.table, rule.severity, None, rule.why, words=words, is_absolute=rule.absolute
    )
    answer = answers.get(rule.id)
    if answer is None:
        is_missed = rule.name == _DELIVERED
        return replace(verdict, success=False if is_missed else None, reason=one.reason)
    if rule.name != _DELIVERED and (answer.measured is None or answer.of == 0):
        return replace(verdict, reason="nothing to measure")
    observed = {
        "measured": answer.measured or 0.0,
        **({} if answer.of is None else {"of": answer.of}),
        **limits,
    }
    verdict = replace(verdict, success=answer.success, observed=observed, reason=one.note)
    if not answer.success and not rule.absolute and _is_tolerant(limits) and (answer.of or 0) < rows_to_stop:
        # In a short list two typing errors are a large share: worth saying, not worth a month.
        return replace(verdict, severity="warn", reason=f"fewer than {rows_to_stop} rows")
    return verdict


def _is_tolerant(limits: Mapping[str, float]) -> bool:
    """Whether the rule lets some rows fail: a rule that wants all of them, or none, stops in a short list too."""
    exact = limits.get("limit", limits.get("mostly"))
    return bool(limits) and exact not in (0.0, 1.0)


def _outcome(verdict: Verdict, without_suite: Sequence[str]) -> Outcome:
    failed: dict[str, int] = {}
    for rule in (*verdict.failed("stop"), *verdict.failed("warn")):
        failed[rule.table] = failed.get(rule.table, 0) + 1
    open_reasons: dict[str, list[str]] = {}
    for rule in verdict.not_assessed():
        open_reasons.setdefault(rule.reason, []).append(rule.id)
    return Outcome(
        stage=verdict.gate,
        month=verdict.month,
        status="held" if verdict.status == "held" else "done",
        counts={
            "rules": len(verdict.rules),
            "stopped": len(verdict.failed("stop")) - len(verdict.released()),
            "released": len(verdict.released()),
            "warned": len(verdict.failed("warn")),
            "not_assessed": len(verdict.not_assessed()),
            "passed": sum(rule.success is True for rule in verdict.rules),
        },
        by={"failed": failed},
        reasons=[
            *(_said(rule) for rule in verdict.failed("stop")),
            *(_said(rule) for rule in verdict.failed("warn")),
            *(f"not assessed, {reason}: {', '.join(ids)}" for reason, ids in sorted(open_reasons.items())),
            *(
                f"not assessed: there is no suite for {table}"
                for table in without_suite
                if _wants_suite(table)
            ),
        ],
    )


def _wants_suite(table: str) -> bool:
    """Feeds and marts want a suite; the facts and links beside them serve as places to look things up."""
    return table in contracts() or (table.startswith(("dim_", "fct_", "audit_")) and "__" not in table)


def _said(rule: RuleVerdict) -> str:
    numbers = [f"{name} {number:g}" for name, number in rule.observed.items()]
    # Who decided stands in the verdict and the log: an outcome names nobody.
    decision = [f"released by entry {rule.released.seq} of the audit log"] if rule.released else []
    said = ", ".join([*numbers, *([rule.reason] if rule.reason else []), *decision])
    return f"{rule.id} ({rule.severity}, {rule.table}): {rule.why} [{said}]"


def _held(verdict: Verdict) -> GateHeld:
    holding = [rule for rule in verdict.failed("stop") if not rule.released]
    decided = (
        "; no decision releases an absolute rule."
        if any(rule.is_absolute for rule in holding)
        else f"; or a named person lets it go: 'doudi gate release --month {verdict.month} --gate {verdict.gate} …'."
    )
    return GateHeld(
        f"{verdict.gate} holds {verdict.month}: {'; '.join(_said(rule) for rule in holding)}.",
        next_step=f"look at it with 'doudi gate show --month {verdict.month}', ask the agency for a mended"
        f" delivery and run the month again; or change the policy line with its document{decided}",
    )
