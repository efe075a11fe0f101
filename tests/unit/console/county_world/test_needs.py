"""What is found on the doorstep: drawn once for a subject and cause, near the rate, and the same in every span."""

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from console.county.needs import CHANGED, Homes, NeedsTruth, doorsteps
from tests.unit.warehouse.release.made_up_month import policy
from warehouse.months import Month, span
from warehouse.release.list_columns import Answers

PEOPLE = np.arange(6000)
HOMES = Homes(PEOPLE // 3, np.array(["甲乡", "乙镇", "丙镇"], dtype=object)[PEOPLE // 3 % 3])


def told(folder, months, rules, people=PEOPLE, expected=True):
    planted = pd.concat(
        [pd.DataFrame({"rule_id": rule, "true_person": people, "expected": expected}) for rule in rules],
        ignore_index=True,
    ).astype({"expected": object})
    with NeedsTruth(folder, seed=3) as needs:
        for month in months:
            needs.add(month, planted, HOMES)
    return pq.read_table(folder / "needs.parquet").to_pandas()


@pytest.mark.parametrize("rule", ["R01", "C10", "Q01", "C01"])
def test_about_as_many_as_the_table_says_are_needs(tmp_path, rule):
    found = told(tmp_path, [Month(2026, 5)], [rule])
    assert found["is_need"].mean() == pytest.approx(doorsteps()[rule].need_share, rel=0.35)


def test_one_question_gets_one_answer(tmp_path):
    found = told(tmp_path, [Month(2026, 5)], ["C01", "C03", "D01", "D02", "D03"])
    by_rule = found.pivot_table(index="true_person", columns="rule_id", values="is_need", aggfunc="first")
    assert (by_rule["C01"] == by_rule["C03"]).all()
    assert (by_rule["D01"] == by_rule["D02"]).all()
    assert not (by_rule["D01"] & by_rule["D03"]).any(), "nobody is both dead and alive"
    of_house = found[found["rule_id"] == "C01"].groupby("subject")["is_need"].nunique()
    assert of_house.max() == 1, "a house has one income"
    assert len(of_house) == len(PEOPLE) / 3


def test_a_need_stays_until_it_ends_and_none_begins(tmp_path):
    months = span("2026-05..2026-10")
    found = told(tmp_path, months, ["C12"], PEOPLE[:3000])
    needs = found.pivot_table(index="subject", columns="month", values="is_need", aggfunc="first").astype(int)
    assert (needs.diff(axis=1).iloc[:, 1:] <= 0).all().all()
    ended = found[(found["month"] == "2026-10") & (found["result"] == CHANGED)]
    assert len(ended) > 0
    first, last = needs["2026-05"].sum(), needs["2026-10"].sum()
    assert last / first == pytest.approx((1 - doorsteps()["C12"].ends_share) ** 5, abs=0.12)


def test_a_month_is_the_same_in_every_span(tmp_path):
    short = told(tmp_path / "short", span("2026-05..2026-06"), ["C10", "R04"])
    long = told(tmp_path / "long", span("2026-05..2026-08"), ["C10", "R04"])
    pd.testing.assert_frame_equal(short, long[long["month"] <= "2026-06"])


def test_near_misses_are_no_needs_and_their_planting_is_told(tmp_path):
    assert not len(told(tmp_path, [], ["C10"]))
    found = told(tmp_path, [Month(2026, 5)], ["C10"], PEOPLE[:30], expected=False)
    assert not len(found)
    found = told(tmp_path, [Month(2026, 5)], ["C10"], PEOPLE[:30], expected=None)
    assert len(found) == 30
    assert not found["is_planted"].any()


def test_every_word_stands_in_the_drop_downs():
    words = Answers.of(policy())
    for rule in doorsteps().values():
        assert rule.result_when_not in words.results
        assert set(rule.aids) <= set(words.aids) - {words.aid_none}
        assert set(rule.reasons) <= set(words.reasons)
        assert bool(rule.aids) == bool(rule.reasons), rule.rule_id
