"""Estimates of what nobody has visited: from the answers nearest to them, wide where there are few."""

from __future__ import annotations

import pytest

from warehouse.workshop.near import Answered, estimate

# Near the line few held, far above all did.
ANSWERS = [Answered(10_000 + 100 * n, n >= 10) for n in range(30)]


def of(
    amounts: list[float | None], answers: list[Answered] = ANSWERS, nearest: int = 10
) -> tuple[object, ...]:
    found = estimate(amounts, answers, nearest=nearest, confidence=0.9)
    return found.unknown, found.answers, found.held, found.low, found.high


def test_the_nearest_answers_speak() -> None:
    assert of([9_000.0] * 20)[1:3] == (10, 0)
    assert of([14_000.0] * 20)[1:3] == (10, 10)
    assert of([9_000.0, 14_000.0])[1] == 30  # all lie within the span: ties are all taken


def test_few_unknown_and_few_answers_make_it_wide() -> None:
    assert of([9_000.0] * 20)[3:] == (0, 4)
    low, high = of([9_000.0] * 20, [Answered(9_000.0, True)])[3:]
    assert (low, high) == (4, 20)


def test_without_amounts_all_answers_speak() -> None:
    assert of([None, None])[1:3] == (30, 20)
    assert of([9_000.0], [Answered(None, True), Answered(1.0, False)], nearest=1)[1:3] == (1, 0)


def test_no_answer_no_estimate() -> None:
    assert of([1.0, 2.0], []) == (2, 0, 0, None, None)
    assert of([], ANSWERS)[3:] == (0, 0)


@pytest.mark.parametrize("held", [0, 15, 30])
def test_more_confidence_is_never_narrower(held: int) -> None:
    answers = [Answered(1.0, n < held) for n in range(30)]
    wide, narrow = (estimate([1.0] * 40, answers, nearest=30, confidence=c) for c in (0.95, 0.5))
    assert wide.low is not None and narrow.low is not None and wide.high is not None
    assert wide.low <= narrow.low <= (narrow.high or 0) <= wide.high
