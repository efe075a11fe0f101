"""By hand, after late, corrected or withdrawn deliveries: run again what is stale, in order."""

from __future__ import annotations

from airflow.sdk import Param, dag, get_current_context, task

from orchestration.policies import month_param, monthly

_MONTH = {"type": ["null", "string"], "pattern": month_param["month"].schema["pattern"]}


@dag(
    schedule=None,
    **{
        **monthly,
        "params": {
            "from": Param(None, description="the first month, YYYY-MM; none: the home's first", **_MONTH),
            "to": Param(None, description="the last month, YYYY-MM; none: the home's last", **_MONTH),
        },
        "tags": ["by hand"],
    },
)
def rebuild_months() -> None:
    """What ``doudi rebuild`` does: every stage that no longer stands on what lies there, oldest month first."""

    @task
    def rebuild() -> dict:
        from orchestration.rebuilding import rebuild_between
        from warehouse.settings import Settings

        params = get_current_context()["params"]
        return rebuild_between(params["from"], params["to"], Settings.from_environment())

    rebuild()


rebuild_months()
