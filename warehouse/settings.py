"""Where things are and how much of the machine may be used: from the command line and environment."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path

import psutil

from warehouse.errors import Misconfigured

REPOSITORY = Path(__file__).resolve().parent.parent
CGROUP = Path("/sys/fs/cgroup")
EXAMPLE_AGREEMENTS = REPOSITORY / "warehouse" / "packages" / "agreements"


@dataclass(frozen=True)
class Settings:
    """Paths and limits of one run.

    ``inbox`` is the folder that holds the month folders, ``home`` everything written, ``region`` the
    region of the policy pack, ``policy_dir`` the folder of the policy CSVs, ``threads`` and
    ``memory_gb`` the limits given to DuckDB.
    """

    home: Path
    inbox: Path
    region: str
    policy_dir: Path
    threads: int
    memory_gb: float

    @classmethod
    def from_environment(
        cls,
        *,
        home: Path | None = None,
        inbox: Path | None = None,
        region: str | None = None,
        policy_dir: Path | None = None,
    ) -> Settings:
        """Arguments first, then ``DOUDI_HOME``, ``DOUDI_INBOX``, ``DOUDI_REGION``, ``DOUDI_POLICY``,
        ``DOUDI_THREADS``, ``DOUDI_MEMORY_GB``, then defaults."""
        env = os.environ
        chosen_home = home or Path(env.get("DOUDI_HOME", "var/home"))
        return cls(
            home=chosen_home.absolute(),
            inbox=(inbox or Path(env.get("DOUDI_INBOX", "var/inbox"))).absolute(),
            region=region or env.get("DOUDI_REGION", "tongren"),
            policy_dir=(
                policy_dir or Path(env.get("DOUDI_POLICY", REPOSITORY / "dbt_project" / "seeds" / "policy"))
            ).absolute(),
            threads=threads(),
            memory_gb=memory_gb(),
        )


def suites_beside() -> Path | None:
    """``DOUDI_SUITES``: a folder of suites that add rules to ours, or None; a folder that is not there is refused."""
    text = os.environ.get("DOUDI_SUITES", "").strip()
    folder = Path(text).absolute() if text else None
    if folder and not folder.is_dir():
        raise Misconfigured(
            f"DOUDI_SUITES names '{folder.name}', which is no folder.",
            next_step="set it right, or leave it out.",
        )
    return folder


def agreements_folder() -> Path:
    """``DOUDI_AGREEMENTS``: a folder of agreements with partners; without it the examples that come with Doudi."""
    text = os.environ.get("DOUDI_AGREEMENTS", "").strip()
    return Path(text).absolute() if text else EXAMPLE_AGREEMENTS


def threads() -> int:
    """``DOUDI_THREADS``, else one for each core that this process may use (a container may have fewer)."""
    return int(_positive("DOUDI_THREADS", int, min(_cores_allowed(), _cores_of_container())))


def memory_gb() -> float:
    """``DOUDI_MEMORY_GB``, else a quarter of the machine's (or the container's), at most 5: DuckDB spills beyond it.

    What Python, Arrow and DuckDB's own unlimited parts need comes on top: the process stays below 8 GB.
    """
    whole = min(psutil.virtual_memory().total, _memory_of_container()) / 2**30
    return _positive("DOUDI_MEMORY_GB", float, round(min(5.0, max(whole / 4, 0.5)), 1))


def _cores_allowed() -> int:
    """Cores that the system lets this process use, where it tells."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _memory_of_container() -> float:
    """Bytes that a container is held to (cgroup v2, then v1); endless where there is none."""
    for name in ("memory.max", "memory/memory.limit_in_bytes"):
        text = _told(CGROUP / name)
        if text.isdigit():
            return float(text)
    return math.inf


def _cores_of_container() -> int:
    """Whole cores of a container's quota (cgroup v2), at least one; the machine's where there is none."""
    quota, _, period = _told(CGROUP / "cpu.max").partition(" ")
    if quota.isdigit() and period.isdigit():
        return max(1, int(quota) // int(period))
    return os.cpu_count() or 1


def _told(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _positive(name: str, kind: type[int] | type[float], otherwise: float) -> float:
    text = os.environ.get(name, "").strip()
    try:
        number = kind(text) if text else otherwise
    except ValueError:
        number = 0
    if number > 0:
        return number
    raise Misconfigured(
        f"{name} is '{text}', which is no number above 0.", next_step="set it right, or leave it out."
    )
