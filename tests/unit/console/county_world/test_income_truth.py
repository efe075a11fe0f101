"""The planted truth of R02 and R03, and the households that split, read again by hand from the deliveries."""

from __future__ import annotations

from collections import defaultdict

import pytest

from console.county import turns
from warehouse.months import Month

AUGUST, OCTOBER = Month.parse("2026-08"), Month.parse("2026-10")


def _told(world, rule, word):
    rows = world.warnings(OCTOBER)
    rows = rows[rows["rule_id"] == rule]
    return {int(p) for p, e in zip(rows["true_person"], rows["expected"], strict=True) if e is word}


def _rows(world, feed, month=OCTOBER):
    return world.feed(feed, month).to_dict("records")


def _is_dibao(row):
    return "低保" in row["aid_type"] and "边缘" not in row["aid_type"]


def _statements(world, month):
    """By number: income per head and year, how many it is divided by, head."""
    found = {}
    for row in _rows(world, "rural_monitoring", month):
        size = found[row["household_no"]][1] + 1 if row["household_no"] in found else 1
        found[row["household_no"]] = (row["income_pc_year"], size, row["_head"])
    for row in _rows(world, "assistance_roster", month):
        if _is_dibao(row):
            found[row["case_no"]] = (row["income_pc_month"] * 12, row["household_size"], row["_head"])
    return found


def _oldest(world):
    found = {}
    for month in world.months:
        if month < OCTOBER:
            found = {**_statements(world, month), **found}
    return found


def _fell(world):
    """Heads of those whose income, whole and per head, is less than 0.7 of what was first stated."""
    before = _oldest(world)
    paid, listed = defaultdict(float), defaultdict(int)
    on_dibao = set()
    for row in _rows(world, "assistance_roster"):
        if _is_dibao(row):
            paid[row["case_no"]] += row["monthly_amount"]
            listed[row["case_no"]] += 1
            on_dibao.add(row["_self"])
    covered = {r["household_no"] for r in _rows(world, "rural_monitoring") if r["_self"] in on_dibao}
    heads = set()
    for number, (per_head, size, head) in _statements(world, OCTOBER).items():
        if number not in before or number in covered:
            continue
        then, size_then, _ = before[number]
        if per_head >= 0.7 * then or per_head * size >= 0.7 * then * size_then:
            continue
        due = max(500 - per_head / 12, 60) * listed[number]
        if number in paid and due - paid[number] <= 1:
            continue
        heads.add(head)
    return heads


def test_a_fall_that_must_be_found_is_one_that_a_reader_finds(hamlet):
    by_hand = _fell(hamlet)
    must, may = _told(hamlet, "R03", True), _told(hamlet, "R03", None)
    assert len(must) >= 8
    assert must <= by_hand <= must | may


def test_falls_have_their_near_misses(hamlet):
    near = _told(hamlet, "R03", False)
    assert len(near) >= 8
    assert not near & _fell(hamlet)


def test_nothing_has_fallen_in_the_first_month(hamlet):
    rows = hamlet.warnings(AUGUST)
    assert not (rows["rule_id"] == "R03").any()


def test_some_offices_follow_a_fall_with_what_they_pay_and_some_do_not(county):
    homes = county.base.households
    fell = homes["fall_share"].to_numpy() > 0.3
    assert homes["fall_is_followed"].to_numpy()[fell].any()
    assert not homes["fall_is_followed"].to_numpy()[fell].all()


def _spent(world):
    """Heads of watched households, on no roster, whose bills, fees and living are above their income."""
    aided = {r["_self"] for r in _rows(world, "assistance_roster")}
    helped = {world.scene(OCTOBER).household[p] for p in aided}
    own = defaultdict(float)
    bills = world.history("medical_settlement").to_dict("records")
    for month in world.months:
        bills += _rows(world, "medical_settlement", month)
    for row in bills:
        if str(row["settled_at"]) >= "2025-11-01":
            back = row["state"] == "0" and row["own_total"] > 0
            own[row["_self"]] += -row["own_total"] if back else row["own_total"]
    for row in _rows(world, "education_enrolment"):
        if row["state"] == "在籍":
            own[row["_self"]] += row["tuition_year"]
    homes = defaultdict(list)
    for row in _rows(world, "rural_monitoring"):
        homes[row["household_no"]].append(row)
    found = {}
    for rows in homes.values():
        first = rows[0]
        if first["class"] == "脱贫户" or first["risk_cleared"] == "是" or first["income_pc_year"] < 6000:
            continue
        if world.scene(OCTOBER).household[first["_self"]] in helped:
            continue
        total = 6000 * len(rows) + sum(own[r["_self"]] for r in rows)
        found[first["_head"]] = total - first["income_pc_year"] * len(rows)
    return found


def test_spending_that_must_be_found_is_what_a_reader_finds(county):
    by_hand = _spent(county)
    must, near = _told(county, "R02", True), _told(county, "R02", False)
    assert len(must) >= 24 and len(near) >= 24  # eight in ten thousand people
    assert all(by_hand[head] > 0 for head in must & set(by_hand))
    assert all(by_hand[head] <= 0 for head in near & set(by_hand))
    assert {head for head, more in by_hand.items() if more > 1} <= must | _told(county, "R02", None)


def test_a_household_that_splits_keeps_its_income_per_head(county):
    before = {r["_self"]: r for r in _rows(county, "rural_monitoring", AUGUST)}
    after = {r["_self"]: r for r in _rows(county, "rural_monitoring")}
    split = {p for p in before.keys() & after.keys() if before[p]["household_no"] != after[p]["household_no"]}
    new = {after[p]["household_no"] for p in split} - {r["household_no"] for r in before.values()}
    assert len(new) >= 5
    stayed = {r["household_no"] for r in before.values()} & {r["household_no"] for r in after.values()}
    assert {before[p]["household_no"] for p in split if after[p]["household_no"] in new} <= stayed
    now = {r["household_no"]: r["income_pc_year"] for r in after.values()}
    for person in split:
        if after[person]["household_no"] in new:
            assert now[after[person]["household_no"]] == pytest.approx(
                now[before[person]["household_no"]], abs=0.02
            )


@pytest.mark.parametrize("month", [AUGUST, OCTOBER])
def test_income_adds_up_from_its_parts(hamlet, month):
    income = turns.income_of(hamlet.draws, hamlet.base.households, month)
    parts = income[["income_wage", "income_business", "income_property", "income_transfer"]].sum(axis=1)
    assert (parts - income["expense_business"] - income["income_total"]).abs().max() < 0.01
