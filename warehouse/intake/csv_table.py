"""Reading a CSV as a stream with every record's number kept, whatever its encoding and line ends.

pyarrow cuts the records (quoted line breaks, mixed line ends, blank lines that count). Records with another
number of fields than the table come back one by one: those that only have empty fields too many are mended,
the rest is set aside.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from warehouse.errors import DeliveryRefused
from warehouse.intake.decoding import UNDECODABLE, Utf8Stream, encoding_of
from warehouse.intake.form import RESEND
from warehouse.intake.limits import Limits
from warehouse.intake.records import Batch, text_columns
from warehouse.intake.words import is_blank
from warehouse.progress import step

_LOOK_BYTES = 1 << 18
_BLOCK_BYTES = 16 << 20
_LF, _CR = 10, 13
_LINE_END = re.compile(r"\r\n|\r|\n")
_DELIMITERS = (",", "\t", ";", "|")


class CsvTable:
    """One CSV file as a ``Table``. ``encoding`` says how it was read."""

    sheet = ""
    is_hidden = False
    date_system = ""

    def __init__(self, path: Path, limits: Limits, delimiter: str = "") -> None:
        self.path, self.limits = path, limits
        self.encoding = encoding_of(path)
        with self._stream() as stream:
            text = stream.read(_LOOK_BYTES).decode("utf-8", errors="ignore")
            is_whole = not stream.read(1)
        first_line = next((line for line in text.splitlines() if not is_blank(line)), "")
        self.delimiter = delimiter or max(_DELIMITERS, key=first_line.count)
        if not delimiter and max(map(first_line.count, _DELIMITERS)) == 0:
            # A title row tells nothing: the most frequent of the first lines decides.
            self.delimiter = max(_DELIMITERS, key=text.count)
        self._short = self._fields = 0
        self.merged: list[tuple[int, int]] = []
        try:
            self._look = _parsed(text, self.delimiter)
        except csv.Error as error:  # one field of more than 128 KB among the first rows
            raise self._open_quotation(1) from error
        if not is_whole and len(self._look) > 1:
            self._look.pop()

    def _stream(self) -> Utf8Stream:
        return Utf8Stream(self.path, self.encoding, line_bytes=self.limits.record_bytes)

    def otherwise(self) -> Iterator[CsvTable]:
        """The same file cut at each of the other signs that may separate fields."""
        for delimiter in _DELIMITERS:
            if delimiter != self.delimiter:
                yield CsvTable(self.path, self.limits, delimiter)

    def first_rows(self, limit: int) -> list[list[str]]:
        """Up to ``limit`` first records as text."""
        return self._look[:limit]

    def batches(self, width: int) -> Iterator[Batch]:
        """Every record from number 1 on, in order. Refuses a file whose last record is cut off."""
        fields = self._fields = self._usual_fields(width)
        odd: list[arrow_csv.InvalidRow] = []

        bearable = self.limits.quarantined_rows

        def set_aside(row: arrow_csv.InvalidRow) -> str:
            odd.append(row)
            self._short += row.actual_columns < width and not is_blank(row.text)
            return "error" if self._short > bearable else "skip"

        with self._stream() as stream:
            following = 1
            try:
                for record_batch in self._reader(stream, fields, set_aside):
                    step(stream.read_since())
                    taken, odd[:] = list(odd), []
                    batch, following, later = self._numbered(record_batch, taken, following, width)
                    odd[:0] = later
                    yield self._sound(batch, width, is_decoded=not stream.undecodable)
                self._refuse_if_cut_off(stream, odd, following)
            except pa.ArrowInvalid as error:
                if self._short > bearable:
                    raise DeliveryRefused(
                        f"{self.path.name}: more than {bearable} rows cannot be read (too few fields).",
                        next_step=RESEND,
                    ) from error
                raise self._open_quotation(following) from error
            if odd:
                yield self._sound(self._mended(odd, width, fields), width, is_decoded=not stream.undecodable)

    def _reader(self, stream: Utf8Stream, fields: int, set_aside: object) -> arrow_csv.CSVStreamingReader:
        names = [str(index) for index in range(fields)]
        return arrow_csv.open_csv(
            pa.PythonFile(stream, mode="r"),
            # One thread: only then does an odd record come with its number.
            read_options=arrow_csv.ReadOptions(
                use_threads=False, block_size=_BLOCK_BYTES, column_names=names
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=self.delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=set_aside,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types={name: pa.string() for name in names}, strings_can_be_null=False
            ),
        )

    def _usual_fields(self, width: int) -> int:
        """How many fields most records have (trailing commas make it more than the header's width)."""
        counted = Counter(len(row) for row in self._look if len(row) >= width)
        return max(counted, key=lambda fields: (counted[fields], -fields)) if counted else width

    def _numbered(
        self, record_batch: pa.RecordBatch, odd: list[arrow_csv.InvalidRow], following: int, width: int
    ) -> tuple[Batch, int, list[arrow_csv.InvalidRow]]:
        """Give the sound records of a block the numbers that the odd ones among them left free.

        Returns the batch, the number of the record that follows it and the odd records that lie beyond it.
        """
        skipped = np.array([row.number for row in odd], dtype=np.int64)
        sound = np.arange(record_batch.num_rows, dtype=np.int64) + following
        # The j-th odd record moves on every sound one whose number, without the odd ones before it, reaches it.
        numbers = sound + np.searchsorted(skipped - np.arange(len(skipped)), sound, side="right")
        last = int(numbers[-1]) if len(numbers) else following - 1
        within = [row for row in odd if row.number <= last]
        batch = Batch(numbers.astype(np.int32), list(record_batch.columns))
        if within:
            batch = _joined(batch, self._mended(within, width, record_batch.num_columns))
        return batch, last + 1, odd[len(within) :]

    def _refuse_if_cut_off(self, stream: Utf8Stream, odd: list[arrow_csv.InvalidRow], following: int) -> None:
        """A last record without a line end and with too few fields: the file stops half-way."""
        if stream.ends_with_line_end or not odd:
            return
        last = odd[-1]
        if last.number >= following and last.actual_columns < last.expected_columns:
            raise DeliveryRefused(
                f"{self.path.name} is cut off: its last record ({last.number}) stops half-way.",
                next_step=RESEND,
            )

    def _mended(self, odd: list[arrow_csv.InvalidRow], width: int, fields: int) -> Batch:
        """The odd records: with empty surplus fields sound, with too few ``short``, else faulty."""
        numbers: list[int] = []
        rows: list[list[str]] = []
        short: set[int] = set()
        faulty: list[tuple[int, str]] = []
        for record in odd:
            try:
                parsed = _parsed(record.text, self.delimiter)
            except csv.Error as error:  # one field of more than 128 KB
                raise self._open_quotation(record.number) from error
            cells = [cell for line in parsed for cell in line]
            is_broken = any("\n" in cell or "\r" in cell for cell in cells)
            if is_broken and (
                len(cells) >= 2 * width - 1 or any(self._swallows(cell, width) for cell in cells)
            ):
                raise self._open_quotation(record.number)
            if len(parsed) > 1 or not all(map(is_blank, cells[width:])):
                faulty.append((record.number, "too many fields"))
                continue
            if len(cells) < width:
                short.add(record.number)
            numbers.append(record.number)
            rows.append(cells)
        return Batch(np.array(numbers, dtype=np.int32), text_columns(rows, fields), faulty, short)

    def _sound(self, batch: Batch, width: int, *, is_decoded: bool) -> Batch:
        """The batch without records that hold undecodable bytes or text beyond the header's last column."""
        surplus = np.zeros(len(batch.numbers), dtype=np.bool_)
        broken = np.zeros(len(batch.numbers), dtype=np.bool_)
        for place, column in enumerate(batch.columns):
            if place >= width:
                surplus |= _mask(pc.not_equal(pc.utf8_trim_whitespace(column), ""))
            if not is_decoded:
                broken |= _mask(pc.match_substring(column, UNDECODABLE))
            for index in _with_line_end(column):
                if self._swallows(column[int(index)].as_py(), width):
                    raise self._open_quotation(int(batch.numbers[index]))
        if not (surplus.any() or broken.any()):
            return batch
        faulty = [(int(number), "too many fields") for number in batch.numbers[surplus & ~broken]]
        faulty += [(int(number), "undecodable bytes") for number in batch.numbers[broken]]
        kept = ~(surplus | broken)
        columns = [column.filter(pa.array(kept)) for column in batch.columns]
        return Batch(batch.numbers[kept], columns, sorted([*batch.faulty, *faulty]), batch.short)

    def _swallows(self, cell: str, width: int) -> bool:
        """Whether a cell of several lines holds whole records: its quotation mark was never meant to open."""
        lines = _LINE_END.split(cell)
        counts = [line.count(self.delimiter) for line in lines]
        if len(lines) == 1 or width == 1:
            return False
        # Two marks that stray into two records make one cell of the end of one and the beginning of the other.
        return max(counts) >= width - 1 or sum(counts) in {
            (len(lines) - 1) * (n - 1) for n in (width, self._fields)
        }

    def _open_quotation(self, record: int) -> DeliveryRefused:
        # Which rows the mark swallowed cannot be told: setting aside one record would lose the others unseen.
        return DeliveryRefused(
            f"{self.path.name} cannot be cut into records: a quotation mark opens in record {record} "
            "and does not close there.",
            next_step="have the agency export it again, with quotation marks inside a text doubled.",
        )


def _joined(sound: Batch, mended: Batch) -> Batch:
    """Two batches of one block as one, in the order of the file."""
    numbers = np.concatenate([sound.numbers, mended.numbers])
    order = pa.array(np.argsort(numbers, kind="stable"))
    columns = [
        pa.concat_arrays([one, other]).take(order)
        for one, other in zip(sound.columns, mended.columns, strict=True)
    ]
    return Batch(np.sort(numbers), columns, mended.faulty, mended.short)


def _parsed(text: str, delimiter: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def _mask(found: pa.Array) -> npt.NDArray[np.bool_]:
    return np.asarray(found, dtype=np.bool_)


def _with_line_end(column: pa.Array) -> npt.NDArray[np.intp]:
    """The places of a column whose text has more than one line."""
    content = column.buffers()[2]
    if content is None:
        return np.empty(0, dtype=np.intp)
    # Bytes first: almost no column of a block has one, and a look at the raw bytes costs next to nothing.
    raw = np.frombuffer(content, dtype=np.uint8)
    if not ((raw == _LF) | (raw == _CR)).any():
        return np.empty(0, dtype=np.intp)
    return np.flatnonzero(_mask(pc.match_substring_regex(column, "[\r\n]")))
