"""What the outcome says of a feed: counts by column, never a cell."""

from __future__ import annotations

import duckdb

from warehouse.intake.contract import Contract


def tallies(
    con: duckdb.DuckDBPyConnection, contract: Contract, standardised: str
) -> dict[str, dict[str, int]]:
    """Counts over the view ``source`` and the relation ``standardised``.

    ``swapped``: rows by feed whose name and ID cells were changed back. ``id_kind``, ``date_issue``: rows by
    ``feed.column.kind``. ``unknown_code``, ``unread``: rows by ``feed.column`` whose cell is not blank and no
    code, number, month or phone could be read from it.
    """
    return {
        "swapped": _swapped(con, contract),
        "id_kind": _grouped(con, contract, "id", "_kind", standardised),
        "date_issue": _grouped(con, contract, "date", "_issue", standardised),
        "unknown_code": _unread(con, contract, ("code", "sex", "relation"), standardised),
        "unread": _unread(con, contract, ("money", "integer", "month", "phone"), standardised),
    }


def findings(con: duckdb.DuckDBPyConnection, feed: str) -> dict[str, dict[str, int]]:
    """Counts over the table ``found``: ``asked`` findings by feed (rows that are used all the same), ``finding`` by
    ``feed.rule``."""
    asked = con.execute("SELECT count(*) FROM found WHERE treatment = 'asked'").fetchone()
    rules = con.execute("SELECT rule, count(*) FROM found GROUP BY rule ORDER BY rule").fetchall()
    return {
        "asked": {feed: int(asked[0])} if asked and asked[0] else {},
        "finding": {f"{feed}.{rule}": int(number) for rule, number in rules},
    }


def _swapped(con: duckdb.DuckDBPyConnection, contract: Contract) -> dict[str, int]:
    names = [person.name for person in contract.persons if person.name and person.id]
    if not names:
        return {}
    total = " + ".join(f'count(*) FILTER ("{name}__swapped")' for name in names)
    found = con.execute(f"SELECT {total} FROM source").fetchone()
    return {contract.feed: int(found[0])} if found and found[0] else {}


def _grouped(
    con: duckdb.DuckDBPyConnection, contract: Contract, kind: str, suffix: str, standardised: str
) -> dict[str, int]:
    found: dict[str, int] = {}
    for column in contract.columns:
        if column.kind == kind:
            name = f"{column.name}{suffix}"
            rows = con.execute(
                f'SELECT "{name}", count(*) FROM {standardised} WHERE "{name}" IS NOT NULL GROUP BY 1'
            ).fetchall()
            found.update({f"{contract.feed}.{column.name}.{value}": int(number) for value, number in rows})
    return found


def _unread(
    con: duckdb.DuckDBPyConnection, contract: Contract, kinds: tuple[str, ...], standardised: str
) -> dict[str, int]:
    found: dict[str, int] = {}
    for name in (column.name for column in contract.columns if column.kind in kinds):
        odd = (
            f'SELECT "{name}_raw" AS raw, count(*) AS cells FROM {standardised} '
            f'WHERE "{name}" IS NULL AND "{name}_raw" IS NOT NULL GROUP BY 1'
        )
        told = con.execute(f"SELECT sum(cells) FROM ({odd}) WHERE known(solid(raw)) IS NOT NULL").fetchone()
        if told and told[0]:
            found[f"{contract.feed}.{name}"] = int(told[0])
    return found
