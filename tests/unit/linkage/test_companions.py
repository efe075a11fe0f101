"""Relatives that a row names: found where the row's own person lives, and only there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from linkage.stage import link
from tests.unit.linkage.made_village import describe, id_number
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy

MONTH = Month(2026, 8)
CHILD = id_number("20260102", 15)
MOTHER = id_number("19950304", 26)
GRANDMOTHER = id_number("19600304", 28)
HOUSE, OTHER_HOUSE = "home:隆务镇吾屯村3-12", "home:隆务镇吾屯村1-7"


def person(name: str, number: str, house: str = HOUSE, **more: Any) -> dict[str, Any]:
    return describe("medical_enrolment", name, id=number, household_key=house, village="吾屯村", **more)


def born(child: dict[str, Any], mother_name: str) -> list[dict[str, Any]]:
    own = describe("family_planning", child.pop("name", "才让加"), beside=1, **child)
    return [
        own,
        describe("family_planning", mother_name, role="kin", of="parent", household_key="beside:1", beside=1),
    ]


@pytest.fixture
def found(
    lake: Lake, policy: Policy, write_month: Callable[..., None], judged: Path, persons_of: Callable[..., Any]
) -> Callable[..., Any]:
    def look(descriptions: list[dict[str, Any]], role: str = "kin") -> tuple[bool, str, str]:
        """Is the row's person the one in the enrolment, with which grade, by which rule."""
        write_month(lake, str(MONTH), descriptions)
        link(MONTH, lake=lake, policy=policy, model=judged)
        (one,) = persons_of(str(MONTH), "family_planning", role=role)
        wanted = MOTHER if role == "kin" else CHILD
        enrolled = {row[0] for row in persons_of(str(MONTH), "medical_enrolment", id_no=wanted)}
        return one[0] in enrolled, one[1], one[2]

    return look


def test_mother_is_the_one_of_her_name_who_lives_with_the_child(found: Callable[..., Any]) -> None:
    rows = [person("才让加", CHILD), person("卓玛吉", MOTHER), person("卓玛吉", GRANDMOTHER, OTHER_HOUSE)]
    assert found([*rows, *born({"id": CHILD}, "卓玛吉")]) == (True, "certain", "L08")


@pytest.mark.parametrize(
    "written, expected",
    [
        ("卓么吉", "certain"),  # a family of renderings or the same syllables: the same name
        ("卓玛", "certain"),  # shortened, and nobody else there bears the like
        ("卓玛措", "review"),  # one character differs
    ],
)
def test_name_nearly_hers_is_for_review(found: Callable[..., Any], written: str, expected: str) -> None:
    rows = [person("才让加", CHILD), person("卓玛吉", MOTHER, name_family="卓玛 吉")]
    child, mother = born({"id": CHILD}, written)
    if written == "卓么吉":
        mother["name_family"] = "卓玛 吉"
    assert found([*rows, child, mother])[:2] == (True, expected)


def test_two_who_live_there_and_bear_the_name_decide_nothing(found: Callable[..., Any]) -> None:
    rows = [person("才让加", CHILD), person("卓玛吉", MOTHER), person("卓玛吉", GRANDMOTHER)]
    assert found([*rows, *born({"id": CHILD}, "卓玛吉")])[1:] != (True, "certain", "L08")


def test_sister_of_that_name_is_no_mother(found: Callable[..., Any]) -> None:
    sister = id_number("20180304", 26)
    rows = [person("才让加", CHILD), person("卓玛吉", sister), person("王芳", MOTHER)]
    assert found([*rows, *born({"id": CHILD}, "卓玛吉")])[1] == "review"


def test_child_without_id_and_mother_by_name_are_found_together(
    found: Callable[..., Any], persons_of: Callable[..., Any]
) -> None:
    rows = [person("才让加", CHILD), person("卓玛吉", MOTHER)]
    assert found([*rows, *born({"birth": "2026-01-02"}, "卓玛吉")]) == (True, "certain", "L08")
    (child,) = persons_of(str(MONTH), "family_planning", role="self")
    assert child[1:] == ("certain", "L14")


def test_the_only_child_of_the_day_in_the_mothers_house_needs_no_name(found: Callable[..., Any]) -> None:
    rows = [person("才让加", CHILD), person("卓玛吉", MOTHER)]
    child = describe("family_planning", None, birth="2026-01-02", beside=1)
    mother = describe("family_planning", "卓玛吉", role="kin", of="parent", id=MOTHER, beside=1)
    assert found([*rows, child, mother], role="self") == (True, "certain", "L16")


def test_child_of_the_day_in_another_house_is_not_hers(found: Callable[..., Any]) -> None:
    rows = [person("才让加", CHILD, OTHER_HOUSE), person("卓玛吉", MOTHER)]
    assert found([*rows, *born({"birth": "2026-01-02"}, "卓玛吉")])[2] != "L08"
