"""Name frequencies frozen on a day: counted over a home's known persons and kept in the home until frozen anew.

A home counts its names in its first month and keeps the numbers with its registry (``frequencies``). When it
has grown, a person freezes them anew; the dated file then stands for every month that ends on or after its
date, and running an earlier month again changes nothing. They are names of persons: they stay in the home.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from warehouse.database import copy_to_parquet, in_memory, quoted
from warehouse.errors import HistoryMissing
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy

TABLE = "frequencies"


def freeze_frequencies(lake: Lake, month: Month, *, on: date, policy: Policy) -> Path:
    """Count the names of the month's registry and write ``HOME/lake/frequencies/<on>.parquet``; return its path.

    Columns: ``name_term`` (the name's family, else the name), ``share`` DOUBLE (of the persons whose own rows
    surely bear it). ``HistoryMissing`` when the month is not linked or knows nobody by name.
    """
    profiles = lake.partition("registry", month=str(month)) / "profiles.parquet"
    if not profiles.exists():
        raise _nobody(month, "has no registry in this home")
    path = lake.root / TABLE / f"{on.isoformat()}.parquet"
    added = policy.count("model_frequency_people_added")
    with in_memory(lake.home) as con, lake.adding(path) as aside:
        con.execute(f"""
            CREATE TEMP TABLE bearers AS
            SELECT DISTINCT person_id, coalesce(name_family, name) AS name_term
            FROM read_parquet('{quoted(profiles)}')
            WHERE grade <> 'review' AND role = 'self' AND name IS NOT NULL""")
        written = copy_to_parquet(
            con,
            f"""SELECT name_term, count(*) / (SELECT count(DISTINCT person_id) + {added} FROM bearers)::DOUBLE AS share
                FROM bearers GROUP BY name_term ORDER BY name_term""",
            aside,
        )
        if not written:
            raise _nobody(month, "knows nobody by name")
    return path


def _nobody(month: Month, why: str) -> HistoryMissing:
    return HistoryMissing(
        f"{month} {why}: there are no names to count.",
        next_step="name a month that is linked (doudi link), with rows that show names.",
    )


def frequencies_in_force(lake: Lake, month: Month) -> Path | None:
    """The newest frozen file whose date is not after the month's last day; None when the home has none."""
    last = month.last_day.isoformat()
    found = [path for path in sorted((lake.root / TABLE).glob("[0-9]*.parquet")) if path.stem <= last]
    return found[-1] if found else None


def use_frozen(con: duckdb.DuckDBPyConnection, frozen: Path) -> None:
    """Put a frozen file in the place of ``old_frequencies(name_term, tf_name_term)``, as the registry reads them."""
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE old_frequencies AS
        SELECT name_term, share AS tf_name_term FROM read_parquet('{quoted(frozen)}')""")
