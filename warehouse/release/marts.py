"""Open a month's marts as tables of a DuckDB in memory, with the contract's columns and no others."""

from __future__ import annotations

from pathlib import Path

import duckdb

from warehouse.database import quoted
from warehouse.errors import NotReleased
from warehouse.lake import Lake
from warehouse.months import Month

# docs/DEVELOPERS.md, "Marts that other rooms read": column to type.
_V, _D, _N = "VARCHAR", "DATE", "BIGINT"
_MONEY = "DECIMAL(18,2)"
MARTS: dict[str, dict[str, str]] = {
    "dim_person": {
        "person_id": _V, "name": _V, "id_no": _V, "sex": _V, "birth_date": _D, "phone": _V,
        "township": _V, "village": _V, "household_id": _V, "relation": _V, "died_on": _D, "death_sources": "INTEGER",
        "link_grade": _V,
    },
    "dim_household": {
        "household_id": _V, "head_person_id": _V, "township": _V, "village": _V, "size": "INTEGER",
        "income_pc_month": _MONEY,
    },
    "fct_population_monthly": {
        "person_id": _V, "household_id": _V, "class": _V, "source_feed": _V, "township": _V, "village": _V,
    },
    "fct_warning_monthly": {
        "warning_id": _V, "rule_id": _V, "person_id": _V, "household_id": _V, "region": _V, "township": _V,
        "village": _V, "grade": _V, "status": _V, "status_reason": _V, "since": _V, "amount": _MONEY,
        "summary": _V, "check_hint": _V, "evidence": _V, "policy_ref": _V, "requirement": _V,
        "priority": "DOUBLE", "proposed": _V, "expected_yield": "DOUBLE", "clock": _V, "due_on": _D, "opened": _V,
        "age_months": "INTEGER", "yield_basis": _V,
    },
    "fct_open_item_monthly": {
        "warning_id": _V, "rule_id": _V, "person_id": _V, "household_id": _V, "township": _V, "village": _V,
        "listed_month": _V, "last_listed_month": _V, "age_months": "INTEGER", "due_on": _D, "clock": _V, "state": _V,
        "is_raised": "BOOLEAN", "summary": _V, "second_look_of": _V,
    },
    "fct_yield_monthly": {
        "rule_id": _V, "grade": _V, "township": _V, "answers": _N, "held": _N, "found": _N, "refuted": _N,
        "unsettled": _N, "aided": _N, "expected_yield": "DOUBLE", "prior": "DOUBLE", "basis": _V,
    },
    "fct_assessment_monthly": {
        "rule_id": _V, "township": _V, "in_scope": _N, "assessed": _N, "not_assessed": _N, "reason": _V,
    },
    "audit_link_monthly": {"feed": _V, "role": _V, "grade": _V, "rows": _N},
    "audit_row_account": {
        "feed": _V, "files": _N, "rows": _N, "landed": _N, "quarantined": _N, "furniture": _N,
        "set_aside": _N,
    },
    "dim_rule": {
        "rule_id": _V, "title": _V, "kind": _V, "sentence": _V, "check_hint": _V, "requirement": _V, "plain": _V,
        "ask": _V,
    },
}  # fmt: skip

