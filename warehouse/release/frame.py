"""What every form asks beside the marts: the month's figures, the policy's words, and where a household's group is."""

from __future__ import annotations

from pathlib import Path

import duckdb

from warehouse.database import quoted
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.release.marts import REGISTERS

_FIGURES = Path(__file__).with_name("figures.sql")
_RURAL = """
CREATE TABLE rural_homes AS
SELECT person.household_id, trim(rural.hamlet) AS hamlet, rural.file, rural.sheet, rural.row
FROM {rural} AS rural
JOIN {links} AS links ON links.feed = 'rural_monitoring' AND links.role = 'self' AND links.file = rural.file
    AND coalesce(links.sheet, '') = coalesce(rural.sheet, '') AND links.row = rural.row
JOIN dim_person AS person ON person.person_id = links.person_id
WHERE person.household_id IS NOT NULL
"""
_HAMLETS = """
CREATE TABLE hamlets AS
SELECT household_id, arg_min(hamlet, (file, sheet, row)) AS hamlet
FROM rural_homes WHERE nullif(hamlet, '') IS NOT NULL GROUP BY household_id
"""
_RURAL_HOUSEHOLDS = "CREATE TABLE rural_households AS SELECT DISTINCT household_id FROM rural_homes"


def prepare(
    con: duckdb.DuckDBPyConnection, lake: Lake, month: Month, policy: Policy, *, since: Month | None = None
) -> None:
    """Make ``this_month``, ``form_words``, ``hamlets``, ``rural_households``, ``changes_in_period`` and ``figures``.

    The period runs from ``since`` (the quarter's first month when not given) to the month. ``figures`` is the one
    set that every form, report and page reads.
    """
    con.execute(
        "CREATE TABLE this_month AS SELECT $1::DATE AS first_day, $2::DATE AS last_day",
        [month.first_day, month.last_day],
    )
    con.execute("CREATE TABLE form_words (parameter VARCHAR, word VARCHAR)")
    words = [
        (name, word)
        for name, line in sorted(policy.lines.items())
        if name.startswith("forms.") and line.unit == "list" and line.value
        for word in policy.words(name)
    ]
    if words:
        con.executemany("INSERT INTO form_words VALUES (?, ?)", words)
    rural = _parquet(lake.partition("standardised", feed="rural_monitoring", month=str(month)))
    links = _parquet(lake.partition("crosswalk", month=str(month)))
    con.execute(_RURAL.format(rural=rural, links=links))
    con.execute(_HAMLETS)
    con.execute(_RURAL_HOUSEHOLDS)
    _changes(con, lake, since or quarter_first(month), month)
    con.execute(f"CREATE TABLE figures AS {_FIGURES.read_text(encoding='utf-8')}")


def quarter_first(month: Month) -> Month:
    """The first month of a month's quarter."""
    return month.plus(-((month.number - 1) % 3))


def _changes(con: duckdb.DuckDBPyConnection, lake: Lake, since: Month, month: Month) -> None:
    """Entries and exits of every built month of the period."""
    table = "marts/fct_population_change_monthly"
    there = [one for one in lake.months(table) if str(since) <= one < str(month)]
    columns = ", ".join(REGISTERS["fct_population_change_monthly"])
    parts = [f"SELECT {columns} FROM {_parquet(lake.partition(table, month=one))}" for one in there]
    now = f"SELECT {columns} FROM fct_population_change_monthly"
    con.execute("CREATE VIEW changes_in_period AS " + " UNION ALL ".join([*parts, now]))


def _parquet(folder: Path) -> str:
    return f"read_parquet('{quoted(folder)}/*.parquet', hive_partitioning = false)"
