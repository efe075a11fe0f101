"""Small Parquet files as Arrow tables: the ledger, counts, answers. What has a row for a person goes through DuckDB.

``pyarrow.parquet.read_table`` imports pandas with its datasets, 0.6 CPU seconds and 100 MB that every verb and every
task of Airflow would pay before the first row; a single file does not need them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq


def read_table(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """One file, all of it or some columns. Names of folders are no columns."""
    with pq.ParquetFile(path) as file:
        return file.read(columns=None if columns is None else list(columns))


def first_row(path: Path, columns: Sequence[str]) -> dict[str, Any] | None:
    """Some columns of a file's first row, None where it has no row: however long the file, one row is read."""
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=1, columns=list(columns)):
            if batch.num_rows:
                return dict(batch.to_pylist()[0])
    return None
