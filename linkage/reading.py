"""What the month brings and what is known already: ``seen``, ``old``, ``known``, ``fresh``, ``described``."""

from __future__ import annotations

from pathlib import Path

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


# Under these rules a settled description shows an id that is another person's.
BORROWED = (
    f"('{rules.SETTLED_ELSEWHERE.rule_id}', '{rules.OWN_PERSON.rule_id}', '{rules.SLIP.rule_id}', "
    f"'{rules.HOUSEMATE.rule_id}')"
)


_OWN_ID = f"grade <> 'review' AND rule NOT IN {BORROWED}"


def borrowed_id(rule: str) -> str:
    """SQL for ``REPLACE``: an id that is another person's, and what only it tells, speaks for nobody."""
    is_borrowed = f"{rule} IN {BORROWED}"
    only_told = f"{is_borrowed} AND birth_source = 'id'"
    return f"""CASE WHEN {is_borrowed} THEN NULL ELSE id_no END AS id_no,
        CASE WHEN {only_told} THEN NULL ELSE birth_date END AS birth_date,
        CASE WHEN {only_told} THEN NULL ELSE sex END AS sex"""


_COLUMNS = ", ".join(f'"{name}"' for name in PROFILES)


def _nothing(columns: dict[str, str]) -> str:
    """SQL of an empty relation: what was written before a column came is read as if the column were NULL."""
    listed = ", ".join(f'CAST(NULL AS {kind}) AS "{name}"' for name, kind in columns.items())
    return f"(SELECT {listed} WHERE FALSE)"


def read_month(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake) -> None:
    """Make ``seen``: every distinct profile of the month, over all feeds."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE seen AS {_month_sql(month, lake)}")
    if _is_repeated(con, "seen"):
        con.execute(f"CREATE OR REPLACE TEMP TABLE seen AS {_once('seen')}")


def open_month(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake) -> None:
    """Make ``seen(profile_key, feed, role, id_no)`` of the month's profiles, and ``month_told``: their whole descriptions.

    Of most descriptions of a later month only the key is looked at, for they are known: the rest stays in the files.
    """
    con.execute(f"CREATE OR REPLACE TEMP VIEW month_told AS {_month_sql(month, lake)}")
    told = "SELECT profile_key, feed, role, id_no FROM month_told"
    con.execute(f"CREATE OR REPLACE TEMP TABLE seen AS {told}")
    if _is_repeated(con, "seen"):
        con.execute(f"CREATE OR REPLACE TEMP TABLE month_once AS {_once('month_told')}")
        con.execute("CREATE OR REPLACE TEMP VIEW month_told AS FROM month_once")
        con.execute(f"CREATE OR REPLACE TEMP TABLE seen AS {told}")


def _is_repeated(con: duckdb.DuckDBPyConnection, relation: str) -> bool:
    # The one key may stand in two files only when a feed's folder was delivered in parts: it is taken once.
    found = con.execute(f"SELECT count(*) > count(DISTINCT profile_key) FROM {relation}").fetchone()
    return found == (True,)


def _once(relation: str) -> str:
    return f"FROM {relation} QUALIFY row_number() OVER (PARTITION BY profile_key ORDER BY feed, role) = 1"


def _month_sql(month: Month, lake: Lake) -> str:
    """SQL of the month's profiles as they stand in the lake, over all feeds; a name that says whose it is, is marked."""
    files = [
        str(lake.partition("profiles", feed=feed, month=str(month)) / "*.parquet")
        for feed in lake.feeds("profiles", str(month))
    ]
    if not files:
        return f"FROM {_nothing(PROFILES)}"
    listed = ", ".join(f"'{quoted(name)}'" for name in files)
    return f"""
        SELECT {_COLUMNS} FROM (
            SELECT * REPLACE (
                CASE WHEN is_borrowed THEN '{NAMED_AFTER}' || regexp_replace(name_raw, '{_SAYS_WHOSE}', '')
                    ELSE name END AS name,
                CASE WHEN is_borrowed THEN NULL ELSE name_family END AS name_family,
                CASE WHEN is_borrowed THEN NULL ELSE name_pinyin END AS name_pinyin)
            FROM (SELECT *, coalesce(contains(name_raw, '之') AND regexp_matches(name_raw, '{_SAYS_WHOSE}'), FALSE)
                        AS is_borrowed
                  FROM (FROM {_nothing(PROFILES)} UNION ALL BY NAME
                        FROM read_parquet([{listed}], hive_partitioning = false, union_by_name = true))))"""


