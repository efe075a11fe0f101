"""Persistent identity: registry(m) = f(registry(m-1), links(m)). A published id is never split by machine."""

from __future__ import annotations

import duckdb

from linkage import rules
from linkage.decisions import part_decided
from linkage.placing import place_fresh
from linkage.reading import BORROWED, KEPT, STATE
from linkage.records import PROFILES
from linkage.union import hold_valid
from warehouse.database import quoted
from warehouse.errors import BudgetExceeded, HistoryMissing
from warehouse.lake import Lake
from warehouse.months import Month


def month_before(month: Month, lake: Lake) -> Month | None:
    """The month whose registry this month builds on, or None in a home's first month.

    ``HistoryMissing`` when the registry has earlier months but not the one before, or when there is none yet and the
    month before stands closed: a run that overtakes it would make everybody anew.
    """
    earlier = [text for text in lake.months("registry") if text < str(month)]
    if not earlier:
        if str(month.previous) in lake.months("closed"):
            raise HistoryMissing(
                f"{month.previous} is closed and not linked: {month} would begin without those persons.",
                next_step=f"run {month.previous} first, then {month}.",
            )
        return None
    if earlier[-1] != str(month.previous):
        raise HistoryMissing(
            f"linking {month} needs the registry of {month.previous}; the last one there is of {earlier[-1]}.",
            next_step=f"link the months from {Month.parse(earlier[-1]).next} to {month.previous} first, in order.",
        )
    return month.previous


def settle(con: duckdb.DuckDBPyConnection, month: Month) -> None:
    """``place``, then make ``links``: every profile of the month with its person, grade, rule and weight, where the
    month is linked in one pass. A profile known from before keeps its person and its grade."""
    place(con, month)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE links AS
        SELECT placed.profile_key, names_of_nodes.person_id, placed.grade, placed.rule, placed.match_weight,
            TRUE AS is_fresh
        FROM placed JOIN names_of_nodes USING (person_node)
        UNION ALL
        SELECT old.profile_key, old.person_id,
            CASE WHEN old.grade = 'review' THEN 'review' ELSE 'certain' END,
            CASE WHEN old.grade = 'review' THEN old.rule ELSE '{rules.KNOWN.rule_id}' END,
            old.match_weight, FALSE
        FROM seen JOIN old USING (profile_key)""")


def place(con: duckdb.DuckDBPyConnection, month: Month) -> None:
    """Make ``placed(profile_key, person_node, rule, grade, match_weight)`` of all that is ``fresh``, and
    ``names_of_nodes(person_node, person_id)``.

    A new group's person_id is made from its smallest profile key and the month, so a rerun mints the same. Opened
    again and alone as before, it keeps the id under which it was shown (``vacant_ids``).
    """
    con.execute("""
        CREATE TEMP TABLE IF NOT EXISTS vacant_ids (profile_key UBIGINT, person_id VARCHAR, first_month VARCHAR,
            grade VARCHAR, rule VARCHAR, is_published BOOLEAN)""")
    place_fresh(con)
    _hold_published(con)
    part_decided(con)
    hold_valid(con)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE names_of_nodes AS
        WITH kept AS (
            SELECT person_node, person_id FROM (
                SELECT placed.person_node, vacant.person_id, vacant.first_month,
                    row_number() OVER (PARTITION BY vacant.person_id ORDER BY placed.profile_key) AS nth
                FROM placed JOIN vacant_ids AS vacant USING (profile_key)
                WHERE NOT starts_with(placed.person_node, 'P'))
            WHERE nth = 1
            QUALIFY row_number() OVER (PARTITION BY person_node ORDER BY first_month, person_id) = 1
        )
        SELECT person_node,
            CASE WHEN starts_with(person_node, 'P') THEN person_node
                ELSE coalesce(kept.person_id, 'P' || left(md5(person_node || ':{month}'), 16)) END AS person_id
        FROM (SELECT DISTINCT person_node FROM placed) LEFT JOIN kept USING (person_node)""")


def _hold_published(con: duckdb.DuckDBPyConnection) -> None:
    # A provisional person that was published is given up for a certain link, never for a mere proposal.
    con.execute("""
        UPDATE placed SET person_node = vacant.person_id, rule = vacant.rule, grade = vacant.grade, match_weight = NULL
        FROM vacant_ids AS vacant
        WHERE placed.profile_key = vacant.profile_key AND vacant.is_published AND placed.grade = 'review'
            AND placed.rule <> vacant.rule""")


