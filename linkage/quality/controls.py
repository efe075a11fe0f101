"""Controls whose answer is known: descriptions whose valid id is hidden, and phantoms who are nobody.

Both are dressed like the month's real descriptions without an id: what such a row of that feed does not tell,
the control does not tell either.
"""

from __future__ import annotations

import duckdb

from linkage.quality.limits import QualityLimits
from linkage.quality.reading import hash_order
from linkage.reading import NAMED_AFTER
from linkage.records import PROFILES

# Told by the id alone, or held together with it.
_ID_COLUMNS = ("id_no", "id_kind", "id_seen", "id_prefix")
_NAME_COLUMNS = ("name", "name_raw", "name_system", "name_pinyin", "name_family", "name_missing")
_BIRTH_COLUMNS = ("birth_date", "birth_precision", "birth_source")

# What is left of an id in a real row, done to the one that is hidden.
_DAMAGED_SEEN = """CASE dress.id_kind
    WHEN 'excel15' THEN left(control.id_no, 15) || '000'
    WHEN 'invalid' THEN left(control.id_no, 16) || ((CAST(substr(control.id_no, 17, 1) AS INTEGER) + 1) % 10) || right(control.id_no, 1)
    WHEN 'masked' THEN left(control.id_no, 6) || '********' || right(control.id_no, 4) END"""
_DAMAGED_PREFIX = (
    "CASE dress.id_kind WHEN 'excel15' THEN left(control.id_no, 15) "
    "WHEN 'masked' THEN left(control.id_no, 6) WHEN 'excel_sci' THEN left(control.id_no, 1) END"
)
_KIND = "CASE WHEN dress.id_kind IN ('excel15', 'invalid', 'masked', 'excel_sci') THEN dress.id_kind ELSE 'missing' END"


def make_controls(con: duckdb.DuckDBPyConnection, limits: QualityLimits) -> None:
    """Make ``controls``: the columns of a profile with a key of its own, ``kind`` (hidden / phantom),
    ``original_key`` (whose row it stands in), ``own_person`` (NULL for a phantom) and ``stratum``.

    A hidden one is a description that shows its person's valid id, of a person whom another feed shows with
    that id too; one per person at most. Reads ``everyone`` and ``linked``.
    """
    _dresses(con)
    columns = ", ".join(f'CAST(NULL AS {kind}) AS "{name}"' for name, kind in PROFILES.items())
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE controls AS
        SELECT {columns}, CAST(NULL AS VARCHAR) AS kind, CAST(NULL AS UBIGINT) AS original_key,
            CAST(NULL AS VARCHAR) AS own_person, CAST(NULL AS VARCHAR) AS stratum WHERE FALSE""")
    _hide(con, limits)
    _invent(con, limits)


def _dresses(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``dresses``: the month's real descriptions without a whole id, numbered within feed and role."""
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE dresses AS
        SELECT everyone.*, linked.stratum,
            row_number() OVER (PARTITION BY everyone.feed, everyone.role
                ORDER BY {hash_order("profile_key", "dress")}) - 1 AS nth,
            count(*) OVER (PARTITION BY everyone.feed, everyone.role) AS many
        FROM everyone JOIN linked USING (profile_key) WHERE everyone.id_no IS NULL""")


def _hide(con: duckdb.DuckDBPyConnection, limits: QualityLimits) -> None:
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE hidden_keys AS
        WITH sure AS (
            SELECT everyone.profile_key, everyone.person_id, everyone.feed, everyone.role
            FROM everyone JOIN people USING (person_id)
            WHERE everyone.grade <> 'review' AND everyone.id_no = people.id_no
        ),
        wide AS (SELECT person_id FROM sure GROUP BY person_id HAVING count(DISTINCT feed) > 1),
        one_each AS (
            SELECT sure.* FROM sure JOIN linked USING (profile_key)
            WHERE sure.person_id IN (SELECT person_id FROM wide) AND linked.basis = 'id'
                AND (sure.feed, sure.role) IN (SELECT (feed, role) FROM dresses)
            QUALIFY row_number() OVER (
                PARTITION BY sure.person_id ORDER BY {hash_order("profile_key", "person")}) = 1
        )
        SELECT profile_key, person_id,
            row_number() OVER (PARTITION BY feed, role ORDER BY {hash_order("profile_key", "hide")}) - 1 AS nth
        FROM one_each
        QUALIFY nth < {limits.hidden_per_feed}""")
    told = []
    for name in PROFILES:
        if name == "profile_key":
            told.append("md5_number_lower('hidden' || control.profile_key) AS profile_key")
        elif name == "id_no":
            told.append("NULL AS id_no")
        elif name == "id_kind":
            told.append(f"{_KIND} AS id_kind")
        elif name == "id_seen":
            told.append(f"{_DAMAGED_SEEN} AS id_seen")
        elif name == "id_prefix":
            told.append(f"{_DAMAGED_PREFIX} AS id_prefix")
        elif name in _BIRTH_COLUMNS:
            told.append(
                f"CASE WHEN control.birth_source <> 'id' AND dress.birth_date IS NOT NULL THEN control.{name} END AS {name}"
            )
        elif name == "name_missing":
            told.append("control.name_missing AND dress.name IS NOT NULL AS name_missing")
        elif name in _NAME_COLUMNS:
            is_bare = f"dress.name IS NULL OR starts_with(dress.name, '{NAMED_AFTER}')"
            told.append(f"CASE WHEN NOT ({is_bare}) THEN control.{name} END AS {name}")
        elif name in ("feed", "role", "of", "relation"):
            told.append(f'control."{name}"')
        else:
            told.append(f'CASE WHEN dress."{name}" IS NOT NULL THEN control."{name}" END AS "{name}"')
    con.execute(f"""
        INSERT INTO controls BY NAME
        SELECT {", ".join(told)}, 'hidden' AS kind, control.profile_key AS original_key,
            hidden_keys.person_id AS own_person, dress.stratum
        FROM hidden_keys JOIN everyone AS control USING (profile_key)
        JOIN dresses AS dress ON dress.feed = control.feed AND dress.role = control.role
            AND dress.nth = hidden_keys.nth % dress.many""")


