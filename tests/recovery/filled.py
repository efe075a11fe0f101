"""What people send back, filled in as they would: return slips, cards of the review, warning lists."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl

from console.county.reviewers import fill_cards
from warehouse import policy as policies
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.settings import REPOSITORY

ANSWER = {"核查结果": "属实", "拟纳入救助": "低保", "核查人": "更登", "核查日期": date(2026, 11, 5)}
_HEADER_WITHIN = 30


def filled_slips(home: Path, month: Month, to: Path, county: Path) -> None:
    """Every slip of the month with a word in each open line."""
    _fill(sorted((home / "slips" / str(month)).glob("*.xlsx")), to, {"更正值": "不详"})


def filled_lists(home: Path, month: Month, to: Path, county: Path) -> None:
    """The lists of all townships, every warning confirmed."""
    found = sorted((home / "release" / str(month) / "lists").glob("*.xlsx"))
    _fill([path for path in found if "_全市_" not in path.name and "纸质" not in path.name], to, ANSWER)


def filled_cards(home: Path, month: Month, to: Path, county: Path) -> None:
    """The cards of both seats, answered by the planted truth."""
    policy = policies.load(REPOSITORY / "dbt_project" / "seeds" / "policy", "tongren", month)
    assert fill_cards(month, lake=Lake(home), policy=policy, county=county, out=to)


def _fill(books: list[Path], to: Path, answers: dict[str, object]) -> None:
    to.mkdir(parents=True)
    assert books
    for path in books:
        book = openpyxl.load_workbook(path)
        for sheet in book:
            rows = sheet.iter_rows(max_row=_HEADER_WITHIN)
            at = next((row for row in rows if set(answers) <= {cell.value for cell in row}), None)
            columns = {cell.value: cell.column for cell in at or ()}
            for row in range(at[0].row + 1, sheet.max_row + 1) if at else ():
                for header, value in answers.items():
                    sheet.cell(row, columns[header]).value = value
        book.save(to / path.name)
