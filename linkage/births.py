"""Newborns: a birth list that names child and mother, and lists where the child has no name or number yet.

A child is told by the day it was born and the house its mother lives in. Where the mother is a bare name, the
house is the one in which a child of that day and a woman of that name live together.
"""

from __future__ import annotations

import duckdb

from linkage import rules
from linkage.agreement import PINYIN
from linkage.limits import Limits
from linkage.reading import NAMED_AFTER

_NAME = "name, name_family, name_pinyin"
_WHOLE_BIRTH = """CASE WHEN own_birth IS NOT NULL AND birth_precision = 'day' THEN own_birth
        WHEN {settled} THEN id_birth(id_no) END"""
_SAME_NAME = """name_level(kids.name, kids.name_family, kids.name_pinyin,
        others.name, others.name_family, others.name_pinyin)"""


def by_house_of_birth(con: duckdb.DuckDBPyConnection, limits: Limits) -> None:
    """Tie a birth's child to the one child of that day in its mother's house, and a bare-named mother with it.

    Reads ``described``, ``known``, ``assigned`` and ``beside_told``. Adds to ``assigned``: children (L14 with the
    name, L16 where one side has none) and mothers (L08), certain; and makes ``twosomes(left_key, right_key,
    rule)`` of children that no other rule settled on either side. Two who fit decide nothing.
    """
    _settled(con)
    _children(con)
    _houses(con)
    _fitting(con, limits)
    con.execute("""
        CREATE OR REPLACE TEMP TABLE twosomes AS
        SELECT least(own_key, other_key) AS left_key, greatest(own_key, other_key) AS right_key, rule
        FROM pairs_of_birth WHERE own_node IS NULL AND other_node IS NULL""")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE born_ties AS
        SELECT own_key AS profile_key, other_node AS node, rule FROM pairs_of_birth
        WHERE own_node IS NULL AND other_node IS NOT NULL
        UNION
        SELECT other_key, own_node, rule FROM pairs_of_birth
        WHERE own_node IS NOT NULL AND other_node IS NULL
        UNION
        SELECT mother_key, min(mother_node), '{rules.LIVES_WITH.rule_id}' FROM pairs_of_birth
        WHERE NOT mother_settled GROUP BY mother_key HAVING count(DISTINCT mother_node) = 1""")
    con.execute("""
        DELETE FROM born_ties WHERE profile_key NOT IN (SELECT profile_key FROM fresh)
            OR profile_key IN (SELECT profile_key FROM assigned WHERE grade <> 'review')""")
    con.execute("""
        DELETE FROM assigned WHERE profile_key IN (
            SELECT profile_key FROM born_ties UNION SELECT left_key FROM twosomes UNION SELECT right_key FROM twosomes)""")
    # A child under its mother's number: the number stays hers.
    con.execute(f"""
        INSERT INTO assigned
        SELECT profile_key, min(node),
            CASE WHEN bool_or(id_no IS NOT NULL) THEN '{rules.SETTLED_ELSEWHERE.rule_id}' ELSE min(rule) END,
            'certain', NULL, NULL
        FROM born_ties JOIN described USING (profile_key)
        GROUP BY profile_key HAVING count(DISTINCT node) = 1 ORDER BY profile_key""")


def _settled(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``everybody``: descriptions with the node they are surely of (or none)."""
    fields = f"described.profile_key, feed, role, {_NAME}, id_no, own_birth, birth_precision, sex, home, household_key"
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE everybody AS
        SELECT {fields}, CASE WHEN assigned.grade <> 'review' THEN assigned.node END AS node
        FROM described LEFT JOIN assigned USING (profile_key)
        UNION ALL
        SELECT {fields.replace("described.", "")}, person_id FROM known WHERE grade <> 'review'""")


def _children(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``kids`` (children beside whom a parent is named), ``mothers`` and ``others`` (born on such a day)."""
    birth = _WHOLE_BIRTH.format(settled="node IS NOT NULL")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE mothers AS
        SELECT DISTINCT beside_told.own_key, told.profile_key, told.node, {_NAME}
        FROM beside_told
        JOIN (SELECT * FROM everybody WHERE role <> 'self') AS told USING (profile_key)
        JOIN (SELECT profile_key FROM old WHERE "of" = 'parent'
              UNION SELECT profile_key FROM fresh WHERE "of" = 'parent') AS parents USING (profile_key)
        WHERE NOT starts_with(coalesce(name, ''), '{NAMED_AFTER}')""")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE kids AS
        SELECT * REPLACE (CASE WHEN starts_with(name, '{NAMED_AFTER}') THEN NULL ELSE name END AS name), {birth} AS birth
        FROM everybody WHERE profile_key IN (SELECT own_key FROM mothers) AND {birth} IS NOT NULL""")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE others AS
        SELECT * REPLACE (CASE WHEN starts_with(name, '{NAMED_AFTER}') THEN NULL ELSE name END AS name), {birth} AS birth
        FROM everybody
        WHERE role = 'self' AND {birth} IN (SELECT birth FROM kids)""")


def _houses(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``houses(node, hearth)`` of the settled, and ``others_at``: where those born on such a day live."""
    con.execute("""
        CREATE OR REPLACE TEMP TABLE houses AS
        SELECT DISTINCT node, hearth FROM (SELECT node, unnest([home, household_key]) AS hearth FROM everybody
            WHERE node IS NOT NULL)
        WHERE hearth IS NOT NULL""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE others_at AS
        SELECT DISTINCT profile_key, hearth FROM others JOIN houses USING (node)
        UNION
        SELECT profile_key, unnest([home, household_key]) AS hearth FROM others""")


