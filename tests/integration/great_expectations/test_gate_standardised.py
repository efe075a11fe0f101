"""Gate 1 on a whole small month: what passes, what holds, what is only said."""

from __future__ import annotations

import re

import pytest

from expectations.gate import inspect_standardised
from warehouse.errors import GateHeld
from warehouse.months import Month
from warehouse.outcomes import recorded
from warehouse.verdicts import fingerprint_standardised, read_verdict

AUGUST, SEPTEMBER = Month(2026, 8), Month(2026, 9)


def _rule(lake, month, rule_id):
    verdict = read_verdict(lake, "gate1", month)
    return next(rule for rule in verdict.rules if rule.id == rule_id)


def test_a_clean_first_month_passes_and_says_what_it_could_not_assess(lake, policy, shelve):
    shelve(AUGUST)
    outcome = inspect_standardised(AUGUST, lake=lake, policy=policy)
    assert outcome.status == "done"
    assert outcome.counts["stopped"] == outcome.counts["warned"] == 0, outcome.reasons
    drift = _rule(lake, AUGUST, "E-assistance_roster-15")
    assert drift.success is None
    assert drift.reason == "no earlier month of assistance_roster to compare with"
    assert any("no earlier month of assistance_roster" in reason for reason in outcome.reasons)
    optional = _rule(lake, AUGUST, "E-cremation-02")
    assert (optional.success, optional.reason) == (None, "no cremation in 2026-08")
    assert any(reason.startswith("not assessed, no cremation in 2026-08") for reason in outcome.reasons)


def test_an_absent_required_feed_holds_the_month(lake, policy, shelve):
    shelve(AUGUST, absent=["death"])
    with pytest.raises(GateHeld, match="E-death-01") as held:
        inspect_standardised(AUGUST, lake=lake, policy=policy)
    assert "doudi gate show --month 2026-08" in held.value.next_step
    assert _rule(lake, AUGUST, "E-death-03").success is None


def test_a_stop_rule_holds_and_leaves_verdict_outcome_and_pages(lake, policy, shelve):
    shelve(AUGUST, {"death": "UPDATE death SET id_no_kind = 'invalid' WHERE row % 2 = 0"})
    with pytest.raises(
        GateHeld, match=r"gate1 holds 2026-08: E-death-03 \(stop, death\): The police register"
    ):
        inspect_standardised(AUGUST, lake=lake, policy=policy)
    assert read_verdict(lake, "gate1", AUGUST).status == "held"
    assert recorded(lake, "gate1", AUGUST).status == "held"
    assert _rule(lake, AUGUST, "E-death-03").observed == {"limit": 0.85, "measured": 0.5, "of": 60}
    index = (lake.home / "docs/quality/2026-08/gate1/index.html").read_text("utf-8")
    assert "E-death-03" in index
    assert "held" in index


def test_a_warn_rule_that_fails_is_a_reason_and_passes(lake, policy, shelve):
    shelve(AUGUST, {"roster": "UPDATE assistance_roster SET phone = '13900000000'"})
    outcome = inspect_standardised(AUGUST, lake=lake, policy=policy)
    assert outcome.status == "done"
    assert outcome.by["failed"] == {"assistance_roster": 1}
    said = [reason for reason in outcome.reasons if reason.startswith("E-")]
    assert len(said) == 1
    assert said[0].startswith("E-assistance_roster-14 (warn")


SPOILT = [
    ("UPDATE assistance_roster SET name = NULL WHERE row % 10 = 0", "E-assistance_roster-04"),
    ("UPDATE assistance_roster SET aid_type = '其它' WHERE row % 10 = 0", "E-assistance_roster-07"),
    ("UPDATE assistance_payment SET pay_month = '2026-07'", "E-assistance_payment-07"),
    ("UPDATE assistance_payment SET amount = NULL WHERE row % 10 = 0", "E-assistance_payment-04"),
    ("UPDATE assistance_payment SET case_no = 'X' || case_no WHERE row % 2 = 0", "E-assistance_payment-09"),
    ("UPDATE medical_settlement SET own_total = own_total + 1 WHERE row % 10 = 0", "E-medical_settlement-05"),
    ("UPDATE medical_settlement SET settled_at = DATE '2062-01-01' WHERE row % 10 = 0", "E-medical_settlement-08"),
    ("UPDATE medical_settlement SET psn_no = 'X' || psn_no", "E-medical_settlement-10"),
    ("UPDATE death SET reason = NULL WHERE row % 10 = 0", "E-death-05"),
    ("DELETE FROM death WHERE row = 5", "E-death-02"),
    ("UPDATE row_account SET quarantined = 40, rows = rows + 40 WHERE feed = 'rural_monitoring'", "E-rural_monitoring-03"),
    ("UPDATE row_account SET rows = rows + 1 WHERE feed = 'death'", "E-row_account-02"),
    ("UPDATE ledger SET status = 'lost' WHERE feed = 'death'", "E-ledger-02"),
]  # fmt: skip


def test_each_kind_of_damage_fails_its_own_rule(lake, policy, shelve):
    """All the damage at once: one run of the gate, one assertion for each."""
    shelve(SEPTEMBER, {str(number): sql for number, (sql, _) in enumerate(SPOILT)})
    with pytest.raises(GateHeld):
        inspect_standardised(SEPTEMBER, lake=lake, policy=policy)
    failed = {rule.id for rule in read_verdict(lake, "gate1", SEPTEMBER).failed("stop")}
    assert failed == {rule for _, rule in SPOILT}


