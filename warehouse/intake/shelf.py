"""The dock's tables beside ``landed``: quarantine, row account and totals, and the quarantine copy for people."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from warehouse.intake.furniture import Total
from warehouse.intake.landing import Landing, SheetAccount
from warehouse.intake.naming import shown_name
from warehouse.intake.words import words
from warehouse.lake import Lake, replacing_folder
from warehouse.months import Month
from warehouse.small_tables import read_table

QUARANTINE = pa.schema(
    [
        ("feed", pa.string()),
        ("file", pa.string()),
        ("sheet", pa.string()),
        ("row", pa.int32()),
        ("reason", pa.string()),
    ]
)
_COUNTS = ("rows", "landed", "quarantined", "furniture")
ROW_ACCOUNT = pa.schema(
    [
        ("feed", pa.string()),
        ("file", pa.string()),
        ("sheet", pa.string()),
        *((name, pa.int32()) for name in _COUNTS),
    ]
)
# Every 合计 and 小计 row with a figure; ``agrees`` is told of the figures as they stood, to the last decimal.
TOTALS = pa.schema(
    [
        ("feed", pa.string()),
        ("file", pa.string()),
        ("sheet", pa.string()),
        ("row", pa.int32()),
        ("stated", pa.decimal128(18, 2)),
        ("summed", pa.decimal128(18, 2)),
        ("agrees", pa.bool_()),
    ]
)
_CENT = Decimal("0.01")
_LARGEST = Decimal(10) ** 16
_FORMULA = ("=", "+", "-", "@", "|", "%", "\t", "＝", "＋", "－", "＠")
_TITLES = ("文件", "工作表", "行号", "原因")


def write(lake: Lake, month: Month, landings: dict[str, dict[str, Landing]]) -> None:
    """Replace the month's quarantine, row account, totals and ``HOME/quarantine/<month>/<feed>.csv``.

    ``landings``: feed to file to what reading it gave.
    """
    files = [
        (feed, file, landing) for feed, of in sorted(landings.items()) for file, landing in sorted(of.items())
    ]
    aside: list[dict[str, Any]] = [
        {"feed": feed, "file": file, "sheet": sheet, "row": row, "reason": reason}
        for feed, file, landing in files
        for sheet, row, reason in landing.quarantine
    ]
    accounts = [
        {"feed": feed, "file": file, **vars(a)} for feed, file, landing in files for a in landing.accounts
    ]
    with lake.replacing("quarantine", month=str(month)) as folder:
        pq.write_table(pa.Table.from_pylist(aside, schema=QUARANTINE), folder / "quarantine.parquet")
    with lake.replacing("row_account", month=str(month)) as folder:
        pq.write_table(pa.Table.from_pylist(accounts, schema=ROW_ACCOUNT), folder / "row_account.parquet")
    totals = [
        {"feed": feed, "file": file, "sheet": sheet, **_cents(total)}
        for feed, file, landing in files
        for sheet, total in landing.totals
    ]
    with lake.replacing("totals", month=str(month)) as folder:
        pq.write_table(pa.Table.from_pylist(totals, schema=TOTALS), folder / "totals.parquet")
    with replacing_folder(lake.home / "quarantine" / str(month)) as folder:
        for feed in sorted({row["feed"] for row in aside}):
            _write_for_people(folder / f"{feed}.csv", (row for row in aside if row["feed"] == feed))


def kept_landing(lake: Lake, month: Month, feed: str, file: str, form: str, encoding: str) -> Landing:
    """What an earlier receive of this month wrote down about a file that stays on the shelf."""
    found = Landing(form, encoding)
    for row in _of(lake, "quarantine", month, feed, file):
        found.quarantine.append((row["sheet"], row["row"], row["reason"]))
    for row in _of(lake, "row_account", month, feed, file):
        found.accounts.append(SheetAccount(row["sheet"], *(row[name] for name in _COUNTS)))
        found.furniture["kept"] += row["furniture"]
    for row in _of(lake, "totals", month, feed, file):
        figures = (row["stated"] or Decimal(0), row["summed"] or Decimal(0))
        found.totals.append((row["sheet"], Total(row["row"], *figures, row["agrees"])))
    return found


def _cents(total: Total) -> dict[str, Any]:
    """A total as the table keeps it; a figure that no sum of money can be is left out."""
    figures = {"stated": total.stated, "summed": total.summed}
    kept = {name: f.quantize(_CENT) if abs(f) < _LARGEST else None for name, f in figures.items()}
    return {"row": total.row, **kept, "agrees": total.agrees}


def _of(lake: Lake, table: str, month: Month, feed: str, file: str) -> list[dict[str, Any]]:
    path = lake.partition(table, month=str(month)) / f"{table}.parquet"
    if not path.exists():
        return []
    kept = read_table(path)
    wanted = pc.and_(pc.equal(kept["feed"], feed), pc.equal(kept["file"], file))
    return list(kept.filter(wanted).to_pylist())


def _write_for_people(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Places and reasons only: what stood in the row stays in the agency's file."""
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(_TITLES)
        for row in rows:
            reason = words().reasons.get(str(row["reason"]), row["reason"])
            writer.writerow([_as_text(row["file"]), _as_text(row["sheet"]), row["row"], reason])


def _as_text(name: str) -> str:
    """A name as a cell that no spreadsheet takes for a formula: whoever names a sheet could have it run something."""
    shown = shown_name(name)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown
