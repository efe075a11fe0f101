"""Great Expectations over DuckDB: asks questions about Parquet files and brings back numbers.

Import this module only when a gate runs: Great Expectations takes seconds to import. Nothing is sent
anywhere (analytics off) and nothing is fetched from a row: result formats ask for counts only, and what
is kept of a result is stripped of value lists again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from numbers import Number
from pathlib import Path
from typing import Any

from expectations.scratch import scratch  # isort: skip  (first: it tells Great Expectations to send nothing)

import great_expectations as gx
import great_expectations.expectations as gxe
from great_expectations.compatibility.pydantic import ValidationError
from great_expectations.core import ExpectationSuiteValidationResult
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.expectations.expectation import Expectation
from great_expectations.validator.v1_validator import Validator
from sqlalchemy.exc import DBAPIError

from expectations.measured import ExpectAggregateWithinLimits, ExpectMeasureWithinLimits
from expectations.phrases import BATCH, Aggregate, Measure, quoted_name
from expectations.shelves import Files
from warehouse.errors import Misconfigured
from warehouse.months import Month
from warehouse.verdicts import Severity

# Counts, never values: no list of failing values is asked for.
_COUNTS_ONLY = {"result_format": "BASIC", "partial_unexpected_count": 0}
_KEPT = frozenset(
    {
        "element_count",
        "unexpected_count",
        "unexpected_percent",
        "missing_count",
        "missing_percent",
        "observed_value",
    }
)
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT",
            "UHUGEINT", "FLOAT", "DOUBLE", "DECIMAL")  # fmt: skip
_SEVERITY: Mapping[Severity, str] = {"stop": "critical", "warn": "warning"}


@dataclass(frozen=True)
class Question:
    """One rule, ready to be asked: either an ``expectation`` with its arguments, or a ``query`` that measures."""

    id: str
    table: str
    severity: Severity
    sentence: str
    expectation: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    query: str = ""
    columns: tuple[str, ...] = ()
    is_written: bool = False


@dataclass(frozen=True)
class Answer:
    """What came back: ``measured`` of ``of`` (None where there was nothing to measure)."""

    id: str
    success: bool
    measured: float | None
    of: int | None


@dataclass(frozen=True)
class Examination:
    """All answers by rule id, and by table the result as Great Expectations keeps it (for the documents)."""

    answers: Mapping[str, Answer]
    results: Mapping[str, ExpectationSuiteValidationResult]


def examine(
    questions: Sequence[Question],
    *,
    views: Mapping[str, Files],
    home: Path,
    month: Month,
) -> Examination:
    """Ask every question, table by table, over views on the Parquet files."""
    if not questions:
        return Examination({}, {})
    with scratch(views, home) as (_, source):
        _check_fit(source, questions)
        end = month.last_day
        # The run carries the month, not the clock: the same month gives the same pages.
        run = RunIdentifier(run_name=str(month), run_time=datetime(end.year, end.month, end.day, tzinfo=UTC))
        results = {
            table: _examined(source, table, [q for q in questions if q.table == table], run)
            for table in sorted({question.table for question in questions})
        }
    answers = [_answer(entry) for result in results.values() for entry in result.results]
    return Examination({answer.id: answer for answer in answers}, results)


def _check_fit(source: Any, questions: Sequence[Question]) -> None:
    """A column that a rule names and its table lacks, a query that does not fit: said before anything is asked."""
    with source.get_execution_engine().engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT table_name, column_name FROM duckdb_columns()").fetchall()
        known = {(table, column) for table, column in found}
        for question in questions:
            lacking = [column for column in question.columns if (question.table, column) not in known]
            if lacking:
                raise Misconfigured(
                    f"gate rule {question.id} speaks of column '{lacking[0]}', which {question.table} does not have.",
                    next_step="bring the suite and the table's contract in docs/DEVELOPERS.md together.",
                )
            if question.is_written and isinstance(question.query, Measure):
                _check_numbers(connection, question, question.query.inner)


def _check_numbers(connection: Any, question: Question, query: str) -> None:
    """A query of a suite's own binds, and gives numbers only. Nothing is read for it: what is said quotes no row."""
    text = query.replace(BATCH, quoted_name(question.table))
    try:
        described = connection.exec_driver_sql(
            "DESCRIBE " + text.replace("{{", "{").replace("}}", "}")
        ).fetchall()
    except DBAPIError as error:
        raise _unfit(question, str(error.orig).splitlines()[0]) from None
    words = [row[0] for row in described if not str(row[1]).startswith(_NUMBERS)]
    if words:
        raise _unfit(question, f"{words[0]} is no number")


