"""A month that is corrected, published again, and answered."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import date
from pathlib import Path

import duckdb
import openpyxl

from tests.unit.warehouse.release.made_up_month import MONTH, give_verdicts, policy
from warehouse.lake import Lake
from warehouse.outcomes import Outcome
from warehouse.release.publish import publish, release_folder

LIST = "lists/预警清单_隆务镇_2026-10.xlsx"


SUPPLEMENT = "supplement/补充清单_{}_2026-10_第{}版.xlsx"


# One warning each of 隆务镇 (every fourth of the made-up people stands there), all listed at first.
GONE, SILENT, DEARER, NEW = "C01-000004", "R01-000004", "C01-000008", "C01-000099"


FILES = {"assistance_roster": {"roster.xlsx": "a"}, "death": {"death.csv": "d"}}


def closed(lake: Lake, feeds: dict[str, dict[str, str]]) -> None:
    plain = {"month": str(MONTH), "feeds": {
        feed: [{"file": file, "sha256": sha, "version": 1, "rows": 1} for file, sha in files.items()]
        for feed, files in feeds.items()
    }}  # fmt: skip
    with lake.replacing("closed", month=str(MONTH)) as folder:
        (folder / "closed.json").write_text(json.dumps(plain), encoding="utf-8")


def change(lake: Lake, mart: str, *statements: str) -> None:
    """Write a mart of the month anew after some SQL on its table ``t``."""
    table = "standardised/feed=assistance_roster" if mart == "roster" else f"marts/{mart}"
    con = duckdb.connect()
    part = next((lake.root / table / f"month={MONTH}").glob("*.parquet"))
    con.execute(f"CREATE TABLE t AS FROM read_parquet('{part}', hive_partitioning = false)")
    for statement in statements:
        con.execute(statement)
    keys = {"feed": "assistance_roster"} if mart == "roster" else {}
    with lake.replacing(table.partition("/feed=")[0], **keys, month=str(MONTH)) as folder:
        con.execute(f"COPY t TO '{folder}/part.parquet' (FORMAT parquet)")


def go(lake: Lake) -> Outcome:
    give_verdicts(lake)
    return publish(MONTH, lake=lake, policy=policy())


def corrected(lake: Lake) -> None:
    """A corrected roster: one warning gone, one silent, one dearer, one new; one person gone, one in another class."""
    closed(lake, {**FILES, "assistance_roster": {"roster_v2.xlsx": "b"}})
    change(
        lake, "fct_warning_monthly",
        f"DELETE FROM t WHERE warning_id = '{GONE}'",
        f"UPDATE t SET status = 'silent', status_reason = '上月已核查' WHERE warning_id = '{SILENT}'",
        f"UPDATE t SET amount = 5000, grade = '确认', since = '2026-09' WHERE warning_id = '{DEARER}'",
        f"INSERT INTO t SELECT * REPLACE ('{NEW}' AS warning_id) FROM t WHERE warning_id = 'C01-000012'",
    )  # fmt: skip
    change(
        lake, "fct_population_monthly", "DELETE FROM t WHERE person_id = 'P00000001'",
        "UPDATE t SET class = '特困人员' WHERE person_id = 'P00000003'",
    )  # fmt: skip
    change(
        lake, "roster", "DELETE FROM t WHERE row = 4",
        "UPDATE t SET case_no = 'n' || row, id_no = 'i' || row",
    )  # fmt: skip


def copy_of(lake: Lake, home: Path) -> Lake:
    shutil.copytree(lake.home, home)
    return Lake(home)


def answered(lake: Lake) -> Path:
    """The list of 隆务镇 with an answer to the warning that will be gone."""
    book = openpyxl.load_workbook(release_folder(lake, MONTH) / LIST)
    for sheet in book.worksheets[1:]:
        at = {str(cell.value): cell.column for cell in sheet[4]}
        for row in range(5, sheet.max_row + 1) if "预警编号" in at else ():
            if sheet.cell(row, at["预警编号"]).value == GONE:
                for header, value in (
                    ("核查结果", "属实"), ("拟纳入救助", "低保"), ("核查人", "更登"), ("核查日期", date(2026, 11, 5)),
                ):  # fmt: skip
                    sheet.cell(row, at[header]).value = value
    path = lake.home / "returned.xlsx"
    book.save(path)
    return path


def rows_in(path: Path, sheet: str) -> list[dict[str, object]]:
    table = list(openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True))
    at = next((n for n, row in enumerate(table) if "预警编号" in row), None)
    if at is None:
        return []
    return [dict(zip(table[at], row, strict=True)) for row in table[at + 1 :] if row[-1]]


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
