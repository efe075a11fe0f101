"""One feed's landed rows as a relation, with swapped cells put right and every name and ID folded once.

The dear recipes (IDs, names) run on the distinct cells of all columns of their kind together; the
tables ``folded_id`` and ``folded_name`` are then joined back.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pyarrow as pa

from linkage.standardise import ids, names
from warehouse.intake.contract import Contract, Person

_BATCH = 100_000

_NAME_COLUMNS = pa.schema(
    [
        ("raw", pa.string()),
        ("name", pa.string()),
        ("guess", pa.string()),
        ("as_han", pa.bool_()),
        ("pinyin", pa.string()),
        ("family", pa.string()),
        ("missing", pa.bool_()),
    ]
)


def open_source(con: duckdb.DuckDBPyConnection, contract: Contract, glob: str) -> None:
    """Make the view ``source``: the landed columns as delivered, and beside each name and ID its cell.

    The cell ``<column>__cell`` is the column itself, except where a clerk has put the ID under the name
    and the name under the ID: there the two cells change places, and ``<name>__swapped`` is true.
    A column that an older landing lacks is NULL. Between the landed rows and the source stands the view
    ``delivered``: what a slip corrected is laid over there, and what a row rule sets aside is left out.
    """
    con.execute(f"CREATE OR REPLACE TEMP VIEW landed AS FROM read_parquet('{glob}', union_by_name = true)")
    present = {row[0] for row in con.execute("DESCRIBE landed").fetchall()}
    columns = ["file", "coalesce(sheet, '') AS sheet", 'CAST("row" AS INTEGER) AS "row"']
    columns.append("date_system" if "date_system" in present else "NULL::VARCHAR AS date_system")
    columns += [
        f'"{column.name}"' if column.name in present else f'NULL::VARCHAR AS "{column.name}"'
        for column in contract.columns
    ]
    con.execute(f"CREATE OR REPLACE TEMP VIEW landed_rows AS SELECT {', '.join(columns)} FROM landed")
    con.execute("CREATE OR REPLACE TEMP VIEW delivered AS SELECT * FROM landed_rows")
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW source AS SELECT *, {', '.join(_cells(contract))} FROM delivered"
    )


def _cells(contract: Contract) -> Iterator[str]:
    pairs = {person.name: person.id for person in contract.persons if person.name and person.id}
    swapped_ids = set(pairs.values())
    for name, id_no in pairs.items():
        swapped = swapped_sql(f'"{name}"', f'"{id_no}"')
        yield f'{swapped} AS "{name}__swapped"'
        yield f'CASE WHEN {swapped} THEN "{id_no}" ELSE "{name}" END AS "{name}__cell"'
        yield f'CASE WHEN {swapped} THEN "{name}" ELSE "{id_no}" END AS "{id_no}__cell"'
    for name in name_columns(contract):
        if name not in pairs:
            yield f'"{name}" AS "{name}__cell"'
    for id_no in id_columns(contract):
        if id_no not in swapped_ids:
            yield f'"{id_no}" AS "{id_no}__cell"'


def swapped_sql(name: str, id_no: str) -> str:
    """SQL: does the name cell hold a number while the ID cell holds characters and no number?"""
    return (
        f"coalesce(regexp_matches({name}, '[0-9０-９]{{5}}') AND regexp_matches({id_no}, '\\p{{Han}}')"
        f" AND NOT regexp_matches({name}, '\\p{{Han}}') AND NOT regexp_matches({id_no}, '[0-9０-９]{{5}}'), false)"
    )


def name_columns(contract: Contract) -> list[str]:
    """Every column that holds a person's name."""
    return [column.name for column in contract.of_kind("name")]


def id_columns(contract: Contract) -> list[str]:
    """Every column that holds an ID: of that kind, or a card number that begins with one."""
    found = [column.name for column in contract.of_kind("id")]
    return found + [name for name in _card_columns(contract) if name not in found]


def _card_columns(contract: Contract) -> list[str]:
    """Keys that a person of the contract is identified by: the ID is their first 18 characters."""
    named = [person.id for person in contract.persons if person.id]
    return [name for name in named if contract.column(name).kind == "key"]


def id_cell(contract: Contract, person: Person) -> str:
    """SQL of the cell that holds a person's ID, as ``folded_id`` knows it; NULL when there is none."""
    if person.id is None:
        return "NULL::VARCHAR"
    return _id_text(contract, person.id)


def _id_text(contract: Contract, column: str) -> str:
    cell = f'"{column}__cell"'
    return f"left(id_solid({cell}), 18)" if column in _card_columns(contract) else cell


def fold_id_cells(con: duckdb.DuckDBPyConnection, contract: Contract, last_day: date) -> None:
    """Make the table ``folded_id`` of every distinct ID cell of the feed (see ``ids.folded_ids``)."""
    _distinct(con, "id_cell", [_id_text(contract, name) for name in id_columns(contract)])
    con.execute(f"CREATE OR REPLACE TEMP TABLE folded_id AS {ids.folded_ids('id_cell', last_day)}")


def fold_name_cells(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Make the table ``folded_name`` of every distinct name cell of the feed (see ``names.Folded``)."""
    _distinct(con, "name_cell", [f'"{name}__cell"' for name in name_columns(contract)])
    con.execute("CREATE OR REPLACE TEMP TABLE folded_name (raw VARCHAR, name VARCHAR, guess VARCHAR, "
                "as_han BOOLEAN, pinyin VARCHAR, family VARCHAR, missing BOOLEAN)")  # fmt: skip
    # By stretches of rows, so that a whole province's names never stand in Python at once.
    held = con.execute("SELECT count(*) FROM name_cell").fetchone()
    for first in range(0, int(held[0]) if held else 0, _BATCH):
        stretch = f"rowid >= {first} AND rowid < {first + _BATCH}"
        batch = con.execute(f"SELECT raw FROM name_cell WHERE {stretch}").to_arrow_table()
        cells = batch.column(0).to_pylist()
        rows = [(cell, *names.fold_name(cell)) for cell in cells]
        folded = pa.Table.from_arrays(
            [
                pa.array(values, field.type)
                for values, field in zip(zip(*rows, strict=True), _NAME_COLUMNS, strict=True)
            ],
            schema=_NAME_COLUMNS,
        )
        con.register("folded_batch", folded)
        con.execute("INSERT INTO folded_name SELECT * FROM folded_batch")
        con.unregister("folded_batch")


def _distinct(con: duckdb.DuckDBPyConnection, table: str, cells: list[str]) -> None:
    parts = [f"SELECT {cell} AS raw FROM source" for cell in cells] or ["SELECT NULL::VARCHAR AS raw"]
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {table} AS "
        f"SELECT DISTINCT raw FROM ({' UNION ALL '.join(parts)}) WHERE raw IS NOT NULL"
    )
