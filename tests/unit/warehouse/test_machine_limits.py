"""How much of the machine DuckDB may use: from the machine or the container, unless the environment says it."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from warehouse import settings
from warehouse.database import in_memory


@pytest.fixture
def container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine of 64 GB and 16 cores without a container; files put here are its limits."""
    monkeypatch.setattr(settings, "CGROUP", tmp_path)
    monkeypatch.setattr(settings, "_cores_allowed", lambda: 16)
    monkeypatch.setattr(settings.os, "cpu_count", lambda: 16)
    whole = psutil.virtual_memory()._replace(total=64 << 30)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: whole)
    for name in ("DOUDI_MEMORY_GB", "DOUDI_THREADS"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_a_big_machine_is_not_used_up(container: Path) -> None:
    assert (settings.memory_gb(), settings.threads()) == (5.0, 16)


def test_a_container_has_less_than_its_machine(container: Path) -> None:
    (container / "memory.max").write_text(f"{8 << 30}\n", encoding="ascii")
    (container / "cpu.max").write_text("250000 100000\n", encoding="ascii")
    assert (settings.memory_gb(), settings.threads()) == (2.0, 2)


def test_a_container_without_limits_says_max(container: Path) -> None:
    (container / "memory.max").write_text("max\n", encoding="ascii")
    (container / "cpu.max").write_text("max 100000\n", encoding="ascii")
    assert (settings.memory_gb(), settings.threads()) == (5.0, 16)


def test_the_environment_is_believed(
    container: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOUDI_MEMORY_GB", "1.5")
    monkeypatch.setenv("DOUDI_THREADS", "3")
    with in_memory(tmp_path) as con:
        held = con.execute("SELECT current_setting('threads'), current_setting('memory_limit')").fetchone()
    assert held == (3, "1.3 GiB")