def hold_merges(known: int, merged: int, per_thousand: int, month: Month) -> None:
    """``BudgetExceeded`` when a month would merge more of the known persons than the policy allows."""
    if merged * 1000 > known * per_thousand:
        raise BudgetExceeded(
            f"linking {month} would merge {merged} of {known} known persons, the policy allows "
            f"{per_thousand} in a thousand.",
            next_step="look at the month's must_link decisions, or raise linkage_merges_per_thousand.",
        )


def month_links(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``links``: every profile of the month with its person, grade, rule and weight, as ``old`` says by now.

    ``is_fresh``: never seen before. ``is_settled_now``: for review until this month. What stands as it stood has
    the rule L00.
    """
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE links AS
        SELECT old.profile_key, old.person_id,
            CASE WHEN before.profile_key IS NULL OR old.grade = 'review' THEN old.grade ELSE 'certain' END AS grade,
            CASE WHEN before.grade <> 'review' AND old.rule = before.rule THEN '{rules.KNOWN.rule_id}'
                ELSE old.rule END AS rule,
            old.match_weight, before.profile_key IS NULL AS is_fresh,
            coalesce(before.grade = 'review' AND old.grade <> 'review', FALSE) AS is_settled_now
        FROM seen JOIN old USING (profile_key) LEFT JOIN known_before AS before USING (profile_key)""")


def registry_profiles() -> str:
    """SQL of ``profiles.parquet``: all profiles ever seen, with person, grade, rule and months, as ``old`` has them."""
    columns = ", ".join(f'"{name}"' for name in {**PROFILES, **KEPT})
    return f"SELECT {columns} FROM old ORDER BY profile_key"


def states() -> dict[str, str]:
    """SQL of what the registry remembers beside, by name (``reading.STATE``)."""
    return {
        "frequencies": "SELECT name_term, tf_name_term FROM old_frequencies ORDER BY name_term",
        "beside": """
            SELECT DISTINCT profile_key, own_key FROM beside_told
            WHERE profile_key IN (SELECT profile_key FROM old WHERE grade = 'review')
                OR own_key IN (SELECT profile_key FROM old WHERE grade = 'review')
            ORDER BY ALL""",
        "near": f"SELECT {', '.join(STATE['near'])} FROM near_pairs ORDER BY person_id, other_id",
        "doubts": f"SELECT {', '.join(STATE['doubts'])} FROM doubts ORDER BY ALL",
    }


def pairs() -> str:
    """What was decided this month: each new or newly settled profile beside the one that speaks for its person."""
    return """
        WITH decided_now AS (SELECT * FROM links WHERE is_fresh OR is_settled_now),
        speakers AS (
            SELECT person_id, profile_key, feed FROM old
            WHERE person_id IN (SELECT person_id FROM decided_now)
            QUALIFY row_number() OVER (PARTITION BY person_id ORDER BY grade = 'review', profile_key) = 1
        )
        SELECT speakers.profile_key AS left_key, decided_now.profile_key AS right_key,
            speakers.feed AS left_feed, seen.feed AS right_feed,
            decided_now.rule, decided_now.match_weight, decided_now.grade, trace.fields_seen AS evidence
        FROM decided_now
        JOIN seen USING (profile_key)
        JOIN speakers USING (person_id)
        LEFT JOIN trace ON trace.profile_key = decided_now.profile_key
        WHERE speakers.profile_key <> decided_now.profile_key
        ORDER BY left_key, right_key"""


