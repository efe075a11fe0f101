"""One table with its header on its way to the shelf: every row is data, set aside or furniture."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from warehouse.intake import evidence
from warehouse.intake.contract import Contract
from warehouse.intake.furniture import Total, Totals, kind_of, suspects
from warehouse.intake.header import Header
from warehouse.intake.naming import shown_name
from warehouse.intake.part import Part
from warehouse.intake.records import Batch, Table
from warehouse.intake.sheet_marks import MARKS
from warehouse.months import Month


@dataclass(frozen=True)
class SheetAccount:
    """One sheet's rows: ``rows = landed + quarantined + furniture``."""

    sheet: str
    rows: int
    landed: int
    quarantined: int
    furniture: int


@dataclass
class Landing:
    """What reading one file gave. ``quarantine``: sheet, row, reason. ``totals``: sheet and 合计 row.

    ``reasons``: sentences for people.
    """

    form: str
    encoding: str = ""
    accounts: list[SheetAccount] = field(default_factory=list)
    quarantine: list[tuple[str, int, str]] = field(default_factory=list)
    totals: list[tuple[str, Total]] = field(default_factory=list)
    furniture: Counter[str] = field(default_factory=Counter)
    months: Counter[Month | None] = field(default_factory=Counter)
    extra_columns: int = 0
    reasons: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Rows of data: landed and quarantined."""
        return sum(account.landed + account.quarantined for account in self.accounts)


class SheetLanding:
    """One table with its header, on its way to the shelf."""

    def __init__(
        self, table: Table, file: str, contract: Contract, header: Header, landing: Landing, writer: Part
    ) -> None:
        self.table, self.file, self.contract, self.header = table, file, contract, header
        self.landing, self.writer = landing, writer
        self.totals = Totals()
        self.rows = self.landed = self.quarantined = self.furniture = 0

    def land(self) -> None:
        """Take every row of the table and write down its account."""
        for batch in self.table.batches(self.header.width):
            self._take(batch)
        self.landing.accounts.append(
            SheetAccount(self.table.sheet, self.rows, self.landed, self.quarantined, self.furniture)
        )
        self.landing.totals += [(self.table.sheet, total) for total in self.totals.checked]
        where = where_of(self.file, self.table.sheet)
        merged = sum(1 for top, _ in self.table.merged if top >= self.header.end)
        if merged:
            self.landing.reasons.append(
                f"{where} has {merged} merged area(s) over rows of data: only the first row of each holds the value; "
                "have them split if the rows below should have it, too."
            )
        self.landing.reasons += [
            f"{where} row {number}: the 合计 is not the sum of its rows; ask the agency which is right."
            for number in self.totals.mismatched_rows
        ]

    def _take(self, batch: Batch) -> None:
        """Sort a batch's rows into furniture, quarantine and data, and write the data."""
        self.rows += len(batch.numbers) + len(batch.faulty)
        faulty = [*batch.faulty]
        is_data = batch.numbers > self.header.end
        for number in batch.numbers[~is_data]:
            self._count_top(int(number))
        looked_at = 0
        unread = self._unread(batch)
        suspected = np.flatnonzero(
            is_data & (suspects(batch, self.header, self.contract) | _in(batch) | (unread != ""))
        )
        empty = self._are_empty(batch, suspected)
        is_data[suspected[empty]] = False
        self._count("filler", int(empty.sum()))
        suspected = suspected[~empty]
        for index, cells in zip(suspected, self._rows(batch, suspected), strict=True):
            kind = kind_of(cells, self.header)
            number = int(batch.numbers[index])
            reason = "too few fields" if number in batch.short else str(unread[index])
            if kind is None and not reason:
                continue
            is_data[index] = False
            if kind is None:
                faulty.append((number, reason))
                continue
            self._count(kind)
            if kind in ("total", "subtotal"):
                self._sum(batch, is_data, looked_at, int(index))
                self._check_total(kind, number, cells)
                looked_at = int(index)
        self._sum(batch, is_data, looked_at, len(is_data))
        for number, reason in sorted(faulty):
            if number <= self.header.end:
                self._count_top(number)
            else:
                self.quarantined += 1
                self.landing.quarantine.append((self.table.sheet, number, reason))
        self._write(batch, is_data)

    def _unread(self, batch: Batch) -> npt.NDArray[np.str_]:
        """For each row why one of its cells has no value to read; empty for a sound row."""
        found = np.full(len(batch.numbers), "", dtype=f"U{max(map(len, MARKS.values()))}")
        for place in self.header.position.values() if self.landing.form != "csv" else ():
            for mark, reason in MARKS.items():
                found[np.asarray(pc.equal(batch.columns[place], mark), dtype=np.bool_)] = reason
        return found

    def _rows(self, batch: Batch, indexes: npt.NDArray[np.intp]) -> list[tuple[str, ...]]:
        wanted = pa.array(indexes)
        return list(
            zip(*(c.take(wanted).to_pylist() for c in batch.columns[: self.header.width]), strict=True)
        )

    def _are_empty(self, batch: Batch, indexes: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
        """Which of these rows have nothing in any cell: a sheet may go on so for a million rows."""
        wanted, empty = pa.array(indexes), np.ones(len(indexes), dtype=np.bool_)
        for column in batch.columns[: self.header.width] if len(indexes) else ():
            empty &= np.asarray(pc.equal(column.take(wanted), ""), dtype=np.bool_)
        return empty

    def _count(self, kind: str, rows: int = 1) -> None:
        self.furniture += rows
        self.landing.furniture[kind] += rows

    def _count_top(self, number: int) -> None:
        self._count("header" if number > self.header.first else "title")

    def _sum(self, batch: Batch, is_data: npt.NDArray[np.bool_], start: int, end: int) -> None:
        place = self.header.position.get(self.contract.total_row or "")
        if place is not None:
            values = batch.columns[place].slice(start, end - start)
            self.totals.add(values.filter(pa.array(is_data[start:end])))

    def _check_total(self, kind: str, number: int, cells: tuple[str, ...]) -> None:
        place = self.header.position.get(self.contract.total_row or "")
        if place is not None:
            self.totals.check(number, cells[place], ends_section=kind == "subtotal")

    def _write(self, batch: Batch, is_data: npt.NDArray[np.bool_]) -> None:
        count = int(is_data.sum())
        if not count:
            return
        mask = pa.array(is_data)
        rows = {"row": pa.array(batch.numbers[is_data], pa.int32())}
        for name, text in (
            ("file", self.file),
            ("sheet", self.table.sheet),
            ("date_system", self.table.date_system),
        ):
            rows[name] = pa.repeat(pa.scalar(text, pa.string()), count)
        for column in self.contract.columns:
            place = self.header.position.get(column.name)
            if place is None:
                rows[column.name] = pa.nulls(count, pa.string())
            else:
                rows[column.name] = (
                    batch.columns[place] if count == len(is_data) else batch.columns[place].filter(mask)
                )
        if self.contract.month_evidence in self.header.position:
            dated = rows[str(self.contract.month_evidence)]
            self.landing.months += evidence.months_of(dated, self.table.date_system)
        self.landed += count
        self.writer.write(rows)


def where_of(file: str, sheet: str) -> str:
    """How a sentence names a place: the file, and its sheet where it has one."""
    return f"{file}, sheet '{shown_name(sheet)}'," if sheet else f"{file},"


def _in(batch: Batch) -> npt.NDArray[np.bool_]:
    """The rows with too few fields: each is looked at."""
    return np.isin(batch.numbers, np.fromiter(batch.short, np.int32, len(batch.short)))
