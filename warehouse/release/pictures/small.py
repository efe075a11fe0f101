"""What a page that leaves the bureau may show of small numbers: nothing that tells a household apart."""

from __future__ import annotations

from collections.abc import Mapping

from warehouse.packages.suppression import TOTAL, Cell, protect
from warehouse.policy import Policy

HIDDEN = "＊"


class Small:
    """Numbers as they may be shown: a count below the policy's is hidden, and with it what would give it away."""

    def __init__(self, policy: Policy) -> None:
        self._below = policy.count("pictures.small_number")

    def note(self) -> str:
        """What a reader is told."""
        return f"“{HIDDEN}”是少于 {self._below} 的数，或写出来会让人倒算出这些数的数。"

    def one(self, count: int | None) -> int | None:
        """A number that stands alone; None where it is hidden (0 hides nobody)."""
        return None if count is None or 0 < count < self._below else count

    def parts(self, counts: Mapping[str, int]) -> tuple[dict[str, int | None], int | None]:
        """Parts of a sum and the sum, each None where it is hidden."""
        table = protect({(word,): count for word, count in counts.items()}, small_below=self._below)
        total = table.shown((TOTAL,)) if counts else 0
        return {word: table.shown((word,)) for word in counts}, total

    def crossed(self, counts: Mapping[tuple[str, str], int]) -> dict[tuple[str, str], int | None]:
        """Counts by two characteristics with their totals (``TOTAL``), each None where it is hidden."""
        cells: dict[Cell, int] = {(row, column): count for (row, column), count in counts.items()}
        table = protect(cells, small_below=self._below)
        return {(row, column): table.shown((row, column)) for row, column in table.counts}


def shown(count: int | None) -> int | str:
    """A number as it is printed: the sign where it is hidden."""
    return HIDDEN if count is None else count
