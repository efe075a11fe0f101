"""Pass 0 and 1: what valid ids and the agencies' own numbers say by themselves.

Reads ``fresh`` (profiles not seen in an earlier month) and ``old`` (the registry's profiles with person),
writes ``assigned(profile_key, node, rule, grade)`` for what is settled and ``free`` for the rest. A *node*
is a person in the making: the person_id of somebody known, ``n<smallest profile key>`` of a new group under one
valid id, ``f<smallest profile key>`` of a group without one.
"""

from __future__ import annotations

import duckdb

from linkage import rules
from linkage.agreement import DIFFERENT, ONE_CHARACTER, PINYIN, WILDCARD
from linkage.limits import Limits
from linkage.nodes import LISTS_OF_THE_DEAD
from linkage.reading import NAMED_AFTER
from warehouse.database import quoted


def by_valid_id(con: duckdb.DuckDBPyConnection, limits: Limits) -> None:
    """Tie profiles that show the same valid id and a compatible name (L01), hold the rest as contested.

    An id's owner is the name that the trusted feeds give it (a known person's own name first). Another
    name under the same id is compatible when it is the same name written otherwise. A name that differs in
    one character or is a shortened one is compatible too, unless it comes with another number of the same
    agency, or is the very name of somebody with an id of his own in the same household or on the same
    phone: a child under the parent's number. Is that somebody only of the same village, a person decides where a
    character differs, and on a record of a death, unless its birth date, or a house, phone or number shared with
    the owner, speaks for it.
    """
    _claims(con, limits)
    _owners(con, limits)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE graded AS
        SELECT claims.*, owners.node, owners.name AS owner_name,
            CASE WHEN claims.named_after = owners.name OR heads_id.profile_key IS NOT NULL THEN {DIFFERENT}
                WHEN claims.name IS NULL OR owners.name IS NULL THEN {PINYIN}
                ELSE name_level(claims.name, claims.name_family, claims.name_pinyin,
                                owners.name, owners.name_family, owners.name_pinyin) END AS level
        FROM claims JOIN owners USING (id_no)
        LEFT JOIN (
            -- the head's number on a nameless child's row of the same household
            SELECT DISTINCT nameless.profile_key FROM claims AS nameless JOIN claims AS named
                ON named.id_no = nameless.id_no AND named.household_key = nameless.household_key
                AND left(named.standing, 1) <> left(nameless.standing, 1)
            WHERE nameless.name IS NULL AND named.name IS NOT NULL AND nameless.person_id IS NULL
        ) AS heads_id USING (profile_key)""")
    _namesakes(con)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE assigned AS
        WITH judged AS (
            SELECT graded.*, coalesce(namesakes.is_close, FALSE) AS has_close_namesake,
                namesakes.profile_key IS NOT NULL AND (is_of_dead OR level = {ONE_CHARACTER}) AND NOT births_agree
                    AND backed.profile_key IS NULL AS has_namesake,
                rivals.profile_key IS NOT NULL AS has_other_number
            FROM graded
            LEFT JOIN namesakes USING (profile_key)
            LEFT JOIN rivals USING (profile_key)
            LEFT JOIN backed USING (profile_key)
            WHERE graded.person_id IS NULL AND NOT is_contradicted AND level > {DIFFERENT}
        ),
        placed AS (
            SELECT *, starts_with(node, 'n') AND row_number() OVER (
                PARTITION BY node ORDER BY sex_differs, level DESC, profile_key) = 1 AS is_founder
            FROM judged
            WHERE level >= {WILDCARD + 1} OR NOT (has_close_namesake OR has_other_number)
        )
        SELECT profile_key, node,
            CASE WHEN is_founder THEN '{rules.FOUNDER.rule_id}'
                WHEN sex_differs OR (has_namesake AND level < {PINYIN}) THEN '{rules.ID_CONFLICT.rule_id}'
                ELSE '{rules.SAME_ID.rule_id}' END AS rule,
            CASE WHEN is_founder THEN 'new'
                WHEN sex_differs OR (has_namesake AND level < {PINYIN}) THEN 'review'
                ELSE 'certain' END AS grade,
            CAST(NULL AS DOUBLE) AS match_weight, level AS name_level
        FROM placed""")


