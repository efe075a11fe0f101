"""Notices against the planted truth: how many asked rightly, how many proposed the right value, what was not asked.

Only a made-up county has a truth. A notice is right when the row that it points at does say something else than is
true of the very person whom the row speaks of.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from console.county.people_truth import FILE
from warehouse.database import in_memory, quoted
from warehouse.errors import Refused
from warehouse.months import Month

HEADERS = ("month", "kind", "new", "right", "wrong", "undecided", "right %", "proposed", "proposed right")
PLANTED = (
    "month",
    "what is wrong",
    "feed",
    "rows wrong",
    "asked by a notice",
    "by notice or slip",
    "share %",
)

# The truth of the month's own rows first: the planner would join the rows of all months.
_TRUTH = """
CREATE OR REPLACE TEMP TABLE told AS
SELECT feed, file, sheet, "row", true_person FROM read_parquet('{rows}') WHERE month = '{month}' AND role = 'self';
CREATE OR REPLACE TEMP TABLE people AS FROM read_parquet('{people}');
"""
_NEW = """
CREATE OR REPLACE TEMP TABLE asked AS
SELECT notice.*, true_person, people.id_no AS true_id, people.name AS true_name, people.sex AS true_sex,
    people.birth_date AS true_birth, people.died_on AS true_death
FROM read_parquet('{notices}', hive_partitioning = false) AS notice
LEFT JOIN told USING (feed, file, sheet, "row")
LEFT JOIN people USING (true_person)
WHERE notice.is_raised
"""
# The day by which a death has to have happened for the month's lists and records to be wrong without it.
_JUDGED = """
CREATE OR REPLACE TEMP TABLE judged AS
SELECT *,
    CASE
        WHEN true_person IS NULL THEN NULL
        WHEN kind IN ('N01', 'N02') THEN true_death IS NULL OR true_death > DATE '{last_day}'
        WHEN kind IN ('N09', 'N16') THEN true_death IS NOT NULL AND true_death <= DATE '{last_day}'
        WHEN field = 'id_no' AND kind <> 'N13' THEN true_id IS NOT NULL AND stated <> true_id
        WHEN field = 'name' THEN stated <> true_name
        WHEN field = 'sex' THEN stated <> true_sex
        WHEN field = 'birth_date' THEN stated <> true_birth::VARCHAR
    END AS is_right,
    CASE
        WHEN proposed IS NULL OR true_person IS NULL THEN NULL
        WHEN field = 'id_no' THEN proposed = true_id
        WHEN field = 'name' THEN proposed = true_name
        WHEN field = 'sex' THEN proposed = true_sex
        WHEN field = 'birth_date' THEN proposed = true_birth::VARCHAR
    END AS is_proposal_right
FROM asked
"""
_KINDS = """
SELECT '{month}', kind, count(*), count(*) FILTER (WHERE is_right), count(*) FILTER (WHERE NOT is_right),
    count(*) FILTER (WHERE is_right IS NULL), round(100.0 * avg(is_right::INTEGER), 1),
    count(proposed), count(*) FILTER (WHERE is_proposal_right)
FROM judged GROUP BY kind ORDER BY kind
"""
# Valid numbers that are not the row's person's, and living people recorded dead, of this month's files.
_PLANTED = """
WITH numbers AS (
    SELECT 'another or a wrong valid number' AS what, seen.feed, seen.file, seen.sheet, seen."row"
    FROM ({standardised}) AS seen
    INNER JOIN told USING (feed, file, sheet, "row")
    INNER JOIN people USING (true_person)
    WHERE people.id_no IS NOT NULL AND seen.id_no <> people.id_no
),
deaths AS (
    SELECT 'alive and recorded dead' AS what, seen.feed, seen.file, seen.sheet, seen."row"
    FROM ({death}) AS seen
    INNER JOIN told USING (feed, file, sheet, "row")
    INNER JOIN people USING (true_person)
    WHERE seen.reason = '死亡' AND (people.died_on IS NULL OR people.died_on > DATE '{last_day}')
),
wrong AS (FROM numbers UNION ALL FROM deaths)
SELECT '{month}', what, feed, count(DISTINCT (file, sheet, "row")),
    count(DISTINCT (file, sheet, "row")) FILTER (WHERE asked.notice_id IS NOT NULL),
    count(DISTINCT (file, sheet, "row")) FILTER (WHERE asked.notice_id IS NOT NULL OR slip.feed IS NOT NULL),
    round(100.0 * count(DISTINCT (file, sheet, "row")) FILTER (WHERE asked.notice_id IS NOT NULL OR slip.feed IS NOT NULL)
        / count(DISTINCT (file, sheet, "row")), 1)
FROM wrong
LEFT JOIN asked USING (feed, file, sheet, "row")
LEFT JOIN ({slips}) AS slip USING (feed, file, sheet, "row")
GROUP BY what, feed ORDER BY what, feed
"""
_NUMBERED = (
    "assistance_roster", "rural_monitoring", "medical_enrolment", "education_enrolment", "pension", "unemployment",
)  # fmt: skip


def measure_notices(
    county: Path, home: Path, month: Month
) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """Rows of ``HEADERS`` by kind and of ``PLANTED`` by what was planted, of the notices standing in a month.

    ``Refused`` when the county's truth has no people or the month has no notices.
    """
    people = county / "truth" / FILE
    notices = home / "lake" / "notices" / f"month={month}" / "part.parquet"
    for path, what in ((people, "the truth has no people"), (notices, f"{month} has no notices")):
        if not path.exists():
            raise Refused(f"{what}.", next_step="make the county anew, or run notices for the month.")
    lake = home / "lake" / "standardised"
    findings = home / "lake" / "row_findings"
    names = {
        "month": str(month), "last_day": str(month.last_day), "people": quoted(people), "notices": quoted(notices),
        "rows": quoted(county / "truth" / "rows.parquet"),
        "standardised": " UNION ALL ".join(
            f"SELECT '{feed}' AS feed, file, sheet, \"row\", id_no FROM {_files(lake, feed, month)}"
            f" WHERE id_no_kind = 'valid'"
            for feed in _NUMBERED
            if (lake / f"feed={feed}" / f"month={month}").is_dir()
        ),
        # What a slip asks about the number itself: there a row contradicts its own birth date.
        "slips": " UNION ALL ".join(
            f"SELECT DISTINCT '{feed}' AS feed, file, sheet, \"row\" FROM {_files(findings, feed, month)}"
            f" WHERE \"column\" = 'id_no'"
            for feed in _NUMBERED
            if any((findings / f"feed={feed}" / f"month={month}").glob("*.parquet"))
        )
        or "SELECT '' AS feed, '' AS file, '' AS sheet, 0 AS \"row\" WHERE false",
        "death": f"SELECT 'death' AS feed, * FROM {_files(lake, 'death', month)}",
    }  # fmt: skip
    with in_memory(home) as con:
        for query in (_TRUTH, _NEW, _JUDGED):
            con.execute(query.format(**names))
        return _fetched(con, _KINDS.format(**names)), _fetched(con, _PLANTED.format(**names))


def _files(lake: Path, feed: str, month: Month) -> str:
    return f"read_parquet('{quoted(lake)}/feed={feed}/month={month}/*.parquet', hive_partitioning = false)"


def _fetched(con: duckdb.DuckDBPyConnection, query: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in con.execute(query).fetchall()]
