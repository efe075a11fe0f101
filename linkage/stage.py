"""The stage ``link``: the month's profiles become persons that last."""

from __future__ import annotations

from pathlib import Path

import duckdb

from linkage import identity, rules
from linkage.agreement import define_agreement
from linkage.candidates import find_candidates
from linkage.companions import by_own_person
from linkage.decide import decide
from linkage.decisions import apply_to_registry, forbid, read_decisions, tie_decided
from linkage.evidence import by_agency_number, by_valid_id
from linkage.limits import Limits
from linkage.match import model_in_force, score, term_frequencies
from linkage.model.definition import COMPARISONS
from linkage.nodes import build_members, build_nodes, group_free
from linkage.reading import read_month, read_registry, split_known
from warehouse.database import copy_to_parquet, in_memory, quoted
from warehouse.errors import Refused
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.outcomes import Outcome, record
from warehouse.policy import Policy


def link(month: Month, *, lake: Lake, policy: Policy, model: Path | None = None) -> Outcome:
    """Link a month: ``records``, ``profiles``, registry(m-1) and human decisions to ``crosswalk``, ``pairs``,
    ``review``, ``registry`` and ``events`` of the month.

    Every row of ``records`` stands in the crosswalk exactly once. ``model`` defaults to the newest trained
    one. Raises ``HistoryMissing`` when an earlier registry exists but not the one of the month before,
    ``BudgetExceeded`` when candidates or merges are more than the policy allows.
    """
    before = identity.month_before(month, lake)
    limits = Limits.of(policy)
    in_force = model or model_in_force()
    with in_memory(lake.home) as con:
        define_agreement(con)
        read_month(con, month, lake)
        read_registry(con, before, lake)
        read_decisions(con, month, lake)
        merged = apply_to_registry(con)
        identity.hold_merges(_count(con, "old_persons") + merged, merged, limits.merges_per_thousand, month)
        split_known(con, limits.phone_holders)
        by_valid_id(con, limits)
        tie_decided(con)
        by_agency_number(con)
        by_own_person(con, month, lake, limits)
        forbid(con, "assigned", "profile_key", "node")
        group_free(con)
        build_members(con)
        blocks = find_candidates(con, limits)
        forbid(con, "candidates", "seeker", "target")
        con.execute("""
            CREATE OR REPLACE TEMP TABLE wanted AS
            SELECT seeker AS node FROM candidates UNION SELECT target FROM candidates""")
        build_nodes(con, "wanted")
        term_frequencies(con)
        score(con, in_force, min(limits.review_bits, limits.contested_bits))
        decide(con, limits)
        identity.settle(con, month)
        rows = _write(con, month, lake)
        return record(_outcome(con, month, rows, blocks, in_force), lake)


def _write(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake) -> int:
    # The registry goes last: while it is absent or old, the month counts as not linked.
    with lake.replacing("crosswalk", month=str(month)) as folder:
        rows = 0
        for feed in lake.feeds("records", str(month)):
            rows += copy_to_parquet(con, _crosswalk(feed, month, lake), folder / f"{feed}.parquet")
        if rows != _records(con, month, lake):
            raise Refused(
                f"the crosswalk of {month} would not hold every record exactly once.",
                next_step="standardise the month again: records and profiles do not belong together.",
            )
    with lake.replacing("pairs", month=str(month)) as folder:
        copy_to_parquet(con, _pairs(), folder / "pairs.parquet")
    with lake.replacing("review", month=str(month)) as folder:
        copy_to_parquet(con, _review(), folder / "review.parquet")
    with lake.replacing("events", month=str(month)) as folder:
        copy_to_parquet(con, identity.events(month), folder / "events.parquet")
    with lake.replacing("registry", month=str(month)) as folder:
        copy_to_parquet(con, identity.registry_profiles(month), folder / "profiles.parquet")
        written = f"read_parquet('{quoted(folder / 'profiles.parquet')}')"
        copy_to_parquet(con, identity.registry_persons(written), folder / "persons.parquet")
    return rows


def _records_of(feed: str, month: Month, lake: Lake) -> str:
    folder = quoted(lake.partition("records", feed=feed, month=str(month)))
    return f"read_parquet('{folder}/*.parquet', hive_partitioning = false)"


def _records(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake) -> int:
    total = 0
    for feed in lake.feeds("records", str(month)):
        found = con.execute(f"SELECT count(*) FROM {_records_of(feed, month, lake)}").fetchone()
        total += int(found[0]) if found else 0
    return total


