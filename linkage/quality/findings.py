"""From the tables of the controls and checks to plain counts."""

from __future__ import annotations

import duckdb

from linkage.limits import Limits
from linkage.quality.borrowed import count_borrowed
from linkage.quality.clerical import Cards
from linkage.quality.combine import Estimate
from linkage.quality.exposure import EVERYTHING
from linkage.quality.histories import CHECKS
from linkage.quality.intervals import NOTHING, Expected, chapman, rate, share, unseen_by_three
from linkage.quality.limits import QualityLimits
from linkage.quality.rates import Findings, Outcomes
from linkage.quality.reading import NAMELESS
from linkage.quality.recapture import Cells

# Checks of who somebody is (and not of what happened): where a description breaks two of them, or bears
# another name altogether, the link is doubted.
_IDENTITY = ("two_births", "two_sexes", "two_ids", "two_names")


def mark_suspicious(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``suspicious(profile_key)``: certain links whose description is at odds with its person in the name or
    in two other ways. Reads ``impossible``."""
    listed = ", ".join(f"'{check}'" for check in _IDENTITY)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE suspicious AS
        SELECT profile_key FROM impossible
        WHERE NOT is_wrong_pair AND (list_contains(seen, 'two_names') OR len(list_intersect(seen, [{listed}])) > 1)""")


def gather_findings(
    con: duckdb.DuckDBPyConnection, *, limits: Limits, quality: QualityLimits, cards: dict[str, Cards]
) -> Findings:
    """Count what the controls came to, the borrowed numbers, the doubles; put the cards beside."""
    hidden: dict[str, Outcomes] = {}
    phantoms: Outcomes = {}
    for kind, stratum, outcome, count in con.execute("""
            SELECT kind, stratum, outcome, count(*) FROM answers GROUP BY ALL ORDER BY ALL""").fetchall():
        into = hidden.setdefault(stratum, {}) if kind == "hidden" else phantoms
        into[outcome] = into.get(outcome, 0) + int(count)
    found, proposed = {}, {}
    for stratum, joined, waiting in con.execute("""
            SELECT stratum, count(*) FILTER (grade = 'certain' AND NOT is_loose), count(*) FILTER (grade = 'review')
            FROM linked WHERE basis = 'rest' GROUP BY stratum ORDER BY stratum""").fetchall():
        found[stratum], proposed[stratum] = int(joined), int(waiting)
    nameless = _one(
        con,
        f"""
        SELECT count(*) FROM linked WHERE grade = 'certain' AND basis = 'id' AND ends_with(stratum, '{NAMELESS}')""",
    )
    return Findings(
        hidden=hidden,
        phantoms=phantoms,
        found=found,
        proposed=proposed,
        borrowed=count_borrowed(con, quality),
        nameless=nameless,
        met=_met(con),
        unseen=_unseen_doubles(con, limits),
        cards=cards,
    )


def _met(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, int]]:
    """Feed and role to the descriptions of the month that show their person's id: those whose person others tell of
    too, and all."""
    return {
        kind: (int(met), int(many))
        for kind, met, many in con.execute("""
            SELECT feed || '/' || role, count(*) FILTER (people.size > 1), count(*)
            FROM linked JOIN people USING (person_id)
            WHERE linked.grade <> 'review' AND basis = 'id' GROUP BY 1 ORDER BY 1""").fetchall()
    }


def _unseen_doubles(con: duckdb.DuckDBPyConnection, limits: Limits) -> Expected:
    """Doubles that neither traits nor shared numbers find: by capture-recapture of the two, and by the second look,
    which sees some of them with no need for either."""
    first, second, both = con.execute("""
        SELECT count(*) FILTER (traits), count(*) FILTER (shared), count(*) FILTER (traits AND shared) FROM doubles
        """).fetchone() or (0, 0, 0)
    seen = int(first) + int(second) - int(both)
    recaptured = chapman(int(first), int(second), int(both))
    near, looked, persons = con.execute(f"""
        SELECT (SELECT count(*) FROM neighbours
                WHERE NOT is_loose AND match_weight >= {limits.join_bits}
                    AND person_id NOT IN (SELECT person_id FROM doubles WHERE traits OR shared)),
            count(*), coalesce(sum(counts_for), 0) FROM looked WHERE NOT is_loose""").fetchone() or (0, 0, 0)
    # What the look adds may be namesakes and may be what recapture counts: half of it, and in doubt by as much.
    beside = rate(int(near), int(looked)).times(float(persons) / 2) if looked else NOTHING
    return Expected(
        max(0.0, recaptured.mean - seen) + beside.mean,
        recaptured.variance + beside.variance + beside.mean**2,
    )


def impossible_rows(con: duckdb.DuckDBPyConnection, quality: QualityLimits) -> list[Estimate]:
    """By check: how many certain links it sees, and the most that may be wrong, if every one it sees were wrong:
    what was seen divided by the share of surely wrong links that it sees."""
    rows: list[Estimate] = []
    counts = {
        (check, wrong): (int(looked), int(seen))
        for check, wrong, looked, seen in con.execute("""
            SELECT check_id, is_wrong_pair, count(*), count(*) FILTER (list_contains(seen, check_id))
            FROM (SELECT *, unnest(looked) AS check_id FROM impossible) GROUP BY ALL ORDER BY ALL""").fetchall()
    }
    for check in CHECKS:
        looked, seen = counts.get((check.check_id, False), (0, 0))
        tried, caught = counts.get((check.check_id, True), (0, 0))
        power = share(caught, tried, quality.confidence)
        found = share(seen, looked, quality.confidence)
        note = (
            f"{check.sentence}；错配时能看出 {caught}/{tried}" if tried else f"{check.sentence}；本月无从检验"
        )
        high = min(1.0, found.high / power.low) if tried and power.low > 0 else 1.0
        estimate = min(1.0, found.estimate / power.estimate) if tried and caught and looked else float("nan")
        # It may be that every one of them is a slip of a pen: no lower bound but zero.
        rows.append(
            Estimate(
                "impossible", "check", check.check_id, "histories", estimate, 0.0, high, looked, seen, note
            )
        )
    return rows


def recapture_rows(cells: dict[tuple[str, str], Cells], quality: QualityLimits) -> list[Estimate]:
    """Links that neither the id nor a number nor the traits find, as a share of all there are, over all and by feed."""
    rows: list[Estimate] = []
    for group in sorted(cells, key=lambda one: (one != EVERYTHING, one)):
        found = sum(cells[group].values())
        unseen = unseen_by_three(cells[group], quality.confidence)
        rows.append(
            Estimate(
                "found_by_no_pass", *group, "recapture",
                unseen.estimate / (found + unseen.estimate), unseen.low / (found + unseen.low),
                unseen.high / (found + unseen.high), found, found,
                "证件号、部门编号、姓名加生日三路互查；三路若同时失灵（如整行残缺）则偏低",
            )
        )  # fmt: skip
    return rows


def _one(con: duckdb.DuckDBPyConnection, query: str) -> int:
    found = con.execute(query).fetchone()
    return int(found[0]) if found else 0
