"""The clean deliveries: the contract's columns and words, sums that hold, the same in every span."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from console.county.feeds import FEEDS
from console.county.world import make_world
from warehouse.intake.contract import contracts
from warehouse.months import Month, span

HIDDEN = ["_self", "_head", "_guardian", "_kin"]
# Newborns have no ID yet, tickets often none; a blank amount of aid is a blank on purpose; 低保边缘 pays nothing.
MAY_BE_BLANK = {"id_no", "amount"}


@pytest.mark.parametrize("feed", list(FEEDS))
@pytest.mark.parametrize("month", ["2026-08", "2026-09"])
def test_a_feed_speaks_the_words_of_its_contract(hamlet, feed, month):
    contract = contracts()[feed]
    rows = hamlet.feed(feed, Month.parse(month))
    assert len(rows)
    columns = {column.name for column in contract.columns}
    assert set(rows.columns) - set(HIDDEN) - {"_occurred", "_sheet"} <= columns
    for column in contract.columns:
        if column.required:
            assert column.name in rows
            if column.name not in MAY_BE_BLANK:
                assert rows[column.name].notna().all(), column.name
        if column.name not in rows:
            continue
        if column.codes:
            words = set(column.codes) | {word for words in column.codes.values() for word in words}
            assert set(rows[column.name].dropna().astype(str)) <= words
        if column.kind == "date":
            assert rows[column.name].dtype.kind == "M"
        if column.kind == "money":
            assert np.allclose(rows[column.name].dropna() * 100, (rows[column.name].dropna() * 100).round())
    for column in HIDDEN:
        assert rows[column].dtype == np.int64
    assert (rows["_self"] >= 0).all()
    assert rows["_self"].max() < len(hamlet.persons)


@pytest.mark.parametrize("feed", list(FEEDS))
def test_a_row_carries_its_true_persons_name(hamlet, feed):
    people = hamlet.persons
    rows = hamlet.feed(feed, Month.parse("2026-09"))
    named = rows[~rows["name"].str.contains("之子|之女")]
    assert (named["name"].to_numpy() == people.loc[named["_self"], "name"].to_numpy()).all()
    for role, column in (("_head", "head_name"), ("_guardian", "guardian_name"), ("_kin", "kin_name")):
        if column in rows:
            known = rows[rows[role] >= 0]
            assert (known[column].to_numpy() == people.loc[known[role], "name"].to_numpy()).all()


@pytest.mark.parametrize(
    "feed", [f for f, c in sorted(contracts().items()) if c.one_row_per_person and f in FEEDS]
)
def test_a_stock_holds_a_person_once(hamlet, feed):
    assert hamlet.feed(feed, Month.parse("2026-10"))["_self"].is_unique


def test_every_settlement_adds_up_and_reversals_net_out(county):
    rows = pd.concat(
        [county.history("medical_settlement"), *(county.feed("medical_settlement", m) for m in county.months)]
    )
    parts = rows[["basic_paid", "critical_paid", "assistance_paid", "own_total"]].sum(axis=1)
    assert np.allclose(parts, rows["total"], atol=0.005)
    assert rows.loc[(rows["state"] == "1") & (rows["total"] > 0), "settlement_id"].is_unique
    kinds = {
        "state 0": (rows["state"] == "0") & (rows["total"] > 0),
        "state 0, negative": (rows["state"] == "0") & (rows["total"] < 0),
        "negative row": (rows["state"] == "1") & (rows["total"] < 0),
    }
    firsts = rows[(rows["state"] == "1") & (rows["total"] > 0)].set_index("settlement_id")["total"]
    for kind, mask in kinds.items():
        undone = rows[mask]
        assert len(undone) > 20, kind
        root = undone["settlement_id"].str.removesuffix("F")
        inside = root.isin(firsts.index).to_numpy()  # the first month's may undo what was before the history
        assert inside.mean() > 0.9
        assert np.allclose(firsts.loc[root[inside]].to_numpy(), undone["total"].abs()[inside].to_numpy())


def test_history_is_the_twelve_months_before(hamlet):
    days = hamlet.history("medical_settlement")["settled_at"]
    assert days.min() >= pd.Timestamp("2025-08-01")
    assert days.max() < pd.Timestamp("2026-08-01")
    assert days.dt.strftime("%Y-%m").nunique() == 12
    assert hamlet.history("assistance_payment").empty


def test_increments_hold_their_own_month(hamlet):
    for feed, contract in contracts().items():
        if contract.delivery == "increment" and feed in FEEDS:
            when = hamlet.feed(feed, Month.parse("2026-09"))["_occurred"]
            assert (when.dt.strftime("%Y-%m") == "2026-09").all(), feed


def test_a_failed_payment_may_be_sent_again_and_temporary_aid_comes_on_top(county):
    rows = pd.concat([county.feed("assistance_payment", month) for month in county.months])
    paid = rows[rows["pay_status"] == "成功"]
    failed = rows[rows["pay_status"] != "成功"]
    again = failed.merge(paid, on=["case_no", "pay_month"])
    assert len(again) > 10
    assert (again["amount_x"] == again["amount_y"]).all()
    assert (paid["aid_type"] == "临时救助").sum() > 20
    late = county.feed("assistance_payment", Month.parse("2026-09"))
    assert (late["pay_month"] == "2026-08").any()
    assert (late["pay_month"] == "2026-09").mean() > 0.95


def test_income_per_head_is_what_its_parts_give(county):
    rows = county.feed("rural_monitoring", Month.parse("2026-10"))
    homes = rows.groupby("household_no").agg("first").assign(size=rows.groupby("household_no").size())
    parts = homes[["income_wage", "income_business", "income_property", "income_transfer"]].sum(axis=1)
    assert np.allclose(
        homes["income_pc_year"], ((parts - homes["expense_business"]) / homes["size"]).round(2), atol=0.011
    )


@pytest.mark.parametrize("feed", list(FEEDS))
def test_a_month_is_the_same_whatever_comes_after_it(feed, hamlet):
    shorter = make_world(seed=5, persons=6_000, months=span("2026-08..2026-09")) if not _SHORT else _SHORT[0]
    _SHORT[:] = [shorter]
    for month in shorter.months:
        pd.testing.assert_frame_equal(shorter.feed(feed, month), hamlet.feed(feed, month))


_SHORT: list = []


def test_another_seed_is_another_county_and_the_same_seed_the_same(hamlet):
    month = Month.parse("2026-08")
    same = make_world(seed=5, persons=6_000, months=span("2026-08..2026-10"))
    other = make_world(seed=6, persons=6_000, months=span("2026-08..2026-10"))
    pd.testing.assert_frame_equal(same.warnings(month), hamlet.warnings(month))
    assert (
        not other.feed("death", month)["name"].head(20).equals(hamlet.feed("death", month)["name"].head(20))
    )
