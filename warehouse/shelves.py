"""What dbt sees of the lake: schema ``lake`` in the warehouse file, views over Parquet and no copies.

Every view exists with its columns and types even when a feed never came, so that a model never has to
ask whether a table is there. Nothing of a later month is in sight: a month built again years later sees
what it saw then.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse.database import quoted
from warehouse.intake.contract import Contract, contracts, standardised_schema
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Line, read_lines

_V, _I, _U, _D = "VARCHAR", "INTEGER", "UBIGINT", "DATE"

CROSSWALK = {
    "feed": _V, "file": _V, "sheet": _V, "row": _I, "role": _V, "person_id": _V, "grade": _V, "rule": _V,
    "match_weight": "DOUBLE",
}  # fmt: skip
RECORDS = {"feed": _V, "file": _V, "sheet": _V, "row": _I, "role": _V, "profile_key": _U}
REGISTRY_PERSONS = {"person_id": _V, "first_month": _V, "last_month": _V}
REGISTRY_PROFILES = {
    "profile_key": _U, "person_id": _V, "grade": _V, "rule": _V, "last_month": _V, "feed": _V, "role": _V, "id_no": _V,
    "name": _V, "name_raw": _V, "name_system": _V, "name_missing": "BOOLEAN", "sex": _V, "birth_date": _D, "birth_source": _V,
    "ethnicity": _V, "township": _V, "village": _V, "phone": _V,
}  # fmt: skip
EVENTS = {"event_id": _V, "kind": _V, "person_id": _V, "other_id": _V}
ROW_ACCOUNT = {
    "feed": _V, "file": _V, "sheet": _V, "rows": _I, "landed": _I, "quarantined": _I, "furniture": _I,
}  # fmt: skip
SET_ASIDE = {"feed": _V, "file": _V, "sheet": _V, "rows": _I}
DISPOSITIONS = {
    "warning_id": _V, "rule_id": _V, "person_id": _V, "result": _V, "aid": _V, "reason_not": _V,
    "reason_words": _V,
    "identity": _V, "checked_by": _V, "checked_on": _V, "list_month": _V, "received_on": _D, "file": _V, "row": _I,
}  # fmt: skip
IDENTITY_ANSWERS = {
    "warning_id": _V, "list_month": _V, "person_id": _V, "profile_key": _U, "feed": _V, "rule": _V, "verdict": _V, "said_on": _D,
}  # fmt: skip
LINKAGE_QUALITY = {
    "measure": _V, "by": _V, "value": _V, "method": _V, "estimate": "DOUBLE", "low": "DOUBLE", "high": "DOUBLE",
    "rows": "BIGINT", "evidence": "BIGINT", "note": _V,
}  # fmt: skip
LINKAGE_HISTOGRAM = {
    "grade": _V, "rule": _V, "low_bits": "DOUBLE", "high_bits": "DOUBLE", "links": "BIGINT",
}  # fmt: skip
LINKAGE_UNLINKABLES = {
    "by": _V, "value": _V, "descriptions": "BIGINT", "looked": "BIGINT", "unlinkable": "BIGINT", "share": "DOUBLE",
}  # fmt: skip
LINKED_UNLINKED = {
    "characteristic": _V, "value": _V, "linked": "BIGINT", "unlinked": "BIGINT", "linked_share": "DOUBLE",
    "unlinked_share": "DOUBLE", "standardised_difference": "DOUBLE",
}  # fmt: skip
PAST_WARNINGS = {
    "warning_id": _V, "rule_id": _V, "person_id": _V, "household_id": _V, "township": _V, "village": _V, "grade": _V,
    "status": _V, "since": _V, "summary": _V, "evidence": _V, "clock": _V, "due_on": _D,
}  # fmt: skip
PAST_ALARMS = {"alarm_id": _V, "since": _V}
PAST_POPULATION = {
    "person_id": _V, "household_id": _V, "class": _V, "source_feed": _V, "township": _V, "village": _V, "since": _V,
    "word": _V, "list_no": _V,
}  # fmt: skip
PAST_CHANGES = {
    "change_id": _V, "person_id": _V, "class": _V, "source_feed": _V, "change": _V, "category": _V, "from_class": _V,
    "to_class": _V, "township": _V, "from_township": _V, "effective_month": _V,
}  # fmt: skip
PAST_COVERAGE = {
    "direction": _V, "list_class": _V, "roster_class": _V, "township": _V, "persons": "BIGINT", "households": "BIGINT",
}  # fmt: skip
PAST_RECORDS = {
    "household_id": _V, "registered_month": _V, "last_look_month": _V, "risk_points": _I,
}  # fmt: skip
PAST_REFERRALS = {
    "referral_id": _V, "person_id": _V, "household_id": _V, "township": _V, "village": _V, "agency": _V, "aid": _V,
    "reason": _V, "rule_id": _V, "warning_id": _V, "state": _V, "since": _V, "requirement": _V,
}  # fmt: skip

# The feed whose rows set aside a model has to know of.
_ASIDE = "assistance_payment"

# What a view calls a feed's own column ``month`` (pension: 待遇月份), since ``month`` is the delivery's.
OWN_MONTH = "of_month"


def prepare(con: duckdb.DuckDBPyConnection, month: Month, *, lake: Lake, policy_dir: Path) -> dict[str, int]:
    """Make schema ``lake`` for a month and return how many feeds came and how many policy lines were read.

    ``con`` is open on the warehouse file that dbt will work on.
    """
    con.execute("CREATE SCHEMA lake")
    came = 0
    for feed, contract in contracts().items():
        came += _feed(con, feed, contract, month, lake)
    _feeds(con, month, lake)
    until = str(month)
    months = {table: [m for m in lake.months(table) if m <= until] for table in _MONTHLY}
    # Answers are kept under the month in which they were taken in. The month's own list is what is being made:
    # its answers speak from the next month on, or a rebuild would take rows off a list already handed out.
    for table in ("dispositions", "identity_answers"):
        months[table] = [m for m in months[table] if m < until]
    for table, columns in _MONTHLY.items():
        _view(con, table, columns, _partitions(lake.partition(table), months[table], "*.parquet"))
    _view(con, "records", RECORDS, _records(lake, until))
    now = [until] if until in lake.months("registry") else []
    for table, columns in (("persons", REGISTRY_PERSONS), ("profiles", REGISTRY_PROFILES)):
        _view(
            con,
            f"registry_{table}",
            columns,
            _partitions(lake.partition("registry"), now, f"{table}.parquet"),
        )
    of_payments = contracts()[_ASIDE]
    aside = [m for m in lake.months("rows_aside", feed=_ASIDE) if m <= until]
    files = _partitions(lake.partition("rows_aside", feed=_ASIDE), aside, "*.parquet")
    _view(con, f"{_ASIDE}_aside", standardised_schema(of_payments), files)
    for table, columns in (("row_account", ROW_ACCOUNT), ("set_aside", SET_ASIDE)):
        _view(con, table, columns, _partitions(lake.partition(table), [until], "*.parquet"))
    _past(con, month, lake)
    lines = _policy(con, policy_dir)
    return {"feeds": came, "policy_lines": lines}


_MONTHLY = {
    "crosswalk": CROSSWALK,
    "events": EVENTS,
    "dispositions": DISPOSITIONS,
    "identity_answers": IDENTITY_ANSWERS,
    "linkage_quality": LINKAGE_QUALITY,
    "linkage_histogram": LINKAGE_HISTOGRAM,
    "linkage_unlinkables": LINKAGE_UNLINKABLES,
    "linked_unlinked": LINKED_UNLINKED,
}


def _feed(con: duckdb.DuckDBPyConnection, feed: str, contract: Contract, month: Month, lake: Lake) -> int:
    months = [m for m in lake.months("standardised", feed=feed) if m <= str(month)]
    files = _partitions(lake.partition("standardised", feed=feed), months, "*.parquet")
    _view(con, feed, standardised_schema(contract), files)
    return int(str(month) in months)


def _records(lake: Lake, until: str) -> list[tuple[str, Path]]:
    """Which description each row and role carries, over all feeds and months up to this one."""
    return [
        found
        for feed in contracts()
        for found in _partitions(
            lake.partition("records", feed=feed),
            [m for m in lake.months("records", feed=feed) if m <= until],
            "*.parquet",
        )
    ]


def _feeds(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake) -> None:
    """``lake.feeds``: which feed came when, for the sentences on what could not be assessed."""
    con.execute("CREATE TABLE lake.feeds (feed VARCHAR, title VARCHAR, came BOOLEAN, last_month VARCHAR)")
    for feed, contract in contracts().items():
        months = [m for m in lake.months("standardised", feed=feed) if m <= str(month)]
        con.execute(
            "INSERT INTO lake.feeds VALUES (?, ?, ?, ?)",
            [feed, contract.title, str(month) in months, months[-1] if months else None],
        )


def _past(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake) -> None:
    """What earlier months said: every past warning (for memory), and the marts a month is compared with."""
    table = "marts/fct_warning_monthly"
    before = [m for m in lake.months(table) if m < str(month)]
    _view(con, "warnings_past", PAST_WARNINGS, _partitions(lake.partition(table), before, "*.parquet"))
    con.execute(
        "CREATE VIEW lake.warnings_before AS "
        f"SELECT * FROM lake.warnings_past WHERE month = '{month.previous}'"
    )
    for name, mart, columns in (
        ("population", "fct_population_monthly", PAST_POPULATION),
        ("changes", "fct_population_change_monthly", PAST_CHANGES),
        ("coverage", "fct_coverage_monthly", PAST_COVERAGE),
        ("records", "fct_record_register_monthly", PAST_RECORDS),
        ("referrals", "fct_referral_monthly", PAST_REFERRALS),
        ("alarms", "fct_alarm_monthly", PAST_ALARMS),
    ):
        _history(con, month, lake, name, mart, columns)
    # A mart with no row says nothing of itself: which months recorded their changes must be told apart.
    con.execute("CREATE TABLE lake.changes_recorded (month VARCHAR)")
    recorded = [m for m in lake.months("marts/fct_population_change_monthly") if m < str(month)]
    if recorded:
        con.executemany("INSERT INTO lake.changes_recorded VALUES (?)", [[m] for m in recorded])


def _history(
    con: duckdb.DuckDBPyConnection, month: Month, lake: Lake, name: str, mart: str, columns: dict[str, str]
) -> None:
    """``lake.<name>_past``: a mart as every earlier month left it, and ``lake.<name>_before``: the month before."""
    table = f"marts/{mart}"
    past = [m for m in lake.months(table) if m < str(month)]
    _view(con, f"{name}_past", columns, _partitions(lake.partition(table), past, "*.parquet"))
    con.execute(
        f"CREATE VIEW lake.{name}_before AS SELECT * FROM lake.{name}_past WHERE month = '{month.previous}'"
    )


def _policy(con: duckdb.DuckDBPyConnection, policy_dir: Path) -> int:
    """``lake.policy_lines``: the packs as they stand in the folder, with the reference a warning names."""
    con.execute(
        "CREATE TABLE lake.policy_lines (region VARCHAR, parameter VARCHAR, value VARCHAR, unit VARCHAR, "
        "valid_from DATE, valid_to DATE, document VARCHAR, status VARCHAR, note VARCHAR, reference VARCHAR)"
    )
    lines = read_lines(policy_dir)
    insert_lines(con, lines)
    return len(lines)


def insert_lines(con: duckdb.DuckDBPyConnection, lines: Sequence[Line]) -> None:
    """Put lines of policy into ``lake.policy_lines``."""
    names = (
        "region",
        "parameter",
        "value",
        "unit",
        "valid_from",
        "valid_to",
        "document",
        "status",
        "note",
        "reference",
    )
    columns = {name: [getattr(line, name) for line in lines] for name in names}
    table = pa.table({**columns, "valid_to": pa.array(columns["valid_to"], pa.date32())})
    con.register("lines", table)
    con.execute("INSERT INTO lake.policy_lines SELECT * FROM lines")
    con.unregister("lines")


def _partitions(table: Path, months: list[str], pattern: str) -> list[tuple[str, Path]]:
    """The files of a table's partitions with the month each speaks for, in order."""
    return [(m, file) for m in months for file in sorted((table / f"month={m}").glob(pattern))]


