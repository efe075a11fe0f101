"""Replay: a month again under its own policy is the same, under another it differs by what the policy says."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import duckdb
import pytest
from small_lake import SmallLake, spare_unit_tests

from warehouse.errors import HistoryMissing
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import load
from warehouse.replay import replayed
from warehouse.settings import REPOSITORY
from warehouse.transform import build

PACKS = REPOSITORY / "dbt_project" / "seeds" / "policy"
OCTOBER = Month.parse("2026-10")


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Three households of the rural list, each with an income of its own, built under 同仁."""
    small = SmallLake(spare_unit_tests(tmp_path_factory.mktemp("replayed")))
    for feed in ("assistance_roster", "rural_monitoring"):
        small.feed(feed, str(OCTOBER))
    for person, income in (("poor", 8000), ("near", 11000), ("above", 13000)):
        small.add(
            "rural_monitoring", str(OCTOBER), person, household_no=person, relation="02", income_pc_year=income,
            **{"class": "边缘易致贫户", "risk_cleared": "否", "township": "保安镇", "village": "二村"},
        )  # fmt: skip
    written = small.write(str(OCTOBER))
    build(OCTOBER, lake=written, policy=load(PACKS, "tongren", OCTOBER), policy_dir=PACKS)
    return written


def content(home: Path) -> dict[str, str]:
    return {
        str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((home / "lake").rglob("*.parquet"))
    }


def raised(lake: Lake, rule: str) -> set[str]:
    found = lake.partition("marts/fct_warning_monthly", month=str(OCTOBER)) / "*.parquet"
    with duckdb.connect() as con:
        rows = con.execute(f"SELECT warning_id FROM '{found}' WHERE rule_id = '{rule}'").fetchall()
    return {warning for (warning,) in rows}


def test_under_its_own_policy_nothing_changes(lake: Lake) -> None:
    before = content(lake.home)
    with replayed(OCTOBER, lake=lake, policy=load(PACKS, "tongren", OCTOBER), policy_dir=PACKS) as aside:
        assert len(raised(lake, "C01")) == 2
        for mart in ("fct_warning_monthly", "dim_household", "fct_assessment_monthly"):
            mine = lake.partition(f"marts/{mart}", month=str(OCTOBER)) / "part.parquet"
            theirs = aside.partition(f"marts/{mart}", month=str(OCTOBER)) / "part.parquet"
            assert mine.read_bytes() == theirs.read_bytes()
        folder = aside.home
    assert content(lake.home) == before
    assert not folder.exists()


def test_under_a_lower_standard_fewer_are_below_it(lake: Lake, tmp_path: Path) -> None:
    packs = tmp_path / "packs"
    shutil.copytree(PACKS, packs)
    pack = packs / "tongren.csv"
    told = pack.read_text(encoding="utf-8")
    assert "dibao_standard_month,500," in told
    pack.write_text(told.replace("dibao_standard_month,500,", "dibao_standard_month,400,"), encoding="utf-8")
    before = content(lake.home)
    with replayed(OCTOBER, lake=lake, policy=load(packs, "tongren", OCTOBER), policy_dir=packs) as aside:
        assert len(raised(aside, "C01")) == 1
        assert raised(aside, "C01") < raised(lake, "C01")
    assert content(lake.home) == before


def test_a_month_that_never_was_is_refused(lake: Lake) -> None:
    november = OCTOBER.next
    with (
        pytest.raises(HistoryMissing, match="never linked"),
        replayed(november, lake=lake, policy=load(PACKS, "tongren", november), policy_dir=PACKS),
    ):
        pass
