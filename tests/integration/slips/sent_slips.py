"""A month whose slips went out, and how agencies fill them in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl

from tests.dock_support import MONTH
from tests.slips_support import WHOLE
from warehouse.lake import Lake

FEED = "assistance_payment"


NAME = f"退回单_民政_财政_{FEED}_{MONTH}.xlsx"


DAMAGED = WHOLE[:15] + "000"


def slip(lake: Lake) -> Path:
    return lake.home / "slips" / str(MONTH) / NAME


def lines(path: Path, sheet: str = "退回单") -> dict[tuple[int, str], dict[str, Any]]:
    """The slip's lines by row and column of the agency's file, as an office program reads them."""
    rows = list(openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True))
    at = next(number for number, row in enumerate(rows) if row[0] == "文件")
    found = [dict(zip(rows[at], row, strict=True)) for row in rows[at + 1 :]]
    return {(row["行号"], row["栏目"]): row for row in found}


def fill(lake: Lake, folder: Path, change: Callable[[Any, dict[str, int], dict[int, int]], None]) -> Path:
    """The slip as an agency saves it: ``change`` gets the sheet, columns by header and lines by row of the file."""
    book = openpyxl.load_workbook(slip(lake))
    sheet = book["退回单"]
    top = next(row[0].row for row in sheet.iter_rows() if row[0].value == "文件")
    at = {cell.value: cell.column for cell in sheet[top]}
    of_row = {sheet.cell(line, at["行号"]).value: line for line in range(top + 1, sheet.max_row + 1)}
    change(sheet, at, of_row)
    folder.mkdir(exist_ok=True)
    path = folder / "交回.xlsx"
    book.save(path)
    return path


def digests(home: Path) -> dict[str, str]:
    return {
        str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.rglob("*"))
        if path.is_file() and "tmp" not in path.relative_to(home).parts
    }


def fill_again(path: Path) -> Path:
    """The same slip, saved once more with other bytes."""
    book = openpyxl.load_workbook(path)
    book["退回单"]["A1"].value = "又一次"
    other = path.with_name("再次.xlsx")
    book.save(other)
    return other
