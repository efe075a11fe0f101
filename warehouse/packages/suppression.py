"""Small numbers in tables: hidden, together with as many other cells as it takes that nobody can work them out.

A table of counts over one or more characteristics, with its totals. A count of 1 to ``small_below`` − 1 is hidden;
so are complementary cells, totals where it must be. Afterwards every hidden cell is asked for its least and its
greatest possible value, given all that is shown and that counts are whole and not below nought (an integer program,
solved by HiGHS): no hidden cell may be determined, and no small one be provably small. What one table hides, another
one made of the same persons by other characteristics may still tell: whoever publishes two says so to neither.

Pure: numbers in, numbers out. The same table gives the same hidden cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np

# The word for "all of them" in a coordinate, and what stands for a hidden number.
TOTAL = "合计"
HIDDEN = "*"

Cell = tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table that may be shown: every cell with its totals; ``hidden`` are those of which no number may appear."""

    counts: Mapping[Cell, int]
    hidden: frozenset[Cell]

    def shown(self, cell: Cell) -> int | None:
        """The number of a cell, None where it is hidden."""
        return None if cell in self.hidden else self.counts[cell]


def protect(counts: Mapping[Cell, int], *, small_below: int) -> Table:
    """The table with its totals, and which cells are hidden.

    ``counts``: the inner cells, each named by its words in order of the characteristics; what is not named is 0.
    """
    if not counts:
        return Table({}, frozenset())
    whole = with_totals(counts)
    lines = list(_lines(whole))
    hidden = {cell for cell, count in whole.items() if 0 < count < small_below}
    _add_by_line(hidden, lines, whole, small_below)
    safe: set[Cell] = set()
    while rest := sorted(hidden - safe):
        # What is safe stays so: whoever sees less can say less.
        if _is_safe(rest[0], hidden, lines, whole, small_below):
            safe.add(rest[0])
        else:
            _add_for(rest[0], hidden, lines, whole)
            _add_by_line(hidden, lines, whole, small_below)
    return Table(whole, frozenset(hidden))


def with_totals(counts: Mapping[Cell, int]) -> dict[Cell, int]:
    """All combinations of the words, and of ``TOTAL``, with their sums."""
    words = [sorted({cell[place] for cell in counts}) for place in range(len(next(iter(counts))))]
    whole = dict.fromkeys(product(*([*those, TOTAL] for those in words)), 0)
    for cell, count in counts.items():
        for is_summed in product((False, True), repeat=len(cell)):
            whole[tuple(TOTAL if total else word for word, total in zip(cell, is_summed, strict=True))] += (
                count
            )
    return whole


def extreme(
    cell: Cell, sign: int, hidden: Iterable[Cell], lines: Iterable[list[Cell]], whole: Mapping[Cell, int]
) -> int | None:
    """The least (``sign`` 1) or the greatest (−1) number that a hidden cell can have for who sees the rest; None:
    no bound."""
    unknown = sorted(hidden)
    place = {one: number for number, one in enumerate(unknown)}
    # Imported here: half a second that only a table with something to hide is worth.
    from scipy.optimize import Bounds, LinearConstraint, milp

    rows, right = [], []
    for line in lines:
        if not any(one in place for one in line):
            continue
        row, known = np.zeros(len(unknown)), 0
        for one, factor in _signed(line):
            if one in place:
                row[place[one]] = factor
            else:
                known += factor * whole[one]
        rows.append(row)
        right.append(-known)
    aim = np.zeros(len(unknown))
    aim[place[cell]] = sign
    solved = milp(
        aim,
        integrality=np.ones(len(unknown)),
        bounds=Bounds(0, np.inf),
        constraints=LinearConstraint(np.array(rows), right, right),
    )
    return round(sign * solved.fun) if solved.success else None


def _lines(whole: Mapping[Cell, int]) -> Iterator[list[Cell]]:
    """Every sum that a reader can check: the summands, and last their total."""
    words = [sorted({cell[place] for cell in whole} - {TOTAL}) for place in range(len(next(iter(whole))))]
    for place, summands in enumerate(words):
        others = (
            [[*those, TOTAL] for those in words[:place]],
            [[*those, TOTAL] for those in words[place + 1 :]],
        )
        for before in product(*others[0]):
            for after in product(*others[1]):
                yield [(*before, word, *after) for word in (*summands, TOTAL)]


def _signed(line: list[Cell]) -> Iterator[tuple[Cell, int]]:
    yield from ((cell, 1) for cell in line[:-1])
    yield line[-1], -1


def _cost(cell: Cell, whole: Mapping[Cell, int]) -> tuple[int, int, Cell]:
    """What it costs to hide a cell: totals are dear, and greater numbers dearer than smaller ones."""
    return sum(word == TOTAL for word in cell), whole[cell], cell


def _add_by_line(
    hidden: set[Cell], lines: list[list[Cell]], whole: Mapping[Cell, int], small_below: int
) -> None:
    """Hide until no line has one hidden cell alone, or hidden cells that together are small."""
    is_changed = True
    while is_changed:
        is_changed = False
        for line in lines:
            ours = [cell for cell in line if cell in hidden]
            if not ours or (
                len(ours) > 1 and (line[-1] in hidden or sum(whole[cell] for cell in ours) >= small_below)
            ):
                continue
            rest = [cell for cell in line if cell not in hidden]
            if rest:
                hidden.add(min(rest, key=lambda cell: _cost(cell, whole)))
                is_changed = True


def _is_safe(
    cell: Cell, hidden: set[Cell], lines: list[list[Cell]], whole: Mapping[Cell, int], small_below: int
) -> bool:
    """Whether the cell may be another number than it is, and a small one may be one that is not small."""
    count = whole[cell]
    greatest = extreme(cell, -1, hidden, lines, whole)
    if greatest is None:
        return True
    if 0 < count < small_below and greatest < small_below:
        return False
    return greatest > count or extreme(cell, 1, hidden, lines, whole) != greatest


def _add_for(cell: Cell, hidden: set[Cell], lines: list[list[Cell]], whole: Mapping[Cell, int]) -> None:
    """Hide one more: the cheapest in a line of the cell, else the cheapest of all."""
    near = {one for line in lines if cell in line for one in line} - hidden
    rest = near or set(whole) - hidden
    hidden.add(min(rest, key=lambda one: _cost(one, whole)))