def review() -> str:
    """What a person should look at: open proposals and conflicts of the month's rows, then flags that hold."""
    sentences = " ".join(
        f"WHEN '{rule.rule_id}' THEN '{quoted(rule.sentence)}'" for rule in rules.RULES.values()
    )
    return f"""
        WITH proposals AS (
            SELECT links.profile_key, seen.feed, seen.role, links.person_id AS proposed_person_id,
                id_owners.person_id AS shown_id_person_id, links.rule, links.match_weight, old.first_month AS since
            FROM links JOIN seen USING (profile_key) JOIN old USING (profile_key)
            LEFT JOIN id_owners ON id_owners.id_no = seen.id_no
            WHERE links.grade = 'review'
        ),
        spokesmen AS (
            SELECT person_id, arg_min(profile_key, (grade = 'review', role <> 'self', profile_key)) AS profile_key
            FROM old WHERE person_id IN (SELECT person_id FROM doubts) GROUP BY person_id
        ),
        flags AS (
            SELECT coalesce(doubts.profile_key, spokesmen.profile_key) AS profile_key,
                coalesce(other_id, doubts.person_id) AS proposed_person_id, CAST(NULL AS VARCHAR) AS shown_id_person_id,
                reason AS rule, match_weight, since
            FROM doubts LEFT JOIN spokesmen USING (person_id)
        )
        SELECT profile_key, feed, role, proposed_person_id, shown_id_person_id, rule,
            CASE rule {sentences} END AS reason, match_weight, since
        FROM (
            SELECT * FROM proposals
            UNION ALL BY NAME
            SELECT flags.*, old.feed, old.role FROM flags JOIN old USING (profile_key))
        ORDER BY match_weight DESC NULLS LAST, profile_key, rule, proposed_person_id"""


# Which feed's word is taken for a person's best known fields: the person's own rows, the latest, the most.
_OWN_ID = f"grade <> 'review' AND rule NOT IN {BORROWED}"
# In that order as one number, so that nothing is sorted: grade and role, the months that lie behind, the key's 64 bits.
_BEST = (
    "(((grade = 'review')::HUGEINT * 2 + (role <> 'self')::HUGEINT) * 1000000 "
    "+ 999999 - CAST(replace(last_month, '-', '') AS INTEGER)) * 18446744073709551616::HUGEINT + profile_key"
)


def registry_persons(profiles: str) -> str:
    """SQL of ``persons.parquet`` from the relation of registry profiles: one row per person, best fields."""

    def best(column: str, condition: str = "TRUE") -> str:
        return f"arg_min({column}, nth) FILTER ({column} IS NOT NULL AND {condition})"

    # An ordered mode sorts each person's rows: it is taken only of those whose rows do not all say the same.
    return f"""
        WITH ranked AS (
            SELECT person_id, grade, rule, role, first_month, last_month, id_no, name, name_missing, name_system, sex,
                birth_date, birth_source, ethnicity, township, village, phone, {_BEST} AS nth
            FROM {profiles}
        ),
        gathered AS (
            SELECT person_id, min(first_month) AS first_month, max(last_month) AS last_month,
                min(id_no) FILTER ({_OWN_ID}) AS id_no, min(name) AS name, {best("name_system")} AS name_system,
                min(sex) FILTER ({_OWN_ID}) AS sex,
                coalesce({best("birth_date", f"birth_source <> 'age' AND ({_OWN_ID} OR birth_source = 'column')")},
                    {best("birth_date")}) AS birth_date,
                {best("ethnicity")} AS ethnicity, {best("township")} AS township,
                {best("village", "role = 'self'")} AS village, {best("phone", "role = 'self'")} AS phone,
                min(CASE grade WHEN 'review' THEN 'review' ELSE 'certain' END) AS link_grade,
                CAST(count(*) AS BIGINT) AS profiles,
                coalesce(min(name) <> max(name), FALSE)
                    OR coalesce(min(id_no) FILTER ({_OWN_ID}) <> max(id_no) FILTER ({_OWN_ID}), FALSE)
                    OR coalesce(min(sex) FILTER ({_OWN_ID}) <> max(sex) FILTER ({_OWN_ID}), FALSE) AS is_mixed
            FROM ranked GROUP BY person_id
        ),
        mixed AS (
            SELECT person_id, mode(id_no ORDER BY id_no) FILTER ({_OWN_ID}) AS id_no,
                coalesce(mode(name ORDER BY name) FILTER (grade <> 'review' AND role = 'self' AND NOT name_missing),
                    mode(name ORDER BY name) FILTER (grade <> 'review'), mode(name ORDER BY name)) AS name,
                mode(sex ORDER BY sex) FILTER ({_OWN_ID}) AS sex
            FROM ranked WHERE person_id IN (SELECT person_id FROM gathered WHERE is_mixed) GROUP BY person_id
        )
        SELECT person_id, first_month, last_month, coalesce(mixed.id_no, gathered.id_no) AS id_no,
            coalesce(mixed.name, gathered.name) AS name, name_system, coalesce(mixed.sex, gathered.sex) AS sex,
            birth_date, ethnicity, township, village, phone, link_grade, profiles
        FROM gathered LEFT JOIN mixed USING (person_id) ORDER BY person_id"""
