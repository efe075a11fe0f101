"""What every reader hands on: the first rows of a table, then its records in batches, each with its number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, zip_longest
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa


@dataclass
class Batch:
    """Some records of a table: their numbers, their columns as text (one array per column of the file),
    ``faulty``: number and reason of records that could not be cut into the table's columns, ``short``: the
    numbers of records with too few fields, which may yet be a title, a filler or a total."""

    numbers: npt.NDArray[np.int32]
    columns: list[pa.Array]
    faulty: list[tuple[int, str]] = field(default_factory=list)
    short: set[int] = field(default_factory=set)


class Table(Protocol):
    """One CSV file or one sheet. ``sheet`` is empty for a CSV; ``date_system`` is ``1900``, ``1904`` or empty;
    ``merged``: first and last row (0-based) of each merged area that reaches over several rows."""

    sheet: str
    merged: list[tuple[int, int]]
    is_hidden: bool
    date_system: str

    def first_rows(self, limit: int) -> list[list[str]]:
        """Up to ``limit`` first records as text, blank ones included."""
        ...

    def batches(self, width: int) -> Iterator[Batch]:
        """Every record, the first one (number 1) included; ``width`` is how many columns the header has."""
        ...


def text_columns(rows: list[list[str]], width: int) -> list[pa.Array]:
    """Rows of text as columns, short rows filled with empty text."""
    columns = [pa.array(column, pa.string()) for column in islice(zip_longest(*rows, fillvalue=""), width)]
    return columns + [pa.array([""] * len(rows), pa.string())] * (width - len(columns))
