"""A month's linking in rounds: what is new first, then what is open near whatever changed, until nothing changes.

A round never undoes what an earlier one settled, so the rounds end; and they end where opening everything once
more would change nothing. That is why a month that brings nothing new leaves no event, and why linking only what
is new or touched gives what linking everything afresh gives.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb

from linkage import rules
from linkage.by_rules import settle_by_rules
from linkage.candidates import find_candidates
from linkage.decide import decide
from linkage.decisions import forbid
from linkage.identity import place
from linkage.kept import keep_nothing, score_new
from linkage.limits import Limits
from linkage.match import Scorer
from linkage.nearby import narrow, widen
from linkage.nodes import build_members, group_free
from linkage.persons import merge_persons
from linkage.reading import describe_fresh, describe_known, gather_persons, gather_touched, known_sql
from linkage.reopen import open_again
from linkage.scratch import empty
from linkage.trace import keep_evidence, start_trace
from linkage.union import define_union
from warehouse.database import count_rows, has_rows
from warehouse.errors import Refused
from warehouse.months import Month

# Every round settles something; more than a handful says that the rules contradict one another.
_MOST_ROUNDS = 12


@dataclass
class Effort:
    """What the rounds had to look at: pairs by block of the first round, and totals over all rounds."""

    rounds: int = 0
    reopened: int = 0
    candidates: int = 0
    edges: int = 0
    blocks: dict[str, int] = field(default_factory=dict)


def to_rest(
    con: duckdb.DuckDBPyConnection, month: Month, limits: Limits, scorer: Scorer, *, afresh: bool
) -> Effort:
    """Link ``fresh`` against ``old`` and go on until nothing changes; afterwards all stands in ``old``.

    Makes ``opened(profile_key)``: the descriptions of earlier months that were tried again. ``afresh`` opens
    everything that is open in every round, not only what is near. ``Refused`` when the rounds do not end.
    """
    effort = Effort()
    con.execute("CREATE OR REPLACE TEMP TABLE opened (profile_key UBIGINT)")
    con.execute("CREATE OR REPLACE TEMP TABLE persons_changed (person_id VARCHAR)")
    con.execute("CREATE OR REPLACE TEMP TABLE persons_unweighed (person_id VARCHAR)")
    con.execute("CREATE OR REPLACE TEMP TABLE near_pairs AS FROM old_near")
    start_trace(con)
    keep_nothing(con)
    define_union(con)
    is_first_month = not has_rows(con, "known_before")
    describe_known(con)
    if has_rows(con, "decided"):
        # Nothing but decisions of people has changed the registry since its persons were gathered.
        gather_persons(con)
    _first_news(con)
    open_again(con, everything=afresh)
    _pass(con, month, limits, scorer, effort)
    while has_rows(con, "news"):
        if effort.rounds > _MOST_ROUNDS:
            raise Refused(
                f"linking {month} did not come to rest after {effort.rounds} rounds.",
                next_step="report it with the month's outcome: two rules undo one another.",
            )
        if open_again(con, everything=afresh or (is_first_month and effort.rounds == 1)):
            _pass(con, month, limits, scorer, effort)
        else:
            con.execute("DELETE FROM news")
        if not has_rows(con, "news"):
            merge_persons(con, limits, scorer, everything=afresh or is_first_month)
    found = con.execute("SELECT count(DISTINCT profile_key) FROM opened").fetchone()
    effort.reopened = int(found[0]) if found else 0
    return effort


def _first_news(con: duckdb.DuckDBPyConnection) -> None:
    # What people merged or moved, and whoever bears a phone that now is a shared one, has changed as well.
    con.execute("""
        CREATE OR REPLACE TEMP TABLE news AS
        SELECT profile_key FROM old
        WHERE person_id IN (SELECT kept FROM merged_persons) OR phone IN (SELECT phone FROM newly_shared)
            OR profile_key IN (SELECT profile_key FROM known_before AS before
                               WHERE before.profile_key = old.profile_key AND before.person_id <> old.person_id)""")
    for table in ("persons_changed", "persons_unweighed"):
        con.execute(f"""
            INSERT INTO {table}
            SELECT DISTINCT person_id FROM old WHERE profile_key IN (SELECT profile_key FROM news)""")


def _pass(
    con: duckdb.DuckDBPyConnection, month: Month, limits: Limits, scorer: Scorer, effort: Effort
) -> None:
    """One round: rules, then the model, over ``fresh``; then everything is put away into ``old``."""
    con.execute("""
        INSERT INTO opened SELECT profile_key FROM reopened
        WHERE profile_key IN (SELECT profile_key FROM known_before)""")
    describe_fresh(con)
    is_narrowed = narrow(con)
    gather_touched(con)
    settle_by_rules(con, limits)
    group_free(con)
    build_members(con)
    blocks = find_candidates(con, limits)
    forbid(con, "candidates", "seeker", "target")
    score_new(con, scorer, min(limits.review_bits, limits.contested_bits))
    decide(con, limits)
    place(con, month)
    _hold_shown_ids(con)
    keep_evidence(con)
    if is_narrowed:
        widen(con)
    _put_away(con, month)
    effort.rounds += 1
    effort.candidates += count_rows(con, "candidates")
    effort.edges += count_rows(con, "edges")
    effort.blocks = effort.blocks or blocks


def _hold_shown_ids(con: duckdb.DuckDBPyConnection) -> None:
    # Whether a shown id is its row's own was decided with everybody in view who shows it; a second look sees fewer.
    con.execute(f"""
        UPDATE placed SET person_node = reopened.person_id, rule = reopened.rule, grade = reopened.grade,
            match_weight = reopened.match_weight
        FROM reopened WHERE placed.profile_key = reopened.profile_key AND placed.rule = '{rules.SAME_ID.rule_id}'""")
    con.execute("""
        INSERT INTO names_of_nodes
        SELECT DISTINCT person_id, person_id FROM reopened
        WHERE person_id IN (SELECT person_node FROM placed)
            AND person_id NOT IN (SELECT person_node FROM names_of_nodes)""")


def _put_away(con: duckdb.DuckDBPyConnection, month: Month) -> None:
    """Move what was placed into ``old`` and tell the ``news``: the settled profiles of the persons that changed."""
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE arrived AS
        SELECT profile_key, names_of_nodes.person_id, placed.grade, placed.rule, placed.match_weight,
            coalesce(before.first_month, '{month}') AS first_month, coalesce(before.last_month, '{month}') AS last_month
        FROM placed JOIN names_of_nodes USING (person_node)
        LEFT JOIN known_before AS before USING (profile_key)""")
    con.execute("INSERT INTO old BY NAME SELECT * FROM fresh JOIN arrived USING (profile_key)")
    if has_rows(con, "known"):
        told = "(SELECT * FROM fresh JOIN arrived USING (profile_key))"
        con.execute(f"INSERT INTO known BY NAME {known_sql(told)}")
        empty(con, "fresh", "described", "assigned", "free", "rest")
    else:
        empty(con, "fresh", "described", "assigned", "free", "rest")
        describe_known(con)
    con.execute("INSERT INTO persons_touched SELECT DISTINCT person_id FROM arrived")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE news AS
        SELECT profile_key FROM old WHERE grade <> 'review'
            AND person_id IN (SELECT person_id FROM arrived WHERE grade <> 'review')""")
    for table in ("persons_changed", "persons_unweighed"):
        con.execute(f"INSERT INTO {table} SELECT DISTINCT person_id FROM arrived WHERE grade <> 'review'")
