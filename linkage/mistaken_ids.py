"""Valid ids that are not their row's own: a slip that stays valid, and the number of one who lives in the house.

Runs after the owners of ids are known (``evidence.by_valid_id``). One in ten slips of two digits passes the check
digit, so one person may show two valid numbers; and a clerk who copies a household's page takes the next line's.
"""

from __future__ import annotations

from itertools import combinations

import duckdb

from linkage import rules
from linkage.agreement import DIFFERENT, FAMILY, PINYIN
from linkage.nodes import LISTS_OF_THE_DEAD
from linkage.reading import NAMED_AFTER

_NAME = "name, name_family, name_pinyin"
# Two wrong characters leave two of these four pieces whole, so some pair of pieces agrees.
_PIECES = ("substr(id_no, 7, 4)", "substr(id_no, 11, 4)", "substr(id_no, 15, 2)", "substr(id_no, 17, 2)")
NEAR_PIECES = tuple(f"{one} || {two}" for one, two in combinations(_PIECES, 2))
_SLIP_CHARACTERS = 2


def by_slip(con: duckdb.DuckDBPyConnection) -> None:
    """Join an id that one feed alone shows to the owner of an id two characters apart (L17).

    Both bear the same name; and a house, phone, number or village is shared, or one of the two tells none and the slip
    left the birth date whole. An agency that lists both ids lists two persons. On a list of the dead the birth date must be whole and the name written alike. Two owners who fit
    decide nothing. Changes ``assigned`` and ``owners``.
    """
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE bearers AS
        SELECT owners.node, owners.id_no, owners.name, owners.name_family, owners.name_pinyin,
            count(DISTINCT claims.feed) AS feeds, bool_or(claims.person_id IS NOT NULL) AS is_known,
            bool_or(claims.feed IN """
        + LISTS_OF_THE_DEAD
        + """) AS is_dead
        FROM owners JOIN claims USING (id_no)
        WHERE owners.name IS NOT NULL AND NOT claims.is_contradicted
        GROUP BY ALL"""
    )
    con.execute("""
        CREATE OR REPLACE TEMP TABLE known_bearers AS
        SELECT person_id AS node, id_no, name, name_family, name_pinyin FROM (
            SELECT person_id, id_no, name, name_family, name_pinyin FROM known
            WHERE grade <> 'review' AND id_no IS NOT NULL AND name IS NOT NULL
                AND id_no NOT IN (SELECT id_no FROM owners)
                AND coalesce(name_family, name) IN (SELECT coalesce(name_family, name) FROM bearers WHERE NOT is_known))
        GROUP BY ALL""")
    pieces = ", ".join(NEAR_PIECES)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE near_ids AS
        WITH lone AS (
            SELECT *, unnest([{pieces}]) AS piece, generate_subscripts([{pieces}], 1) AS part
            FROM bearers WHERE feeds = 1 AND NOT is_known
        ),
        targets AS (
            SELECT *, unnest([{pieces}]) AS piece, generate_subscripts([{pieces}], 1) AS part FROM (
                SELECT node, id_no, {_NAME}, feeds > 1 OR is_known AS is_backed FROM bearers
                UNION ALL SELECT node, id_no, {_NAME}, TRUE FROM known_bearers)
        )
        SELECT DISTINCT lone.node, lone.id_no, lone.is_dead, targets.node AS other, targets.id_no AS other_id,
            targets.is_backed,
            name_level(lone.name, lone.name_family, lone.name_pinyin,
                       targets.name, targets.name_family, targets.name_pinyin) AS level
        FROM lone JOIN targets
            ON targets.piece = lone.piece AND targets.part = lone.part AND targets.id_no <> lone.id_no
            AND coalesce(targets.name_family, targets.name) = coalesce(lone.name_family, lone.name)
        WHERE hamming(lone.id_no, targets.id_no) <= {_SLIP_CHARACTERS}""")
    places = "unnest([household_key, home, phone, agency_key, village])"
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE slips AS
        WITH ties AS (
            SELECT DISTINCT id_no, {places} AS tie FROM (
                SELECT id_no, household_key, home, phone, agency_key, village FROM claims
                UNION ALL SELECT id_no, household_key, home, phone, agency_key, village FROM known
                WHERE id_no IN (SELECT other_id FROM near_ids))
        ),
        listed AS (
            SELECT DISTINCT id_no, feed, agency_key FROM claims WHERE role = 'self'
            UNION
            SELECT DISTINCT id_no, feed, agency_key FROM known
            WHERE role = 'self' AND id_no IN (SELECT other_id FROM near_ids)
        ),
        housed AS (
            SELECT id_no FROM claims WHERE village IS NOT NULL
            UNION SELECT id_no FROM known WHERE village IS NOT NULL AND id_no IN (SELECT other_id FROM near_ids)
        ),
        fitting AS (
            SELECT near_ids.*, substr(id_no, 7, 8) = substr(other_id, 7, 8) AS is_born_alike,
                EXISTS (FROM ties AS here JOIN ties AS there USING (tie)
                    WHERE here.id_no = near_ids.id_no AND there.id_no = near_ids.other_id) AS is_near,
                EXISTS (FROM listed AS mine JOIN listed AS theirs USING (feed)
                    WHERE mine.id_no = near_ids.id_no AND theirs.id_no = near_ids.other_id
                        AND coalesce(mine.agency_key <> theirs.agency_key, TRUE)) AS are_listed,
                id_no IN (SELECT id_no FROM housed) AND other_id IN (SELECT id_no FROM housed) AS is_told
            FROM near_ids WHERE level >= {PINYIN}
        )
        SELECT node, min(other) AS other FROM fitting
        WHERE NOT are_listed AND (is_near OR (is_born_alike AND NOT is_told)) AND (NOT is_dead OR (is_born_alike AND level >= {FAMILY}))
            -- Of two that one feed each shows, the one of the larger number is taken for the slip.
            AND (is_backed OR id_no > other_id)
        GROUP BY node HAVING count(DISTINCT other) = 1""")
    con.execute("DELETE FROM slips WHERE other IN (SELECT node FROM slips)")
    con.execute(f"""
        UPDATE assigned SET node = slips.other,
            rule = CASE WHEN assigned.grade = 'review' THEN assigned.rule ELSE '{rules.SLIP.rule_id}' END,
            grade = CASE WHEN assigned.grade = 'review' THEN 'review' ELSE '{rules.SLIP.grade}' END
        FROM slips WHERE assigned.node = slips.node""")
    con.execute("UPDATE owners SET node = slips.other FROM slips WHERE owners.node = slips.node")


def by_housemate(con: duckdb.DuckDBPyConnection, *, only_sure: bool) -> None:
    """Tie a description that shows another's id to the one who lives with that id's owner and bears its name (L18).

    The whole name must fit exactly one, and the row's own birth date must not contradict. Certain where the row tells
    that house itself or that one's birth date; else, between twins, and for a record of a death, which may speak of
    either, only proposed (L19): leave these for last with ``only_sure``. Reads ``owners`` and ``assigned``.
    """
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE strangers AS
        SELECT described.profile_key, described.id_no, described.name, described.name_family, described.name_pinyin,
            described.own_birth, described.home, described.household_key,
            described.feed IN {LISTS_OF_THE_DEAD} AS is_dead, owners.node AS owner
        FROM described JOIN owners USING (id_no)
        WHERE described.profile_key NOT IN (SELECT profile_key FROM assigned)
            AND described.name IS NOT NULL AND NOT starts_with(described.name, '{NAMED_AFTER}')""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE owners_houses AS
        SELECT DISTINCT node, hearth FROM (
            SELECT assigned.node, unnest([home, household_key]) AS hearth
            FROM described JOIN assigned USING (profile_key)
            WHERE assigned.grade <> 'review' AND assigned.node IN (SELECT owner FROM strangers)
            UNION ALL
            SELECT person_id, unnest([home, household_key]) FROM known
            WHERE grade <> 'review' AND person_id IN (SELECT owner FROM strangers))
        WHERE hearth IS NOT NULL""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE residents AS
        WITH hearths AS MATERIALIZED (SELECT DISTINCT hearth FROM owners_houses)
        SELECT DISTINCT node, name, name_family, name_pinyin, own_birth, hearth FROM (
            SELECT assigned.node, name, name_family, name_pinyin,
                coalesce(own_birth, id_birth(id_no)) AS own_birth, unnest([home, household_key]) AS hearth
            FROM described JOIN assigned USING (profile_key) WHERE assigned.grade <> 'review'
            UNION ALL
            SELECT person_id, name, name_family, name_pinyin,
                coalesce(own_birth, id_birth(id_no)), unnest([home, household_key])
            FROM known WHERE grade <> 'review'
                AND (home IN (SELECT hearth FROM hearths) OR household_key IN (SELECT hearth FROM hearths)))
        WHERE hearth IN (SELECT hearth FROM owners_houses)""")
    con.execute(f"""
        INSERT INTO assigned
        WITH levelled AS (
            SELECT strangers.profile_key, residents.node,
                max(name_level(strangers.name, strangers.name_family, strangers.name_pinyin,
                               residents.name, residents.name_family, residents.name_pinyin)) AS level,
                bool_or(births_far(strangers.own_birth, residents.own_birth)) AS is_born_apart,
                coalesce(bool_or(residents.hearth IN (strangers.home, strangers.household_key)
                    OR told.hearth IS NOT NULL
                    OR strangers.own_birth = residents.own_birth), FALSE)
                    AND NOT coalesce(bool_or(residents.own_birth = id_birth(strangers.id_no)), FALSE)
                    AND NOT bool_or(is_dead) AS is_sure
            FROM strangers
            JOIN owners_houses AS houses ON houses.node = strangers.owner
            LEFT JOIN owners_houses AS told
                ON told.node = strangers.owner AND told.hearth = strangers.household_key
            JOIN residents ON residents.hearth = houses.hearth AND residents.node <> strangers.owner
            WHERE residents.name IS NOT NULL
            GROUP BY ALL
        )
        SELECT profile_key, min(node) FILTER (level >= {PINYIN}),
            CASE WHEN bool_or(is_sure) THEN '{rules.HOUSEMATE.rule_id}' ELSE '{rules.HOUSEMATE_OR_OWNER.rule_id}' END,
            CASE WHEN bool_or(is_sure) THEN '{rules.HOUSEMATE.grade}' ELSE '{rules.HOUSEMATE_OR_OWNER.grade}' END,
            NULL, max(level)
        FROM levelled WHERE level > {DIFFERENT}
        GROUP BY profile_key
        HAVING count(DISTINCT node) = 1 AND max(level) >= {PINYIN} AND NOT bool_or(is_born_apart)
            AND (bool_or(is_sure) OR NOT {only_sure})
        ORDER BY profile_key""")
