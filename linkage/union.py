"""Valid unions: what forbids that two persons are one, whatever the evidence weighs.

One check for every door through which descriptions come together: whole persons that are merged, and groups
that are published for the first time.
"""

from __future__ import annotations

import duckdb

from linkage import rules
from linkage.reading import BORROWED

# What a person is known by, as far as it can forbid: the argument of ``union_fault``.
FACTS = (
    "STRUCT(ids VARCHAR[], numbers VARCHAR[], kinds VARCHAR[], sexes VARCHAR[], births DATE[], "
    "names VARCHAR[], families VARCHAR[], pinyins VARCHAR[])"
)

# Fault and condition over the facts ``a`` and ``b``, the plainest first. A decision of people stands before all.
FAULTS: tuple[tuple[str, str], ...] = (
    ("two_ids", "len(list_distinct(list_concat(a.ids, b.ids))) > 1"),
    (
        "two_numbers",
        # Of an agency that numbers both, no number is common: it gives a person one.
        "len(list_filter(list_intersect(a.kinds, b.kinds), lambda kind: "
        "len(list_filter(list_intersect(a.numbers, b.numbers), lambda n: starts_with(n, kind || ':'))) = 0)) > 0",
    ),
    ("two_sexes", "len(list_distinct(list_concat(a.sexes, b.sexes))) > 1"),
    (
        "births_far",
        "len(list_filter(a.births, lambda mine: "
        "len(list_filter(b.births, lambda theirs: births_far(mine, theirs))) > 0)) > 0",
    ),
    (
        "twins",
        "list_has_any(a.births, b.births) AND len(a.names) > 0 AND len(b.names) > 0 AND NOT list_has_any(a.names, b.names) "
        "AND NOT list_has_any(a.families, b.families) AND NOT list_has_any(a.pinyins, b.pinyins) "
        "AND NOT list_has_any(a.numbers, b.numbers) AND NOT list_has_any(a.ids, b.ids)",
    ),
)


def define_union(con: duckdb.DuckDBPyConnection) -> None:
    """Define ``union_fault(a, b)`` over two facts: the name of what forbids that they are one, NULL when nothing.

    Needs the macros of ``linkage.agreement``. Decisions of people are looked up by ``facts_of``' callers.
    """
    cases = " ".join(f"WHEN {condition} THEN '{fault}'" for fault, condition in FAULTS)
    con.execute(f"CREATE OR REPLACE TEMP MACRO union_fault(a, b) AS CASE {cases} END")


def facts_of(con: duckdb.DuckDBPyConnection, wanted: str) -> None:
    """Make ``facts(node, facts)`` of the persons in the table ``wanted(node)``, from their settled descriptions."""

    def listed(expression: str, condition: str = "TRUE") -> str:
        return (
            f"coalesce(list(DISTINCT {expression} ORDER BY {expression}) "
            f"FILTER ({expression} IS NOT NULL AND {condition}), [])"
        )

    dated = "birth_precision = 'day'"
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE facts AS
        SELECT person_id AS node, CAST({{
            'ids': {listed("id_no")}, 'numbers': {listed("agency_key")},
            'kinds': {listed("split_part(agency_key, ':', 1)")},
            'sexes': {listed("coalesce(id_sex(id_no), sex)")},
            'births': {listed("coalesce(id_birth(id_no), own_birth)", f"(id_no IS NOT NULL OR {dated})")},
            'names': {listed("name")}, 'families': {listed("name_family")}, 'pinyins': {listed("name_pinyin")}
        }} AS {FACTS}) AS facts
        FROM known WHERE grade <> 'review' AND person_id IN (SELECT node FROM {wanted})
        GROUP BY person_id""")


def hold_valid(con: duckdb.DuckDBPyConnection) -> None:
    """Repair ``placed``: a person that would show two valid ids is broken before it is published (L44).

    What the model pointed to goes: a group under an id of its own is a person of its own again, other
    descriptions wait for a person's look. What people decided stays.
    """
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE shown_ids AS
        SELECT placed.person_node, placed.profile_key, described.id_no, FALSE AS is_known,
            placed.match_weight
        FROM placed JOIN described USING (profile_key)
        WHERE placed.grade <> 'review' AND described.id_no IS NOT NULL
            AND placed.rule NOT IN {BORROWED} AND placed.rule <> '{rules.HUMAN.rule_id}'
            AND placed.person_node NOT IN (SELECT person_node FROM placed WHERE rule = '{rules.HUMAN.rule_id}')""")
    con.execute(f"""
        INSERT INTO shown_ids
        SELECT person_id, profile_key, id_no, TRUE, NULL FROM known
        WHERE grade <> 'review' AND id_no IS NOT NULL AND rule <> '{rules.HUMAN.rule_id}'
            AND person_id IN (SELECT person_node FROM shown_ids)""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE broken AS
        WITH kept AS (
            SELECT person_node, first(id_no ORDER BY is_known DESC, match_weight DESC NULLS FIRST, profile_key) AS id_no
            FROM shown_ids GROUP BY person_node HAVING count(DISTINCT id_no) > 1
        )
        SELECT shown_ids.profile_key FROM shown_ids JOIN kept USING (person_node)
        WHERE shown_ids.id_no <> kept.id_no AND NOT is_known""")
    con.execute(f"""
        UPDATE placed SET person_node = coalesce(own.node, placed.person_node),
            rule = coalesce(own.rule, '{rules.TWO_IDS_IN_ONE.rule_id}'), grade = coalesce(own.grade, 'review'),
            match_weight = NULL
        FROM broken LEFT JOIN (SELECT profile_key, node, rule, grade FROM assigned WHERE starts_with(node, 'n')) AS own
            USING (profile_key)
        WHERE placed.profile_key = broken.profile_key""")
