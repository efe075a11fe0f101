"""What villages said about identity (lake table ``identity_answers``), as the link and the review read it.

A village that was asked about a doubtful link decides it, for the very description and person it was asked about; from
the month after its answer on. It never parts what the machine holds for certain: that becomes a card for two reviewers.
Where reviewers have decided about the same two, their word stands.
"""

from __future__ import annotations

from pathlib import Path

from linkage import rules
from warehouse.database import quoted
from warehouse.lake import Lake
from warehouse.months import Month

_TABLE = "identity_answers"
# Who stands provisionally under such a rule is no proposal: the description is its own person's.
_FOUNDERS = f"('{rules.CONTESTED_FOUNDER.rule_id}', '{rules.TOO_THIN.rule_id}')"
_NO_DECISIONS = (
    '(SELECT NULL::VARCHAR AS "left", NULL::VARCHAR AS "right", NULL::VARCHAR AS verdict, NULL::VARCHAR AS "by", '
    'NULL::VARCHAR AS "on", NULL::VARCHAR AS source WHERE FALSE)'
)


def decisions_of_villages(month: Month, lake: Lake) -> str:
    """SQL of the decisions by villages that speak in a month, in the columns of ``decisions``."""
    files = _files(month, lake)
    if not files:
        return _NO_DECISIONS
    return f"""(
        SELECT CAST(profile_key AS VARCHAR) AS "left", other AS "right", verdict, said_by AS "by", CAST(said_on AS VARCHAR) AS "on",
            'list ' || list_month || ' ' || warning_id AS source
        FROM {_read(files)}
        WHERE verdict IN ('must_link', 'must_not_link') AND profile_key IS NOT NULL AND rule NOT IN {_FOUNDERS})"""


def questions_of_villages(month: Month, lake: Lake) -> str:
    """SQL of the descriptions that villages doubt and nobody has decided: ``profile_key``."""
    files = _files(month, lake)
    if not files:
        return "(SELECT NULL::UBIGINT AS profile_key WHERE FALSE)"
    return f"""(
        SELECT DISTINCT profile_key FROM {_read(files)} WHERE verdict = 'ask' AND profile_key IS NOT NULL)"""


def _files(month: Month, lake: Lake) -> list[Path]:
    return [
        path
        for text in lake.months(_TABLE)
        if text < str(month)
        for path in sorted(lake.partition(_TABLE, month=text).glob("*.parquet"))
    ]


def _read(files: list[Path]) -> str:
    listed = ", ".join(f"'{quoted(path)}'" for path in files)
    return f"read_parquet([{listed}], hive_partitioning = false)"
