"""A tiny county whose first month is linked and whose second is, too; the desk that runs stages with faults."""

from pathlib import Path

import pytest

from tests.recovery.faults import Desk
from tests.recovery.sweep import made_up
from warehouse.intake.contract import contracts

MONTHS = ("2026-08", "2026-09")
STAGES = ("receive", "close", "standardise", "gate1", "link", "quality", "prepare_review")


@pytest.fixture(scope="session")
def desk():
    one = Desk()
    yield one
    one.close()
    print(f"stages with faults: {one.cpu:.0f} s of CPU")


@pytest.fixture(scope="session")
def county(tmp_path_factory):
    """The inbox of 250 people; only what every month needs, so that a stage takes a second."""
    inbox = made_up(tmp_path_factory.mktemp("county"), 250, MONTHS)
    needed = [feed for feed, contract in contracts().items() if contract.required]
    for file in sorted(inbox.rglob("*.*")):
        if not file.name.startswith(tuple(needed)) or "_history" in file.name:
            file.unlink()
    return inbox


@pytest.fixture(scope="session")
def linked(desk: Desk, county: Path, tmp_path_factory):
    """The home of that county, both months up to the cards of the review; to be copied, not written to."""
    home = tmp_path_factory.mktemp("linked") / "home"
    for month in MONTHS:
        for stage in STAGES:
            desk.run(stage, month, home, inbox=county)
    return home
