"""The task of the partner packages: behind the release, under agreements that named people have put into force."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from airflow.sdk import task

from orchestration import assets
from orchestration.months import Bench

_BEIJING = timezone(timedelta(hours=8))


@task(outlets=[assets.published])
def share() -> dict:
    """What partners may have; nothing, and the reason, where no agreement is in force or no key is there."""
    from warehouse.packages.share import share_by_settings as run

    with Bench.at("share") as bench:
        today = datetime.now(_BEIJING).date()
        return run(bench.month, lake=bench.lake, policy=bench.policy, by="publish_month", on=today).as_dict()
