"""Policy packs from a folder: read, checked as one, and what is in force for a region and month."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from warehouse.errors import Misconfigured
from warehouse.months import Month
from warehouse.policy.check import Fault, faults_among
from warehouse.policy.lines import COLUMNS, EVERYWHERE, Line, Policy, in_force
from warehouse.policy.parameters import parameters


@dataclass(frozen=True)
class Packs:
    """What a folder holds: its lines in file and line order, and what is wrong with them."""

    lines: tuple[Line, ...]
    faults: tuple[Fault, ...]

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions that have a line of their own."""
        return tuple(sorted({line.region for line in self.lines} - {EVERYWHERE}))


def load(folder: Path, region: str, month: Month) -> Policy:
    """What is in force in a region on the last day of the month.

    ``Misconfigured`` when the packs have a fault or the region is unknown.
    """
    lines = read_lines(folder)
    regions = sorted({line.region for line in lines} - {EVERYWHERE})
    if region not in regions:
        raise Misconfigured(
            f"there is no policy pack for region '{region}'.",
            next_step=f"choose one of: {', '.join(regions) or 'none yet'}.",
        )
    return in_force(lines, region, month)


def read_lines(folder: Path) -> list[Line]:
    """Every line of every pack in a folder, in file and line order; ``Misconfigured`` when one has a fault."""
    found = read_packs(folder)
    if found.faults:
        first, more = found.faults[0], len(found.faults) - 1
        others = f" And {more} more: doudi policy check shows them." if more else ""
        raise Misconfigured(f"policy pack {first.sentence}.{others}", next_step=f"{first.next_step}.")
    return list(found.lines)


def read_packs(folder: Path) -> Packs:
    """Every line that can be read, and every fault; ``Misconfigured`` when the folder holds no pack."""
    texts = tuple((path.name, path.read_bytes()) for path in sorted(folder.glob("*.csv")))
    if not texts:
        raise Misconfigured(
            f"no policy pack in '{folder.name}'.", next_step="point --policy at a folder of CSV packs."
        )
    return _packs(texts)


# A run asks in every stage, and the files are the same: what they say decides, not when they were written.
@lru_cache(maxsize=8)
def _packs(texts: tuple[tuple[str, bytes], ...]) -> Packs:
    lines: list[Line] = []
    unreadable: list[Fault] = []
    for file, text in texts:
        for read in _file(file, text):
            (lines if isinstance(read, Line) else unreadable).append(read)  # type: ignore[arg-type]
    return Packs(tuple(lines), (*unreadable, *faults_among(lines, parameters())))


def _file(file: str, text: bytes) -> Iterator[Line | Fault]:
    try:
        decoded = text.decode("utf-8-sig")  # Excel puts a mark before the first column's name
    except UnicodeDecodeError:
        yield Fault(file, 0, "", "it is not written in UTF-8", "save it as 'CSV UTF-8'")
        return
    reader = csv.DictReader(io.StringIO(decoded, newline=""))
    if tuple(reader.fieldnames or ()) != COLUMNS:
        yield Fault(file, 1, "", f"its columns are not {', '.join(COLUMNS)}", "mend its header")
        return
    for row in reader:
        yield _line(file, reader.line_num, row)


def _line(file: str, number: int, row: dict[str, str]) -> Line | Fault:
    if None in row or None in row.values():
        return Fault(
            file, number, row["parameter"] or "", "it has too many cells or too few", "mend its commas"
        )
    cells = {column: cell.strip() for column, cell in row.items()}
    try:
        first = date.fromisoformat(cells.pop("valid_from"))
        last = cells.pop("valid_to")
        return Line(
            **cells,
            valid_from=first,
            valid_to=date.fromisoformat(last) if last else None,
            file=file,
            row=number,
        )
    except ValueError:
        return Fault(file, number, cells["parameter"], "its dates cannot be read", "write them as YYYY-MM-DD")
