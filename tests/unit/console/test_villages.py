"""Made-up villages: they answer by the planted truth, err as often as asked, and put right what a slip refuses."""

from __future__ import annotations

import hashlib
import shutil
from datetime import date, timedelta

import duckdb
import pytest

from console.county import village_habits, villages, villages_hand
from console.county.village_habits import SLIPS, Habits, day_ready, day_sent, row_mistake
from console.county.villages import answer_lists
from tests.unit.warehouse.release.made_up_month import MONTH, make, policy
from warehouse.errors import Refused
from warehouse.lake import Lake
from warehouse.release.publish import publish
from warehouse.returns.absorb import absorb

PERFECT = Habits(0, 0, 0, 0, 0, 0, 0)
DUE = date(2026, 11, 30)
LATER = DUE + timedelta(days=70)
IDS = [f"W{number:016x}" for number in range(4000)]
# By the number of the person: whose warnings are needs, and whose rows speak of somebody else.
NEEDY, MIXED, NEEDY_AND_MIXED = 3, 16, 24


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A published month with the truth of its people: every third is in need; the rows of one are two people's."""
    folder = tmp_path_factory.mktemp("county")
    lake = make(folder / "home")
    publish(MONTH, lake=lake, policy=policy())
    truth = folder / "truth"
    truth.mkdir()
    with duckdb.connect() as con:
        con.execute(f"""
            COPY (SELECT '{MONTH}' AS month, feed, file, sheet, "row", role,
                    CASE WHEN person_id IN ('P{MIXED:08d}', 'P{NEEDY_AND_MIXED:08d}') AND feed = 'assistance_roster'
                    THEN 'A0000999'
                    ELSE concat('T', substr(person_id, 3)) END AS true_person
                FROM read_parquet('{lake.root}/crosswalk/month={MONTH}/*.parquet'))
            TO '{truth}/rows.parquet' (FORMAT parquet)""")
        con.execute(f"""
            COPY (SELECT '{MONTH}' AS month, rule_id, concat('T', substr(person_id, 3)) AS true_person,
                    if(rule_id = 'D01', 'death', 'low income') AS cause, concat('T', substr(person_id, 3)) AS subject, household_id AS household,
                    township, person_id[7:]::INTEGER % {NEEDY} = 0 AS is_need,
                    if(is_need, '属实', '不属实') AS result, if(is_need AND rule_id = 'C01', '低保', '') AS aid,
                    if(is_need OR rule_id <> 'C01', '', '收入超过标准') AS reason, true AS is_planted
                FROM read_parquet('{lake.home}/release/{MONTH}/warnings.parquet')
                WHERE rule_id <> 'R01' AND person_id <> 'P{MIXED:08d}')
            TO '{truth}/needs.parquet' (FORMAT parquet)""")
    return folder


@pytest.fixture
def county(published, tmp_path):
    """The same, to be written into: its folder, and the lake of its home."""
    shutil.copytree(published, tmp_path / "county")
    return tmp_path / "county", Lake(tmp_path / "county" / "home")


def answer(county, habits, on=DUE):
    folder, lake = county
    return answer_lists(MONTH, lake=lake, policy=policy(), county=folder, on=on, habits=habits)


def take_in(county, on=DUE):
    lake = county[1]
    return absorb(MONTH, returned=lake.home / "returned" / str(MONTH), lake=lake, policy=policy(), on=on)


def said(county):
    """What stands in the lake: person and rule to result and aid."""
    files = f"{county[1].root}/dispositions/month={MONTH}/*.parquet"
    query = f"SELECT DISTINCT person_id, rule_id, result, aid FROM '{files}'"
    return {(person, rule): (result, aid) for person, rule, result, aid in duckdb.sql(query).fetchall()}


def test_without_mistakes_they_say_the_truth(county):
    sent = answer(county, PERFECT)
    outcome = take_in(county)
    assert outcome.counts["refused"] == 0
    assert outcome.counts["still_open"] == 0
    found = said(county)
    assert len(found) == sent.counts["answered"] > 60
    for (person, rule), (result, aid) in found.items():
        number = int(person[1:])
        if number in (MIXED, NEEDY_AND_MIXED):
            continue
        if rule == "R01":
            assert (result, aid) == ("不属实", "无"), "what the truth does not know is a false alarm"
        else:
            need = number % NEEDY == 0
            assert result == ("属实" if need else "不属实")
            assert aid == {"C01": "低保" if need else "无"}.get(rule, "")


def test_who_is_taken_for_another_is_said_to_be_another(county):
    answer(county, PERFECT)
    take_in(county)
    found = said(county)
    assert found[f"P{MIXED:08d}", "C01"][0] == "身份有误", "its rows are two people's"
    assert found[f"P{NEEDY_AND_MIXED:08d}", "C01"][0] == "属实", "a need is one, whatever row went astray"


