"""What goes wrong with whole deliveries (``deliveries.csv``): sent twice, corrected, a month late."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

TABLE = Path(__file__).parent / "deliveries.csv"


@cache
def delivery_events() -> Mapping[tuple[str, int], str]:
    """Feed and number of the month (from 1) to what happens to that delivery."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return MappingProxyType(
            {(row["feed"], int(row["month_number"])): row["event"] for row in csv.DictReader(lines)}
        )
