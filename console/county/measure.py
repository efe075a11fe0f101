"""How far the ID number alone carries: the exact join that linkage has to beat."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

# Pairs inside groups of n rows are n(n-1)/2, so pairs are counted without ever being made.
_PAIRS = """
with rows as (
    select true_person, nullif(id_as_written, '') as id
    from read_parquet(?) where month = ? and {only}
),
by_person as (select count(*)::hugeint as n from rows group by true_person),
by_id as (select count(*)::hugeint as n from rows where id is not null group by id),
by_both as (select count(*)::hugeint as n from rows where id is not null group by id, true_person)
select
    (select count(*) from rows),
    (select sum(n * (n - 1) // 2) from by_person),
    (select sum(n * (n - 1) // 2) from by_id),
    (select sum(n * (n - 1) // 2) from by_both)
"""
_ONLY = {
    "all rows": "true",
    "rows with an ID": "id_as_written <> ''",
    "own rows with an ID": "id_as_written <> '' and role = 'self'",
}


@dataclass(frozen=True)
class PairCounts:
    """Of one view of a month's person-bearing rows: true pairs, joined pairs, pairs that are both."""

    rows: int
    true_pairs: int
    joined_pairs: int
    right_pairs: int

    @property
    def recall(self) -> float:
        """The share of true pairs that were joined (1 when there are none)."""
        return self.right_pairs / self.true_pairs if self.true_pairs else 1.0

    @property
    def precision(self) -> float:
        """The share of joined pairs that are one person (1 when nothing was joined)."""
        return self.right_pairs / self.joined_pairs if self.joined_pairs else 1.0


def exact_join(truth: Path, month: str) -> dict[str, PairCounts]:
    """The measure over ``truth/ids_as_written.parquet``, strictest view last.

    A blank ID joins nothing. ``all rows`` counts the true pairs of rows without one as not found; the
    other views leave such rows out altogether.
    """
    path = str(truth / "ids_as_written.parquet")
    measures = {}
    with duckdb.connect() as connection:
        for view, only in _ONLY.items():
            counted = connection.execute(_PAIRS.format(only=only), [path, month]).fetchone()
            measures[view] = PairCounts(*(int(number or 0) for number in counted or (0, 0, 0, 0)))
    return measures
