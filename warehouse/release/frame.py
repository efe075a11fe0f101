"""What every form asks beside the marts: the month's figures, the policy's words, and where a household's group is."""

from __future__ import annotations

from pathlib import Path

import duckdb

from warehouse.database import quoted
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy

_FIGURES = Path(__file__).with_name("figures.sql")
_HAMLETS = """
CREATE TABLE hamlets AS
SELECT person.household_id, arg_min(trim(rural.hamlet), (rural.file, rural.sheet, rural.row)) AS hamlet
FROM {rural} AS rural
JOIN {links} AS links ON links.feed = 'rural_monitoring' AND links.role = 'self' AND links.file = rural.file
    AND coalesce(links.sheet, '') = coalesce(rural.sheet, '') AND links.row = rural.row
JOIN dim_person AS person ON person.person_id = links.person_id
WHERE nullif(trim(rural.hamlet), '') IS NOT NULL AND person.household_id IS NOT NULL
GROUP BY person.household_id
"""


def prepare(con: duckdb.DuckDBPyConnection, lake: Lake, month: Month, policy: Policy) -> None:
    """Make ``this_month``, ``form_words`` (the lists of policy that forms use), ``hamlets`` and ``figures``.

    ``figures`` is the one set that every form and report reads: ``figure, part, detail, township`` (NULL: the
    county), ``value, unit``.
    """
    con.execute(
        "CREATE TABLE this_month AS SELECT $1::DATE AS first_day, $2::DATE AS last_day",
        [month.first_day, month.last_day],
    )
    con.execute("CREATE TABLE form_words (parameter VARCHAR, word VARCHAR)")
    words = [
        (name, word)
        for name, line in sorted(policy.lines.items())
        if name.startswith("forms.") and line.unit == "list"
        for word in policy.words(name)
    ]
    if words:
        con.executemany("INSERT INTO form_words VALUES (?, ?)", words)
    con.execute(
        _HAMLETS.format(
            rural=_parquet(lake.partition("standardised", feed="rural_monitoring", month=str(month))),
            links=_parquet(lake.partition("crosswalk", month=str(month))),
        )
    )
    con.execute(f"CREATE TABLE figures AS {_FIGURES.read_text(encoding='utf-8')}")


def _parquet(folder: Path) -> str:
    return f"read_parquet('{quoted(folder)}/*.parquet', hive_partitioning = false)"
