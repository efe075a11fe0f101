"""Columns whose cells are few words over and over: each distinct cell is folded once and joined back.

For a column of words ``word_<column>`` holds ``raw, value``; for a person's address ``address_<column>``
holds ``raw, township, village, division, home``.
"""

from __future__ import annotations

import duckdb

from linkage.standardise.codes import code_sql
from warehouse.intake.contract import Column, Contract


def word_columns(contract: Contract) -> dict[str, str]:
    """The columns of words with the SQL that folds their cell ``raw``."""
    found: dict[str, str] = {}
    for column in contract.columns:
        folded = _word_sql(contract, column)
        if folded:
            found[column.name] = folded
    return found


def address_columns(contract: Contract) -> list[str]:
    """The columns that a person of the contract has as address."""
    return sorted({person.address for person in contract.persons if person.address})


def fold_word_cells(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Make the tables ``word_<column>`` and ``address_<column>`` from the view ``source``."""
    for name, folded in word_columns(contract).items():
        _fold(con, f"word_{name}", name, f"{folded} AS value")
    for name in address_columns(contract):
        parts = ("township", "village", "division", "home")
        made = ("address_township(raw)", "address_village(raw)", "fold_division(raw)", "address_home(raw)")
        _fold(con, f"address_{name}", name, ", ".join(map("{} AS {}".format, made, parts)))
    settle_bare_villages(con, contract)


def settle_bare_villages(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """A village named without its kind is the 社区 of that name, where the feed knows one and no 村."""
    villages = sorted({person.village for person in contract.persons if person.village})
    told = [f'SELECT value FROM "word_{name}" WHERE NOT village_is_bare(raw)' for name in villages]
    told += [f'SELECT village FROM "address_{name}"' for name in address_columns(contract)]
    for name in villages:
        con.execute(f"""
            UPDATE "word_{name}" SET value = communities.value
            FROM (WITH told AS ({" UNION ".join(told)})
                  SELECT value, regexp_replace(value, '社区$', '村') AS as_village FROM told
                  WHERE ends_with(value, '社区') AND as_village NOT IN (SELECT value FROM told WHERE value IS NOT NULL))
                AS communities
            WHERE "word_{name}".value = communities.as_village AND village_is_bare("word_{name}".raw)""")


def _fold(con: duckdb.DuckDBPyConnection, table: str, column: str, listed: str) -> None:
    distinct = f'SELECT DISTINCT "{column}" AS raw FROM source WHERE "{column}" IS NOT NULL'
    con.execute(f'CREATE OR REPLACE TEMP TABLE "{table}" AS SELECT raw, {listed} FROM ({distinct})')


def _word_sql(contract: Contract, column: Column) -> str | None:
    """Places and ethnicities of a person take their one name (the landed row keeps the words)."""
    if column.kind == "code":
        return code_sql(column, "raw")
    if column.kind in ("sex", "relation"):
        return f"fold_{column.kind}(raw)"
    if column.kind == "text":
        for person in contract.persons:
            if column.name == person.township:
                return "fold_township(raw)"
            if column.name == person.village:
                return "fold_village(raw)"
            if column.name == person.ethnicity:
                return "fold_ethnicity(raw)"
    return None
