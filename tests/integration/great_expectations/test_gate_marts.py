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
    ("UPDATE fct_warning_monthly SET grade = '确认' WHERE warning_id = 'W4'", "E-fct_warning_monthly-17"),
    ("UPDATE fct_warning_monthly SET status_reason = ' ' WHERE warning_id = 'W0'", "E-fct_warning_monthly-06"),
    ("UPDATE fct_warning_monthly SET evidence = '{half' WHERE warning_id = 'W4'", "E-fct_warning_monthly-07"),
    ("UPDATE fct_warning_monthly SET summary = NULL WHERE warning_id = 'W4'", "E-fct_warning_monthly-08"),
    ("UPDATE fct_warning_monthly SET evidence = '{}' WHERE warning_id = 'W5'", "E-fct_warning_monthly-18"),
    ("UPDATE fct_warning_monthly SET policy_ref = 'no_such_line@*:2020-01-01' WHERE warning_id = 'W5'", "E-fct_warning_monthly-19"),
    ("UPDATE fct_warning_monthly SET opened = '又' WHERE warning_id = 'W5'", "E-fct_warning_monthly-22"),
    ("UPDATE fct_warning_monthly SET due_on = NULL WHERE warning_id = 'W5'", "E-fct_warning_monthly-23"),
    ("UPDATE fct_yield_monthly SET held = 10 WHERE township = ''", "E-fct_yield_monthly-02"),
    ("INSERT INTO fct_yield_monthly SELECT * FROM fct_yield_monthly WHERE township = '隆务镇'", "E-fct_yield_monthly-01"),
    ("UPDATE fct_yield_monthly SET rule_id = 'X99' WHERE township = ''", "E-fct_yield_monthly-03"),
    ("INSERT INTO fct_open_item_monthly SELECT * FROM fct_open_item_monthly WHERE warning_id = 'W20'", "E-fct_open_item_monthly-01"),
    ("UPDATE fct_open_item_monthly SET rule_id = 'X99' WHERE warning_id = 'W21'", "E-fct_open_item_monthly-02"),
    ("UPDATE fct_open_item_monthly SET state = '' WHERE warning_id = 'W22'", "E-fct_open_item_monthly-03"),
    ("UPDATE fct_open_item_monthly SET due_on = NULL WHERE warning_id = 'W23'", "E-fct_open_item_monthly-04"),
    ("INSERT INTO audit_link_monthly VALUES ('death', '13912345678', 'certain', 10)", "E-audit_link_monthly-06"),
    ("UPDATE fct_assessment_monthly SET not_assessed = 3", "E-fct_assessment_monthly-02"),
    ("UPDATE fct_assessment_monthly SET reason = ''", "E-fct_assessment_monthly-03"),
    ("UPDATE fct_indicator_monthly SET window_to = DATE '2020-01-01' WHERE person_id = 'P5'", "E-fct_indicator_monthly-03"),
    ("UPDATE audit_row_account SET furniture = 0", "E-audit_row_account-02"),
    ("DELETE FROM crosswalk WHERE row = 7", "E-crosswalk-02"),
    ("UPDATE crosswalk SET person_id = NULL WHERE row = 8", "E-crosswalk-04"),
    ("UPDATE crosswalk SET grade = 'maybe' WHERE row = 9", "E-crosswalk-05"),
    ("UPDATE crosswalk SET person_id = 'P1' WHERE row < 4", "E-crosswalk-07"),
    ("UPDATE fct_warning_monthly SET proposed = NULL WHERE warning_id = 'W5'", "E-fct_warning_monthly-14"),
    ("UPDATE fct_population_tag_monthly SET person_id = 'nobody' WHERE person_id = 'P4'", "E-fct_population_tag_monthly-02"),
    ("UPDATE fct_tag_freshness_monthly SET persons_in_population = 31", "E-fct_tag_freshness_monthly-02"),
    ("INSERT INTO fct_population_change_monthly SELECT * REPLACE ('C3' AS change_id) FROM fct_population_change_monthly WHERE change_id = 'C1'", "E-fct_population_change_monthly-01"),
    ("UPDATE fct_population_balance_monthly SET entered = 2, exited = 2, persons = 31 WHERE class = '最低生活保障对象'", "E-fct_population_balance_monthly-02"),
    ("SELECT 'an entry and an exit of the account without a name'", "E-fct_population_balance_monthly-04"),
    ("UPDATE fct_population_period_monthly SET months_known = 4", "E-fct_population_period_monthly-01"),
    ("UPDATE fct_population_period_monthly SET from_month = '2026-09'", "E-fct_population_period_monthly-02"),
    ("UPDATE fct_record_register_monthly SET line_month = 400 WHERE household_id = 'H5'", "E-fct_record_register_monthly-03"),
    ("UPDATE fct_record_register_monthly SET last_look_month = '2026-06' WHERE household_id = 'H6'", "E-fct_record_register_monthly-04"),
    ("UPDATE fct_referral_monthly SET warning_id = 'W99'", "E-fct_referral_monthly-03"),
    ("UPDATE fct_ticket_monthly SET warning_id = 'W99' WHERE state = '超时未办'", "E-fct_ticket_monthly-02"),
    ("UPDATE fct_visit_monthly SET unanswered = 1", "E-fct_visit_monthly-01"),
    ("UPDATE fct_alarm_monthly SET households = 21, warnings = 30", "E-fct_alarm_monthly-02"),
    ("UPDATE fct_village_coverage_monthly SET households_looked = 3", "E-fct_village_coverage_monthly-02"),
    ("UPDATE fct_household_income_monthly SET amount_year = amount_year + 1 WHERE household_key = 'H2' AND part = '工资性收入'", "E-fct_household_income_monthly-02"),
    ("UPDATE fct_membership_monthly SET to_month = '2026-06' WHERE person_id = 'P7'", "E-fct_membership_monthly-04"),
    ("UPDATE audit_linkage_quality_monthly SET high = 0 WHERE measure = 'undecided'", "E-audit_linkage_quality_monthly-04"),
    ("UPDATE fct_report_figures_monthly SET value = value + 1 WHERE figure_id IN ('records_open', 'paid_amount:特困')", "E-fct_report_figures_monthly-09"),
    ("SELECT 'assessments that were spoilt above'", "E-fct_report_figures_monthly-08"),
    ("SELECT 'a sum of money that is not the summary''s'", "E-fct_report_figures_monthly-06"),
]  # fmt: skip

