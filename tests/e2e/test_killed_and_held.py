"""Killed half-way and rerun; held at a gate; bad input: what a data engineer meets on a bad day."""

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
from e2e_county import MONTHS, ROOT, content, doudi, tables

FIRST, LAST = MONTHS[0], MONTHS[-1]

# What a stage leaves lying while it writes.
HALF_WRITTEN = {
    "receive": "lake/landed/feed=*/.aside-*",
    "standardise": "lake/standardised/feed=*/.aside-*",
    "link": "lake/*/.aside-*",
    "build": "tmp/aside/warehouse.duckdb",
    "publish": "release/.aside-*",
}


@pytest.mark.parametrize("stage", HALF_WRITTEN)
def test_kill_9_in_the_midst_of_writing_and_a_rerun_gives_the_same(demo, chained, stage, tmp_path):
    """On a copy of the finished home: the stage is killed while it replaces what stands there."""
    home = tmp_path / "home"
    shutil.copytree(chained, home)
    undisturbed = content(home)
    outcome = home / "lake" / "outcomes" / f"month={LAST}" / f"{stage}.json"
    outcome.unlink()
    arguments = [stage, "--month", LAST, "--inbox", demo / "inbox", "--home", home]
    _kill_while_writing([str(each) for each in arguments], home, HALF_WRITTEN[stage])
    assert any(home.glob(HALF_WRITTEN[stage])), "nothing was half-written: the kill came too late"
    assert not outcome.exists(), "the stage had ended"
    doudi(*arguments, "--quiet")
    assert content(home) == undisturbed


