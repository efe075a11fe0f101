"""Cells that a spreadsheet would run, in an otherwise good delivery: in whatever goes out again they are text."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from tests.dock_support import MONTH
from tests.slips_support import POLICY, deliver, run
from tests.unit.warehouse.release import made_up_month
from warehouse.lake import Lake
from warehouse.release.publish import publish, release_folder
from warehouse.slips.stage import write_slips

WORDS = (
    "=cmd|' /C calc'!A0", "@SUM(1+1)*cmd|' /C calc'!A0", "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0",
    '=HYPERLINK("http://example.org","点这里")', "=1+1",
)  # fmt: skip
# What makes a program compute, fetch or follow: a formula, a link out of the book, a table of another one. Links from a
# row to its card inside the book are ours.
_FORMULA, _LINK = re.compile(rb"<f[ >/]"), re.compile(rb'TargetMode="External"|<ddeLink')


def harmful(path: Path) -> list[str]:
    """The parts of a workbook that hold a formula or a link, as its bytes say."""
    with zipfile.ZipFile(path) as book:
        return [
            name
            for name in book.namelist()
            if name.startswith("xl/externalLinks")
            or _LINK.search(book.read(name))
            or (name.startswith("xl/worksheets/") and _FORMULA.search(book.read(name)))
        ]


def texts(path: Path) -> set[str]:
    """Every text cell of a workbook; a formula counts as none."""
    return {
        cell.value
        for sheet in openpyxl.load_workbook(path)
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "s" and isinstance(cell.value, str)
    }


def test_the_look_finds_what_it_looks_for(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "=1+1"
    book.save(tmp_path / "formula.xlsx")
    book.active["A1"] = "word"
    book.active["A1"].hyperlink = "http://example.org"
    book.save(tmp_path / "link.xlsx")
    assert harmful(tmp_path / "formula.xlsx") and harmful(tmp_path / "link.xlsx")


def test_every_workbook_of_a_release_holds_them_as_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(made_up_month, "FAMILY", WORDS)
    lake = made_up_month.make(tmp_path, people=24, village=WORDS[0])
    publish(MONTH, lake=lake, policy=made_up_month.policy())
    books = sorted(release_folder(lake, MONTH).rglob("*.xlsx"))
    assert {path.parent.name for path in books} >= {"lists", "ledger", "paper", "registers", "forms"}
    assert {path.name: found for path in books if (found := harmful(path))} == {}
    lists = [path for path in books if path.parent.name == "lists" and "全市" not in path.name]
    assert set(WORDS) <= {cell for path in lists for cell in texts(path)}, (
        "the lists show the names as they came"
    )


def test_the_slips_of_a_delivery_hold_them_as_text(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "home")
    rows = [{"case_no": f"C{n}", "name": word, "pay_status": word} for n, word in enumerate(WORDS)]
    deliver(
        tmp_path, "assistance_payment", [*rows, {"case_no": WORDS[0], "name": WORDS[1], "amount": WORDS[2]}]
    )
    run(tmp_path, lake)
    write_slips(MONTH, lake=lake, policy=POLICY)
    slips = sorted((lake.home / "slips").rglob("*.xlsx"))
    assert slips
    assert {path.name: found for path in slips if (found := harmful(path))} == {}
    assert {WORDS[0], WORDS[-1]} <= {cell for path in slips for cell in texts(path)}
