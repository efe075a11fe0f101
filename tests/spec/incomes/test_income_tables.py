"""Household income and spending against what was worked out by hand from the notices (see README.md)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from income_cases import built, drawing, groups, household_key, tables

CASES = tables(Path(__file__).parent)


@pytest.fixture(scope="session")
def warehouses(tmp_path_factory):
    """The warehouse of every case, built once per region, month and policy."""
    found = {}
    project = drawing(tmp_path_factory.mktemp("drawing"))
    for cases in groups(CASES).values():
        database = built(cases, tmp_path_factory.mktemp("incomes"), project)
        for case in cases:
            found[case["case"]] = database
    return found


def _row(database, table, key, columns):
    with duckdb.connect(str(database), read_only=True) as con:
        rows = con.execute(
            f"SELECT {', '.join(columns)} FROM intermediate.{table} WHERE household_key = ?", [key]
        ).fetchall()
    assert len(rows) == 1, f"{table} has {len(rows)} rows"
    return dict(zip(columns, rows[0], strict=True))


def _worth(value):
    return Decimal(str(value)) if isinstance(value, float) else value


def _cases(field):
    return [pytest.param(case, id=case["case"]) for case in CASES if field in case]


@pytest.mark.parametrize("case", _cases("counts"))
def test_income_comes_out_to_the_cent(case, warehouses):
    must = {name: _worth(value) for name, value in case["counts"].items()}
    found = _row(warehouses[case["case"]], "int_incomes__counted", household_key(case), list(must))
    assert found == must, case["why"]


@pytest.mark.parametrize("case", _cases("lines"))
def test_each_part_counts_as_worked_out(case, warehouses):
    with duckdb.connect(str(warehouses[case["case"]]), read_only=True) as con:
        for part, amounts in case["lines"].items():
            rows = con.execute(
                "SELECT amount_year, note FROM intermediate.int_incomes__lines "
                "WHERE household_key = ? AND part = ? ORDER BY place",
                [household_key(case), part],
            ).fetchall()
            assert [amount for amount, _ in rows] == [_worth(each) for each in amounts], case["why"]
            if part in case.get("says", {}):
                assert any(case["says"][part] in note for _, note in rows), part


@pytest.mark.parametrize("case", _cases("case"))
def test_the_lines_add_up_to_the_counted_income(case, warehouses):
    key = household_key(case)
    counted = _row(warehouses[case["case"]], "int_incomes__counted", key, ["income_year"])["income_year"]
    with duckdb.connect(str(warehouses[case["case"]]), read_only=True) as con:
        (added,) = con.execute(
            "SELECT sum(amount_year) FROM intermediate.int_incomes__lines WHERE household_key = ?", [key]
        ).fetchone()
    assert added == counted


@pytest.mark.parametrize("case", _cases("spends"))
def test_spending_is_held_against_the_income(case, warehouses):
    must = {name: _worth(value) for name, value in case["spends"].items()}
    is_raised = must.pop("raised")
    database, key = warehouses[case["case"]], household_key(case)
    assert _row(database, "int_spending__counted", key, list(must)) == must, case["why"]
    with duckdb.connect(str(database), read_only=True) as con:
        rows = con.execute(
            "SELECT is_raised FROM intermediate.int_r02__assessed WHERE subject = ?", [key]
        ).fetchall()
    assert rows == ([] if is_raised is None else [(is_raised,)]), case["why"]
