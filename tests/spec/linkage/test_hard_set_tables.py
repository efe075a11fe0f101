"""The hard sets: for each a table of cases, run from landed rows through standardise and link, two months."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from linkage.stage import link
from linkage.standardise.stage import standardise
from tests.spec.linkage.hard_sets import MONTHS, Case, Found, faults, read_hard_sets, read_links, write_landed
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy, read_lines
from warehouse.settings import REPOSITORY

CASES = read_hard_sets()
LEAST_CASES = 8


@pytest.fixture(scope="module")
def links(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """Every case of every table linked together, with the model in force."""
    lake = Lake(tmp_path_factory.mktemp("hard_sets") / "home")
    write_landed(CASES, lake)
    lines = read_lines(REPOSITORY / "dbt_project" / "seeds" / "policy")
    policy = Policy("*", Month.parse(MONTHS[0]), {one.parameter: one for one in lines if one.region == "*"})
    for month in MONTHS:
        standardise(Month.parse(month), lake=lake)
        link(Month.parse(month), lake=lake, policy=policy)
    return read_links(lake)


def _of(hard_set: str) -> Callable[..., Any]:
    of_set = [case for case in CASES if case.hard_set == hard_set]
    assert len(of_set) >= LEAST_CASES, f"{hard_set} has {len(of_set)} cases"
    return pytest.mark.parametrize(
        "case",
        [
            pytest.param(
                case,
                id=case.title,
                marks=[pytest.mark.xfail(strict=True, reason=case.fails_today)] if case.fails_today else [],
            )
            for case in of_set
        ],
    )


def _hold(case: Case, links: Found) -> None:
    found = faults(case, links)
    assert not found, "\n".join([case.why, *found])


@_of("twins")
def test_twins(case: Case, links: Found) -> None:
    _hold(case, links)


@_of("father_and_son")
def test_father_and_son_with_one_character_apart(case: Case, links: Found) -> None:
    _hold(case, links)


@_of("same_name_in_one_village")
def test_same_name_in_one_village(case: Case, links: Found) -> None:
    _hold(case, links)


@_of("child_under_the_guardians_number")
def test_child_under_the_guardians_number(case: Case, links: Found) -> None:
    _hold(case, links)


@_of("shared_phones")
def test_shared_phones(case: Case, links: Found) -> None:
    _hold(case, links)


@_of("exchanged_ids_of_a_couple")
def test_exchanged_ids_of_a_couple(case: Case, links: Found) -> None:
    _hold(case, links)


@_of("damaged_ids")
def test_damaged_ids(case: Case, links: Found) -> None:
    _hold(case, links)


@_of("spelling_families")
def test_spelling_families(case: Case, links: Found) -> None:
    _hold(case, links)


@_of("missing_characters")
def test_missing_characters(case: Case, links: Found) -> None:
    _hold(case, links)


@_of("name_changed")
def test_name_changed(case: Case, links: Found) -> None:
    _hold(case, links)


@_of("moved_county_with_a_new_division_code")
def test_moved_county_with_a_new_division_code(case: Case, links: Found) -> None:
    _hold(case, links)


@_of("number_given_twice")
def test_number_given_twice(case: Case, links: Found) -> None:
    _hold(case, links)


@_of("deaths")
def test_death_is_never_certain_on_the_wrong_person(case: Case, links: Found) -> None:
    _hold(case, links)


def test_no_two_cases_tell_of_one_name_and_birth_date() -> None:
    """Cases must not see each other: else one would be linked to the next."""
    seen: dict[tuple[str, str], str] = {}
    for case in CASES:
        for mention in case.mentions:
            told = mention.told
            birth = (told.get("birth") or told.get("id", "").split("/")[0]).replace("-", "")[-8:]
            if birth and "name" in told:
                assert seen.setdefault((told["name"], birth), case.title) == case.title, case.title
