"""Training, offline: from one month's profiles to a dated model, its shares and its card. Scoring never trains.

``u`` (how often two people agree) comes from random pairs, ``m`` (how often one person's descriptions agree)
from pairs that pass 0 ties by a valid id. What the data cannot teach stays as judged in the definition: the
id levels, and levels that were not seen. The file holds no names: frequencies of names are the home's own.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
from splink import DuckDBAPI, Linker

from linkage.agreement import define_agreement
from linkage.drift import shares_file, shares_text
from linkage.evidence import by_valid_id
from linkage.labelled import label_nodes, measure_shares
from linkage.limits import Limits
from linkage.match import quiet_splink
from linkage.model import card
from linkage.model.definition import COMPARISONS, PRIOR, RAREST_TERM, settings
from linkage.model.pictures import pictures
from linkage.model.weights import weights_of
from linkage.reading import read_month, read_registry, split_known
from warehouse.database import in_memory, quoted
from warehouse.errors import Refused
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy

_SEED = 1
_LIBRARIES = ("splink", "duckdb", "sqlglot")


# The policy lines that training looks at: pass 0 makes the labels, the sizes are its own.
_LINES = (
    "model_train_", "model_drift_persons", "model_drift_random_pairs",
    "linkage_phone_holders", "linkage_relatives_trust", "linkage_trust_",
)  # fmt: skip

Measure = Callable[[Path], tuple[card.Section, ...]]


def train(
    lake: Lake,
    month: Month,
    out: Path,
    *,
    policy: Policy,
    on: date,
    previous: Path | None = None,
    measure: Measure | None = None,
) -> Path:
    """Learn the model from a month and return its path, ``out/<on>.json``.

    Writes beside it ``<on>.shares.csv`` (what drift is held against) and the card, ``<on>.card.md`` and
    ``<on>.card.html``. ``on`` is the date that names the model, ``previous`` the model file that the card compares it
    with; ``measure`` is called with the model's path and gives what the card says of its quality. The same month
    gives the same bytes. ``Refused`` names what a month lacks that teaches too little.
    """
    before = _read(previous) if previous else None
    with in_memory(lake.home) as con:
        # One thread: Splink's random sample is the same only in the same order.
        con.execute("SET threads = 1")
        define_agreement(con)
        read_month(con, month, lake)
        read_registry(con, None, lake)
        limits = Limits.of(policy)
        split_known(con, limits.phone_holders)
        feeds = _feeds(con, month, lake)
        by_valid_id(con, limits)
        _choose(con, policy.count("model_train_persons"))
        label_nodes(con)
        counts = _counts(con)
        _hold_to_enough(con, counts, month, policy.count("model_train_pairs_min"))
        model, judged = _filled(_learn(con, policy), float(policy.number("model_train_share_min")))
        weights = weights_of(model)
        named = (previous.stem, weights_of(before)) if previous and before else None
        charts = pictures(con, "labelled", model, weights, named)
        measure_shares(
            con,
            weights,
            persons=policy.count("model_drift_persons"),
            random_pairs=policy.count("model_drift_random_pairs"),
        )
        shares = shares_text(con)
    path = out / f"{on.isoformat()}.json"
    lake.write_text(path, json.dumps(model, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    lake.write_text(shares_file(path), shares)
    account = card.Account(
        on,
        str(month),
        feeds,
        **counts,
        parameters=_parameters(policy),
        weights=weights,
        judged=judged,
        previous=named,
        measured=measure(path) if measure else (),
    )
    lake.write_text(path.with_suffix(".card.md"), card.markdown(account))
    lake.write_text(path.with_suffix(".card.html"), card.page(account, charts))
    return path


def _read(model: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(model.read_text(encoding="utf-8"))
    return read


def _choose(con: duckdb.DuckDBPyConnection, persons: int) -> None:
    """Every profile that pass 0 settled, labelled with its id group: of so many persons, by the hash of the group."""
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE chosen AS
        SELECT profile_key, node AS label FROM assigned
        WHERE grade <> 'review' AND node IN (
            SELECT node FROM assigned GROUP BY node ORDER BY md5(node) LIMIT {persons})""")


