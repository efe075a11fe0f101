"""What a village finds on the doorstep of each warning of a list, by the planted truth of a made-up county."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from console.county.hashing import salt
from console.county.needs import CHANGED, Doorstep, doorsteps
from warehouse.database import quoted
from warehouse.errors import Refused
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.returns import dispositions
from warehouse.settings import REPOSITORY

_RULES = REPOSITORY / "dbt_project" / "seeds" / "reference" / "rule_catalogue.csv"
REFUTED, NOT_THE_PERSON = "不属实", "身份有误"
HOLDING = ("属实", "部分属实")
HAS_AID = "已享受其他救助"
BASIC_AIDS = ("低保", "特困")
COVERED = ("single", "C11", "R02")

# A minted person belongs to the true person whom most of its rows speak of, up to the month (ties: the smaller).
_OWNERS = """
CREATE OR REPLACE TEMP TABLE owners AS
SELECT person_id, arg_max(true_person, (n, true_person)) AS true_person
FROM (
    SELECT linked.person_id, planted.true_person, count(*) AS n
    FROM read_parquet('{crosswalk}', hive_partitioning = true, hive_types_autocast = false) AS linked
    JOIN read_parquet('{rows}') AS planted USING (month, feed, file, sheet, "row", role)
    WHERE linked.month <= '{month}' GROUP BY ALL)
GROUP BY person_id
"""

# Whose rows of the month in a list that the rule reads are somebody else's: the person on the doorstep is another.
_MIXED = """
CREATE OR REPLACE TEMP TABLE mixed AS
SELECT DISTINCT linked.person_id, linked.feed
FROM read_parquet('{crosswalk}', hive_partitioning = true, hive_types_autocast = false) AS linked
JOIN read_parquet('{rows}') AS planted USING (month, feed, file, sheet, "row", role)
JOIN owners USING (person_id)
WHERE linked.month = '{month}' AND planted.true_person <> owners.true_person
"""

# Every warning that was ever published, as it stood last.
_KNOWN = """
CREATE OR REPLACE TEMP TABLE known AS
SELECT warning_id, max_by(rule_id, month) AS rule_id, max_by(person_id, month) AS person_id
FROM (
    SELECT warning_id, rule_id, person_id, parse_filename(parse_dirpath(filename)) AS month
    FROM read_parquet('{warnings}', filename = true))
WHERE month <= '{month}' GROUP BY warning_id
"""

# What the truth says of a person in a month, by cause: rules that ask the same question get the same answer.
_TOLD = """
CREATE OR REPLACE TEMP TABLE told AS
SELECT month, cause, true_person, any_value(subject) AS subject, any_value(household) AS household,
    bool_or(is_need) AS is_need, min_by(result, rule_id) AS result, min_by(aid, rule_id) AS aid,
    min_by(reason, rule_id) AS reason
FROM read_parquet('{needs}') WHERE month <= '{month}' GROUP BY ALL
"""

# Needs that an answer has named as such: the first that did.
_HITS = """
CREATE OR REPLACE TEMP TABLE hits AS
WITH spoken AS (
    SELECT answers.list_month, answers.warning_id, answers.aid, causes.cause, owners.true_person
    FROM (SELECT warning_id, list_month, result, aid FROM dispositions) AS answers
    JOIN known USING (warning_id) JOIN owners USING (person_id) JOIN causes USING (rule_id)
    WHERE list_contains($holding, answers.result) AND answers.list_month <= $until)
SELECT told.cause, told.subject, min(spoken.list_month) AS list_month, min_by(spoken.warning_id, spoken.list_month) AS warning_id,
    any_value(told.household) AS household, min_by(spoken.aid, spoken.list_month) AS aid
FROM spoken ASOF JOIN told
    ON spoken.cause = told.cause AND spoken.true_person = told.true_person AND spoken.list_month >= told.month
WHERE told.is_need GROUP BY ALL
"""

# Who is taken in with the whole house needs no look of their own for these.
_FINDS = """
CREATE OR REPLACE TEMP TABLE finds AS
SELECT cause, subject FROM hits
UNION
SELECT told.cause, told.subject FROM told JOIN hits USING (household)
WHERE told.is_need AND hits.cause = 'low income' AND list_contains($basic, hits.aid)
    AND list_contains($covered, told.cause)
"""

_RIGHT = """
WITH latest AS (SELECT *, row_number() OVER (PARTITION BY cause, true_person ORDER BY month DESC) AS place FROM told),
reads AS (
    SELECT rule_id, unnest(string_split(needs_feeds, ';')) AS feed FROM read_csv('{rules}', header = true)),
