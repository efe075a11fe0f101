"""Where the gates ask: a context of Great Expectations over a scratch DuckDB that holds only views on Parquet files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

# Before the import: Great Expectations reads it once.
os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx
from great_expectations.data_context.types.base import DataContextConfig, InMemoryStoreBackendDefaults
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy

from expectations.shelves import PAST, Files
from warehouse.database import limits, quoted


@contextmanager
def scratch(views: Mapping[str, Files], home: Path) -> Iterator[tuple[Any, Any]]:
    """An ephemeral context and its source, a scratch DuckDB that holds only the views; both are gone at the end.

    What a suite's query may read is what the views show: the files of the lake, and no other file or host.
    """
    folder = home / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix="gate-") as aside:
        quiet = DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(),
            analytics_enabled=False,
            progress_bars={"globally": False},
        )
        context = gx.get_context(mode="ephemeral", project_config=quiet)
        source = context.data_sources.add_sql(
            name="lake",
            connection_string=f"duckdb:///{aside}/views.duckdb",
            kwargs={"connect_args": {"config": limits(home)}},
        )
        engine = source.get_execution_engine().engine
        event.listen(engine, "after_cursor_execute", _buffer)
        try:
            with engine.begin() as connection:
                for statement in (*view_statements(views), *_shut_in(home)):
                    connection.exec_driver_sql(statement)
            yield context, source
        finally:
            engine.dispose()
            _dispose(source)


def view_statements(views: Mapping[str, Files]) -> Iterator[str]:
    """SQL that makes a view for each table, over its Parquet files."""
    for name, files in views.items():
        paths = ", ".join(f"'{quoted(file)}'" for file in files)
        month = "true, hive_types = {'month': VARCHAR}" if name.endswith(PAST) else "false"
        yield (
            f'CREATE VIEW "{name}" AS SELECT * FROM'
            f" read_parquet([{paths}], union_by_name = true, hive_partitioning = {month})"
        )


def _shut_in(home: Path) -> Iterator[str]:
    yield f"SET allowed_directories = ['{quoted(home.absolute())}']"
    yield "SET enable_external_access = false"


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
