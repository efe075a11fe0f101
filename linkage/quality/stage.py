"""The stage ``quality``: how good the month's links are, published each month without a gold file."""

from __future__ import annotations

import math
from pathlib import Path

import duckdb

from linkage.limits import Limits
from linkage.match import Scorer, model_in_force
from linkage.quality.clerical import read_cards
from linkage.quality.combine import Estimate, combine, control_rows
from linkage.quality.comparing import compare_unlinked, find_unlinkables, weigh_histogram
from linkage.quality.controls import make_controls
from linkage.quality.doubles import find_doubles
from linkage.quality.exposure import EVERYTHING, count_exposures
from linkage.quality.findings import gather_findings, impossible_rows, mark_suspicious, recapture_rows
from linkage.quality.histories import look_for_impossible
from linkage.quality.limits import QualityLimits
from linkage.quality.machine import link_controls
from linkage.quality.page import write_page
from linkage.quality.reading import read_links
from linkage.quality.recapture import capture
from linkage.quality.sample import draw_sample
from linkage.quality.second_look import look_again
from warehouse.database import copy_to_parquet, count_rows, in_memory
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.outcomes import Outcome, record
from warehouse.policy import Policy

LINKAGE_QUALITY = {
    "measure": "VARCHAR", "by": "VARCHAR", "value": "VARCHAR", "method": "VARCHAR", "estimate": "DOUBLE",
    "low": "DOUBLE", "high": "DOUBLE", "rows": "BIGINT", "evidence": "BIGINT", "note": "VARCHAR",
}  # fmt: skip
_ORDERS = {
    "linkage_quality": '"measure", "by", "value", "method"',
    "linkage_histogram": "grade, rule, low_bits",
    "linkage_unlinkables": '"by", "value"',
    "linked_unlinked": "characteristic, value",
    "link_sample": "sample_id",
}


def measure_quality(month: Month, *, lake: Lake, policy: Policy, model: Path | None = None) -> Outcome:
    """Measure a linked month: registry, records, standardised events and reviewers' labels to
    ``linkage_quality``, ``linkage_histogram``, ``linkage_unlinkables``, ``linked_unlinked`` and
    ``link_sample`` of the month, and the page ``HOME/docs/linkage/<month>.html``.

    The lake's links are read and never changed. ``model`` defaults to the one in force. Raises ``HistoryMissing``
    when the month is not linked, ``BudgetExceeded`` when the controls would compare more than the policy allows.
    """
    quality, limits = QualityLimits.of(policy), Limits.of(policy)
    in_force = model or model_in_force()
    with in_memory(lake.home) as con:
        read_links(con, month, lake, quality)
        make_controls(con, quality)
        scorer = Scorer(con, in_force)
        link_controls(con, month, lake=lake, limits=limits, scorer=scorer, least_bits=quality.floor_bits)
        look_again(con, limits=limits, quality=quality, scorer=scorer)
        draw_sample(con, quality, str(month))
        find_doubles(con)
        look_for_impossible(con, month, lake, quality)
        mark_suspicious(con)
        estimates = _estimate(con, month, lake, limits, quality)
        weigh_histogram(con, quality)
        find_unlinkables(con, limits=limits, quality=quality, scorer=scorer)
        compare_unlinked(con)
        _keep(con, estimates)
        for table, order in _ORDERS.items():
            with lake.replacing(table, month=str(month)) as folder:
                copy_to_parquet(con, f"SELECT * FROM {table} ORDER BY {order}", folder / f"{table}.parquet")
        page = write_page(con, month=month, limits=limits, quality=quality)
        lake.write_text(lake.home / "docs" / "linkage" / f"{month}.html", page)
        return record(_outcome(con, month, estimates, in_force), lake)


def _estimate(
    con: duckdb.DuckDBPyConnection, month: Month, lake: Lake, limits: Limits, quality: QualityLimits
) -> list[Estimate]:
    cards = read_cards(con, month, lake)
    findings = gather_findings(con, limits=limits, quality=quality, cards=cards)
    return [
        *combine(findings, count_exposures(con), quality),
        *control_rows(findings, quality),
        *impossible_rows(con, quality),
        *recapture_rows(capture(con), quality),
    ]


def _keep(con: duckdb.DuckDBPyConnection, estimates: list[Estimate]) -> None:
    """Make ``linkage_quality`` of the estimates; what was not assessed has no estimate (NULL)."""
    columns = ", ".join(f'"{name}" {kind}' for name, kind in LINKAGE_QUALITY.items())
    con.execute(f"CREATE OR REPLACE TEMP TABLE linkage_quality ({columns})")
    rows = [
        (one.measure, one.by, one.value, one.method, None if math.isnan(one.estimate) else one.estimate,
         one.low, one.high, one.rows, one.evidence, one.note)
        for one in estimates
    ]  # fmt: skip
    # Column by column in one statement: one for each row takes longer than all their estimates.
    lists = ", ".join(f"unnest(?::{kind}[])" for kind in LINKAGE_QUALITY.values())
    con.execute(
        f"INSERT INTO linkage_quality SELECT {lists}", [list(column) for column in zip(*rows, strict=True)]
    )


def _outcome(con: duckdb.DuckDBPyConnection, month: Month, estimates: list[Estimate], model: Path) -> Outcome:
    reasons = [
        f"{one.measure}: {one.estimate:.3%} ({one.low:.3%} to {one.high:.3%} of {one.rows}), {one.method}"
        for one in estimates
        if (one.by, one.value) == EVERYTHING and one.method in ("combined", "counted")
    ]
    return Outcome(
        stage="quality",
        month=str(month),
        counts={
            "descriptions": count_rows(con, "linked"),
            "hidden": count_rows(con, "answers", "kind = 'hidden'"),
            "phantoms": count_rows(con, "answers", "kind = 'phantom'"),
            "looked_at_again": count_rows(con, "looked"),
            "cards_drawn": count_rows(con, "link_sample"),
            "estimates": len(estimates),
        },
        by={
            "outcome": dict(
                con.execute("SELECT kind || ' ' || outcome, count(*) FROM answers GROUP BY 1").fetchall()
            )
        },
        reasons=[*reasons, f"model in force: {model.stem}"],
    )
