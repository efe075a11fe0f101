"""The ``standardised`` table of a feed: one SQL query from its contract."""

from __future__ import annotations

from collections.abc import Iterator

from linkage.standardise.cells import word_columns
from linkage.standardise.source import id_columns, name_columns
from warehouse.intake.contract import Contract, standardised_schema

# How a name is built, seen with the person's ethnicity ``e`` where a column gives it. A Tibetan with a
# Han name (surname, no Tibetan unit) stays Han; interpunct and letters speak for themselves.
_SYSTEM = """CASE WHEN {n}.guess IN ('interpunct', 'latin') OR {n}.name IS NULL THEN {n}.guess
    WHEN naming_habit({e}) = 'given' AND ({n}.family IS NOT NULL OR NOT {n}.as_han) THEN 'given'
    WHEN naming_habit({e}) = 'han' AND {n}.as_han THEN 'han'
    ELSE {n}.guess END"""


def system_sql(name: str, ethnicity: str) -> str:
    """SQL of ``name_system`` from a joined ``folded_name`` and an ethnicity that is already folded."""
    return _SYSTEM.format(n=name, e=ethnicity)


def standardised_query(contract: Contract) -> str:
    """SQL over ``source`` and the folded cells: every column of the contract, typed and ordered."""
    tidied = [
        f'date_tidy("{column.name}") AS "{column.name}__tidy"' for column in contract.of_kind("date", "month")
    ]
    inner = f"SELECT *{''.join(', ' + part for part in tidied)} FROM source"
    valued = [
        f'date_value("{column.name}__tidy", date_system) AS "{column.name}__date"'
        for column in contract.of_kind("date")
    ]
    middle = f"SELECT *{''.join(', ' + part for part in valued)} FROM ({inner})"
    joins = [
        f'LEFT JOIN folded_id AS "i_{name}" ON s."{name}__cell" = "i_{name}".raw'
        for name in id_columns(contract)
        if contract.column(name).kind == "id"
    ]
    joins += [
        f'LEFT JOIN folded_name AS "n_{name}" ON s."{name}__cell" = "n_{name}".raw'
        for name in name_columns(contract)
    ]
    joins += [
        f'LEFT JOIN "word_{name}" AS "w_{name}" ON s."{name}" = "w_{name}".raw'
        for name in word_columns(contract)
    ]
    schema = standardised_schema(contract)
    made = dict(_columns(contract))
    listed = ", ".join(f'CAST({made[name]} AS {kind}) AS "{name}"' for name, kind in schema.items())
    return f'SELECT {listed} FROM ({middle}) AS s {" ".join(joins)} ORDER BY file, sheet, "row"'


def _columns(contract: Contract) -> Iterator[tuple[str, str]]:
    """Every column of the standardised table with its SQL."""
    words = word_columns(contract)
    yield from (("file", "s.file"), ("sheet", "s.sheet"), ("row", 's."row"'))
    for column in contract.columns:
        name, cell = column.name, f's."{column.name}"'
        if column.kind not in ("text", "key"):
            yield f"{name}_raw", cell
        if name in words:
            yield name, f'"w_{name}".value'
            continue
        match column.kind:
            case "text":
                yield name, f"trimmed({cell})"
            case "key":
                yield name, f"fold_key({cell})"
            case "id":
                yield name, f'"i_{name}".id_no'
                yield f"{name}_kind", f"coalesce(\"i_{name}\".id_kind, 'missing')"
            case "name":
                yield name, f'"n_{name}".name'
                yield f"{name}_system", f"coalesce({_system(contract, name)}, 'unknown')"
            case "date":
                tidy, value = f's."{name}__tidy"', f's."{name}__date"'
                yield name, value
                yield f"{name}_precision", f"date_precision({tidy}, {value})"
                yield f"{name}_issue", f"date_issue({tidy}, {value})"
            case "month":
                yield name, f'month_text(s."{name}__tidy", s.date_system)'
            case "money" | "integer" | "phone":
                yield name, f"fold_{column.kind}({cell})"


def _system(contract: Contract, name: str) -> str:
    owner = next((person for person in contract.persons if person.name == name), None)
    if owner is None or owner.ethnicity is None:
        return f'"n_{name}".guess'
    return system_sql(f'"n_{name}"', f'"w_{owner.ethnicity}".value')
