"""A scratch lake of a few persons: rows are given as dictionaries, every file is written as the stages do."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from warehouse.intake.contract import contracts, standardised_schema
from warehouse.lake import Lake
from warehouse.project import project_digest, unit_tests_passed
from warehouse.shelves import (
    CROSSWALK,
    DISPOSITIONS,
    EVENTS,
    REGISTRY_PERSONS,
    REGISTRY_PROFILES,
    ROW_ACCOUNT,
)

Row = dict[str, Any]


@dataclass
class SmallLake:
    """Rows by feed and month, with the person each speaks of; ``write`` makes the partitions."""

    home: Path
    rows: dict[tuple[str, str], list[Row]] = field(default_factory=lambda: defaultdict(list))
    links: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    persons: dict[str, Row] = field(default_factory=dict)
    came: set[tuple[str, str]] = field(default_factory=set)

    def feed(self, feed: str, month: str) -> None:
        """The feed came this month (even if it has no row)."""
        self.came.add((feed, month))

    def add(
        self,
        feed: str,
        month: str,
        person: str | None,
        *,
        grade: str = "certain",
        head: str | None = None,
        **values: Any,
    ) -> None:
        """One row of a feed in a month that speaks of a person (None: not linked)."""
        self.feed(feed, month)
        rows = self.rows[feed, month]
        place = {"file": f"{feed}.csv", "sheet": "", "row": len(rows) + 1}
        rows.append({**place, **values})
        for role, who in (("self", person), ("head", head)):
            if who is not None:
                self.links[month].append(
                    {"feed": feed, **place, "role": role, "person_id": who, "grade": grade, "rule": "L00"}
                )
                self.persons.setdefault(who, {"township": "隆务镇", "village": "一村"})

    def write(self, month: str) -> Lake:
        """Write every partition of the months up to ``month``; the registry is that of ``month``."""
        lake = Lake(self.home)
        with duckdb.connect() as con:
            for feed, contract in contracts().items():
                for m in sorted(m for f, m in self.came if f == feed and m <= month):
                    with lake.replacing("standardised", feed=feed, month=m) as folder:
                        _write(
                            con, standardised_schema(contract), self.rows[feed, m], folder / "part.parquet"
                        )
            for m in sorted(m for m in self.links if m <= month):
                with lake.replacing("crosswalk", month=m) as folder:
                    _write(con, CROSSWALK, self.links[m], folder / "part.parquet")
            self._identity(con, lake, month)
        return lake

    def _identity(self, con: duckdb.DuckDBPyConnection, lake: Lake, month: str) -> None:
        people = sorted(self.persons)
        keys = {person: 100 + n for n, person in enumerate(people)}
        with lake.replacing("registry", month=month) as folder:
            _write(
                con,
                REGISTRY_PERSONS,
                [{"person_id": p, "first_month": month, "last_month": month} for p in people],
                folder / "persons.parquet",
            )
            _write(
                con,
                REGISTRY_PROFILES,
                [
                    {
                        "profile_key": keys[p],
                        "person_id": p,
                        "grade": "certain",
                        "last_month": month,
                        "feed": "medical_enrolment",
                        "role": "self",
                        "name": "某人",
                        "name_raw": "某人",
                        **self.persons[p],
                    }
                    for p in people
                ],
                folder / "profiles.parquet",
            )
        with lake.replacing("row_account", month=month) as folder:
            rows = [
                {"feed": f, "file": f"{f}.csv", "sheet": "", "rows": len(self.rows[f, m]) + 1,
                 "landed": len(self.rows[f, m]), "quarantined": 0, "furniture": 1}
                for f, m in sorted(self.came) if m == month
            ]  # fmt: skip
            _write(con, ROW_ACCOUNT, rows, folder / "part.parquet")


def spare_unit_tests(home: Path) -> Path:
    """Note the project's unit tests as passed in a home: they try the project, and test_build_small runs them once."""
    note = unit_tests_passed(home)
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(project_digest(), encoding="utf-8")
    return home


def write_dispositions(lake: Lake, month: str, rows: list[Row]) -> None:
    """What villages answered, as the absorb stage writes it."""
    with duckdb.connect() as con, lake.replacing("dispositions", month=month) as folder:
        _write(con, DISPOSITIONS, rows, folder / "part.parquet")


def write_events(lake: Lake, month: str, rows: list[Row]) -> None:
    """What happened to identities, as the link stage writes it."""
    with duckdb.connect() as con, lake.replacing("events", month=month) as folder:
        _write(con, EVENTS, rows, folder / "part.parquet")


def _write(con: duckdb.DuckDBPyConnection, schema: dict[str, str], rows: list[Row], path: Path) -> None:
    unknown = sorted({name for row in rows for name in row} - set(schema))
    if unknown:
        raise KeyError(f"no such column: {unknown}")
    columns = ", ".join(f'"{name}" {kind}' for name, kind in schema.items())
    con.execute(f"CREATE OR REPLACE TEMP TABLE small ({columns})")
    if rows:
        marks = ", ".join("?" * len(schema))
        con.executemany(f"INSERT INTO small VALUES ({marks})", [[row.get(c) for c in schema] for row in rows])
    con.execute(f"COPY small TO '{path}' (FORMAT parquet)")


def day(text: str) -> date:
    """``YYYY-MM-DD`` as a date."""
    return date.fromisoformat(text)
