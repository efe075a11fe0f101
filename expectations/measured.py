"""The two expectations that we add to Great Expectations: a measure with limits, by a query or in the common scan.

Both tell ``measured``, ``of_rows`` and ``is_broken``, so that the documents show how near the limit a month came, and not
only whether it broke. A measure that only aggregates the batch is a metric of Great Expectations that
can be bundled: however many of a suite's rules are such, the table is read once for all of them.
"""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar

import duckdb
import sqlalchemy as sa
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.core.metric_function_types import MetricPartialFunctionTypes
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations import UnexpectedRowsExpectation
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metrics.metric_provider import metric_partial
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from great_expectations.validator.metric_configuration import MetricConfiguration

_METRIC = "table.aggregate"
_PARTS = ("measured", "of_rows", "is_broken")


class TableAggregate(TableMetricProvider):  # type: ignore[misc]
    """One aggregate over the whole table, written in SQL; all that are asked of a table are taken in one scan."""

    metric_name = _METRIC
    value_keys = ("aggregate",)

    @metric_partial(  # type: ignore[untyped-decorator]
        engine=SqlAlchemyExecutionEngine,
        partial_fn_type=MetricPartialFunctionTypes.AGGREGATE_FN,
        domain_type=MetricDomainTypes.TABLE,
    )
    def _sqlalchemy(
        cls,  # noqa: N805 (Great Expectations names it)
        execution_engine: Any,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any],
    ) -> Any:
        return sa.literal_column(metric_value_kwargs["aggregate"]), metric_domain_kwargs, {}


class ExpectAggregateWithinLimits(BatchExpectation):  # type: ignore[misc]
    """Succeeds unless the aggregate ``is_broken`` says so. The three are SQL over the rows of the batch."""

    measured: str
    of_rows: str
    is_broken: str

    success_keys: ClassVar[tuple[str, ...]] = _PARTS

    def get_validation_dependencies(
        self, execution_engine: Any = None, runtime_configuration: dict[str, Any] | None = None
    ) -> Any:
        """Its three aggregates; one that several rules ask for is asked once."""
        found = super().get_validation_dependencies(execution_engine, runtime_configuration)
        domain = self.configuration.get_domain_kwargs()
        for part in _PARTS:
            found.set_metric_configuration(
                part, MetricConfiguration(_METRIC, domain, {"aggregate": getattr(self, part)})
            )
        return found

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: Any = None,
    ) -> dict[str, Any]:
        return _told(metrics)


class ExpectMeasureWithinLimits(UnexpectedRowsExpectation):  # type: ignore[misc]
    """Succeeds unless the measure of the query's one row (``measured``, ``of_rows``) ``is_broken``.

    The limits stand beside the query: two rules with other limits on one measure run its query once.
    """

    is_broken: str

    # Only the row itself: the inherited second metric would run the query again to count its one row.
    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.table",)

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: Any = None,
    ) -> dict[str, Any]:
        row = metrics["unexpected_rows_query.table"][0]
        measured = None if row["measured"] is None else float(row["measured"])
        (is_broken,) = (
            _reckoner()
            .execute(f"SELECT {self.is_broken} FROM (SELECT CAST(? AS DOUBLE) AS measured)", [measured])
            .fetchall()[0]
        )
        shown = None if measured is None else round(measured, 6)
        return _told({"measured": shown, "of_rows": row["of_rows"], "is_broken": is_broken})


@cache
def _reckoner() -> duckdb.DuckDBPyConnection:
    """What reckons limits: the arithmetic of the queries themselves, on no data."""
    return duckdb.connect()


def _told(row: Any) -> dict[str, Any]:
    """The measure as ``observed_value``, what it was taken from as ``element_count``."""
    measured = None if row["measured"] is None else float(row["measured"])
    return {
        "success": not row["is_broken"],
        "result": {"observed_value": measured, "element_count": int(row["of_rows"] or 0)},
    }
