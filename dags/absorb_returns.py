"""Every day: take in the lists that villages, and the return slips and notices that agencies have filled in and sent back."""

from __future__ import annotations

from airflow.sdk import CronPartitionTimetable, dag

from orchestration.notices import absorb_notices
from orchestration.policies import clocked
from orchestration.returns import absorb, track
from orchestration.slips import correct, months_of_slips


@dag(
    schedule=CronPartitionTimetable("0 7 * * *", timezone="Asia/Shanghai", key_format="%Y-%m-%d"),
    **{**clocked, "tags": ["day"]},
)
def absorb_returns() -> None:
    """Check every returned row against what was handed out; keep the answers, explain what is refused, track the rest."""

    absorb() >> track()
    correct.expand(month=months_of_slips())
    absorb_notices()


absorb_returns()
