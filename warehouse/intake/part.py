"""One landed Parquet file: a feed's canonical columns as text, with the place of every row."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.intake.contract import LANDED_EXTRA, Contract

_ROW_GROUP = 200_000


def landed_schema(contract: Contract) -> pa.Schema:
    """The columns of a feed's landed table."""
    texts = [*LANDED_EXTRA, *(column.name for column in contract.columns)]
    return pa.schema(
        [
            ("file", pa.string()),
            ("sheet", pa.string()),
            ("row", pa.int32()),
            *((name, pa.string()) for name in texts),
        ]
    )


class Part:
    """One landed Parquet file, written as a stream; the same rows give the same bytes."""

    def __init__(self, path: Path, contract: Contract) -> None:
        self._schema = landed_schema(contract)
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd")
        self._waiting: list[pa.RecordBatch] = []
        self._count = 0

    def __enter__(self) -> Part:
        return self

    def __exit__(self, *_: object) -> None:
        self._flush()
        self._writer.close()

    def write(self, columns: dict[str, pa.Array]) -> None:
        """Add rows; ``columns`` holds every column of ``landed_schema``."""
        batch = pa.record_batch([columns[name] for name in self._schema.names], schema=self._schema)
        self._waiting.append(batch)
        self._count += batch.num_rows
        if self._count >= _ROW_GROUP:
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            self._writer.write_table(pa.Table.from_batches(self._waiting), row_group_size=_ROW_GROUP)
        self._waiting, self._count = [], 0
