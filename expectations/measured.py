"""The one expectation that we add to Great Expectations: a query that measures.

It is an ``UnexpectedRowsExpectation`` whose query always gives one row (``measured``, ``of_rows``,
``is_broken``), so that the documents show how near the limit a month came, and not only whether it broke.
"""

from __future__ import annotations

from typing import Any, ClassVar

from great_expectations.expectations import UnexpectedRowsExpectation


class ExpectMeasureWithinLimits(UnexpectedRowsExpectation):  # type: ignore[misc]
    """Succeeds unless the query's one row says ``is_broken``."""

    # Only the row itself: the inherited second metric would run the query again to count its one row.
    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.table",)

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: Any = None,
    ) -> dict[str, Any]:
        """The measure as ``observed_value``, what it was taken from as ``element_count``."""
        row = metrics["unexpected_rows_query.table"][0]
        measured = None if row["measured"] is None else float(row["measured"])
        return {
            "success": not row["is_broken"],
            "result": {"observed_value": measured, "element_count": int(row["of_rows"] or 0)},
        }
