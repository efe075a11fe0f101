"""From controls, checks and cards to one rate with its interval for every group.

A group's errors are the sum over the sources that it is exposed to. What each source is worth stands in a row of its
own method beside the combined one, so that a reader sees what the rate rests on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from linkage.quality.exposure import EVERYTHING, FALSE, MISSED, Exposures, Group, groups_of
from linkage.quality.intervals import NOTHING, Expected, Interval, joined, share, to_come
from linkage.quality.limits import QualityLimits
from linkage.quality.rates import (
    CLEAN,
    Findings,
    Outcomes,
    card_rates,
    expected_errors,
    false_rates,
    missed_rates,
)


@dataclass(frozen=True)
class Estimate:
    """One row of ``linkage_quality``. ``rows`` is what the rate is a share of, ``evidence`` how many cards,
    controls or cases it rests on; ``estimate`` is NaN where nothing was assessed."""

    measure: str
    by: str
    value: str
    method: str
    estimate: float
    low: float
    high: float
    rows: int
    evidence: int
    note: str


# What is measured twice, by controls and by cards; and what the controls alone can tell.
_BOTH = {FALSE: ("hidden", "phantom", "borrowed", "impossible"), MISSED: ("near", "doubles")}
_CONTROLS_ONLY = {FALSE: (), MISSED: ("far",)}
NOT_SAMPLED = "未抽查：尚无人工答卷，由其余方法推算"


def combine(findings: Findings, exposures: Exposures, limits: QualityLimits) -> list[Estimate]:
    """Rows of ``false_links`` and ``missed_links`` by group: ``combined`` and, each by itself, ``controls`` and
    ``clerical``; and ``undecided``, which is known."""
    rows: list[Estimate] = []
    for measure, controls in (
        (FALSE, false_rates(findings, exposures, limits)),
        (MISSED, missed_rates(findings, exposures, limits)),
    ):
        asked = card_rates(findings, exposures, measure, limits)
        for group in groups_of(exposures, measure):
            cases = round(exposures[(measure, "cases", "all")][group])
            rows += _rows_of_group(measure, group, cases, controls, asked, exposures, findings, limits)
    rows.extend(_undecided(exposures))
    return rows


def _from_controls(
    measure: str,
    group: Group,
    sources: tuple[str, ...],
    rates: dict[tuple[str, str], Expected],
    exposures: Exposures,
    limits: QualityLimits,
) -> Expected:
    total = NOTHING
    for source in sources:
        # What is usual in one feed is judged as in another: there the strata err alike, and the doubt is large as it is.
        is_alike = source in ("near", "far")
        spread, together = (1.0, limits.alike) if is_alike else (limits.spread, 0.0)
        total += expected_errors(measure, group, (source,), rates, exposures, spread, together=together)
    return total


def _rows_of_group(
    measure: str, group: Group, cases: int, controls: dict[tuple[str, str], Expected],
    asked: dict[tuple[str, str], Expected], exposures: Exposures, findings: Findings, limits: QualityLimits,
) -> list[Estimate]:  # fmt: skip
    twice = _from_controls(measure, group, _BOTH[measure], controls, exposures, limits)
    alone = _from_controls(measure, group, _CONTROLS_ONLY[measure], controls, exposures, limits)
    tried = _tried(findings, measure)
    rows = [_row(measure, group, "controls", twice + alone, cases, tried, "", limits)]
    if not asked:
        rows.append(Estimate(measure, *group, "clerical", math.nan, 0.0, 1.0, cases, 0, NOT_SAMPLED))
        return [*rows, _row(measure, group, "combined", twice + alone, cases, tried, NOT_SAMPLED, limits)]
    answered = [c for stratum, c in findings.cards.items() if (measure, "cards", stratum) in exposures]
    decided, unsure = sum(c.decided for c in answered), sum(c.unsure for c in answered)
    told = expected_errors(measure, group, ("cards",), asked, exposures)
    told += expected_errors(measure, group, (CLEAN,), asked, exposures, together=1.0)
    both, is_conflict = joined(twice, told, limits.conflict_deviations)
    note = "抽查与对照相互矛盾，以抽查为准" if is_conflict else "抽查与对照合并"
    doubt = f"；{unsure} 张答“说不准”，未计入" if unsure else ""
    return [
        *rows,
        _row(
            measure,
            group,
            "clerical",
            told + alone,
            cases,
            decided,
            f"按规则与权重分层的盲审卡片{doubt}",
            limits,
        ),
        _row(measure, group, "combined", both + alone, cases, decided + tried, note, limits),
    ]


def _row(
    measure: str,
    group: Group,
    method: str,
    expected: Expected,
    cases: int,
    evidence: int,
    note: str,
    limits: QualityLimits,
) -> Estimate:
    found = to_come(expected, cases, limits.confidence)
    return Estimate(measure, *group, method, found.estimate, found.low, found.high, cases, evidence, note)


def _tried(findings: Findings, measure: str) -> int:
    hidden = sum(sum(outcomes.values()) for outcomes in findings.hidden.values())
    return hidden + (sum(findings.phantoms.values()) if measure == FALSE else 0)


def _undecided(exposures: Exposures) -> list[Estimate]:
    rows = []
    for group in groups_of(exposures, "undecided"):
        cases = round(exposures[("undecided", "cases", "all")][group])
        held = exposures.get(("undecided", "held", "all"), {}).get(group, 0.0)
        known = held / cases
        rows.append(
            Estimate(
                "undecided", *group, "counted", known, known, known, cases, round(held), "逐条点数，无需推算"
            )
        )
    return rows


def control_rows(findings: Findings, limits: QualityLimits) -> list[Estimate]:
    """What the controls say by themselves, each with its exact interval."""
    rows: list[Estimate] = []
    everyone: Outcomes = {}
    for stratum, outcomes in sorted(findings.hidden.items()):
        rows += _outcome_rows("stratum", stratum, outcomes, limits)
        for name, count in outcomes.items():
            everyone[name] = everyone.get(name, 0) + count
    rows += _outcome_rows(*EVERYTHING, everyone, limits)
    strangers = sum(findings.phantoms.values())
    for measure, outcome in (("strangers_linked", "wrong"), ("strangers_proposed", "wrong_review")):
        if strangers:
            found = share(findings.phantoms.get(outcome, 0), strangers, limits.confidence)
            rows.append(
                _plain(measure, *EVERYTHING, "phantoms", found, strangers, "拼合的虚构人员被认作他人的比例")
            )
    return rows


def _outcome_rows(by: str, value: str, outcomes: Outcomes, limits: QualityLimits) -> list[Estimate]:
    tried = sum(outcomes.values())
    if not tried:
        return []
    note = "隐去证件号后重新对应"
    right = outcomes.get("right", 0)
    found = share(right, tried, limits.confidence)
    proposed = share(right + outcomes.get("right_review", 0), tried, limits.confidence)
    rows = [
        _plain("found_without_id", by, value, "hidden_id", found, tried, note),
        _plain("found_or_proposed_without_id", by, value, "hidden_id", proposed, tried, note),
    ]
    joined_up = right + outcomes.get("wrong", 0)
    if joined_up:
        wrong = share(outcomes.get("wrong", 0), joined_up, limits.confidence)
        rows.append(_plain("wrong_without_id", by, value, "hidden_id", wrong, joined_up, note))
    return rows


def _plain(
    measure: str, by: str, value: str, method: str, found: Interval, cases: int, note: str
) -> Estimate:
    return Estimate(measure, by, value, method, found.estimate, found.low, found.high, cases, cases, note)
