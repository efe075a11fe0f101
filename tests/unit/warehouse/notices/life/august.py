"""A small August with a faulty row, its notices handed out, and how agencies answer them."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import openpyxl

from tests.unit.warehouse.notices.small_county import (
    AUGUST,
    OTHERS,
    Says,
    SmallMonth,
    policy_of,
    write_month,
)
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.notices import stage
from warehouse.notices.absorb import absorb_notices
from warehouse.notices.handing import note_sent
from warehouse.outcomes import Outcome

INSURED, ROSTER, RURAL = "medical_enrolment", "assistance_roster", "rural_monitoring"


WRONG = Says(INSURED, id_no=OTHERS)


OTHERS_SAY = [Says(ROSTER), Says(RURAL)]


FAULTY = SmallMonth([WRONG, *OTHERS_SAY])


FIRST_OF_SEPTEMBER, LATE_SEPTEMBER = date(2026, 9, 1), date(2026, 9, 29)


def copied(august: Path, tmp_path: Path) -> Lake:
    return Lake(shutil.copytree(august, tmp_path / "home"))


def run(
    lake: Lake,
    month: Month,
    small: SmallMonth = FAULTY,
    *,
    feeds_without_rows: tuple[str, ...] = (),
    **policy: str,
) -> Outcome:
    write_month(lake, month, small, feeds_without_rows=feeds_without_rows)
    return stage.write_notices(month, lake=lake, policy=policy_of(month, **policy))


def send(lake: Lake, month: Month = AUGUST, on: date = FIRST_OF_SEPTEMBER) -> Outcome:
    return note_sent(month, (), lake=lake, by="马主任", on=on)


def book(lake: Lake, month: Month = AUGUST, agency: str = "医保") -> Path:
    return lake.home / "notices" / str(month) / f"校核纠错单_{agency}_{month}.xlsx"


def fill(path: Path, to: Path, **cells: object) -> Path:
    """Answer every row of a workbook: header of the column to value."""
    filled = openpyxl.load_workbook(path)
    for sheet in filled:
        found = next(
            (row for row in sheet.iter_rows(max_row=12) if any(c.value == "纠错编号" for c in row)), None
        )
        if found is None:
            continue
        at = {cell.value: cell.column for cell in found}
        for row in range(found[0].row + 1, sheet.max_row + 1):
            for header, value in cells.items():
                sheet.cell(row, at[header]).value = value
    to.mkdir(parents=True, exist_ok=True)
    filled.save(to / path.name)
    return to


KEPT = {
    "核查结论": "维持原登记",
    "说明": "证件在手，核对无误",
    "核查人": "李医保",
    "核查日期": date(2026, 9, 10),
}


CORRECTED = {"核查结论": "更正", "核查人": "李医保", "核查日期": date(2026, 9, 10)}


def answer(lake: Lake, tmp_path: Path, cells: dict[str, object], month: Month = AUGUST) -> Outcome:
    to = fill(book(lake, month), tmp_path / f"back-{len(list(tmp_path.iterdir()))}", **cells)
    return absorb_notices(month, returned=to, lake=lake, policy=policy_of(month), on=date(2026, 11, 20))
