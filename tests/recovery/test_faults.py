"""Kill, torn files and a full disk at points of every stage: after a rerun the home is the undisturbed one, byte for byte.

A part of the sweep, small enough for every test run (``conftest``: it leaves the home that the other tests work on);
``make faults`` tries many more points, and link, the gates, dbt and publish, too, whose kill by signal is also part of the
end-to-end tests.
"""

import pytest

from tests.recovery.conftest import FIRST, LAST, POINTS, SYSTEM
from tests.recovery.faults import content, copied
from tests.recovery.sweep import Sweep

TRIED = {stage: points + len(SYSTEM.get(stage, ())) for stage, points in POINTS.items() if points}
TRIED |= {"build": 2, "correct": 2, "absorb_review": 2}


@pytest.mark.parametrize("stage", TRIED)
def test_a_fault_at_any_point_and_a_rerun_give_the_undisturbed_month(swept, stage):
    assert [said for said in swept["unequal"] if said.startswith(f"{stage} ")] == []
    assert swept["tried_and_equal"][stage] == [TRIED[stage], TRIED[stage]]


def test_the_sweep_sees_what_is_not_equal(desk, county, linked, tmp_path):
    """Held against a home in which one byte is another, every point of the sweep is unequal."""
    sweep = Sweep(desk, copied(linked, tmp_path / "home"), LAST, tmp_path, inbox=county)
    whole = content(linked) | {f"lake/closed/month={LAST}/closed.json": "another"}
    with pytest.raises(AssertionError, match=r"closed\.json"):
        sweep.point("close", linked, whole, {"kind": "kill", "at": 5})


def test_a_first_month_that_is_killed_becomes_what_it_would_have_been(desk, county, linked, tmp_path):
    """On an empty home, where no folder is there yet: each stage torn once and run again, as a task that Airflow retries."""
    home = tmp_path / "home"
    for stage in ("receive", "close"):
        assert desk.run(stage, FIRST, home, inbox=county, fault={"kind": "torn", "at": 20})["exit"] == 137
        desk.run(stage, FIRST, home, inbox=county)
    made, there = content(home), content(linked)
    assert len(made) > 30
    # The folders of outcomes and of what was stood on grow with every stage.
    assert [name for name in made if made[name] != there.get(name) and not name.endswith("/.sums.json")] == []
