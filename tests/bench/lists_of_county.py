"""Half a year of lists on what is planted in a made-up county: a policy of lists tried in minutes, over several draws.

    doudi county --out DIR --seed 7 --persons 10000 --months 2026-05..2026-10
    python tests/bench/lists_of_county.py --county DIR --draws 3 --set second_look_along=no --set second_look_grades=

What the rules find is taken from ``truth/needs.parquet`` instead of six builds: every planted finding of the month, with the
grade and the number of sources that its rule has mostly, evidence that never changes, and no linkage. The lists, the memory
and the second looks are those of the warehouse's own models (``lists_alone``). A draw is another set of mistakes that the
villages make. For choosing; what is published is measured by ``half_year.py``.
"""

import argparse
import csv
import shutil
import sys
import tempfile
from pathlib import Path

import duckdb

from console.county import village_habits as habit
from console.county.hashing import salt
from console.county.measure_visits import measure_visits
from console.county.village_habits import Habits
from console.screen import Screen
from tests.bench.lists_alone import ListsAlone
from warehouse.months import span
from warehouse.settings import REPOSITORY

MONTHS = span("2026-05..2026-10")
PACKS = REPOSITORY / "dbt_project" / "seeds" / "policy"

# As the rules grade mostly, and of how many feeds their evidence counts rows (real builds of 2,000 people).
_GRADE = """CASE WHEN rule_id IN ('D01', 'D02') AND h < 80 THEN '确认'
    WHEN rule_id IN ('G01', 'G02', 'G03', 'G04', 'Q02') OR (rule_id = 'R04' AND h < 20) THEN '提示' ELSE '疑似' END"""
_EVIDENCE = """CASE WHEN rule_id IN ('D01', 'D02', 'M01', 'G04') OR (rule_id = 'D03' AND h < 55)
        THEN '{"rows": {"a": 1, "b": 1, "c": 1}}'
    WHEN rule_id IN ('D03', 'G01', 'G02', 'Q02') THEN '{"rows": {"a": 1, "b": 1}}' ELSE '{"rows": {"a": 1}}' END"""
# A ticket is gone once it is answered, unless the one answer so far refuted it.
_ENDED_TICKETS = """SELECT warning_id FROM lake.dispositions WHERE rule_id = 'R04' AND result <> '无法核实'
    GROUP BY warning_id HAVING count(DISTINCT list_month) > 1 OR bool_or(result <> '不属实')"""
_FINDINGS = """
CREATE TABLE findings AS
SELECT month, rule_id, true_person, concat('P', true_person) AS person_id, household, coalesce(township, '') AS township,
    concat('W', substr(md5(concat(rule_id, '|', true_person)), 1, 16)) AS warning_id, hash(rule_id, true_person) % 100 AS h
FROM read_parquet('{needs}') WHERE rule_id <> 'G05'
QUALIFY row_number() OVER (PARTITION BY month, rule_id, true_person ORDER BY cause) = 1
"""
_ROWS = """SELECT '{month}' AS month, 'f' AS feed, 'f.csv' AS file, '' AS sheet, n AS row, 'self' AS role, {who}
FROM (SELECT DISTINCT true_person, person_id, dense_rank() OVER (ORDER BY true_person) AS n FROM findings)"""


