"""What must not lie about: every identity number, telephone, bank account, and name with its village, of a home.

Held as sets in memory only; nothing here is written, shown or logged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import duckdb

from warehouse.database import in_memory, quoted
from warehouse.intake.contract import contracts
from warehouse.lake import Lake

_SHORTEST_NAME = 2
# What a column of these kinds holds once its gaps are gone, if it is a number that tells a person.
_ID = "^([1-9][0-9]{14}|[1-9][0-9]{16}[0-9X])$"
_PHONE = "^(1[3-9][0-9]{9}|0[0-9]{9,11})$"
_ACCOUNT = "^[0-9]{12,19}$"
_ACCOUNTS = ("bank_account",)


@dataclass
class Wanted:
    """Values by kind; ``names`` tells the villages in which somebody of that name lives."""

    ids: set[str] = field(default_factory=set, repr=False)
    phones: set[str] = field(default_factory=set, repr=False)
    accounts: set[str] = field(default_factory=set, repr=False)
    names: dict[str, set[str]] = field(default_factory=dict, repr=False)

    def add_ids(self, values: Iterable[str]) -> None:
        """Identity numbers, each with the number of the first generation that it had."""
        for value in values:
            self.ids.add(value.upper())
            if len(value) == 18:
                self.ids.add(value[:6] + value[8:17])

    def add_names(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Names with the village that they live in."""
        for name, village in pairs:
            if len(name) >= _SHORTEST_NAME and village:
                self.names.setdefault(name, set()).add(village)

    @property
    def villages(self) -> set[str]:
        """Every village that is told with a name."""
        return {village for villages in self.names.values() for village in villages}

    @property
    def counts(self) -> dict[str, int]:
        """How many values of each kind are looked for."""
        return {
            "ids": len(self.ids),
            "phones": len(self.phones),
            "accounts": len(self.accounts),
            "names": sum(len(villages) for villages in self.names.values()),
        }


def wanted_of(lake: Lake) -> Wanted:
    """The values of everybody that the home knows: as linked, as standardised and as the agencies delivered them."""
    wanted = Wanted()
    with in_memory(lake.home) as con:
        for table in ("profiles/feed=*/month=*/*.parquet", "registry/month=*/profiles.parquet"):
            if not any(lake.root.glob(table)):
                continue
            source = f"read_parquet('{quoted(lake.root / table)}', union_by_name = true)"
            wanted.add_ids(_matching(con, source, "id_no", _ID))
            wanted.add_ids(_matching(con, source, "id_seen", _ID))
            wanted.phones.update(_matching(con, source, "phone", _PHONE))
            for name in ("name", "name_raw"):
                wanted.add_names(
                    con.execute(
                        f"SELECT DISTINCT {name}, village FROM {source} "
                        f"WHERE {name} IS NOT NULL AND village IS NOT NULL AND NOT contains({name}, '?')"
                    ).fetchall()
                )
        for source, column, kind in _delivered(con, lake):
            values = _matching(con, source, column, {"id": _ID, "phone": _PHONE, "key": _ACCOUNT}[kind])
            if kind == "id":
                wanted.add_ids(values)
            else:
                (wanted.phones if kind == "phone" else wanted.accounts).update(values)
    wanted.accounts -= wanted.ids | wanted.phones
    return wanted


def _delivered(con: duckdb.DuckDBPyConnection, lake: Lake) -> Iterator[tuple[str, str, str]]:
    """Every landed column that holds numbers of persons: where it is read from, its name and kind."""
    for feed, contract in contracts().items():
        if not any(lake.root.glob(f"landed/feed={feed}/month=*/*.parquet")):
            continue
        glob = lake.root / "landed" / f"feed={feed}" / "month=*" / "*.parquet"
        source = f"read_parquet('{quoted(glob)}', union_by_name = true)"
        known = {row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
        for column in contract.of_kind("id", "phone", "key"):
            if column.name in known and (column.kind != "key" or column.name in _ACCOUNTS):
                yield source, column.name, column.kind


def _matching(con: duckdb.DuckDBPyConnection, source: str, column: str, form: str) -> list[str]:
    folded = f"upper(regexp_replace(\"{column}\", '[^0-9A-Za-z]', '', 'g'))"
    found = con.execute(
        f"SELECT DISTINCT v FROM (SELECT {folded} AS v FROM {source}) WHERE regexp_matches(v, '{form}')"
    ).fetchall()
    return [value for (value,) in found]
