"""Every warning ever sent: answered, waiting or overdue on a day. As tables of a DuckDB in memory.

What is counted is a *round*: a warning from the first list on which it stood to the answer that settled it. The lists
after that, as long as nothing settles it, belong to the same round; when its evidence changed after it was settled, the
next list begins another; so does a list on which it stands for a second look (复查). So each round is in exactly one state, and sums over whatever add up.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse.database import quoted
from warehouse.followed import make_followed
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.release.sent import files_as_sql, sent_files
from warehouse.returns import dispositions
from warehouse.returns.same_evidence import is_same_evidence

ANSWERED, WAITING, OVERDUE = "已答复", "待答复", "逾期"
# How a round that is not open any more was ended.
CHECKED, WITHDRAWN, ALONG = "核查", "撤回", "随同事项了结"
COLUMNS = (
    "warning_id", "round", "rule_id", "title", "person_id", "household_id", "township", "village", "grade",
    "listed_month", "last_listed_month", "lists", "clock", "due_on", "state", "ended_by", "result", "answered_on",
    "days_late", "unsettled_answers", "second_look_of", "as_of",
)  # fmt: skip


def make_tracking(
    con: duckdb.DuckDBPyConnection, month: Month, on: date, *, lake: Lake, policy: Policy
) -> None:
    """Make ``tracking`` (columns of ``COLUMNS``): every round of every warning on a list up to the month, on a day.

    Only what had come in by that day is an answer. A round that was taken off its last list by a supplement was ended by
    the office itself; one of an earlier month that the month's warehouse no longer holds for open, and nobody answered,
    was settled along with another matter of the house or of the person into whom its own was merged. Who was merged
    stands under the id that lives on in the month.
    """
    _words(con, "settling", policy.words("answers_that_settle"))
    _words(con, "refuting", policy.words("answers_that_refute"))
    _listings(con, sent_files(lake, until=month))
    _answers(con, dispositions.files(lake, until=month), on)
    _rounds(con)
    _still_open(con, month, lake)
    make_followed(con, lake, month)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE tracking AS
        WITH judged AS (
            SELECT rounds.*, settled.result, settled.checked_on AS answered_on,
                CASE WHEN settled.warning_id IS NOT NULL THEN '{CHECKED}'
                    WHEN rounds.is_withdrawn THEN '{WITHDRAWN}'
                    WHEN known.is_known AND rounds.listed_month < '{month}' AND rounds.last_listed_month < '{month}'
                        AND still_open.warning_id IS NULL THEN '{ALONG}' END AS ended_by,
                coalesce(tried.unsettled_answers, 0) AS unsettled_answers
            FROM rounds
            CROSS JOIN known
            LEFT JOIN settled USING (warning_id, round)
            LEFT JOIN tried USING (warning_id, round)
            LEFT JOIN still_open USING (warning_id)
        )
        SELECT warning_id, round, rule_id, title, coalesce(followed.person_id, judged.person_id) AS person_id, household_id, township, village, grade,
            listed_month, last_listed_month, lists, clock, due_on,
            CASE WHEN ended_by IS NOT NULL THEN '{ANSWERED}' WHEN due_on < DATE '{on}' THEN '{OVERDUE}'
                ELSE '{WAITING}' END AS state,
            coalesce(ended_by, '') AS ended_by, result, answered_on,
            CASE WHEN ended_by = '{CHECKED}' THEN greatest(date_diff('day', due_on, answered_on), 0)
                WHEN ended_by IS NULL THEN greatest(date_diff('day', due_on, DATE '{on}'), 0) END AS days_late,
            unsettled_answers, second_look_of, DATE '{on}' AS as_of
        FROM judged LEFT JOIN followed ON followed.old_id = judged.person_id
        ORDER BY listed_month, township, rule_id, warning_id, round""")


def _words(con: duckdb.DuckDBPyConnection, name: str, words: Sequence[str]) -> None:
    con.register(f"{name}_words", pa.table({"result": pa.array(list(words), pa.string())}))
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS FROM {name}_words")


