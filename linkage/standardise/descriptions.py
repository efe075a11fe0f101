"""Who a row speaks of: the ``profiles`` and ``records`` tables of a feed.

A person's cells are taken distinct before anything is folded, so a county's two million settlements
cost as much as its patients; records then find their profile by the same cells.
"""

from __future__ import annotations

import duckdb

from linkage.records import BESIDE, DESCRIBING, HOME, PROFILES, profile_key_sql
from linkage.standardise.columns import system_sql
from linkage.standardise.source import id_cell
from linkage.standardise.text import literal
from warehouse.errors import Refused
from warehouse.intake.contract import Contract, Person

_CELLS = (
    "name", "id", "sex", "birth_date", "ethnicity", "phone", "township", "village", "address",
    "household_key", "agency_key", "relation", "age", "age_on", "died_on",
)  # fmt: skip


# Nobody is older: a higher age is a year or a slip.
_OLDEST = 125


def _cell(contract: Contract, person: Person, field: str) -> str:
    """SQL over ``source`` of one of a person's cells as delivered (NULL where the contract names none)."""
    column = getattr(person, field)
    if field == "id":
        return id_cell(contract, person)
    if column is None:
        return "NULL::VARCHAR"
    return f'"{column}__cell"' if field == "name" else f'"{column}"'