# Marts of registers and forms.
REGISTERS: dict[str, dict[str, str]] = {
    "fct_population_change_monthly": {
        "person_id": _V, "household_id": _V, "township": _V, "village": _V, "class": _V, "change": _V, "category": _V,
        "reason": _V, "from_class": _V, "to_class": _V, "effective_month": _V,
    },
    "fct_population_balance_monthly": {
        "class": _V, "township": _V, "state": _V, "persons_before": _N, "entered": _N, "exited": _N, "moved_in": _N,
        "moved_out": _N, "relocated_in": _N, "relocated_out": _N, "persons": _N,
    },
    "fct_report_figures_monthly": {
        "figure_id": _V, "township": _V, "title": _V, "value": _MONEY, "unit": _V, "definition": _V,
    },
    "fct_coverage_monthly": {
        "direction": _V, "list_class": _V, "roster_class": _V, "township": _V, "persons": _N, "households": _N,
        "persons_before": _N, "persons_change": _N,
    },
    "fct_village_coverage_monthly": {
        "township": _V, "village": _V, "households_due": _N, "persons_due": _N, "households_looked": _N,
        "households_covered": _N, "households_open": _N,
    },
    "fct_record_register_monthly": {
        "household_id": _V, "head_person_id": _V, "township": _V, "village": _V, "reason": _V,
        "income_pc_month": _MONEY, "standard_month": _MONEY, "line_month": _MONEY, "registered_month": _V,
        "next_look_month": _V, "risk_points": "DOUBLE",
    },
    "fct_referral_monthly": {
        "referral_id": _V, "person_id": _V, "household_id": _V, "township": _V, "village": _V, "agency": _V,
        "aid": _V, "reason": _V, "state": _V, "since": _V,
    },
    "fct_tekun_monthly": {
        "person_id": _V, "township": _V, "village": _V, "place_kind": _V, "care": _V, "birth_date": _D, "health": _V,
        "labour": _V, "care_need": _V, "needs_place_look": "BOOLEAN", "care_agreement": _V, "service_standard": _V,
        "visit_record": _V, "emergency_plan": _V, "housing": _V,
    },
    "fct_payment_summary_monthly": {
        "township": _V, "aid_type": _V, "place_kind": _V, "funding_level": _V, "cases": _N, "persons": _N,
        "approved": _MONEY, "approved_unknown": _N, "cases_paid": _N, "payments_paid": _N, "paid": _MONEY,
        "payments_arrears": _N, "arrears": _MONEY,
        "payments_failed": _N, "failed": _MONEY, "payments_returned": _N, "returned": _MONEY, "payments_unknown": _N,
    },
    "fct_alarm_monthly": {
        "alarm_id": _V, "township": _V, "village": _V, "cause_rule": _V, "warnings": _N, "households": _N,
        "since": _V, "summary": _V, "policy_ref": _V,
    },
}  # fmt: skip

QUARANTINE = {"feed": _V, "file": _V, "sheet": _V, "row": "INTEGER", "reason": _V}


def attach(con: duckdb.DuckDBPyConnection, lake: Lake, month: Month) -> None:
    """One view per mart, named as the mart; ``NotReleased`` when one is missing or lacks a column.

    Views read the Parquet where it lies. The lake's quarantine comes with them (empty when no row of
    the month was put there).
    """
    for mart, columns in {**MARTS, **REGISTERS}.items():
        _view(con, mart, lake.partition(f"marts/{mart}", month=str(month)), columns, month)
    _view_or_empty(con, "quarantine", lake.partition("quarantine", month=str(month)), QUARANTINE, month)


def _view_or_empty(
    con: duckdb.DuckDBPyConnection, name: str, folder: Path, columns: dict[str, str], month: Month
) -> None:
    if any(folder.glob("*.parquet")):
        _view(con, name, folder, columns, month)
        return
    empty = ", ".join(f'NULL::{kind} AS "{column}"' for column, kind in columns.items())
    con.execute(f"CREATE VIEW {name} AS SELECT {empty} WHERE false")


def _view(
    con: duckdb.DuckDBPyConnection, name: str, folder: Path, columns: dict[str, str], month: Month
) -> None:
    if not any(folder.glob("*.parquet")):
        raise NotReleased(
            f"the mart {name} of {month} is missing.", next_step="build the month, inspect it, then publish."
        )
    source = f"read_parquet('{quoted(folder)}/*.parquet', hive_partitioning = false)"
    there = {row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
    missing = sorted(set(columns) - there)
    if missing:
        raise NotReleased(
            f"the mart {name} of {month} was built by an earlier version: it has no {', '.join(missing)}.",
            next_step="run doudi rebuild (doudi stale names the months), then publish.",
        )
    listed = ", ".join(f'"{column}"::{kind} AS "{column}"' for column, kind in columns.items())
    con.execute(f"CREATE VIEW {name} AS SELECT {listed} FROM {source}")