def _listings(con: duckdb.DuckDBPyConnection, files: list[tuple[str, Path]]) -> None:
    """``listings``: a row per warning and month, as it stood on the newest version that had it."""
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE listings AS
        WITH every AS (SELECT *, max(version) OVER (PARTITION BY month) AS newest FROM {files_as_sql(files)})
        SELECT * EXCLUDE (newest, name_checks, feeds), version < newest AS is_withdrawn,
            lag(month) OVER (PARTITION BY warning_id ORDER BY month) AS previous,
            lag(second_look_of) OVER (PARTITION BY warning_id ORDER BY month) AS looked_at_before
        FROM every
        QUALIFY row_number() OVER (PARTITION BY warning_id, month ORDER BY version DESC) = 1""")


def _answers(con: duckdb.DuckDBPyConnection, files: list[tuple[str, Path]], on: date) -> None:
    """``given``: every answer that was in by the day, with what stood on the list that it answers."""
    dispositions.view(con, files)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE given AS
        SELECT told.warning_id, told.list_month, told.result, told.checked_on, told.sha256, told."row",
            settling.result IS NOT NULL AS is_settling, refuting.result IS NOT NULL AS is_refuting,
            listings.fingerprint, listings.standing
        FROM {dispositions.TABLE} AS told
        LEFT JOIN settling USING (result)
        LEFT JOIN refuting USING (result)
        LEFT JOIN listings ON listings.warning_id = told.warning_id AND listings.month = told.list_month
        WHERE coalesce(told.received_on, told.checked_on) <= DATE '{on}'""")


def _rounds(con: duckdb.DuckDBPyConnection) -> None:
    """``rounds`` with their first and last list; ``settled``: the answer that ended one; ``tried``: those that did not.

    An answer ends every list up to its own, and a later one that shows what it was given on (``is_same_evidence``).
    """
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE numbered AS
        WITH begun AS (
            SELECT listings.*, listings.previous IS NULL
                OR (second_look_of IS NOT NULL AND second_look_of IS DISTINCT FROM looked_at_before) OR EXISTS (
                FROM given WHERE given.warning_id = listings.warning_id AND given.is_settling
                    AND given.list_month >= listings.previous AND given.list_month < listings.month
                    AND NOT {is_same_evidence("listings", "given")}) AS is_first
            FROM listings
        )
        SELECT *, CAST(count(*) FILTER (is_first) OVER (PARTITION BY warning_id ORDER BY month) AS INTEGER) AS round
        FROM begun""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE rounds AS
        SELECT warning_id, round, min(month) AS listed_month, max(month) AS last_listed_month,
            CAST(count(*) AS INTEGER) AS lists, min_by(due_on, month) AS due_on, min_by(clock, month) AS clock,
            max_by(rule_id, month) AS rule_id, max_by(title, month) AS title, max_by(person_id, month) AS person_id,
            max_by(household_id, month) AS household_id, max_by(township, month) AS township,
            max_by(village, month) AS village, max_by(grade, month) AS grade, max(second_look_of) AS second_look_of,
            max_by(is_withdrawn, month) AS is_withdrawn,
            lead(min(month)) OVER (PARTITION BY warning_id ORDER BY round) AS until
        FROM numbered GROUP BY warning_id, round""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE belonging AS
        SELECT given.*, rounds.round FROM given JOIN rounds
            ON rounds.warning_id = given.warning_id AND given.list_month >= rounds.listed_month
            AND (rounds.until IS NULL OR given.list_month < rounds.until)""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE settled AS
        SELECT warning_id, round, max_by(result, (checked_on, sha256, "row")) AS result, min(checked_on) AS checked_on
        FROM belonging WHERE is_settling GROUP BY ALL""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE tried AS
        SELECT warning_id, round, CAST(count(DISTINCT list_month) AS INTEGER) AS unsettled_answers
        FROM belonging WHERE NOT is_settling GROUP BY ALL""")


def _still_open(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake) -> None:
    """``still_open``: what the month's warehouse holds for open; ``known``: whether it says anything of that."""
    files = sorted(lake.partition("marts/fct_open_item_monthly", month=str(month)).glob("*.parquet"))
    listed = ", ".join(f"'{quoted(file)}'" for file in files)
    source = (
        f"SELECT DISTINCT warning_id FROM read_parquet([{listed}], hive_partitioning = false)"
        if files
        else "SELECT NULL::VARCHAR AS warning_id WHERE FALSE"
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE still_open AS {source}")
    con.execute(f"CREATE OR REPLACE TEMP TABLE known AS SELECT {bool(files)} AS is_known")
