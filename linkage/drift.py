"""Drift: does this month's material still look like what the model in force was trained on?

A model's weights are shares of pairs: how often two descriptions of one person, and of two persons, stand at
a level. They are counted anew in every month and held against the shares beside the model. Gate 1 reads the
table and warns; the linkage itself goes on with the model in force.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import duckdb

from linkage.agreement import define_agreement
from linkage.labelled import measure_shares
from linkage.limits import Limits
from linkage.match import model_in_force
from linkage.model.weights import Weights, table, weights_of
from linkage.reading import read_month, read_registry, split_known
from warehouse.database import copy_to_parquet, in_memory
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.outcomes import Outcome, record
from warehouse.policy import Policy

TABLE = "model_drift"
KINDS = ("one_person", "two_persons")
_SHARES = ("comparison", "level", "kind", "share", "pairs")


def measure_drift(month: Month, *, lake: Lake, policy: Policy, model: Path | None = None) -> Outcome:
    """Write the month's ``model_drift`` and say which levels left the band.

    Reads the month's ``profiles``. One row a comparison, level and kind of pair: ``expected`` share, ``seen``
    share, ``pairs`` of which the comparison says something, the level's weight as the model has it and as it
    would be with the share that was seen (bits), and ``bits_moved``, how far the share has moved. NULL where
    nothing is expected (a judged level) or nothing was seen. A month that says nothing writes its rows all the
    same. ``model`` defaults to the one in force.
    """
    in_force = model or model_in_force()
    weights = weights_of(json.loads(in_force.read_text(encoding="utf-8")))
    with in_memory(lake.home) as con:
        define_agreement(con)
        read_month(con, month, lake)
        read_registry(con, None, lake)
        split_known(con, Limits.of(policy).phone_holders)
        measure_shares(
            con,
            weights,
            persons=policy.count("model_drift_persons"),
            random_pairs=policy.count("model_drift_random_pairs"),
        )
        _expect(con, weights, in_force)
        _compare(con, float(policy.number("model_drift_steady_pairs")))
        with lake.replacing(TABLE, month=str(month)) as folder:
            copy_to_parquet(
                con, "SELECT * EXCLUDE nth FROM drift ORDER BY nth, kind", folder / "part-0.parquet"
            )
        return record(_outcome(con, month, policy, in_force), lake)


def shares_file(model: Path) -> Path:
    """Where the shares of the month that a model was trained on stand, beside the model."""
    return model.with_suffix(".shares.csv")


def shares_text(con: duckdb.DuckDBPyConnection) -> str:
    """The table ``shares`` as the CSV that is kept beside a model."""
    found = con.execute(
        "SELECT comparison, level, kind, share, pairs FROM shares WHERE share IS NOT NULL ORDER BY nth, kind"
    ).fetchall()
    lines = [(*names, f"{share:.6g}", pairs) for *names, share, pairs in found]
    return table([_SHARES, *lines])


def _expect(con: duckdb.DuckDBPyConnection, weights: Weights, model: Path) -> None:
    """Make ``expected``: by level and kind the share to be expected, and the model's m and u.

    The shares of the month of training, counted the same way, stand beside the model. Where a model came
    without them, its own m and u stand in for the levels that were learnt.
    """
    con.execute("""
        CREATE OR REPLACE TEMP TABLE expected (
            comparison VARCHAR, level VARCHAR, kind VARCHAR, expected DOUBLE, m DOUBLE, u DOUBLE)""")
    beside = shares_file(model)
    kept: dict[tuple[str, str, str], float] | None = None
    if beside.exists():
        lines = csv.DictReader(io.StringIO(beside.read_text(encoding="utf-8"), newline=""))
        kept = {(line["comparison"], line["level"], line["kind"]): float(line["share"]) for line in lines}
    rows = []
    for one in weights.levels:
        for kind, learnt in zip(KINDS, (one.m, one.u), strict=True):
            own = learnt if one.is_learnt else None
            share = own if kept is None else kept.get((one.comparison, one.level, kind))
            rows.append((one.comparison, one.level, kind, share, one.m, one.u))
    con.executemany("INSERT INTO expected VALUES (?, ?, ?, ?, ?, ?)", rows)


def _compare(con: duckdb.DuckDBPyConnection, steady_pairs: float) -> None:
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE drift AS
        SELECT nth, comparison, level, kind, expected, share AS seen, pairs,
            log2(m / u) AS weight_expected,
            CASE WHEN share = 0 THEN NULL WHEN kind = 'one_person' THEN log2(share / u) ELSE log2(m / share) END
                AS weight_seen,
            round(log2((share * pairs + {steady_pairs}) / (expected * pairs + {steady_pairs})), 6) AS bits_moved
        FROM shares JOIN expected USING (comparison, level, kind)""")


def _outcome(con: duckdb.DuckDBPyConnection, month: Month, policy: Policy, model: Path) -> Outcome:
    band = float(policy.number("expectations.model_drift.bits_max"))
    least = policy.count("expectations.model_drift.pairs_min")
    moved = con.execute(
        """SELECT comparison, level, kind, expected, seen, pairs, bits_moved FROM drift
        WHERE abs(bits_moved) > ? AND pairs >= ? ORDER BY abs(bits_moved) DESC, nth, kind""",
        [band, least],
    ).fetchall()
    pairs = dict(con.execute("SELECT kind, count(*) FROM levelled GROUP BY kind").fetchall())
    judged = con.execute(
        "SELECT count(*) FROM drift WHERE bits_moved IS NOT NULL AND pairs >= ?", [least]
    ).fetchone()
    return Outcome(
        stage="drift",
        month=str(month),
        counts={
            "pairs_one_person": pairs.get("one_person", 0),
            "pairs_two_persons": pairs.get("two_persons", 0),
            "shares_judged": int(judged[0]) if judged else 0,
            "shares_moved": len(moved),
        },
        reasons=[
            f"model in force: {model.stem}",
            *(
                f"{comparison} '{level}', {kind.replace('_', ' ')}: {seen:.4f} of {total:,} pairs instead of"
                f" {expected:.4f} ({by:+.1f} bits)"
                for comparison, level, kind, expected, seen, total, by in moved
            ),
        ],
    )
