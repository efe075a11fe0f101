"""The table of requirements: no row unaccounted for, and no claim without something that is there."""

import dataclasses

import pytest

from console import __main__ as command
from console.commands.rules import catalogue
from console.pages import requirements
from console.pages.requirements import CODED, NUMBERS, OUTSIDE, WAITING, WORKING, House, Requirement, faults
from warehouse.errors import Misconfigured
from warehouse.settings import REPOSITORY

PROVED = "tests/spec/policy/grace.yml::Tianjin, three whole and three half"
ROW = Requirement("R001", "认定线", "S0", WORKING, ("rule:C03",), (PROVED,), "")


@pytest.fixture(scope="module")
def house():
    """The house as it is, but for what its rules say they serve."""
    return House(
        REPOSITORY, command.app, tuple(dataclasses.replace(rule, requirements=()) for rule in catalogue())
    )


def told(house, **said):
    """What is found wrong with one row among a hundred that are right."""
    rows = [dataclasses.replace(ROW, number=number) for number in NUMBERS]
    rows[4] = dataclasses.replace(rows[4], **said)
    return list(faults(rows, house))


def test_a_row_that_is_proved_is_no_fault(house):
    assert told(house) == []


def test_a_row_that_is_missing_is_named(house):
    rows = [dataclasses.replace(ROW, number=number) for number in NUMBERS if number != "R042"]
    assert list(faults(rows, house)) == ["its rows are not R001 to R100 in order (missing: R042)"]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"state": "快好了"}, "R005 has no state"),
        ({"text": ""}, "R005 does not say what is asked"),
        ({"where": ()}, "R005 does not say where it stands"),
        ({"where": (), "state": WAITING}, "R005 does not say where it stands"),
        ({"where": (), "state": CODED}, "R005 does not say where it stands"),
        ({"tests": ()}, "R005 is called 已实现 and names no test"),
        ({"where": ("rule:Z99",)}, "R005: there is no rule:Z99"),
        ({"where": ("parameter:grace_weeks",)}, "there is no parameter:grace_weeks"),
        ({"where": ("model:fct_wishes",)}, "there is no model:fct_wishes"),
        ({"where": ("feed:stars",)}, "there is no feed:stars"),
        ({"where": ("verb:policy guess",)}, "there is no verb:policy guess"),
        ({"where": ("file:docs/nowhere.md",)}, "there is no file:docs/nowhere.md"),
        ({"where": ("C03",)}, "there is no C03"),
        ({"tests": ("tests/unit/nowhere.py::test_it",)}, "there is no test tests/unit/nowhere.py"),
        ({"tests": ("tests/spec/policy/grace.yml::Tianjin",)}, "there is no test"),
        ({"tests": ("tests/spec/policy/grace.yml",)}, "there is no test"),
        ({"tests": ("tests/unit/console/test_requirements_page.py::test_a_row",)}, "there is no test"),
    ],
)
def test_a_claim_without_something_that_is_there_is_a_fault(house, said, words):
    assert any(words in fault for fault in told(house, **said))


@pytest.mark.parametrize(
    "place",
    [
        "rule:D01", "parameter:grace_months", "model:fct_warning_monthly", "feed:death", "verb:policy show",
        "file:warehouse/release/ledger.py",
    ],
)  # fmt: skip
def test_every_kind_of_place_can_be_named(house, place):
    assert told(house, where=(place,)) == []


@pytest.mark.parametrize(
    "test",
    [
        "tests/unit/console/test_requirements_page.py::test_every_kind_of_place_can_be_named",
        "dbt_project/models/intermediate/rules/int_d01__assessed.yml::d01_counts_only_months_after_the_month_of_death",
        PROVED,
    ],
)
def test_every_kind_of_test_can_be_named(house, test):
    assert told(house, tests=(test,)) == []


def test_a_rule_that_serves_a_row_is_named_there(house):
    serving = tuple(dataclasses.replace(rule, requirements=("R005",)) for rule in house.rules[:1])
    house = dataclasses.replace(house, rules=(*serving, *house.rules[1:]))
    assert told(house) == [f"R005 does not name rule {serving[0].rule_id}, which says that it serves it"]


def test_what_is_outside_needs_no_place(house):
    assert told(house, state=OUTSIDE, where=(), tests=()) == []


def test_the_page_is_not_made_from_a_source_with_faults(tmp_path, monkeypatch):
    source = tmp_path / "requirements.csv"
    source.write_text(
        "requirement,text,notice,state,where,test,note\nR001,认定线,S0,已实现,,,\n", encoding="utf-8"
    )
    monkeypatch.setattr(requirements, "SOURCE", source)
    with pytest.raises(Misconfigured, match="R001 does not say where it stands"):
        requirements.requirements_page(command.app)
