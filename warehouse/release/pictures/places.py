"""Where a township's tile lies: as the reference seed says, or in rows where it says nothing."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache

from warehouse.settings import REPOSITORY

_SEED = REPOSITORY / "dbt_project" / "seeds" / "reference" / "township_tiles.csv"
_ACROSS = 3


def placed(townships: Sequence[str], region: str) -> dict[str, tuple[int, int]]:
    """Column and row of each township, both from 0: those of the seed where they lie, the others in rows below them."""
    known = {name: at for name, at in _tiles().get(region, {}).items() if name in townships}
    across = max((column for column, _ in known.values()), default=_ACROSS - 1) + 1
    below = max((row for _, row in known.values()), default=-1) + 1
    others = [name for name in sorted(townships) if name not in known]
    rest = {name: (place % across, below + place // across) for place, name in enumerate(others)}
    return {**known, **rest}


@cache
def _tiles() -> dict[str, dict[str, tuple[int, int]]]:
    found: dict[str, dict[str, tuple[int, int]]] = {}
    with _SEED.open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            found.setdefault(line["region"], {})[line["township"]] = (int(line["column"]), int(line["row"]))
    return found
