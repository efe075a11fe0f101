"""A list of five made-up warnings, and whatever people may do to it before it comes back."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from warehouse.months import Month
from warehouse.release.list_columns import ANSWERS, KEYS
from warehouse.release.sent import name_check
from warehouse.returns.answers import Listed

MONTH = Month(2026, 10)
HEADERS = [
    "序号",
    "姓名",
    "身份证号码",
    "预警事项",
    "依据",
    *(c.header for c in ANSWERS),
    *(c.header for c in KEYS),
]
NAMES = {"P1": "卓玛才让", "P2": "扎西东智", "P3": "马成龙", "P4": "韩玉兰"}
# The first two are of one person; the last was on a list of an earlier month only.
WARNINGS = (
    ("W1", "P1", "医疗负担过重"), ("W2", "P1", "困难学生未受资助"), ("W3", "P2", "死亡后仍发放"), ("W4", "P3", "死亡后仍发放"),
    ("W5", "P4", "在册监测未纳入救助"),
)  # fmt: skip
DONE = {"核查结果": "属实", "拟纳入救助": "低保", "核查人": "更登", "核查日期": "2026-11-05"}


def listed() -> dict[str, Listed]:
    """What was handed out, as absorb knows it: W5 stood on the list of August, W1 on that of September, too."""
    months = {"W5": ("2026-08",), "W1": ("2026-09", "2026-10")}
    return {
        key.casefold(): Listed(
            key,
            "R01",
            at,
            dict.fromkeys(at, person),
            frozenset({name_check(NAMES[person])}),
            frozenset({title}),
        )
        for key, person, title in WARNINGS
        for at in (months.get(key, ("2026-10",)),)
    }


def rows(**answers: dict[str, Any]) -> list[list[Any]]:
    """The rows of the list as handed out, filled in as ``answers`` say (by number of the warning)."""
    made = []
    for place, (key, person, title) in enumerate(WARNINGS, start=1):
        seen = {
            "序号": place,
            "姓名": NAMES[person],
            "预警事项": title,
            "依据": "数据：1 行",
            "人员编号": person,
            "预警编号": key,
        }
        seen |= answers.get(key, {})
        made.append([seen.get(header) for header in HEADERS])
    return made


def sheet_of(table: Sequence[Sequence[Any]], headers: Sequence[Any] = HEADERS, above: int = 3) -> Worksheet:
    """The list on a sheet of a new workbook: lines above it, its header, its rows."""
    book = openpyxl.Workbook()
    page = book.active
    assert isinstance(page, Worksheet)
    page.title = "第1村"
    for _ in range(above):
        page.append(["同仁市预警核查清单"])
    page.append(list(headers))
    for row in table:
        page.append(list(row))
    return page


def saved(page: Worksheet, path: Path) -> Path:
    """The sheet's workbook on the disk."""
    assert page.parent is not None
    page.parent.save(path)
    return path


def as_csv(path: Path, table: Sequence[Sequence[Any]], encoding: str, delimiter: str = ",") -> Path:
    """The list as a spreadsheet program writes it as text."""
    with path.open("w", encoding=encoding, newline="") as out:
        writer = csv.writer(out, delimiter=delimiter)
        writer.writerows([["清单"], HEADERS, *table])
    return path


def column(header: str) -> int:
    """Its place, counted from 0."""
    return HEADERS.index(header)


def day(text: object) -> dict[str, dict[str, Any]]:
    """One answer, given on that day."""
    return {"W1": {**DONE, "核查日期": text}}


A_DAY = date(2026, 11, 5)
