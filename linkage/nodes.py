"""Nodes: the profiles that are settled as one person so far, gathered to one row with lists.

A node is what the model compares: a known person, a new group under one valid id, or a group of
descriptions without a trusted id. Lists hold every value its profiles show, so that one agreement counts once.
"""

from __future__ import annotations

import duckdb

from linkage import rules
from linkage.cluster import components
from linkage.reading import borrowed_id
from linkage.standardise.shapes import shape_of

# Columns of ``nodes`` with their types: explicit, so that an all-NULL column never changes type.
NODE_COLUMNS = {
    "node": "VARCHAR",
    "rank": "INTEGER",
    "is_contested": "BOOLEAN",
    "id_no": "VARCHAR",
    "id_kind": "VARCHAR",
    "id_seen": "VARCHAR",
    "id_prefix": "VARCHAR",
    "name": "VARCHAR",
    "name_term": "VARCHAR",
    "shape": "VARCHAR",
    "names": "VARCHAR[]",
    "families": "VARCHAR[]",
    "pinyins": "VARCHAR[]",
    "birth": "DATE",
    "birth_precision": "VARCHAR",
    "sex": "VARCHAR",
    "townships": "VARCHAR[]",
    "villages": "VARCHAR[]",
    "homes": "VARCHAR[]",
    "households": "VARCHAR[]",
    "household_kinds": "VARCHAR[]",
    "standings": "VARCHAR[]",
    "agencies": "VARCHAR[]",
    "agency_kinds": "VARCHAR[]",
    "phones": "VARCHAR[]",
    "is_dead": "BOOLEAN",
    "died_on": "DATE",
}
LISTS_OF_THE_DEAD = "('death', 'cremation')"

_SEX_IS_OWN = "NOT is_contested OR birth_source = 'column'"
_MOST_BIRTH = "coalesce(mode(own_birth ORDER BY own_birth) FILTER (birth_precision = 'day'), mode(own_birth ORDER BY own_birth))"

# Lists and modes stand in memory while they are gathered and cannot be spilled: so many nodes at a time.
_GATHERED_AT_ONCE = 100_000

_LETTERS = "list_transform(range(1, length(name) + 1), lambda place: substr(name, place, 1))"

# A known person is joined to, a new id group may join a known person without id, a free group may join any.
KNOWN, WITH_ID, FREE = 0, 1, 2


def group_free(con: duckdb.DuckDBPyConnection) -> None:
    """Gather what no rule settled into free nodes: ``free(profile_key, node)``.

    Descriptions fall together when they share one agency's number, household number, damaged id or
    contested id and bear the same name (or the same name family).
    """
    con.execute("""
        CREATE OR REPLACE TEMP TABLE rest AS
        SELECT *, coalesce(name_family, name) AS name_term FROM described
        WHERE profile_key NOT IN (SELECT profile_key FROM assigned)""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE free_edges AS
        WITH keyed AS (
            SELECT profile_key, name_term, household_key AS value, own_birth FROM rest
            UNION ALL SELECT profile_key, coalesce(name_term, '?'), agency_key, own_birth FROM rest
            UNION ALL SELECT profile_key, name_term, damaged_id, own_birth FROM rest
            UNION ALL SELECT profile_key, name_term, id_no, own_birth FROM rest
        ),
        counted AS (
            SELECT name_term, value, min(profile_key) AS smallest, max(own_birth) AS last_birth,
                min(own_birth) AS first_birth
            FROM keyed WHERE value IS NOT NULL AND name_term IS NOT NULL
            GROUP BY name_term, value
        )
        SELECT counted.smallest AS left_node, keyed.profile_key AS right_node
        FROM keyed JOIN counted USING (name_term, value)
        WHERE NOT births_far(counted.first_birth, counted.last_birth)
        UNION ALL
        -- what a person decided to be one, where nothing else settles it
        SELECT left_key, right_key FROM decided_edges
        WHERE left_key IN (SELECT profile_key FROM rest) AND right_key IN (SELECT profile_key FROM rest)
        UNION ALL
        SELECT left_key, right_key FROM twosomes
        WHERE left_key IN (SELECT profile_key FROM rest) AND right_key IN (SELECT profile_key FROM rest)
        UNION ALL SELECT profile_key, profile_key FROM rest""")
    components(con, "free_edges", "free_roots")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE free AS
        SELECT node AS profile_key, 'f' || root AS node FROM free_roots""")


def build_members(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``members``: every profile that may speak for a node, with the node and its rank.

    Review links speak for nobody: a wrong proposal must not draw others after it.
    """
    con.execute(f"""
        CREATE OR REPLACE TEMP VIEW members AS
        SELECT known.* EXCLUDE (person_id, grade, rule, match_weight, first_month, last_month),
            person_id AS node, {KNOWN} AS rank, FALSE AS is_contested
        FROM known WHERE grade <> 'review'
        UNION ALL BY NAME
        SELECT described.* REPLACE ({borrowed_id("assigned.rule")}), assigned.node,
            CASE WHEN starts_with(assigned.node, 'n') THEN {WITH_ID} ELSE {KNOWN} END AS rank,
            FALSE AS is_contested
        FROM described JOIN assigned USING (profile_key)
        WHERE assigned.grade <> 'review' AND assigned.rule <> '{rules.HUMAN.rule_id}'
        UNION ALL BY NAME
        SELECT described.*, free.node, {FREE} AS rank, described.id_no IS NOT NULL AS is_contested
        FROM described JOIN free USING (profile_key)""")


