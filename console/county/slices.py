"""Some rows of a feed as columns, and the one way in which a mistake is written into a column."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from console.county.dirt_table import Dice
from console.county.hashing import Bits, Flags, Ints, Texts
from warehouse.intake.contract import Contract

# Stands for the byte that no encoding can read; the text file puts 0xFF in its place.
BROKEN_BYTE = "\x00"


@dataclass
class Slice:
    """Some rows of a feed: clean or written cells by column, the true person by role, the row numbers.

    ``lost`` are people of whom nothing is left to link on, ``broken`` those whose row cannot be decoded,
    ``undated`` those whose date of death or of grace was spoilt; ``lent`` is whose number stands in the row instead.
    """

    cells: dict[str, Texts]
    who: dict[str, Ints]
    rows: Ints
    lost: Flags = field(default_factory=lambda: np.zeros(0, dtype=bool))
    broken: Flags = field(default_factory=lambda: np.zeros(0, dtype=bool))
    undated: Flags = field(default_factory=lambda: np.zeros(0, dtype=bool))
    lent: Ints = field(default_factory=lambda: np.full(0, -1, dtype=np.int64))

    def __len__(self) -> int:
        return len(self.rows)


def spoil_cells(
    cells: Texts,
    kind: str,
    spoil: Callable[[str, int], object],
    dice: Dice,
    who: Ints,
    rows: Ints,
    *,
    within: Flags | None = None,
) -> Flags:
    """Apply one kind to the filled cells of a column, in place; returns where it struck."""
    struck = dice.hits(kind, who, rows, within=within) & filled(cells)
    places = np.flatnonzero(struck)
    forms = dice.forms(kind, who[places])
    for place, bits in zip(places.tolist(), forms.tolist(), strict=True):
        cells[place] = spoil(cells[place], bits)
    dice.count(kind, len(places))
    return struck


def filled(cells: Texts) -> Flags:
    """Which cells hold something."""
    return np.asarray(cells != "", dtype=bool)


def placed(struck: Flags, forms: Bits) -> list[tuple[int, int]]:
    """The places that were struck, each with its hash."""
    places = np.flatnonzero(struck)
    return list(zip(places.tolist(), forms[places].tolist(), strict=True))


def slice_of(frame: pd.DataFrame, contract: Contract, first: int) -> Slice:
    """A part of a world's feed as columns; ``first`` is the number of its first row within the feed."""
    cells: dict[str, Texts] = {}
    for column in contract.columns:
        if column.name not in frame:
            continue
        series = frame[column.name]
        if column.kind == "date":
            # Only days are written; NaT stays NaT until the dates get their style.
            cells[column.name] = pd.to_datetime(series).to_numpy(dtype="datetime64[ns]")
            continue
        values = series.astype(object).where(series.notna(), "").to_numpy(dtype=object, copy=True)
        if column.kind == "integer":
            values = np.array([value if value == "" else int(value) for value in values], dtype=object)
        elif column.kind == "money":
            values = np.array([value if value == "" else float(value) for value in values], dtype=object)
        else:
            values = np.array([str(value) for value in values], dtype=object)
        cells[column.name] = values
    who: dict[str, Ints] = {
        person.role: frame[f"_{person.role}"].to_numpy(dtype=np.int64)
        for person in contract.persons
        if f"_{person.role}" in frame
    }
    return Slice(cells, who, np.arange(first, first + len(frame), dtype=np.int64))


def part_of(piece: Slice, places: Ints) -> Slice:
    """Some rows of a slice, in the order given."""
    return Slice(
        {name: cells[places] for name, cells in piece.cells.items()},
        {role: who[places] for role, who in piece.who.items()},
        piece.rows[places],
    )
