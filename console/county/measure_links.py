"""How good the links are on the county's truth, beside the exact-ID join on the same rows.

Reads the truth, so it stands with the county: the platform itself never sees it. Pairs are counted from
group sizes, n(n-1)/2, and never made.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from console.county.measure import PairCounts

_ROWS = """
CREATE OR REPLACE TEMP TABLE linked AS
SELECT crosswalk.feed, crosswalk.role, crosswalk.grade, crosswalk.rule, crosswalk.person_id,
    truth.true_person, nullif(trim(truth.id_as_written), '') AS id_as_written, profiles.name_system
FROM read_parquet(?) AS crosswalk
JOIN (SELECT * FROM read_parquet(?) WHERE month = ?) AS truth USING (feed, file, sheet, "row", role)
LEFT JOIN read_parquet(?, hive_partitioning = true) AS records USING (feed, file, sheet, "row", role)
LEFT JOIN (SELECT profile_key, any_value(name_system) AS name_system
           FROM read_parquet(?, hive_partitioning = false) GROUP BY profile_key) AS profiles USING (profile_key)
"""

# Views in which a pair counts when at least one of its rows is of the view: all pairs of a group less those
# that lie wholly outside.
_COUNT = """
WITH sized AS (
    SELECT true_person, {key} AS joined, count(*)::HUGEINT AS n, (count(*) FILTER ({inside}))::HUGEINT AS inside
    FROM linked GROUP BY true_person, joined
),
of_truth AS (SELECT sum(n) AS n, sum(n - inside) AS outside FROM sized GROUP BY true_person),
of_joined AS (SELECT sum(n) AS n, sum(n - inside) AS outside FROM sized WHERE joined IS NOT NULL GROUP BY joined)
SELECT (SELECT coalesce(sum(inside), 0) FROM sized),
    (SELECT sum(n * (n - 1) // 2 - outside * (outside - 1) // 2) FROM of_truth),
    (SELECT sum(n * (n - 1) // 2 - outside * (outside - 1) // 2) FROM of_joined),
    (SELECT sum(n * (n - 1) // 2 - (n - inside) * (n - inside - 1) // 2) FROM sized WHERE joined IS NOT NULL)
"""


def pairwise(home: Path, truth: Path, month: str) -> dict[str, PairCounts]:
    """Measure a month's crosswalk: view name to counts.

    ``all``: certain and review links; ``certain``: only what is graded certain or new joins, and every true pair
    counts, also one that only a proposal joins; ``exact id``: joining the same rows on the ID as written;
    ``feed …`` and ``names …``: pairs with at least one row of that feed or kind of name; ``certain feed …`` and
    ``certain names …`` the same of certain links.
    """
    with duckdb.connect() as con:
        _read_linked(con, home, truth, month)
        feeds = [row[0] for row in con.execute("SELECT DISTINCT feed FROM linked ORDER BY 1").fetchall()]
        kinds = [
            row[0]
            for row in con.execute(
                "SELECT DISTINCT name_system FROM linked WHERE name_system IS NOT NULL ORDER BY 1"
            ).fetchall()
        ]
        parts = {f"feed {feed}": f"feed = '{feed}'" for feed in feeds}
        parts |= {f"names {kind}": f"name_system = '{kind}'" for kind in kinds}
        views = {name: (key, "TRUE") for name, key in _KEYS.items()}
        for part, inside in parts.items():
            views |= {f"{name} {part}".removeprefix("all "): (key, inside) for name, key in _KEYS.items()}
        return {name: _measured(con, key, inside) for name, (key, inside) in views.items()}


# What joins two rows, by view. A row that is only proposed is joined to nobody by a certain link.
_KEYS = {
    "all": "person_id",
    "certain": "CASE WHEN grade IN ('certain', 'new') THEN person_id END",
    "exact id": "id_as_written",
}


def review_share(home: Path, month: str) -> float:
    """The share of a month's rows that are graded review."""
    with duckdb.connect() as con:
        found = con.execute(
            "SELECT avg((grade = 'review')::INTEGER) FROM read_parquet(?)",
            [f"{home}/lake/crosswalk/month={month}/*.parquet"],
        ).fetchone()
    return float(found[0] or 0) if found else 0.0


def _read_linked(con: duckdb.DuckDBPyConnection, home: Path, truth: Path, month: str) -> None:
    lake = home / "lake"
    con.execute(
        _ROWS,
        [
            f"{lake}/crosswalk/month={month}/*.parquet",
            str(truth / "ids_as_written.parquet"),
            month,
            f"{lake}/records/feed=*/month={month}/*.parquet",
            f"{lake}/profiles/feed=*/month={month}/*.parquet",
        ],
    )


def _measured(con: duckdb.DuckDBPyConnection, key: str, inside: str) -> PairCounts:
    counted = con.execute(_COUNT.format(key=key, inside=inside)).fetchone() or (0, 0, 0, 0)
    return PairCounts(*(int(number or 0) for number in counted))


def wrong_by_rule(home: Path, truth: Path, month: str) -> dict[str, tuple[int, int, int]]:
    """By rule and grade: rows, rows whose person is mostly somebody else, rows parted from their person's most.

    A person_id stands for the true person whom most of its certain rows are; a true person's home is the
    person_id that holds most of its rows.
    """
    with duckdb.connect() as con:
        _read_linked(con, home, truth, month)
        found = con.execute("""
            WITH stands AS (
                SELECT person_id, coalesce(mode(true_person ORDER BY true_person) FILTER (grade <> 'review'),
                    mode(true_person ORDER BY true_person)) AS stands_for
                FROM linked GROUP BY person_id
            ),
            homes AS (
                SELECT true_person, mode(person_id ORDER BY person_id) AS home FROM linked GROUP BY true_person
            )
            SELECT rule || ' ' || grade, count(*), count(*) FILTER (true_person <> stands_for),
                count(*) FILTER (person_id <> home)
            FROM linked JOIN stands USING (person_id) JOIN homes USING (true_person)
            GROUP BY 1 ORDER BY 1""").fetchall()
    return {row[0]: (int(row[1]), int(row[2]), int(row[3])) for row in found}
