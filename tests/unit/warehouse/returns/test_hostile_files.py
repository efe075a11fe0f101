"""What is no list is refused by its name and harms nothing."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.warehouse.returns.judged_lists import BOUNDS, TWO, judged
from tests.unit.warehouse.returns.tiny_list import (
    as_csv,
    rows,
    saved,
    sheet_of,
)
from warehouse.errors import Refused
from warehouse.returns.absorb import _OPTIONAL, COLUMNS
from warehouse.returns.forms import Bounds, read_form


def a_photo(path: Path) -> None:
    path.write_bytes(b"\xff\xd8\xff\xe0" + bytes(range(256)) * 8)


def a_bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", "<workbook/>")
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(BOUNDS.limits.unpacked_bytes // (16 << 20) + 1):
                part.write(bytes(16 << 20))


def entities(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("xl/workbook.xml", '<!DOCTYPE x [<!ENTITY a "b">]><workbook/>')


def locked(path: Path) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096))


def a_page(path: Path) -> None:
    path.write_text("<html><table><tr><td>预警编号</td></tr></table></html>", encoding="utf-8")


def far_cell(path: Path) -> None:
    page = sheet_of(rows(**TWO))
    page.cell(1_048_576, 16_384).value = "x"
    saved(page, path)


def another_table(path: Path) -> None:
    sheet_of([["1", "别的"]], ["序号", "姓名"]).parent.save(path)  # type: ignore[union-attr]


HOSTILE = {
    "a photo": a_photo, "unpacks to gigabytes": a_bomb, "entities": entities, "locked or damaged": locked,
    "a web page": a_page, "a cell in the last corner": far_cell, "another table": another_table,
}  # fmt: skip


@pytest.mark.parametrize("spoil", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_no_list_is_refused_with_its_name(spoil: Callable[[Path], None], tmp_path: Path) -> None:
    spoil(tmp_path / "list.xlsx")
    with pytest.raises(Refused, match=r"list\.xlsx"):
        judged(tmp_path / "list.xlsx")


def test_rows_without_end_are_refused(tmp_path: Path) -> None:
    path = as_csv(tmp_path / "list.csv", rows(**TWO), "utf-8")
    with pytest.raises(Refused, match="more rows than"):
        read_form(path, COLUMNS, _OPTIONAL, bounds=Bounds(BOUNDS.limits, 3))