def _claims(con: duckdb.DuckDBPyConnection, limits: Limits) -> None:
    """Who shows which valid id: fresh profiles, and old ones of the same ids.

    ``is_contradicted``: under this id and name (or this id and agency's number) a birth date of the row's own stands that is far from the
    id's, and none that agrees; or the agency's number stands under another id that more know: the number is
    another person's, whoever else shows it.
    """
    columns = f"""profile_key, feed, role, id_no,
        CASE WHEN starts_with(name, '{NAMED_AFTER}') THEN NULL ELSE name END AS name,
        CASE WHEN starts_with(name, '{NAMED_AFTER}') THEN substr(name, 2) END AS named_after,
        name_family, name_pinyin, household_key, home, agency_key, village, phone, standing,
        feed IN {LISTS_OF_THE_DEAD} AS is_of_dead,
        coalesce(sex <> id_sex(id_no), FALSE) AS sex_differs,
        coalesce(birth_source = 'column' AND births_far(birth_date, id_birth(id_no)), FALSE) AS births_apart,
        coalesce(birth_source = 'column' AND birth_date = id_birth(id_no), FALSE) AS births_agree"""
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE claims AS
        WITH told AS MATERIALIZED (
            SELECT {columns}, CAST(NULL AS VARCHAR) AS person_id FROM described WHERE id_no IS NOT NULL
            UNION ALL
            SELECT {columns}, person_id FROM known
            WHERE grade <> 'review' AND id_no IN (SELECT id_no FROM fresh)
        ),
        -- the windows cost a sort each: few ids have a birth date that is far from their own
        apart AS (SELECT DISTINCT id_no FROM told WHERE births_apart)
        SELECT *, FALSE AS is_contradicted FROM told ANTI JOIN apart USING (id_no)
        UNION ALL
        SELECT *, person_id IS NULL AND (
                births_apart
                -- half of a record of a death may be the informant's: it speaks of itself alone
                OR (bool_or(births_apart AND NOT is_of_dead) OVER same_name
                    AND NOT bool_or(births_agree OR person_id IS NOT NULL) OVER same_name)
                OR (bool_or(births_apart AND NOT is_of_dead) OVER same_number
                    AND NOT bool_or(births_agree OR person_id IS NOT NULL) OVER same_number)) AS is_contradicted
        FROM told SEMI JOIN apart USING (id_no)
        WINDOW same_name AS (PARTITION BY id_no, coalesce(name, agency_key, CAST(profile_key AS VARCHAR))),
            same_number AS (PARTITION BY id_no, coalesce(agency_key, CAST(profile_key AS VARCHAR)))""")
    trusted = ", ".join(f"('{quoted(feed)}', {points}::DOUBLE)" for feed, points in limits.trust.items())
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE trust AS
        FROM (VALUES ('', {limits.trust_other}::DOUBLE){", " if trusted else ""}{trusted}) AS told(feed, points)""")
    # One number of an agency and one name under two ids: the id that fewer know is another person's, or a slip.
    con.execute("""
        CREATE OR REPLACE TEMP TABLE outvoted AS
        WITH several AS (
            SELECT agency_key, coalesce(name_family, name) AS term FROM claims
            WHERE agency_key IS NOT NULL AND name IS NOT NULL AND NOT is_contradicted
            GROUP BY ALL HAVING min(id_no) <> max(id_no)
        ),
        numbers AS MATERIALIZED (
            SELECT claims.*, several.term FROM claims JOIN several
                ON several.agency_key = claims.agency_key AND several.term = coalesce(name_family, name)
            WHERE name IS NOT NULL AND NOT is_contradicted
        ),
        support AS (
            SELECT id_no, term, sum(points) AS points, bool_or(is_known) AS is_known FROM (
                SELECT id_no, coalesce(name_family, name) AS term, feed, bool_or(person_id IS NOT NULL) AS is_known,
                    coalesce(min(points), (SELECT points FROM trust WHERE feed = '')) AS points
                FROM claims LEFT JOIN trust USING (feed)
                WHERE name IS NOT NULL AND id_no IN (SELECT id_no FROM numbers) GROUP BY ALL)
            GROUP BY ALL
        ),
        numbered AS (
            SELECT DISTINCT agency_key, term, id_no, is_known, points,
                bool_or(person_id IS NOT NULL) OVER (PARTITION BY agency_key, term, id_no) AS is_held
            FROM numbers JOIN support USING (id_no, term)
        )
        SELECT agency_key, term, id_no FROM numbered
        WINDOW of_number AS (PARTITION BY agency_key, term)
        QUALIFY NOT is_held AND ((max(is_held) OVER of_number, max(points) OVER of_number) > (is_held, points))""")
    con.execute("""
        UPDATE claims SET is_contradicted = TRUE FROM outvoted
        WHERE claims.id_no = outvoted.id_no AND claims.agency_key = outvoted.agency_key
            AND coalesce(claims.name_family, claims.name) = outvoted.term AND claims.person_id IS NULL""")


