"""Ways to spoil a delivery: each takes the rows of a good month (canonical column to text) and gives others.

The rows are those that the dock landed of the made-up county's own files, so every fault sits among the county's
ordinary dirt. Nothing is drawn at random: a share means every so-and-so-many-th row.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path

import xlsxwriter

from warehouse.intake.contract import Contract

Row = dict[str, str]
Rows = list[Row]
Spoil = Callable[[Rows], Rows]


def change(
    column: str, how: Callable[[str], str], *, share: float = 1.0, where: Callable[[Row], bool] | None = None
) -> Spoil:
    """Every filled cell of the column (of a share of the rows that ``where`` chooses) becomes what ``how`` makes of it."""

    def spoil(rows: Rows) -> Rows:
        chosen = [row for row in rows if row[column] and (where is None or where(row))]
        for number, row in enumerate(chosen):
            if (number + 1) * share >= int(number * share) + 1:
                row[column] = how(row[column])
        return rows

    return spoil


def put(column: str, value: str, *, share: float = 1.0, where: Callable[[Row], bool] | None = None) -> Spoil:
    """The column holds one value."""

    def spoil(rows: Rows) -> Rows:
        chosen = [row for row in rows if where is None or where(row)]
        for number, row in enumerate(chosen):
            if int((number + 1) * share) > int(number * share):
                row[column] = value
        return rows

    return spoil


def copied(column: str, other: str, *, where: Callable[[Row], bool] | None = None) -> Spoil:
    """The column holds what another holds."""

    def spoil(rows: Rows) -> Rows:
        for row in rows:
            if row[other] and (where is None or where(row)):
                row[column] = row[other]
        return rows

    return spoil


def swapped(column: str, other: str) -> Spoil:
    """Two columns changed places."""

    def spoil(rows: Rows) -> Rows:
        for row in rows:
            row[column], row[other] = row[other], row[column]
        return rows

    return spoil


def recoded(column: str, table: dict[str, str]) -> Spoil:
    """Words of a column changed places."""
    return change(column, lambda text: table.get(text.strip(), text))


def slipped(column: str, by: int = 1) -> Spoil:
    """The column slipped by some rows against the others."""

    def spoil(rows: Rows) -> Rows:
        values = [row[column] for row in rows]
        for row, value in zip(rows, values[by:] + values[:by], strict=True):
            row[column] = value
        return rows

    return spoil


def without_largest(column: str, rank: int = 0) -> Spoil:
    """All rows of a column's most common value (a township, a school) are missing."""

    def spoil(rows: Rows) -> Rows:
        gone = Counter(row[column] for row in rows).most_common()[rank][0]
        return [row for row in rows if row[column] != gone]

    return spoil


def repeated_group(column: str, times: int, rank: int = 0) -> Spoil:
    """The rows of a column's most common value stand several times."""

    def spoil(rows: Rows) -> Rows:
        again = Counter(row[column] for row in rows).most_common()[rank][0]
        return rows + [dict(row) for row in rows if row[column] == again] * (times - 1)

    return spoil


def repeated(share: float = 1.0) -> Spoil:
    """A share of the rows stands twice."""

    def spoil(rows: Rows) -> Rows:
        return rows + [dict(row) for n, row in enumerate(rows) if int((n + 1) * share) > int(n * share)]

    return spoil


def only(share: float) -> Spoil:
    """A share of the rows is all that came."""

    def spoil(rows: Rows) -> Rows:
        return rows[: int(len(rows) * share)]

    return spoil


def numbered_anew(*columns: str, prefix: str = "N") -> Spoil:
    """The numbers of a column are given out anew, equal ones alike."""

    def spoil(rows: Rows) -> Rows:
        for column in columns:
            seen: dict[str, str] = {}
            for row in rows:
                row[column] = seen.setdefault(row[column], f"{prefix}{len(seen) + 1:08d}")
        return rows

    return spoil


def times(factor: str, *columns: str) -> Spoil:
    """Amounts in another unit."""

    def spoil(rows: Rows) -> Rows:
        for row in rows:
            for column in columns:
                row[column] = multiplied(row[column], Decimal(factor))
        return rows

    return spoil


def multiplied(text: str, factor: Decimal) -> str:
    """An amount times the factor; what is no plain number stays."""
    try:
        return f"{(Decimal(text) * factor).quantize(Decimal('0.01'))}"
    except InvalidOperation:
        return text


def both(*spoils: Spoil) -> Spoil:
    """Several changes that are one fault."""

    def spoil(rows: Rows) -> Rows:
        for each in spoils:
            rows = each(rows)
        return rows

    return spoil


def year_moved(text: str, by: int) -> str:
    """A date whose four-digit year is another; other ways of writing a date stay."""
    return f"{int(text[:4]) + by}{text[4:]}" if text[:4].isdigit() and text[:2] in ("19", "20") else text


def truncated(text: str) -> str:
    """An ID without its last characters."""
    return text[:14]


def scientific(text: str) -> str:
    """An ID as a spreadsheet shows a large number."""
    return f"{float(text[:17]) * 10:.5E}" if text[:17].isdigit() else text


def garbled(text: str) -> str:
    """Text in GB18030 that was read as Latin-1."""
    return text.encode("gb18030").decode("latin-1")


def written_csv(
    path: Path, contract: Contract, rows: Sequence[Row], *, total: tuple[str, str] | None = None
) -> None:
    """The rows under the agency's usual headers; ``total`` adds a 合计 row with a figure under a column."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow([column.headers[0] for column in contract.columns])
        writer.writerows([row[column.name] for column in contract.columns] for row in rows)
        if total:
            writer.writerow(_total(contract, total))


def written_workbook(
    path: Path, contract: Contract, sheets: dict[str, Sequence[Row]], *, total: tuple[str, str] | None = None
) -> None:
    """The rows of each sheet as text cells under the agency's usual headers."""
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            page = book.add_worksheet(name)
            page.write_row(0, 0, [column.headers[0] for column in contract.columns])
            for number, row in enumerate(rows, start=1):
                for place, column in enumerate(contract.columns):
                    page.write_string(number, place, row[column.name])
            if total:
                page.write_row(len(rows) + 1, 0, _total(contract, total))


def _total(contract: Contract, total: tuple[str, str]) -> list[str]:
    cells = [total[1] if column.name == total[0] else "" for column in contract.columns]
    return ["合计", *cells[1:]]
