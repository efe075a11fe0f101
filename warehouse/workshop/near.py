"""What the answers near a line say of those whom nobody has ever visited: a count with its interval.

The share that held among the answered warnings whose amounts lie nearest to those of the unknown ones, and from it how
many of the unknown would hold: the middle share of a beta-binomial (Jeffreys' prior), so that few answers and few
unknown both make the interval wide. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scipy.stats import betabinom

_PRIOR = 0.5


@dataclass(frozen=True)
class Answered:
    """One answered warning: its amount (None where the rule has none), and whether it held."""

    amount: float | None
    is_held: bool


@dataclass(frozen=True)
class Estimate:
    """Of ``unknown`` warnings between ``low`` and ``high`` would hold, if they are like the ``answers`` nearest to
    them, of which ``held`` did. No answers: no estimate (None)."""

    unknown: int
    answers: int
    held: int
    low: int | None
    high: int | None


def estimate(
    amounts: Sequence[float | None], answered: Sequence[Answered], *, nearest: int, confidence: float
) -> Estimate:
    """How many of the unknown (one amount each) would hold, after the ``nearest`` answers (ties are all taken)."""
    near = _nearest(amounts, answered, nearest)
    held = sum(one.is_held for one in near)
    if not amounts:
        return Estimate(0, len(near), held, 0, 0)
    if not near:
        return Estimate(len(amounts), 0, 0, None, None)
    spread = betabinom(len(amounts), held + _PRIOR, len(near) - held + _PRIOR)
    tail = (1 - confidence) / 2
    return Estimate(len(amounts), len(near), held, int(spread.ppf(tail)), int(spread.ppf(1 - tail)))


def _nearest(amounts: Sequence[float | None], answered: Sequence[Answered], nearest: int) -> list[Answered]:
    """The answered whose amounts lie nearest to the span of the unknown ones; all, where amounts say nothing."""
    known = [amount for amount in amounts if amount is not None]
    if not known or len(answered) <= nearest:
        return list(answered)
    low, high = min(known), max(known)
    far = [_distance(one.amount, low, high) for one in answered]
    limit = sorted(far)[nearest - 1] if nearest else -1.0
    return [one for one, distance in zip(answered, far, strict=True) if distance <= limit]


def _distance(amount: float | None, low: float, high: float) -> float:
    if amount is None:
        return float("inf")
    return max(low - amount, amount - high, 0.0)
