"""Build: the lake's tables become the warehouse and its marts, by dbt on DuckDB.

The warehouse file is made anew beside the old one and renamed over it when every model and test has
passed; the marts are exported as Parquet in a fixed order. A run that was killed leaves the old file and
an unfinished one aside, which the next run throws away.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from warehouse.damage import damaged
from warehouse.database import copy_to_parquet, set_limits, warehouse_file
from warehouse.errors import BuildFailed, HistoryMissing, Misconfigured, Unavailable
from warehouse.guard import of_words
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.operations.watch import tell_models
from warehouse.outcomes import Outcome, record
from warehouse.policy import Policy
from warehouse.project import (
    dbt_arguments,
    dbt_environment,
    have_unit_tests_passed,
    note_unit_tests_passed,
    parsed,
)
from warehouse.shelves import prepare
from warehouse.swap import sync

# Each mart with the columns that put its rows in one order: together they name one row.
MARTS: dict[str, str] = {
    "dim_person": "person_id",
    "dim_household": "household_id",
    "dim_rule": "rule_id",
    "fct_population_monthly": "person_id, class, source_feed",
    "fct_population_tag_monthly": "person_id, tag, source_feed",
    "fct_tag_freshness_monthly": "tag, source_feed",
    "fct_population_change_monthly": "change_id",
    "fct_population_balance_monthly": "class, source_feed, township",
    "fct_population_period_monthly": "months, class, change, category, from_class, township",
    "fct_coverage_monthly": "direction, list_class, roster_class, township",
    "fct_record_register_monthly": "household_id",
    "fct_referral_monthly": "referral_id",
    "fct_tekun_monthly": "person_id",
    "fct_household_income_monthly": "household_key, place",
    "fct_membership_monthly": "household_key, person_id, from_month",
    "fct_payment_summary_monthly": "township, aid_type, place_kind",
    "fct_village_coverage_monthly": "township, village",
    "fct_report_figures_monthly": "figure_id, township",
    "fct_warning_monthly": "warning_id",
    "fct_yield_monthly": "rule_id, grade, township",
    "fct_open_item_monthly": "warning_id",
    "fct_precision_monthly": "kind, rule_id, township, source_feed, listed_month",
    "fct_assessment_monthly": "rule_id, township",
    "fct_indicator_monthly": "person_id, indicator",
    "fct_alarm_monthly": "alarm_id",
    "fct_ticket_monthly": "feed, ticket_no",
    "fct_visit_monthly": "township, village",
    "audit_link_monthly": "feed, role, grade",
    "audit_linkage_quality_monthly": "measure, group_kind, group_value, method",
    "audit_linkage_histogram_monthly": "grade, rule, low_bits",
    "audit_linkage_unlinkables_monthly": "group_kind, group_value",
    "audit_linked_unlinked_monthly": "characteristic, characteristic_value",
    "audit_row_account": "feed",
}


def build(month: Month, *, lake: Lake, policy: Policy, policy_dir: Path) -> Outcome:
    """Build a month's warehouse and write its marts to ``lake/marts/<table>/month=…``.

    ``policy`` gives the region; the values themselves are read from ``policy_dir`` by the month's models.
    ``BuildFailed`` names the dbt nodes that failed; ``HistoryMissing`` when the month before was
    linked and has no marts; ``Unavailable`` when another process holds the file.
    """
    if policy.month != month:
        raise Misconfigured(
            f"the policy given is that of {policy.month}, the month to build is {month}.",
            next_step="load the policy of the month.",
        )
    before = str(month.previous)
    if before in lake.months("crosswalk") and before not in lake.months("marts/fct_warning_monthly"):
        raise HistoryMissing(
            f"{before} was linked and never built: 'since' and the memory of {month} would begin anew.",
            next_step=f"build {before}, then {month}.",
        )
    with warehouse_file(lake.home):
        pass  # whoever holds the warehouse is told now, not after the work
    aside = _fresh(lake.home)
    with _opened(aside, lake.home) as con:
        seen = prepare(con, month, lake=lake, policy_dir=policy_dir)
    nodes = _run_dbt(aside, month, policy.region, lake.home)
    with _opened(aside, lake.home) as con:
        counts, by = _export(con, month, lake)
    sync(aside)
    aside.replace(lake.home / "warehouse.duckdb")
    sync(lake.home)
    return record(
        Outcome("build", str(month), counts={**seen, **nodes, **counts}, by=by),
        lake,
    )


def _fresh(home: Path) -> Path:
    """The path of the file that is built aside, with whatever a killed run left there thrown away.

    It has the name it will keep: the views inside name their file.
    """
    path = home / "tmp" / "aside" / "warehouse.duckdb"
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        # Another build at work on it holds its lock: then we must not take it away. What a killed run
        # left may be no database at all, and goes.
        try:
            with _opened(path, home):
                pass
        except duckdb.Error:
            pass
    for leftover in (path, path.with_name(path.name + ".wal")):
        leftover.unlink(missing_ok=True)
    return path


@contextmanager
def _opened(path: Path, home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    try:
        con = duckdb.connect(str(path))
    except duckdb.IOException as error:
        if "lock" not in str(error).lower():
            raise
        raise Unavailable(
            "another build of this home is at work.", next_step="let it end, then try again."
        ) from error
    try:
        set_limits(con, home)
        yield con
    finally:
        con.close()


def _run_dbt(database: Path, month: Month, region: str, home: Path) -> dict[str, int]:
    """``dbt build`` in this process: seeds, models, data tests, unit tests. Counts of nodes by kind.

    The unit tests try the project, not the month's data: whoever saw this very project pass them does not run
    them again.
    """
    # Imported here: dbt takes two seconds, and most of what imports this module never builds.
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    variables = f"{{month: '{month}', region: '{region}'}}"
    arguments = ["build", *dbt_arguments(home / "tmp" / "dbt", variables, logs=home / "logs" / "dbt")]
    are_spared = have_unit_tests_passed(home)
    if are_spared:
        arguments += ["--exclude-resource-type", "unit_test"]
    manifest = parsed(home)
    with dbt_environment(database, home / "tmp"):
        try:
            result = dbtRunner(manifest=manifest).invoke(arguments)
        finally:
            DuckDBConnectionManager.close_all_connections()
    if result.exception is not None and result.result is None:
        # It says what a full disk or a held file is in words only, as a rule wrapped in an error of its own.
        known = of_words(str(result.exception), f"build {month}")
        raise known or BuildFailed(
            f"dbt could not begin the build of {month} ({type(result.exception).__name__}).",
            next_step="run `dbt parse` in dbt_project and mend what it names.",
        ) from None
    tell_models(result.result)
    counts = _judged(result.result, month, home)
    note_unit_tests_passed(home, ran=not are_spared)
    return counts


def _judged(results: Any, month: Month, home: Path) -> dict[str, int]:
    bad = [r for r in results if str(r.status) in ("error", "fail", "runtime error")]
    if bad:
        failed = sorted(r.node.name for r in bad)
        words = " ".join(str(r.message) for r in bad if str(r.status) != "fail")
        what = f"build {month}"
        raise (
            of_words(words, what)
            or damaged(what, home)
            or BuildFailed(
                f"{len(failed)} dbt node(s) failed in {month}: {', '.join(failed[:8])}.",
                next_step="look at the node in dbt_project; a failing key or code test is a fault of ours, not of the data.",
            )
        )
    counts: dict[str, int] = {}
    for one in results:
        if one.node.resource_type.value == "unit_test":
            continue  # run or not, the outcome of a month is the same
        kind = f"dbt_{one.node.resource_type.value}s"
        counts[kind] = counts.get(kind, 0) + 1
    return counts


def _export(
    con: duckdb.DuckDBPyConnection, month: Month, lake: Lake
) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    counts: dict[str, int] = {}
    for mart, order in MARTS.items():
        with lake.replacing(f"marts/{mart}", month=str(month)) as folder:
            counts[mart] = copy_to_parquet(
                con, f"SELECT * FROM marts.{mart} ORDER BY {order}", folder / "part.parquet"
            )
    by = {
        f"warnings_by_{column}": dict(
            con.execute(
                f"SELECT {column}, count(*) FROM marts.fct_warning_monthly GROUP BY 1 ORDER BY 1"
            ).fetchall()
        )
        for column in ("rule_id", "status")
    }
    return counts, by
