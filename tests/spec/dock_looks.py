"""What is looked at after a delivery was received: landed rows, states of files, bytes."""

from __future__ import annotations

import pyarrow.parquet as pq

from tests.dock_support import (
    MONTH,
)
from warehouse.lake import Lake


def landed(lake: Lake, feed: str) -> list[dict[str, object]]:
    parts = sorted(lake.partition("landed", feed=feed, month=str(MONTH)).glob("*.parquet"))
    return [row for part in parts for row in pq.read_table(part, partitioning=None).to_pylist()]
