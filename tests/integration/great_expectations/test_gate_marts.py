"""Gate 2 on a small set of marts and the links they rest on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from expectations.gate import inspect_marts
from warehouse.errors import GateHeld, Misconfigured
from warehouse.months import Month
from warehouse.verdicts import fingerprint_marts, read_verdict

AUGUST, SEPTEMBER = Month(2026, 8), Month(2026, 9)

# Each line breaks one thing that must not go out, and the stop rule that must see it.
SPOILT = [
    ("INSERT INTO dim_person SELECT * FROM dim_person WHERE person_id = 'P1'", "E-dim_person-02"),
    ("UPDATE dim_household SET head_person_id = 'nobody' WHERE household_id = 'H1'", "E-dim_household-03"),
    ("UPDATE fct_population_monthly SET person_id = 'nobody' WHERE person_id = 'P2'", "E-fct_population_monthly-02"),
    ("UPDATE fct_warning_monthly SET rule_id = 'X99' WHERE warning_id = 'W3'", "E-fct_warning_monthly-03"),
    ("UPDATE fct_warning_monthly SET grade = '也许' WHERE warning_id = 'W3'", "E-fct_warning_monthly-04"),
    ("UPDATE fct_warning_monthly SET status_reason = ' ' WHERE warning_id = 'W0'", "E-fct_warning_monthly-06"),
    ("UPDATE fct_warning_monthly SET evidence = '{half' WHERE warning_id = 'W4'", "E-fct_warning_monthly-07"),
    ("UPDATE fct_warning_monthly SET summary = NULL WHERE warning_id = 'W4'", "E-fct_warning_monthly-08"),
    ("UPDATE fct_assessment_monthly SET not_assessed = 3", "E-fct_assessment_monthly-02"),
    ("UPDATE fct_assessment_monthly SET reason = ''", "E-fct_assessment_monthly-03"),
    ("UPDATE fct_indicator_monthly SET window_to = DATE '2020-01-01' WHERE person_id = 'P5'", "E-fct_indicator_monthly-03"),
    ("UPDATE audit_row_account SET furniture = 0", "E-audit_row_account-02"),
    ("DELETE FROM crosswalk WHERE row = 7", "E-crosswalk-02"),
    ("UPDATE crosswalk SET person_id = NULL WHERE row = 8", "E-crosswalk-04"),
    ("UPDATE crosswalk SET grade = 'maybe' WHERE row = 9", "E-crosswalk-05"),
    ("UPDATE crosswalk SET person_id = 'P1' WHERE row < 4", "E-crosswalk-07"),
]  # fmt: skip


def test_clean_marts_pass_and_the_verdict_knows_them(lake, policy, shelve_marts):
    shelve_marts(AUGUST)
    outcome = inspect_marts(AUGUST, lake=lake, policy=policy)
    assert outcome.status == "done"
    assert (outcome.counts["stopped"], outcome.counts["warned"]) == (0, 0), outcome.reasons
    verdict = read_verdict(lake, "gate2", AUGUST)
    assert verdict.status == "passed"
    assert verdict.fingerprint == fingerprint_marts(lake, AUGUST)
    shelve_marts(AUGUST, {"late": "DELETE FROM fct_warning_monthly WHERE warning_id = 'W3'"})
    assert verdict.fingerprint != fingerprint_marts(lake, AUGUST), "a verdict on other marts must show"


def test_each_broken_mart_fails_its_own_rule(lake, policy, shelve_marts):
    shelve_marts(AUGUST, {str(number): sql for number, (sql, _) in enumerate(SPOILT)})
    # The made-up month is too small for a hundred rows of one person: here the second row is one too many.
    spared = "expectations.crosswalk.same_person_rows_spared"
    policy = replace(policy, lines={**policy.lines, spared: replace(policy.line(spared), value="1")})
    with pytest.raises(GateHeld, match="gate2 holds 2026-08"):
        inspect_marts(AUGUST, lake=lake, policy=policy)
    assert {rule for _, rule in SPOILT} == {
        rule.id for rule in read_verdict(lake, "gate2", AUGUST).failed("stop")
    }


def test_a_mart_that_was_not_built_holds_and_drift_sees_people_vanish(lake, policy, shelve_marts):
    shelve_marts(AUGUST)
    shelve_marts(
        SEPTEMBER,
        {"ids": "UPDATE crosswalk SET person_id = 'N' || person_id"},
        absent=["fct_assessment_monthly"],
    )
    with pytest.raises(GateHeld):
        inspect_marts(SEPTEMBER, lake=lake, policy=policy)
    failed = [rule.id for rule in read_verdict(lake, "gate2", SEPTEMBER).failed("stop")]
    assert failed == ["E-crosswalk-09", "E-fct_assessment_monthly-01"]


def test_a_mart_without_a_column_is_our_bug_and_not_the_data_s(lake, policy, shelve_marts):
    shelve_marts(AUGUST, {"column": "ALTER TABLE dim_person DROP COLUMN township"})
    with pytest.raises(Misconfigured, match=r"E-dim_person-04 .*'township'"):
        inspect_marts(AUGUST, lake=lake, policy=policy)
    assert read_verdict(lake, "gate2", AUGUST) is None
