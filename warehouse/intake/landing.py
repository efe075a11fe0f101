"""Landing one file: read it by its contract, write its rows as text, account for every row of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path

from warehouse.errors import DeliveryRefused
from warehouse.intake import evidence
from warehouse.intake.contract import Contract
from warehouse.intake.csv_table import CsvTable
from warehouse.intake.form import sniff
from warehouse.intake.header import Header, find_header
from warehouse.intake.limits import Limits
from warehouse.intake.other_words import broken_words
from warehouse.intake.part import Part
from warehouse.intake.records import Table
from warehouse.intake.sheet_landing import Landing, SheetAccount, SheetLanding, where_of
from warehouse.intake.words import is_blank
from warehouse.intake.workbook import sheets
from warehouse.months import Month
from warehouse.progress import counted

__all__ = ["Landing", "SheetAccount", "land_file"]


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
    tables: Iterator[Table]
    if form == "csv":
        of_text = _as_cut(CsvTable(path, limits), contract, limits)
        landing.encoding = of_text.encoding
        tables = iter((of_text,))
    else:
        tables = sheets(path, form, limits)
    headed = 0
    with counted(path.stat().st_size), Part(part, contract) as writer:
        try:
            for table in tables:
                headed += _land_table(table, path.name, contract, month, limits, landing, writer, is_beside)
        finally:
            # A refusal is kept, and with it all that it was raised in: the reader's process must not wait for that.
            if isinstance(tables, Generator):
                tables.close()
        if not headed:
            raise _no_header(path, contract, limits, landing)
    _check_shares(path.name, month, limits, landing, is_beside)
    if not landing.rows:
        landing.reasons.append(
            f"{path.name} has a header and no row of data: ask {contract.agency} whether nothing was to be sent."
        )
    return landing


def _as_cut(table: CsvTable, contract: Contract, limits: Limits) -> CsvTable:
    """The table cut at the sign under which the contract's header shows: a title above may be full of commas."""

    def is_right(cut: CsvTable) -> bool:
        rows = cut.first_rows(limits.header_search_rows)
        _refuse_too_wide(rows, cut.path.name, "", limits)
        header = find_header(rows, contract)
        return header is not None and not header.missing

    return table if is_right(table) else next(filter(is_right, table.otherwise()), table)


def _refuse_too_wide(rows: Sequence[Sequence[str]], file: str, sheet: str, limits: Limits) -> None:
    if max(map(len, rows), default=0) > limits.columns:
        raise DeliveryRefused(
            f"{where_of(file, sheet)} has more columns than the policy's intake_max_columns ({limits.columns}).",
            next_step="have the bare table exported again, one row per line.",
        )


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
    _refuse_too_wide(top, file, table.sheet, limits)
    header = find_header(top, contract)
    if header is None:
        _refuse_headless_rows(top, file, table.sheet, contract)
        rows = sum(len(batch.numbers) + len(batch.faulty) for batch in table.batches(1)) if top else 0
        filled = any(not is_blank(cell) for row in top for cell in row)
        landing.furniture["title" if filled else "filler"] += rows
        landing.accounts.append(SheetAccount(table.sheet, rows, 0, 0, rows))
        if rows and table.sheet:
            landing.reasons.append(
                f"{where_of(file, table.sheet)} carries no header of {contract.feed}: its {rows} rows were not taken."
            )
        return False
    if header.missing:
        raise _missing(file, table.sheet, header, contract)
    _tell_doubles(file, table.sheet, header, contract, landing)
    if table.is_hidden:
        landing.reasons.append(f"{where_of(file, table.sheet)} is hidden and was read like the others.")
    if not is_beside:
        titles = (cell for row in top[: header.first] for cell in row)
        evidence.refuse_other_filling(file, table.sheet, month, titles, limits.filled_in_days_after)
    landing.extra_columns = max(landing.extra_columns, header.extra)
    SheetLanding(table, file, contract, header, landing, writer).land()
    return True


def _refuse_headless_rows(rows: Sequence[Sequence[str]], file: str, sheet: str, contract: Contract) -> None:
    """Refuse a sheet whose rows are as full as the table's own: without a header they would go unread."""
    least = max(sum(column.required for column in contract.columns), len(contract.columns) // 2)
    if sheet and any(sum(not is_blank(cell) for cell in row) >= least for row in rows):
        raise DeliveryRefused(
            f"{where_of(file, sheet)} holds rows as full as those of {contract.feed}, and no header among the first "
            f"{len(rows)}.",
            next_step="have the sheet sent with its header row, or left out if it is not meant.",
        )


def _tell_doubles(file: str, sheet: str, header: Header, contract: Contract, landing: Landing) -> None:
    """Refuse a header that names a required column twice; say it of one that can be done without."""
    for name, (word, places) in header.doubles.items():
        where = f"{where_of(file, sheet)} names {word} {len(places)} times (columns {', '.join(places)})"
        if contract.column(name).required:
            raise DeliveryRefused(
                f"{where}: which of them is meant cannot be told.",
                next_step="have each column sent with a name of its own.",
            )
        landing.reasons.append(f"{where}: the first was read.")


def _check_shares(file: str, month: Month, limits: Limits, landing: Landing, is_beside: bool) -> None:
    """Refuse a file of another month, and one of which too much cannot be read."""
    aside = len(landing.quarantine)
    if aside > limits.quarantined_rows or aside > limits.quarantine_share * landing.rows:
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
    return DeliveryRefused(
        f"{where_of(file, sheet)} lacks the required column(s) {words} (its header is row {header.end}).",
        next_step=f"have the agency send the column, or add the agency's word for it to contracts/{contract.feed}.yml.",
    )


def _no_header(path: Path, contract: Contract, limits: Limits, landing: Landing) -> DeliveryRefused:
    other = broken_words(path, contract, limits) if landing.form == "csv" else ""
    if other:
        return DeliveryRefused(
            f"{path.name} {other}", next_step="have it exported again in UTF-8 or GB18030."
        )
    words = "、".join(column.headers[0] for column in contract.columns if column.required)
    return DeliveryRefused(
        f"{path.name} has no header row of {contract.feed}: none of its first {limits.header_search_rows} rows names "
        f"{words}.",
        next_step=f"send the {contract.title} table under this name, or write its layout into "
        f"contracts/{contract.feed}.yml.",
    )
