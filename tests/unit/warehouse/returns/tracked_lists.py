"""Lists that went out month by month, answers to them, and how they are tracked."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.unit.warehouse.release.made_up_month import policy
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.release import sent
from warehouse.returns import dispositions
from warehouse.returns.track import track

DUE = {"2026-08": date(2026, 9, 30), "2026-09": date(2026, 10, 30), "2026-10": date(2026, 11, 30)}


def hand_out(lake: Lake, month: Month, *keys: str, version: int = 1, **of: dict[str, Any]) -> None:
    """One version of a month's lists; ``of`` says what is other than usual of a warning."""
    rows = [
        {
            "warning_id": key, "rule_id": "R01" if key < "m" else "D01", "title": "事项", "person_id": f"P{key}",
            "household_id": f"H{key}", "township": "隆务镇" if key < "g" else "保安镇", "village": "村", "grade": "疑似",
            "feeds": ["death"], "fingerprint": "same", "standing": "same", "clock": "月度", "due_on": DUE[str(month)],
            "name_checks": [], "is_carried": False, "version": version, **of.get(key, {}),
        }
        for key in keys
    ]  # fmt: skip
    folder = lake.partition("sent", month=str(month))
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows, schema=sent.SCHEMA), folder / f"{version:03d}-x.parquet")


def answer(
    lake: Lake, filed: Month, key: str, on: str, result: str = "属实", of: Month | None = None
) -> None:
    row = {
        "warning_id": key, "result": result, "aid": "", "reason_not": "", "reason_words": "", "identity": "", "checked_by": "更登", "checked_on": date.fromisoformat(on),
        "list_month": str(of or filed), "row": 5,
    }  # fmt: skip
    folder = lake.partition("dispositions", month=str(filed))
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist([row], schema=dispositions.SCHEMA), folder / f"{key}-{on}.parquet")


def open_items(lake: Lake, month: Month, *keys: str) -> None:
    """What the month's warehouse holds for open."""
    keep(lake, "marts/fct_open_item_monthly", month, [{"warning_id": key} for key in keys])


def keep(lake: Lake, table: str, month: Month, rows: list[dict[str, Any]]) -> None:
    folder = lake.partition(table, month=str(month))
    folder.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(rows), folder / "part.parquet")


def tracked(lake: Lake, month: Month, on: str) -> dict[tuple[str, int], dict[str, Any]]:
    track(month, lake=lake, policy=policy(), on=date.fromisoformat(on))
    path = lake.partition("tracking", month=str(month)) / "tracking.parquet"
    return {(row["warning_id"], row["round"]): row for row in pq.read_table(path).to_pylist()}


def state(row: dict[str, Any]) -> tuple[Any, ...]:
    return (row["state"], row["ended_by"], row["days_late"])
