"""When a month is linked: build the warehouse of the low-income population and inspect it."""

from __future__ import annotations

from airflow.sdk import PartitionedAssetTimetable, dag, task

from orchestration import assets
from orchestration.approval import or_decided
from orchestration.months import Bench
from orchestration.policies import monthly


@dag(schedule=PartitionedAssetTimetable(assets=assets.linked), **monthly)
def build_month() -> None:
    """Build with dbt, gate 2. One run at a time: one process may hold the warehouse file."""

    @task
    def build() -> dict:
        from warehouse.transform import build as run

        with Bench.at("build") as bench:
            policy_dir = bench.settings.policy_dir
            return run(bench.month, lake=bench.lake, policy=bench.policy, policy_dir=policy_dir).as_dict()

    @task(outlets=[assets.built])
    def gate2() -> dict:
        from expectations.gate import inspect_marts

        with Bench.at("gate2") as bench:
            return inspect_marts(bench.month, lake=bench.lake, policy=bench.policy).as_dict()

    inspected = gate2()
    build() >> inspected
    or_decided("gate2", inspected, outlets=[assets.built])


build_month()
