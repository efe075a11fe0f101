"""The parameters that a pack may set: ``dbt_project/seeds/reference/parameters.csv``, read once.

Columns ``parameter, unit, title, unit_words, may_end``. Title and words of the unit are Chinese: staff read them.
``may_end`` is ``yes`` where the last line may end, or pause, with nothing after it: the rule is then no more. A name
that ends in ``.*`` describes a family: ``intake_max_fall_share.*`` is that of every feed.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from warehouse.settings import REPOSITORY

_FILE = REPOSITORY / "dbt_project" / "seeds" / "reference" / "parameters.csv"
FAMILY = ".*"


@dataclass(frozen=True)
class Parameter:
    """What is known of a parameter, whatever its value. ``title`` is its own name where none was given."""

    name: str
    unit: str
    title: str
    unit_words: str
    may_end: bool


@cache
def parameters() -> Mapping[str, Parameter]:
    """Every parameter by its name."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        return {
            row["parameter"]: Parameter(
                row["parameter"],
                row["unit"],
                row["title"] or row["parameter"],
                row["unit_words"] or "",
                row["may_end"] == "yes",
            )
            for row in csv.DictReader(file)
        }


def description_of(name: str, known: Mapping[str, Parameter]) -> Parameter | None:
    """What is known of a parameter: its own line, else that of its family; None where nobody described it."""
    return known.get(name) or known.get(f"{name.rpartition('.')[0]}{FAMILY}")
