"""Great Expectations over DuckDB: asks questions about Parquet files and brings back numbers.

Import this module only when a gate runs: Great Expectations takes seconds to import. Nothing is sent
anywhere (analytics off) and nothing is fetched from a row: result formats ask for counts only, and what
is kept of a result is stripped of value lists again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

# Before the import: Great Expectations reads it once.
os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx
import great_expectations.expectations as gxe
from great_expectations.core import ExpectationSuiteValidationResult
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.data_context.types.base import DataContextConfig, InMemoryStoreBackendDefaults
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy

from expectations.measured import ExpectAggregateWithinLimits, ExpectMeasureWithinLimits
from expectations.phrases import Aggregate
from expectations.shelves import Files
from warehouse.database import limits, quoted
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
_SEVERITY: Mapping[Severity, str] = {"stop": "critical", "warn": "warning"}


@dataclass(frozen=True)
class Question:
    """One rule, ready to be asked: either an ``expectation`` with its arguments, or a measuring ``query``."""

    id: str
    table: str
    severity: Severity
    sentence: str
    expectation: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    query: str = ""
    columns: tuple[str, ...] = ()


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
    name: str = "gate",
) -> Examination:
    """Ask every question, table by table, over views on the Parquet files: the checkpoint of that ``name``."""
    if not questions:
        return Examination({}, {})
    with _context(views, home, questions) as (context, source):
        definitions = [
            _definition(context, source, table, [q for q in questions if q.table == table])
            for table in sorted({question.table for question in questions})
        ]
        end = month.last_day
        # The run carries the month, not the clock: the same month gives the same pages.
        run = RunIdentifier(run_name=str(month), run_time=datetime(end.year, end.month, end.day, tzinfo=UTC))
        checkpoint = context.checkpoints.add(
            gx.Checkpoint(name=name, validation_definitions=definitions, result_format=_COUNTS_ONLY)
        )
        found = checkpoint.run(run_id=run).run_results.values()
        results = {result.suite_name: result for result in found}
    answers = [_answer(entry) for result in results.values() for entry in result.results]
    return Examination({answer.id: answer for answer in answers}, results)


@contextmanager
def _context(
    views: Mapping[str, Files], home: Path, questions: Sequence[Question]
) -> Iterator[tuple[Any, Any]]:
    """An ephemeral context on a scratch DuckDB that holds only views; both are gone at the end."""
    scratch = home / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=scratch, prefix="gate-") as folder:
        quiet = DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(),
            analytics_enabled=False,
            progress_bars={"globally": False},
        )
        context = gx.get_context(mode="ephemeral", project_config=quiet)
        source = context.data_sources.add_sql(
            name="lake",
            connection_string=f"duckdb:///{folder}/views.duckdb",
            kwargs={"connect_args": {"config": limits(home)}},
        )
        engine = source.get_execution_engine().engine
        event.listen(engine, "after_cursor_execute", _buffer)
        try:
            with engine.begin() as connection:
                for name, files in views.items():
                    paths = ", ".join(f"'{quoted(file)}'" for file in files)
                    connection.exec_driver_sql(
                        f'CREATE VIEW "{name}" AS SELECT * FROM'
                        f" read_parquet([{paths}], union_by_name = true, hive_partitioning = false)"
                    )
                _check_columns(connection, questions)
            yield context, source
        finally:
            engine.dispose()
            _dispose(source)


def _check_columns(connection: Connection, questions: Sequence[Question]) -> None:
    """A column that a rule names and its table lacks is our bug: said so before anything is asked."""
    found = connection.exec_driver_sql("SELECT table_name, column_name FROM duckdb_columns()").fetchall()
    known = {(table, column) for table, column in found}
    for question in questions:
        lacking = [column for column in question.columns if (question.table, column) not in known]
        if lacking:
            raise Misconfigured(
                f"gate rule {question.id} speaks of column '{lacking[0]}', which {question.table} does not have.",
                next_step="bring the suite and the table's contract in docs/DEVELOPERS.md together.",
            )


def _dispose(source: Any) -> None:
    """Great Expectations keeps a second engine for its own probing of the connection."""
    other: Engine = source.get_engine()
    other.dispose()


def _buffer(_conn: Any, cursor: Any, _statement: str, _parameters: Any, context: Any, _many: bool) -> None:
    """Read the result at once: Great Expectations closes the connection first, and DuckDB then has no rows."""
    if context is not None and cursor.description:
        context.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(
            cursor, initial_buffer=cursor.fetchall()
        )


def _definition(context: Any, source: Any, table: str, questions: Sequence[Question]) -> Any:
    batch = source.add_table_asset(table, table_name=table).add_batch_definition_whole_table("month")
    suite = gx.ExpectationSuite(name=table)
    for question in questions:
        suite.add_expectation(_expectation(question))
    context.suites.add(suite)
    return context.validation_definitions.add(gx.ValidationDefinition(name=table, data=batch, suite=suite))


def _expectation(question: Question) -> Any:
    common = {
        "severity": _SEVERITY[question.severity],
        "description": f"{question.id} · {question.sentence}",
        "meta": {"rule": question.id},
    }
    if isinstance(question.query, Aggregate):
        # Taken with all others of its table in one scan: there the batch needs no name and braces no doubling.
        parts = {name: part.format() for name, part in question.query.parts.items()}
        return ExpectAggregateWithinLimits(**parts, **common)
    if question.query:
        return ExpectMeasureWithinLimits(unexpected_rows_query=question.query, **common)
    name = "".join(part.capitalize() for part in question.expectation.split("_"))
    return getattr(gxe, name)(**question.arguments, **common)


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
        return Answer(rule, bool(entry.success), result.get("observed_value"), result.get("element_count"))
    assessed = int(result["element_count"]) - int(result.get("missing_count") or 0)
    good = (assessed - int(result["unexpected_count"])) / assessed if assessed else None
    return Answer(rule, bool(entry.success), None if good is None else round(good, 6), assessed)


def _has_raised(exception_info: Mapping[str, Any]) -> bool:
    """Great Expectations gives either one flat account or one per metric."""
    if "raised_exception" in exception_info:
        return bool(exception_info["raised_exception"])
    return any(account.get("raised_exception") for account in exception_info.values())
