"""What the model says of one description now: against its own person, and against the nearest others.

The description is taken out of the registry and looked for anew, as if it had come today: the blocking rules
find whom it could be, and the model in force scores those few. Nothing is written.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from linkage import rules
from linkage.agreement import define_agreement
from linkage.candidates import find_candidates
from linkage.decide import GUARDS
from linkage.limits import Limits
from linkage.match import score, term_frequencies
from linkage.model.weights import Weights, weights_of
from linkage.nodes import WITH_ID, build_members, build_nodes
from linkage.reading import split_known
from warehouse.database import quoted
from warehouse.lake import Lake
from warehouse.months import Month

# Rules under which the id that a description shows is not believed to be its own.
_DOUBTED = {
    rule.rule_id
    for rule in (
        rules.ID_CONFLICT, rules.TIED_WITH_CONFLICT, rules.SETTLED_ELSEWHERE, rules.CONTESTED_FOUNDER,
        rules.OWN_PERSON,
    )
}  # fmt: skip
# Low enough that every pair is scored: an explanation shows a bad fit, too.
_EVERY_BIT = -300.0
_COUNTERPART = "other"  # stands before the key of a description that is compared alone
TF = "tf"


@dataclass(frozen=True)
class Step:
    """One step of a weight: which comparison, at which level, how many bits."""

    comparison: str
    level: str
    bits: float


@dataclass(frozen=True)
class Scored:
    """A description against one person: the bits, step by step, and which guards forbid to join unseen."""

    person_id: str
    match_weight: float
    steps: tuple[Step, ...]
    guards: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rescored:
    """The scored persons, best first; ``own`` is the person asked about (None where nothing is comparable)."""

    own: Scored | None
    others: list[Scored] = field(default_factory=list)


def rescore(
    con: duckdb.DuckDBPyConnection,
    one: dict[str, Any],
    *,
    against: str | int,
    month: Month,
    lake: Lake,
    limits: Limits,
    model: Path,
) -> Rescored:
    """Score description ``one`` (a row of the registry) against a person (its id) or one description (its key).

    Reads the views ``profiles`` and ``persons``. The description's own person and the one whose id it shows are
    always among those scored, provided they have another description.
    """
    define_agreement(con)
    asked = f"{_COUNTERPART}{against}" if isinstance(against, int) else against
    _surroundings(con, one, against)
    split_known(con, limits.phone_holders)
    node = f"f{one['profile_key']}"
    _settle_nothing(con, node)
    build_members(con)
    find_candidates(con, limits)
    con.execute("""
        INSERT INTO candidates
        SELECT free.node, person_id FROM free, wanted_persons
        WHERE person_id IN (SELECT node FROM members) EXCEPT FROM candidates""")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE wanted AS SELECT seeker AS node FROM candidates UNION SELECT target FROM candidates"
    )
    if one["id_no"] is not None and one["rule"] not in _DOUBTED:
        _believe_id(con, node)
    build_nodes(con, "wanted")
    _terms(con, month, lake)
    score(con, model, _EVERY_BIT)
    weights = weights_of(json.loads(model.read_text(encoding="utf-8")))
    scored = _scored(con, weights, node)
    own = next((each for each in scored if each.person_id == asked), None)
    return Rescored(own, [each for each in scored if each.person_id not in (asked, one["person_id"])
                          and not each.person_id.startswith(_COUNTERPART)])  # fmt: skip


def _surroundings(con: duckdb.DuckDBPyConnection, one: dict[str, Any], against: str | int) -> None:
    """``seen`` (the description), ``old`` (whoever shares anything with it, without it) and ``old_persons``."""
    key = int(one["profile_key"])
    con.execute(f"CREATE OR REPLACE TEMP TABLE seen AS FROM profiles WHERE profile_key = {key}")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE neighbours AS
        WITH own AS (SELECT *, coalesce(name_family, name) AS term, coalesce(id_no, id_seen) AS number FROM seen)
        SELECT DISTINCT theirs.person_id FROM profiles AS theirs, own
        WHERE theirs.profile_key <> own.profile_key AND (
            coalesce(theirs.name_family, theirs.name) = own.term OR theirs.name_pinyin = own.name_pinyin
            OR theirs.household_key = own.household_key OR theirs.agency_key = own.agency_key
            OR theirs.phone = own.phone OR (theirs.birth_date = own.birth_date AND theirs.village = own.village)
            OR (length(own.number) >= 12 AND (
                right(coalesce(theirs.id_no, theirs.id_seen), 10) = right(own.number, 10)
                OR left(coalesce(theirs.id_no, theirs.id_seen), 14) = left(own.number, 14)
                OR left(coalesce(theirs.id_no, theirs.id_seen), 8) || right(coalesce(theirs.id_no, theirs.id_seen), 4)
                    = left(own.number, 8) || right(own.number, 4)))
            OR contains(own.id_seen, theirs.id_no))""")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE wanted_persons AS
        SELECT CASE WHEN '{against}' LIKE 'P%' THEN '{against}' ELSE '{_COUNTERPART}{against}' END AS person_id
        UNION SELECT person_id FROM seen
        UNION SELECT persons.person_id FROM persons JOIN seen ON persons.id_no = seen.id_no""")
    counterpart = (
        f"""UNION ALL BY NAME SELECT * REPLACE ('{_COUNTERPART}' || profile_key AS person_id, 'certain' AS grade,
            '{rules.FOUNDER.rule_id}' AS rule) FROM profiles WHERE profile_key = {against}"""
        if isinstance(against, int)
        else ""
    )
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE old AS
        SELECT * FROM profiles WHERE profile_key <> {key}
            AND (person_id IN (FROM neighbours) OR person_id IN (FROM wanted_persons))
        {counterpart}""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE old_persons AS
        SELECT person_id, min(first_month) AS first_month, mode(id_no ORDER BY id_no) AS id_no
        FROM old WHERE grade <> 'review' GROUP BY person_id""")