def _owners(con: duckdb.DuckDBPyConnection, limits: Limits) -> None:
    # The feed's own person is better known to the feed than the head or guardian that it names beside.
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE owners AS
        WITH voices AS (
            SELECT id_no, name, claims.feed, role,
                min(name_family) AS name_family, min(name_pinyin) AS name_pinyin,
                max(person_id) AS person_id, bool_and(sex_differs) AS sex_differs,
                coalesce(min(points), (SELECT points FROM trust WHERE feed = ''))
                    * CASE WHEN role = 'self' THEN 1 ELSE {limits.relatives_trust} END AS points
            FROM claims LEFT JOIN trust USING (feed)
            WHERE name IS NOT NULL AND NOT is_contradicted
            GROUP BY id_no, name, claims.feed, role
        ),
        named AS (
            SELECT id_no, name, min(name_family) AS name_family, min(name_pinyin) AS name_pinyin,
                max(person_id) AS person_id, coalesce(sum(points) FILTER (NOT sex_differs), 0) AS support
            FROM voices GROUP BY id_no, name
        ),
        ranked AS (
            SELECT *, row_number() OVER (
                PARTITION BY id_no
                ORDER BY person_id IS NULL, support DESC, contains(name, '?'), length(name) DESC, name) AS nth
            FROM named
        ),
        groups AS (
            SELECT id_no, min(profile_key) AS smallest, max(person_id) AS person_id
            FROM claims WHERE NOT is_contradicted GROUP BY id_no
        )
        SELECT groups.id_no, coalesce(groups.person_id, 'n' || groups.smallest) AS node,
            ranked.name, ranked.name_family, ranked.name_pinyin
        FROM groups LEFT JOIN ranked ON ranked.id_no = groups.id_no AND ranked.nth = 1""")


def _namesakes(con: duckdb.DuckDBPyConnection) -> None:
    """Names that differ a little from the id's owner: ``namesakes`` bear them nearby, ``rivals`` have numbers,
    ``backed`` are descriptions that share house, phone or number with one of the owner's own name."""
    weak = f"level BETWEEN {DIFFERENT + 1} AND {WILDCARD}"
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE namesakes AS
        WITH weak AS (SELECT profile_key, id_no, name, name_family FROM graded WHERE {weak}),
        bearers AS (
            SELECT claims.id_no, owners.name, owners.name_family, claims.household_key, claims.home, claims.phone, claims.village
            FROM claims JOIN owners USING (id_no)
            UNION ALL
            -- who is known and whose id nobody new shows
            SELECT id_no, name, name_family, household_key, home, phone, village FROM known
            WHERE grade <> 'review' AND id_no IS NOT NULL AND id_no NOT IN (SELECT id_no FROM owners)
                AND (name IN (SELECT name FROM weak) OR name_family IN (SELECT name_family FROM weak))
        ),
        placed AS (
            SELECT *, unnest([household_key, home, phone, village]) AS place,
                unnest([TRUE, TRUE, TRUE, FALSE]) AS is_close
            FROM bearers
        ),
        here AS (
            SELECT DISTINCT weak.profile_key, weak.id_no, placed.place, placed.is_close,
                unnest([weak.name, weak.name_family]) AS called
            FROM weak JOIN placed USING (id_no) WHERE placed.place IS NOT NULL
        ),
        there AS (
            SELECT DISTINCT id_no, place, is_close, unnest([name, name_family]) AS called FROM placed
            WHERE place IN (SELECT place FROM here)
        )
        SELECT here.profile_key, bool_or(is_close) AS is_close
        FROM here JOIN there USING (called, place, is_close)
        WHERE there.id_no <> here.id_no
        GROUP BY here.profile_key""")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE backed AS
        WITH ties AS (
            SELECT id_no, profile_key, feed, level, unnest([home, household_key, agency_key, phone]) AS tie
            FROM graded WHERE id_no IN (SELECT id_no FROM graded WHERE {weak})
        )
        SELECT DISTINCT weak.profile_key
        FROM ties AS weak JOIN ties AS own USING (id_no, tie)
        WHERE weak.{weak} AND own.level >= {PINYIN} AND own.profile_key <> weak.profile_key""")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE rivals AS
        SELECT DISTINCT weak.profile_key
        FROM graded AS weak JOIN graded AS own
            ON own.id_no = weak.id_no AND own.level >= {PINYIN} AND own.agency_key <> weak.agency_key
            AND split_part(own.agency_key, ':', 1) = split_part(weak.agency_key, ':', 1)
        WHERE weak.{weak}""")
