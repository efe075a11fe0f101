"""The dirt as a table: which agency makes which mistake how often, and whether it stays in its files."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path

from console.county.hashing import Bits, Flags, Ints, draw, salt, share

TABLE = Path(__file__).parent / "dirt.csv"


@dataclass(frozen=True)
class Mistake:
    """One row of ``dirt.csv``. ``feed`` ``*`` means every feed of the agency, ``agency`` ``*`` every agency."""

    agency: str
    feed: str
    kind: str
    persistence: str
    rate: float
    note: str


def read_dirt(path: Path = TABLE) -> list[Mistake]:
    """Every row of the table, in its order."""
    with path.open(encoding="utf-8", newline="") as lines:
        return [
            Mistake(
                row["agency"],
                row["feed"],
                row["kind"],
                row["persistence"],
                float(row["rate"]),
                row["note"],
            )
            for row in csv.DictReader(lines)
        ]


def agency_of(title: str) -> str:
    """The agency that keeps a feed's books, out of a contract's ``agency`` (民政/财政 is kept by 民政)."""
    return title.split("/", maxsplit=1)[0]


@dataclass
class Dice:
    """The mistakes of one feed in one month.

    A persistent mistake hangs on seed, agency, kind and person only: it comes again every month and in
    every file of that agency. A fresh one hangs on feed, month and row as well. ``counts`` gathers how
    often each kind was drawn, for the county's account.
    """

    seed: int
    agency: str
    feed: str
    month: str
    table: list[Mistake]
    counts: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._rates: dict[str, list[Mistake]] = {}
        best: dict[tuple[str, str], Mistake] = {}
        for mistake in self.table:
            if mistake.agency in ("*", self.agency) and mistake.feed in ("*", self.feed):
                key = (mistake.kind, mistake.persistence)
                if key not in best or _closeness(mistake) > _closeness(best[key]):
                    best[key] = mistake
        for (kind, _), mistake in sorted(best.items()):
            self._rates.setdefault(kind, []).append(mistake)

    @property
    def agency_number(self) -> int:
        """A number of the agency, for what it prefers (one rendering of a Tibetan name)."""
        return salt(self.agency) % 997

    def has(self, kind: str) -> bool:
        """Whether this feed makes such mistakes at all."""
        return any(mistake.rate > 0 for mistake in self._rates.get(kind, ()))

    def hits(self, kind: str, who: Ints, rows: Ints, *, within: Flags | None = None) -> Flags:
        """Where the mistake strikes. ``who`` is the person (or case, village …) it hangs on, -1 for nobody."""
        struck = who < -1
        for mistake in self._rates.get(kind, ()):
            if mistake.persistence == "persistent":
                # An agency of "*" makes it a fact about the person, the same in every agency's files.
                bits = draw(salt(self.seed, "*" if mistake.agency == "*" else self.agency, kind), who)
            else:
                bits = draw(salt(self.seed, self.agency, kind, self.feed, self.month), who, rows)
            struck = struck | (share(bits) < mistake.rate)
        struck = struck & (who >= 0)
        return struck if within is None else struck & within

    def forms(self, kind: str, who: Ints) -> Bits:
        """Which form the mistake takes: the same person's mistake always takes the same one."""
        agency = "*" if any(mistake.agency == "*" for mistake in self._rates.get(kind, ())) else self.agency
        return draw(salt(self.seed, agency, kind, "form"), who)

    def count(self, kind: str, number: int) -> None:
        """Note that a kind was written ``number`` times."""
        if number:
            self.counts[kind] = self.counts.get(kind, 0) + number


def _closeness(mistake: Mistake) -> int:
    return 2 * (mistake.feed != "*") + (mistake.agency != "*")
