"""The hard sets: who must be one person, who must not, and what a person has to look at."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from linkage.model.definition import settings
from linkage.stage import link
from tests.unit.linkage.made_village import describe, id_number
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy

MONTH = "2026-08"
MAN = id_number("19800112", 11)
WOMAN = id_number("19820505", 22)
SON = id_number("20100710", 31)
Rows = list[tuple[str, str, str]]
Linked = Callable[[list[dict[str, Any]]], Callable[..., Rows]]


@pytest.fixture
def linked(
    lake: Lake,
    policy: Policy,
    write_month: Callable[..., None],
    persons_of: Callable[..., Rows],
    judged: Path,
) -> Linked:
    """Link one month of descriptions and give the look-up of its crosswalk."""

    def run(descriptions: list[dict[str, Any]]) -> Callable[..., Rows]:
        write_month(lake, MONTH, [dict(one) for one in descriptions])
        link(Month.parse(MONTH), lake=lake, policy=policy, model=judged)
        return lambda feed, name=None, **where: persons_of(MONTH, feed, name, **where)

    return run


def enrolled(name: str, number: str, psn: str, **more: Any) -> dict[str, Any]:
    return describe(
        "medical_enrolment", name, id=number, agency_key=f"psn_no:{psn}", **{"village": "隆务", **more}
    )


COMPATIBLE = ["扎西多杰", "札西多吉", "扎西多?", "扎西"]


@pytest.mark.parametrize("written", COMPATIBLE)
def test_same_valid_id_and_compatible_name_is_certain(linked: Linked, written: str) -> None:
    look = linked([enrolled("扎西多杰", MAN, "1"), describe("pension", written, id=MAN)])
    (owner,) = look("medical_enrolment")
    (other,) = look("pension")
    assert other[0] == owner[0]
    assert {owner[1], other[1]} == {"new", "certain"}


def test_child_under_the_parents_number_goes_to_its_own_name_and_birth_date(linked: Linked) -> None:
    look = linked(
        [
            enrolled("王建国", MAN, "1"),
            enrolled("王建军", SON, "2", birth="2010-07-10"),
            describe("education_enrolment", "王建军", id=MAN, birth="2010-07-10", village="隆务"),
        ]
    )
    father, son = look("medical_enrolment", "王建国")[0], look("medical_enrolment", "王建军")[0]
    (pupil,) = look("education_enrolment")
    assert father[0] != son[0]
    assert pupil[:2] == (son[0], "certain")


def test_exchanged_ids_of_a_couple_go_to_review_and_to_their_own_names(linked: Linked) -> None:
    look = linked(
        [
            enrolled("扎西多杰", MAN, "1"),
            enrolled("才让卓玛", WOMAN, "2"),
            describe("assistance_roster", "扎西多杰", id=WOMAN, village="隆务", household_key="case_no:9"),
            describe("assistance_roster", "才让卓玛", id=MAN, village="隆务", household_key="case_no:9"),
        ]
    )
    for name in ("扎西多杰", "才让卓玛"):
        (owner,) = look("medical_enrolment", name)
        assert look("assistance_roster", name)[0][:2] == (owner[0], "review")


def test_twins_with_neighbouring_ids_stay_apart(linked: Linked) -> None:
    first, second = id_number("20150303", 11), id_number("20150303", 13)
    rows = [
        enrolled("扎西多杰", first, "1", household_key="case_no:1"),
        enrolled("扎西才让", second, "2", household_key="case_no:1"),
        describe(
            "assistance_roster",
            "扎西多杰",
            birth="2015-03-03",
            sex="1",
            village="隆务",
            household_key="case_no:7",
        ),
        describe(
            "assistance_roster",
            "扎西才仁",
            birth="2015-03-03",
            sex="1",
            village="隆务",
            household_key="case_no:7",
        ),
    ]
    look = linked(rows)
    for ours, theirs in (("扎西多杰", "扎西多杰"), ("扎西才让", "扎西才仁")):
        assert look("assistance_roster", theirs)[0][0] == look("medical_enrolment", ours)[0][0]
    assert look("medical_enrolment", "扎西多杰")[0][0] != look("medical_enrolment", "扎西才让")[0][0]


def test_same_name_twice_in_one_village_is_never_certain(linked: Linked) -> None:
    look = linked(
        [
            enrolled("卓玛", WOMAN, "1"),
            enrolled("卓玛", id_number("19900101", 24), "2"),
            describe("hotline", "卓玛", village="隆务", phone="13900000001"),
        ]
    )
    assert look("hotline")[0][1] != "certain"


def _slip(number: str, at: int) -> str:
    return number[:at] + str((int(number[at]) + 1) % 10) + number[at + 1 :]


def _swap(number: str) -> str:
    at = next(at for at in range(9, 16) if number[at] != number[at + 1])
    return number[:at] + number[at + 1] + number[at] + number[at + 2 :]


DAMAGED = {
    "one digit, early": ("invalid", _slip(MAN, 3)),
    "one digit, in the middle": ("invalid", _slip(MAN, 9)),
    "one digit, late": ("invalid", _slip(MAN, 16)),
    "swapped": ("invalid", _swap(MAN)),
    "a digit lost": ("invalid", MAN[:16] + MAN[17:]),
    "Excel": ("excel15", MAN[:15] + "000", MAN[:15]),
    "two numbers in the cell": ("several", f"{MAN}{WOMAN}"),
}


@pytest.mark.parametrize("damaged", DAMAGED.values(), ids=DAMAGED.keys())
def test_damaged_id_finds_its_person(linked: Linked, damaged: tuple[str, ...]) -> None:
    look = linked(
        [
            enrolled("扎西多杰", MAN, "1"),
            enrolled("才让卓玛", WOMAN, "2"),
            describe("pension", "扎西多吉", damaged=damaged),
        ]
    )
    assert look("pension")[0][0] == look("medical_enrolment", "扎西多杰")[0][0]


def test_agency_number_holds_rows_without_id_together(linked: Linked) -> None:
    look = linked(
        [
            enrolled("扎西多杰", MAN, "1"),
            describe("medical_settlement", "扎西多吉", agency_key="psn_no:1", rows=3),
        ]
    )
    owner = look("medical_enrolment")[0][0]
    assert look("medical_settlement") == [(owner, "certain", "L03")] * 3


def test_number_used_again_for_another_name_ties_nobody(linked: Linked) -> None:
    look = linked(
        [enrolled("扎西多杰", MAN, "1"), describe("medical_settlement", "王秀英", agency_key="psn_no:1")]
    )
    owner = look("medical_enrolment")[0][0]
    person, grade, _ = look("medical_settlement")[0]
    assert grade != "certain"
    assert person != owner or grade == "review"


def test_head_named_beside_a_member_is_the_member_who_bears_the_name(linked: Linked) -> None:
    look = linked(
        [
            describe("rural_monitoring", "扎西多杰", id=MAN, household_key="household_no:5", relation="02"),
            describe("rural_monitoring", "才让卓玛", id=WOMAN, household_key="household_no:5", relation="11"),
            describe("rural_monitoring", "扎西多杰", role="head", household_key="household_no:5", of="head"),
        ]
    )
    man, woman = (look("rural_monitoring", id_no=number)[0][0] for number in (MAN, WOMAN))
    assert look("rural_monitoring", role="head") == [(man, "certain", "L05")]
    assert man != woman


def test_row_that_names_the_relative_is_not_taken_for_the_relative(linked: Linked) -> None:
    look = linked(
        [
            enrolled("扎西多杰", MAN, "1"),
            describe(
                "rural_monitoring",
                "扎西多杰",
                name_raw="扎西多杰之子",
                village="隆务",
                household_key="household_no:5",
            ),
        ]
    )
    assert look("rural_monitoring")[0][0] != look("medical_enrolment")[0][0]


def test_every_row_stands_in_the_crosswalk_once(linked: Linked, lake: Lake) -> None:
    linked(
        [
            enrolled("扎西多杰", MAN, "1"),
            describe("medical_settlement", "扎西多杰", id=MAN, agency_key="psn_no:1", rows=7),
            describe("hotline", None, phone="139", rows=2),
            describe("cremation", "?", rows=1),
        ]
    )
    outcome = json.loads((lake.root / "outcomes" / f"month={MONTH}" / "link.json").read_text())
    assert outcome["counts"]["rows"] == 11


def test_model_definition_makes_settings() -> None:
    assert settings().create_settings_dict("duckdb")["comparisons"]
