"""Made-up reviewers: they know the planted truth, err as often as asked, and answer only for made-up counties."""

import duckdb
import openpyxl
import pytest

from console.county.reviewers import Habits, answer_of, fill_cards, true_verdicts
from linkage.review.absorb import absorb_review
from linkage.review.queue import prepare_review
from linkage.review.terms import DIFFERENT, FIRST, SAME, SECOND, THIRD, UNSURE
from tests.unit.linkage.reviewed_village import PERSONS, linked_month
from warehouse.errors import Refused
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy, read_lines
from warehouse.settings import REPOSITORY

AUGUST = Month(2026, 8)
CARDS = [f"C{number:016x}" for number in range(4000)]


@pytest.fixture
def policy():
    lines = read_lines(REPOSITORY / "dbt_project" / "seeds" / "policy")
    return Policy("*", AUGUST, {line.parameter: line for line in lines if line.region == "*"})


@pytest.fixture
def village(tmp_path, policy):
    """A prepared month and the planted truth of its rows: 才让 is no 卓玛措, 李秀蓝 is 李秀兰, the rest as proposed."""
    lake = Lake(tmp_path / "home")
    linked_month(lake)
    prepare_review(AUGUST, lake=lake, policy=policy)
    truth = tmp_path / "county" / "truth"
    truth.mkdir(parents=True)
    con = duckdb.connect()
    con.execute(f"""
        COPY (SELECT '2026-08' AS month, feed, file, sheet, "row", role,
                CASE name WHEN '王建国' THEN 'T1' WHEN '李秀兰' THEN 'T2' WHEN '李秀蓝' THEN 'T2' WHEN '卓玛措' THEN 'T3'
                    WHEN '才让' THEN 'T4' WHEN '张志强' THEN 'T5' WHEN '张志墙' THEN 'T6' ELSE 'T7' END AS true_person
            FROM read_parquet('{lake.root}/records/feed=*/month=2026-08/*.parquet', hive_partitioning = true) AS told
            JOIN (SELECT profile_key, name FROM read_parquet('{lake.root}/registry/month=2026-08/profiles.parquet'))
                USING (profile_key))
        TO '{truth}/rows.parquet' (FORMAT parquet)""")
    con.close()
    return lake, truth.parent


def verdicts(lake):
    con = duckdb.connect()
    found = dict(
        con.execute(f"SELECT person_id, verdict FROM '{lake.root}/labels/month=2026-08/*.parquet'").fetchall()
    )
    con.close()
    return found


def test_without_mistakes_they_say_the_truth(village, policy, tmp_path):
    lake, county = village
    paths = fill_cards(
        AUGUST, lake=lake, policy=policy, county=county, out=tmp_path / "out", habits=Habits(0, 0, 0)
    )
    outcome = absorb_review(AUGUST, returned=paths, lake=lake, policy=policy)
    assert outcome.counts["refused"] == 0
    assert verdicts(lake) == {
        PERSONS["king"]: SAME, PERSONS["li"]: SAME, PERSONS["mother"]: DIFFERENT, PERSONS["zhang"]: DIFFERENT,
    }  # fmt: skip


def test_where_they_disagree_a_third_fills_in(village, policy, tmp_path):
    lake, county = village
    for seat, errors in ((FIRST, 0.0), (SECOND, 1.0)):
        paths = fill_cards(AUGUST, lake=lake, policy=policy, county=county, out=tmp_path / seat,
                           habits=Habits(errors, 0, 0), seats=(seat,))  # fmt: skip
        absorb_review(AUGUST, returned=paths, lake=lake, policy=policy)
    third = fill_cards(AUGUST, lake=lake, policy=policy, county=county, out=tmp_path / "third", habits=Habits(0, 0, 0),
                       seats=(THIRD,))  # fmt: skip
    absorb_review(AUGUST, returned=third, lake=lake, policy=policy)
    assert verdicts(lake)[PERSONS["king"]] == SAME
    assert verdicts(lake)[PERSONS["zhang"]] == DIFFERENT


def test_a_rerun_fills_in_the_same(village, policy, tmp_path):
    lake, county = village
    said = []
    for name in ("one", "two"):
        paths = fill_cards(
            AUGUST, lake=lake, policy=policy, county=county, out=tmp_path / name, habits=Habits(0.5, 0.2, 0.1)
        )
        said.append([list(openpyxl.load_workbook(path).active.iter_rows(values_only=True)) for path in paths])
    assert said[0] == said[1]


@pytest.mark.parametrize("truth", [SAME, DIFFERENT])
def test_they_err_as_often_as_asked_and_each_for_himself(truth):
    habits = Habits(errors=0.10, unsure=0.05, blanks=0.02)
    said = {seat: [answer_of(card, seat, truth, habits) for card in CARDS] for seat in (FIRST, SECOND)}
    for answers in said.values():
        wrong = sum(answer not in (truth, UNSURE, None) for answer in answers) / len(CARDS)
        assert wrong == pytest.approx(0.10, abs=0.015)
        assert answers.count(UNSURE) / len(CARDS) == pytest.approx(0.05, abs=0.012)
        assert answers.count(None) / len(CARDS) == pytest.approx(0.02, abs=0.008)
    both = sum(
        one == two != truth and one not in (UNSURE, None) for one, two in zip(*said.values(), strict=True)
    )
    assert both / len(CARDS) == pytest.approx(0.01, abs=0.006), "mistakes of two fall together by chance only"


def test_real_people_are_not_reviewed_by_made_up_ones(village, tmp_path):
    lake, _ = village
    with pytest.raises(Refused, match="made-up"):
        true_verdicts(AUGUST, lake, tmp_path / "nowhere")
