"""Value definitions of the lake's ``records`` and ``profiles`` tables: columns, types, closed lists, the key.

A *profile* is one distinct description of a person in one feed and role; a *record* is one row's role
and the profile it carries. Two and a half million settlements of one county are a few ten thousand
profiles, and only profiles are compared.
"""

from __future__ import annotations

from typing import Final, Literal

Role = Literal["self", "head", "guardian", "kin"]
IdKind = Literal[
    "valid", "legacy15", "invalid", "excel15", "excel_sci", "masked", "permit", "missing", "several"
]
NameSystem = Literal["han", "given", "interpunct", "latin", "unknown"]

ROLES: Final[tuple[Role, ...]] = ("self", "head", "guardian", "kin")
ID_KINDS: Final[tuple[IdKind, ...]] = (
    "valid",
    "legacy15",
    "permit",
    "excel15",
    "excel_sci",
    "masked",
    "several",
    "invalid",
    "missing",
)
NAME_SYSTEMS: Final[tuple[NameSystem, ...]] = ("han", "given", "interpunct", "latin", "unknown")

# The kinds whose ``id_no`` is a canonical number; for every other kind ``id_no`` is NULL.
WHOLE_ID_KINDS: Final[tuple[IdKind, ...]] = ("valid", "legacy15", "permit")

# One row per person-bearing role of a row; ordered by file, sheet, row, role.
RECORDS: Final[dict[str, str]] = {
    "file": "VARCHAR",
    "sheet": "VARCHAR",
    "row": "INTEGER",
    "role": "VARCHAR",
    "profile_key": "UBIGINT",
}

# One row per distinct description; ordered by profile_key. Meanings: docs/DEVELOPERS.md.
PROFILES: Final[dict[str, str]] = {
    "profile_key": "UBIGINT",
    "feed": "VARCHAR",
    "role": "VARCHAR",
    "id_no": "VARCHAR",
    "id_kind": "VARCHAR",
    "id_seen": "VARCHAR",
    "id_prefix": "VARCHAR",
    "name": "VARCHAR",
    "name_raw": "VARCHAR",
    "name_system": "VARCHAR",
    "name_pinyin": "VARCHAR",
    "name_family": "VARCHAR",
    "name_missing": "BOOLEAN",
    "sex": "VARCHAR",
    "birth_date": "DATE",
    "birth_precision": "VARCHAR",
    "birth_source": "VARCHAR",
    "ethnicity": "VARCHAR",
    "township": "VARCHAR",
    "village": "VARCHAR",
    "division": "VARCHAR",
    "household_key": "VARCHAR",
    "agency_key": "VARCHAR",
    "phone": "VARCHAR",
    "relation": "VARCHAR",
    "of": "VARCHAR",
    "died_on": "DATE",
}

# What ``household_key`` begins with where no agency's number stands: the house of the address, or the row's own
# person (for a relative of whom the row says a name alone).
HOME: Final = "home:"
BESIDE: Final = "beside:"

# The fields that make a profile what it is: all but its key.
DESCRIBING: Final[tuple[str, ...]] = tuple(name for name in PROFILES if name != "profile_key")

# Fields that were added when keys had been published already.
_LATER: Final[tuple[str, ...]] = ("died_on",)

_SEPARATOR = "chr(31)"
_NULL = "chr(30)"


def profile_key_sql() -> str:
    """The SQL expression of ``profile_key`` over the columns of ``DESCRIBING``.

    The lower 64 bits of an MD5, not DuckDB's ``hash()``: that one may change with the engine's version,
    while a published key must not. NULL and empty text differ, and no two fields can run together. A field that
    came later (``_LATER``) is left out where it is NULL, so that keys published before it stay.
    """
    fields = [f'coalesce(CAST("{name}" AS VARCHAR), {_NULL})' for name in DESCRIBING if name not in _LATER]
    fields += [f"'{name}=' || CAST(\"{name}\" AS VARCHAR)" for name in _LATER]
    return f"md5_number_lower(concat_ws({_SEPARATOR}, {', '.join(fields)}))"
