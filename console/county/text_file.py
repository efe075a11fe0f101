"""CSV files as agencies' exports write them: encodings, line ends, quotes, trailing commas, broken bytes."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from types import TracebackType

import numpy as np

from console.county.hashing import Ints, Texts, draw, salt, share
from console.county.layouts import Layout
from console.county.slices import BROKEN_BYTE

SOME = 0.04  # of the lines of a file that has them here and there
_NEEDS_QUOTES = (",", '"', "\n", "\r")


class TextFile:
    """One CSV in the making. ``add`` takes columns of equal length and returns their record numbers."""

    def __init__(self, path: Path, headers: list[str], layout: Layout, seed: int) -> None:
        self.path = path
        self.rows = 0
        self._layout = layout
        self._salt = salt(seed, "text file", path.name)
        self._codec = "utf-8" if layout.encoding.startswith("utf-8") else layout.encoding
        self._digest = sha256()
        self._stream = path.open("wb")
        if layout.encoding == "utf-8-sig":
            self._put(b"\xef\xbb\xbf")
        quoted = [f'"{one}"' if layout.quote else one for one in headers]
        tail = "," if layout.trailing_commas == "all" else ""
        self._put(
            (",".join(quoted) + tail + ("\n" if layout.line_end == "lf" else "\r\n")).encode(self._codec)
        )

    def __enter__(self) -> TextFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()

    @property
    def sha256(self) -> str:
        """The hash of what is written so far."""
        return self._digest.hexdigest()

    def add(self, columns: list[Texts]) -> Ints:
        """Write some rows; the first data row of a file is record 2."""
        size = len(columns[0])
        records = np.arange(size, dtype=np.int64) + self.rows + 2
        cells = [self._quoted(column) for column in columns]
        tails = self._tails(records)
        lines = "".join(
            f"{','.join(row)}{tail}" for row, tail in zip(zip(*cells, strict=True), tails, strict=True)
        )
        self._put(lines.encode(self._codec).replace(BROKEN_BYTE.encode(), b"\xff"))
        self.rows += size
        return records

    def _quoted(self, column: Texts) -> list[str]:
        texts = list(map(str, column))
        if self._layout.quote:
            return ['"' + text.replace('"', '""') + '"' for text in texts]
        joined = "".join(texts)
        if any(one in joined for one in _NEEDS_QUOTES):
            return [
                '"' + text.replace('"', '""') + '"' if any(one in text for one in _NEEDS_QUOTES) else text
                for text in texts
            ]
        return texts

    def _tails(self, records: Ints) -> list[str]:
        bits = draw(self._salt, records)
        end = "\n" if self._layout.line_end == "lf" else "\r\n"
        ends = np.full(len(records), end, dtype=object)
        if self._layout.line_end == "mixed":
            ends[share(bits) < 0.3] = "\n"
        if self._layout.trailing_commas == "all":
            ends = "," + ends
        elif self._layout.trailing_commas == "some":
            some = share(draw(self._salt ^ 1, records)) < SOME
            ends[some] = "," + ends[some]
        return list(ends)

    def _put(self, block: bytes) -> None:
        self._digest.update(block)
        self._stream.write(block)