def describe(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Make, for each role of the contract, the table ``described_<role>``: a person's distinct cells (``c_…``)
    and the profile they fold to; the view ``profile`` over all of them; and ``record``, unordered.
    """
    profiles: list[str] = []
    records: list[str] = []
    for person in contract.persons:
        role = person.role
        cells = {field: _cell(contract, person, field) for field in _CELLS}
        cells["dates"] = (
            "date_system" if person.birth_date or person.age_on or person.died_on else "NULL::VARCHAR"
        )
        cells["beside"] = _beside(contract, person)
        listed = ", ".join(f'{sql} AS "c_{field}"' for field, sql in cells.items())
        con.execute(f"CREATE OR REPLACE TEMP TABLE cells_{role} AS SELECT DISTINCT {listed} FROM source")
        con.execute(f"CREATE OR REPLACE TEMP TABLE described_{role} AS {_folded(contract, person)}")
        con.execute(f"DROP TABLE cells_{role}")
        fields = ", ".join(f'"{name}"' for name in PROFILES)
        profiles.append(f"SELECT {fields} FROM described_{role}")
        on = " AND ".join(
            f'{sql} IS NOT DISTINCT FROM d."c_{field}"' for field, sql in cells.items() if "NULL::" not in sql
        )
        records.append(
            f"SELECT s.file, s.sheet, s.\"row\", '{role}' AS role, d.profile_key "
            f"FROM source AS s JOIN (SELECT COLUMNS('^c_.*'), profile_key FROM described_{role}) AS d ON {on or 'true'}"
        )
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW profile AS SELECT DISTINCT * FROM ({' UNION ALL '.join(profiles)})"
    )
    con.execute(f"CREATE OR REPLACE TEMP VIEW record AS {' UNION ALL '.join(records)}")


def refuse_collisions(con: duckdb.DuckDBPyConnection, profiles: str, feed: str) -> None:
    """``Refused`` when two different descriptions among ``profiles`` have one key."""
    found = con.execute(
        f"SELECT count(*) FROM (SELECT 1 FROM {profiles} GROUP BY profile_key HAVING count(*) > 1)"
    ).fetchone()
    if found and found[0]:
        raise Refused(
            f"standardise: {found[0]} profile keys of {feed} stand for two descriptions each.",
            next_step="tell the developers: the key must be widened before this month can be linked.",
        )


def _folded(contract: Contract, person: Person) -> str:
    """SQL from ``cells_<role>`` to the role's profiles with the cells they come from."""
    feed, role = literal(contract.feed), literal(person.role)
    # A row always speaks of its own person; of a head, guardian or kin only when it names or numbers one.
    present = (
        "true"
        if person.role == "self"
        else "n.name IS NOT NULL OR coalesce(i.id_kind, 'missing') <> 'missing'"
    )
    words: dict[str, str] = {}
    joins: list[str] = []
    for field in ("sex", "ethnicity", "relation", "township", "village"):
        column = getattr(person, field)
        words[field] = f'"w_{field}".value' if column else "NULL::VARCHAR"
        if column:
            joins.append(f'LEFT JOIN "word_{column}" AS "w_{field}" ON c."c_{field}" = "w_{field}".raw')
    address = ["NULL::VARCHAR"] * 4
    if person.address:
        address = ["a.township", "a.village", "a.division", "a.home"]
        joins.append(f'LEFT JOIN "address_{person.address}" AS a ON c.c_address = a.raw')
    fields = ", ".join(f'"{name}"' for name in DESCRIBING)
    types = ", ".join(f'CAST("{name}" AS {PROFILES[name]}) AS "{name}"' for name in DESCRIBING)
    return f"""
    WITH tidied AS (
        SELECT c.*, {"date_tidy(c_birth_date)" if person.birth_date else "NULL::VARCHAR"} AS tidy,
            i.id_no, coalesce(i.id_kind, 'missing') AS id_kind, i.id_seen, i.id_prefix,
            n.name, trimmed(c.c_name) AS name_raw, n.pinyin, n.family, n.missing,
            coalesce({system_sql("n", words["ethnicity"])}, 'unknown') AS name_system,
            {words["sex"]} AS told_sex, {words["ethnicity"]} AS ethnicity, {words["relation"]} AS relation,
            coalesce({words["township"]}, {address[0]}) AS township,
            coalesce({words["village"]}, {address[1]}) AS village,
            {address[2]} AS division, {address[3]} AS home,
            {_birth_year(person)} AS birth_year
        FROM cells_{person.role} AS c
        LEFT JOIN folded_id AS i ON c.c_id = i.raw
        LEFT JOIN folded_name AS n ON c.c_name = n.raw
        {" ".join(joins)}
        WHERE {present}
    ),
    dated AS (SELECT *, date_value(tidy, c_dates) AS born FROM tidied),
    filled AS (
        SELECT COLUMNS('^c_.*'), {feed} AS feed, {role} AS role, id_no, id_kind, id_seen, id_prefix,
            name, name_raw, name_system, pinyin AS name_pinyin, family AS name_family,
            coalesce(missing, false) AS name_missing,
            coalesce(told_sex, CASE WHEN id_no IS NULL THEN NULL
                WHEN CAST(substr(id_no, 17, 1) AS INTEGER) % 2 = 1 THEN '1' ELSE '2' END) AS sex,
            coalesce(born, id_birth(id_no), make_date(birth_year, 1, 1)) AS birth_date,
            CASE WHEN born IS NOT NULL THEN date_precision(tidy, born)
                WHEN id_no IS NOT NULL THEN 'day' WHEN birth_year IS NOT NULL THEN 'year' END AS birth_precision,
            CASE WHEN born IS NOT NULL THEN 'column' WHEN id_no IS NOT NULL THEN 'id'
                WHEN birth_year IS NOT NULL THEN 'age' END AS birth_source,
            ethnicity, township, village, division, relation,
            coalesce({_keyed("c_household_key", person.household_key)}, '{HOME}' || home, '{BESIDE}' || c_beside)
                AS household_key,
            {_keyed("c_agency_key", person.agency_key)} AS agency_key,
            {"fold_phone(c_phone)" if person.phone else "NULL"} AS phone,
            {literal(person.of) if person.of else "NULL"} AS "of",
            {"date_value(date_tidy(c_died_on), c_dates)" if person.died_on else "NULL"} AS died_on
        FROM dated
    ),
    typed AS (SELECT COLUMNS('^c_.*'), {types} FROM filled)
    SELECT COLUMNS('^c_.*'), {profile_key_sql()} AS profile_key, {fields} FROM typed
    """


def _birth_year(person: Person) -> str:
    """SQL of the year of birth that an age tells, reckoned back from the day on which it was the age."""
    if person.age is None or person.age_on is None:
        return "NULL::INTEGER"
    year = "year(date_value(date_tidy(c.c_age_on), c.c_dates)) - fold_integer(c.c_age)"
    return f"CASE WHEN fold_integer(c.c_age) BETWEEN 0 AND {_OLDEST} THEN CAST({year} AS INTEGER) END"


def _beside(contract: Contract, person: Person) -> str:
    """SQL over ``source`` that tells relatives apart of whom a row says a name alone: whose relative it is.

    Without it every mother of one name would be one description.
    """
    own = next((other for other in contract.persons if other.role == "self"), None)
    if person.role == "self" or person.address or person.household_key or own is None:
        return "NULL::VARCHAR"
    cells = [_cell(contract, own, field) for field in ("name", "id", "birth_date")]
    return f"md5(concat_ws('|', {', '.join(cells)}))"


def _keyed(cell: str, column: str | None) -> str:
    """``<column>:<value>``, so that numbers of different agencies never meet."""
    return f"{literal(f'{column}:')} || known(fold_key({cell}))" if column else "NULL"
