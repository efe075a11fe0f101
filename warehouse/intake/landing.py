"""Landing one file: read it by its contract, write its rows as text, account for every row of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from warehouse.errors import DeliveryRefused
from warehouse.intake import evidence
from warehouse.intake.contract import Contract
from warehouse.intake.csv_table import CsvTable
from warehouse.intake.form import sniff
from warehouse.intake.furniture import Total, Totals, kind_of, suspects
from warehouse.intake.header import Header, find_header
from warehouse.intake.limits import Limits
from warehouse.intake.part import Part
from warehouse.intake.records import Batch, Table
from warehouse.intake.words import is_blank
from warehouse.intake.workbook import sheets
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


def land_file(
    path: Path, part: Path, contract: Contract, month: Month, limits: Limits, *, is_beside: bool
) -> Landing:
    """Read ``path`` by its contract into the Parquet file ``part``; ``DeliveryRefused`` says why not."""
    form = sniff(path)
    if form not in contract.forms and not (form == "xls" and "xlsx" in contract.forms):
        raise DeliveryRefused(
            f"{path.name} is of form {form}; {contract.feed} comes as {' or '.join(contract.forms)}.",
            next_step="have it exported in that form.",
        )
    landing = Landing(form)
    if f".{form}" != path.suffix.lower():
        landing.reasons.append(f"{path.name} is really {form}: it was read as that.")
    tables: Iterable[Table]
    if form == "csv":
        of_text = CsvTable(path)
        landing.encoding = of_text.encoding
        tables = [of_text]
    else:
        tables = sheets(path, form, unpacked_limit_bytes=limits.unpacked_bytes)
    with Part(part, contract) as writer:
        headed = 0
        for table in tables:
            headed += _land_table(table, path.name, contract, month, limits, landing, writer, is_beside)
        if not headed:
            raise _no_header(path.name, contract)
    _check_shares(path.name, month, limits, landing, is_beside)
    return landing


def _land_table(
    table: Table,
    file: str,
    contract: Contract,
    month: Month,
    limits: Limits,
    landing: Landing,
    writer: Part,
    is_beside: bool,
) -> bool:
    """Land one table; True when it carries the contract's header."""
    top = table.first_rows(limits.header_search_rows)
    header = find_header(top, contract)
    if header is None:
        rows = sum(len(batch.numbers) + len(batch.faulty) for batch in table.batches(1)) if top else 0
        filled = any(not is_blank(cell) for row in top for cell in row)
        landing.furniture["title" if filled else "filler"] += rows
        landing.accounts.append(SheetAccount(table.sheet, rows, 0, 0, rows))
        if rows and table.sheet:
            landing.reasons.append(
                f"{file}, sheet '{table.sheet}', carries no header of {contract.feed}: its {rows} rows were not taken."
            )
        return False
    if header.missing:
        raise _missing(file, table.sheet, header, contract)
    if table.is_hidden:
        landing.reasons.append(f"{file}, sheet '{table.sheet}', is hidden and was read like the others.")
    if not is_beside:
        titles = (cell for row in top[: header.first] for cell in row)
        evidence.refuse_other_filling(file, table.sheet, month, titles, limits.filled_in_days_after)
    landing.extra_columns = max(landing.extra_columns, header.extra)
    _Sheet(table, file, contract, header, landing, writer).land()
    return True


class _Sheet:
    """One table with its header, on its way to the shelf."""

    def __init__(
        self, table: Table, file: str, contract: Contract, header: Header, landing: Landing, writer: Part
    ) -> None:
        self.table, self.file, self.contract, self.header = table, file, contract, header
        self.landing, self.writer = landing, writer
        self.totals = Totals()
        self.rows = self.landed = self.quarantined = self.furniture = 0

    def land(self) -> None:
        for batch in self.table.batches(self.header.width):
            self._take(batch)
        self.landing.accounts.append(
            SheetAccount(self.table.sheet, self.rows, self.landed, self.quarantined, self.furniture)
        )
        self.landing.totals += [(self.table.sheet, total) for total in self.totals.checked]
        where = f"{self.file}, sheet '{self.table.sheet}'," if self.table.sheet else f"{self.file},"
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
        suspected = np.flatnonzero(is_data & (suspects(batch, self.header, self.contract) | _in(batch)))
        for index, cells in zip(suspected, self._rows(batch, suspected), strict=True):
            kind = kind_of(cells, self.header)
            number = int(batch.numbers[index])
            if kind is None and number not in batch.short:
                continue
            is_data[index] = False
            if kind is None:
                faulty.append((number, "too few fields"))
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

    def _rows(self, batch: Batch, indexes: npt.NDArray[np.intp]) -> list[tuple[str, ...]]:
        wanted = pa.array(indexes)
        return list(
            zip(*(c.take(wanted).to_pylist() for c in batch.columns[: self.header.width]), strict=True)
        )

    def _count(self, kind: str) -> None:
        self.furniture += 1
        self.landing.furniture[kind] += 1

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


def _in(batch: Batch) -> npt.NDArray[np.bool_]:
    """The rows with too few fields: each is looked at."""
    return np.isin(batch.numbers, np.fromiter(batch.short, np.int32, len(batch.short)))


def _check_shares(file: str, month: Month, limits: Limits, landing: Landing, is_beside: bool) -> None:
    """Refuse a file of another month, and one of which too much cannot be read."""
    if landing.rows and len(landing.quarantine) > limits.quarantine_share * landing.rows:
        counted = Counter(reason for _, _, reason in landing.quarantine)
        what = ", ".join(f"{reason} {count}" for reason, count in sorted(counted.items()))
        raise DeliveryRefused(
            f"{file}: {len(landing.quarantine)} of {landing.rows} rows cannot be read ({what}).",
            next_step="have the agency export it again, in UTF-8 or GB18030, every text in quotation marks.",
        )
    if not is_beside:
        evidence.refuse_other_month(file, month, landing.months, limits.month_evidence_share)


def _missing(file: str, sheet: str, header: Header, contract: Contract) -> DeliveryRefused:
    words = "、".join(contract.column(name).headers[0] for name in header.missing)
    where = f"{file}, sheet '{sheet}'," if sheet else f"{file}"
    return DeliveryRefused(
        f"{where} lacks the required column(s) {words} (its header is row {header.end}).",
        next_step=f"have the agency send the column, or add the agency's word for it to contracts/{contract.feed}.yml.",
    )


def _no_header(file: str, contract: Contract) -> DeliveryRefused:
    words = "、".join(column.headers[0] for column in contract.columns if column.required)
    return DeliveryRefused(
        f"{file} has no header row of {contract.feed}: none of its first rows names {words}.",
        next_step=f"send the {contract.title} table under this name, or write its layout into "
        f"contracts/{contract.feed}.yml.",
    )
