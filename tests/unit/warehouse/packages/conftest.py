"""A home whose partners have their packages."""

from __future__ import annotations

import shutil

import pytest

from tests.unit.warehouse.packages.made_up_packages import (
    make,
    make_keys,
    put_into_force,
    shared,
    shipped,
)
from tests.unit.warehouse.packages.opened_packages import NAMES
from warehouse.lake import Lake
from warehouse.packages.keys import Keys


@pytest.fixture(scope="session")
def house(tmp_path_factory) -> tuple[Lake, Keys, list]:
    """A home whose month was shared under every agreement that comes with Doudi."""
    root = tmp_path_factory.mktemp("packages")
    (root / "agreements").mkdir()
    lake, found = make(root / "home"), shipped(root / "agreements")
    keys = make_keys(root / "keys", found, lake.home)
    put_into_force(lake, found)
    outcome = shared(lake, keys, found)
    assert outcome.counts["made"] == len(found) == len(NAMES), outcome.reasons
    return lake, keys, found


@pytest.fixture
def own(house, tmp_path) -> tuple[Lake, Keys, list]:
    """A copy of the house, to be changed."""
    lake, keys, found = house
    shutil.copytree(lake.home, tmp_path / "home")
    return Lake(tmp_path / "home"), keys, found
