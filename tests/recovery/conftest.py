"""A tiny county whose first month is linked and whose second is, too, with faults in every stage on the way."""

import fcntl
import json
import shutil
from pathlib import Path

import pytest

from tests.recovery.faults import Desk
from tests.recovery.filled import filled_cards, filled_slips
from tests.recovery.sweep import Sweep, made_up, shorten
from warehouse.intake.contract import contracts
from warehouse.months import Month

MONTHS = ("2026-08", "2026-09")
FIRST, LAST = MONTHS
STAGES = ("receive", "close", "standardise", "slips", "gate1", "link", "prepare_review")
# How many points of each stage are tried here; `make faults` tries the whole chain: link, the gates, dbt and publish, too.
POINTS = {"receive": 3, "close": 3, "standardise": 1, "slips": 1, "gate1": 0, "link": 0, "prepare_review": 2}
NO_ROOM = {"kind": "limit", "bytes": 0}
SYSTEM = {
    "receive": (NO_ROOM, {"kind": "sigkill", "seconds": 0.15}),
    "slips": (NO_ROOM,),
    "prepare_review": (NO_ROOM,),
}


@pytest.fixture(scope="session")
def desk():
    one = Desk()
    yield one
    one.close()


@pytest.fixture(scope="session")
def shared(request, tmp_path_factory):
    """The folder of what is made once for all workers: ``inbox``, ``linked`` (a home), ``swept.json``."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if hasattr(request.config, "workerinput") else base) / "recovery"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "swept.json").exists():
            _make(folder, request.getfixturevalue("desk"))
    return folder


@pytest.fixture(scope="session")
def county(shared):
    """The inbox of 250 people; only what every month needs, so that a stage takes a second."""
    return shared / "inbox"


@pytest.fixture(scope="session")
def linked(shared):
    """The home of that county, both months up to the cards of the review; to be copied, not written to."""
    return shared / "linked"


@pytest.fixture(scope="session")
def swept(shared):
    """What the sweep over the last month found: ``tried`` and ``equal`` by stage, ``unequal`` in words."""
    return json.loads((shared / "swept.json").read_text(encoding="utf-8"))


def _make(folder: Path, desk: Desk) -> None:
    inbox, home = made_up(folder / "county", 250, MONTHS), folder / "linked"
    needed = tuple(feed for feed, contract in contracts().items() if contract.required)
    for file in sorted(inbox.rglob("*.*")):
        if not file.name.startswith(needed) or "_history" in file.name:
            file.unlink()
    shutil.copytree(inbox, folder / "inbox")
    for stage in ("receive", "close", "standardise", "link"):
        desk.run(stage, FIRST, home, inbox=inbox)
    desk.run("build", FIRST, home, inbox=inbox, made="marts")
    # Another delivery was there before: of old and new no mixture may come.
    for stage in ("receive", "close"):
        desk.run(stage, LAST, home, inbox=inbox)
    shorten(folder / "inbox" / LAST)
    sweep = Sweep(desk, home, LAST, folder, inbox=folder / "inbox")
    for stage, points in POINTS.items():
        sweep.stage(stage, points, cases=SYSTEM.get(stage, ()))
    sweep.apart("build", 2, made="marts")
    for stage, fill in (("correct", filled_slips), ("absorb_review", filled_cards)):
        returned = folder / "returned" / stage
        fill(home, Month.parse(LAST), returned, folder / "county")
        sweep.apart(stage, 1, cases=(NO_ROOM,), returned=returned)
    by_stage = {stage: [0, 0] for stage, _ in sweep.tried}
    for (stage, kind), tried in sweep.tried.items():
        by_stage[stage][0] += tried
        by_stage[stage][1] += sweep.equal[stage, kind]
    (folder / "swept.json").write_text(
        json.dumps({"tried_and_equal": by_stage, "unequal": sweep.unequal}), encoding="utf-8"
    )