def _fitting(con: duckdb.DuckDBPyConnection, limits: Limits) -> None:
    """Make ``pairs_of_birth``: a child of a birth list and the one other description that fits it."""
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE alike_births AS
        SELECT kids.profile_key AS own_key, kids.node AS own_node, others.profile_key AS other_key,
            others.node AS other_node, hearth, kids.birth,
            kids.name IS NOT NULL AND others.name IS NOT NULL AS is_named
        FROM kids
        JOIN others ON others.birth = kids.birth AND others.feed <> kids.feed
        JOIN others_at ON others_at.profile_key = others.profile_key AND hearth IS NOT NULL
        WHERE (kids.name IS NULL OR others.name IS NULL OR {_SAME_NAME} >= {PINYIN})
            AND coalesce(kids.sex = others.sex, TRUE)""")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE women AS
        WITH near AS MATERIALIZED (SELECT * FROM houses WHERE hearth IN (SELECT hearth FROM alike_births))
        SELECT near.hearth, node, {_NAME}, birth_year
        FROM near JOIN (
            SELECT node, {_NAME}, min(year(coalesce(own_birth, id_birth(id_no)))) OVER (PARTITION BY node) AS birth_year,
                sex FROM everybody WHERE node IN (SELECT node FROM near) AND role = 'self') USING (node)
        WHERE sex = '2'""")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE pairs_of_birth AS
        WITH in_her_house AS (
            SELECT alike_births.*, mothers.profile_key AS mother_key, mothers.node AS mother_node, TRUE AS mother_settled
            FROM alike_births JOIN mothers USING (own_key)
            JOIN houses ON houses.node = mothers.node AND houses.hearth = alike_births.hearth
            UNION ALL
            SELECT alike_births.*, mothers.profile_key, women.node, FALSE
            FROM alike_births JOIN mothers USING (own_key)
            JOIN women ON women.hearth = alike_births.hearth
            WHERE mothers.node IS NULL AND coalesce(year(birth) - birth_year >= {limits.parent_years}, TRUE)
                AND name_level(mothers.name, mothers.name_family, mothers.name_pinyin,
                               women.name, women.name_family, women.name_pinyin) >= {PINYIN}
        ),
        apart AS (
            SELECT *, coalesce(own_node, CAST(own_key AS VARCHAR)) AS own,
                coalesce(other_node, CAST(other_key AS VARCHAR)) AS other
            FROM in_her_house
            WHERE coalesce(mother_node <> other_node, TRUE) AND (own_node IS NULL OR other_node IS NULL)
                -- who lives somewhere already was not born elsewhere as well
                AND (own_node NOT IN (SELECT node FROM houses) OR own_node IN (
                    SELECT node FROM houses AS own_house WHERE own_house.hearth = in_her_house.hearth) OR own_node IS NULL)
        ),
        counted AS (
            SELECT *, min(other) OVER of_own = max(other) OVER of_own AND min(own) OVER of_other = max(own) OVER of_other
                AS is_only
            FROM apart
            WINDOW of_own AS (PARTITION BY own), of_other AS (PARTITION BY other)
        )
        SELECT own_key, own_node, other_key, other_node, mother_key, mother_node, mother_settled,
            CASE WHEN bool_or(is_named) THEN '{rules.TOGETHER.rule_id}' ELSE '{rules.MAY_BE_TOGETHER.rule_id}' END AS rule
        FROM counted WHERE is_only
        GROUP BY ALL""")