def _view(
    con: duckdb.DuckDBPyConnection,
    name: str,
    columns: dict[str, str],
    files: list[tuple[str, Path]],
) -> None:
    """``lake.<name>``: ``month`` and the columns with their types, over these files (none: empty).

    A column that no file has is NULL: a partition written under an older contract stays readable.
    """
    if not files:
        empty = ", ".join(
            f'CAST(NULL AS {kind}) AS "{column}"'
            for column, kind in ({"month": _V} | _renamed(columns)).items()
        )
        con.execute(f"CREATE VIEW lake.{name} AS SELECT {empty} WHERE false")
        return
    source = _with_month(files) if "month" not in columns else _with_own_month(files)
    there = {row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
    chosen = ", ".join(
        f'CAST("{column}" AS {kind}) AS "{column}"'
        if column in there
        else f'CAST(NULL AS {kind}) AS "{column}"'
        for column, kind in ({"month": _V} | _renamed(columns)).items()
    )
    con.execute(f"CREATE VIEW lake.{name} AS SELECT {chosen} FROM {source}")


def _renamed(columns: dict[str, str]) -> dict[str, str]:
    """The columns as the view calls them: a feed's own ``month`` gives way to the partition's."""
    return {OWN_MONTH if column == "month" else column: kind for column, kind in columns.items()}


def _with_month(files: list[tuple[str, Path]]) -> str:
    """Parquet files with their Hive keys as columns: a filter on month then opens that month's files only."""
    listed = ", ".join(f"'{quoted(file)}'" for _, file in files)
    return f"read_parquet([{listed}], union_by_name = true, hive_partitioning = true, hive_types = {{'month': VARCHAR}})"


def _with_own_month(files: list[tuple[str, Path]]) -> str:
    """The same where the files hold a column ``month`` of their own, which Hive's key would hide."""
    parts = " UNION ALL BY NAME ".join(
        f"SELECT * EXCLUDE (month), month AS {OWN_MONTH}, '{m}' AS month "
        f"FROM read_parquet('{quoted(file)}', hive_partitioning = false)"
        for m, file in files
    )
    return f"({parts})"
