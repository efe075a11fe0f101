"""Finding a contract's header among the first rows of a table: titles above it, one row or two deep."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from warehouse.intake.contract import Contract
from warehouse.intake.words import fold, fold_bare, is_blank, words


@dataclass(frozen=True)
class Header:
    """Where the header stands and what it names.

    ``first``: index of its first row (0-based), ``depth``: 1 or 2 rows, ``position``: canonical column to
    column index, ``missing``: required columns it lacks, ``extra``: how many named columns the contract does
    not know, ``width``: index after the last named column, ``levels``: its rows as
    they stand, ``numbering``: the columns that only number the rows.
    """

    first: int
    depth: int
    position: dict[str, int]
    missing: tuple[str, ...]
    extra: int
    width: int
    levels: tuple[tuple[str, ...], ...]
    numbering: tuple[int, ...]

    @property
    def end(self) -> int:
        """Index of the first row below the header."""
        return self.first + self.depth


def find_header(rows: Sequence[Sequence[str]], contract: Contract) -> Header | None:
    """The best header among ``rows``, or None when no row looks like one of this contract.

    A row looks like a header when it names at least two columns and half of the required ones; a header
    that lacks a required column is still returned, with ``missing`` filled, so that the message can name it.
    """
    best: Header | None = None
    for first in range(len(rows)):
        for depth in (1, 2):
            if first + depth > len(rows):
                continue
            found = _match(rows[first : first + depth], first, contract)
            if best is None or _rank(found) > _rank(best):
                best = found
    if best is None:
        return None
    required = [column.name for column in contract.columns if column.required]
    named = len(required) - len(best.missing)
    looks_like_one = len(best.position) >= min(2, len(contract.columns)) and 2 * named >= len(required)
    return best if looks_like_one else None


def _rank(header: Header) -> tuple[int, int]:
    """More columns named first; with as many, one row deep (else the title above would be taken in)."""
    return len(header.position), -header.depth


def _match(rows: Sequence[Sequence[str]], first: int, contract: Contract) -> Header:
    width = max(len(row) for row in rows)
    names = [_names_of(rows, index) for index in range(width)]
    exact, bare = _places(names, fold), _places(names, fold_bare)
    position: dict[str, int] = {}
    for column in contract.columns:
        place = _place_of(column.headers, exact, bare)
        if place is not None and place not in position.values():
            position[column.name] = place
    named = [index for index, found in enumerate(names) if found]
    return Header(
        first=first,
        depth=len(rows),
        position=position,
        missing=tuple(c.name for c in contract.columns if c.required and c.name not in position),
        extra=sum(1 for index in named if index not in position.values()),
        width=(max(named) + 1) if named else 0,
        levels=tuple(tuple(row) for row in rows),
        numbering=tuple(i for i, found in enumerate(names) if set(found) & set(words().numbering)),
    )


def _names_of(rows: Sequence[Sequence[str]], index: int) -> list[str]:
    """The words under which a column may be known: its lowest cell, its two levels joined, its upper cell."""
    cells = [fold(row[index]) for row in rows if index < len(row) and not is_blank(row[index])]
    if len(cells) == 2:
        return [cells[1], cells[0] + cells[1]]
    return cells


def _places(names: Sequence[Sequence[str]], folding: Callable[[str], str]) -> dict[str, int]:
    """Every word in a header to the first column that bears it."""
    found: dict[str, int] = {}
    for index, words_of_column in enumerate(names):
        for name in words_of_column:
            found.setdefault(folding(name), index)
    return found


def _place_of(headers: Sequence[str], exact: dict[str, int], bare: dict[str, int]) -> int | None:
    """The column that carries one of the headers: exact words before bare ones, the usual header first."""
    for places, folding in ((exact, fold), (bare, fold_bare)):
        for header in headers:
            place = places.get(folding(header))
            if place is not None:
                return place
    return None
