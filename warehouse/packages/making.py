"""One package in the clear: its files, composed, protected, marked, checked, and described. It is never seen outside
the house like this; ``share`` seals it."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from warehouse.database import in_memory
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.packages import counting, files, finished, marks, pseudonyms, texts, views
from warehouse.packages.agreement import Agreement, Read, Shared
from warehouse.packages.composing import columns_of, compose, tables_of
from warehouse.packages.descriptor import package_of, resource_of, schema_of
from warehouse.packages.enclosing import Enclosure, enclosures
from warehouse.packages.rows import Rows, read_rows
from warehouse.packages.sealing import digests
from warehouse.policy import Policy

# Dates in a zip: the least that it can tell. A clock would make other bytes of the same content.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Secrets:
    """What a package is made with: the partner's certificate, the pseudonyms' key, the key of marks."""

    certificate: bytes
    pseudonyms: bytes | None
    marks: bytes


@dataclass(frozen=True)
class Table:
    """One file as it was made."""

    name: str
    path: str
    content: bytes
    resource: dict[str, Any]
    rows: int
    hidden: int


@dataclass(frozen=True)
class Draft:
    """All files of a package. ``content``: a keyed hash of all that decides them; the same content, the same package."""

    agreement: Agreement
    month: Month
    tables: tuple[Table, ...]
    content: str
    con: duckdb.DuckDBPyConnection
    remembered: tuple[str, ...]
    enclosed: tuple[Enclosure, ...] = ()

    @property
    def rows(self) -> int:
        """Rows about persons and households; cells of protected tables are none."""
        return sum(one.rows for one in self.tables)

    def remember(self, package_id: str, path: Path) -> None:
        """Write the marks of all rows of the package to a Parquet file (for ``trace``)."""
        empty = f"SELECT {', '.join(f'NULL::{part.split()[1]} AS {part.split()[0]}' for part in marks.COLUMNS.split(', '))} WHERE false"
        whole = " UNION ALL ".join(one.replace("{package}", package_id) for one in self.remembered) or empty
        self.con.execute(f"COPY ({whole}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")


@contextmanager
def drafted(
    read: Read, month: Month, *, lake: Lake, policy: Policy, secrets: Secrets, beside: Path | None
) -> Iterator[Draft]:
    """The package of an agreement in the clear, and the connection in which its rows still stand.

    ``NotReleased`` when a finished file shows anything else than was agreed; ``Misconfigured`` when the agreement asks
    for what it may not have. ``beside``: the folder of agreements, which may hold queries of its own.
    """
    agreement = read.agreement
    if agreement is None:
        raise ValueError(read.fault)
    asked = [(shared, *read_rows(shared.rows, beside)) for shared in agreement.tables]
    for shared, rows, _ in asked:
        columns_of(agreement, shared, rows)
    work = lake.home / "tmp" / f"package-{agreement.agreement}-{month}"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        with in_memory(lake.home) as con:
            _open(con, {table for _, rows, sql in asked for table in tables_of(rows, sql)}, lake, month)
            made, remembered = [], []
            for shared, rows, sql in asked:
                table, query = _table(con, agreement, shared, rows, sql, month, policy, secrets, work)
                made.append(table)
                remembered += query
            beside_them = enclosures(agreement, month, lake)
            content = _content(read, made, beside_them, secrets)
            yield Draft(agreement, month, tuple(made), content, con, tuple(remembered), tuple(beside_them))
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _open(con: duckdb.DuckDBPyConnection, tables: set[str], lake: Lake, month: Month) -> None:
    pseudonyms.prepare(con)
    views.attach(con, tables | {"dim_person", "fct_population_monthly"}, lake, month)
    con.execute(
        "CREATE TEMP TABLE places AS SELECT DISTINCT place FROM ("
        "SELECT unnest([township, village]) AS place FROM dim_person UNION ALL "
        "SELECT unnest([township, village]) FROM fct_population_monthly) WHERE place IS NOT NULL"
    )
    views.shut_in(con, lake)


def _table(
    con: duckdb.DuckDBPyConnection,
    agreement: Agreement,
    shared: Shared,
    rows: Rows,
    sql: str,
    month: Month,
    policy: Policy,
    secrets: Secrets,
    work: Path,
) -> tuple[Table, list[str]]:
    columns = columns_of(agreement, shared, rows)
    table = compose(con, agreement, shared, rows, sql, secrets.pseudonyms)
    is_counts, hidden, remembered = rows.shape == "counts", 0, []
    if is_counts:
        # Who gets the people by name needs no protection from their number.
        small = 0 if shared.small_numbers == "shown" else policy.count("packages.small_number")
        hidden = counting.protect_table(con, table, columns, rows, small_below=small)
    else:
        marks.mark(con, table, columns, agreement=agreement, month=str(month), key=secrets.marks)
        salt = marks.salt_of(secrets.marks)
        remembered.append(
            marks.remembered(table, columns, package_id="{package}", shown_as=shared.name, salt=salt)
        )
    path = work / f"{rows.title}_{month}.{agreement.form.kind}"
    is_numbered = not is_counts
    if agreement.form.kind == "csv":
        files.write_csv(con, table, columns, path, form=agreement.form, is_numbered=is_numbered)
    else:
        files.write_xlsx(
            con, table, columns, path, title=rows.title[:31], month=month, is_numbered=is_numbered,
            mark=texts.visible_mark(agreement, month), words=texts.terms(agreement, month),
            rows_max=policy.count("packages.xlsx_rows_max"),
        )  # fmt: skip
    found = con.execute(f'SELECT count(*) FROM "{table}"').fetchone()
    count = int(found[0]) if found else 0
    finished.check(
        con, path, columns, form=agreement.form, is_numbered=is_numbered, is_counts=is_counts, rows=count,
        title=rows.title[:31],
    )  # fmt: skip
    content, inside = path.read_bytes(), f"data/{path.name}"
    resource = resource_of(
        shared.name, rows.title, inside, schema_of(columns, is_numbered=is_numbered, is_counts=is_counts),
        form=agreement.form, size=len(content), sums=digests(content), rows=count,
    )  # fmt: skip
    return Table(shared.name, inside, content, resource, 0 if is_counts else count, hidden), remembered


def zipped(draft: Draft, package_id: str, terms: dict[str, Any]) -> bytes:
    """The package in the clear as one zip: data, descriptor, words for people, and the form of the receipt."""
    agreement = draft.agreement
    described = package_of(
        package_id,
        f"{agreement.partner}：{agreement.purpose}（{draft.month}）",
        texts.NOTICE,
        [one.resource for one in draft.tables],
        {**terms, "enclosed": [one.described for one in draft.enclosed]},
    )
    carried: list[Table | Enclosure] = [*draft.tables, *draft.enclosed]
    inside = {
        "datapackage.json": json.dumps(described, ensure_ascii=False, indent=1).encode() + b"\n",
        "说明.txt": texts.inside(agreement, draft.month, package_id, [one.path for one in carried]),
        "回执.txt": texts.receipt_form(agreement, package_id),
        **{one.path: one.content for one in carried},
    }
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(inside.items()):
            entry = zipfile.ZipInfo(name, _NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, content)
    return whole.getvalue()


def _content(read: Read, tables: list[Table], enclosed: list[Enclosure], secrets: Secrets) -> str:
    told = {
        "agreement": read.sha256,
        "certificate": hashlib.sha256(secrets.certificate).hexdigest(),
        "tables": [one.resource for one in tables],
        "enclosed": [one.described for one in enclosed],
    }
    text = json.dumps(told, ensure_ascii=False, sort_keys=True)
    return hmac.new(secrets.marks, text.encode(), "sha256").hexdigest()
