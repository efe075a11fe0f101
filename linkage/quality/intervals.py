"""Estimates and intervals as pure arithmetic: shares, counts to come, and how many nobody has seen."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from scipy import stats


@dataclass(frozen=True)
class Interval:
    """A point and the bounds that hold the truth with the given confidence."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True)
class Expected:
    """How many errors are expected and how unsure that expectation is (its variance, without the play of chance
    in the errors themselves). Sums of independent parts add both."""

    mean: float
    variance: float

    def __add__(self, other: Expected) -> Expected:
        return Expected(self.mean + other.mean, self.variance + other.variance)

    def times(self, exposure: float) -> Expected:
        """The same rate over so many chances."""
        return Expected(self.mean * exposure, self.variance * exposure**2)


NOTHING = Expected(0.0, 0.0)


def share(errors: int, cards: int, confidence: float) -> Interval:
    """Clopper-Pearson: the exact interval of a share; with no error found the upper bound is about 3/cards."""
    if cards == 0:
        return Interval(math.nan, 0.0, 1.0)
    tail = (1 - confidence) / 2
    low = float(stats.beta.ppf(tail, errors, cards - errors + 1)) if errors else 0.0
    high = float(stats.beta.ppf(1 - tail, errors + 1, cards - errors)) if errors < cards else 1.0
    return Interval(errors / cards, low, high)


def rate(errors: float, cards: float, *, prior_mean: float = 0.5, prior_cards: float = 1.0) -> Expected:
    """Mean and variance of a rate after ``errors`` in ``cards``; the prior is Jeffreys' unless another is known."""
    a = errors + prior_mean * prior_cards
    b = cards - errors + (1 - prior_mean) * prior_cards
    whole = a + b
    return Expected(a / whole, a * b / (whole**2 * (whole + 1)))


def pooled(counts: Iterable[tuple[int, int]]) -> tuple[float, float]:
    """The mean rate over groups of (errors, cards), and how many cards of a group it is worth as a prior.

    The worth comes from how far the groups' rates lie apart beyond chance (moments of a beta-binomial), between
    2 and 200 cards.
    """
    seen = [(errors, cards) for errors, cards in counts if cards > 0]
    cards_in_all = sum(cards for _, cards in seen)
    mean = (sum(errors for errors, _ in seen) + 0.5) / (cards_in_all + 1) if seen else 0.5
    if len(seen) < 2:
        return mean, 2.0
    weighted = sum(cards * (errors / cards - mean) ** 2 for errors, cards in seen)
    by_chance = (len(seen) - 1) * mean * (1 - mean)
    spare = cards_in_all - sum(cards**2 for _, cards in seen) / cards_in_all
    between = max(0.0, (weighted - by_chance) / spare) if spare > 0 else 0.0
    worth = mean * (1 - mean) / between - 1 if between > 0 else 200.0
    return mean, min(200.0, max(2.0, worth))


def to_come(expected: Expected, cases: int, confidence: float) -> Interval:
    """Shares of ``cases`` between which the true number of errors lies: the expectation's own doubt (gamma) and
    the play of chance (Poisson) together, a negative binomial."""
    if cases == 0:
        return Interval(math.nan, 0.0, 1.0)
    mean = min(max(expected.mean, 1e-12), cases)
    tail = (1 - confidence) / 2
    if expected.variance <= 0:
        chance = stats.poisson(mean)
    else:
        size = mean**2 / expected.variance
        chance = stats.nbinom(size, size / (size + mean))
    low, high = float(chance.ppf(tail)), float(chance.ppf(1 - tail))
    # An interval holds its own estimate, even where the likeliest count is none.
    return Interval(
        mean / cases, max(0.0, min(low, mean)) / cases, min(float(cases), max(high, mean)) / cases
    )


def chapman(first: int, second: int, both: int) -> Expected:
    """How many there are when ``first`` and ``second`` were found in two independent ways and ``both`` in both.

    Chapman's estimate with Seber's variance. Ways that find the same kind of case make it too low.
    """
    found = (first + 1) * (second + 1) / (both + 1) - 1
    variance = (first + 1) * (second + 1) * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    return Expected(found, variance)


def unseen_by_three(cells: dict[tuple[bool, bool, bool], int], confidence: float) -> Interval:
    """How many are found in none of three ways: the log-linear model with all pairs of ways dependent.

    ``cells`` counts by (first, second, third); half a case is added to each cell. The interval is that of a
    logarithm whose variance is the sum of the cells' reciprocals.
    """
    filled = {
        key: cells.get(key, 0) + 0.5
        for key in ((a, b, c) for a in (False, True) for b in (False, True) for c in (False, True))
        if any(key)
    }
    odd = [key for key in filled if sum(key) % 2 == 1]
    even = [key for key in filled if sum(key) % 2 == 0]
    log = sum(math.log(filled[key]) for key in odd) - sum(math.log(filled[key]) for key in even)
    deviation = math.sqrt(sum(1 / number for number in filled.values()))
    reach = float(stats.norm.ppf(1 - (1 - confidence) / 2)) * deviation
    return Interval(math.exp(log), math.exp(log - reach), math.exp(log + reach))


def joined(first: Expected, second: Expected, conflict_deviations: float) -> tuple[Expected, bool]:
    """Two independent expectations of one number as one, each weighed by its certainty; ``second`` alone, and
    True, where they contradict each other."""
    if second.variance <= 0 or first.variance <= 0:
        return (first if first.variance <= 0 else second), False
    apart = abs(first.mean - second.mean)
    if apart > conflict_deviations * math.sqrt(first.variance + second.variance):
        return second, True
    weight = (1 / first.variance, 1 / second.variance)
    mean = (first.mean * weight[0] + second.mean * weight[1]) / sum(weight)
    return Expected(mean, 1 / sum(weight)), False
