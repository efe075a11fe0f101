"""Look through a finished card workbook for numbers that its readers may not see."""

from __future__ import annotations

from pathlib import Path

import python_calamine

from linkage.review.form import HEADER_ROW, KEY
from warehouse.errors import NotReleased
from warehouse.release.masking import Mask, exposed


def check_cards(path: Path, mask: Mask) -> None:
    """``NotReleased`` when a cell shows a whole ID or phone to an audience that may see masked ones only.

    Whole cells are looked at, as a reader sees them: in the file a number that differs in part is cut into
    pieces, and a piece of an ID may look like a phone. The key column is ours, and half a hash may look like
    anything.
    """
    if not mask.is_masked:
        return
    rows = (
        python_calamine.CalamineWorkbook.from_path(str(path))
        .get_sheet_by_index(0)
        .to_python(skip_empty_area=False)
    )
    own = rows[HEADER_ROW].index(KEY.header)
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            broken = exposed(str(cell), mask) if cell and column != own else None
            if broken:
                raise NotReleased(
                    f"masking rule broken: a whole {broken} stands in row {number} of a card file made for "
                    f"'{mask.audience}'.",
                    next_step="mend the column that carries it; the file was not written.",
                )