def build_nodes(con: duckdb.DuckDBPyConnection, wanted: str) -> None:
    """Make ``nodes`` (see ``NODE_COLUMNS``) for the nodes named in the table ``wanted(node)``."""
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE wanted_members AS
        SELECT node, rank, is_contested, profile_key, feed, role, id_kind, id_seen, id_prefix, damaged_id, name, name_family,
            name_pinyin, own_birth, birth_precision, birth_source, sex, township, village, home, household_key, standing,
            agency_key, phone, died_on, coalesce(name_family, name) AS term,
            CASE WHEN members.rank = {FREE} THEN NULL ELSE id_no END AS trusted_id
        FROM members WHERE node IN (SELECT node FROM {wanted})""")
    found = con.execute(f"SELECT count(*) FROM {wanted}").fetchone()
    parts = 1 + (int(found[0]) if found else 0) // _GATHERED_AT_ONCE
    typed = ", ".join(f"{name} {kind}" for name, kind in NODE_COLUMNS.items())
    con.execute(f"CREATE OR REPLACE TEMP TABLE nodes ({typed})")
    for part in range(parts):
        _gather(con, f"hash(node) % {parts} = {part}")
    _shape(con)
    con.execute("DROP TABLE wanted_members")


def _shape(con: duckdb.DuckDBPyConnection) -> None:
    """Fill ``shape``: how the characters of a node's name look. Python sees each distinct character once."""
    con.execute("CREATE TEMP TABLE IF NOT EXISTS told_letters (letter VARCHAR, code VARCHAR)")
    con.execute("CREATE TEMP TABLE IF NOT EXISTS told_shapes AS SELECT '' AS name, '' AS shape")
    # A name that was met in an earlier round looks as it looked.
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE spelled AS
        SELECT name, unnest({_LETTERS}) AS letter, generate_subscripts({_LETTERS}, 1) AS place
        FROM (SELECT DISTINCT name FROM nodes WHERE name IS NOT NULL AND name NOT IN (SELECT name FROM told_shapes))""")
    found = con.execute(
        "SELECT DISTINCT letter FROM spelled ANTI JOIN told_letters USING (letter)"
    ).fetchall()
    if found:
        letters = [letter for (letter,) in found]
        # As two lists and not as a registered table: that would import pandas, which costs more than all else here.
        con.execute(
            "INSERT INTO told_letters SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
            [letters, [shape_of(letter) for letter in letters]],
        )
    con.execute("""
        INSERT INTO told_shapes
        SELECT name, string_agg(code, '' ORDER BY place) FROM spelled JOIN told_letters USING (letter) GROUP BY name""")
    con.execute(
        "UPDATE nodes SET shape = told_shapes.shape FROM told_shapes WHERE nodes.name = told_shapes.name"
    )


def _gather(con: duckdb.DuckDBPyConnection, condition: str) -> None:
    """Add to ``nodes`` those of ``wanted_members`` that the condition takes."""
    con.execute(f"""
        INSERT INTO nodes BY NAME
        WITH part AS MATERIALIZED (SELECT * FROM wanted_members WHERE {condition}),
        -- Most nodes say one thing throughout: what most of its descriptions say is counted for the others alone.
        mixed AS (
            SELECT node, mode(name ORDER BY name) AS name, mode(term ORDER BY term) AS name_term,
                {_MOST_BIRTH} AS own_birth, mode(sex ORDER BY sex) FILTER ({_SEX_IS_OWN}) AS any_sex
            FROM part WHERE node IN (
                SELECT node FROM part GROUP BY node
                HAVING min(name) <> max(name) OR min(own_birth) <> max(own_birth) OR min(sex) <> max(sex))
            GROUP BY node
        ),
        gathered AS (
            SELECT node, min(rank) AS rank, bool_or(is_contested) AS is_contested,
                max(trusted_id) AS id_no,
                arg_min(id_kind, profile_key) FILTER (damaged_id IS NOT NULL) AS kind_of_damaged,
                arg_min(id_seen, profile_key) FILTER (damaged_id IS NOT NULL) AS damaged_seen,
                arg_min(id_prefix, profile_key) FILTER (damaged_id IS NOT NULL) AS damaged_prefix,
                max(id_prefix) FILTER (damaged_id IS NULL) AS any_prefix,
                min(name) AS name, min(term) AS name_term, {_listed("name")} AS names, {_listed("name_family")} AS families,
                {_listed("name_pinyin", "NOT contains(name_pinyin, '?')")} AS pinyins,
                min(own_birth) AS own_birth,
                arg_min(birth_precision, (birth_precision, own_birth)) FILTER (own_birth IS NOT NULL) AS birth_precision,
                min(sex) FILTER ({_SEX_IS_OWN}) AS any_sex,
                {_listed("township")} AS townships, {_listed("village")} AS villages,
                {_listed("household_key")} AS households,
                {_listed("split_part(household_key, ':', 1)")} AS household_kinds,
                {_listed("household_key || '=' || standing")} AS standings,
                {_listed("agency_key")} AS agencies,
                {_listed("split_part(agency_key, ':', 1)")} AS agency_kinds,
                {_listed("phone")} AS phones, {_listed("home")} AS homes,
                bool_or(role = 'self' AND feed IN {LISTS_OF_THE_DEAD}) AS is_dead,
                min(died_on) AS died_on
            FROM part GROUP BY node
        )
        SELECT node, rank, is_contested, id_no,
            CASE WHEN id_no IS NULL THEN kind_of_damaged END AS id_kind,
            CASE WHEN id_no IS NULL THEN damaged_seen END AS id_seen,
            CASE WHEN id_no IS NULL THEN coalesce(damaged_prefix, any_prefix) END AS id_prefix,
            coalesce(mixed.name, gathered.name) AS name, coalesce(mixed.name_term, gathered.name_term) AS name_term,
            names, families, pinyins,
            coalesce(id_birth(id_no), mixed.own_birth, gathered.own_birth) AS birth,
            CASE WHEN id_no IS NOT NULL THEN 'day' ELSE birth_precision END AS birth_precision,
            CASE WHEN id_no IS NOT NULL THEN id_sex(id_no) ELSE coalesce(mixed.any_sex, gathered.any_sex) END AS sex,
            townships, villages, homes, households, household_kinds, standings,
            agencies, agency_kinds, phones, is_dead, died_on
        FROM gathered LEFT JOIN mixed USING (node)""")


def _listed(expression: str, condition: str = "TRUE") -> str:
    # The keys of a histogram are the distinct values in order, at two thirds of what a sorted list costs.
    return (
        f"coalesce(map_keys(histogram({expression}) FILTER ({expression} IS NOT NULL AND {condition})), "
        "CAST([] AS VARCHAR[]))"
    )
