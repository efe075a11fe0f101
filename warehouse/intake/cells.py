"""A spreadsheet's cell as the text that a CSV of the same table would hold."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal

# A spreadsheet keeps 15 significant digits: what a float shows beyond them is noise, not data.
_DIGITS = ".15g"
_WHOLE_BELOW = 1e15


def as_text(cell: object) -> str:
    """One cell as text: whole numbers without ``.0``, long numbers without an exponent, dates as ISO.

    An 18-digit number typed as a number comes out with its last three digits 0, as the sheet shows it.
    """
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return _number_as_text(cell)
    if isinstance(cell, datetime):
        return (
            cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ", timespec="seconds")
        )
    if isinstance(cell, date | time):
        return cell.isoformat()
    return "" if cell is None else str(cell)


def _number_as_text(number: float) -> str:
    if number.is_integer() and abs(number) < _WHOLE_BELOW:
        return str(int(number))
    return format(Decimal(format(number, _DIGITS)), "f")


def row_as_text(row: Iterable[object]) -> list[str]:
    """A row of cells as text."""
    return [cell if type(cell) is str else as_text(cell) for cell in row]
