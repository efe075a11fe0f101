"""Read whatever came back as sheets of text: xlsx, xls and what WPS makes of them, csv. Bounded as at the dock.

A returned file is a stranger's file: it is read in a process of its own (``warehouse.intake.sheet_stream``), so that a
bomb, a cell in the last corner or a broken part ends that process and nothing else. Macros are never looked at.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

from warehouse.errors import DeliveryRefused, Refused
from warehouse.intake.decoding import Utf8Stream, encoding_of
from warehouse.intake.form import sniff
from warehouse.intake.limits import Limits
from warehouse.intake.workbook import sheets

Area = tuple[int, int, int, int]
_DELIMITERS = ",\t;"
_AGAIN = (
    "ask for the list again: filled in with Excel, WPS or LibreOffice, saved as .xlsx, without a password."
)


@dataclass(frozen=True)
class Page:
    """One sheet: its name (empty for a csv), its rows as text, and its merged cells (counted from 0)."""

    name: str
    rows: list[list[str]]
    areas: list[Area] = field(default_factory=list)


def pages(path: Path, limits: Limits, rows: int) -> list[Page]:
    """Every sheet of a returned file, hidden ones and filtered rows too; at most ``rows`` rows altogether.

    ``Refused`` when it is no table (a photo, a PDF, a text), is damaged, locked, or beyond the limits of the dock.
    """
    try:
        if path.stat().st_size > limits.file_bytes:
            raise DeliveryRefused(
                f"{path.name} is larger than the policy's returns.max_file_mb.", next_step=""
            )
        form = sniff(path)
        left = iter(range(rows))
        if form == "csv":
            return [Page("", _bounded(_csv_rows(path, limits), left, path, limits))]
        return [
            Page(table.sheet, _bounded(table.rows(), left, path, limits), list(table.areas))
            for table in sheets(path, form, limits)
        ]
    except DeliveryRefused as error:
        raise Refused(error.what, next_step=_AGAIN) from error


def _bounded(rows: Iterable[list[str]], left: Iterator[int], path: Path, limits: Limits) -> list[list[str]]:
    """The rows, each as wide as a table may be; a row without any cell costs nothing."""
    kept = []
    for row in rows:
        if row and next(left, None) is None:
            raise DeliveryRefused(
                f"{path.name} holds more rows than the policy's returns.max_rows.", next_step=""
            )
        kept.append(row[: limits.columns])
    return kept


def _csv_rows(path: Path, limits: Limits) -> Iterator[list[str]]:
    stream = Utf8Stream(path, encoding_of(path), line_bytes=limits.record_bytes)
    with io.TextIOWrapper(io.BufferedReader(stream), encoding="utf-8", newline="") as text:
        head = list(islice(text, limits.header_search_rows))
        delimiter = max(_DELIMITERS, key="".join(head).count)
        try:
            yield from csv.reader(
                chain([line.removeprefix("\ufeff") for line in head], text), delimiter=delimiter
            )
        except csv.Error as error:
            raise DeliveryRefused(
                f"{path.name} cannot be cut into rows: a quotation mark does not close.", next_step=""
            ) from error
