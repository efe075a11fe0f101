"""One published month for all tests of the returns desk, and a home of one's own with what was handed out in it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.unit.warehouse.release.made_up_month import MONTH, make, policy
from warehouse.lake import Lake
from warehouse.release.publish import publish


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = make(tmp_path_factory.mktemp("home"))
    publish(MONTH, lake=lake, policy=policy())
    return lake


@pytest.fixture
def lake(published: Lake, tmp_path: Path) -> Lake:
    home = tmp_path / "home"
    shutil.copytree(published.home / "release", home / "release")
    shutil.copytree(published.root / "sent", home / "lake" / "sent")
    return Lake(home)
