"""Which county is being made: 同仁市 alone, or one of the counties of a made-up province.

The counties of the province (``lexicon/counties.csv``) bear the names and division codes of real ones, so that
numbers and addresses look as they should. Everything below them is MADE UP: every township and village outside
同仁市, and every person. A process makes one county at a time; ``here`` says which.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from console.county.hashing import salt

LEXICON = Path(__file__).parent / "lexicon"
# Numbers that must not be given twice in a province (true persons, agencies' numbers) are counted from here.
NUMBERS_APART = 1_000_000


@dataclass(frozen=True)
class Seat:
    """A county: code and name, those of before (still on cards and in clerks' heads), its prefecture's two words;
    ``place`` from 0, ``is_alone`` unless it is one of several."""

    code: str
    name: str
    old_code: str
    old_name: str
    prefecture: tuple[str, str]
    place: int
    is_alone: bool = True

    @property
    def first(self) -> int:
        """What is added to a person's or household's place for a number that no other county gives."""
        return self.place * NUMBERS_APART

    def seed(self, seed: int) -> int:
        """The county's own seed; the first county's is the seed itself."""
        return salt(seed, "county", self.code) >> 1 if self.place else seed


@cache
def seats() -> tuple[Seat, ...]:
    """Every county of the province, 同仁市 first, each as if it stood alone."""
    with (LEXICON / "counties.csv").open(encoding="utf-8", newline="") as lines:
        found = []
        for place, row in enumerate(csv.DictReader(lines)):
            short, _, long = row["prefecture"].partition(";")
            named = (row["code"], row["county"], row["old_code"], row["old_name"])
            found.append(Seat(*named, (short, long), place))
        return tuple(found)


_HERE: ContextVar[Seat | None] = ContextVar("seat", default=None)


def here() -> Seat:
    """The county that is being made; 同仁市 where nothing else was said."""
    return _HERE.get() or seats()[0]


@contextmanager
def seated(seat: Seat) -> Iterator[None]:
    """While it lasts, ``here`` is this county."""
    token = _HERE.set(seat)
    try:
        yield
    finally:
        _HERE.reset(token)
