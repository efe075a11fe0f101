"""Three months that ran through the small chain, and the same rebuilt."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.unit.warehouse.rebuild.small_chain import Home, inbox


@pytest.fixture(scope="session")
def run_through(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("three"))
    inbox(home.settings.inbox)
    home.chain()
    return home


@pytest.fixture
def home(run_through: Home, tmp_path: Path) -> Home:
    shutil.copytree(run_through.folder, tmp_path / "copy")
    return Home(tmp_path / "copy")
