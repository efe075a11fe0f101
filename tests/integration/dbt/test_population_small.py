"""The population over two months: opening stock, then every kind of change with its reason, and the registers."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest
from small_lake import SmallLake, day, spare_unit_tests, write_dispositions, write_events

from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import load
from warehouse.settings import REPOSITORY
from warehouse.transform import build

PACKS = REPOSITORY / "dbt_project" / "seeds" / "policy"
SEPTEMBER, OCTOBER = "2026-09", "2026-10"
DIBAO, TEKUN, WATCHED = "最低生活保障对象", "特困人员", "防止返贫监测对象"

# What a month left before changes, registers and figures were recorded, and the population's columns then.
MARTS_OF_OLD = {
    "dim_person", "dim_household", "dim_rule", "fct_population_monthly", "fct_warning_monthly",
    "fct_assessment_monthly", "fct_indicator_monthly",
}  # fmt: skip
POPULATION_OF_OLD = "person_id, household_id, class, source_feed, since, township, village"

# Who is on the roster in which month, under which aid.
ROSTER = {
    "stays": ("低保", "低保"),
    "dies": ("低保", None),
    "vanishes": ("低保", None),
    "moves": ("低保", "特困"),
    "absorbed": ("低保", None),
    "arrives": (None, "低保"),
}


def planted(home: Path) -> SmallLake:
    """A roster that changes in October, and a household of the rural list between the two lines."""
    small = SmallLake(home)
    for place, month in enumerate((SEPTEMBER, OCTOBER)):
        for feed in ("assistance_roster", "assistance_payment", "rural_monitoring", "death"):
            small.feed(feed, month)
        for person, aids in ROSTER.items():
            aid = aids[place]
            if aid is not None:
                small.add(
                    "assistance_roster", month, person, case_no=f"case of {person}", aid_type=aid, relation="02",
                    cause="因病", monthly_amount=300, township="隆务镇", village="一村", aid_type_raw=f"农村{aid}",
                    admitted_on=day("2026-10-08") if person == "arrives" else day("2024-01-01"),
                )  # fmt: skip
        small.add(
            "rural_monitoring", month, "between", household_no="H1", relation="02", income_pc_year=9000,
            **{"class": "边缘易致贫户", "risk_cleared": "否", "township": "保安镇", "village": "二村"},
        )  # fmt: skip
    small.add(
        "death", OCTOBER, "dies", reason="死亡", died_on=day("2026-10-02"), died_on_precision="day",
        cancelled_on=day("2026-10-05"),
    )  # fmt: skip
    return small


def rows(lake: Lake, mart: str, month: str) -> list[dict[str, Any]]:
    path = lake.partition(f"marts/{mart}", month=month) / "part.parquet"
    with duckdb.connect() as con:
        found = con.execute(f"SELECT * FROM read_parquet('{path}', hive_partitioning = false)")
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def figure(lake: Lake, name: str, month: str) -> Any:
    """The county's value of a figure."""
    return next(
        row["value"]
        for row in rows(lake, "fct_report_figures_monthly", month)
        if (row["figure_id"], row["township"]) == (name, "全县")
    )


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    small = planted(spare_unit_tests(tmp_path_factory.mktemp("population")))
    for month in (SEPTEMBER, OCTOBER):
        written = small.write(month)
        if month == OCTOBER:
            # ``absorbed`` was the same person as ``stays`` all along; the village answered September's list.
            write_events(
                written, OCTOBER, [{"event_id": "E1", "kind": "merge", "person_id": "stays", "other_id": "absorbed"}]
            )  # fmt: skip
            warned = next(
                w for w in rows(written, "fct_warning_monthly", SEPTEMBER)
                if (w["rule_id"], w["person_id"]) == ("C01", "between")
            )  # fmt: skip
            write_dispositions(
                written, SEPTEMBER,
                [{"warning_id": warned["warning_id"], "rule_id": "C01", "person_id": "between", "result": "属实",
                  "reason_not": "收入超过标准", "file": "f", "row": 4}],
            )  # fmt: skip
        at = Month.parse(month)
        build(at, lake=written, policy=load(PACKS, "tongren", at), policy_dir=PACKS)
    return Lake(small.home)


