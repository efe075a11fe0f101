"""The page of a simulation: axes of counts."""

from __future__ import annotations

import pytest

from warehouse.workshop.page import _whole_numbers


@pytest.mark.parametrize(("counts", "ticks"), [([], 1), ([0, 0], 1), ([2, 0], 2), ([5], 5), ([40, 3], 5)])
def test_an_axis_of_few_counts_has_no_tick_between_two_whole_numbers(counts: list[int], ticks: int) -> None:
    assert _whole_numbers(counts).to_dict()["tickCount"] == ticks