def test_a_doubled_row_holds(lake, policy, shelve):
    shelve(SEPTEMBER, {"death": "INSERT INTO death SELECT * FROM death WHERE row = 5"})
    with pytest.raises(GateHeld, match="E-death-02"):
        inspect_standardised(SEPTEMBER, lake=lake, policy=policy)
    assert _rule(lake, SEPTEMBER, "E-death-02").observed["measured"] == 0.983607


def test_a_short_list_is_said_and_does_not_hold_but_a_lost_row_does(lake, policy, shelve):
    short = {
        "rows": "DELETE FROM death WHERE row > 11",
        "account": "UPDATE row_account SET landed = 10, rows = 11 WHERE feed = 'death'",
        "ids": "UPDATE death SET id_no_kind = 'invalid' WHERE row <= 5",
    }
    shelve(SEPTEMBER, short)
    outcome = inspect_standardised(SEPTEMBER, lake=lake, policy=policy)
    ids = _rule(lake, SEPTEMBER, "E-death-03")
    assert (ids.success, ids.severity, ids.reason) == (False, "warn", "fewer than 50 rows")
    assert any(reason.startswith("E-death-03 (warn, death)") for reason in outcome.reasons)
    shelve(SEPTEMBER, {**short, "lost": "DELETE FROM death WHERE row = 9"})
    with pytest.raises(GateHeld, match="E-death-02"):
        inspect_standardised(SEPTEMBER, lake=lake, policy=policy)


def test_drift_against_the_month_before(lake, policy, shelve):
    shelve(AUGUST)
    shelve(SEPTEMBER, {
        "fell": "DELETE FROM rural_monitoring WHERE row % 2 = 0",
        "account": "UPDATE row_account SET landed = 30, rows = 31 WHERE feed = 'rural_monitoring'",
        "emptied": "UPDATE medical_enrolment SET subsidy_class = NULL",
        "others": "UPDATE assistance_roster SET case_no = 'Y' || case_no",
        "follow": "UPDATE assistance_payment SET case_no = 'Y' || case_no",
        "mix": "UPDATE assistance_roster SET aid_type = '特困' WHERE row % 2 = 0",
    })  # fmt: skip
    with pytest.raises(GateHeld):
        inspect_standardised(SEPTEMBER, lake=lake, policy=policy)
    verdict = read_verdict(lake, "gate1", SEPTEMBER)
    assert {"E-assistance_roster-16", "E-assistance_roster-25", "E-rural_monitoring-11", "E-rural_monitoring-12",
            "E-rural_monitoring-20", "E-education_enrolment-27"} == {rule.id for rule in verdict.failed("stop")}  # fmt: skip
    assert {"E-assistance_roster-18", "E-medical_enrolment-13"} <= {
        rule.id for rule in verdict.failed("warn")
    }
    fell = _rule(lake, SEPTEMBER, "E-rural_monitoring-11")
    assert fell.reason == "compared with one earlier month only"
    assert _rule(lake, SEPTEMBER, "E-rural_monitoring-11").observed["measured"] == 0.5


def test_a_rerun_changes_no_byte_and_the_fingerprint_follows_the_data(lake, policy, shelve):
    def bytes_of_all():
        folders = (lake.root / "verdicts", lake.root / "outcomes", lake.home / "docs")
        return {file: file.read_bytes() for folder in folders for file in folder.rglob("*") if file.is_file()}

    shelve(AUGUST)
    inspect_standardised(AUGUST, lake=lake, policy=policy)
    first, seen = bytes_of_all(), read_verdict(lake, "gate1", AUGUST).fingerprint
    inspect_standardised(AUGUST, lake=lake, policy=policy)
    assert bytes_of_all() == first
    assert fingerprint_standardised(lake, AUGUST) == seen
    shelve(AUGUST, {"death": "DELETE FROM death WHERE row = 2"})
    assert fingerprint_standardised(lake, AUGUST) != seen
    assert not list((lake.home / "tmp").glob("gate-*")), "the scratch file is left behind"


def test_nothing_that_is_written_names_a_person_or_calls_out(lake, policy, shelve):
    shelve(AUGUST, {
        "unique": "UPDATE medical_enrolment SET psn_no = 'psn_no-1'",
        "set": "UPDATE ledger SET status = '多杰扎西'",
        "ids": "UPDATE death SET id_no_kind = 'invalid'",
    })  # fmt: skip
    with pytest.raises(GateHeld) as held:
        inspect_standardised(AUGUST, lake=lake, policy=policy)
    pages = list((lake.home / "docs").rglob("*.*"))
    assert {page.suffix for page in pages} == {".html"}
    assert len(pages) == 12, "overview; index, eight feeds, row account and ledger"
    texts = [page.read_text("utf-8") for page in pages]
    texts += [
        file.read_text("utf-8")
        for table in ("verdicts", "outcomes")
        for file in (lake.root / table).rglob("*.json")
    ]
    for text in [*texts, str(held.value)]:
        assert not re.search(r"632321\d{8,}|才让卓玛|多杰扎西|马晓燕|psn_no-1|1390973", text)
    for text in texts:
        assert not re.search(
            r"https?:|(?:src|srcset|action)\s*=|@import|url\(|<script|<link|<iframe", text, re.I
        )
        assert not re.search(r"href\s*=\s*(?!'(?:\.\./|[-0-9a-z_]+/)*[a-z_]+\.html')", text), (
            "only links between the pages"
        )