def live_through(county: Path, folder: Path, packs: Path):
    """Six months of lists and answers in ``folder``; the months, and the fates of the needs."""
    truth = folder / "truth"
    truth.mkdir(parents=True)
    shutil.copy(county / "truth" / "needs.parquet", truth)
    with duckdb.connect(str(folder / "findings.duckdb")) as con:
        con.execute(_FINDINGS.format(needs=truth / "needs.parquet"))
        rows = " UNION ALL ".join(_ROWS.format(month=month, who="true_person") for month in MONTHS)
        con.execute(f"COPY ({rows}) TO '{truth}/rows.parquet' (FORMAT parquet)")
        for month in MONTHS:
            place = folder / "home" / "lake" / "crosswalk" / f"month={month}"
            place.mkdir(parents=True)
            of_month = _ROWS.format(month=month, who="person_id").replace(f"'{month}' AS month, ", "")
            con.execute(f"COPY ({of_month}) TO '{place}/part.parquet' (FORMAT parquet)")

    def given(month):
        return {
            "intermediate.int_rules__assessed": f"""
                SELECT rule_id, warning_id, person_id, household AS household_id, township, '一村' AS village,
                    true AS is_raised, {_GRADE} AS grade, 'same' AS fingerprint, 'same' AS standing, '一件事' AS summary,
                    {_EVIDENCE} AS evidence, 'p' AS policy_ref
                FROM findings.findings WHERE month = '{month}' AND warning_id NOT IN ({_ENDED_TICKETS})""",
            "intermediate.int_households__formed": "SELECT DISTINCT household AS household_id, person_id FROM findings.findings",
        }

    lists = ListsAlone(folder / "home", folder, packs)
    lists.attached = folder / "findings.duckdb"
    lists.live_through(MONTHS, given, Habits())
    policy = lists.policy(MONTHS[-1])
    return (
        *measure_visits(
            MONTHS, lake=lists.lake, truth=truth, between_offices=policy.words("rules_between_offices"),
            caps=policy.count("list_cap_visits"),
        ),
        second_looks(lists.lake.home),
    )  # fmt: skip


def second_looks(home: Path) -> tuple[int, int]:
    """How many second looks were answered, and how many of them found true what the first had refuted."""
    found = duckdb.sql(f"""
        SELECT count(*), count(*) FILTER (answers.result = '属实')
        FROM read_parquet('{home}/lake/dispositions/month=*/*.parquet', hive_partitioning = false) AS answers
        JOIN read_parquet('{home}/lake/marts/fct_warning_monthly/month=*/*.parquet') AS listed
            ON listed.warning_id = answers.warning_id AND CAST(listed.month AS VARCHAR) = answers.list_month
        WHERE listed.status = 'listed' AND json_extract_string(listed.evidence, '$.second_look_of') IS NOT NULL""")
    return found.fetchone() or (0, 0)


def packs_with(values: dict[str, str], folder: Path) -> Path:
    """The policy packs with other values, wherever they stand."""
    shutil.copytree(PACKS, folder)
    unknown = set(values)
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            lines = list(csv.DictReader(stream))
        for line in lines:
            line["value"] = values.get(line["parameter"], line["value"])
        unknown -= {line["parameter"] for line in lines}
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, lines[0])
            writer.writeheader()
            writer.writerows(lines)
    if unknown:
        sys.exit(f"no such parameter: {', '.join(sorted(unknown))}")
    return folder


def main() -> None:
    """Live through the half year once for each draw of mistakes, print a line for each."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--county", type=Path, required=True)
    asked.add_argument("--draws", type=int, default=1, help="the first is that of the villages' own hash")
    asked.add_argument("--set", action="append", default=[], metavar="PARAMETER=VALUE")
    given = asked.parse_args()
    values = dict(one.split("=", 1) for one in given.set)
    own, lines = habit.drawn, []
    for draw in range(given.draws):
        habit.drawn = own if draw == 0 else lambda *words, at=draw: salt("villages", str(at), *words) / 2**64
        with tempfile.TemporaryDirectory() as folder:
            packs = packs_with(values, Path(folder) / "packs")
            months, recall, (looks, turned) = live_through(given.county, Path(folder), packs)
        last = months[-1]
        lines.append((
            draw, recall.planted, recall.found, round(100 * recall.share, 1), sum(x.visits for x in months),
            sum(x.plain_visits for x in months), last.visits, round(100 * last.yield_per_visit, 1),
            round(100 * last.plain_yield, 1), looks, turned, "; ".join(recall.missed_by),
        ))  # fmt: skip
    Screen().table(
        "Half a year of lists on what is planted in a county",
        ("draw", "planted", "found", "recall %", "visits", "plain visits", "visits in month 6", "yield %", "plain yield %",
         "second looks answered", "found true by them", "missed"),
        lines,
    )  # fmt: skip


if __name__ == "__main__":
    main()
