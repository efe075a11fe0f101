"""A province's files out of its counties': texts and the truth joined as streams, workbooks taken over as they are."""

from __future__ import annotations

import shutil
from collections import Counter
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from console.county.deliver import manifest_of, write_manifest

BLOCK = 16 << 20
ROWS_PER_GROUP = 1_000_000
# Tables of the truth that name a row of a file: it moves down by what stands above it in the joined file.
OF_ROWS = ("rows", "copies", "ids_as_written")


class ProvinceFiles:
    """The inbox and the truth of a province in the making. ``add`` takes one county's over, ``count`` counts files."""

    def __init__(self, out: Path) -> None:
        self._inbox, self._truth = out / "inbox", out / "truth"
        self._rows: Counter[tuple[str, str]] = Counter()
        self._digests: dict[tuple[str, str], Any] = {}
        self._writers: dict[str, pq.ParquetWriter] = {}
        self.count = 0

    def __enter__(self) -> ProvinceFiles:
        self._truth.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for writer in self._writers.values():
            writer.close()
        for (month, file), digest in self._digests.items():
            path = self._inbox / month / file
            if manifest_of(path).exists():
                write_manifest(path, self._rows[month, file], digest.hexdigest())

    def add(self, county: Path, file_rows: dict[tuple[str, str], int]) -> None:
        """Take one county's folder over; it is empty afterwards."""
        for part in sorted((county / "truth").glob("*.parquet")):
            self._add_truth(part)
        for (month, file), rows in sorted(file_rows.items()):
            path = county / "inbox" / month / file
            if path.suffix == ".csv":
                self._add_text(path, month, rows)
            else:
                self.count += 1
                _take(path, self._inbox / month / file)
        shutil.rmtree(county)

    def _add_text(self, path: Path, month: str, rows: int) -> None:
        """Write a text behind those of the counties before, without its header."""
        key, target = (month, path.name), self._inbox / month / path.name
        is_first = key not in self._digests
        if is_first:
            self.count += 1
            target.parent.mkdir(parents=True, exist_ok=True)
        digest = self._digests.setdefault(key, sha256())
        with path.open("rb") as source, target.open("ab") as joined:
            if not is_first:
                source.readline()
            while block := source.read(BLOCK):
                digest.update(block)
                joined.write(block)
        if manifest_of(path).exists():
            manifest_of(path).replace(manifest_of(target))
        self._rows[key] += rows
        path.unlink()

    def _add_truth(self, part: Path) -> None:
        """One county's table behind those before. Called before its texts are joined: rows still count from above."""
        table = pq.read_table(part)
        if part.stem in OF_ROWS and len(table):
            months, files = (table[name].combine_chunks().dictionary_encode() for name in ("month", "file"))
            above = np.zeros((len(months.dictionary), len(files.dictionary)), dtype=np.int32)
            for at, month in enumerate(months.dictionary.to_pylist()):
                for place, file in enumerate(files.dictionary.to_pylist()):
                    above[at, place] = self._rows.get((month, file), 0)
            moved = above[months.indices.to_numpy(), files.indices.to_numpy()]
            table = table.set_column(
                table.schema.get_field_index("row"), "row", pc.add(table["row"], pa.array(moved))
            )
        if part.stem not in self._writers:
            self._writers[part.stem] = pq.ParquetWriter(self._truth / part.name, table.schema)
        self._writers[part.stem].write_table(table, row_group_size=ROWS_PER_GROUP)


def _take(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    path.replace(target)
    if manifest_of(path).exists():
        manifest_of(path).replace(manifest_of(target))
