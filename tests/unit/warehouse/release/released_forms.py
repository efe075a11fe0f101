"""How forms are read back: cells of a workbook, one figure of a place."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import openpyxl

from tests.unit.warehouse.release.made_up_month import (
    MONTH,
)
from warehouse.policy import Policy

DIBAO = "class_persons:最低生活保障对象"


def in_a_quarters_month(now: Policy) -> Policy:
    """The month as the one from which quarterly forms and reports are made."""
    lines = dict(now.lines)
    for name in ("forms.quarter_months", "forms.quarter_report_months"):
        lines[name] = dataclasses.replace(lines[name], value=str(MONTH.number))
    return dataclasses.replace(now, lines=lines)


def cells_of(path: Path) -> list[tuple[str, list[list[object]]]]:
    book = openpyxl.load_workbook(path)
    return [(sheet.title, [list(row) for row in sheet.iter_rows(values_only=True)]) for sheet in book]
