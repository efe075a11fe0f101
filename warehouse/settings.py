"""Where things are and how much of the machine may be used: from the command line and environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import psutil

from warehouse.errors import Misconfigured

REPOSITORY = Path(__file__).resolve().parent.parent
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
    """``DOUDI_THREADS``, else one for each core."""
    return int(_positive("DOUDI_THREADS", int, os.cpu_count() or 1))


def memory_gb() -> float:
    """``DOUDI_MEMORY_GB``, else a quarter of the machine's, at most 3: DuckDB spills to disk beyond it."""
    return _positive("DOUDI_MEMORY_GB", float, round(min(3.0, psutil.virtual_memory().total / 2**30 / 4), 1))


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
