"""What the visits of a made-up county found, month by month, beside the same rules without memory and ordering.

A visit is one household on one township's list of one month. A need is a cause of a subject that the planted truth
calls one; it is found by the first answer that says so, and counts once. Reads the truth: the platform never does.

*Without memory and ordering*: every warning that the rules raised in the month (``warnings.parquet``, whatever its
status), without the matters between offices; households in the order of a hash of month and household; as many
households in a township as it was sent to by the real list at most (its cap). Everybody is found at home, answers in
time and makes no mistake; what it found in an earlier month is found no more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from console.county.villages_truth import read_truth
from warehouse.database import in_memory, quoted
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.release.listing import UNPLACED

# Households that stood on the townships' lists, from the manifests: the list says who is visited, nobody else.
_VISITS = """
CREATE OR REPLACE TEMP TABLE visits AS
SELECT DISTINCT sent.month, sent.township, coalesce(stood.household_id, stood.person_id, sent.warning_id) AS household,
    sent.warning_id
FROM sent LEFT JOIN (
    SELECT warning_id, max_by(household_id, month) AS household_id, max_by(person_id, month) AS person_id
    FROM published GROUP BY warning_id) AS stood USING (warning_id)
"""

_PUBLISHED = """
CREATE OR REPLACE TEMP TABLE published AS
SELECT *, parse_filename(parse_dirpath(filename)) AS month
FROM read_parquet('{warnings}', filename = true, union_by_name = true)
"""

# What a warning of a month is by the truth: the subject and cause, and whether there is a need.
_RAISED = f"""
CREATE OR REPLACE TEMP TABLE raised AS
SELECT published.month, coalesce(nullif(trim(published.township), ''), '{UNPLACED}') AS township,
    coalesce(household_id, published.person_id, warning_id) AS household, causes.cause, told.subject,
    coalesce(told.is_need, false) AS is_need
FROM published JOIN owners USING (person_id) LEFT JOIN causes USING (rule_id)
LEFT JOIN told ON told.month = published.month AND told.cause = causes.cause AND told.true_person = owners.true_person
WHERE NOT list_contains($between, published.rule_id)
"""

_PLAIN_VISITS = """
CREATE OR REPLACE TEMP TABLE plain AS
SELECT township, household FROM (
    SELECT township, household, row_number() OVER (
        PARTITION BY township ORDER BY md5(concat($month, household)), household) AS place
    FROM (SELECT DISTINCT township, household FROM raised WHERE month = $month))
JOIN caps USING (township) WHERE place <= caps.visits
"""


@dataclass(frozen=True)
class MonthOfVisits:
    """What a month's lists came to: counts, and the same without memory and ordering (``plain_…``)."""

    month: str
    warnings: int
    listed: int
    visits: int
    answered: int
    found: int
    hits: int
    plain_visits: int
    plain_found: int
    plain_hits: int
    plain_again: int

    @property
    def yield_per_visit(self) -> float:
        """The share of the visits on which a need was found that nobody had found before."""
        return self.hits / self.visits if self.visits else 0.0

    @property
    def plain_yield(self) -> float:
        """The same without memory and ordering."""
        return self.plain_hits / self.plain_visits if self.plain_visits else 0.0

    @property
    def plain_yield_again(self) -> float:
        """The same, where a need counts again each time that somebody comes."""
        return self.plain_again / self.plain_visits if self.plain_visits else 0.0


@dataclass(frozen=True)
class Recall:
    """Planted needs over the months: how many there were, how many were raised, listed, found; by plain lists found."""

    planted: int
    raised: int
    listed: int
    found: int
    plain_found: int
    missed_by: Mapping[str, int]

    @property
    def share(self) -> float:
        """The share of the planted needs that were found."""
        return self.found / self.planted if self.planted else 1.0


