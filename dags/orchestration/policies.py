"""Retries: what may be tried again, and what has to wait for a person."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import ExceptionRetryPolicy, Param, RetryAction, RetryRule

from orchestration.alerts import note_failure, say_what_failed

# Refused data, wrong settings and our own faults do not get better by trying again; a held file may.
retry_policy = ExceptionRetryPolicy(
    rules=[
        RetryRule(exception="warehouse.errors.Refused", action=RetryAction.FAIL),
        RetryRule(exception="warehouse.errors.Misconfigured", action=RetryAction.FAIL),
        RetryRule(exception="warehouse.errors.Fault", action=RetryAction.FAIL),
        RetryRule(exception="warehouse.errors.Unavailable", action=RetryAction.RETRY),
    ]
)

task_defaults: dict[str, Any] = {
    "owner": "doudi",
    "retries": 2,
    "retry_delay": timedelta(minutes=1),
    "retry_policy": retry_policy,
    "on_failure_callback": note_failure,
}

month_param = {
    "month": Param(
        None, type=["null", "string"], pattern=r"^\d{4}-(0[1-9]|1[0-2])$", description="YYYY-MM, by hand only"
    )
}

# One month at a time and in order: identity of month m stands on month m-1.
monthly: dict[str, Any] = {
    "catchup": False,
    "max_active_runs": 1,
    "default_args": task_defaults,
    "params": month_param,
    "on_failure_callback": say_what_failed,
    "tags": ["month"],
}

# Before this day the clock starts nothing, so that a new home's past months come by backfill, the oldest first:
# without it the scheduler begins with the month that ended last.
_from = os.environ.get("DOUDI_SCHEDULE_FROM", "")
clocked: dict[str, Any] = {
    **monthly,
    "start_date": datetime.fromisoformat(_from).replace(tzinfo=UTC) if _from else None,
}