def test_what_a_slip_refuses_is_put_right_and_sent_again(county):
    answer(county, Habits(0, 0, 0, 0.5, 0, 0, 0))
    first = take_in(county)
    assert first.counts["refused"] > 20
    answer(county, Habits(0, 0, 0, 0.5, 0, 0, 0), on=DUE + timedelta(days=7))
    second = take_in(county, on=DUE + timedelta(days=7))
    assert second.counts["refused"] == 0
    assert second.counts["still_open"] == 0
    before = hashes(county)
    answer(county, Habits(0, 0, 0, 0.5, 0, 0, 0), on=DUE + timedelta(days=14))
    assert hashes(county) == before, "what was put right is not spoilt again"


def test_late_villages_come_in_with_the_days_and_some_lists_never(county):
    habits = Habits(0, 0, 0, 0, late=0.5, unsent=0, rough=0)
    counts = [
        answer(county, habits, on).counts for on in (date(2026, 11, 1), DUE, DUE + timedelta(days=30), LATER)
    ]
    answered = [one["answered"] for one in counts]
    assert answered[0] == 0 < answered[1] < answered[2] < answered[3]
    assert counts[-1]["not ready yet"] == 0
    assert not answer(county, Habits(unsent=1.0), on=LATER).files


def test_a_list_that_lies_there_is_not_refused_for_what_was_said_later(county):
    """Every day the whole folder is read again; in the meantime another visit has found something else."""
    folder, lake = county
    answer(county, PERFECT)
    take_in(county)
    again = Habits(errors=1.0, unsure=0, blanks=0, slips=0, late=1.0, unsent=0, rough=0)
    later = lake.home / "returned" / str(MONTH) / "again"
    answer_lists(MONTH, lake=lake, policy=policy(), county=folder, on=LATER, habits=again, out=later)
    for _ in range(2):
        outcome = take_in(county, on=LATER)
        assert outcome.counts["refused"] == 0


def hashes(county):
    folder = county[1].home / "returned" / str(MONTH)
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_a_rerun_gives_the_same_bytes(county):
    answer(county, Habits(), on=LATER)
    before = hashes(county)
    shutil.rmtree(county[1].home / "returned")
    answer(county, Habits(), on=LATER)
    assert hashes(county) == before


@pytest.mark.parametrize("kind", ["moved", "csv", "renamed", "unreadable"])
def test_a_file_that_was_handled_roughly_is_read_or_comes_again(county, monkeypatch, kind):
    monkeypatch.setattr(village_habits, "rough_file", lambda *_: kind)
    monkeypatch.setattr(village_habits, "rough_sheet", lambda *_: "sorted")
    answer(county, PERFECT)
    if kind == "unreadable":
        with pytest.raises(Refused):
            take_in(county)
        answer(county, PERFECT, on=DUE + timedelta(days=7))
    outcome = take_in(county, on=DUE + timedelta(days=7))
    assert outcome.counts["refused"] == 0
    assert outcome.counts["still_open"] == 0


def test_they_err_as_often_as_asked():
    habits = Habits(errors=0.1, unsure=0.05, blanks=0.04, slips=0.2)
    drawn = [row_mistake(MONTH, one, habits) for one in IDS]
    for mistake, share in (("errors", 0.1), ("unsure", 0.05), ("blanks", 0.04)):
        assert drawn.count(mistake) / len(IDS) == pytest.approx(share, abs=0.015)
    assert sum(one in SLIPS for one in drawn) / len(IDS) == pytest.approx(0.2, abs=0.02)
    assert {one for one in drawn if one in SLIPS} == set(SLIPS)
    assert not any(row_mistake(MONTH, one, PERFECT) for one in IDS)


def test_some_are_late_by_weeks_and_some_by_months():
    habits = Habits(late=0.3)
    sent = day_sent(MONTH, "隆务镇", DUE, Habits(unsent=0))
    assert sent < DUE
    late = [(day_ready(MONTH, "隆务镇", one, sent, DUE, habits) - DUE).days for one in IDS]
    assert sum(days > 0 for days in late) / len(IDS) == pytest.approx(0.3, abs=0.03)
    assert max(late) > 31 > min(days for days in late if days > 0)


def test_real_lists_are_not_answered_by_made_up_villages(county):
    folder, lake = county
    with pytest.raises(Refused, match="made-up"):
        answer_lists(MONTH, lake=lake, policy=policy(), county=folder / "nowhere", on=DUE)


def test_a_workbook_says_how_often_it_was_sent(county):
    answer(county, PERFECT)
    path = next((county[1].home / "returned" / str(MONTH)).glob("*隆务镇*"))
    assert villages_hand.times_sent(path) == 1
    assert villages_hand.times_sent(path.with_name("nothing.xlsx")) == 0


def test_to_a_second_look_goes_somebody_else():
    firsts = {villages.who_goes({"下发情况": "新"}, "一村", f"户{number}") for number in range(40)}
    (second,) = {
        villages.who_goes({"下发情况": "结转\n复查：上次（2026-08）…"}, "一村", f"户{number}")
        for number in range(40)
    }
    assert len(firsts) == 3
    assert second not in firsts
