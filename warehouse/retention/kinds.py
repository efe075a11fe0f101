"""The kinds of things that are kept, where they lie, and for how many months policy keeps them. Pure but for its table."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from warehouse.policy import Policy

FILE = Path(__file__).with_name("kinds.csv")
PREFIX = "retention."
# Windows of rules and gates are told in these units; nothing that lies within the longest of them is deleted.
_WINDOWS = ("months",)


@dataclass(frozen=True)
class Kind:
    """One kind. ``places``: patterns below the home with ``{month}``; without it the kind has no months and stays whole."""

    kind: str
    title: str
    places: tuple[str, ...]
    holds: str

    @property
    def parameter(self) -> str:
        """The parameter that says how many months it is kept."""
        return f"{PREFIX}{self.kind}_months"

    @property
    def is_by_month(self) -> bool:
        """Whether it lies in months, which can go one by one."""
        return all("{month}" in place for place in self.places)

    def tables(self) -> tuple[str, ...]:
        """The lake tables that it covers."""
        return tuple(
            place.split("/")[1] for place in self.places if place.startswith("lake/") and "{month}" in place
        )


@cache
def kinds(file: Path = FILE) -> tuple[Kind, ...]:
    """Every kind in the order of the table."""
    with file.open(encoding="utf-8", newline="") as lines:
        return tuple(
            Kind(row["kind"], row["title"], tuple(row["places"].split(";")), row["holds"])
            for row in csv.DictReader(lines)
        )


def kept_months(kind: Kind, policy: Policy) -> int | None:
    """For how many months after its own a month of the kind is kept; None: for good."""
    return policy.count(kind.parameter) if policy.is_configured(kind.parameter) else None


def look_back(policy: Policy) -> int:
    """How many months back any line of policy looks: the longest window of a rule, list or gate, and the year before."""
    windows = [
        policy.count(name)
        for name, line in policy.lines.items()
        if line.unit in _WINDOWS and line.value and not name.startswith(PREFIX)
    ]
    return max([*windows, policy.count(f"{PREFIX}look_back_least_months")])
