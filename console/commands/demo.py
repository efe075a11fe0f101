"""``doudi demo``: the made-up county through the real DAGs, month after month, and what came of it."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

from console.commands import airflow
from console.commands.county import make_county
from console.commands.summary import show_summary
from console.screen import Screen
from warehouse.errors import Misconfigured, Refused
from warehouse.months import Month
from warehouse.settings import Settings

REGION = "tongren"
MARKER = ".doudi-demo"
NEVER = "2999-01-01"
ENDED_BADLY = ("failed", "upstream_failed")


def run_demo(folder: Path, *, seed: int, persons: int, months: list[Month], screen: Screen) -> None:
    """Make ``folder`` anew: county in ``inbox`` and ``truth``, results in ``home``, Airflow's own in ``airflow``.

    ``Refused`` when a run fails; ``Misconfigured`` when the folder is not a demo's.
    """
    _clear(folder)
    begun = time.perf_counter()
    make_county(folder, seed=seed, persons=persons, months=months, screen=screen)
    screen.say(f"The county is made ({time.perf_counter() - begun:.0f} s). Starting Airflow …")
    home, inbox = folder / "home", folder / "inbox"
    env = airflow.environment(
        folder / "airflow", home=home, inbox=inbox, region=REGION, port=airflow.free_port()
    )
    env["DOUDI_SCHEDULE_FROM"] = NEVER  # the clock would add a run of its own for the month that ended last
    with airflow.standalone(env, folder / "airflow" / "standalone.log") as api:
        screen.say(
            f"Airflow is healthy ({time.perf_counter() - begun:.0f} s). Running {len(months)} months …"
        )
        run_months(api, months, home, screen)
    settings = Settings.from_environment(home=home, inbox=inbox, region=REGION)
    show_summary(settings, screen)
    screen.say(f"Everything took {time.perf_counter() - begun:.0f} s.")


def run_months(api: airflow.Api, months: list[Month], home: Path, screen: Screen) -> None:
    """Backfill the one periodic door and watch the months pass through the others."""
    _wait_for_dags(api)
    api.call(
        "POST",
        "backfills",
        {
            "dag_id": "close_month",
            "from_date": f"{months[0].first_day}T00:00:00Z",
            "to_date": f"{months[-1].last_day}T00:00:00Z",
            "max_active_runs": 1,
            "run_backwards": False,
            "dag_run_conf": {},
        },
    )
    wanted = {str(month) for month in months}
    seen: set[tuple[str, str]] = set()
    begun = time.perf_counter()
    while not {month for dag, month in seen if dag == "publish_month"} >= wanted:
        time.sleep(1)
        for run in api.call("GET", "dags/~/dagRuns?limit=100")["dag_runs"]:
            step = (run["dag_id"], run["partition_key"])
            if run["partition_key"] not in wanted or step in seen:
                continue
            if run["state"] in ENDED_BADLY:
                raise Refused(
                    f"{run['dag_id']} failed for {run['partition_key']}: {_reason(home)}",
                    next_step=f"doudi gate show --month {run['partition_key']} --home {home.name}, "
                    "or look at the run with make airflow.",
                )
            if run["state"] == "success":
                seen.add(step)
                screen.say(
                    f"{run['partition_key']}  {run['dag_id']:<15}{time.perf_counter() - begun:>7.0f} s"
                )


def _wait_for_dags(api: airflow.Api) -> None:
    deadline = time.monotonic() + airflow.START_SECONDS
    wanted = {"close_month", "link_month", "build_month", "publish_month"}
    while time.monotonic() < deadline:
        found = {one["dag_id"] for one in api.call("GET", "dags?limit=100")["dags"]}
        if found >= wanted:
            return
        time.sleep(0.5)
    raise Refused(
        "Airflow does not know the DAGs of a month.",
        next_step="run make test: the DAG tests show an import error.",
    )


def _reason(home: Path) -> str:
    """What the roll-up alert or, before it came, the last failed task says."""
    notes = sorted((home / "logs" / "failures").glob("*.jsonl"))
    lines = [line for path in notes for line in path.read_text(encoding="utf-8").splitlines()]
    return str(json.loads(lines[-1])["reason"]) if lines else "see the task's log in Airflow"


def _clear(folder: Path) -> None:
    """Empty a demo's folder; never one that somebody else made."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARKER).exists():
            raise Misconfigured(
                f"the folder {folder.name} is not empty and not a demo's.",
                next_step="choose another --dir, or empty it yourself.",
            )
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER).touch()


def look_around(folder: Path, port: int, screen: Screen) -> None:
    """Keep Airflow running over a demo's folder until it is interrupted; ``Misconfigured`` where none is."""
    if not (folder / MARKER).exists():
        raise Misconfigured(f"the folder {folder.name} holds no demo.", next_step="run make demo first.")
    env = airflow.environment(
        folder / "airflow", home=folder / "home", inbox=folder / "inbox", region=REGION, port=port
    )
    with airflow.standalone(env, folder / "airflow" / "standalone.log") as api:
        screen.say(f"Airflow shows itself at {api.address} (this machine only). Ctrl-C ends it.")
        while True:
            time.sleep(3600)
