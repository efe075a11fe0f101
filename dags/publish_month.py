"""When a month is built and fit: write the warning lists, the ledgers and the month's page, and ask the sources."""

from __future__ import annotations

from airflow.sdk import PartitionedAssetTimetable, dag, task

from orchestration import assets
from orchestration.alerts import say_what_went_out
from orchestration.approval import approved
from orchestration.months import Bench
from orchestration.notices import notices
from orchestration.packages import share
from orchestration.policies import monthly


@dag(
    schedule=PartitionedAssetTimetable(assets=assets.built),
    on_success_callback=say_what_went_out,
    **monthly,
)
def publish_month() -> None:
    """Publish the release of the month, whole or not at all; then what each source is asked to correct, and partners may have."""

    @task(trigger_rule="none_failed")
    def publish() -> dict:
        from warehouse.release.publish import publish as run

        with Bench.at("publish") as bench:
            return run(bench.month, lake=bench.lake, policy=bench.policy).as_dict()

    approved() >> publish() >> notices() >> share()


publish_month()
