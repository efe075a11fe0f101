"""What people decided holds in the next link: of the same month, and of the months after it."""

import duckdb
import pytest

from linkage.review.absorb import absorb_review
from linkage.review.queue import cards_file, prepare_review
from linkage.review.terms import FIRST, SECOND, Terms
from linkage.stage import link
from tests.unit.linkage.made_village import describe, id_number
from tests.unit.linkage.reviewed_village import filled
from warehouse.months import Month

AUGUST, SEPTEMBER = Month(2026, 8), Month(2026, 9)
_HOUSE = {"township": "隆务镇", "village": "热日社区", "household_key": "home:隆务镇热日社区2-11"}


def village():
    people = [("王建国", 1, "1"), ("李秀兰", 2, "2"), ("张志强", 3, "1"), ("刘桂英", 4, "2")]
    told = [
        describe("medical_enrolment", name, id=id_number(f"196{n}0101", 100 + 2 * n + (sex == "1")), sex=sex,
                 agency_key=f"psn_no:A{n}", **(_HOUSE if n == 1 else {"township": "隆务镇", "village": f"村{n}"}))
        for name, n, sex in people
    ]  # fmt: skip
    return [*told, describe("hotline", "王建国", **_HOUSE)]


def linked(lake, month):
    """(person, grade, rule) of the report, and the person of that name with an id."""
    con = duckdb.connect()
    registry = f"{lake.root}/registry/month={month}/profiles.parquet"
    report = con.execute(f"SELECT person_id, grade, rule FROM '{registry}' WHERE feed = 'hotline'").fetchall()
    king = con.execute(
        f"SELECT person_id FROM '{registry}' WHERE name = '王建国' AND id_no IS NOT NULL"
    ).fetchall()
    con.close()
    return report[0], king[0][0]


@pytest.mark.parametrize("word", ["同一人", "不是同一人"])
def test_a_decision_holds(lake, policy, write_month, judged, tmp_path, word):
    write_month(lake, "2026-08", village())
    link(AUGUST, lake=lake, policy=policy, model=judged)
    (person, grade, _), king = linked(lake, AUGUST)
    assert (person, grade) == (king, "review"), "a name and a house alone are a proposal"
    prepare_review(AUGUST, lake=lake, policy=policy)
    for seat in (FIRST, SECOND):
        source = cards_file(lake, AUGUST, Terms.of(AUGUST, policy), seat)
        path = filled(source, tmp_path / "filled", lambda names, cells: {"判断": word}, who=seat)
        absorb_review(AUGUST, returned=[path], lake=lake, policy=policy)
    write_month(lake, "2026-09", village())
    for month in (AUGUST, SEPTEMBER):
        link(month, lake=lake, policy=policy, model=judged)
        (person, grade, _), king = linked(lake, month)
        if word == "同一人":
            assert (person, grade) == (king, "certain"), month
        else:
            assert person != king, month
    con = duckdb.connect()
    proposed = con.execute(
        f"SELECT count(*) FROM '{lake.root}/review/month=2026-09/review.parquet' WHERE feed = 'hotline' AND proposed_person_id = ?",
        [king],
    ).fetchone()
    con.close()
    assert proposed == (0,), "nobody is asked again"


def test_nobody_is_asked_twice(lake, policy, write_month, judged, tmp_path):
    """A card that a third person could not tell either is closed: the next month does not bring it back."""
    from linkage.review.terms import THIRD

    write_month(lake, "2026-08", village())
    link(AUGUST, lake=lake, policy=policy, model=judged)
    prepare_review(AUGUST, lake=lake, policy=policy)
    for seat in (FIRST, SECOND, THIRD):
        source = cards_file(lake, AUGUST, Terms.of(AUGUST, policy), seat)
        path = filled(source, tmp_path / "filled", lambda names, cells: {"判断": "无法判断"}, who=seat)
        absorb_review(AUGUST, returned=[path], lake=lake, policy=policy)
    write_month(lake, "2026-09", village())
    link(SEPTEMBER, lake=lake, policy=policy, model=judged)
    (person, grade, _), king = linked(lake, SEPTEMBER)
    assert (person, grade) == (king, "review"), "undecided: it stays a proposal"
    outcome = prepare_review(SEPTEMBER, lake=lake, policy=policy)
    assert (outcome.counts["cards"], outcome.counts["judged_before"]) == (0, 1)
