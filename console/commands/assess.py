"""``doudi assess``: a made-up county's results against its planted truth.

Only a made-up county has a truth; the platform itself never reads it. A planted person counts as found
when the warning's person is the one that the person's own rows were linked to.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from console.county.measure_notices import HEADERS as NOTICES
from console.county.measure_notices import PLANTED, measure_notices
from console.county.people_truth import FILE as PEOPLE_FILE
from console.screen import Screen
from warehouse import policy as policies
from warehouse.database import in_memory, quoted
from warehouse.errors import Refused
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.settings import Settings

LINKS = ("month", "what", "rows", "precision %", "recall %", "exact-ID precision %", "exact-ID recall %")
WARNINGS = (
    "month",
    "rule",
    "planted",
    "found",
    "missed",
    "raised",
    "raised on a near miss",
    "without cause",
    "of these: a row not linked",
)

QUALITY = (
    "month",
    "measure",
    "method",
    "groups",
    "interval holds the truth",
    "true rate %",
    "low %",
    "high %",
    "not held",
)

# A minted person belongs to the true person whom most of its rows speak of (ties: the smaller id).
_OWNERS = """
CREATE OR REPLACE TEMP TABLE owners AS
SELECT person_id, arg_max(true_person, (n, true_person)) AS true_person
FROM (
  SELECT x.person_id, t.true_person, count(*) AS n
  FROM read_parquet('{crosswalk}', hive_partitioning = true, hive_types_autocast = false) AS x
  JOIN read_parquet('{truth}') AS t
    ON t.month = x.month AND t.feed = x.feed AND t.file = x.file AND t.sheet = x.sheet
    AND t.row = x.row AND t.role = x.role
  GROUP BY ALL)
GROUP BY person_id
"""

# Of whom a row of the month, in a list that the rule reads, stands under another person or is only proposed.
_SPLIT = """
CREATE OR REPLACE TEMP TABLE split AS
WITH named AS (
  SELECT t.true_person, x.feed, x.person_id, x.grade
  FROM read_parquet('{truth}') AS t
  JOIN read_parquet('{crosswalk}', hive_partitioning = true, hive_types_autocast = false) AS x
    ON t.month = x.month AND t.feed = x.feed AND t.file = x.file AND t.sheet = x.sheet
    AND t.row = x.row AND t.role = x.role
  WHERE t.month = '{month}'),
counted AS (SELECT true_person, person_id, count(*) AS n FROM named GROUP BY ALL),
main AS (SELECT true_person, arg_max(person_id, (n, person_id)) AS person_id FROM counted GROUP BY true_person)
SELECT DISTINCT named.true_person, named.feed FROM named JOIN main USING (true_person)
WHERE named.person_id <> main.person_id OR named.grade = 'review'
"""

_RULES = """
WITH raised AS (
  SELECT DISTINCT w.rule_id, o.true_person
  FROM read_parquet('{warnings}') AS w LEFT JOIN owners AS o USING (person_id)),
planted AS (
  SELECT rule_id, true_person, expected FROM read_parquet('{truth}') WHERE month = '{month}'
  AND rule_id IN (SELECT rule_id FROM read_parquet('{built}'))),
reads AS (
  SELECT DISTINCT rule_id, unnest(string_split(needs_feeds, ';')) AS feed FROM read_parquet('{built}')),
unlinked AS (SELECT DISTINCT rule_id, true_person FROM reads JOIN split USING (feed))
SELECT coalesce(p.rule_id, r.rule_id) AS rule_id,
  count(*) FILTER (p.expected) AS planted,
  count(*) FILTER (p.expected AND r.rule_id IS NOT NULL) AS found,
  count(*) FILTER (p.expected AND r.rule_id IS NULL) AS missed,
  count(*) FILTER (r.rule_id IS NOT NULL) AS raised,
  count(*) FILTER (NOT p.expected AND r.rule_id IS NOT NULL) AS on_near_miss,
  count(*) FILTER (p.rule_id IS NULL AND r.rule_id IS NOT NULL) AS without_cause,
  count(*) FILTER (u.rule_id IS NOT NULL AND ((p.expected AND r.rule_id IS NULL)
    OR (coalesce(NOT p.expected, p.rule_id IS NULL) AND r.rule_id IS NOT NULL))) AS not_linked
FROM planted AS p FULL JOIN raised AS r
  ON p.rule_id = r.rule_id AND p.true_person = r.true_person
LEFT JOIN unlinked AS u
  ON coalesce(p.rule_id, r.rule_id) = u.rule_id AND coalesce(p.true_person, r.true_person) = u.true_person
