"""A table of counts made fit to leave: totals, small numbers hidden with complementary cells, in a settled order."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from warehouse.packages.rows import Column, Rows
from warehouse.packages.suppression import HIDDEN, TOTAL, protect

UNKNOWN = "未写明"


def protect_table(
    con: duckdb.DuckDBPyConnection, table: str, columns: tuple[Column, ...], rows: Rows, *, small_below: int
) -> int:
    """Replace a composed table of counts by all its cells and totals as text; gives how many cells are hidden.

    What is measured beside the count is hidden where the count is. A cell in which nobody is stands with 0.
    """
    dimensions = [one for one in columns if one.name in rows.dimensions]
    measures = [one for one in columns if one.name not in rows.dimensions]
    keys = ", ".join(f"coalesce(\"{one.name}\", '{UNKNOWN}')" for one in dimensions)
    sums = ", ".join(f'sum("{one.name}") AS "{one.name}"' for one in measures)
    inner = con.execute(f'SELECT {keys}, {sums} FROM "{table}" GROUP BY ALL ORDER BY ALL').fetchall()
    width = len(dimensions)
    whole: dict[tuple[str, ...], tuple[object, ...]] = {row[:width]: row[width:] for row in inner}
    counted = [one.name for one in measures].index(rows.count)
    shown = protect({cell: int(values[counted]) for cell, values in whole.items()}, small_below=small_below)  # type: ignore[call-overload]
    totals = _totals(con, table, dimensions, measures)
    orders = [{word: place for place, word in enumerate((*one.words, UNKNOWN))} for one in dimensions]
    lines = []
    for cell in sorted(shown.counts, key=lambda one: _place(one, orders)):
        told = shown.shown(cell)
        values = totals.get(cell, tuple(0 for _ in measures))
        lines.append([*cell, *(HIDDEN if told is None else _text(value) for value in values)])
    made = pa.table(
        {one.name: [line[number] for line in lines] for number, one in enumerate((*dimensions, *measures))}
        | {"position": list(range(1, len(lines) + 1))}
    )
    con.register("protected", made)
    listed = ", ".join(f'"{one.name}"' for one in columns)
    con.execute(f'CREATE OR REPLACE TEMP TABLE "{table}" AS SELECT {listed}, position FROM protected')
    con.unregister("protected")
    return len(shown.hidden)


def _totals(
    con: duckdb.DuckDBPyConnection, table: str, dimensions: list[Column], measures: list[Column]
) -> dict[tuple[str, ...], tuple[object, ...]]:
    names = ", ".join(f'"{one.name}"' for one in dimensions)
    keys = ", ".join(
        f"CASE WHEN grouping(\"{one.name}\") = 1 THEN '{TOTAL}' ELSE coalesce(\"{one.name}\", '{UNKNOWN}') END"
        for one in dimensions
    )
    sums = ", ".join(f'sum("{one.name}")' for one in measures)
    found = con.execute(f'SELECT {keys}, {sums} FROM "{table}" GROUP BY CUBE ({names})').fetchall()
    return {row[: len(dimensions)]: row[len(dimensions) :] for row in found}


def _place(cell: tuple[str, ...], orders: list[dict[str, int]]) -> tuple[tuple[bool, int, str], ...]:
    """Totals last; words in their own order, places by name."""
    return tuple(
        (word == TOTAL, order.get(word, len(order)), word) for word, order in zip(cell, orders, strict=True)
    )


def _text(value: object) -> str:
    return "0" if value is None else str(value)