def _kill_while_writing(arguments, home, half_written):
    """Freeze the stage when something half-written is seen, look again, and kill it: alive until then."""
    process = subprocess.Popen(
        [sys.executable, "-m", "console", *arguments],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert process.poll() is None, "the stage ended before it could be killed"
        if any(home.glob(half_written)):
            os.killpg(process.pid, signal.SIGSTOP)
            if any(home.glob(half_written)):
                break
            os.killpg(process.pid, signal.SIGCONT)
        time.sleep(0.001)
    assert process.poll() is None, "the stage ended before it could be killed"
    os.killpg(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


def test_a_failing_stop_rule_publishes_nothing_and_says_why(demo, tmp_path):
    """The insured with their IDs all cut off: gate 1 holds the month in the terminal, until a person lets it go."""
    inbox, home = tmp_path / "inbox", tmp_path / "home"
    shutil.copytree(demo / "inbox" / FIRST, inbox / FIRST)
    spoil_ids(inbox / FIRST)
    done = doudi("run", "--month", FIRST, "--inbox", inbox, "--home", home, expect=13)
    assert "GateHeld" in done.stderr
    assert "E-medical_enrolment-06" in done.stderr
    assert "Next step" in done.stderr
    assert not (home / "release" / FIRST).exists()
    refused = doudi("publish", "--month", FIRST, "--home", home, expect=16)
    assert "gate1 holds" in refused.stderr
    assert "Next step" in refused.stderr
    decide = ("gate", "release", "--month", FIRST, "--gate", "gate1", "--home", home, "--by", "张建国")
    assert "wants a reason" in doudi(*decide, "--reason", "同意", expect=16).stderr
    doudi(*decide, "--reason", "已与医保局核实，导出截断", "--on", "2026-11-22")
    assert "released" in doudi("gate1", "--month", FIRST, "--home", home).stdout
    shown = tables(doudi("gate", "show", "--month", FIRST, "--home", home, "--json").stdout)
    rules = {row["rule"]: row for row in shown[f"Verdicts {FIRST}"]}
    assert rules["E-medical_enrolment-06"]["result"] == "released"
    assert "张建国, 2026-11-22: 已与医保局核实，导出截断" in rules["E-medical_enrolment-06"]["decision"]
    doudi("audit", "verify", "--home", home)
    entry = home / "lake" / "audit_log" / "000001.json"
    entry.write_text(entry.read_text("utf-8").replace("张建国", "李卫东"), "utf-8")
    assert "entry 1 was changed" in doudi("audit", "verify", "--home", home, expect=18).stderr


def test_a_held_month_is_said_in_airflow_too(demo, tmp_path):
    """Through the scheduler, where a person is asked: a no ends the run with an alert, a yes lets the next one go on."""
    home = tmp_path / "home"
    shutil.copytree(demo / "inbox" / FIRST, tmp_path / "inbox" / FIRST)
    spoil_ids(tmp_path / "inbox" / FIRST)
    done = subprocess.run(
        [sys.executable, "-c", _ASKED, tmp_path, FIRST], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert "link_month failed" in said["no"]
    assert "E-medical_enrolment-06" in said["asked"]
    assert said["yes"] == "success", "linking goes on behind the decision"
    assert not (home / "release").exists()
    alerts = (home / "logs" / "failures" / f"{FIRST}.jsonl").read_text(encoding="utf-8")
    reasons = [json.loads(line) for line in alerts.splitlines()]
    assert [reason["task"] for reason in reasons] == ["gate1", "gate1_decision", "gate1"], "not tried again"
    assert "E-medical_enrolment-06" in reasons[0]["reason"]
    log = [json.loads(line) for line in doudi("audit", "show", "--home", home, "--json").stdout.splitlines()]
    assert [entry["kind"] for entry in log] == ["gate_refusal", "gate_release"]
    assert log[1]["by"].startswith("张建国（Airflow：")


# Run as a program of its own: it starts Airflow and ends it with everything that it started.
_ASKED = """
import json, sys, threading, time
from pathlib import Path
from console.commands import airflow, demo
from console.screen import Screen
from warehouse.errors import Refused
from warehouse.months import span
from warehouse.settings import Settings

folder, month = Path(sys.argv[1]), sys.argv[2]
settings = Settings.from_environment(home=folder / "home", inbox=folder / "inbox", region="tongren")
env = airflow.environment(
    folder / "airflow", home=folder / "home", inbox=folder / "inbox", region="tongren", port=airflow.free_port()
)
env |= {"DOUDI_SCHEDULE_FROM": demo.NEVER, "DOUDI_APPROVAL": "airflow"}


def runs(api):
    return api.call("GET", "dags/link_month/dagRuns?order_by=-run_after")["dag_runs"]


def answer(api, option, of=()):
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        for run in [run["dag_run_id"] for run in runs(api) if run["dag_run_id"] not in of]:
            place = f"dags/link_month/dagRuns/{run}/taskInstances"
            states = {task["task_id"]: task["state"] for task in api.call("GET", place)["task_instances"]}
            if states.get("gate1_answer") == "awaiting_input":
                time.sleep(3)  # nobody reads faster, and Airflow takes the end of the asking for that of the task
                details = f"{place}/gate1_answer/-1/hitlDetails"
                asked = api.call("GET", details)["body"]
                words = {"by": "张建国", "reason": "已与医保局核实，导出截断"}
                api.call("PATCH", details, {"chosen_options": [option], "params_input": words})
                return run, asked
        time.sleep(1)
    raise SystemExit("nobody was asked")


with airflow.standalone(env, folder / "airflow" / "standalone.log") as api:
    told = {}
    no = threading.Thread(target=lambda: told.update(first=answer(api, "不放行")))
    no.start()
    try:
        demo.run_months(api, span(month), folder, settings, Screen(quiet=True))
    except Refused as refused:
        told["no"] = refused.what
    no.join()
    api.call("POST", "dags/link_month/dagRuns", {"conf": {"month": month}, "logical_date": None})
    run, _ = answer(api, "放行", of=[told["first"][0]])
    state, deadline = None, time.monotonic() + 240
    while state not in ("success", "failed", "upstream_failed") and time.monotonic() < deadline:
        time.sleep(1)
        state = api.call("GET", f"dags/link_month/dagRuns/{run}/taskInstances/link")["state"]
    print(json.dumps({"no": told.get("no", ""), "asked": told["first"][1], "yes": state}))
"""


def spoil_ids(folder):
    """Truncate the IDs of the insured, as a wrong export does (a list long enough to hold a month); no manifest."""
    path = folder / "medical_enrolment.csv"
    path.with_name(f"{path.name}.manifest.json").unlink(missing_ok=True)
    # As bytes: some rows are broken on purpose, and neither comma nor quotation mark is part of a character.
    text = io.StringIO(path.read_bytes().decode("latin-1"), newline="")
    header, *lines = list(csv.reader(text))
    place = header.index("证件号码".encode("gb18030").decode("latin-1"))
    for cells in lines:
        if len(cells) > place:
            cells[place] = cells[place][:10]
    with path.open("w", encoding="latin-1", newline="") as out:
        csv.writer(out).writerows([header, *lines])
