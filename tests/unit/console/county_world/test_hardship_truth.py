"""The planted truth of C02, C04–C07 and C13, read again by hand from the deliveries."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from console.county import economy as eco
from console.county import world as worlds
from console.county.world import make_world
from warehouse.months import Month, span

OCTOBER = Month.parse("2026-10")
RULES = ("C02", "C04", "C05", "C06", "C07", "C13")


def _told(world, rule, word, month=OCTOBER):
    rows = world.warnings(month)
    rows = rows[rows["rule_id"] == rule]
    return {int(p) for p, e in zip(rows["true_person"], rows["expected"], strict=True) if e is word}


def _rows(world, feed):
    return world.feed(feed, OCTOBER).to_dict("records")


def _secured(world):
    words = ("低保", "特困")
    return {
        r["_self"]
        for r in _rows(world, "assistance_roster")
        if any(word in r["aid_type"] for word in words) and "边缘" not in r["aid_type"]
    }


def _low_income(world):
    poor = {r["_self"] for r in _rows(world, "assistance_roster") if "刚性" not in r["aid_type"]}
    for r in _rows(world, "rural_monitoring"):
        if r["class"] != "脱贫户" and r["risk_cleared"] == "否" and r["income_pc_year"] < 12_000:
            poor.add(r["_self"])
    return poor


def _severe(world):
    return {
        r["_self"]
        for r in _rows(world, "disability")
        if r["level"] in ("1", "2") or (r["level"] == "3" and r["category"] in ("智力", "精神"))
    }


def _age(world, person):
    born = world.persons.loc[person, "birth_date"]
    return 2026 - born.year - ((born.month, born.day) > (10, 31))


def _c02(world):
    homes = world.persons["household"]
    listed = {homes[r["_self"]] for r in _rows(world, "rural_monitoring")}
    cases = defaultdict(list)
    for r in _rows(world, "assistance_roster"):
        if "农村" in r["aid_type"]:
            cases[r["case_no"]].append(r)
    return {rows[0]["_head"] for rows in cases.values() if not any(homes[r["_self"]] in listed for r in rows)}


def _c04(world):
    rows = _rows(world, "assistance_roster") + _rows(world, "rural_monitoring")
    ill = {r["_self"] for r in rows if r["health"] in ("重病", "患有大病")}
    return ill & _low_income(world) - _secured(world)


def _c05(world):
    return _severe(world) & _low_income(world) - _secured(world)


def _c06(world):
    homes = defaultdict(list)
    for r in _rows(world, "rural_monitoring"):
        homes[r["household_no"]].append(r)
    found = set()
    for rows in homes.values():
        first = rows[0]
        work = first["income_wage"] + first["income_business"] - first["expense_business"]
        if round(work, 2) < 400 * 12 * len(rows):
            found |= {r["_self"] for r in rows if "劳动力" in r["labour"] and r["labour"] != "普通劳动力"}
    return {p for p in found - _secured(world) if _age(world, p) >= 16}


def _c07(world):
    poor, severe, found = _low_income(world), _severe(world), set()
    for r in _rows(world, "disability"):
        for column, due, standard in (
            ("living_allowance", r["_self"] in poor, 110),
            ("nursing_allowance", r["_self"] in severe, 120),
        ):
            paid = 0 if np.isnan(r[column]) else r[column]
            if paid != (standard if due else 0):
                found.add(r["_self"])
    return found


def _c13(world):
    severe = _severe(world)
    return {
        r["_self"]
        for r in _rows(world, "assistance_roster")
        if r["aid_type"].endswith("特困(分散)")
        and (
            _age(world, r["_self"]) >= 80
            or r["_self"] in severe
            or r["health"] == "重残"
            or r["labour"] == "完全丧失"
        )
    }


BY_HAND = {"C02": _c02, "C04": _c04, "C05": _c05, "C06": _c06, "C07": _c07, "C13": _c13}


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("where", ["hamlet", "county"])
def test_what_must_be_found_is_what_a_reader_finds(rule, where, request):
    world = request.getfixturevalue(where)
    found, must, either = BY_HAND[rule](world), _told(world, rule, True), _told(world, rule, None)
    assert must
    assert must <= found <= must | either
    assert not found & _told(world, rule, False)


@pytest.mark.parametrize("month", ["2026-08", "2026-09", "2026-10"])
@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_cases_and_near_misses_enough(county, rule, month):
    least = 8 * len(county.persons) / 10_000
    assert len(_told(county, rule, True, Month.parse(month))) >= least
    assert len(_told(county, rule, False, Month.parse(month))) >= least


def test_unmet_hardship_changes_nobodys_aid_class_or_income(monkeypatch):
    months = span("2026-10..2026-10")
    planted = make_world(seed=31, persons=3_000, months=months)
    monkeypatch.setattr(worlds, "add_unmet", lambda *_: None)
    bare = make_world(seed=31, persons=3_000, months=months)
    assert planted.base.households.equals(bare.base.households)
    ill = planted.base.persons["diagnosed_on"].notna()
    moved = ill | (planted.base.persons["level"] != bare.base.persons["level"])
    aid = planted.base.households["aid"].to_numpy()[planted.base.persons.loc[moved, "household"]]
    assert moved.any()
    assert not np.isin(aid, [eco.DIBAO, eco.SINGLE, eco.RIGID]).any()
    for feed in ("assistance_payment", "medical_settlement", "death", "education_enrolment"):
        assert planted.feed(feed, OCTOBER).equals(bare.feed(feed, OCTOBER))


def test_each_way_an_allowance_goes_wrong_is_in_the_list(county):
    poor, severe = _low_income(county), _severe(county)
    cards = _rows(county, "disability")
    for column, due, standard in (("living_allowance", poor, 110), ("nursing_allowance", severe, 120)):
        paid = {r["_self"]: r[column] for r in cards}
        assert sum(np.isnan(yuan) for p, yuan in paid.items() if p in due) >= 8
        assert sum(yuan > 0 for p, yuan in paid.items() if p not in due) >= 8
        assert sum(yuan > 0 and yuan != standard for p, yuan in paid.items() if p in due) >= 8
