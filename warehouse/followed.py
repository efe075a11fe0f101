"""Under which id a person of an earlier month stands now: ids that linkage merged into another, as a table of a DuckDB.

The same question as dbt's ``stg_linkage__followed``, for the stages that read the lake without the warehouse.
"""

from __future__ import annotations

import duckdb

from warehouse.database import quoted
from warehouse.lake import Lake
from warehouse.months import Month

_NONE = "SELECT NULL::VARCHAR AS old_id, NULL::VARCHAR AS person_id WHERE false"
# No id is merged more often than this; the bound keeps a faulty ring of events from running for ever.
_FOLLOWED = """
WITH RECURSIVE merged AS (
    SELECT other_id AS old_id, min(person_id) AS new_id
    FROM read_parquet([{files}], hive_partitioning = false, union_by_name = true)
    WHERE kind = 'merge' AND other_id IS NOT NULL AND other_id <> person_id GROUP BY other_id
), chain (old_id, new_id, steps) AS (
    SELECT old_id, new_id, 1 FROM merged
    UNION ALL
    SELECT chain.old_id, merged.new_id, chain.steps + 1 FROM chain
    INNER JOIN merged ON chain.new_id = merged.old_id WHERE chain.steps < 50
)
SELECT old_id, max_by(new_id, steps) AS person_id FROM chain GROUP BY old_id
"""


def make_followed(con: duckdb.DuckDBPyConnection, lake: Lake, month: Month) -> None:
    """Make ``followed`` (``old_id``, ``person_id``) of what happened up to the month; ids that never changed have no row."""
    files = [
        file
        for one in lake.months("events")
        if one <= str(month)
        for file in sorted(lake.partition("events", month=one).glob("*.parquet"))
    ]
    listed = ", ".join(f"'{quoted(file)}'" for file in files)
    query = _FOLLOWED.format(files=listed) if files else _NONE
    con.execute(f"CREATE OR REPLACE TEMP TABLE followed AS {query}")


def persons_named(lake: Lake, month: Month) -> str:
    """SQL of everybody with the name that the month's lists show (``person_id``, ``name``); nobody where nothing was built."""
    files = sorted(lake.partition("marts/dim_person", month=str(month)).glob("*.parquet"))
    listed = ", ".join(f"'{quoted(file)}'" for file in files)
    return (
        f"(SELECT person_id, name FROM read_parquet([{listed}], hive_partitioning = false))"
        if files
        else "(SELECT NULL::VARCHAR AS person_id, NULL::VARCHAR AS name WHERE false)"
    )
