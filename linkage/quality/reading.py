"""What is measured: the month's descriptions with their person, grade, rule, groups and rows."""

from __future__ import annotations

from itertools import pairwise

import duckdb

from linkage.quality.limits import QualityLimits
from linkage.reading import BORROWED, KEPT, NAMED_AFTER
from linkage.records import PROFILES
from warehouse.database import quoted
from warehouse.errors import HistoryMissing
from warehouse.lake import Lake
from warehouse.months import Month

# By what the rates are told: each is a column of ``linked``.
GROUPS = ("feed", "township", "sex", "age_band", "name_system")
UNKNOWN = "unknown"
# What a stratum ends with where its descriptions bear no name of their own.
NAMELESS = "/nameless"


def read_links(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake, limits: QualityLimits) -> None:
    """Make ``everyone`` (the registry's profiles), ``people`` (its persons with ``size``, their descriptions
    that are not for review) and ``linked``, one row per description of the month.

    ``linked`` has ``profile_key, person_id, grade`` (certain: joined to somebody; new: first of a person;
    review)``, rule`` (the one that decided it, in whichever month)``, match_weight, rows``, the columns of
    ``GROUPS``, ``role``, ``stratum`` (feed, role and whether it bears a name), ``basis`` (``id``: shows the
    valid id that is the person's; ``rest``) and ``is_loose`` (its person has no valid id at all).
    ``HistoryMissing`` when the month is not linked.
    """
    if str(month) not in lake.months("registry") or not lake.feeds("records", str(month)):
        raise HistoryMissing(f"{month} is not linked.", next_step=f"run doudi link --month {month} first.")
    folder = quoted(lake.partition("registry", month=str(month)))
    columns = ", ".join(f'"{name}"' for name in {**PROFILES, **KEPT})
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE everyone AS
        SELECT {columns} FROM read_parquet('{folder}/profiles.parquet', hive_partitioning = false)""")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE people AS
        SELECT persons.person_id, persons.first_month, persons.id_no, persons.sex, persons.birth_date,
            persons.township, persons.name_system, coalesce(sized.size, 0) AS size
        FROM read_parquet('{folder}/persons.parquet', hive_partitioning = false) AS persons
        LEFT JOIN (SELECT person_id, count(*) AS size FROM everyone WHERE grade <> 'review' GROUP BY person_id) AS sized
            USING (person_id)""")
    con.execute("CREATE OR REPLACE TEMP TABLE counted_rows (profile_key UBIGINT, rows BIGINT)")
    for feed in lake.feeds("records", str(month)):
        con.execute(f"""
            INSERT INTO counted_rows
            SELECT profile_key, count(*) FROM {records_of(feed, month, lake)} GROUP BY profile_key""")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE linked AS
        SELECT told.profile_key, told.person_id, told.grade, told.rule, told.match_weight, told.role,
            CAST(sum(counted_rows.rows) AS BIGINT) AS rows, told.feed,
            coalesce(any_value(told.township), any_value(people.township), '{UNKNOWN}') AS township,
            coalesce(any_value(told.sex), any_value(people.sex), '{UNKNOWN}') AS sex,
            {_age_band("coalesce(any_value(told.birth_date), any_value(people.birth_date))", month, limits)} AS age_band,
            coalesce(any_value(told.name_system), '{UNKNOWN}') AS name_system,
            told.feed || '/' || told.role || CASE WHEN any_value(told.name) IS NULL
                OR starts_with(any_value(told.name), '{NAMED_AFTER}') THEN '{NAMELESS}' ELSE '' END AS stratum,
            CASE WHEN any_value(told.id_no) = any_value(people.id_no) AND told.rule NOT IN {BORROWED}
                THEN 'id' ELSE 'rest' END AS basis,
            any_value(people.id_no) IS NULL AS is_loose
        FROM everyone AS told JOIN counted_rows USING (profile_key) JOIN people USING (person_id)
        GROUP BY told.profile_key, told.person_id, told.grade, told.rule, told.match_weight, told.role, told.feed""")


def records_of(feed: str, month: Month, lake: Lake) -> str:
    """The relation of one feed's ``records`` of a month."""
    folder = quoted(lake.partition("records", feed=feed, month=str(month)))
    return f"read_parquet('{folder}/*.parquet', hive_partitioning = false)"


def hash_order(column: str, purpose: str) -> str:
    """SQL for an order by hash: the same in every run, another for every purpose."""
    return f"md5_number_lower(CAST({column} AS VARCHAR) || '{purpose}'), {column}"


def _age_band(birth: str, month: Month, limits: QualityLimits) -> str:
    age = f"{month.year} - year({birth})"
    edges = limits.age_bands
    whens = [f"WHEN {birth} IS NULL THEN '{UNKNOWN}'"]
    for low, high in pairwise(edges):
        whens.append(f"WHEN {age} < {high} THEN '{low}-{high - 1}'")
    return f"CASE {' '.join(whens)} ELSE '{edges[-1]}+' END"
