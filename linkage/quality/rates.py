"""What each source of error is worth: from counts of controls, checks and cards to rates with their doubt."""

from __future__ import annotations

import math
from dataclasses import dataclass

from linkage.quality.clerical import Cards
from linkage.quality.exposure import EVERYTHING, FALSE, MISSED, Exposures, Group
from linkage.quality.intervals import Expected, pooled, rate
from linkage.quality.limits import QualityLimits
from linkage.quality.reading import NAMELESS

# The source of card strata without an error: exposed like all cards, in doubt together.
CLEAN = "clean"
_EXPOSED = {CLEAN: "cards"}

# Outcomes of the hidden controls in one stratum, by name (see ``machine.link_controls``).
Outcomes = dict[str, int]


@dataclass(frozen=True)
class Findings:
    """All that was found out, as plain counts.

    ``hidden`` by stratum, ``phantoms`` over all; ``found`` and ``proposed`` (by stratum) the real rows without a
    valid id that came to a person with one; ``borrowed`` (caught, pairs, alike) and ``nameless``, the links
    by id without a name to hold against it; ``met`` (by feed and role: descriptions with an id whose person others tell
    of too, and all of them); ``unseen`` doubles; ``cards`` by stratum.
    """

    hidden: dict[str, Outcomes]
    phantoms: Outcomes
    found: dict[str, int]
    proposed: dict[str, int]
    borrowed: tuple[int, int, int]
    nameless: int
    met: dict[str, tuple[int, int]]
    unseen: Expected
    cards: dict[str, Cards]


def false_rates(
    findings: Findings, exposures: Exposures, limits: QualityLimits
) -> dict[tuple[str, str], Expected]:
    """(source, stratum) to the rate of false links among its chances, from the controls."""
    rates: dict[tuple[str, str], Expected] = {}
    wrong = {
        s: (o.get("wrong", 0), o.get("wrong", 0) + o.get("right", 0)) for s, o in findings.hidden.items()
    }
    mean, worth = pooled(wrong.values())
    for _, source, stratum in [key for key in exposures if key[:2] == (FALSE, "hidden")]:
        errors, tried = wrong.get(stratum, (0, 0))
        rates[(source, stratum)] = rate(errors, tried, prior_mean=mean, prior_cards=worth)
    tried = sum(findings.phantoms.values())
    rates[("phantom", "all")] = rate(findings.phantoms.get("wrong", 0), tried, prior_mean=mean)
    caught, pairs, alike = findings.borrowed
    chances = exposures.get((FALSE, "borrowed", "all"), {}).get(EVERYTHING, 0.0)
    if chances:
        unnoticed = rate(alike, pairs)
        lent = caught / (caught + chances)
        in_all = Expected(caught * unnoticed.mean + findings.nameless * lent, caught**2 * unnoticed.variance)
        rates[("borrowed", "all")] = in_all.times(1 / chances)
    believed = limits.impossible_is_wrong
    # How many of them are wrong is a guess, and its doubt reaches to none and to all.
    rates[("impossible", "all")] = Expected(believed, believed * (1 - believed) / 2)
    return rates


def missed_rates(
    findings: Findings, exposures: Exposures, limits: QualityLimits
) -> dict[tuple[str, str], Expected]:
    """(source, stratum) to the rate of missed links among its chances, from the controls.

    Two ways to know how many of those who stand alone have been missed. By the hidden ones: so many stayed alone
    for each that was found. By what is usual: so many of the feed's rows with an id belong to somebody others tell
    of; what is lacking of that among the rows without one was missed. The first knows nothing of doubles within a
    feed, the second takes those without an id for as well known as those with one: the truth is taken to be one or
    the other with the odds of the policy, so that the doubt grows with how far they lie apart.
    """
    alone: dict[str, float] = {}
    for (measure, source, stratum), groups in exposures.items():
        if measure == MISSED and source in ("near", "far"):
            alone[stratum] = alone.get(stratum, 0.0) + groups[EVERYTHING]
    by_hidden = {stratum: _lacking_by_hidden(findings, stratum, many) for stratum, many in alone.items()}
    by_usual = {stratum: _lacking_by_usual(findings, stratum, many) for stratum, many in alone.items()}
    every = sum(alone.values()) + 1
    overall = (sum(by_hidden.values()) + 0.5) / every
    rates: dict[tuple[str, str], Expected] = {}
    for stratum, many in alone.items():
        worth = limits.alone_prior
        usual = limits.usual_weight
        lacking = (1 - usual) * by_hidden[stratum] + usual * by_usual[stratum]
        mean = (lacking + overall * worth) / (many + worth)
        apart = math.sqrt(usual * (1 - usual)) * (by_hidden[stratum] - by_usual[stratum]) / many
        doubt = mean * (1 - mean) / (1 + limits.alone_worth) + apart**2
        rates[("near", stratum)] = rates[("far", stratum)] = Expected(mean, doubt)
    believed = limits.double_is_missed
    rates[("doubles", "found")] = Expected(believed, believed * (1 - believed) / 4)
    chances = exposures.get((MISSED, "doubles", "unseen"), {}).get(EVERYTHING, 0.0)
    if chances:
        rates[("doubles", "unseen")] = findings.unseen.times(1 / chances)
    return rates


