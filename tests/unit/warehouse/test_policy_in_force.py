"""SQL and Python choose the same line of policy: for every region, and for months around every date of the packs."""

from itertools import product
from pathlib import Path

import duckdb
import jinja2
import pytest

from warehouse.months import Month
from warehouse.policy import EVERYWHERE, load, read_lines
from warehouse.settings import REPOSITORY
from warehouse.shelves import _policy

PROJECT = REPOSITORY / "dbt_project"
PACKS = PROJECT / "seeds" / "policy"
MODEL = PROJECT / "models" / "intermediate" / "policy" / "int_policy_in_force.sql"
MONTHS = (
    "2019-12",
    "2020-05",
    "2020-06",
    "2020-12",
    "2021-01",
    "2022-12",
    "2023-01",
    "2025-12",
    "2026-01",
    "2026-10",
)
REGIONS = sorted({line.region for line in read_lines(PACKS)} - {EVERYWHERE})


@pytest.fixture(scope="module")
def con():
    with duckdb.connect() as made:
        made.execute("CREATE SCHEMA lake")
        _policy(made, PACKS)
        yield made


def rendered(model: Path, **variables: str) -> str:
    """The model as dbt would send it, made with the project's own macros."""
    macros = (PROJECT / "macros" / "months.sql").read_text(encoding="utf-8")
    template = jinja2.Environment(undefined=jinja2.StrictUndefined).from_string(
        macros + model.read_text(encoding="utf-8")
    )
    return template.render(var=variables.__getitem__, source=lambda schema, name: f"{schema}.{name}")


def test_the_four_regions_of_the_notices_are_there():
    assert {"tongren", "guangdong", "liangping", "tianjin"} <= set(REGIONS)


@pytest.mark.parametrize(("region", "month"), list(product(REGIONS, MONTHS)))
def test_sql_and_python_choose_the_same_line(con, region, month):
    rows = con.execute(rendered(MODEL, region=region, month=month)).fetchall()
    said = {parameter: (value, reference) for parameter, _, value, *_, reference in rows}
    chosen = load(PACKS, region, Month.parse(month)).lines
    assert said == {name: (line.value or None, line.reference) for name, line in chosen.items()}
    assert bool(said) == (month >= "2020"), "the packs begin with 2020"
