"""The arithmetic of the quality measure, held to numbers that can be worked out by hand."""

from __future__ import annotations

import math

import pytest

from linkage.quality.intervals import (
    NOTHING,
    Expected,
    chapman,
    joined,
    pooled,
    rate,
    share,
    to_come,
    unseen_by_three,
)


@pytest.mark.parametrize(
    ("errors", "cards", "low", "high"),
    [
        (0, 60, 0.0, 1 - 0.025 ** (1 / 60)),  # no error in 60 cards: up to 6 %
        (60, 60, 0.025 ** (1 / 60), 1.0),
        (1, 1, 0.025, 1.0),
        (3, 100, 0.0062, 0.0852),  # the textbook's Clopper-Pearson
    ],
)
def test_share_has_the_exact_interval(errors: int, cards: int, low: float, high: float) -> None:
    found = share(errors, cards, 0.95)
    assert found.estimate == errors / cards
    assert found.low == pytest.approx(low, abs=1e-4)
    assert found.high == pytest.approx(high, abs=1e-4)


def test_no_cards_say_nothing() -> None:
    found = share(0, 0, 0.95)
    assert math.isnan(found.estimate) and (found.low, found.high) == (0.0, 1.0)


def test_rate_is_drawn_towards_its_prior() -> None:
    assert rate(0, 9).mean == pytest.approx(0.5 / 10)
    assert rate(10, 90, prior_mean=0.5, prior_cards=10).mean == pytest.approx(15 / 100)


def test_chapman_counts_what_two_ways_did_not_see() -> None:
    found = chapman(40, 30, 20)
    assert found.mean == pytest.approx(41 * 31 / 21 - 1)
    assert found.variance == pytest.approx(41 * 31 * 20 * 10 / (21**2 * 22))


def test_three_independent_ways_leave_what_was_left() -> None:
    """Eight hundred cases, each way finds each with one half: a hundred in every cell, and a hundred unseen."""
    cells = {
        (a, b, c): 100 for a in (True, False) for b in (True, False) for c in (True, False) if a or b or c
    }
    found = unseen_by_three(cells, 0.95)
    assert found.estimate == pytest.approx(100, rel=0.01)
    assert found.low < 100 < found.high


def test_to_come_is_poisson_where_the_rate_is_known_and_wider_where_not() -> None:
    known = to_come(Expected(5, 0), 1000, 0.95)
    assert (known.low, known.high) == (1 / 1000, 10 / 1000)
    doubted = to_come(Expected(5, 25), 1000, 0.95)
    assert doubted.low <= known.low and doubted.high > known.high


def test_to_come_never_leaves_its_cases_and_holds_its_estimate() -> None:
    assert to_come(Expected(50, 900), 3, 0.95).high == 1.0
    rare = to_come(Expected(0.001, 0), 10, 0.95)
    assert rare.low <= rare.estimate <= rare.high
    assert to_come(NOTHING, 0, 0.95).high == 1.0


def test_joined_weighs_by_certainty_and_believes_the_cards_in_a_conflict() -> None:
    agreed, is_conflict = joined(Expected(10, 1), Expected(13, 1), 3)
    assert (agreed.mean, agreed.variance, is_conflict) == (11.5, 0.5, False)
    told, is_conflict = joined(Expected(10, 1), Expected(100, 1), 3)
    assert (told.mean, is_conflict) == (100, True)


def test_pooled_groups_that_lie_far_apart_are_worth_little() -> None:
    _, alike = pooled([(5, 100), (5, 100), (5, 100)])
    _, apart = pooled([(0, 100), (50, 100), (0, 100)])
    assert alike == 200 and apart < 10
