"""Which rows are asked about, and which are not: one small month per case."""

from __future__ import annotations

import re
from datetime import date

import pytest

from tests.unit.warehouse.notices.small_county import (
    AUGUST,
    CHILD,
    OTHERS,
    OWN,
    SEPTEMBER,
    Says,
    SmallMonth,
    home_of,
    policy_of,
    raised_of,
    write_month,
)
from warehouse.notices.evidence import BORROWING
from warehouse.settings import REPOSITORY

ROSTER, RURAL, INSURED, SCHOOL, DEATH, CREMATION, BILL = (
    "assistance_roster", "rural_monitoring", "medical_enrolment", "education_enrolment", "death", "cremation",
    "medical_settlement",
)  # fmt: skip
MAY, JUNE = date(2026, 5, 3), date(2026, 6, 20)


def dead(person: str = "P1", feed: str = DEATH, on: date = MAY, **more: object) -> Says:
    word = "死亡" if feed == DEATH else None
    return Says(feed, person, word=word, died_on=on, cancelled_on=on if feed == DEATH else None, **more)  # type: ignore[arg-type]


CASES: dict[str, tuple[SmallMonth, list[tuple[str, str]]]] = {
    "a number that is surely another's is asked of who shows it": (
        SmallMonth([
            Says(INSURED, id_no=OTHERS, rule="L15"), Says(ROSTER), Says(RURAL),
            Says(ROSTER, "P2", "马成龙", OTHERS), Says(RURAL, "P2", "马成龙", OTHERS),
        ]),
        [("N03", INSURED)],
    ),
    "a number that only one other source gives to another is not": (
        SmallMonth([Says(INSURED, id_no=OTHERS, rule="L15"), Says(ROSTER, "P2", "马成龙", OTHERS)]),
        [],
    ),
    "a number of nobody else that two sources contradict": (
        SmallMonth([Says(INSURED, id_no=OTHERS), Says(ROSTER), Says(RURAL)]),
        [("N08", INSURED)],
    ),
    "feeds of one group are one source": (
        SmallMonth([Says(INSURED, id_no=OTHERS), Says(ROSTER), Says("visit_ledger")]),
        [("N10", INSURED), ("N10", ROSTER)],
    ),
    "where the others differ among themselves nobody knows better": (
        SmallMonth([Says(INSURED, id_no=OTHERS), Says(RURAL), Says(SCHOOL, id_no=CHILD)]),
        [],
    ),
    "a doubtful link is no ground": (
        SmallMonth([Says(INSURED, id_no=OTHERS, grade="review"), Says(ROSTER), Says(RURAL)]),
        [],
    ),
    "insured under a number that the roster shows otherwise: both are asked": (
        SmallMonth([Says(INSURED, id_no=OTHERS), Says(ROSTER)]),
        [("N10", INSURED), ("N10", ROSTER)],
    ),
    "number and name of a doubtful row are two persons'": (
        SmallMonth([Says(INSURED, "P9", "韩玉兰", OWN, grade="review"), Says(ROSTER), Says(RURAL)]),
        [("N04", INSURED)],
    ),
    "a doubtful row that shortens its holder's name is not asked": (
        SmallMonth([Says(INSURED, "P9", "多杰", OWN, grade="review"), Says(ROSTER), Says(RURAL)]),
        [],
    ),
    "a wrong character in a name": (
        SmallMonth([Says(INSURED, name="多杰财让"), Says(ROSTER), Says(RURAL)]),
        [("N05", INSURED)],
    ),
    "another rendering of one Tibetan name is none": (
        SmallMonth([Says(INSURED, name="多吉才让", family="d"), Says(ROSTER, family="d"), Says(RURAL, family="d")]),
        [],
    ),
    "a name that one more source shows alike stands": (
        SmallMonth([Says(INSURED, name="多杰财让"), Says(SCHOOL, name="多杰财让"), Says(ROSTER), Says(RURAL)]),
        [],
    ),
    "a birth date that two sources contradict": (
        SmallMonth([Says(INSURED, birth=MAY), Says(SCHOOL, birth=JUNE), Says("family_planning", birth=JUNE)]),
        [("N06", INSURED)],
    ),
    "a sex that two sources contradict": (
        SmallMonth([Says(INSURED, sex="1"), Says(ROSTER, sex="2"), Says(RURAL, sex="2")]),
        [("N07", INSURED)],
    ),
    "recorded dead and settled twice afterwards": (
        SmallMonth([dead(), Says(ROSTER)], lives={"P1": (2, False)}),
        [("N01", DEATH)],
    ),
    "one settlement alone is as likely a late bill: the police are not asked": (
        SmallMonth([dead(), Says(ROSTER)], lives={"P1": (1, False)}),
        [],
    ),
    "in school afterwards": (
        SmallMonth([dead()], lives={"P1": (0, True)}),
        [("N01", DEATH)],
    ),
    "the wrong spouse was entered: asked as that, not as life after death": (
        SmallMonth(
            [dead("P1"), dead("P2", CREMATION, name="卓玛", id_no=OTHERS)],
            lives={"P1": (3, False)}, households={"P1": "H", "P2": "H"},
        ),
        [("N02", DEATH)],
    ),
    "the relative who fetched the dead was entered": (
        SmallMonth([dead("P1"), dead("P2", CREMATION, name="卓玛", id_no=OTHERS, kin="P1")]),
        [("N02", DEATH)],
    ),
    "two deaths of one house, both registered": (
        SmallMonth(
            [dead("P1"), dead("P2", name="卓玛", id_no=OTHERS), dead("P2", CREMATION, name="卓玛", id_no=OTHERS)],
            households={"P1": "H", "P2": "H"},
        ),
        [],
    ),
    "still on lists after a death that two sources confirm": (
        SmallMonth([dead(), dead(feed=CREMATION), Says(ROSTER), Says(INSURED, word="正常")]),
        [("N09", ROSTER), ("N09", INSURED)],
    ),
    "a list that says itself that the person is gone": (
        SmallMonth([dead(), dead(feed=CREMATION), Says(INSURED, word="终止")]),
        [],
    ),
    "one source of a death is none": (SmallMonth([dead(), Says(ROSTER)]), []),
    "a death of last month: lists are cleaned monthly": (
        SmallMonth([dead(on=date(2026, 7, 20)), dead(feed=CREMATION, on=date(2026, 7, 20)), Says(ROSTER)]),
        [],
    ),
    "two sources of a death and signs of life": (
        SmallMonth([dead(), dead(feed=CREMATION), Says(ROSTER)], lives={"P1": (1, False)}),
        [],
    ),
    "a bill after a death": (
        SmallMonth([dead(), Says(BILL, settled_on=date(2026, 8, 9))], lives={"P1": (1, False)}),
        [("N16", BILL)],
    ),
    "left the country and still on the roster": (
        SmallMonth([Says(DEATH, word="出国定居", cancelled_on=MAY), Says(ROSTER), Says(INSURED, word="正常")]),
        [("N11", ROSTER)],
    ),
    "a cancelled double registration takes nobody away": (
        SmallMonth([Says(DEATH, word="重复户口", cancelled_on=MAY), Says(ROSTER)]),
        [],
    ),
    "one pupil on two rolls": (
        SmallMonth([Says(SCHOOL, key="G1", word="在籍"), Says(SCHOOL, key="G2", word="在籍")]),
        [("N12", SCHOOL)],
    ),
    "one roll left, one begun": (
        SmallMonth([Says(SCHOOL, key="G1", word="转出"), Says(SCHOOL, key="G2", word="在籍")]),
        [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_who_is_asked(case: str, tmp_path) -> None:
    small, expected = CASES[case]
    lake = home_of(tmp_path)
    write_month(lake, AUGUST, small)
    assert raised_of(lake, AUGUST, policy_of(AUGUST)) == sorted(expected)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"result": "身份有误"}, [("N13", ROSTER), ("N13", INSURED)]),
        ({"result": "不属实", "reason_not": "已死亡"}, [("N14", ROSTER), ("N14", INSURED)]),
        ({"result": "不属实", "reason_not": "已迁出或长期外出"}, [("N15", ROSTER)]),
        ({"result": "属实"}, []),
    ],
)
def test_a_villages_answer_is_brought_to_the_rows_that_the_warning_rested_on(
    said, expected, tmp_path
) -> None:
    lake = home_of(tmp_path)
    rows = [Says(ROSTER), Says(INSURED, word="正常"), Says(RURAL)]
    write_month(
        lake, AUGUST, SmallMonth(rows, answers=[{"person_id": "P1", "checked_on": date(2026, 9, 5), **said}])
    )
    write_month(lake, SEPTEMBER, SmallMonth(rows))
    assert raised_of(lake, SEPTEMBER, policy_of(SEPTEMBER)) == sorted(expected)