def caps_of(lake: Lake, month: Month, policy: Policy) -> dict[str, int]:
    """Visits that policy lets a month's list of each township have ('' = a township where no household is known).

    As int_visits__queued reckons: the number for every township, or one visit for so many known households.
    """
    least = policy.count("list_cap_visits")
    caps = {"": least}
    if policy.is_configured("list_cap_households_per_visit"):
        files = f"{quoted(lake.partition('marts/dim_household', month=str(month)))}/*.parquet"
        with in_memory(lake.home) as con:
            known = con.execute(
                f"SELECT coalesce(nullif(township, ''), '{UNPLACED}'), count(*) "
                f"FROM read_parquet('{files}', hive_partitioning = false) GROUP BY 1 ORDER BY 1"
            ).fetchall()
        share = policy.count("list_cap_households_per_visit")
        caps |= {township: max(least, -(-households // share)) for township, households in known}
    return caps


def measure_visits(
    months: Sequence[Month],
    *,
    lake: Lake,
    truth: Path,
    between_offices: Sequence[str],
    caps: Mapping[str, int] | int,
) -> tuple[list[MonthOfVisits], Recall]:
    """Measure these months of a home; ``caps`` are visits per township and month, by township ('' = any other) or for all."""
    last = months[-1]
    with in_memory(lake.home) as con:
        read_truth(con, last, lake, truth, found_by=last)
        _read_lists(con, months, lake)
        con.execute(_RAISED, {"between": list(between_offices)})
        con.execute("CREATE TEMP TABLE plain_finds (cause VARCHAR, subject VARCHAR)")
        found = [_month(con, month, lake, caps) for month in months]
        return found, _recall(con, months, truth)


def _read_lists(con: duckdb.DuckDBPyConnection, months: Sequence[Month], lake: Lake) -> None:
    lines = [
        {"month": str(month), "township": Path(item["path"]).stem.split("_")[1], "warning_id": warning}
        for month in months
        for item in json.loads(_manifest(lake, month).read_text(encoding="utf-8"))["files"]
        if item["kind"] == "list" and item["audience"] == "list"
        for warning in item["warnings"]
    ]
    schema = pa.schema([(name, pa.string()) for name in ("month", "township", "warning_id")])
    con.register("handed", pa.Table.from_pylist(lines, schema=schema))
    con.execute("CREATE OR REPLACE TEMP TABLE sent AS FROM handed")
    con.unregister("handed")
    con.execute(_PUBLISHED.format(warnings=quoted(lake.home / "release" / "*" / "warnings.parquet")))
    con.execute(_VISITS)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE answered AS SELECT DISTINCT list_month, warning_id FROM dispositions"
    )


def _manifest(lake: Lake, month: Month) -> Path:
    return lake.home / "release" / str(month) / "manifest.json"


def _month(
    con: duckdb.DuckDBPyConnection, month: Month, lake: Lake, caps: Mapping[str, int] | int
) -> MonthOfVisits:
    of = {"month": str(month)}
    places = con.execute("SELECT DISTINCT township FROM raised WHERE month = $month", of).fetchall()
    allowed = [
        (place, caps if isinstance(caps, int) else caps.get(place, caps.get("", 0))) for (place,) in places
    ]
    con.execute("CREATE OR REPLACE TEMP TABLE caps (township VARCHAR, visits BIGINT)")
    if allowed:
        con.executemany("INSERT INTO caps VALUES (?, ?)", allowed)
    con.execute(_PLAIN_VISITS, of)
    con.execute("""
        CREATE OR REPLACE TEMP TABLE plain_now AS
        SELECT plain.township, plain.household, raised.cause, raised.subject, plain_finds.subject IS NOT NULL AS is_old
        FROM plain JOIN raised USING (township, household)
        LEFT JOIN plain_finds USING (cause, subject)
        WHERE raised.month = $month AND raised.is_need""", of)  # fmt: skip
    plain = _one(con, """
        SELECT (SELECT count(*) FROM plain), count(DISTINCT (cause, subject)) FILTER (NOT is_old),
            count(DISTINCT (township, household)) FILTER (NOT is_old), count(DISTINCT (township, household))
        FROM plain_now""", {})  # fmt: skip
    con.execute("INSERT INTO plain_finds SELECT DISTINCT cause, subject FROM plain_now WHERE NOT is_old")
    own = _one(con, """
        SELECT (SELECT count(*) FROM published WHERE month = $month), count(DISTINCT warning_id),
            count(DISTINCT (township, household)),
            count(DISTINCT warning_id) FILTER (warning_id IN (SELECT warning_id FROM answered WHERE list_month = $month))
        FROM visits WHERE month = $month""", of)  # fmt: skip
    hits = _one(con, """
        SELECT count(*), count(DISTINCT (visits.township, visits.household))
        FROM hits JOIN visits ON visits.month = hits.list_month AND visits.warning_id = hits.warning_id
        WHERE hits.list_month = $month""", of)  # fmt: skip
    return MonthOfVisits(str(month), *own, *hits, *plain)


def _recall(con: duckdb.DuckDBPyConnection, months: Sequence[Month], truth: Path) -> Recall:
    """Of the needs that must be raised and stood in one of the months: what became of each."""
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE fates AS
        WITH planted AS (
            SELECT cause, subject, string_agg(DISTINCT rule_id, '/' ORDER BY rule_id) AS rules
            FROM read_parquet('{quoted(truth / "needs.parquet")}')
            WHERE is_need AND is_planted AND month BETWEEN $first AND $last GROUP BY ALL),
        stood AS (
            SELECT DISTINCT causes.cause, told.subject FROM visits JOIN known USING (warning_id)
            JOIN owners USING (person_id) JOIN causes USING (rule_id)
            JOIN told ON told.cause = causes.cause AND told.true_person = owners.true_person)
        SELECT planted.*, seen.subject IS NOT NULL AS was_raised, stood.subject IS NOT NULL AS was_listed,
            finds.subject IS NOT NULL AS was_found, plain_finds.subject IS NOT NULL AS was_plain
        FROM planted LEFT JOIN (SELECT DISTINCT cause, subject FROM raised) AS seen USING (cause, subject)
        LEFT JOIN stood USING (cause, subject) LEFT JOIN finds USING (cause, subject)
        LEFT JOIN plain_finds USING (cause, subject)""", {"first": str(months[0]), "last": str(months[-1])})  # fmt: skip
    counts = con.execute("""
        SELECT count(*), count(*) FILTER (was_raised), count(*) FILTER (was_listed), count(*) FILTER (was_found),
            count(*) FILTER (was_plain) FROM fates""").fetchone() or (0, 0, 0, 0, 0)  # fmt: skip
    missed = con.execute("""
        SELECT concat(rules, CASE WHEN NOT was_raised THEN ' not raised' WHEN NOT was_listed THEN ' not listed'
            ELSE ' listed' END), count(*) FROM fates WHERE NOT was_found GROUP BY 1 ORDER BY 2 DESC, 1""").fetchall()  # fmt: skip
    planted, raised, listed, found, plain = counts
    return Recall(planted, raised, listed, found, plain, dict(missed))


def _one(con: duckdb.DuckDBPyConnection, query: str, named: Mapping[str, str]) -> tuple[int, ...]:
    found = con.execute(query, dict(named)).fetchone() or ()
    return tuple(int(number or 0) for number in found)
