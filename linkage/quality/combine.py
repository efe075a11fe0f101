"""From controls, checks and cards to one rate with its interval for every group.

A group's errors are the sum over the sources that it is exposed to. What each source is worth stands in a row of its
own method beside the combined one, so that a reader sees what the rate rests on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from linkage.quality.clerical import Cards
from linkage.quality.exposure import EVERYTHING, FALSE, MISSED, Exposures, Group, groups_of
from linkage.quality.intervals import NOTHING, Expected, Interval, joined, pooled, rate, share, to_come
from linkage.quality.limits import QualityLimits


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


# Outcomes of the hidden controls in one stratum, by name (see ``machine.link_controls``).
Outcomes = dict[str, int]


@dataclass(frozen=True)
class Findings:
    """All that was found out, as plain counts.

    ``hidden`` by stratum, ``phantoms`` over all; ``found`` and ``proposed`` (by stratum) the real rows without a
    valid id that came to a person with one; ``borrowed`` (caught, pairs, alike) and ``nameless``, the links
    by id without a name to hold against it; ``unseen`` doubles; ``cards`` by stratum.
    """

    hidden: dict[str, Outcomes]
    phantoms: Outcomes
    found: dict[str, int]
    proposed: dict[str, int]
    borrowed: tuple[int, int, int]
    nameless: int
    unseen: Expected
    cards: dict[str, Cards]


def false_rates(findings: Findings, exposures: Exposures, limits: QualityLimits) -> dict[tuple[str, str], Expected]:
    """(source, stratum) to the rate of false links among its chances, from the controls."""
    rates: dict[tuple[str, str], Expected] = {}
    wrong = {s: (o.get("wrong", 0), o.get("wrong", 0) + o.get("right", 0)) for s, o in findings.hidden.items()}
    mean, worth = pooled(wrong.values())
    for _, source, stratum in [key for key in exposures if key[:2] == (FALSE, "hidden")]:
        errors, tried = wrong.get(stratum, (0, 0))
        rates[(source, stratum)] = rate(errors, tried, prior_mean=mean, prior_cards=worth)
    tried = sum(findings.phantoms.values())
    rates[("phantom", "all")] = rate(findings.phantoms.get("wrong", 0), tried)
    caught, pairs, alike = findings.borrowed
    chances = exposures.get((FALSE, "borrowed", "all"), {}).get(EVERYTHING, 0.0)
    if chances:
        unnoticed = rate(alike, pairs)
        lent = caught / (caught + chances)
        in_all = Expected(caught * unnoticed.mean + findings.nameless * lent, caught**2 * unnoticed.variance)
        rates[("borrowed", "all")] = in_all.times(1 / chances)
    believed = limits.impossible_is_wrong
    rates[("impossible", "all")] = Expected(believed, believed * (1 - believed) / 4)
    return rates


def missed_rates(findings: Findings, exposures: Exposures, limits: QualityLimits) -> dict[tuple[str, str], Expected]:
    """(source, stratum) to the rate of missed links among its chances, from the controls.

    Of the hidden ones so many stayed alone for each that was found; as many of the real rows without an id did
    for each of them that was found. They can only be among those that stand alone, and what share of these they
    are is known badly where few were found: the share is drawn towards that of all feeds.
    """
    missed: dict[str, float] = {}
    alone: dict[str, float] = {}
    for (measure, source, stratum), groups in exposures.items():
        if (measure, source) == (MISSED, "hidden"):
            alone[stratum] = groups[EVERYTHING]
            seen = findings.hidden.get(stratum, {})
            right = seen.get("right", 0) + seen.get("right_review", 0)
            odds = (seen.get("alone", 0) + 0.5) / (right + 0.5) if seen else 0.0
            met = findings.found.get(stratum, 0) + findings.proposed.get(stratum, 0)
            missed[stratum] = min(alone[stratum], odds * met)
    overall = (sum(missed.values()) + 0.5) / (sum(alone.values()) + 1)
    rates: dict[tuple[str, str], Expected] = {}
    for stratum, many in alone.items():
        worth = limits.alone_prior
        mean = (missed[stratum] + overall * worth) / (many + worth)
        rates[("hidden", stratum)] = Expected(mean, mean * (1 - mean) / (1 + limits.alone_worth))
        rates[("far", stratum)] = rates[("hidden", stratum)]
    believed = limits.double_is_missed
    rates[("doubles", "found")] = Expected(believed, believed * (1 - believed) / 4)
    chances = exposures.get((MISSED, "doubles", "unseen"), {}).get(EVERYTHING, 0.0)
    if chances:
        rates[("doubles", "unseen")] = findings.unseen.times(1 / chances)
    return rates


def card_rates(findings: Findings, exposures: Exposures, measure: str, limits: QualityLimits) -> dict[tuple[str, str], Expected]:
    """Stratum to the rate of errors among its links, from the answered cards; empty without cards.

    Cards of one household are alike (design effect), a stratum that was asked about wholly has no doubt left
    (finite population), and a stratum without a card takes the rate of all with a wide doubt.
    """
    asked = {s: c for s, c in findings.cards.items() if (measure, "cards", s) in exposures and c.decided}
    if not asked:
        return {}
    mean, worth = pooled((c.errors, c.decided) for c in asked.values())
    rates: dict[tuple[str, str], Expected] = {}
    for (of, source, stratum), groups in exposures.items():
        if (of, source) != (measure, "cards"):
            continue
        cards = asked.get(stratum, Cards(0, 0, 0))
        told = rate(
            cards.errors / limits.design_effect, cards.decided / limits.design_effect,
            prior_mean=mean, prior_cards=min(worth, 2.0),
        )  # fmt: skip
        rest = max(0.0, 1 - cards.decided / max(1.0, groups[EVERYTHING]))
        rates[("cards", stratum)] = Expected(told.mean, told.variance * rest)
    return rates


def expected_errors(
    measure: str, group: Group, sources: tuple[str, ...], rates: dict[tuple[str, str], Expected],
    exposures: Exposures, spread: float = 1.0, *, is_common: bool = False,
) -> Expected:  # fmt: skip
    """The errors expected in a group from some sources. ``spread`` widens the variance; ``is_common`` says that the
    strata err together (their doubts add, not their variances)."""
    mean = variance = deviation = 0.0
    for (source, stratum), one in rates.items():
        chances = exposures.get((measure, source, stratum), {}).get(group, 0.0)
        if source in sources and chances:
            part = one.times(chances)
            mean, variance = mean + part.mean, variance + part.variance
            deviation += math.sqrt(part.variance)
    return Expected(mean, spread * (deviation**2 if is_common else variance))


_CONTROLS = {FALSE: ("hidden", "phantom", "borrowed", "impossible"), MISSED: ("hidden", "doubles")}
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
            machine = _from_controls(measure, group, controls, exposures, limits)
            rows.append(_row(measure, group, "controls", machine, cases, _tried(findings, measure), "", limits))
            rows.extend(_with_cards(measure, group, machine, cases, asked, controls, exposures, findings, limits))
    rows.extend(_undecided(exposures))
    return rows


def _from_controls(
    measure: str, group: Group, rates: dict[tuple[str, str], Expected], exposures: Exposures, limits: QualityLimits
) -> Expected:
    total = NOTHING
    for source in _CONTROLS[measure]:
        is_common = (measure, source) == (MISSED, "hidden")
        total += expected_errors(
            measure, group, (source,), rates, exposures, 1.0 if is_common else limits.spread, is_common=is_common
        )
    return total


def _with_cards(
    measure: str, group: Group, machine: Expected, cases: int, asked: dict[tuple[str, str], Expected],
    controls: dict[tuple[str, str], Expected], exposures: Exposures, findings: Findings, limits: QualityLimits,
) -> list[Estimate]:  # fmt: skip
    if not asked:
        unasked = Estimate(measure, *group, "clerical", math.nan, 0.0, 1.0, cases, 0, NOT_SAMPLED)
        return [unasked, _row(measure, group, "combined", machine, cases, _tried(findings, measure), NOT_SAMPLED, limits)]
    decided = sum(c.decided for s, c in findings.cards.items() if (measure, "cards", s) in exposures)
    unsure = sum(c.unsure for s, c in findings.cards.items() if (measure, "cards", s) in exposures)
    told = expected_errors(measure, group, ("cards",), asked, exposures)
    if measure == MISSED:
        told += expected_errors(measure, group, ("far",), controls, exposures, is_common=True)
    both, is_conflict = joined(machine, told, limits.conflict_deviations)
    note = "抽查与对照相互矛盾，以抽查为准" if is_conflict else "抽查与对照合并"
    doubt = f"；{unsure} 张答“说不准”，未计入" if unsure else ""
    return [
        _row(measure, group, "clerical", told, cases, decided, f"按规则与权重分层的盲审卡片{doubt}", limits),
        _row(measure, group, "combined", both, cases, decided + _tried(findings, measure), note, limits),
    ]


def _row(
    measure: str, group: Group, method: str, expected: Expected, cases: int, evidence: int, note: str, limits: QualityLimits
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
        rows.append(Estimate("undecided", *group, "counted", known, known, known, cases, round(held), "逐条点数，无需推算"))
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
            rows.append(_plain(measure, *EVERYTHING, "phantoms", found, strangers, "拼合的虚构人员被认作他人的比例"))
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


def _plain(measure: str, by: str, value: str, method: str, found: Interval, cases: int, note: str) -> Estimate:
    return Estimate(measure, by, value, method, found.estimate, found.low, found.high, cases, cases, note)
