"""Run as a process of its own: reads one workbook and writes its sheets to standard output as a stream.

``python -m warehouse.intake.sheet_stream PATH FORM UNPACKED_BYTES MEMORY_BYTES SECONDS``. What comes out are
marshalled tuples, the first word of each says what it is (``warehouse.intake.workbook`` reads them):
``("sheet", name, is_hidden, date_system, areas)``, ``("rows", rows)``, ``("refused", what, next_step)``, ``("end",)``.

The native reader may panic, ask for all the memory there is, or never end over a hostile file: here it can only
end itself. So this module imports little (a start costs some 50 ms) and bounds itself before it opens anything.
"""

from __future__ import annotations

import marshal
import resource
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import python_calamine

from warehouse.errors import DeliveryRefused
from warehouse.intake.cells import row_as_text
from warehouse.intake.form import RESEND, date_system_of_xls, date_system_of_xlsx
from warehouse.intake.sheet_marks import LAST_COLUMN, LAST_ROW, Marks, marks_of

# Cells that travel at once: enough to be quick, few enough that wide sheets do not pile up.
_CELLS_AT_ONCE = 1_500_000
_ROWS_AT_ONCE = 50_000
# Between the signal that tells the time is over and the one that cannot be told from the system's own.
_GRACE_SECONDS = 5


def main(path: Path, form: str, unpacked_bytes: int, memory_bytes: int, seconds: int) -> None:
    """Write the stream of one workbook; ends with ``("end",)`` or ``("refused", …)``."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + _GRACE_SECONDS))
    try:
        for message in _messages(path, form, unpacked_bytes):
            _say(message)
        _say(("end",))
    except DeliveryRefused as refusal:
        _say(("refused", refusal.what, refusal.next_step))


def _say(message: tuple[Any, ...]) -> None:
    marshal.dump(message, sys.stdout.buffer)
    sys.stdout.buffer.flush()


def _messages(path: Path, form: str, unpacked_bytes: int) -> Iterator[tuple[Any, ...]]:
    marks: list[Marks] = []
    try:
        if form == "xlsx":
            date_system = date_system_of_xlsx(path, unpacked_limit_bytes=unpacked_bytes)
        else:
            date_system = date_system_of_xls(path)
        book = _opened(path, form)
        pages = book.sheets_metadata
        if len({page.name for page in pages}) < len(pages):
            # The reader finds a sheet by its name: one of the two would be read twice, the other never.
            raise DeliveryRefused(f"{path.name} has two sheets of one name.", next_step=RESEND)
        if form == "xlsx":
            marks = marks_of(path, [page.name for page in pages])
        for place, page in enumerate(pages):
            if page.typ != python_calamine.SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_index(place)
            if sheet.total_height > LAST_ROW or sheet.total_width > LAST_COLUMN:
                raise DeliveryRefused(
                    f"{path.name}, sheet '{page.name}', claims cells beyond a spreadsheet's last row or column.",
                    next_step=RESEND,
                )
            is_hidden = page.visible != python_calamine.SheetVisibleEnum.Visible
            areas = [(*first, *last) for first, last in sheet.merged_cell_ranges or []]
            yield ("sheet", str(page.name), is_hidden, date_system, areas)
            yield from _rows(sheet, marks[place] if marks else {})
    except (DeliveryRefused, MemoryError):
        raise
    except python_calamine.PasswordError as error:
        raise DeliveryRefused(
            f"{path.name} is locked with a password.", next_step="have the agency send it without one."
        ) from error
    except BaseException as error:
        # A broken workbook can make the reader's Rust code panic, and that is no Exception to Python.
        raise DeliveryRefused(
            f"{path.name} is a workbook that is cut off or damaged.", next_step=RESEND
        ) from error


def _opened(path: Path, form: str) -> python_calamine.CalamineWorkbook:
    """The workbook as what it is; only where its name says so can it be read from the disk."""
    if path.suffix.lower() == f".{form}":
        return python_calamine.CalamineWorkbook.from_path(str(path))
    with path.open("rb") as handle:
        return python_calamine.CalamineWorkbook.from_filelike(handle)


def _rows(sheet: python_calamine.CalamineSheet, marks: Marks) -> Iterator[tuple[Any, ...]]:
    """A sheet's rows as text, each without the empty cells at its end, the marked cells saying their mark."""
    rows = sheet.iter_rows()
    at_once = max(1, min(_ROWS_AT_ONCE, _CELLS_AT_ONCE // max(1, sheet.total_width)))
    number = 0
    while part := list(islice(rows, at_once)):
        texts = []
        for row in part:
            text = row_as_text(row)
            for column, mark in marks.get(number, {}).items():
                text += [""] * (column + 1 - len(text))
                text[column] = mark
            while text and not text[-1]:
                text.pop()
            texts.append(text)
            number += 1
        yield ("rows", texts)
    beyond = [row for row in marks if row >= number]
    if beyond:
        # Below the last cell that has a value stand formulas without one.
        texts = [[] for _ in range(max(beyond) + 1 - number)]
        for row in beyond:
            for column, mark in marks[row].items():
                texts[row - number] += [""] * (column + 1 - len(texts[row - number]))
                texts[row - number][column] = mark
        yield ("rows", texts)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], *(int(bound) for bound in sys.argv[3:6]))
