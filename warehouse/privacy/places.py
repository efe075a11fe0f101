"""The table of places: what may lie where outside the lake, for whom and why (``places.csv``).

A place is a pattern below ``home/`` or ``beside/`` (what a run writes beside the home): ``*`` within one folder, ``**``
through all below; the first line that fits a file speaks for it. What fits no line is a kind of file that nobody has
thought about, and counts as a leak until a line is written for it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from warehouse.errors import Misconfigured
from warehouse.privacy.looking import KINDS

FILE = Path(__file__).with_name("places.csv")
_WORDS = ("yes", "no", "store")


@dataclass(frozen=True)
class Place:
    """One line: whether values of each kind may lie there; ``store``: the data themselves, not looked through."""

    place: str
    title: str
    allows: Mapping[str, str]
    who: str
    why: str

    @property
    def is_store(self) -> bool:
        """Whether the data themselves lie there."""
        return "store" in self.allows.values()

    def breaches(self, hits: Mapping[str, int]) -> dict[str, int]:
        """The hits that may not be there."""
        return {kind: count for kind, count in hits.items() if count and self.allows[kind] == "no"}


@cache
def places(file: Path = FILE) -> tuple[Place, ...]:
    """Every line in order; ``Misconfigured`` names one that says nothing."""
    with file.open(encoding="utf-8", newline="") as lines:
        found = []
        for row in csv.DictReader(lines):
            allows = {kind: row[kind] for kind in KINDS}
            if not set(allows.values()) <= set(_WORDS) or not all(
                row[key] for key in ("place", "who", "why")
            ):
                raise Misconfigured(
                    f"{file.name}: the line of '{row['place']}' is not whole.",
                    next_step=f"say {', '.join(_WORDS)} for each kind, and who sees it and why.",
                )
            found.append(Place(row["place"], row["title"], allows, row["who"], row["why"]))
    return tuple(found)


def place_of(name: str) -> Place | None:
    """The line that speaks for a file (``home/…`` or ``beside/…``); None where nobody has thought of it."""
    return next((place for place in places() if _pattern(place.place).fullmatch(name)), None)


@cache
def _pattern(place: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*|\*)", place)
    return re.compile("".join({"**": ".*", "*": "[^/]*"}.get(part) or re.escape(part) for part in parts))
