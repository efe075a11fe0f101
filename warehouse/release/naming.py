"""How the files of a release are named after places."""

from __future__ import annotations

from collections.abc import Sequence

from warehouse.policy import Policy
from warehouse.release.masking import mask_for
from warehouse.release.workbook import file_word

WHOLE_COUNTY = "全市"


def place_word(township: str, policy: Policy) -> str:
    """A township as part of a file name; a name that is really somebody's number is masked."""
    return file_word(mask_for("paper", policy).show_text(township))


def distinct(places: Sequence[tuple[str | None, str]]) -> list[tuple[str | None, str]]:
    """Give two places whose names make the same file name different ones."""
    taken: dict[str, int] = {}
    chosen = []
    for place, word in places:
        number = taken[word] = taken.get(word, 0) + 1
        chosen.append((place, word if number == 1 else f"{word}_{number}"))
    return chosen
