"""What stands on the two sides of a card, gathered from the registry: descriptions, months, who lives there.

A side is the card's own description and those of the same name that the same valid id or the same agency's
number holds to it: what is sure by itself, and never what the model joined. Both sides are made alike, so a
card does not tell which of the two was looking for the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import duckdb

from linkage.records import BESIDE
from warehouse.database import quoted
from warehouse.lake import Lake
from warehouse.months import Month

_FIELDS = (
    "feed", "role", "name", "name_raw", "id_no", "id_kind", "id_seen", "sex", "birth_date", "birth_precision",
    "birth_source", "ethnicity", "township", "village", "household_key", "agency_key", "phone", "relation", "of",
    "first_month", "last_month",
)  # fmt: skip
LEFT, RIGHT = "left", "right"
# Names beside a card that may help; more are no help.
_NAMES_BESIDE = 8


@dataclass
class Side:
    """One side of a card: its descriptions (the card's own first) and the names of who stands beside."""

    descriptions: list[dict[str, Any]] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)

    def values(self, column: str) -> list[Any]:
        """The distinct values of a column, the card's own description's first."""
        found = [one[column] for one in self.descriptions if one[column] is not None]
        return list(dict.fromkeys(found))


def read_sides(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake) -> dict[str, tuple[Side, Side]]:
    """Both sides of every row of ``cards``, by card_id: (left, right). Reads the view ``described``."""
    _gather(con)
    _beside(con, month, lake)
    sides: dict[str, tuple[Side, Side]] = {}
    for card_id, side, one in _descriptions(con):
        pair = sides.setdefault(card_id, (Side(), Side()))
        pair[side == RIGHT].descriptions.append(one)
    for card_id, side, names in con.execute(
        "SELECT card_id, side, names FROM names_beside ORDER BY card_id, side"
    ).fetchall():
        sides[card_id][side == RIGHT].beside.extend(names[:_NAMES_BESIDE])
    return sides


def _gather(con: duckdb.DuckDBPyConnection) -> None:
    columns = ", ".join(f'other."{name}"' for name in _FIELDS)
    con.execute("""
        CREATE OR REPLACE TEMP TABLE seeds AS
        SELECT card_id, 'left' AS side, left_key AS profile_key FROM cards
        UNION ALL SELECT card_id, 'right', right_key FROM cards""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE concerned AS
        WITH own AS (SELECT person_id FROM described WHERE profile_key IN (SELECT profile_key FROM seeds))
        SELECT * FROM described WHERE person_id IN (SELECT person_id FROM own)""")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE shown AS
        SELECT seeds.card_id, seeds.side, other.profile_key, other.person_id, {columns},
            other.profile_key = own.profile_key AS is_own
        FROM seeds
        JOIN concerned AS own USING (profile_key)
        JOIN concerned AS other ON other.person_id = own.person_id AND (
            other.profile_key = own.profile_key
            OR (coalesce(other.name_family, other.name) = coalesce(own.name_family, own.name)
                AND (other.id_no = own.id_no OR other.agency_key = own.agency_key)))
        -- what would stand on both sides stands where it is the card's own, else on the right
        QUALIFY row_number() OVER (PARTITION BY seeds.card_id, other.profile_key
            ORDER BY is_own DESC, seeds.side DESC) = 1""")


def _beside(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake) -> None:
    """Make ``names_beside``: other names of the same household number, house or row."""
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE hearths AS
        SELECT DISTINCT card_id, side, household_key FROM shown
        WHERE household_key IS NOT NULL AND NOT starts_with(household_key, '{BESIDE}')""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE at_hearth AS
        SELECT DISTINCT household_key, name FROM described
        WHERE household_key IN (SELECT household_key FROM hearths) AND name IS NOT NULL AND grade <> 'review'""")
    con.execute("CREATE OR REPLACE TEMP TABLE on_row (profile_key UBIGINT, name VARCHAR)")
    feeds = con.execute("SELECT DISTINCT feed FROM shown ORDER BY feed").fetchall()
    for feed in {str(row[0]) for row in feeds} & set(lake.feeds("records", str(month))):
        folder = quoted(lake.partition("records", feed=feed, month=str(month)))
        records = f"read_parquet('{folder}/*.parquet', hive_partitioning = false)"
        con.execute(f"""
            INSERT INTO on_row
            WITH places AS (
                SELECT file, sheet, "row", profile_key FROM {records}
                WHERE profile_key IN (SELECT profile_key FROM shown)
            )
            SELECT DISTINCT places.profile_key, described.name
            FROM places JOIN {records} AS others USING (file, sheet, "row")
            JOIN described ON described.profile_key = others.profile_key
            WHERE others.profile_key <> places.profile_key AND described.name IS NOT NULL""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE names_beside AS
        WITH own AS (SELECT DISTINCT card_id, name FROM shown WHERE name IS NOT NULL),
        every AS (
            SELECT card_id, side, name FROM hearths JOIN at_hearth USING (household_key)
            UNION SELECT card_id, side, on_row.name FROM shown JOIN on_row USING (profile_key)
        )
        SELECT card_id, side, list(name ORDER BY name) AS names
        FROM every ANTI JOIN own USING (card_id, name) GROUP BY card_id, side""")


def _descriptions(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str, dict[str, Any]]]:
    columns = ", ".join(f'"{name}"' for name in _FIELDS)
    cursor = con.execute(f"""
        SELECT card_id, side, {columns} FROM shown
        ORDER BY card_id, side, is_own DESC, last_month DESC, feed, role, profile_key""")
    while rows := cursor.fetchmany(5000):
        for card_id, side, *values in rows:
            yield card_id, side, dict(zip(_FIELDS, values, strict=True))
