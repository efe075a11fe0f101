"""The planted truth of G01 to G04, Q02 and M01, read again by hand from the deliveries."""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd
import pytest

from console.county import economy as eco
from warehouse.months import Month

MONTHS = ("2026-08", "2026-09", "2026-10")
RULES = ("G01", "G02", "G03", "G04", "Q02", "M01")
CENT = Decimal("0.01")


def _told(world, rule, word, month):
    rows = world.warnings(Month.parse(month))
    rows = rows[rows["rule_id"] == rule]
    return {int(p) for p, e in zip(rows["true_person"], rows["expected"], strict=True) if e is word}


def _rows(world, feed, month):
    return world.feed(feed, Month.parse(month)).to_dict("records")


def _cases(world, month):
    """case_no → its rows, of 低保 and 特困."""
    found = defaultdict(list)
    for row in _rows(world, "assistance_roster", month):
        if row["aid_type"] not in ("低保边缘", "刚性支出困难"):
            found[row["case_no"]].append(row)
    return found


def _paid(world, month):
    """case_no → the sums that arrived for the month, of every delivery so far."""
    found = defaultdict(list)
    for earlier in MONTHS[: MONTHS.index(month) + 1]:
        for row in _rows(world, "assistance_payment", earlier):
            if row["pay_status"] == "成功" and row["pay_month"] == month and row["aid_type"] != "临时救助":
                found[row["case_no"]].append(Decimal(str(row["amount"])))
    return found


def _index(row, month):
    """Months of grace gone by: 0 in the month in which it began, None without one."""
    since = row["grace_from"]
    if pd.isna(since):
        return None
    year, number = map(int, month.split("-"))
    return (year - since.year) * 12 + number - since.month


def _in_grace(row, month):
    index = _index(row, month)
    return index is not None and 0 <= index < 12


def _approved(rows):
    return sum((Decimal(str(row["monthly_amount"])) for row in rows), Decimal(0))


def _recorded(world, month):
    died = {}
    for feed in ("death", "cremation"):
        for row in _rows(world, feed, month):
            if feed == "cremation" or row["reason"] == "死亡":
                known = died.get(row["_self"])
                died[row["_self"]] = row["died_on"] if known is None else min(known, row["died_on"])
    return died


def _dibao(world, month):
    return {case: rows for case, rows in _cases(world, month).items() if "低保" in rows[0]["aid_type"]}


def _g01(world, month):
    paid = _paid(world, month)
    return {
        rows[0]["_head"]
        for case, rows in _dibao(world, month).items()
        if case in paid
        and _index(rows[0], month) is None
        and rows[0]["insured_size"] == rows[0]["household_size"]
        and rows[0]["income_pc_month"] > 500
    }


def _g02(world, month):
    paid = _paid(world, month)
    return {
        rows[0]["_head"]
        for case, rows in _dibao(world, month).items()
        if case in paid and (_index(rows[0], month) or 0) > 12
    }


def _g03(world, month):
    paid, found = _paid(world, month), set()
    here, died = _cases(world, month), _recorded(world, month)
    first_after = np.datetime64(Month.parse(month).next.first_day)
    for case, rows in here.items():
        if case in paid and _in_grace(rows[0], month) and abs(sum(paid[case]) - _approved(rows)) > 1:
            found.add(rows[0]["_head"])
    now = {row["_self"] for rows in here.values() for row in rows}
    for case, rows in _dibao(world, str(Month.parse(month).previous)).items() if month != MONTHS[0] else ():
        people = {row["_self"] for row in rows}
        dead = any(died[who] < first_after for who in people & died.keys())
        if (
            case not in here
            and case not in paid
            and _in_grace(rows[0], month)
            and not dead
            and not people & now
        ):
            found.add(rows[0]["_head"])
    return found


def _g04(world, month):
    paid, died = _paid(world, month), _recorded(world, month)
    first = np.datetime64(f"{month}-01")
    return {
        rows[0]["_head"]
        for case, rows in _dibao(world, month).items()
        if case in paid
        and _in_grace(rows[0], month)
        and all(row["_self"] in died and died[row["_self"]] < first for row in rows)
    }


def _computed(rows):
    """补差 on the household's total, rounded once; 特困 by the kind of care."""
    if "特困" in rows[0]["aid_type"]:
        return Decimal(sum(1120 if "集中" in row["aid_type"] else 780 for row in rows))
    lacks = Decimal(500) - Decimal(str(rows[0]["income_pc_month"]))
    return max((lacks * len(rows)).quantize(CENT, ROUND_HALF_UP), Decimal(60) * len(rows))


def _q02(world, month):
    paid, found = _paid(world, month), set()
    for case, rows in _cases(world, month).items():
        if len(paid.get(case, ())) != 1 or _in_grace(rows[0], month):
            continue
        first = rows[0]
        asked_by_g01 = (
            "低保" in first["aid_type"]
            and first["insured_size"] == first["household_size"]
            and first["income_pc_month"] > 500
        )
        is_off = abs(_approved(rows) - _computed(rows)) > 1 and not asked_by_g01
        if is_off or abs(paid[case][0] - _approved(rows)) > 1:
            found.add(first["_head"])
    return found


def _m01(world, month):
    latest = {}
    for earlier in MONTHS[: MONTHS.index(month) + 1]:
        for row in _rows(world, "means_test", earlier):
            told = (row["checked_on"], row["verdict"] == "疑似超标")
            latest[row["_self"]] = max(latest.get(row["_self"], told), told)
    paid = _paid(world, month)
    return {
        rows[0]["_head"]
        for case, rows in _cases(world, month).items()
        if case in paid and any(latest.get(row["_self"], (None, False))[1] for row in rows)
    }


BY_HAND = {"G01": _g01, "G02": _g02, "G03": _g03, "G04": _g04, "Q02": _q02, "M01": _m01}


@pytest.mark.parametrize("month", MONTHS)
@pytest.mark.parametrize("rule", RULES)
def test_what_must_be_found_is_what_a_reader_finds(hamlet, rule, month):
    found = BY_HAND[rule](hamlet, month)
    must, either = _told(hamlet, rule, True, month), _told(hamlet, rule, None, month)
    assert must
    assert must <= found <= must | either
    assert not found & _told(hamlet, rule, False, month)


@pytest.mark.parametrize("month", MONTHS)
@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_cases_and_near_misses_enough(county, rule, month):
    least = 8 * len(county.persons) / 10_000
    assert len(_told(county, rule, True, month)) >= least
    assert len(_told(county, rule, False, month)) >= least


def test_nothing_is_listed_as_frozen_where_exits_are_not(hamlet):
    for month in MONTHS:
        assert not _told(hamlet, "G05", True, month)
        assert _told(hamlet, "G05", False, month) >= _told(hamlet, "G01", True, month)


def test_nobody_is_in_grace_before_being_admitted(hamlet):
    for rows in _dibao(hamlet, "2026-10").values():
        assert pd.isna(rows[0]["grace_from"]) or rows[0]["admitted_on"] < rows[0]["grace_from"]


def test_only_whole_households_on_dibao_end_their_aid_wrongly(hamlet):
    homes = hamlet.base.households
    assert (homes.loc[homes["leak"] != eco.SOUND, "aid"] == eco.DIBAO).all()