def test_a_village_and_one_source_together_confirm_a_death(tmp_path) -> None:
    lake = home_of(tmp_path)
    rows = [Says(ROSTER), dead()]
    told = {"person_id": "P1", "checked_on": date(2026, 9, 1), "result": "不属实", "reason_not": "已死亡"}
    write_month(lake, AUGUST, SmallMonth(rows, answers=[told]))
    write_month(lake, SEPTEMBER, SmallMonth(rows))
    # What two independent sources say is asked as that, once; the village's word alone is the weaker question.
    assert raised_of(lake, SEPTEMBER, policy_of(SEPTEMBER)) == [("N09", ROSTER)]


def test_a_need_that_is_not_configured_raises_nothing(tmp_path) -> None:
    lake = home_of(tmp_path)
    write_month(lake, AUGUST, CASES["a wrong character in a name"][0])
    assert raised_of(lake, AUGUST, policy_of(AUGUST, sources_min="")) == []


def test_numbers_that_are_anothers_are_those_of_the_linkage() -> None:
    from linkage.reading import BORROWED

    macro = (REPOSITORY / "dbt_project" / "macros" / "links.sql").read_text("utf-8")
    assert set(BORROWING) == set(re.findall(r"L\d\d", BORROWED)) == set(re.findall(r"'(L\d\d)'", macro))
