"""What a data engineer may write in YAML alone: what is refused, with file, line and reason, before any row is looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from expectations.phrases import Scene
from expectations.suite import FOLDER, find, suites
from expectations.told import trend
from warehouse.errors import Misconfigured
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.verdicts import RuleVerdict, Verdict, write_verdict

RULE = """table: medical_settlement
title: 医保结算
rules:
  - id: E-x-medical_settlement-01
    query: >
      SELECT count(*) FILTER (WHERE own_total > {large}) / nullif(count(*), 0) AS measured, count(*) AS of_rows
      FROM {batch} JOIN {medical_enrolment__before} USING (psn_no)
    sentence: {en: "few bills are large", zh: "大额账单占比不高"}
    policy: {at_most: expectations.repeated_share_max, large: expectations.repeated_share_max}
    severity: warn
    regions: [tongren]
    why: "Our hospital sends test bills of a million."
    words: "大额账单偏多，可能是测试数据。"
"""

# What is changed, and what must be said of it.
BROKEN = [
    ("FROM {batch} JOIN", "FROM read_csv('/etc/passwd'), {batch} JOIN", "calls 'read_csv'"),
    ("FROM {batch} JOIN", "FROM 'secret.parquet', {batch} JOIN", "reads 'secret.parquet'"),
    ("FROM {batch} JOIN", "FROM ledger, {batch} JOIN", "reads 'ledger'"),
    ("FROM {batch} JOIN", "FROM", "does not read {batch}"),
    ("own_total > {large}", "own_total > 5", "does not use large"),
    ("USING (psn_no)", "USING (psn_no); DROP TABLE x", "cannot be read"),
    ("USING (psn_no)", "USING (psn_no); SELECT 1", "more than one statement"),
    ("SELECT count(*) FILTER", "SELECT max(name) AS name, count(*) FILTER", "exactly measured and of_rows"),
    ("SELECT count(*) FILTER", "SELEC count(*) FILTER", "syntax error"),
    ("at_most: ", "atmost: ", "needs a limit from policy"),
    ("    query: >", "    vocabulary: delivered\n    query: >", "name either"),
    ("E-x-medical_settlement-01", "E-medical_settlement-77", "rules beside ours are E-x-medical_settlement-NN"),
    ("    query: >", "    expectation: >", "is no expectation of Great Expectations"),
]  # fmt: skip


@pytest.fixture
def beside(tmp_path, monkeypatch):
    """Writes a suite into a folder beside ours, and gives the suites of the shelf."""

    def written(text: str) -> dict[str, list[str]]:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        (folder / "standardised").mkdir(parents=True)
        (folder / "standardised" / "medical_settlement.yml").write_text(text, "utf-8")
        monkeypatch.setenv("DOUDI_SUITES", str(folder))
        return {suite.table: [rule.id for rule in suite.rules] for suite in suites("standardised")}

    return written


def test_a_folder_beside_ours_adds_its_rules_and_keeps_ours(beside):
    ours = {suite.table: [rule.id for rule in suite.rules] for suite in suites("standardised")}
    found = beside(RULE)
    assert found.pop("medical_settlement") == [*ours.pop("medical_settlement"), "E-x-medical_settlement-01"]
    assert found == ours


def test_a_query_is_filled_with_its_tables_and_numbers_and_put_under_its_limits(beside):
    beside(RULE)
    _, rule = find("E-x-medical_settlement-01")
    scene = Scene(
        "medical_settlement", Month(2026, 9), {}, {"medical_enrolment": "medical_enrolment__before"}, None
    )
    query = rule.phrase.build(scene, at_most="0.1", large="1000000")
    assert 'JOIN "medical_enrolment__before"' in query
    assert "own_total > 1000000" in query
    assert "measured > 0.1" in query
    assert rule.phrase.sentence({}, chinese=True) == "大额账单占比不高"
    assert rule.is_for("tongren")
    assert not rule.is_for("tianjin")


@pytest.mark.parametrize(("old", "new", "said"), BROKEN)
def test_what_a_rule_may_not_do_is_said_with_file_and_line(beside, old, new, said):
    assert old in RULE
    with pytest.raises(Misconfigured, match=r"standardised/medical_settlement\.yml, line \d+, ") as broken:
        beside(RULE.replace(old, new))
    assert said in broken.value.what


CORE = """table: medical_settlement
title: 医保结算
rules:
  - id: E-x-medical_settlement-01
    expectation: %s
    args: %s
    policy: %s
    severity: warn
    why: "What an engineer knows by heart."
    words: "中位数不在常见范围。"
"""


def test_any_core_expectation_is_taken_with_the_arguments_of_its_own_class(beside):
    policy = "{min_value: expectations.whole_min}"
    beside(CORE % ("expect_column_median_to_be_between", "{column: total}", policy))
    _, rule = find("E-x-medical_settlement-01")
    assert rule.columns == ["total"]
    assert "median" in rule.phrase.sentence({})


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("expect_column_median_to_be_between", "{colum: total}", "unknown ['colum'], missing ['column']"),
        ("expect_column_values_to_match_regex", "{column: total}", "cannot be asked of DuckDB"),
        ("expect_the_moon", "{column: total}", "is no expectation of Great Expectations"),
        (
            "expect_column_median_to_be_between",
            "{column: total, min_value: 3}",
            "a number stands in min_value",
        ),
    ],
)
def test_a_core_expectation_that_cannot_be_asked_is_refused(beside, name, arguments, said):
    with pytest.raises(Misconfigured) as broken:
        beside(CORE % (name, arguments, "{}"))
    assert said in broken.value.what


def test_an_unknown_rule_names_those_near_it():
    with pytest.raises(Misconfigured, match="near it: E-medical_settlement-0"):
        find("E-medical_settlements-01", FOLDER)


def test_the_trend_tells_every_month_that_a_gate_looked_at(tmp_path: Path):
    lake = Lake(tmp_path)
    for month, success, measured in (("2026-07", True, 0.5), ("2026-09", False, 1.0)):
        rule = RuleVerdict("E-a-01", "a", "warn", success, "", {"measured": measured, "limit": 0.8})
        write_verdict(Verdict("gate2", month, "passed", (rule,), ""), lake)
    told = trend("E-a-01", Month(2026, 9), lake, 6).splitlines()[1:]
    assert [line.split()[0] for line in told] == ["2026-07", "→"]
    assert told[0].count("█") * 2 == told[1].count("█")
    assert "failed 未通过 (warn)" in told[1]
    assert trend("E-a-01", Month(2026, 6), lake, 3).startswith("No gate has asked E-a-01")
