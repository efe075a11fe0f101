"""Reading an xlsx or xls sheet by sheet, hidden ones too, rows numbered as the spreadsheet shows them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import numpy as np
import python_calamine

from warehouse.errors import DeliveryRefused
from warehouse.intake.cells import row_as_text
from warehouse.intake.form import Form, date_system_of_xls, date_system_of_xlsx
from warehouse.intake.records import Batch, text_columns

_ROWS_AT_ONCE = 50_000


class SheetTable:
    """One sheet as a ``Table``."""

    def __init__(self, sheet: python_calamine.CalamineSheet, date_system: str, *, is_hidden: bool) -> None:
        self._sheet = sheet
        self.sheet = str(sheet.name)
        self.is_hidden = is_hidden
        self.date_system = date_system

    def first_rows(self, limit: int) -> list[list[str]]:
        """Up to ``limit`` first rows as text, blank ones included."""
        return [row_as_text(row) for row in islice(self._sheet.iter_rows(), limit)]

    def batches(self, width: int) -> Iterator[Batch]:
        """Every row from number 1 on, as wide as the header."""
        rows = self._sheet.iter_rows()
        start = 1
        while part := [row_as_text(row[:width]) for row in islice(rows, _ROWS_AT_ONCE)]:
            numbers = np.arange(start, start + len(part), dtype=np.int32)
            yield Batch(numbers, text_columns(part, width))
            start += len(part)


def sheets(path: Path, form: Form, *, unpacked_limit_bytes: int) -> Iterator[SheetTable]:
    """Every worksheet of a workbook, in order; refuses one that is cut off, damaged, locked or too large."""
    if form == "xlsx":
        date_system = date_system_of_xlsx(path, unpacked_limit_bytes=unpacked_limit_bytes)
    else:
        date_system = date_system_of_xls(path)
    with _damage_refused(path):
        book = python_calamine.load_workbook(path)
        pages = [page for page in book.sheets_metadata if page.typ == python_calamine.SheetTypeEnum.WorkSheet]
    for page in pages:
        with _damage_refused(path):
            sheet = book.get_sheet_by_name(page.name)
        is_hidden = page.visible != python_calamine.SheetVisibleEnum.Visible
        yield SheetTable(sheet, date_system, is_hidden=is_hidden)


@contextmanager
def _damage_refused(path: Path) -> Iterator[None]:
    """Turn whatever the reader makes of a damaged workbook into a refusal."""
    try:
        yield
    except BaseException as error:
        # A broken xls can make the reader's Rust code panic, and that is no Exception to Python.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise DeliveryRefused(
            f"{path.name} is a workbook that is cut off or damaged.",
            next_step="have the agency export it again and put the new file into the inbox.",
        ) from error
