"""Two small months with people planted for every rule, and how they are built and read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
from small_lake import SmallLake, day

from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import load
from warehouse.settings import REPOSITORY
from warehouse.transform import build

POLICY = REPOSITORY / "dbt_project" / "seeds" / "policy"


SEPTEMBER, OCTOBER = "2026-09", "2026-10"


REQUIRED = (
    "assistance_roster",
    "assistance_payment",
    "medical_enrolment",
    "medical_settlement",
    "education_enrolment",
    "education_aid",
    "death",
    "rural_monitoring",
)


def planted(home: Path) -> SmallLake:
    """Two months; who is raised in October stands in ``EXPECTED``."""
    small = SmallLake(home)
    for month in (SEPTEMBER, OCTOBER):
        for feed in REQUIRED:
            small.feed(feed, month)
        for person, case in (
            ("dead_two_sources", "A1"),
            ("dead_one_source", "A2"),
            ("died_this_month", "A3"),
            ("dead_alive", "A4"),
            ("low_ill", "A5"),
        ):
            small.add(
                "assistance_roster", month, person, head=person, case_no=case, aid_type="低保", relation="02",
                monthly_amount=300, township="隆务镇", village="一村",
            )  # fmt: skip
            small.add(
                "assistance_payment", month, person, case_no=case, aid_type="低保", pay_month=month, amount=300,
                bank_account=case, pay_status="成功",
            )  # fmt: skip
        small.add(
            "rural_monitoring", month, "rural_below", household_no="H1", relation="02", income_pc_year=11000,
            **{"class": "边缘易致贫户", "risk_cleared": "否", "township": "保安镇", "village": "二村"},
        )  # fmt: skip
        small.add(
            "rural_monitoring", month, "rural_at_line", household_no="H2", relation="02", income_pc_year=12000,
            **{"class": "边缘易致贫户", "risk_cleared": "否", "township": "保安镇", "village": "二村"},
        )  # fmt: skip
        small.add("education_enrolment", month, "rural_below", stage="小学", state="在籍")
        small.add(
            "rural_monitoring", month, "placeless", household_no="H2", relation="20", income_pc_year=12000,
            **{"class": "脱贫户", "risk_cleared": "否"},
        )  # fmt: skip
    # No record says where these two live; the first has a household that lives somewhere.
    small.persons["placeless"] = small.persons["stranger"] = {"township": None, "village": None}
    for person, died in (
        ("dead_two_sources", "2026-08-15"),
        ("dead_one_source", "2026-08-15"),
        ("died_this_month", "2026-10-02"),
        ("dead_alive", "2026-08-15"),
    ):
        small.add(
            "death", SEPTEMBER if died < "2026-10" else OCTOBER, person, reason="死亡", died_on=day(died),
            died_on_precision="day", cancelled_on=day("2026-10-05"),
        )  # fmt: skip
    for month in (SEPTEMBER, OCTOBER):  # a running list: the second delivery repeats the first
        small.add("cremation", month, "dead_two_sources", died_on=day("2026-08-17"), died_on_precision="day")
    for person, number, on, own in (
        ("dead_alive", "S1", "2026-09-20", 10),
        ("low_ill", "S2", "2026-09-20", 10000.01),
        ("general_ill", "S3", "2026-09-20", 26000),
        ("placeless", "S4", "2026-09-20", 26000.01),
        ("stranger", "S5", "2026-09-20", 26000.01),
    ):
        small.add(
            "medical_settlement", SEPTEMBER, person, settlement_id=number, settled_at=day(on), total=own,
            own_total=own, state="1",
        )  # fmt: skip
    return small


def run(lake: Lake, month: str, policy_dir: Path = POLICY) -> Any:
    """Build a month as a stage does."""
    at = Month.parse(month)
    return build(at, lake=lake, policy=load(policy_dir, "tongren", at), policy_dir=policy_dir)


def mart(lake: Lake, name: str, month: str) -> list[dict[str, Any]]:
    """A mart's rows of a month."""
    path = lake.partition(f"marts/{name}", month=month) / "part.parquet"
    with duckdb.connect() as con:
        return (
            con.execute(f"SELECT * FROM read_parquet('{path}', hive_partitioning = false)")
            .df()
            .to_dict("records")
        )