def _settle_nothing(con: duckdb.DuckDBPyConnection, node: str) -> None:
    """The description is free: no rule has placed it."""
    con.execute("""
        CREATE OR REPLACE TEMP TABLE assigned (profile_key UBIGINT, node VARCHAR, rule VARCHAR, grade VARCHAR,
            match_weight DOUBLE, name_level INTEGER)""")
    con.execute(f"CREATE OR REPLACE TEMP TABLE free AS SELECT profile_key, '{node}' AS node FROM described")


def _believe_id(con: duckdb.DuckDBPyConnection, node: str) -> None:
    """The number is its own: it counts as such."""
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE believed AS
        SELECT * REPLACE (CASE WHEN node = '{node}' THEN {WITH_ID} ELSE rank END AS rank,
            is_contested AND node <> '{node}' AS is_contested) FROM members""")
    con.execute("CREATE OR REPLACE TEMP VIEW members AS FROM believed")


def _terms(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake) -> None:
    """How frequent names are: as the registry froze them, else counted over all of its persons."""
    frozen = lake.partition("registry", month=str(month)) / "frequencies.parquet"
    if frozen.exists():
        con.execute(f"""
            CREATE OR REPLACE TEMP TABLE terms AS
            WITH frozen AS (SELECT name_term, tf_name_term FROM read_parquet('{quoted(frozen)}'))
            SELECT DISTINCT name_term, coalesce(tf_name_term, (SELECT min(tf_name_term) FROM frozen)) AS tf_name_term
            FROM nodes LEFT JOIN frozen USING (name_term) WHERE name_term IS NOT NULL""")
        return
    con.execute("""
        CREATE OR REPLACE TEMP VIEW members AS
        SELECT person_id AS node, name, name_family, role, 0 AS rank FROM profiles WHERE grade <> 'review'""")
    term_frequencies(con)


def _scored(con: duckdb.DuckDBPyConnection, weights: Weights, node: str) -> list[Scored]:
    names = ", ".join(f'pair."{name}"' for name in weights.comparisons)
    guards = ", ".join(f"coalesce({condition}, FALSE)" for _, condition in GUARDS)
    rows = con.execute(f"""
        WITH pair AS (
            SELECT edges.* REPLACE (CASE WHEN seeker = '{node}' THEN target ELSE seeker END AS target, '{node}' AS seeker)
            FROM edges WHERE seeker = '{node}' OR target = '{node}'
        ),
        guarded AS (
            SELECT target, [{guards}] AS guards
            FROM (SELECT pair.*, nodes.is_contested FROM pair JOIN nodes ON nodes.node = pair.seeker)
        )
        SELECT pair.target, pair.match_weight, guarded.guards,
            greatest(mine.tf_name_term, theirs.tf_name_term) AS tf, {names}
        FROM pair JOIN guarded USING (target)
        JOIN nodes AS one ON one.node = pair.seeker JOIN nodes AS other ON other.node = pair.target
        LEFT JOIN terms AS mine ON mine.name_term = one.name_term
        LEFT JOIN terms AS theirs ON theirs.name_term = other.name_term
        ORDER BY pair.match_weight DESC, pair.target""").fetchall()
    return [
        Scored(
            person_id=str(target),
            match_weight=float(weight),
            steps=steps_of(weights, dict(zip(weights.comparisons, gammas, strict=True)), tf, float(weight)),
            guards=tuple(sentence for (sentence, _), fired in zip(GUARDS, fired_all, strict=True) if fired),
        )
        for target, weight, fired_all, tf, *gammas in rows
    ]


def steps_of(weights: Weights, gammas: dict[str, int], tf: float | None, total: float) -> tuple[Step, ...]:
    """The steps that make a total: the prior, each comparison's bits, and what the name's own frequency changes.

    ``tf`` is the frequency of the commoner of the two names (None where a name is missing). The steps add up to
    the ``total`` that Splink gave: what the frequency adds is what remains.
    """
    steps = [Step("prior", "", math.log2(weights.prior / (1 - weights.prior)))]
    is_by_term = False
    for name, gamma in gammas.items():
        level = next((each for each in weights.of(name) if each.gamma == gamma), None)
        if level is None:
            steps.append(Step(name, "missing", 0.0))
            continue
        steps.append(Step(name, level.level, level.bits))
        is_by_term = is_by_term or level.by_term
    rest = total - sum(step.bits for step in steps)
    if is_by_term and tf is not None:
        steps.insert(1 + list(gammas).index("name") + 1, Step(TF, "", rest))
    return tuple(steps)