# What the registry remembers beside its persons and profiles: name frequencies as they were frozen, who stood beside
# an open description, pairs of persons near the merge line, and what was flagged and still holds.
STATE = {
    "frequencies": {"name_term": "VARCHAR", "tf_name_term": "DOUBLE"},
    "beside": {"profile_key": "UBIGINT", "own_key": "UBIGINT"},
    "near": {
        "person_id": "VARCHAR",
        "other_id": "VARCHAR",
        "match_weight": "DOUBLE",
        "fields_seen": "VARCHAR",
        "is_guarded": "BOOLEAN",
        "fault": "VARCHAR",
    },
    "doubts": {
        "reason": "VARCHAR",
        "person_id": "VARCHAR",
        "other_id": "VARCHAR",
        "profile_key": "UBIGINT",
        "match_weight": "DOUBLE",
        "fields_seen": "VARCHAR",
        "since": "VARCHAR",
    },
}


def read_registry(con: duckdb.DuckDBPyConnection, before: Month | None, lake: Lake) -> None:
    """Make ``old`` (the registry's profiles), ``known_before`` (their links as published) and ``old_<state>``.

    All are empty when there is no month before; a state that an older registry lacks is empty as well.
    """
    folder = lake.partition("registry", month=str(before)) if before else None
    _read(con, "old", {**PROFILES, **KEPT}, folder / "profiles.parquet" if folder else None)
    for state, columns in STATE.items():
        _read(con, f"old_{state}", columns, folder / f"{state}.parquet" if folder else None)
    con.execute("""
        CREATE OR REPLACE TEMP TABLE known_before AS
        SELECT profile_key, person_id, grade, rule, first_month, last_month FROM old""")
    gather_persons(con)


def _read(con: duckdb.DuckDBPyConnection, table: str, columns: dict[str, str], path: Path | None) -> None:
    listed = ", ".join(f'"{name}"' for name in columns)
    found = f"UNION ALL BY NAME FROM read_parquet('{quoted(path)}')" if path and path.exists() else ""
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT {listed} FROM (FROM {_nothing(columns)} {found})"
    )


def gather_persons(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``old_persons(person_id, first_month, id_no)`` from ``old``: the id that its settled profiles show; and the
    empty ``persons_touched(person_id)``, for whoever changes ``old``."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE old_persons AS {_persons_sql('old')}")
    con.execute("CREATE OR REPLACE TEMP TABLE persons_touched (person_id VARCHAR)")


def gather_touched(con: duckdb.DuckDBPyConnection) -> None:
    """Gather anew those of ``old_persons`` who are in ``persons_touched``, and empty that."""
    con.execute("DELETE FROM old_persons WHERE person_id IN (SELECT person_id FROM persons_touched)")
    touched = "(SELECT * FROM old WHERE person_id IN (SELECT person_id FROM persons_touched))"
    con.execute(f"INSERT INTO old_persons {_persons_sql(touched)}")
    con.execute("DELETE FROM persons_touched")


def _persons_sql(profiles: str) -> str:
    # An ordered mode sorts every person's rows; nearly all show one id, and only the others' are counted.
    return f"""
        WITH shown AS (
            SELECT person_id, min(first_month) AS first_month, min(id_no) FILTER ({_OWN_ID}) AS id_no,
                max(id_no) FILTER ({_OWN_ID}) AS other_id
            FROM {profiles} GROUP BY person_id
        ),
        mixed AS (
            SELECT person_id, mode(id_no ORDER BY id_no) FILTER ({_OWN_ID}) AS id_no FROM {profiles}
            WHERE person_id IN (SELECT person_id FROM shown WHERE id_no <> other_id) GROUP BY person_id
        )
        SELECT person_id, first_month, coalesce(mixed.id_no, shown.id_no) AS id_no
        FROM shown LEFT JOIN mixed USING (person_id)"""


def split_known(con: duckdb.DuckDBPyConnection, phone_holders: int) -> None:
    """Part the month's profiles into those known from before and ``fresh`` ones, and describe both alike."""
    con.execute("""
        CREATE OR REPLACE TEMP TABLE fresh AS
        SELECT seen.* FROM seen ANTI JOIN old USING (profile_key)""")
    find_shared_phones(con, phone_holders)
    describe_all(con)