def _unfit(question: Question, what: str) -> Misconfigured:
    return Misconfigured(
        f"gate rule {question.id} cannot be asked of {question.table}: {what}.",
        next_step="mend the query in its suite; the tables' columns stand in docs/DEVELOPERS.md.",
    )


def _is_expectation(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Expectation)


def _examined(
    source: Any, table: str, questions: Sequence[Question], run: RunIdentifier
) -> ExpectationSuiteValidationResult:
    """A table's suite, asked of the table itself: nothing of a context that ends with the gate is stored in it."""
    definition = source.add_table_asset(table, table_name=table).add_batch_definition_whole_table("month")
    suite = gx.ExpectationSuite(name=table, expectations=[_expectation(question) for question in questions])
    result = Validator(definition, result_format=_COUNTS_ONLY).validate_expectation_suite(suite)
    result.meta["run_id"] = run
    return result


def _expectation(question: Question) -> Any:
    common = _common(question)
    if isinstance(question.query, Aggregate):
        # Taken with all others of its table in one scan: there the batch needs no name and braces no doubling.
        parts = {name: part.format() for name, part in question.query.parts.items()}
        return ExpectAggregateWithinLimits(**parts, **common)
    if isinstance(question.query, Measure):
        return ExpectMeasureWithinLimits(
            unexpected_rows_query=question.query.inner, is_broken=question.query.is_broken, **common
        )
    return of_core(question)


def of_core(question: Question) -> Any:
    """The expectation of Great Expectations that a question names; ``Misconfigured`` where its arguments do not fit."""
    kinds = {kind.expectation_type: kind for kind in vars(gxe).values() if _is_expectation(kind)}
    try:
        return kinds[question.expectation](**question.arguments, **_common(question))
    except ValidationError as error:
        what = error.errors()[0]
        raise Misconfigured(
            f"gate rule {question.id} cannot be asked: {what['loc'][0]}: {what['msg']}.",
            next_step="bring the rule's arguments and policy parameters in line with the expectation.",
        ) from None


def severity_of(question: Question) -> str:
    """How Great Expectations calls the question's severity."""
    return _SEVERITY[question.severity]


def _common(question: Question) -> dict[str, Any]:
    return {
        "severity": severity_of(question),
        "description": f"{question.id} · {question.sentence}",
        "meta": {"rule": question.id},
    }


def _answer(entry: Any) -> Answer:
    """Read one result and strip it: what stays in it, and so in the documents, is counts."""
    rule = entry.expectation_config.meta["rule"]
    if _has_raised(entry.exception_info):
        raise Misconfigured(
            f"gate rule {rule} could not be computed: its query or columns do not fit the table.",
            next_step="compare the rule in its suite with the table's columns in docs/DEVELOPERS.md.",
        )
    entry.result = {name: value for name, value in entry.result.items() if name in _KEPT}
    result = entry.result
    if "unexpected_count" not in result:
        measured = result.get("observed_value")
        if measured is not None and (isinstance(measured, bool) or not isinstance(measured, Number)):
            # A list, a word, a day: it may be a value of a row. What stays is whether it held.
            measured = result["observed_value"] = float(bool(entry.success))
        number = None if measured is None else float(measured)
        return Answer(rule, bool(entry.success), number, result.get("element_count"))
    if "element_count" not in result:
        return Answer(rule, bool(entry.success), float(bool(entry.success)), None)
    assessed = int(result["element_count"]) - int(result.get("missing_count") or 0)
    good = (assessed - int(result["unexpected_count"])) / assessed if assessed else None
    return Answer(rule, bool(entry.success), None if good is None else round(good, 6), assessed)


def _has_raised(exception_info: Mapping[str, Any]) -> bool:
    """Great Expectations gives either one flat account or one per metric."""
    if "raised_exception" in exception_info:
        return bool(exception_info["raised_exception"])
    return any(account.get("raised_exception") for account in exception_info.values())
