"""``doudi demo``: the made-up county through the real DAGs, month after month, and what came of it."""

from __future__ import annotations

import json
import shutil
import time
from datetime import date
from pathlib import Path

from console.commands import airflow
from console.commands.county import make_county
from console.commands.demo_partners import share_made_up
from console.commands.stages import Bench
from console.commands.summary import show_summary
from console.commands.villages import due_day
from console.screen import Screen
from warehouse.errors import Misconfigured, Refused
from warehouse.months import Month
from warehouse.settings import Settings

REGION = "tongren"
MARKER = ".doudi-demo"
NEVER = "2999-01-01"
ENDED_BADLY = ("failed", "upstream_failed")
LAST, ABSORB = "publish_month", "absorb_returns"


def run_demo(folder: Path, *, seed: int, persons: int, months: list[Month], screen: Screen) -> None:
    """Make ``folder`` anew: county in ``inbox`` and ``truth``, results in ``home``, made-up keys in ``keys``,
    Airflow's own in ``airflow``.

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
    # An office's own keys and agreements are not for made-up people.
    env |= {"DOUDI_KEYS": "", "DOUDI_AGREEMENTS": ""}
    env["DOUDI_SCHEDULE_FROM"] = NEVER  # the clock would add a run of its own for the month that ended last
    with airflow.standalone(env, folder / "airflow" / "standalone.log") as api:
        screen.say(
            f"Airflow is healthy ({time.perf_counter() - begun:.0f} s). Running {len(months)} months …"
        )
        settings = Settings.from_environment(home=home, inbox=inbox, region=REGION)
        run_months(api, months, folder, settings, screen)
    shared = share_made_up(months[-1], folder / "keys", settings)
    screen.say(
        f"{months[-1]}  {shared.counts['made']} packages for partners, under made-up keys ({folder.name}/keys)"
    )
    show_summary(settings, screen)
    screen.say(f"Everything took {time.perf_counter() - begun:.0f} s.")


def run_months(
    api: airflow.Api, months: list[Month], county: Path, settings: Settings, screen: Screen
) -> None:
    """Backfill the one periodic door month by month; between two months the villages' answers come in.

    The last month's lists have just gone out: nobody has answered them yet.
    """
    _wait_for_dags(api)
    begun = time.perf_counter()
    for number, month in enumerate(months):
        api.call(
            "POST",
            "backfills",
            {
                "dag_id": "close_month",
                "from_date": f"{month.first_day}T00:00:00Z",
                "to_date": f"{month.last_day}T00:00:00Z",
                "max_active_runs": 1,
                "run_backwards": False,
                "dag_run_conf": {},
            },
        )
        _wait_for(api, LAST, month, settings.home, screen, begun)
        if number + 1 < len(months):
            on = due_day(month, Bench.for_month(month, settings))
            if answers_come(months[: number + 1], on, county, settings):
                _absorb(api, month, on, settings.home)
                screen.say(f"{month}  {ABSORB:<15}{time.perf_counter() - begun:>7.0f} s")


def answers_come(months: list[Month], on: date, county: Path, settings: Settings) -> bool:
    """Let the made-up villages send what they have ready by a day, of each of these months; gives whether anything came."""
    from console.county.villages import answer_lists

    benches = [(month, Bench.for_month(month, settings)) for month in months]
    sent = [
        answer_lists(month, lake=bench.lake, policy=bench.policy, county=county, on=on)
        for month, bench in benches
    ]
    return any(one.files for one in sent)


def _wait_for(api: airflow.Api, dag: str, month: Month, home: Path, screen: Screen, begun: float) -> None:
    """Watch a month pass through the DAGs until ``dag`` has ended."""
    seen: set[str] = set()
    while dag not in seen:
        time.sleep(1)
        for run in api.call("GET", "dags/~/dagRuns?limit=100&order_by=-run_after")["dag_runs"]:
            if run["partition_key"] != str(month) or run["dag_id"] in seen:
                continue
            if run["state"] in ENDED_BADLY:
                raise Refused(
                    f"{run['dag_id']} failed for {month}: {_reason(home)}",
                    next_step=f"doudi gate show --month {month} --home {home.name}, "
                    "or look at the run with make airflow.",
                )
            if run["state"] == "success":
                seen.add(run["dag_id"])
                screen.say(f"{month}  {run['dag_id']:<15}{time.perf_counter() - begun:>7.0f} s")


def _absorb(api: airflow.Api, month: Month, on: date, home: Path) -> None:
    """Run the DAG of answers as the clock would on that day: whatever has come back of any list, under the last month
    whose lists are out. A file that is no list is refused, as on any other day.
    """
    asked: dict[str, object] = {"logical_date": None, "conf": {}, "partition_key": on.isoformat()}
    run = api.call("POST", f"dags/{ABSORB}/dagRuns", asked)
    path = f"dags/{ABSORB}/dagRuns/{run['dag_run_id']}"
    while (state := api.call("GET", path)["state"]) not in ("success", *ENDED_BADLY):
        time.sleep(0.5)
    if state != "success" and not (home / "returns" / str(month)).exists():
        raise Refused(
            f"{ABSORB} failed for {month}: {_reason(home)}", next_step="look at the run with make airflow."
        )


def _wait_for_dags(api: airflow.Api) -> None:
    deadline = time.monotonic() + airflow.START_SECONDS
    wanted = {"close_month", "link_month", "build_month", LAST, ABSORB}
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
