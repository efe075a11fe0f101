"""Reading a CSV as a stream with every record's number kept, whatever its encoding and line ends.

pyarrow cuts the records (quoted line breaks, mixed line ends, blank lines that count). Records with another
number of fields than the table come back one by one: those that only have empty fields too many are mended,
the rest is set aside.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from warehouse.errors import DeliveryRefused
from warehouse.intake.decoding import UNDECODABLE, Utf8Stream, encoding_of
from warehouse.intake.records import Batch, text_columns
from warehouse.intake.words import is_blank

_LOOK_BYTES = 1 << 18
_BLOCK_BYTES = 16 << 20
_DELIMITERS = (",", "\t", ";", "|")
_RESEND = "have the agency export it again and put the new file into the inbox."


class CsvTable:
    """One CSV file as a ``Table``. ``encoding`` says how it was read."""

    sheet = ""
    is_hidden = False
    date_system = ""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.encoding = encoding_of(path)
        with Utf8Stream(path, self.encoding) as stream:
            text = stream.read(_LOOK_BYTES).decode("utf-8", errors="ignore")
            is_whole = not stream.read(1)
        first_line = next((line for line in text.splitlines() if not is_blank(line)), "")
        self.delimiter = max(_DELIMITERS, key=first_line.count)
        if max(map(first_line.count, _DELIMITERS)) == 0:
            # A title row tells nothing: the most frequent of the first lines decides.
            self.delimiter = max(_DELIMITERS, key=text.count)
        self._look = _parsed(text, self.delimiter)
        if not is_whole and len(self._look) > 1:
            self._look.pop()

    def first_rows(self, limit: int) -> list[list[str]]:
        """Up to ``limit`` first records as text."""
        return self._look[:limit]

    def batches(self, width: int) -> Iterator[Batch]:
        """Every record from number 1 on, in order. Refuses a file whose last record is cut off."""
        fields = self._usual_fields(width)
        odd: list[arrow_csv.InvalidRow] = []

        def set_aside(row: arrow_csv.InvalidRow) -> str:
            odd.append(row)
            return "skip"

        with Utf8Stream(self.path, self.encoding) as stream:
            following = 1
            try:
                for record_batch in self._reader(stream, fields, set_aside):
                    taken, odd[:] = list(odd), []
                    batch, following, later = self._numbered(record_batch, taken, following, width)
                    odd[:0] = later
                    yield _sound(batch, width, is_decoded=not stream.undecodable)
                self._refuse_if_cut_off(stream, odd, following)
            except pa.ArrowInvalid as error:
                raise DeliveryRefused(
                    f"{self.path.name} cannot be cut into records after record {following - 1}: "
                    "a quotation mark is open.",
                    next_step=_RESEND,
                ) from error
            if odd:
                yield _sound(
                    _mended(odd, width, fields, self.delimiter), width, is_decoded=not stream.undecodable
                )

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
            batch = _joined(batch, _mended(within, width, record_batch.num_columns, self.delimiter))
        return batch, last + 1, odd[len(within) :]

    def _refuse_if_cut_off(self, stream: Utf8Stream, odd: list[arrow_csv.InvalidRow], following: int) -> None:
        """A last record without a line end and with too few fields: the file stops half-way."""
        if stream.ends_with_line_end or not odd:
            return
        last = odd[-1]
        if last.number >= following and last.actual_columns < last.expected_columns:
            raise DeliveryRefused(
                f"{self.path.name} is cut off: its last record ({last.number}) stops half-way.",
                next_step=_RESEND,
            )


def _sound(batch: Batch, width: int, *, is_decoded: bool) -> Batch:
    """The batch without records that hold undecodable bytes or text beyond the header's last column."""
    surplus = np.zeros(len(batch.numbers), dtype=np.bool_)
    for column in batch.columns[width:]:
        surplus |= np.asarray(pc.not_equal(pc.utf8_trim_whitespace(column), ""), dtype=np.bool_)
    broken = np.zeros(len(batch.numbers), dtype=np.bool_)
    if not is_decoded:
        for column in batch.columns:
            broken |= np.asarray(pc.match_substring(column, UNDECODABLE), dtype=np.bool_)
    if not (surplus.any() or broken.any()):
        return batch
    faulty = [(int(number), "too many fields") for number in batch.numbers[surplus & ~broken]]
    faulty += [(int(number), "undecodable bytes") for number in batch.numbers[broken]]
    kept = ~(surplus | broken)
    columns = [column.filter(pa.array(kept)) for column in batch.columns]
    return Batch(batch.numbers[kept], columns, sorted([*batch.faulty, *faulty]), batch.short)


def _mended(odd: list[arrow_csv.InvalidRow], width: int, fields: int, delimiter: str) -> Batch:
    """The odd records: with empty surplus fields they are sound, with too few they are ``short``, else faulty."""
    numbers: list[int] = []
    rows: list[list[str]] = []
    short: set[int] = set()
    faulty: list[tuple[int, str]] = []
    for record in odd:
        parsed = _parsed(record.text, delimiter)
        cells = parsed[0] if len(parsed) == 1 else []
        if len(parsed) > 1 or not all(map(is_blank, cells[width:])):
            faulty.append((record.number, "too many fields"))
            continue
        if len(cells) < width:
            short.add(record.number)
        numbers.append(record.number)
        rows.append(cells)
    return Batch(np.array(numbers, dtype=np.int32), text_columns(rows, fields), faulty, short)


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
