"""Rows of a table that are no data: titles, header, fillers, totals, notes below the table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from warehouse.intake.contract import Contract
from warehouse.intake.header import Header
from warehouse.intake.records import Batch
from warehouse.intake.words import fold, fold_bare, is_blank, words

# A total below a table of which only one column is required: the word and a figure.
_FEW = 2

# What may stand around a header's word where it is printed again: a mark of the encoding, blanks.
_AROUND = "\ufeff\u200b\u3000\u00a0 \t\r\n*"

Furniture = Literal["title", "header", "filler", "total", "subtotal", "note"]


def kind_of(cells: Sequence[str], header: Header) -> Furniture | None:
    """What kind of furniture a row below the header is; None for a row of data."""
    filled = [index for index, cell in enumerate(cells) if not is_blank(cell)]
    if not filled or set(filled) <= set(header.numbering):
        return "filler"
    folded = [fold(cells[index]) for index in filled]
    for level in header.levels:
        if all(index < len(level) and folded[at] == fold(level[index]) for at, index in enumerate(filled)):
            return "header"
    for cell in folded:
        bare = fold_bare(cell)
        if bare in words().total:
            return "total"
        if bare in words().subtotal:
            return "subtotal"
    if any(folded[0].startswith(word) for word in words().note):
        return "note"
    return None


def suspects(batch: Batch, header: Header, contract: Contract) -> npt.NDArray[np.bool_]:
    """The rows that may be furniture and are worth a look: few required columns filled, or the header's words.

    Done on whole columns, so that only a handful of rows is ever looked at one by one.
    """
    required = [header.position[column.name] for column in contract.columns if column.required]
    looked_at = required if len(required) > 1 else list(header.position.values())
    filled = np.zeros(len(batch.numbers), dtype=np.int32)
    for index in looked_at:
        stripped = pc.utf8_trim_whitespace(batch.columns[index])
        filled += np.asarray(pc.not_equal(stripped, ""), dtype=np.int32)
    few = filled <= (len(looked_at) // 2 if len(required) > 1 else _FEW)
    # A header printed again on every page fills all the columns, with the header's own words.
    for level in header.levels:
        word = level[required[0]] if required[0] < len(level) else ""
        if not is_blank(word):
            seen = pc.utf8_trim(batch.columns[required[0]], characters=_AROUND)
            few |= np.asarray(pc.equal(seen, word.strip(_AROUND)), dtype=np.bool_)
    return few


@dataclass(frozen=True)
class Total:
    """A 合计 or 小计 row with a figure: its row number, the figure, the sum of its rows, whether they are one."""

    row: int
    stated: Decimal
    summed: Decimal
    agrees: bool


@dataclass
class Totals:
    """The running sum of a sheet's total column, checked against each 合计 row on the way."""

    running: Decimal = Decimal(0)
    since_last: Decimal = Decimal(0)
    checked: list[Total] = field(default_factory=list)

    @property
    def mismatched_rows(self) -> list[int]:
        """The rows whose figure is not the sum of their rows."""
        return [total.row for total in self.checked if not total.agrees]

    def add(self, column: pa.Array) -> None:
        """Add the values of rows of data; what is no number counts as nothing."""
        for value, count in Counter(column.to_pylist()).items():
            amount = money(value)
            if amount is not None:
                self.running += amount * count
                self.since_last += amount * count

    def check(self, number: int, written: str, *, ends_section: bool) -> None:
        """Compare a 合计 row's figure: it may sum the sheet so far or the rows since the last one.

        A 小计 (``ends_section``) sums the rows since the last one.
        """
        amount = money(written)
        sums = (self.since_last,) if ends_section else (self.running, self.since_last)
        if amount is not None:
            # Of two sums that it may mean, the one that it comes nearest to.
            nearest = min(sums, key=lambda summed: abs(summed - amount))
            self.checked.append(Total(number, amount, nearest, amount in sums))
        self.since_last = Decimal(0)


def money(text: str) -> Decimal | None:
    """A figure as it stands in a sheet (thousands commas, ¥, full width), or None."""
    folded = fold(text).replace(",", "").lstrip("¥").removesuffix("元")
    try:
        found = Decimal(folded)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
