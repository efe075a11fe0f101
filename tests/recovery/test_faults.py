"""Kill, torn files and a full disk at points of every stage: after a rerun the home is the undisturbed one, byte for byte.

A part of the sweep, small enough for every test run; ``make faults`` tries many times as many points, of build, gate 2 and
publish too (whose kill by signal is also part of the end-to-end tests).
"""

import shutil

import pytest

from tests.recovery.conftest import MONTHS
from tests.recovery.faults import content, copied, difference
from tests.recovery.sweep import Sweep, shorten

# How many points of each stage are tried here.
POINTS = {
    "receive": 10, "close": 6, "standardise": 3, "gate1": 1, "link": 3, "quality": 1, "prepare_review": 6,
}  # fmt: skip
LAST = MONTHS[-1]


@pytest.fixture(scope="module")
def sweep(desk, county, linked, tmp_path_factory):
    """A copy of the linked home to which another delivery of the last month is about to come."""
    scratch = tmp_path_factory.mktemp("sweep")
    inbox = scratch / "inbox"
    shutil.copytree(county, inbox)
    shorten(inbox / LAST)
    return Sweep(desk, copied(linked, scratch / "home"), LAST, scratch, inbox=inbox)


@pytest.mark.parametrize("stage", POINTS)
def test_a_fault_at_any_point_and_a_rerun_give_the_undisturbed_month(sweep, stage):
    # In the order of the flow: each stage leaves its home to the next.
    assert sweep.stage(stage, POINTS[stage]) == POINTS[stage]


@pytest.mark.parametrize(("stage", "fault"), [
    ("receive", {"kind": "limit", "bytes": 0}),
    ("standardise", {"kind": "limit", "bytes": 2048}),
    ("link", {"kind": "limit", "bytes": 4096}),
    ("receive", {"kind": "sigkill", "seconds": 0.15}),
    ("standardise", {"kind": "sigkill", "seconds": 0.8}),
    ("link", {"kind": "sigkill", "seconds": 0.9}),
])  # fmt: skip
def test_what_the_system_itself_does_in_the_midst_of_a_stage(desk, county, linked, tmp_path, stage, fault):
    """No room said by the kernel, to C code too, and kill -9 from outside wherever it falls."""
    home, whole = copied(linked, tmp_path / "home"), content(linked)
    ended = desk.run(stage, LAST, home, inbox=county, fault=fault)
    if fault["kind"] == "limit":
        assert (ended["error"], ended["code"]) == ("Unavailable", 20), ended
        assert "disk is full" in ended["said"]
    desk.run(stage, LAST, home, inbox=county)
    # What receive stood on names the close, which the first time had not yet been.
    assert [name for name in difference(content(home), whole) if not name.startswith("lake/standing/")] == []


def test_a_first_month_that_is_killed_everywhere_becomes_what_it_would_have_been(
    desk, county, linked, tmp_path
):
    """On an empty home, each stage killed in the middle once and run again, as a task that Airflow retries."""
    home, month = tmp_path / "home", MONTHS[0]
    for stage in ("receive", "close", "standardise"):
        points = desk.run(stage, month, copied(home, tmp_path / "counted") if home.exists() else tmp_path / "counted",
                          inbox=county)["points"]  # fmt: skip
        assert desk.run(stage, month, home, inbox=county, fault={"kind": "torn", "at": len(points) * 2 // 3})[
            "exit"
        ]
        desk.run(stage, month, home, inbox=county)
    made = {name: digest for name, digest in content(home).items() if f"month={month}" in name}
    there = content(linked)
    # The folder of outcomes grows with every stage; all else of these stages is as in the home that went on.
    assert made
    assert not [name for name in made if "/outcomes/" not in name and "/standing/" not in name
                and made[name] != there.get(name)]  # fmt: skip
