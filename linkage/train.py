"""Training, offline: from one month's profiles to a dated model file and its card. Scoring never trains.

``u`` (how often two people agree) comes from random pairs, ``m`` (how often one person's descriptions agree)
from pairs that pass 0 ties by a valid id. What the data cannot teach stays as judged in the definition: the
id levels, and levels that were not seen. The file holds no names: term frequencies are the home's own.
"""

from __future__ import annotations

import json
import math
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from splink import DuckDBAPI, Linker

from linkage.agreement import define_agreement
from linkage.evidence import by_valid_id
from linkage.limits import Limits
from linkage.match import quiet_splink
from linkage.model.definition import COMPARISONS, Comparison, Level, settings
from linkage.nodes import build_nodes
from linkage.reading import read_month, read_registry, split_known
from warehouse.database import in_memory
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy

# Enough for weights to two digits; more only takes longer.
_RANDOM_PAIRS = 5e6
_PERSONS = 20_000
# Fewer sightings than this teach nothing: the judged value stays.
_LEAST_SEEN_SHARE = 1e-7
_SEED = 1


def train(lake: Lake, month: Month, out: Path, *, policy: Policy, on: date, measured: str = "") -> Path:
    """Learn the model from a month and write ``out/<on>.json`` and ``out/<on>.card.md``; return the JSON's path.

    ``on`` is the date that names the model, ``measured`` what was found of its quality elsewhere (Markdown, for
    the card). The same month gives the same weights.
    """
    limits = Limits.of(policy)
    with in_memory(lake.home) as con:
        con.execute("SET threads = 1")
        define_agreement(con)
        read_month(con, month, lake)
        read_registry(con, None, lake)
        split_known(con, limits.phone_holders)
        by_valid_id(con, limits)
        _labelled_nodes(con)
        counts = _counts(con)
        learnt = _learn(con)
    model = _filled(learnt)
    path = out / f"{on.isoformat()}.json"
    lake.write_text(path, json.dumps(model, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    lake.write_text(
        out / f"{on.isoformat()}.card.md", card(model, on=on, month=month, counts=counts, measured=measured)
    )
    return path


def _labelled_nodes(con: duckdb.DuckDBPyConnection) -> None:
    """Every profile a node of its own, labelled with the id group that pass 0 gave it."""
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE chosen AS
        SELECT profile_key, node AS label FROM assigned
        WHERE grade <> 'review' AND node IN (
            SELECT node FROM assigned GROUP BY node ORDER BY md5(node) LIMIT {_PERSONS})""")
    con.execute("""
        CREATE OR REPLACE TEMP VIEW members AS
        SELECT described.*, 'n' || profile_key AS node, 2 AS rank, FALSE AS is_contested
        FROM described JOIN chosen USING (profile_key)""")
    con.execute("CREATE OR REPLACE TEMP TABLE wanted AS SELECT node FROM members")
    build_nodes(con, "wanted")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE labelled AS
        SELECT nodes.*, chosen.label FROM nodes JOIN chosen ON nodes.node = 'n' || chosen.profile_key
        ORDER BY nodes.node""")


def _counts(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    found = con.execute("SELECT count(*), count(DISTINCT label) FROM labelled").fetchone() or (0, 0)
    return {"profiles": int(found[0]), "persons": int(found[1])}


def _learn(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    with quiet_splink():
        api = DuckDBAPI(con)
        linker = Linker(api.register("labelled"), settings(), log_level=None)
        linker.training.estimate_u_using_random_sampling(
            max_pairs=_RANDOM_PAIRS, seed=_SEED, min_count_per_level=None
        )
        linker.training.estimate_m_from_label_column("label")
        learnt: dict[str, Any] = linker.misc.save_model_to_json()
    return learnt


def _filled(learnt: dict[str, Any]) -> dict[str, Any]:
    """The learnt model with judged values where a level is fixed or was not seen."""
    model = {key: value for key, value in learnt.items() if key != "linker_uid"}
    by_name = {comparison.name: comparison for comparison in COMPARISONS}
    for comparison in model["comparisons"]:
        judged = by_name[comparison["output_column_name"]].levels
        for level, own in zip(comparison["comparison_levels"][1:], judged, strict=True):
            for key, value in (("m_probability", own.m), ("u_probability", own.u)):
                is_learnt = not own.fixed and isinstance(level.get(key), int | float)
                if not is_learnt or not _LEAST_SEEN_SHARE < level[key] < 1:
                    level[key] = value
                level[key] = float(f"{level[key]:.6g}")
    return model


def bits(m: float, u: float) -> float:
    """The weight of a level: log2(m/u)."""
    return math.log2(m / u)


def card(model: dict[str, Any], *, on: date, month: Month, counts: dict[str, int], measured: str = "") -> str:
    """The model's card: what it was trained on and what each level is worth."""
    lines = [
        f"# Linkage model {on.isoformat()}",
        "",
        f"Trained on month {month}: {counts['profiles']} descriptions of {counts['persons']} people of a made-up "
        "county (no real person stands behind it).",
        "",
        "`u` from random pairs, `m` from descriptions that a valid id and a compatible name tie together. Levels "
        "marked *judged* are not learnt: a near-unique id's weight would move with the size of the file, and what "
        "was not seen cannot be learnt. Term frequencies are counted in each home from the month before; no name "
        "is rarer than one in a million.",
        "",
        f"Prior: {bits(model['probability_two_random_records_match'], 1):.1f} bits.",
        "",
        "| evidence | level | m | u | weight, bits | |",
        "|---|---|---|---|---|---|",
    ]
    by_name = {comparison.name: comparison for comparison in COMPARISONS}
    for comparison in model["comparisons"]:
        own = by_name[comparison["output_column_name"]]
        for level, judged in zip(comparison["comparison_levels"][1:], own.levels, strict=True):
            lines.append(_row(own, judged, level["m_probability"], level["u_probability"]))
    if measured:
        lines += ["", "## Measured", "", measured.strip()]
    return "\n".join(lines) + "\n"


def _row(comparison: Comparison, level: Level, m: float, u: float) -> str:
    is_judged = level.fixed or (m == level.m and u == level.u)
    note = "judged" if is_judged else ("by term frequency" if level.by_term else "")
    return f"| {comparison.name} | {level.name} | {m:.3g} | {u:.3g} | {bits(m, u):+.1f} | {note} |"
