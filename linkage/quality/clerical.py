"""What reviewers answered on the blind sample: errors among the cards of each stratum."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from linkage.quality.sample import BELOW
from warehouse.database import quoted
from warehouse.lake import Lake
from warehouse.months import Month

LABELS = {"left_key": "UBIGINT", "stratum": "VARCHAR", "verdict": "VARCHAR", "purpose": "VARCHAR"}


@dataclass(frozen=True)
class Cards:
    """One stratum's answered cards: ``errors`` (a link that is two persons, a pair apart that is one),
    ``decided`` (same or different) and ``unsure``."""

    errors: int
    decided: int
    unsure: int


def read_cards(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake) -> dict[str, Cards]:
    """Stratum to its cards, from the ``labels`` of this and earlier months whose purpose is the sample.

    A card answered twice counts with its last month's answer. Empty when nobody has answered yet.
    """
    files = [
        f"'{quoted(path)}'"
        for text in lake.months("labels")
        if text <= str(month)
        for path in sorted(lake.partition("labels", month=text).glob("*.parquet"))
    ]
    if not files:
        return {}
    wrong = f"CASE WHEN starts_with(stratum, '{BELOW}/') THEN 'same' ELSE 'different' END"
    found = con.execute(f"""
        WITH answered AS (
            SELECT stratum, verdict, {wrong} AS error
            FROM read_parquet([{", ".join(files)}], union_by_name = true, hive_partitioning = false, filename = true)
            WHERE purpose = 'sample' AND stratum IS NOT NULL
            QUALIFY row_number() OVER (PARTITION BY left_key, stratum ORDER BY filename DESC, card_id) = 1
        )
        SELECT stratum, count(*) FILTER (verdict = error), count(*) FILTER (verdict IN ('same', 'different')),
            count(*) FILTER (verdict = 'unsure')
        FROM answered GROUP BY stratum ORDER BY stratum""").fetchall()
    return {
        stratum: Cards(int(errors), int(decided), int(unsure)) for stratum, errors, decided, unsure in found
    }
