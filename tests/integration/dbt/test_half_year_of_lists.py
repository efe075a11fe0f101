"""Half a year of lists through the warehouse's own models: villages answer as people do, and the lists learn.

A made-up township world of 1,400 findings under eight rules, as many again as the cap lets be visited in a month; most
stand from the first month, some come later. What the doorstep finds is drawn at rates as the county's table has them.
"""

import csv
import itertools
import shutil

import duckdb
import pytest

from console.county.measure_visits import measure_visits
from console.county.needs import doorsteps
from console.county.village_habits import Habits
from tests.bench.lists_alone import ListsAlone
from warehouse.months import span
from warehouse.settings import REPOSITORY

MONTHS = span("2026-05..2026-10")
CAP = 55
PACKS = REPOSITORY / "dbt_project" / "seeds" / "policy"
RULES = {"D01": 60, "Q01": 60, "C01": 200, "C04": 120, "C08": 160, "C10": 320, "R01": 320, "M01": 160}
HABITS = Habits()

# One finding a person, two persons a house, four townships; from the month ``begun`` on, some until ``gone``.
_FINDINGS = """
CREATE TABLE findings AS
WITH drawn AS (SELECT *, hash(n, 'begun') % 10 AS b, hash(n, 'gone') % 10 AS g FROM ruled)
SELECT rule_id, cause, need_share, result_when_not, aid, format('{:07d}', n) AS number, n,
    concat('P', number) AS person_id, concat('T', number) AS true_person, concat('H', n // 2) AS household,
    ['甲乡', '乙镇', '丙镇', '丁乡'][n // 2 % 4 + 1] AS township, concat('W', md5(number)[:16]) AS warning_id,
    if(b < 6, 0, 1 + hash(n, 'later') % 5) AS begun, if(g < 1, begun + 3, 99) AS gone,
    hash(n, 'need') / 18446744073709551616.0 < need_share AS is_need
FROM drawn
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """The findings, and their truth as the made-up county writes it."""
    folder = tmp_path_factory.mktemp("world")
    truth, crosswalk = folder / "truth", folder / "home" / "lake" / "crosswalk"
    truth.mkdir()
    con = duckdb.connect(str(folder / "world.duckdb"))
    con.execute(
        "CREATE TABLE ruled (n BIGINT, rule_id VARCHAR, cause VARCHAR, need_share DOUBLE, result_when_not VARCHAR, aid VARCHAR)"
    )
    people = itertools.count(1)
    for rule, count in RULES.items():
        told = doorsteps()[rule]
        line = [rule, told.cause, told.need_share, told.result_when_not, next(iter(told.aids), "")]
        con.executemany(
            "INSERT INTO ruled VALUES (?, ?, ?, ?, ?, ?)", [[next(people), *line] for _ in range(count)]
        )
    con.execute(_FINDINGS)
    rows = "SELECT '{m}' AS month, 'f' AS feed, 'f.csv' AS file, '' AS sheet, n AS row, 'self' AS role, {who} FROM findings"
    con.execute(
        f"CREATE TABLE rows AS {' UNION ALL '.join(rows.format(m=m, who='true_person') for m in MONTHS)}"
    )
    con.execute(f"COPY rows TO '{truth}/rows.parquet' (FORMAT parquet)")
    needs = " UNION ALL ".join(f"""
        SELECT '{month}' AS month, rule_id, true_person, cause, true_person AS subject, household, township, is_need,
            if(is_need, '属实', result_when_not) AS result, if(is_need, aid, '') AS aid,
            if(is_need OR aid = '', '', '收入超过标准') AS reason, true AS is_planted
        FROM findings WHERE {at} BETWEEN begun AND gone""" for at, month in enumerate(MONTHS))  # fmt: skip
    con.execute(f"COPY ({needs}) TO '{truth}/needs.parquet' (FORMAT parquet)")
    for month in MONTHS:
        place = crosswalk / f"month={month}"
        place.mkdir(parents=True)
        of_month = rows.format(m=month, who="person_id").replace(f"'{month}' AS month, ", "")
        con.execute(f"COPY ({of_month}) TO '{place}/part.parquet' (FORMAT parquet)")
    con.close()
    return folder


def packs(folder, **values):
    """The policy packs with other values for some parameters, wherever they stand."""
    shutil.copytree(PACKS, folder)
    found = set()
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            lines = list(csv.DictReader(stream))
        for line in lines:
            if line["parameter"] in values:
                line["value"] = str(values[line["parameter"]])
                found.add(line["parameter"])
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, lines[0])
            writer.writeheader()
            writer.writerows(lines)
    assert found == set(values), f"no such parameter: {set(values) - found}"
    return folder


@pytest.fixture(scope="module")
def half_year(world, tmp_path_factory):
    """Six months lived through: the lists, and what they came to."""
    folder = packs(tmp_path_factory.mktemp("policy") / "packs", list_cap_visits=CAP)
    lists = ListsAlone(world / "home", world, folder)

    def given(month):
        at = MONTHS.index(month)
        return {
            "intermediate.int_rules__assessed": f"""
                SELECT rule_id, warning_id, person_id, household AS household_id, township, '一村' AS village,
                    true AS is_raised, if(rule_id = 'D01' AND n % 3 > 0, '确认', '疑似') AS grade, 'same' AS fingerprint, 'same' AS standing,
                    '一件事' AS summary, '{{"rows": {{"f": 1}}}}' AS evidence, 'p' AS policy_ref
                FROM findings.findings WHERE {at} BETWEEN begun AND gone""",
            "intermediate.int_households__formed": "SELECT household AS household_id, person_id FROM findings.findings",
        }

    lists.attached = world / "world.duckdb"
    lists.live_through(MONTHS, given, HABITS)
    lines, recall = measure_visits(
        MONTHS, lake=lists.lake, truth=world / "truth", between_offices=(), caps=CAP
    )
    return lists, lines, recall


def test_the_last_month_finds_more_than_twice_as_much_a_visit(half_year):
    _, lines, _ = half_year
    last = lines[-1]
    assert last.plain_visits > 100
    assert last.yield_per_visit >= 2 * last.plain_yield


def test_the_needs_are_found_within_the_half_year(half_year):
    _, lines, recall = half_year
    assert recall.planted > 200
    assert recall.share >= 0.95, recall.missed_by
    assert recall.found > recall.plain_found
    assert sum(line.visits for line in lines) <= sum(line.plain_visits for line in lines)


def test_the_first_months_are_spent_where_most_is_found(half_year):
    """Ordering alone: in the first month nobody remembers anything yet."""
    _, lines, _ = half_year
    assert lines[0].yield_per_visit > 1.2 * lines[0].plain_yield


def test_the_cap_holds_and_nothing_is_lost(half_year):
    lists, _, _ = half_year
    for month in MONTHS:
        counted = duckdb.sql(f"""
            SELECT township, count(DISTINCT household_id) FILTER (status = 'listed'), count(*),
                count(*) FILTER (status_reason IS NULL AND status <> 'listed')
            FROM '{lists.lake.home}/release/{month}/warnings.parquet' GROUP BY 1""").fetchall()
        assert all(listed <= CAP for _, listed, _, _ in counted)
        assert not sum(silent for *_, silent in counted), "whoever is not listed is told why"


def test_every_warning_that_went_out_has_an_end(half_year):
    """Answered, settled with another of its house, or open with the day on which it was due: nothing in between."""
    lists, _, _ = half_year
    after = MONTHS[-1].plus(1)
    lists.publish(after, {})
    lake = lists.lake.root
    with duckdb.connect() as con:
        con.execute(f"""
            CREATE TABLE fates AS
            WITH known AS (
                SELECT warning_id, any_value(household_id) AS household, bool_or(status = 'listed') AS was_sent
                FROM '{lists.lake.home}/release/*/warnings.parquet' GROUP BY 1),
            answered AS (SELECT DISTINCT warning_id FROM '{lake}/dispositions/month=*/*.parquet' WHERE result <> '无法核实'),
            settled AS (SELECT DISTINCT household FROM known SEMI JOIN answered USING (warning_id))
            SELECT CASE WHEN answered.warning_id IS NOT NULL THEN 'answered' WHEN due_on IS NOT NULL THEN 'open'
                WHEN settled.household IS NOT NULL THEN 'along' ELSE 'lost' END AS fate
            FROM known LEFT JOIN answered USING (warning_id) LEFT JOIN settled USING (household)
            LEFT JOIN '{lake}/marts/fct_open_item_monthly/month={after}/*.parquet' AS items USING (warning_id)
            WHERE was_sent""")
        fates = dict(con.execute("SELECT fate, count(*) FROM fates GROUP BY 1").fetchall())
    assert "lost" not in fates
    assert fates["answered"] > 0.9 * sum(fates.values())
    assert fates["open"] > 0, "some never came back, and are known to be open"