def _lacking_by_hidden(findings: Findings, stratum: str, alone: float) -> float:
    seen = findings.hidden.get(stratum, {})
    right = seen.get("right", 0) + seen.get("right_review", 0)
    odds = (seen.get("alone", 0) + 0.5) / (right + 0.5) if seen else 0.0
    return min(alone, odds * (findings.found.get(stratum, 0) + findings.proposed.get(stratum, 0)))


def _lacking_by_usual(findings: Findings, stratum: str, alone: float) -> float:
    met, many = findings.met.get(stratum.removesuffix(NAMELESS), (0, 0))
    there = findings.found.get(stratum, 0) + findings.proposed.get(stratum, 0)
    usual = met / many if many else 0.5
    return min(alone, max(0.0, usual * (alone + there) - there))


def card_rates(
    findings: Findings, exposures: Exposures, measure: str, limits: QualityLimits
) -> dict[tuple[str, str], Expected]:
    """Stratum to the rate of errors among its links, from the answered cards; empty without cards.

    Cards of one household are alike (design effect), and a stratum that was asked about wholly has no doubt left
    (finite population). Strata in which no error was found are taken together, asked about or not: that one would be
    without any error is more than a few cards can say, and together they say what no error in so many cards says
    (Jeffreys; the upper bound is near the rule of three). Their doubts are one and the same doubt: see ``CLEAN``.
    """
    strata = {
        key[2]: groups[EVERYTHING] for key, groups in exposures.items() if key[:2] == (measure, "cards")
    }
    asked = {
        stratum: cards for stratum, cards in findings.cards.items() if stratum in strata and cards.decided
    }
    if not asked:
        return {}
    clean = sum(cards.decided for cards in asked.values() if not cards.errors) / limits.design_effect
    rates: dict[tuple[str, str], Expected] = {}
    for stratum, many in strata.items():
        cards = asked.get(stratum, Cards(0, 0, 0))
        rest = max(0.0, 1 - cards.decided / max(1.0, many))
        if cards.errors:
            told = rate(cards.errors / limits.design_effect, cards.decided / limits.design_effect)
            rates[("cards", stratum)] = Expected(
                rest * told.mean + (1 - rest) * cards.errors / cards.decided, told.variance * rest
            )
        else:
            told = rate(0, clean)
            rates[(CLEAN, stratum)] = Expected(told.mean * rest, told.variance * rest**2)
    return rates


def expected_errors(
    measure: str, group: Group, sources: tuple[str, ...], rates: dict[tuple[str, str], Expected],
    exposures: Exposures, spread: float = 1.0, *, together: float = 0.0,
) -> Expected:  # fmt: skip
    """The errors expected in a group from some sources. ``spread`` widens the variance; ``together`` is how far the
    strata err alike: at 1 their doubts add, at 0 their variances."""
    mean = variance = deviation = 0.0
    for (source, stratum), one in rates.items():
        chances = exposures.get((measure, _EXPOSED.get(source, source), stratum), {}).get(group, 0.0)
        if source in sources and chances:
            part = one.times(chances)
            mean, variance = mean + part.mean, variance + part.variance
            deviation += math.sqrt(part.variance)
    return Expected(mean, spread * (together * deviation**2 + (1 - together) * variance))
