"""What the lake knows of a person or a description, up to a month: links, rows, events, decisions."""

from __future__ import annotations

from typing import Any

import duckdb

from linkage.explain.subject import Place, Subject
from linkage.reading import KEPT
from linkage.records import PROFILES
from warehouse.database import quoted
from warehouse.errors import Refused
from warehouse.lake import Lake
from warehouse.months import Month


class Lookup:
    """The registry of a month (views ``profiles`` and ``persons``) and what stands around it in the lake.

    ``Refused`` when the month is not linked.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, month: Month, lake: Lake) -> None:
        self.con, self.month, self.lake = con, month, lake
        folder = lake.partition("registry", month=str(month))
        if not (folder / "profiles.parquet").exists():
            raise Refused(
                f"{month} is not linked: there is nothing to explain.",
                next_step=f"run link for {month} first.",
            )
        # A registry that was written before a column came is read as if the column were NULL.
        columns = ", ".join(
            f'CAST(NULL AS {kind}) AS "{name}"' for name, kind in {**PROFILES, **KEPT}.items()
        )
        con.execute(f"""
            CREATE OR REPLACE TEMP VIEW profiles AS
            SELECT {columns} WHERE FALSE
            UNION ALL BY NAME FROM read_parquet('{quoted(folder)}/profiles.parquet')""")
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW persons AS FROM read_parquet('{quoted(folder)}/persons.parquet')"
        )

    def key_of(self, subject: Subject) -> int:
        """The description that a subject means; a person's is the one that speaks best for it."""
        if subject.place is not None:
            return self._at(subject.place)
        if subject.person_id is not None:
            found = self.one(
                """SELECT profile_key FROM profiles WHERE person_id = ? ORDER BY grade = 'review', role <> 'self',
                name IS NULL, id_no IS NULL, last_month DESC, profile_key LIMIT 1""",
                [self.kept(subject.person_id)],
            )
        else:
            found = self.one("SELECT profile_key FROM profiles WHERE profile_key = ?", [subject.profile_key])
        if not found:
            raise self._unknown()
        return int(found["profile_key"])

    def kept(self, person_id: str) -> str:
        """The id under which a person stands now: its own, or the one it was merged into."""
        seen = {person_id}
        while True:
            merged = [
                event["person_id"]
                for event in self.events(person_id)
                if event["kind"] == "merge" and event["other_id"] == person_id
            ]
            if not merged or merged[-1] in seen:
                return person_id
            person_id = merged[-1]
            seen.add(person_id)

    def description(self, profile_key: int) -> dict[str, Any]:
        """A description with its link; ``Refused`` when the registry does not know it."""
        found = self.one("SELECT * FROM profiles WHERE profile_key = ?", [profile_key])
        if not found:
            raise self._unknown()
        return found

    def person(self, person_id: str) -> dict[str, Any]:
        """A person's best known fields; ``Refused`` when there is none of that id."""
        found = self.one("SELECT * FROM persons WHERE person_id = ?", [person_id])
        if not found:
            raise self._unknown()
        return found

    def descriptions(self, person_id: str) -> list[dict[str, Any]]:
        """All descriptions of a person, the oldest first."""
        return self.rows(
            "SELECT * FROM profiles WHERE person_id = ? ORDER BY first_month, feed, role, profile_key",
            [person_id],
        )

    def places(self, keys: list[int]) -> dict[int, list[tuple[str, Place]]]:
        """The rows that carry descriptions, by key: (month, place), over the months up to this one."""
        found: dict[int, list[tuple[str, Place]]] = {}
        self.con.execute("CREATE OR REPLACE TEMP TABLE asked_keys (profile_key UBIGINT)")
        self.con.executemany("INSERT INTO asked_keys VALUES (?)", [(key,) for key in keys])
        feeds = self.rows(
            "SELECT DISTINCT feed FROM profiles SEMI JOIN asked_keys USING (profile_key) ORDER BY feed"
        )
        for feed in [str(row["feed"]) for row in feeds]:
            for text in self.lake.months("records", feed=feed):
                if text > str(self.month):
                    continue
                folder = quoted(self.lake.partition("records", feed=feed, month=text))
                for key, file, sheet, row, role in self.con.execute(
                    f"""SELECT profile_key, file, sheet, "row", role
                    FROM read_parquet('{folder}/*.parquet', hive_partitioning = false)
                    SEMI JOIN asked_keys USING (profile_key) ORDER BY ALL"""
                ).fetchall():
                    found.setdefault(key, []).append((text, Place(feed, file, sheet or "", row, role)))
        return {key: sorted(places, key=lambda one: (one[0], str(one[1]))) for key, places in found.items()}

    def events(self, person_id: str) -> list[dict[str, Any]]:
        """What happened to an id, month by month: each event with its ``month``."""
        found = []
        for text in self.lake.months("events"):
            if text > str(self.month):
                continue
            folder = quoted(self.lake.partition("events", month=text))
            for event in self.rows(
                f"""SELECT * FROM read_parquet('{folder}/*.parquet') WHERE person_id = ? OR other_id = ?
                ORDER BY kind = 'mint' DESC, kind, reason, event_id""",
                [person_id, person_id],
            ):
                found.append({**event, "month": text})
        return found

    def decisions(self, person_ids: list[str], keys: list[int]) -> list[dict[str, Any]]:
        """What people decided of these persons and descriptions, in the order in which it was said."""
        names = [*person_ids, *(str(key) for key in keys)]
        found: list[dict[str, Any]] = []
        for text in self.lake.months("decisions"):
            if text > str(self.month):
                continue
            folder = quoted(self.lake.partition("decisions", month=text))
            found += self.rows(
                f"""SELECT CAST("left" AS VARCHAR) AS "left", CAST("right" AS VARCHAR) AS "right", verdict,
                    CAST("by" AS VARCHAR) AS "by", CAST("on" AS VARCHAR) AS "on", CAST(source AS VARCHAR) AS source
                FROM read_parquet('{folder}/*.parquet', union_by_name = true)
                WHERE list_contains(?, CAST("left" AS VARCHAR)) OR list_contains(?, CAST("right" AS VARCHAR))""",
                [names, names],
            )
        return sorted(found, key=lambda one: (one["on"] or "", one["left"], one["right"]))

    def rows(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        """A query's rows as dictionaries."""
        cursor = self.con.execute(query, values or [])
        columns = [column[0] for column in cursor.description or []]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]

    def one(self, query: str, values: list[Any]) -> dict[str, Any]:
        """The first row of a query; empty when there is none."""
        found = self.rows(query, values)
        return found[0] if found else {}

    def _at(self, place: Place) -> int:
        for text in reversed(
            [text for text in self.lake.months("records", feed=place.feed) if text <= str(self.month)]
        ):
            folder = quoted(self.lake.partition("records", feed=place.feed, month=text))
            found = self.one(
                f"""SELECT profile_key FROM read_parquet('{folder}/*.parquet', hive_partitioning = false)
                WHERE file = ? AND coalesce(sheet, '') = ? AND "row" = ? AND role = ?""",
                [place.file, place.sheet, place.row, place.role],
            )
            if found:
                return int(found["profile_key"])
        raise self._unknown()

    def _unknown(self) -> Refused:
        return Refused(
            f"the registry of {self.month} does not know what was asked for.",
            next_step="look at the spelling and the month; a row is counted as a spreadsheet shows it.",
        )
