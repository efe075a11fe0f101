"""What a recipient sees of a package: its folder, its opened files, their rows."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl

from tests.unit.warehouse.packages.made_up_packages import (
    AGREEMENTS,
    MONTH,
    ON,
)
from warehouse.lake import Lake
from warehouse.packages import handling
from warehouse.packages.keys import Keys

NAMES = sorted(path.stem for path in AGREEMENTS.glob("*.yml"))


def folder_of(lake: Lake, name: str, number: int = 1) -> Path:
    return lake.home / "packages" / str(MONTH) / f"{name}-{MONTH}-{number}"


def opened(lake: Lake, keys: Keys, found: list, name: str, to: Path, number: int = 1) -> Path:
    agreement = next(one.agreement for one in found if one.agreement.agreement == name)
    verified = handling.verify(
        folder_of(lake, name, number), keys.our_certificate(agreement.recipient.suite), lake
    )
    key = agreement.recipient.key
    handling.unpack(verified, keys.partner(key, ON), keys.partner_secret(key), to)
    return to


def rows_of(path: Path) -> list[list[str]]:
    """Header and rows of a data file, by the standard library or openpyxl."""
    if path.suffix == ".xlsx":
        sheet = openpyxl.load_workbook(path, read_only=True).worksheets[0]
        return [
            ["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)
        ]
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030")
    return list(csv.reader(io.StringIO(text)))