def _crosswalk(feed: str, month: Month, lake: Lake) -> str:
    return f"""
        SELECT '{quoted(feed)}' AS feed, records.file, records.sheet, records.row, records.role,
            links.person_id, links.grade, links.rule, links.match_weight
        FROM {_records_of(feed, month, lake)} AS records JOIN links USING (profile_key)
        ORDER BY records.file, records.sheet, records.row, records.role"""


def _pairs() -> str:
    """What was decided this month: each new profile beside the profile that speaks for its person."""
    evidence = ", ".join(
        f"'{comparison.name}', CASE edges.{comparison.name} "
        + " ".join(f"WHEN {comparison.gamma(level.name)} THEN '{level.name}'" for level in comparison.levels)
        + " ELSE 'missing' END"
        for comparison in COMPARISONS
    )
    return f"""
        WITH everyone AS (
            SELECT links.person_id, links.profile_key, fresh.feed, links.grade FROM links JOIN fresh USING (profile_key)
            UNION ALL
            SELECT person_id, profile_key, feed, grade FROM old WHERE person_id IN (SELECT person_id FROM links)
        ),
        speakers AS (
            SELECT person_id, profile_key, feed FROM everyone
            QUALIFY row_number() OVER (PARTITION BY person_id ORDER BY grade = 'review', profile_key) = 1
        ),
        best AS (
            SELECT seeker, match_weight, min(CAST(json_object({evidence}) AS VARCHAR)) AS evidence
            FROM edges GROUP BY seeker, match_weight
        )
        SELECT speakers.profile_key AS left_key, links.profile_key AS right_key,
            speakers.feed AS left_feed, fresh.feed AS right_feed,
            links.rule, links.match_weight, links.grade,
            coalesce(best.evidence,
                     CAST(json_object('rule', links.rule, 'name_level', assigned.name_level) AS VARCHAR)) AS evidence
        FROM links
        JOIN fresh USING (profile_key)
        JOIN speakers ON speakers.person_id = links.person_id
        LEFT JOIN assigned ON assigned.profile_key = links.profile_key
        LEFT JOIN free ON free.profile_key = links.profile_key
        LEFT JOIN best ON best.seeker = free.node AND best.match_weight = links.match_weight
        WHERE links.is_fresh AND speakers.profile_key <> links.profile_key
        ORDER BY left_key, right_key"""


def _review() -> str:
    """What a person should look at: proposals and conflicts, each with its rule's sentence."""
    sentences = " ".join(
        f"WHEN '{rule.rule_id}' THEN '{quoted(rule.sentence)}'" for rule in rules.RULES.values()
    )
    return f"""
        SELECT links.profile_key, described.feed, described.role, links.person_id AS proposed_person_id,
            names.person_id AS shown_id_person_id, links.rule,
            CASE links.rule {sentences} END AS reason, links.match_weight
        FROM links
        JOIN described USING (profile_key)
        LEFT JOIN owners ON owners.id_no = described.id_no
        LEFT JOIN (SELECT person_node, person_id FROM names_of_nodes
                   UNION SELECT person_id, person_id FROM old_persons) AS names ON names.person_node = owners.node
        WHERE links.grade = 'review'
        ORDER BY links.match_weight DESC NULLS LAST, links.profile_key"""


def _count(con: duckdb.DuckDBPyConnection, table: str, condition: str = "TRUE") -> int:
    found = con.execute(f"SELECT count(*) FROM {table} WHERE {condition}").fetchone()
    return int(found[0]) if found else 0


def _outcome(
    con: duckdb.DuckDBPyConnection, month: Month, rows: int, blocks: dict[str, int], model: Path
) -> Outcome:
    grades = dict(con.execute("SELECT grade, count(*) FROM links GROUP BY grade").fetchall())
    used = dict(con.execute("SELECT rule, count(*) FROM links GROUP BY rule").fetchall())
    return Outcome(
        stage="link",
        month=str(month),
        counts={
            "rows": rows,
            "profiles": _count(con, "links"),
            "profiles_fresh": _count(con, "fresh"),
            "persons_seen": _count(con, "(SELECT DISTINCT person_id FROM links)"),
            "persons_minted": _count(
                con,
                "(SELECT DISTINCT person_id FROM links WHERE person_id NOT IN (SELECT person_id FROM old_persons))",
            ),
            "candidates": _count(con, "candidates"),
            "edges": _count(con, "edges"),
        },
        by={"grade": grades, "rule": used, "block": blocks},
        reasons=[f"model in force: {model.stem}"],
    )
