"""No hidden number of a table can be worked out from what is shown: tried by brute force."""

from __future__ import annotations

import random
from itertools import product

import pytest

from warehouse.packages.suppression import TOTAL, Cell, Table, protect, with_totals

SMALL = 5
_BOUND = 60


def is_possible(table: Table, cell: Cell, number: int) -> bool:
    """Whether some table of whole numbers shows the same where numbers are shown, and has this number in the cell.

    Tried by putting numbers into the hidden cells, one after the other; every sum that is shown is held.
    """
    inner = sorted(one for one in table.counts if TOTAL not in one)
    sums = {
        total: [one for one in inner if all(w in (TOTAL, v) for w, v in zip(total, one, strict=True))]
        for total in table.counts
        if TOTAL in total and (total not in table.hidden or total == cell)
    }
    right = {total: number if total == cell else table.counts[total] for total in sums}
    unknown = [one for one in inner if one in table.hidden and one != cell]
    filled = {one: table.counts[one] for one in inner if one not in table.hidden}
    if cell in inner:
        filled[cell] = number

    def fits() -> bool:
        for total, parts in sums.items():
            now = [filled[one] for one in parts if one in filled]
            if sum(now) > right[total] or (len(now) == len(parts) and sum(now) != right[total]):
                return False
        return True

    def grow(place: int) -> bool:
        if not fits():
            return False
        if place == len(unknown):
            return True
        one = unknown[place]
        rests = [
            (
                right[total] - sum(filled.get(each, 0) for each in parts),
                sum(each not in filled for each in parts),
            )
            for total, parts in sums.items()
            if one in parts
        ]
        most = min([rest for rest, _ in rests], default=_BOUND)
        least = max([rest for rest, missing in rests if missing == 1], default=0)
        values = range(max(least, 0), min(most, _BOUND) + 1)
        for tried in sorted(values, key=lambda value: abs(value - table.counts[one])):
            filled[one] = tried
            if grow(place + 1):
                return True
        filled.pop(one, None)
        return False

    return grow(0)


def assert_safe(table: Table) -> None:
    """Every hidden cell may be another number, and every small one a number that is not small."""
    for cell in table.hidden:
        count = table.counts[cell]
        others = [
            one
            for one in (count + 1, count - 1, count + 2, count - 2, *range(_BOUND))
            if one >= 0 and one != count
        ]
        assert any(is_possible(table, cell, one) for one in others), f"{cell} can only be {count}"
        if 0 < count < SMALL:
            assert any(is_possible(table, cell, one) for one in range(SMALL, _BOUND)), (
                f"{cell} is shown to be small"
            )


def test_the_trial_finds_what_one_line_gives_away() -> None:
    """A small number beside its shown total is no secret, and the trial says so."""
    whole = with_totals({("a",): 3, ("b",): 9})
    assert not is_possible(Table(whole, frozenset({("a",)})), ("a",), 4)
    with pytest.raises(AssertionError, match="can only be 3"):
        assert_safe(Table(whole, frozenset({("a",)})))


@pytest.mark.parametrize(
    ("why", "rows"),
    [
        ("one small cell", [[3, 12], [9, 14]]),
        ("two in a row whose sum is small", [[1, 2], [9, 14]]),
        ("a small cell beside noughts", [[3, 0], [9, 14]]),
        ("a small total", [[1, 1], [13, 0]]),
        ("a diagonal", [[2, 9, 9], [9, 3, 9], [9, 9, 4]]),
        ("one row only", [[2, 9, 8]]),
        ("everything small", [[1, 2], [2, 1]]),
    ],
)
def test_hidden_cells_cannot_be_worked_out(why, rows) -> None:
    counts = {(f"r{r}", f"c{c}"): number for r, row in enumerate(rows) for c, number in enumerate(row)}
    table = protect(counts, small_below=SMALL)
    assert {cell for cell, count in table.counts.items() if 0 < count < SMALL} <= table.hidden
    assert_safe(table)


@pytest.mark.parametrize("seed", range(14))
def test_drawn_tables(seed) -> None:
    draw = random.Random(seed)
    shape = [("a", "b", "c"), ("x", "y", "z")] if seed % 3 else [("a", "b"), ("x", "y"), ("1", "2")]
    counts = {cell: draw.choice([0, 0, 1, 2, 4, 6, 9, 10]) for cell in product(*shape)}
    assert_safe(protect(counts, small_below=SMALL))


def test_what_needs_no_hiding_is_shown_whole() -> None:
    table = protect({("a", "x"): 9, ("a", "y"): 0, ("b", "x"): 7, ("b", "y"): 12}, small_below=SMALL)
    assert not table.hidden
    assert table.shown((TOTAL, TOTAL)) == 28
    assert table.shown(("a", "y")) == 0


def test_a_small_cell_costs_no_total_where_other_cells_will_do() -> None:
    counts = {(f"t{n}", word): 20 + n for n in range(6) for word in "xyz"} | {("t0", "x"): 2}
    table = protect(counts, small_below=SMALL)
    assert 2 < len(table.hidden) <= 4
    assert not [cell for cell in table.hidden if TOTAL in cell]


def test_same_table_same_cells_in_any_order() -> None:
    counts = {(f"t{n}", word): (n * 7) % 13 for n in range(5) for word in "xy"}
    turned = dict(reversed(counts.items()))
    assert protect(counts, small_below=SMALL).hidden == protect(turned, small_below=SMALL).hidden