def read_fresh(con: duckdb.DuckDBPyConnection, told: str = "month_told") -> None:
    """Make ``fresh``: of the descriptions ``told``, those never seen before, and those that a decision of people opened
    (``unsettled``)."""
    columns = ", ".join(f'"{name}"' for name in PROFILES)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE fresh AS
        SELECT {columns} FROM {told} WHERE profile_key NOT IN (SELECT profile_key FROM known_before)
        UNION ALL SELECT {columns} FROM unsettled""")


def find_shared_phones(con: duckdb.DuckDBPyConnection, phone_holders: int) -> None:
    """Make ``shared_phones``: phones that more different names bear than the policy allows, over all profiles;
    and ``newly_shared``, those that were not shared before this month."""
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE shared_phones AS
        SELECT phone FROM (
            SELECT phone, name FROM old WHERE phone IS NOT NULL
            UNION SELECT phone, name FROM fresh WHERE phone IS NOT NULL)
        GROUP BY phone HAVING count(DISTINCT name) > {phone_holders}""")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE newly_shared AS
        SELECT phone FROM shared_phones EXCEPT
        SELECT phone FROM old GROUP BY phone HAVING count(DISTINCT name) > {phone_holders}""")


def describe_all(con: duckdb.DuckDBPyConnection) -> None:
    """Make the tables over ``fresh`` (what is to be linked now) and ``old`` (what is settled or left as it is).

    ``described`` (fresh) and ``known`` (old) have beside the profile's columns:
    ``own_birth`` and ``own_sex`` (the row's own, never taken from an id that may be another's),
    ``damaged_id`` (text of an id that does not hold but still tells), ``standing`` (relation to the head),
    ``home`` (the house of the address), ``household_key`` only where it is an agency's number, and ``phone`` only
    where few bear it and it is not the row's own person's, as beside a head's name.
    """
    describe_fresh(con)
    describe_known(con)


def describe_known(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``known`` anew, as ``describe_all`` does."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE known AS {known_sql('old')}")


def describe_fresh(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``described`` anew, as ``describe_all`` does."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE described AS {described_sql('fresh')}")


def known_sql(table: str) -> str:
    """SQL of a table of the registry's profiles as they speak; a borrowed id speaks for nobody."""
    return described_sql(table, borrowed_id("told.rule") + ",")


def described_sql(table: str, replaced: str = "") -> str:
    """SQL of a table of profiles as they speak; ``replaced`` are further columns for ``REPLACE``, with a comma."""
    return f"""
        SELECT told.* REPLACE ({_NUMBER_ONLY}, {replaced}
            CASE WHEN told.role = 'head' OR told.phone IN (SELECT phone FROM shared_phones) THEN NULL
                ELSE told.phone END AS phone),
            CASE WHEN birth_source IN ('column', 'age') THEN birth_date END AS own_birth,
            CASE WHEN starts_with(household_key, '{HOME}') THEN household_key END AS home,
            CASE WHEN id_kind IN ('invalid', 'excel15', 'masked', 'several')
                AND length(regexp_replace(id_seen, '[^0-9X]', '', 'g')) >= {_DIGITS_THAT_TELL}
                THEN id_seen END AS damaged_id,
            CASE WHEN role = 'head' OR relation = '01' THEN '02' ELSE relation END AS standing
        FROM {table} AS told"""


def read_beside(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake) -> None:
    """Make ``beside_told(profile_key, own_key)``: relatives' profiles and those of the month's rows' own persons."""
    con.execute("CREATE OR REPLACE TEMP TABLE beside_told (profile_key UBIGINT, own_key UBIGINT)")
    feeds = con.execute("SELECT DISTINCT feed FROM seen WHERE role <> 'self' ORDER BY feed").fetchall()
    for (feed,) in feeds:
        folder = quoted(lake.partition("records", feed=feed, month=str(month)))
        records = f"read_parquet('{folder}/*.parquet', hive_partitioning = false)"
        con.execute(f"""
            INSERT INTO beside_told
            SELECT DISTINCT told.profile_key, own.profile_key
            FROM {records} AS told JOIN {records} AS own USING (file, sheet, "row")
            WHERE told.role <> 'self' AND own.role = 'self'""")
