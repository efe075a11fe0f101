"""The packs against what was worked out by hand from the notices (see README.md)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from warehouse.errors import PolicyMissing
from warehouse.months import Month
from warehouse.policy import Policy, load
from warehouse.policy.schedule import Schedule
from warehouse.settings import REPOSITORY

HERE = Path(__file__).parent
PACKS = REPOSITORY / "dbt_project" / "seeds" / "policy"
OPEN = "open"


def cases(table: str) -> list[Any]:
    """The cases of a table, each under its name."""
    found = yaml.safe_load((HERE / f"{table}.yml").read_text(encoding="utf-8"))["cases"]
    assert len({case["case"] for case in found}) == len(found) > 0
    return [pytest.param(case, id=case["case"]) for case in found]


def policy_of(case: dict[str, Any]) -> Policy:
    """What is in force where and when the case says."""
    return load(PACKS, case["region"], Month.parse(case["month"]))


@pytest.mark.parametrize("case", cases("in_force"))
def test_a_value_holds_within_its_dates(case):
    policy = policy_of(case)
    held = {name: policy.text(name) if policy.is_configured(name) else OPEN for name in case["holds"]}
    assert held == case["holds"], case["why"]


@pytest.mark.parametrize("case", cases("grace"))
def test_grace_pays_as_its_schedule_says(case):
    policy = policy_of(case)
    if case["paid"] == OPEN:
        with pytest.raises(PolicyMissing):
            policy.text("grace_schedule")
        return
    schedule = Schedule.parse(policy.text("grace_schedule"))
    assert schedule.months == policy.count("grace_months")
    due = [schedule.share_in(index) * Decimal(case["original"]) for index in range(len(case["paid"]))]
    assert due == [Decimal(amount) for amount in case["paid"]], case["why"]


@pytest.mark.parametrize("case", cases("lines"))
def test_the_low_income_line(case):
    policy = policy_of(case)
    line = policy.number("dibao_standard_month") * policy.number("low_income_multiple")
    assert line == Decimal(case["line"]), case["why"]


@pytest.mark.parametrize("case", cases("documents"))
def test_a_value_rests_on_its_document(case):
    policy = policy_of(case)
    for parameter, (document, status) in case["says"].items():
        line = policy.line(parameter)
        assert document in line.document, parameter
        assert line.status == status, parameter


def test_every_region_of_the_notices_has_a_case_in_every_table():
    for table in ("in_force", "grace", "lines", "documents"):
        regions = {case.values[0]["region"] for case in cases(table)}
        assert regions == {"tongren", "guangdong", "liangping", "tianjin"}, table