def test_the_first_month_is_opening_stock(lake: Lake) -> None:
    assert rows(lake, "fct_population_change_monthly", SEPTEMBER) == []
    assert {row["state"] for row in rows(lake, "fct_population_balance_monthly", SEPTEMBER)} == {"期初"}
    assert figure(lake, "entered:低保", SEPTEMBER) is None


def test_each_change_has_the_reason_its_evidence_gives(lake: Lake) -> None:
    told = {
        (row["previous_person_id"], row["change"], row["category"], row["class"])
        for row in rows(lake, "fct_population_change_monthly", OCTOBER)
    }
    assert told == {
        ("dies", "退出", "死亡", DIBAO),
        ("vanishes", "退出", "不再列名（原因不明）", DIBAO),
        ("moves", "转类", "转类", TEKUN),
        ("absorbed", "退出", "身份合并", DIBAO),
        ("arrives", "新增", "新纳入", DIBAO),
    }


def test_the_account_closes_and_the_figures_say_the_same(lake: Lake) -> None:
    account = {row["class"]: row for row in rows(lake, "fct_population_balance_monthly", OCTOBER)}
    dibao = account[DIBAO]
    assert (dibao["persons_before"], dibao["entered"], dibao["exited"], dibao["moved_out"]) == (5, 1, 3, 1)
    assert dibao["persons"] == 2 == figure(lake, f"class_persons:{DIBAO}", OCTOBER)
    assert (account[TEKUN]["moved_in"], account[WATCHED]["persons"]) == (1, 1)
    assert (figure(lake, "entered:低保", OCTOBER), figure(lake, "exited:低保", OCTOBER)) == (1, 4)
    assert figure(lake, "natural_reduction", OCTOBER) == 1


def test_who_lies_between_the_lines_is_registered_and_the_answer_sends_him_on(lake: Lake) -> None:
    (entered,) = rows(lake, "fct_record_register_monthly", OCTOBER)
    assert entered["head_person_id"] == "between"
    assert entered["reason"] == "收入在低保标准与低收入线之间；已核查未纳入：收入超过标准"
    assert (entered["registered_month"], entered["next_look_month"]) == (SEPTEMBER, "2026-12")
    (referred,) = [r for r in rows(lake, "fct_referral_monthly", OCTOBER) if r["rule_id"] == "C01"]
    assert (referred["agency"], referred["state"]) == ("乡村振兴", "待转介（已核实）")


def test_months_built_before_changes_were_recorded_are_opening_stock(lake: Lake, tmp_path: Path) -> None:
    """August and September as they once were built, people coming and going unrecorded: October builds all the same."""
    shutil.copytree(lake.home, tmp_path / "home")
    old = Lake(tmp_path / "home")
    for mart in (old.root / "marts").iterdir():
        shutil.rmtree(mart / f"month={OCTOBER}")
        if mart.name not in MARTS_OF_OLD:
            shutil.rmtree(mart / f"month={SEPTEMBER}")
    then = lake.partition("marts/fct_population_monthly", month=SEPTEMBER) / "part.parquet"
    with duckdb.connect() as con:
        for month, who in (("2026-08", "person_id <> 'stays'"), (SEPTEMBER, "true")):
            with old.replacing("marts/fct_population_monthly", month=month) as folder:
                con.execute(
                    f"COPY (SELECT {POPULATION_OF_OLD} FROM '{then}' WHERE {who}) "
                    f"TO '{folder / 'part.parquet'}' (FORMAT parquet)"
                )
    at = Month.parse(OCTOBER)
    build(at, lake=old, policy=load(PACKS, "tongren", at), policy_dir=PACKS)
    changes = {
        (row["previous_person_id"], row["change"])
        for row in rows(old, "fct_population_change_monthly", OCTOBER)
    }
    assert ("dies", "退出") in changes
    assert ("arrives", "新增") in changes
    # September's own changes are unknown: no period counts it.
    assert {row["months_known"] for row in rows(old, "fct_population_period_monthly", OCTOBER)} == {1}
    account = {row["class"]: row for row in rows(old, "fct_population_balance_monthly", OCTOBER)}
    assert (account[DIBAO]["state"], account[DIBAO]["persons_before"], account[DIBAO]["persons"]) == (
        "已比较",
        5,
        2,
    )