mixed_rules AS (SELECT DISTINCT reads.rule_id, mixed.person_id FROM reads JOIN mixed USING (feed))
SELECT asked.warning_id, known.rule_id, owners.true_person, latest.subject, latest.month = '{month}' AS is_now,
    coalesce(latest.is_need, false), latest.result, latest.aid, latest.reason, finds.subject IS NOT NULL AS is_helped,
    mixed_rules.person_id IS NOT NULL AS is_mixed
FROM asked JOIN known USING (warning_id)
LEFT JOIN owners USING (person_id)
LEFT JOIN causes USING (rule_id)
LEFT JOIN latest ON latest.cause = causes.cause AND latest.true_person = owners.true_person AND latest.place = 1
LEFT JOIN finds ON finds.cause = latest.cause AND finds.subject = latest.subject
LEFT JOIN mixed_rules ON mixed_rules.rule_id = known.rule_id AND mixed_rules.person_id = known.person_id
"""


@dataclass(frozen=True)
class Finding:
    """What is right to write about a warning: ``is_need``, the result, the aid (blank: none is asked) and why not."""

    is_need: bool
    result: str
    aid: str
    reason: str
    asks_for_aid: bool
    is_the_person: bool = True


def read_truth(
    con: duckdb.DuckDBPyConnection, month: Month, lake: Lake, truth: Path, *, found_by: Month
) -> None:
    """Make the tables ``owners``, ``known``, ``mixed``, ``causes``, ``told``, ``hits`` and ``finds``.

    ``hits`` are the needs that an answer to a list up to ``found_by`` has named as such, ``finds`` also those that are
    covered by them. ``Refused`` where there is no planted truth or nothing was published.
    """
    places = _places(month, lake, truth)
    if not (truth / "needs.parquet").exists():
        raise Refused(
            "there is no planted truth of needs: only a made-up county has villages that answer by themselves.",
            next_step="point --county at what doudi county wrote; real lists are answered by people.",
        )
    if not any((lake.home / "release").glob("*/warnings.parquet")):
        raise Refused("no list has gone out in this home.", next_step=f"run doudi run --month {month} first.")
    for query in (_OWNERS, _MIXED, _KNOWN, _TOLD):
        con.execute(query.format(**places))
    con.execute("CREATE OR REPLACE TEMP TABLE causes (rule_id VARCHAR, cause VARCHAR)")
    con.executemany(
        "INSERT INTO causes VALUES (?, ?)", [(one.rule_id, one.cause) for one in doorsteps().values()]
    )
    dispositions.view(con, dispositions.files(lake))
    con.execute(_HITS, {"holding": list(HOLDING), "until": str(found_by)})
    con.execute(_FINDS, {"basic": list(BASIC_AIDS), "covered": list(COVERED)})


def right_answers(
    con: duckdb.DuckDBPyConnection, warnings: Iterable[str], month: Month, lake: Lake, truth: Path
) -> dict[str, Finding]:
    """The right answer to each of these warnings, by id, after ``read_truth``."""
    asked = pa.table({"warning_id": pa.array(sorted(set(warnings)), pa.string())})
    con.register("asked", asked)
    found = con.execute(_RIGHT.format(**_places(month, lake, truth))).fetchall()
    con.unregister("asked")
    return {str(warning_id): _finding(str(warning_id), *rest) for warning_id, *rest in found}


def _places(month: Month, lake: Lake, truth: Path) -> dict[str, str]:
    return {
        "month": str(month),
        "crosswalk": quoted(lake.root / "crosswalk" / "month=*" / "*.parquet"),
        "rows": quoted(truth / "rows.parquet"),
        "needs": quoted(truth / "needs.parquet"),
        "warnings": quoted(lake.home / "release" / "*" / "warnings.parquet"),
        "rules": quoted(_RULES),
    }


def _finding(
    warning_id: str,
    rule_id: str,
    person: str | None,
    subject: str | None,
    is_now: bool | None,
    is_need: bool,
    result: str | None,
    aid: str | None,
    reason: str | None,
    is_helped: bool,
    is_mixed: bool,
) -> Finding:
    rule = doorsteps().get(rule_id)
    asks = bool(rule and rule.aids)
    if subject is None or result is None:
        # Raised without cause: the records belong to somebody else, or the machine took them wrongly.
        why = NOT_THE_PERSON if is_mixed or person is None else ""
        return Finding(False, why or REFUTED, "", why or _reason(warning_id, rule), asks, not why)
    if is_helped:
        return Finding(False, CHANGED, "", HAS_AID if asks else "", asks)
    if not is_now and rule is not None and rule.ends_when_gone:
        return Finding(False, CHANGED, "", reason or "", asks)
    return Finding(is_need, result, aid or "", reason or "", asks)


def _reason(warning_id: str, rule: Doorstep | None) -> str:
    words = list(rule.reasons) if rule else []
    return words[salt(warning_id, "reason") % len(words)] if words else ""
