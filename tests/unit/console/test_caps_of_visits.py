"""How many visits the half year lets a township be walked for: as many as its list may hold."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from console.county.measure_visits import caps_of
from tests.unit.warehouse.release.made_up_month import MONTH, policy
from warehouse.lake import Lake


def test_a_large_township_has_more_places_than_a_small_one(tmp_path: Path) -> None:
    lake, now = Lake(tmp_path), policy()
    places = {"大镇": 4101, "小乡": 1, None: 2}
    with lake.replacing("marts/dim_household", month=str(MONTH)) as folder:
        towns = [name for name, count in places.items() for _ in range(count)]
        pq.write_table(pa.table({"township": pa.array(towns, pa.string())}), folder / "part.parquet")
    values = {"list_cap_visits": "80", "list_cap_households_per_visit": "50"}
    lines = {name: replace(now.line(name), value=value) for name, value in values.items()}
    now = replace(now, lines={**now.lines, **lines})
    assert caps_of(lake, MONTH, now) == {"": 80, "大镇": 83, "小乡": 80, "未写明乡镇": 80}
    alone = replace(now.line("list_cap_households_per_visit"), value="")
    flat = replace(now, lines={**now.lines, alone.parameter: alone})
    assert caps_of(lake, MONTH, flat) == {"": 80}