def _feeds(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake) -> tuple[tuple[str, int, int], ...]:
    """Feed, person-bearing rows, distinct descriptions."""
    found = []
    for feed, profiles in con.execute(
        "SELECT feed, count(*) FROM described GROUP BY feed ORDER BY feed"
    ).fetchall():
        folder = quoted(lake.partition("records", feed=feed, month=str(month)))
        rows = con.execute(f"SELECT count(*) FROM read_parquet('{folder}/*.parquet')").fetchone()
        found.append((str(feed), int(rows[0]) if rows else 0, int(profiles)))
    return tuple(found)


def _counts(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    found = con.execute("""
        SELECT count(*), coalesce(sum(n), 0), coalesce(sum(n * (n - 1) // 2), 0)
        FROM (SELECT count(*) AS n FROM labelled GROUP BY label)""").fetchone() or (0, 0, 0)
    return dict(zip(("persons", "profiles", "pairs"), map(int, found), strict=True))


def _hold_to_enough(
    con: duckdb.DuckDBPyConnection, counts: dict[str, int], month: Month, pairs_min: int
) -> None:
    """Refuse a month that teaches nothing, and say what it lacks: Splink would end in a fault of arithmetic."""
    found = con.execute("""
        SELECT count(*), count(DISTINCT feed), count(id_no), count(name), count(own_birth) FROM described
        """).fetchone() or (0, 0, 0, 0, 0)
    profiles, feeds, ids, names, _ = found
    if not profiles:
        raise Refused(
            f"{month} has no descriptions of persons to learn from.",
            next_step=f"run doudi standardise --month {month} first, or name another month.",
        )
    lacks = [
        *(["a valid id on any row"] if not ids else []),
        *(["a name on any row"] if not names else []),
        *(["a second feed"] if feeds < 2 else []),
        *(
            [
                f"people who are described more than once under a valid id ({counts['pairs']} pairs of {pairs_min} needed)"
            ]
            if counts["pairs"] < pairs_min
            else []
        ),
    ]
    if counts["pairs"] < pairs_min or not names:
        raise Refused(
            f"{month} teaches too little for a model; it lacks: {'; '.join(lacks)}.",
            next_step="train on a larger county or a month in which more feeds came; scoring goes on with the model in force.",
        )


def _learn(con: duckdb.DuckDBPyConnection, policy: Policy) -> dict[str, Any]:
    with quiet_splink():
        linker = Linker(DuckDBAPI(con).register("labelled"), settings(), log_level=None)
        linker.training.estimate_u_using_random_sampling(
            max_pairs=float(policy.number("model_train_random_pairs")), seed=_SEED, min_count_per_level=None
        )
        linker.training.estimate_m_from_label_column("label")
        learnt: dict[str, Any] = linker.misc.save_model_to_json()
    return learnt


def _filled(learnt: dict[str, Any], share_min: float) -> tuple[dict[str, Any], dict[tuple[str, str], str]]:
    """The learnt model with judged values where a level is fixed or was not seen; by level, what is judged."""
    model = {key: value for key, value in learnt.items() if key != "linker_uid"}
    by_name = {comparison.name: comparison for comparison in COMPARISONS}
    judged: dict[tuple[str, str], str] = {}
    for comparison in model["comparisons"]:
        name = comparison["output_column_name"]
        for level, own in zip(comparison["comparison_levels"][1:], by_name[name].levels, strict=True):
            kept = []
            for key, value in (("m_probability", own.m), ("u_probability", own.u)):
                is_learnt = not own.fixed and isinstance(level.get(key), int | float)
                if not is_learnt or not share_min < level[key] < 1:
                    level[key] = value
                # Splink leaves what it never saw as it began: at the judged value.
                kept += [key[0]] if level[key] == value else []
                level[key] = float(f"{level[key]:.6g}")
            if kept:
                judged[name, own.name] = "judged" if len(kept) > 1 else f"{kept[0]} judged"
    return model, judged


def _parameters(policy: Policy) -> dict[str, str]:
    lines = {
        name: f"{line.value} {line.unit} ({line.document}, {line.status})"
        for name, line in policy.lines.items()
        if name.startswith(_LINES)
    }
    return {
        **{f"policy: {name}": said for name, said in lines.items()},
        "constant: seed of the random pairs": str(_SEED),
        "constant: prior, two random people are one": f"{PRIOR:.6g}",
        "constant: rarest name": f"{RAREST_TERM:.6g}",
        "library: python": platform.python_version(),
        **{f"library: {name}": version(name) for name in _LIBRARIES},
    }
