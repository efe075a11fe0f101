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
    they stand, ``numbering``: the columns that only number the rows, ``doubles``: canonical column to the word
    that more than one column of the table bears for it, and the letters of these columns.
    """

    first: int
    depth: int
    position: dict[str, int]
    missing: tuple[str, ...]
    extra: int
    width: int
    levels: tuple[tuple[str, ...], ...]
    numbering: tuple[int, ...]
    doubles: dict[str, tuple[str, tuple[str, ...]]]

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
    bearers: dict[str, tuple[str, list[int]]] = {}
    for column in contract.columns:
        found = _place_of(column.headers, exact, bare, set(position.values()))
        if found is not None:
            position[column.name], *others = found[1]
            if others:
                bearers[column.name] = (found[0], found[1])
    named = [index for index, found in enumerate(names) if found]
    return Header(
        first=first,
        depth=len(rows),
        position=position,
        missing=tuple(c.name for c in contract.columns if c.required and c.name not in position),
        extra=sum(1 for index in named if index not in position.values()),
        width=(max(named) + 1) if named else 0,
        levels=tuple(tuple(row) for row in rows),
        doubles=_doubles(bearers, position),
        numbering=tuple(i for i, found in enumerate(names) if set(found) & set(words().numbering)),
    )


def _names_of(rows: Sequence[Sequence[str]], index: int) -> list[str]:
    """The words under which a column may be known: its lowest cell, its two levels joined, its upper cell."""
    cells = [fold(row[index]) for row in rows if index < len(row) and not is_blank(row[index])]
    if len(cells) == 2:
        return [cells[1], cells[0] + cells[1]]
    return cells


def _places(names: Sequence[Sequence[str]], folding: Callable[[str], str]) -> dict[str, list[int]]:
    """Every word in a header to the columns that bear it."""
    found: dict[str, list[int]] = {}
    for index, words_of_column in enumerate(names):
        for name in dict.fromkeys(map(folding, words_of_column)):
            found.setdefault(name, []).append(index)
    return found


def _place_of(
    headers: Sequence[str], exact: dict[str, list[int]], bare: dict[str, list[int]], taken: set[int]
) -> tuple[str, list[int]] | None:
    """The word and the free columns that carry it: exact words before bare ones, the usual header first."""
    for places, folding in ((exact, fold), (bare, fold_bare)):
        for header in headers:
            free = [place for place in places.get(folding(header), ()) if place not in taken]
            if free:
                return header, free
    return None


def _doubles(
    bearers: dict[str, tuple[str, list[int]]], position: dict[str, int]
) -> dict[str, tuple[str, tuple[str, ...]]]:
    """The columns of which another bears the same word and stands for nothing else."""
    taken = set(position.values())
    doubled = {
        name: (word, [place for place in places if place == position[name] or place not in taken])
        for name, (word, places) in bearers.items()
    }
    return {
        name: (word, tuple(map(_letters, places)))
        for name, (word, places) in doubled.items()
        if len(places) > 1
    }


def _letters(index: int) -> str:
    """A column as a spreadsheet names it."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
