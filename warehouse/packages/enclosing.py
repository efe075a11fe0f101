"""Workbooks of the house that go along in a package as they are, looked through like everything else that leaves."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from python_calamine import CalamineWorkbook

from warehouse.errors import NotReleased
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.packages.agreement import Agreement, Enclosed
from warehouse.packages.sealing import digests
from warehouse.release.masking import MASKED, Mask, exposed
from warehouse.release.workbook import file_word

_NOBODY = Mask("partner", MASKED, MASKED, MASKED, 0, 0, 0, 0)
# By this header the row of headers is known; a sheet without it holds words only.
_KEY = "纠错编号"


@dataclass(frozen=True)
class Enclosure:
    """A workbook that goes along: its place in the package and its bytes."""

    path: str
    content: bytes

    @property
    def described(self) -> dict[str, str]:
        """What the package says of it."""
        return {"path": self.path, **digests(self.content)}


def enclosures(agreement: Agreement, month: Month, lake: Lake) -> list[Enclosure]:
    """The workbooks that stand for the month; one that does not stand is left out.

    ``NotReleased`` when one has a column that was not agreed, or shows a whole number of a person.
    """
    found = []
    for one in agreement.enclosed:
        path = _place(one, month, lake)
        if path.is_file():
            _look_through(path, one)
            found.append(Enclosure(f"enclosed/{path.name}", path.read_bytes()))
    return found


def _place(enclosed: Enclosed, month: Month, lake: Lake) -> Path:
    folder = lake.home / "notices" / str(month)
    return folder / f"校核纠错单_{file_word(enclosed.agency)}_{month}.xlsx"


def _look_through(path: Path, enclosed: Enclosed) -> None:
    book = CalamineWorkbook.from_path(path)
    for name in book.sheet_names:
        rows = [[str(cell) for cell in row] for row in book.get_sheet_by_name(name).to_python()]
        for header in (row for row in rows if _KEY in row):
            odd = sorted({cell for cell in header if cell} - set(enclosed.columns))
            if odd:
                raise _refused(path, f"“{name}”有协议没有的列（{'、'.join(odd)}）")
        if any(exposed(cell, _NOBODY) for row in rows for cell in row):
            raise _refused(path, f"“{name}”里有完整的证件号或电话")


def _refused(path: Path, what: str) -> NotReleased:
    return NotReleased(
        f"{path.name}：{what}，整包扣下，没有给出。",
        next_step="set the agreement or the workbook right; nothing of it has left.",
    )
