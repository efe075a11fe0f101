"""What the month brings and what is known already: ``seen``, ``old``, ``known``, ``fresh``, ``described``."""

from __future__ import annotations

import duckdb

from linkage import rules
from linkage.records import BESIDE, HOME, PROFILES
from warehouse.database import quoted
from warehouse.lake import Lake
from warehouse.months import Month

# What the registry keeps of a profile beside its description.
KEPT = {
    "person_id": "VARCHAR",
    "grade": "VARCHAR",
    "rule": "VARCHAR",
    "match_weight": "DOUBLE",
    "first_month": "VARCHAR",
    "last_month": "VARCHAR",
}
# Fewer digits than this say too little to hold two descriptions together.
_DIGITS_THAT_TELL = 12
# "X's son", "X's wife": the name that stands there is another person's. It is kept behind this mark, so that
# it fits the same words in another feed, and nobody's own name.
NAMED_AFTER = "※"
_SAYS_WHOSE = "之(子|女|儿|妻|夫|父|母|孙|孙女|媳)$"
_NUMBER_ONLY = (
    f"CASE WHEN NOT starts_with(household_key, '{HOME}') AND NOT starts_with(household_key, '{BESIDE}') "
    "THEN household_key END AS household_key"
)


def borrowed_id(rule: str) -> str:
    """SQL for ``REPLACE``: an id that is another person's, and what only it tells, speaks for nobody."""
    is_borrowed = f"{rule} = '{rules.SETTLED_ELSEWHERE.rule_id}'"
    only_told = f"{is_borrowed} AND birth_source = 'id'"
    return f"""CASE WHEN {is_borrowed} THEN NULL ELSE id_no END AS id_no,
        CASE WHEN {only_told} THEN NULL ELSE birth_date END AS birth_date,
        CASE WHEN {only_told} THEN NULL ELSE sex END AS sex"""


_COLUMNS = ", ".join(f'"{name}"' for name in PROFILES)


def read_month(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake) -> None:
    """Make ``seen``: every distinct profile of the month, over all feeds."""
    files = [
        str(lake.partition("profiles", feed=feed, month=str(month)) / "*.parquet")
        for feed in lake.feeds("profiles", str(month))
    ]
    if not files:
        columns = ", ".join(f'CAST(NULL AS {kind}) AS "{name}"' for name, kind in PROFILES.items())
        con.execute(f"CREATE OR REPLACE TEMP TABLE seen AS SELECT {columns} WHERE FALSE")
        return
    listed = ", ".join(f"'{quoted(name)}'" for name in files)
    # The one key may stand in two files only when a feed's folder was delivered in parts: take it once.
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE seen AS
        SELECT {_COLUMNS} FROM (
            SELECT * REPLACE (
                CASE WHEN is_borrowed THEN '{NAMED_AFTER}' || regexp_replace(name_raw, '{_SAYS_WHOSE}', '')
                    ELSE name END AS name,
                CASE WHEN is_borrowed THEN NULL ELSE name_family END AS name_family,
                CASE WHEN is_borrowed THEN NULL ELSE name_pinyin END AS name_pinyin)
            FROM (SELECT *, coalesce(regexp_matches(name_raw, '{_SAYS_WHOSE}'), FALSE) AS is_borrowed
                  FROM read_parquet([{listed}], hive_partitioning = false)))
        QUALIFY row_number() OVER (PARTITION BY profile_key ORDER BY feed, role) = 1""")


def read_registry(con: duckdb.DuckDBPyConnection, before: Month | None, lake: Lake) -> None:
    """Make ``old`` (the registry's profiles) and ``old_persons``; both empty when there is no month before."""
    if before is None:
        columns = ", ".join(
            f'CAST(NULL AS {kind}) AS "{name}"' for name, kind in {**PROFILES, **KEPT}.items()
        )
        con.execute(f"CREATE OR REPLACE TEMP TABLE old AS SELECT {columns} WHERE FALSE")
        con.execute("""
            CREATE OR REPLACE TEMP TABLE old_persons AS
            SELECT CAST(NULL AS VARCHAR) AS person_id, CAST(NULL AS VARCHAR) AS first_month,
                CAST(NULL AS VARCHAR) AS id_no WHERE FALSE""")
        return
    folder = quoted(lake.partition("registry", month=str(before)))
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE old AS SELECT * FROM read_parquet('{folder}/profiles.parquet')"
    )
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE old_persons AS
        SELECT person_id, first_month, id_no FROM read_parquet('{folder}/persons.parquet')""")


def split_known(con: duckdb.DuckDBPyConnection, phone_holders: int) -> None:
    """Part the month's profiles into those known from before and ``fresh`` ones, and describe both alike.

    ``described`` (fresh) and ``known`` (old, not for review) have beside the profile's columns:
    ``own_birth`` and ``own_sex`` (the row's own, never taken from an id that may be another's),
    ``damaged_id`` (text of an id that does not hold but still tells), ``standing`` (relation to the head),
    ``home`` (the house of the address), ``household_key`` only where it is an agency's number, and ``phone`` only
    where few bear it and it is not the row's own person's, as beside a head's name.
    """
    con.execute("""
        CREATE OR REPLACE TEMP TABLE fresh AS
        SELECT seen.* FROM seen ANTI JOIN old USING (profile_key)""")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE shared_phones AS
        SELECT phone FROM (
            SELECT phone, name FROM old WHERE phone IS NOT NULL
            UNION SELECT phone, name FROM fresh WHERE phone IS NOT NULL)
        GROUP BY phone HAVING count(DISTINCT name) > {phone_holders}""")
    derived = f"""
        CASE WHEN birth_source IN ('column', 'age') THEN birth_date END AS own_birth,
        CASE WHEN starts_with(household_key, '{HOME}') THEN household_key END AS home,
        CASE WHEN id_kind IN ('invalid', 'excel15', 'masked', 'several')
            AND length(regexp_replace(id_seen, '[^0-9X]', '', 'g')) >= {_DIGITS_THAT_TELL}
            THEN id_seen END AS damaged_id,
        CASE WHEN role = 'head' OR relation = '01' THEN '02' ELSE relation END AS standing"""
    con.execute(f"""
        CREATE OR REPLACE TEMP VIEW described AS
        SELECT fresh.* REPLACE ({_NUMBER_ONLY}, CASE WHEN fresh.role = 'head' OR fresh.phone IN (SELECT phone FROM shared_phones) THEN NULL
            ELSE fresh.phone END AS phone), {derived} FROM fresh""")
    con.execute(f"""
        CREATE OR REPLACE TEMP VIEW known AS
        SELECT old.* REPLACE ({_NUMBER_ONLY}, {borrowed_id("old.rule")}, CASE WHEN old.role = 'head' OR old.phone IN (SELECT phone FROM shared_phones) THEN NULL
            ELSE old.phone END AS phone), {derived} FROM old""")
