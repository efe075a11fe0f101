"""Row rules as tables of cases: what is asked about a row, and which rows are set aside."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.slips_support import CHILD, WHOLE, deliver, deliver_workbook, policy_with, run, table
from warehouse.lake import Lake

# One row a case: how it differs from a sound row of the feed, and the findings (rule, column, treatment).
Cases = list[tuple[dict[str, str], set[tuple[str, str, str]]]]
PAYMENTS: Cases = [
    ({}, set()),
    ({"case_no": "C02", "amount": "三百"}, {("S-money-01", "amount", "asked")}),
    ({"case_no": "C03", "amount": ""}, {("S-assistance_payment-06", "amount", "asked")}),
    ({"case_no": "C04", "amount": "-5"}, {("S-assistance_payment-07", "amount", "asked")}),
    ({"case_no": "C05", "pay_status": ""}, {("S-assistance_payment-01", "pay_status", "set_aside")}),
    ({"case_no": "C06", "pay_status": "在途"}, {("S-assistance_payment-02", "pay_status", "set_aside")}),
    ({"case_no": "C07", "pay_month": "十月份"}, {("S-assistance_payment-04", "pay_month", "set_aside")}),
    (
        {"case_no": "", "name": "无", "id_no": " "},
        {
            ("S-assistance_payment-05", "", "set_aside"),
            ("S-id-07", "id_no", "asked"),
            ("S-name-01", "name", "asked"),
            ("S-key-01", "case_no", "asked"),
        },
    ),
    ({"case_no": "C08", "aid_type": "新类型"}, {("S-code-01", "aid_type", "asked")}),
    ({"case_no": "C09", "id_no": WHOLE[:15] + "000"}, {("S-id-01", "id_no", "asked")}),
    ({"case_no": "C10", "id_no": "6.32321E+17"}, {("S-id-02", "id_no", "asked")}),
    ({"case_no": "C11", "id_no": WHOLE[:17] + "4"}, {("S-id-03", "id_no", "asked")}),
    ({"case_no": "C12", "id_no": f"{WHOLE}/{CHILD}"}, {("S-id-04", "id_no", "asked")}),
    ({"case_no": "C13", "id_no": "632321********1523"}, {("S-id-05", "id_no", "asked")}),
    ({"case_no": "C14", "id_no": "632321720814152"}, {("S-id-06", "id_no", "asked")}),
    ({"case_no": "C15", "id_no": "卓玛", "name": WHOLE}, {("S-id-08", "id_no", "asked")}),
    ({"case_no": "C16", "name": "多?"}, {("S-name-02", "name", "asked")}),
    # Spelling alone is no question, unless policy says so.
    ({"case_no": "C17", "id_no": f"'{WHOLE}"}, set()),
    # Paid twice: the same amount is one delivery too many, another amount is asked about.
    ({"case_no": "C18"}, set()),
    ({"case_no": "C18"}, set()),
    ({"case_no": "C19", "amount": "1"}, {("S-assistance_payment-08", "case_no", "asked")}),
    ({"case_no": "C19", "amount": "2"}, {("S-assistance_payment-08", "case_no", "asked")}),
    ({"case_no": "C20", "amount": "1", "pay_status": "失败"}, set()),
    ({"case_no": "C20", "amount": "2"}, set()),
]
SETTLEMENTS: Cases = [
    ({}, set()),
    # The feed's own rule speaks, not the one that every feed has for a blank number.
    ({"settlement_id": ""}, {("S-medical_settlement-01", "settlement_id", "set_aside")}),
    ({"settlement_id": "S2", "state": "九"}, {("S-medical_settlement-03", "state", "set_aside")}),
    ({"settlement_id": "S3", "settled_at": "月底"}, {("S-medical_settlement-05", "settled_at", "set_aside")}),
    # A reversal needs no day: it takes back the settlement of its number.
    ({"settlement_id": "S4", "settled_at": "月底", "state": "0"}, {("S-date-01", "settled_at", "asked")}),
    # The policy's fifteen days: the last that may be, the first that has not happened.
    ({"settlement_id": "S5", "settled_at": "2026-11-15"}, set()),
    ({"settlement_id": "S6", "settled_at": "2026-11-16"}, {("S-medical_settlement-06", "settled_at", "set_aside")}),
    ({"settlement_id": "S7", "settled_at": "2017-12-31"}, {("S-medical_settlement-07", "settled_at", "asked")}),
    ({"settlement_id": "S8", "settled_at": "2018-01-01"}, set()),
    # Without an ID the person is still found by the office's own number.
    ({"settlement_id": "S9", "name": "", "id_no": ""}, {("S-id-07", "id_no", "asked"), ("S-name-01", "name", "asked")}),
    ({"settlement_id": "S10", "own_total": ""}, {("S-medical_settlement-09", "own_total", "asked")}),
    ({"settlement_id": "S11", "own_total": "5"}, {("S-medical_settlement-10", "settlement_id", "asked")}),
    ({"settlement_id": "S11", "own_total": "6"}, {("S-medical_settlement-10", "settlement_id", "asked")}),
]  # fmt: skip
DEATHS: Cases = [
    ({}, set()),
    ({"name": "a", "died_on": "2027-10-02"}, {("S-death-01", "died_on", "set_aside"), ("S-death-05", "died_on", "asked")}),
    ({"name": "b", "died_on": "1989-12-31"}, {("S-death-03", "died_on", "asked")}),
    ({"name": "c", "died_on": "99991231"}, {("S-date-01", "died_on", "asked")}),
    ({"name": "d", "died_on": "2026-10-09"}, {("S-death-05", "died_on", "asked")}),
    # A month stands as its first day: it is not held against a day.
    ({"name": "e", "died_on": "2026-10-09", "cancelled_on": "2026年10月"}, set()),
    ({"name": "", "id_no": ""}, {("S-death-02", "", "set_aside"), ("S-name-01", "name", "asked"), ("S-id-07", "id_no", "asked")}),
]  # fmt: skip
ENROLMENTS: Cases = [
    ({}, set()),
    ({"psn_no": "P2", "sex": "男"}, {("S-id-10", "id_no", "asked")}),
    ({"psn_no": "P3", "birth_date": "1972-08-15"}, {("S-id-11", "id_no", "asked")}),
    # Another day of birth says all: the sex of another's number goes without saying.
    ({"psn_no": "P4", "birth_date": "1972-08-15", "sex": "男"}, {("S-id-11", "id_no", "asked")}),
    ({"psn_no": "P5", "id_no": WHOLE[:15] + "000", "sex": "男"}, {("S-id-01", "id_no", "asked")}),
    ({"psn_no": "P6", "sex": "不男"}, {("S-code-02", "sex", "asked")}),
    ({"psn_no": "P7", "status": "正常"}, {("S-medical_enrolment-02", "psn_no", "asked")}),
    ({"psn_no": "P7", "status": "终止"}, {("S-medical_enrolment-02", "psn_no", "asked")}),
]
KEPT: dict[str, Cases] = {
    # Every row that a village wrote is counted, every call is a call, a newborn is known by its mother.
    "visit_ledger": [({"name": "", "id_no": ""}, {("S-visit_ledger-01", "", "asked")})],
    "hotline": [({"name": "", "id_no": "", "phone": ""}, {("S-hotline-01", "", "asked")})],
    "family_planning": [({}, set())],
}
TABLES = {
    "assistance_payment": PAYMENTS,
    "medical_settlement": SETTLEMENTS,
    "death": DEATHS,
    "medical_enrolment": ENROLMENTS,
}


@pytest.mark.parametrize("feed", TABLES)
def test_each_row_is_found_by_its_rules_and_by_no_other(feed: str, tmp_path: Path) -> None:
    cases, lake = TABLES[feed], Lake(tmp_path / "home")
    deliver(tmp_path, feed, [changed for changed, _ in cases])
    outcome = run(tmp_path, lake)
    found: dict[int, set[tuple[str, str, str]]] = {}
    for row, rule, column, treatment in table(lake, "row_findings", feed, '"row", rule, "column", treatment'):
        found.setdefault(row, set()).add((rule, column, treatment))
    # A number that is dead on several days is asked about beside what the table says of each row.
    told = {row: {one for one in rules if one[0] != "S-death-07"} for row, rules in found.items()}
    for number, (changed, expected) in enumerate(cases, start=2):
        assert told.get(number, set()) == expected, f"row {number}: {changed}"
    aside = sum(any(one[2] == "set_aside" for one in expected) for _, expected in cases)
    assert outcome.counts["set_aside"] == aside
    assert outcome.counts["rows"] == len(cases) - aside
    kept = {row for (row,) in table(lake, "standardised", feed, '"row"')}
    assert kept == {
        number for number, (_, expected) in enumerate(cases, start=2) if all(one[2] == "asked" for one in expected)
    }  # fmt: skip
    assert {row for (row,) in table(lake, "records", feed, 'DISTINCT "row"')} == kept


@pytest.mark.parametrize("feed", KEPT)
def test_feeds_of_which_no_row_is_set_aside(feed: str, tmp_path: Path) -> None:
    lake = Lake(tmp_path / "home")
    send = deliver_workbook if feed == "visit_ledger" else deliver
    send(tmp_path, feed, [changed for changed, _ in KEPT[feed]])
    assert run(tmp_path, lake).counts["set_aside"] == 0
    rules = {rule for (rule,) in table(lake, "row_findings", feed, "rule")}
    assert {rule for _, expected in KEPT[feed] for rule, _, _ in expected} <= rules


def test_a_spelling_is_asked_about_when_policy_says_so(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "home")
    full_width = WHOLE.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    deliver(
        tmp_path,
        "assistance_payment",
        [{"id_no": f" {WHOLE}"}, {"case_no": "C2", "id_no": full_width}, {"case_no": "C3"}],
    )
    run(tmp_path, lake, policy_with(row_rules__ask_spelling="yes"))
    found = table(lake, "row_findings", "assistance_payment", '"row", rule, proposed_kind, proposed')
    assert found == [(2, "S-id-09", "folded", WHOLE), (3, "S-id-09", "folded", WHOLE)]


def test_what_may_be_proposed_comes_from_the_cell_alone(tmp_path: Path) -> None:
    """A damaged number is never repaired: of a hundred candidates none is better than another."""
    lake = Lake(tmp_path / "home")
    deliver(
        tmp_path,
        "assistance_payment",
        [
            {"id_no": "632321720814152"},
            {"case_no": "C2", "id_no": WHOLE[:15] + "000"},
            {"case_no": "C3", "id_no": WHOLE[:17] + "4"},
        ],
    )
    run(tmp_path, lake)
    found = table(lake, "row_findings", "assistance_payment", "rule, proposed_kind, proposed")
    assert found == [
        ("S-id-01", None, None),
        ("S-id-03", None, None),
        ("S-id-06", "lengthened", "632321197208141523"),
    ]
