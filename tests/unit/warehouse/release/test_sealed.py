"""A masked workbook is looked through as it lies on disk: whole numbers are found, sums with a fraction are none."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from warehouse.errors import NotReleased
from warehouse.release.masking import MASKED, WHOLE, Mask
from warehouse.release.sealed import check_sealed

PAPER = Mask("paper", MASKED, MASKED, WHOLE, 6, 4, 3, 4)


def _book(path: Path, cell: object) -> Path:
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write(0, 0, cell)
    return path


# 8.8 stands in the file as 8.800000000000001: fifteen digits behind the point.
@pytest.mark.parametrize("cell", [8.8, 0.1 + 0.2, 1.13812345678, -17.7, 1e-9, 20_000, "8.8"])
def test_a_figure_is_nobody(tmp_path: Path, cell: object) -> None:
    check_sealed(_book(tmp_path / "a.xlsx", cell), PAPER, shown_as="a.xlsx")


@pytest.mark.parametrize(
    "cell", ["632321199001011415", 632321900101141, "共 1.5 元 13912345678", 13912345678]
)
def test_a_whole_number_is_found_as_text_and_as_figure(tmp_path: Path, cell: object) -> None:
    with pytest.raises(NotReleased, match=r"a whole (ID|phone) stands in"):
        check_sealed(_book(tmp_path / "a.xlsx", cell), PAPER, shown_as="a.xlsx")