def _invent(con: duckdb.DuckDBPyConnection, limits: QualityLimits) -> None:
    """Phantoms: a real row's place and household with the name of one other and the birth date of a third.

    Whoever happens to exist (the name with this birth date, in this village or household) is no phantom.
    """
    replaced = ", ".join(
        [
            "md5_number_lower('phantom' || dress.profile_key) AS profile_key",
            *(f"named.{name} AS {name}" for name in _NAME_COLUMNS),
            "CASE WHEN dress.birth_date IS NOT NULL THEN born.birth_date END AS birth_date",
            "NULL AS id_no", "'missing' AS id_kind", "NULL AS id_seen", "NULL AS id_prefix",
            "split_part(dress.agency_key, ':', 1) || ':phantom' || dress.profile_key AS agency_key",
        ]
    )  # fmt: skip
    con.execute(f"""
        INSERT INTO controls BY NAME
        WITH chosen AS (
            SELECT *, row_number() OVER (PARTITION BY feed, role, name_system, sex
                    ORDER BY {hash_order("profile_key", "phantom")}) - 1 AS place,
                count(*) OVER (PARTITION BY feed, role, name_system, sex) AS others
            FROM dresses WHERE name IS NOT NULL AND NOT starts_with(name, '{NAMED_AFTER}')
        ),
        mixed AS (
            SELECT dress.* REPLACE ({replaced}), dress.profile_key AS original_key
            FROM chosen AS dress
            JOIN chosen AS named ON named.feed = dress.feed AND named.role = dress.role
                AND named.name_system IS NOT DISTINCT FROM dress.name_system
                AND named.sex IS NOT DISTINCT FROM dress.sex
                AND named.place = (dress.place + dress.others // 3 + 1) % dress.others
            JOIN chosen AS born ON born.feed = dress.feed AND born.role = dress.role
                AND born.name_system IS NOT DISTINCT FROM dress.name_system
                AND born.sex IS NOT DISTINCT FROM dress.sex
                AND born.place = (dress.place + 2 * (dress.others // 3) + 2) % dress.others
            WHERE dress.others > 5
        )
        SELECT mixed.* EXCLUDE (person_id, grade, rule, match_weight, first_month, last_month, nth, many, place, others),
            'phantom' AS kind, CAST(NULL AS VARCHAR) AS own_person
        FROM mixed
        WHERE NOT EXISTS (FROM everyone AS real
            WHERE coalesce(real.name_family, real.name) = coalesce(mixed.name_family, mixed.name)
                AND (real.birth_date = mixed.birth_date OR real.village = mixed.village
                    OR real.household_key = mixed.household_key OR real.phone = mixed.phone))
        ORDER BY {hash_order("profile_key", "order")} LIMIT {limits.phantoms}""")
