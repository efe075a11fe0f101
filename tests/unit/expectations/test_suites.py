"""Suites are read strictly: what is wrong in one is said with file and line, before any row is looked at."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from expectations.gate import HISTORY_MONTHS, ROWS_TO_STOP
from expectations.suite import suites
from expectations.told import explain, find
from warehouse.errors import Misconfigured
from warehouse.intake.contract import PLACE, contracts
from warehouse.intake.ledger import Status
from warehouse.months import Month
from warehouse.policy import load, read_lines
from warehouse.settings import REPOSITORY
from warehouse.transform import MARTS

PACKS = REPOSITORY / "dbt_project" / "seeds" / "policy"
ALL = (*suites("standardised"), *suites("marts"))

GOOD = """table: death
title: 死亡
rules:
  - id: E-death-01
    vocabulary: id_valid_share
    args: {column: id_no}
    policy: expectations.death.valid_id_share_min
    severity: stop
    why: "Because the sentence says so."
    words: "身份证号有效的偏少。"
"""

# What is changed in the good suite, the line that must be named, and what must be said.
BROKEN = [
    ("severity: stop", "severity: maybe", 8, "severity"),
    ("E-death-01", "E-birth-01", 1, "E-birth-01"),
    ("E-death-01", "death one", 4, "pattern"),
    ("id_valid_share", "id_looks_nice", 4, "id_looks_nice"),
    ("column: id_no", "colum: id_no", 4, "colum"),
    ("column: id_no", "column: 7", 6, "a number"),
    ("{column: id_no}", "{column: id_no, limit: much}", 4, "must come from policy"),
    ("    policy: expectations.death.valid_id_share_min\n", "", 4, "missing"),
    ('"Because the sentence says so."', '"short"', 9, "why"),
    ("身份证号有效的偏少。", "too few valid ids", 10, "words"),
    ('    words: "身份证号有效的偏少。"\n', "", 4, "words"),
    (
        "vocabulary: id_valid_share",
        "expectation: expect_column_values_to_match_regex",
        4,
        "cannot be asked of DuckDB",
    ),
    ("rules:", "rules: {", 4, "no YAML"),
    ("table: death", "table: deaths", 1, "E-death-01"),
]


def _written(folder: Path, text: str) -> Path:
    (folder / "standardised").mkdir()
    (folder / "standardised" / "death.yml").write_text(text, "utf-8")
    return folder


def test_the_good_suite_is_read(tmp_path):
    (suite,) = suites("standardised", _written(tmp_path, GOOD))
    assert suite.rules[0].policy == {"limit": "expectations.death.valid_id_share_min"}
    assert suite.rules[0].columns == ["id_no"]


@pytest.mark.parametrize(("old", "new", "line", "said"), BROKEN)
def test_a_broken_suite_names_file_line_and_fault(tmp_path, old, new, line, said):
    assert old in GOOD
    with pytest.raises(Misconfigured, match=rf"standardised/death\.yml, line {line}, .*") as broken:
        suites("standardised", _written(tmp_path, GOOD.replace(old, new)))
    assert said in broken.value.what


def test_every_required_feed_has_a_suite_that_stops_when_it_is_absent():
    delivered = {
        suite.table
        for suite in suites("standardised")
        for rule in suite.rules
        if rule.name == "delivered" and rule.severity == "stop"
    }
    assert {contract.feed for contract in contracts().values() if contract.required} <= delivered


def test_every_feed_has_a_suite_that_sees_a_lost_row():
    seeing = {
        suite.table for suite in suites("standardised") for rule in suite.rules if rule.name == "nothing_lost"
    }
    assert set(contracts()) == seeing


def test_rules_speak_of_columns_that_the_contract_has():
    for suite in suites("standardised"):
        if suite.table in contracts():
            known = {*PLACE, *(column.name for column in contracts()[suite.table].columns)}
            for rule in suite.rules:
                assert {re.sub(r"_raw$", "", column) for column in rule.columns} <= known, rule.id


def test_every_number_is_a_parameter_with_a_value_and_every_parameter_is_used():
    used = {name for suite in ALL for rule in suite.rules for name in rule.policy.values()}
    there = {line.parameter for line in read_lines(PACKS) if line.parameter.startswith("expectations.")}
    assert {name for name in used if name.startswith("expectations.")} | {
        ROWS_TO_STOP,
        HISTORY_MONTHS,
    } == there


def test_every_mart_has_a_suite():
    assert set(MARTS) <= {suite.table for suite in suites("marts")}


def test_staff_read_no_column_names_and_no_english():
    foreign = {
        rule.id: rule.words for suite in ALL for rule in suite.rules if re.search("[A-Za-z_]", rule.words)
    }
    assert not foreign


def test_rule_ids_stand_once():
    ids = [rule.id for suite in ALL for rule in suite.rules]
    assert len(ids) == len(set(ids))


def test_explain_says_sentence_why_severity_and_policy_line():
    said = explain("E-death-03", load(PACKS, "tongren", Month(2026, 9)))
    assert "at least 0.85 of the written id_no are valid IDs" in said
    assert "id_no 有效身份证号占比不低于 0.85" in said
    assert "Why: The police register holds good IDs" in said
    assert "身份证号有效的偏少" in said
    assert "the month is held" in said
    assert "expectations.death.valid_id_share_min@*:2020-01-01" in said


def test_explain_of_a_core_expectation_names_its_column_and_values():
    assert "Asked as: expect_column_values_to_be_in_set(column=status, value_set=" in explain("E-ledger-02")


def test_no_state_that_the_dock_writes_holds_a_month():
    """A file that was withdrawn is no fault of the ledger."""
    _, rule = find("E-ledger-02")
    assert set(rule.args["value_set"]) == set(get_args(Status))


def test_explain_without_policy_names_the_parameter():
    assert "at least expectations.death.valid_id_share_min of" in explain("E-death-03")


def test_explain_of_an_unknown_rule():
    with pytest.raises(Misconfigured, match="E-death-99"):
        explain("E-death-99")
