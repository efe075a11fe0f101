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
from e2e_county import MONTHS, ROOT, content, doudi

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
    """The insured with their IDs all cut off: gate 1 holds the month in the terminal."""
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


def test_a_held_month_is_said_in_airflow_too(demo, tmp_path):
    """The same through the scheduler: the run fails at once, and one alert names month and rule."""
    code = (
        "import sys; from pathlib import Path; from console.commands import airflow, demo; "
        "from console.screen import Screen; from warehouse.months import span; "
        "f = Path(sys.argv[1]); env = airflow.environment(f / 'airflow', home=f / 'home', inbox=f / 'inbox', "
        "region='tongren', port=airflow.free_port())\n"
        "env['DOUDI_SCHEDULE_FROM'] = demo.NEVER\n"
        "with airflow.standalone(env, f / 'airflow' / 'standalone.log') as api:\n"
        "    demo.run_months(api, span(sys.argv[2]), f / 'home', Screen())\n"
    )
    shutil.copytree(demo / "inbox" / FIRST, tmp_path / "inbox" / FIRST)
    spoil_ids(tmp_path / "inbox" / FIRST)
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path, FIRST], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "Refused: link_month failed" in done.stderr
    assert not (tmp_path / "home" / "release").exists()
    alerts = (tmp_path / "home" / "logs" / "failures" / f"{FIRST}.jsonl").read_text(encoding="utf-8")
    reasons = [json.loads(line) for line in alerts.splitlines()]
    assert len(reasons) == 1, "a refused month must not be tried again"
    assert reasons[0]["task"] == "gate1"
    assert "E-medical_enrolment-06" in reasons[0]["reason"]


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