GROUP BY ALL ORDER BY ALL
"""


def show_assessment(county: Path, settings: Settings, screen: Screen) -> None:
    """Per month: links beside the exact-ID join on the same rows; warnings per rule."""
    lake = Lake(settings.home)
    truth = county / "truth"
    if not (truth / "rows.parquet").exists():
        raise Refused(
            f"the folder {county.name} holds no planted truth.",
            next_step="point --county at what doudi county wrote.",
        )
    from console.county.measure_links import review_share

    months = lake.months("crosswalk")
    if not months:
        raise Refused("no month of this home is linked.", next_step="run doudi run --month YYYY-MM first.")
    links = [line for month in months for line in link_lines(settings.home, truth, month)]
    screen.table("Links against the planted truth", LINKS, links)
    for month in months:
        screen.say(f"{month}: {review_share(settings.home, month):.2%} of the rows are for review.")
    with in_memory(settings.home) as con:
        rules = [line for month in months for line in rule_lines(con, lake, truth, month)]
        ahead = rules_ahead(con, lake, truth)
    quality = [line for month in months for line in quality_lines(settings, truth, month)]
    if quality:
        screen.table("Published linkage quality against the planted truth", QUALITY, quality)
    screen.table("Warnings against the planted truth", WARNINGS, rules)
    _show_notices(county, settings.home, screen)
    if ahead:
        screen.say(f"Planted besides, for rules that are not built yet: {', '.join(ahead)}.")


def _show_notices(county: Path, home: Path, screen: Screen) -> None:
    """The notices that stand in the newest month that has them, where the county tells who everybody is."""
    months = Lake(home).months("notices")
    if not months or not (county / "truth" / PEOPLE_FILE).exists():
        return
    kinds, planted = measure_notices(county, home, Month.parse(months[-1]))
    screen.table("Notices against the planted truth", NOTICES, kinds)
    screen.table("What was planted for them, and who asks about it", PLANTED, planted)


def link_lines(home: Path, truth: Path, month: str) -> list[tuple[object, ...]]:
    """Per view of a month's rows: pairwise precision and recall of the links and of the exact-ID join."""
    from console.county.measure_links import pairwise

    measured = pairwise(home, truth, month)
    lines: list[tuple[object, ...]] = []
    for view, links in measured.items():
        part = view.removeprefix("all").removeprefix("certain").strip()
        beside = measured.get(f"exact id {part}".strip())
        if view.startswith("exact id"):
            continue
        exact = (_percent(beside.precision), _percent(beside.recall)) if beside else ("", "")
        lines.append((month, view, links.rows, _percent(links.precision), _percent(links.recall), *exact))
    return lines


def quality_lines(settings: Settings, truth: Path, month: str) -> list[tuple[object, ...]]:
    """Per measure and method: of how many groups the published interval holds the true rate, and the whole's."""
    from console.county.measure_quality import check_intervals

    policy = policies.load(settings.policy_dir, settings.region, Month.parse(month))
    checks = [c for c in check_intervals(settings.home, truth, month, policy) if c.estimate is not None]
    lines: list[tuple[object, ...]] = []
    for measure, method in sorted({(check.measure, check.method) for check in checks}):
        mine = [check for check in checks if (check.measure, check.method) == (measure, method)]
        whole = next((check for check in mine if check.by == "all"), None)
        missed = [f"{check.by} {check.value}" for check in mine if not check.is_covered]
        rates = (
            tuple(round(r * 100, 3) for r in (whole.true_rate, whole.low, whole.high))
            if whole
            else ("", "", "")
        )
        lines.append((month, measure, method, len(mine), len(mine) - len(missed), *rates, ", ".join(missed)))
    return lines


def _percent(share: float) -> float:
    return round(share * 100, 3)


def rule_lines(
    con: duckdb.DuckDBPyConnection, lake: Lake, truth: Path, month: str
) -> list[tuple[object, ...]]:
    """Per rule of a published month: planted, found, missed, raised, on a near miss, without cause, and how many of
    the missed and wrongly raised have a row that linkage left apart."""
    warnings = lake.home / "release" / month / "warnings.parquet"
    if not warnings.exists():
        return []
    places = {
        "crosswalk": quoted(lake.root / "crosswalk" / "month=*" / "*.parquet"),
        "truth": quoted(truth / "rows.parquet"),
        "month": month,
    }
    con.execute(_OWNERS.format(**places))
    con.execute(_SPLIT.format(**places))
    places = {**places, "truth": quoted(truth / "warnings.parquet"), "built": _built(lake)}
    found = con.execute(_RULES.format(warnings=quoted(warnings), **places)).fetchall()
    return [(month, *line) for line in found]


def rules_ahead(con: duckdb.DuckDBPyConnection, lake: Lake, truth: Path) -> list[str]:
    """Rules that the county plants and the warehouse does not have."""
    if not lake.months("marts/dim_rule"):
        return []
    planted = f"SELECT DISTINCT rule_id FROM read_parquet('{quoted(truth / 'warnings.parquet')}')"
    built = f"SELECT rule_id FROM read_parquet('{_built(lake)}')"
    return [rule for (rule,) in con.execute(f"{planted} EXCEPT {built} ORDER BY 1").fetchall()]


def _built(lake: Lake) -> str:
    return quoted(lake.root / "marts" / "dim_rule" / "month=*" / "*.parquet")
