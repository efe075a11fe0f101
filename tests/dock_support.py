"""Small deliveries for the tests of the dock: one sound file of every required feed, and ways to spoil them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import xlsxwriter

from warehouse.intake.contract import Contract, contracts
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Line, Policy, read_lines
from warehouse.settings import REPOSITORY

MONTH = Month(2026, 10)
VALUES = {
    "pay_month": "202610",
    "settled_at": "2026-10-12 09:30:00",
    "received_at": "2026-10-02",
    "checked_on": "20261005",
    "month": "202610",
    "monthly_amount": "320.50",
    "amount": "320.50",
}


@cache
def _dock_lines() -> dict[str, Line]:
    return {
        line.parameter: line
        for line in read_lines(REPOSITORY / "dbt_project" / "seeds" / "policy")
        if line.region == "*" and line.parameter.startswith("intake_")
    }


def policy(month: Month = MONTH, **changed: str) -> Policy:
    """The dock's default policy, with some values changed."""
    lines = dict(_dock_lines())
    for name, value in changed.items():
        lines[name] = Line("*", name, value, "", month.first_day, None, "test", "illustrative", "")
    return Policy("*", month, lines)


def rows_of(contract: Contract, count: int) -> list[list[str]]:
    """``count`` made-up rows, one cell per column of the contract."""
    return [
        [VALUES.get(column.name, f"{column.name}{number}") for column in contract.columns]
        for number in range(count)
    ]


def headers(contract: Contract) -> list[str]:
    """The usual header words."""
    return [column.headers[0] for column in contract.columns]


def csv_bytes(rows: Sequence[Sequence[str]], encoding: str = "gb18030", line_end: str = "\r\n") -> bytes:
    """Rows as a CSV with every field unquoted but those that need it."""
    lines = [",".join(f'"{c}"' if set(c) & set(',"\n') else c for c in row) for row in rows]
    return "".join(line + line_end for line in lines).encode(encoding)


def write_csv(folder: Path, feed: str, count: int = 20, name: str = "", **how: str) -> Path:
    """A sound CSV of a feed."""
    folder.mkdir(parents=True, exist_ok=True)
    contract = contracts()[feed]
    path = folder / (name or f"{feed}.csv")
    path.write_bytes(csv_bytes([headers(contract), *rows_of(contract, count)], **how))
    return path


def write_sheets(
    path: Path, sheets: dict[str, Sequence[Sequence[object]]], hidden: Sequence[str] = ()
) -> Path:
    """A workbook with these sheets."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for place, cell in enumerate(row):
                    sheet.write(number, place, cell)
            if name in hidden:
                sheet.hide()
    return path


def roster_rows(count: int = 20, total: str = "", filled_in: str = "2026年10月25日") -> list[list[object]]:
    """A township's roster as it comes: title, 填报 row, header, rows, fillers, 合计."""
    contract = contracts()["assistance_roster"]
    at = [column.name for column in contract.columns].index("monthly_amount")
    last = ["合计"] + [""] * (len(contract.columns) - 1)
    last[at] = total or str(round(320.5 * count, 2))
    return [
        ["同仁市救助对象花名册"],
        [f"填报单位：隆务镇 填报时间：{filled_in}"],
        headers(contract),
        *rows_of(contract, count),
        [],
        ["\u3000"],
        last,
    ]


def whole_month(inbox: Path, month: Month = MONTH) -> Path:
    """Every required feed, sound, in ``inbox/<month>/``; returns that folder."""
    folder = inbox / str(month)
    for feed, contract in contracts().items():
        if contract.required and feed != "assistance_roster":
            write_csv(folder, feed)
    write_sheets(
        folder / "assistance_roster.xlsx", {"隆务镇": roster_rows(), "年都乎乡": roster_rows(5), "空": []}
    )
    return folder


def lake_in(tmp_path: Path) -> Lake:
    """A fresh home."""
    return Lake(tmp_path / "home")
