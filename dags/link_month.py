"""When a month is closed: make its values comparable, inspect them, decide who is the same person."""

from __future__ import annotations

from airflow.sdk import PartitionedAssetTimetable, dag, task

from orchestration import assets
from orchestration.approval import or_decided
from orchestration.months import Bench
from orchestration.policies import monthly
from orchestration.slips import slips


@dag(schedule=PartitionedAssetTimetable(assets=assets.closed), **monthly)
def link_month() -> None:
    """Standardise, return slips, gate 1, link, quality, cards for people; a failing stop rule holds the month at the gate."""

    @task
    def standardise() -> dict:
        from linkage.standardise.stage import standardise as run

        with Bench.at("standardise") as bench:
            return run(bench.month, lake=bench.lake, policy=bench.policy).as_dict()

    @task
    def gate1() -> dict:
        from expectations.gate import inspect_standardised

        with Bench.at("gate1") as bench:
            return inspect_standardised(bench.month, lake=bench.lake, policy=bench.policy).as_dict()

    @task(trigger_rule="one_success")
    def link() -> dict:
        from linkage.stage import link as run

        with Bench.at("link") as bench:
            return run(bench.month, lake=bench.lake, policy=bench.policy).as_dict()

    @task
    def quality() -> dict:
        from linkage.quality.stage import measure_quality as run

        with Bench.at("quality") as bench:
            return run(bench.month, lake=bench.lake, policy=bench.policy).as_dict()

    @task(outlets=[assets.linked])
    def prepare_review() -> dict:
        from linkage.review.queue import prepare_review as run

        with Bench.at("prepare_review") as bench:
            return run(bench.month, lake=bench.lake, policy=bench.policy).as_dict()

    inspected = gate1()
    standardise() >> slips() >> inspected
    or_decided("gate1", inspected) >> link() >> quality() >> prepare_review()


link_month()