# What a month may look like and should not: in a list as short as this one a tolerant stop rule warns too.
DOUBTFUL = [
    ("UPDATE payment_rows SET amount = 90", "E-fct_payment_summary_monthly-02"),
    ("DELETE FROM payment_rows WHERE person_id < 'P3'", "E-fct_payment_summary_monthly-03"),
    ("UPDATE roster_rows SET monthly_amount = 50", "E-fct_payment_summary_monthly-04"),
    ("UPDATE fct_payment_summary_monthly SET approved = approved * 2", "E-fct_payment_summary_monthly-06"),
    ("UPDATE fct_coverage_monthly SET persons = 20", "E-fct_coverage_monthly-02"),
    ("UPDATE dim_person SET died_on = DATE '2026-07-31' WHERE person_id IN ('P0', 'P10', 'P12')", "E-fct_population_monthly-08"),
    ("UPDATE fct_population_change_monthly SET category = '不再列名（原因不明）' WHERE change = '退出'", "E-fct_population_change_monthly-02"),
    ("UPDATE fct_tekun_monthly SET care = NULL, is_recorded_dead = true", "E-fct_tekun_monthly-03"),
    ("UPDATE audit_linkage_quality_monthly SET estimate = 0.04, high = 0.05", "E-audit_linkage_quality_monthly-05"),
    ("UPDATE audit_linked_unlinked_monthly SET standardised_difference = -0.6", "E-audit_linked_unlinked_monthly-03"),
    ("UPDATE fct_household_income_monthly SET band = 'below standard'", "E-fct_household_income_monthly-04"),
    ("UPDATE fct_visit_monthly SET reason_owed = 4, not_taken_in = 0", "E-fct_visit_monthly-04"),
    ("UPDATE fct_tag_freshness_monthly SET state = '本月未收到'", "E-fct_tag_freshness_monthly-03"),
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


def test_what_a_month_may_look_like_and_should_not_is_said_in_the_words_of_staff(lake, policy, shelve_marts):
    shelve_marts(AUGUST, {str(number): sql for number, (sql, _) in enumerate(DOUBTFUL)})
    inspect_marts(AUGUST, lake=lake, policy=policy)
    warned = {rule.id: rule for rule in read_verdict(lake, "gate2", AUGUST).failed("warn")}
    assert {rule for _, rule in DOUBTFUL} <= set(warned)
    assert warned["E-fct_payment_summary_monthly-02"].words == "资金发放汇总：汇总金额与发放明细合计不符。"
    page = (lake.home / "docs" / "quality" / "2026-08" / "gate2" / "index.html").read_text("utf-8")
    assert "资金发放汇总：汇总金额与发放明细合计不符。" in page


# A group against the month before: the sum over all groups hides it.
MOVED = [
    ("UPDATE fct_population_monthly SET township = '保安镇'", "E-fct_population_monthly-07"),
    ("UPDATE fct_population_tag_monthly SET tag = '孤儿'", "E-fct_population_tag_monthly-04"),
    ("UPDATE fct_warning_monthly SET rule_id = 'D01'", "E-fct_warning_monthly-15"),
    ("UPDATE fct_payment_summary_monthly SET paid = paid * 5 WHERE aid_type = '低保'", "E-fct_payment_summary_monthly-07"),
    ("UPDATE fct_report_figures_monthly SET value = 400 WHERE figure_id = 'population_persons'", "E-fct_report_figures_monthly-12"),
]  # fmt: skip


def test_a_group_that_moved_is_seen_where_the_sum_stands_still(lake, policy, shelve_marts):
    bases = {
        name: replace(line, value="1")
        for name, line in policy.lines.items()
        if name.startswith("expectations.") and name.endswith("_base")
    }
    policy = replace(policy, lines={**policy.lines, **bases})
    shelve_marts(AUGUST)
    shelve_marts(SEPTEMBER)
    inspect_marts(SEPTEMBER, lake=lake, policy=policy)
    assert not read_verdict(lake, "gate2", SEPTEMBER).failed("warn")
    shelve_marts(SEPTEMBER, {str(number): sql for number, (sql, _) in enumerate(MOVED)})
    with pytest.raises(GateHeld):
        inspect_marts(SEPTEMBER, lake=lake, policy=policy)
    verdict = read_verdict(lake, "gate2", SEPTEMBER)
    failed = {rule.id for rule in (*verdict.failed("warn"), *verdict.failed("stop"))}
    assert {rule for _, rule in MOVED} <= failed


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
