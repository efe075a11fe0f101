"""The planted truth, read again by hand: plain loops over the deliveries, sharing no code with the world."""

from __future__ import annotations

from collections import defaultdict

import pytest

from warehouse.months import Month

RULES = ("D01", "D02", "D03", "C01", "C03", "R01", "C08", "Q01")
OCTOBER = Month.parse("2026-10")


def _told(world, rule, word, month=OCTOBER):
    rows = world.warnings(month)
    rows = rows[rows["rule_id"] == rule]
    return {int(p) for p, e in zip(rows["true_person"], rows["expected"], strict=True) if e is word}


def _rows(world, feed, months=(OCTOBER,)):
    return [row for month in months for row in world.feed(feed, month).to_dict("records")]


def _recorded(world):
    days = {}
    dead = [r for r in _rows(world, "death") if r["reason"] == "死亡"] + _rows(world, "cremation")
    for row in dead:
        days[row["_self"]] = min(row["died_on"], days.get(row["_self"], row["died_on"]))
    return days


def _low_income(world):
    poor = {
        r["_self"]
        for r in _rows(world, "assistance_roster")
        if "低保" in r["aid_type"] or "特困" in r["aid_type"]
    }
    for r in _rows(world, "rural_monitoring"):
        if r["class"] != "脱贫户" and r["risk_cleared"] == "否" and r["income_pc_year"] < 12_000:
            poor.add(r["_self"])
    return poor


def _by_hand(world, rule):
    recorded = _recorded(world)
    if rule == "D01":
        return {
            r["_self"]
            for r in _rows(world, "assistance_payment", world.months)
            if r["pay_status"] == "成功"
            and r["_self"] in recorded
            and r["pay_month"] > recorded[r["_self"]].strftime("%Y-%m")
        }
    if rule == "D02":
        return {
            r["_self"]
            for r in _rows(world, "assistance_roster")
            if r["_self"] in recorded and str(recorded[r["_self"]])[:10] < "2026-10-01"
        }
    if rule == "C08":
        aided = {r["_self"] for r in _rows(world, "education_aid") if r["school_year"] == "2026-2027"}
        return {
            r["_self"]
            for r in _rows(world, "education_enrolment")
            if r["state"] == "在籍"
            and r["stage"] in ("小学", "初中", "高中", "中职")
            and r["_self"] not in aided
        } & _low_income(world)
    if rule == "R01":
        spent = defaultdict(float)
        history = world.history("medical_settlement").to_dict("records")
        for r in history + _rows(world, "medical_settlement", world.months):
            if str(r["settled_at"]) >= "2025-11-01":
                sign = -1 if r["state"] == "0" and r["own_total"] > 0 else 1
                spent[r["_self"]] += sign * r["own_total"]
        poor = _low_income(world)
        return {p for p, yuan in spent.items() if round(yuan, 2) > (10_000 if p in poor else 26_000)}
    homes = world.persons["household"]
    helped = {homes[r["_self"]] for r in _rows(world, "assistance_roster")}
    below = [r for r in _rows(world, "rural_monitoring") if r["income_pc_year"] < 12_000]
    below = [r for r in below if homes[r["_self"]] not in helped]
    if rule == "C03":
        return {r["_head"] for r in below}
    return {r["_self"] for r in below if r["class"] != "脱贫户" and r["risk_cleared"] == "否"}


@pytest.mark.parametrize("rule", ["D01", "D02", "C01", "C03", "R01", "C08"])
@pytest.mark.parametrize("where", ["hamlet", "county"])
def test_what_must_be_found_is_what_a_reader_finds(rule, where, request):
    world = request.getfixturevalue(where)
    found, must, either = _by_hand(world, rule), _told(world, rule, True), _told(world, rule, None)
    assert must
    assert must <= found <= must | either
    assert not found & _told(world, rule, False)


def test_life_after_death_is_a_standing_settlement_more_than_a_week_later(county):
    recorded = _recorded(county)
    history = county.history("medical_settlement").to_dict("records")
    rows = history + _rows(county, "medical_settlement", county.months)
    undone = {r["settlement_id"].removesuffix("F") for r in rows if r["state"] == "0" or r["total"] < 0}
    late, soon = set(), set()
    for r in rows:
        died = recorded.get(r["_self"])
        if died is None or r["settlement_id"] in undone or r["total"] < 0:
            continue
        days = (r["settled_at"].normalize() - died).days
        if days > 7:
            late.add(r["_self"])
        elif days > 0:
            soon.add(r["_self"])
    must, either = _told(county, "D03", True), _told(county, "D03", None)
    assert must <= late <= must | either
    assert len(must) >= 10
    assert len((soon - late) & _told(county, "D03", False)) >= 5


def test_a_wrongly_entered_spouse_lives_and_is_not_a_paid_dead_person(county):
    people, recorded = county.persons, _recorded(county)
    police = [r for r in _rows(county, "death") if r["reason"] == "死亡"]
    wrong = {r["_self"] for r in police if not people.loc[r["_self"], "died_on"] <= r["died_on"]}
    assert len(wrong) >= 5
    assert wrong <= set(recorded)
    assert not wrong & (_told(county, "D01", True) | _told(county, "D02", True))
    assert wrong & _told(county, "D03", True)


def test_paid_twice_means_two_cases_or_two_accounts_in_one_month(county):
    paid = [r for r in _rows(county, "assistance_payment", county.months) if r["pay_status"] == "成功"]
    now = [r for r in paid if r["pay_month"] == "2026-10" and r["aid_type"] != "临时救助"]
    accounts = defaultdict(set)
    for r in now:
        accounts[r["case_no"]].add(r["bank_account"])
    cases = defaultdict(set)
    for r in _rows(county, "assistance_roster"):
        if r["case_no"] in accounts:
            cases[r["_self"]].add(r["case_no"])
    by_hand = {p for p, nos in cases.items() if len(nos) > 1}
    by_hand |= {r["_self"] for r in now if len(accounts[r["case_no"]]) > 1}
    assert by_hand == _told(county, "Q01", True)
    assert len(by_hand) >= 8
    assert len(_told(county, "Q01", False)) >= 10


@pytest.mark.parametrize("month", ["2026-08", "2026-09", "2026-10"])
def test_lists_are_of_a_size_that_people_could_work_through(county, month):
    rows = county.warnings(Month.parse(month))
    assert not rows.duplicated(["rule_id", "true_person"]).any()
    counts = rows[[e is True for e in rows["expected"]]].groupby("rule_id").size()
    near = rows[[e is False for e in rows["expected"]]].groupby("rule_id").size()
    for rule in RULES:
        assert counts[rule] >= 7, rule
        assert near[rule] >= 3, rule
    assert counts.sum() / len(county.persons) > 0.008
    # No single rule asks for more than two people in a hundred.
    assert counts.max() / len(county.persons) < 0.02


def test_findings_carry_from_month_to_month(county):
    august, october = (_told(county, "D01", True, m) for m in (county.months[0], OCTOBER))
    assert august <= october
    stays = _told(county, "D02", True, county.months[0]) & _told(county, "D02", True)
    assert len(stays) >= 5
