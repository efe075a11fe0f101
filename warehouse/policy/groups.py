"""Which group a parameter is shown in: ``groups.csv``, where the longest prefix that fits decides."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

# What the machine's own work needs: an officer looks at the rest first.
TECHNICAL = ("收件", "人员链接", "质量门")


def group_of(parameter: str) -> str:
    """The title of its group."""
    prefixes = _titles()
    return prefixes[max((prefix for prefix in prefixes if parameter.startswith(prefix)), key=len)]


def groups() -> tuple[str, ...]:
    """The titles in the order in which they are shown."""
    return tuple(dict.fromkeys(_titles().values()))


@cache
def _titles() -> dict[str, str]:
    with Path(__file__).with_name("groups.csv").open(encoding="utf-8", newline="") as file:
        return {row["prefix"]: row["title"] for row in csv.DictReader(file)}
