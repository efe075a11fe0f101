"""A month of standardised feeds and of marts, made small and clean with DuckDB, and spoilt on demand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from warehouse.database import copy_to_parquet
from warehouse.intake.contract import Contract, contracts, standardised_schema
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy, load
from warehouse.settings import REPOSITORY

PEOPLE = 60
# What the marts' sums must come to, by the name that gate 2 knows it under.
SOURCES = {"payment_rows": "assistance_payment", "roster_rows": "assistance_roster"}
NAMES = ("才让卓玛", "多杰扎西", "马晓燕", "王建国", "拉毛措")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(person: int) -> str:
    """A valid ID of a made-up person; odd persons are men, born on 2001-01-(person % 28 + 1)."""
    body = f"632321200101{person % 28 + 1:02d}{person // 28:02d}{1 if person % 2 else 2}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]


@pytest.fixture(scope="session")
def policy() -> Policy:
    """The pack in force, but for one line: the made-up lists here are short, and must be able to hold a month."""
    pack = load(REPOSITORY / "dbt_project" / "seeds" / "policy", "tongren", Month(2026, 9))
    short = "expectations.rows_to_stop_min"
    return replace(pack, lines={**pack.lines, short: replace(pack.line(short), value="50")})


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path)


Shelve = Callable[..., None]


@pytest.fixture
def shelve(lake: Lake) -> Shelve:
    """``shelve(month, spoilt={table: sql}, absent=[...])``: writes the standardised partitions and facts."""

    def _shelve(month: Month, spoilt: Mapping[str, str] | None = None, absent: Sequence[str] = ()) -> None:
        with duckdb.connect() as con:
            feeds = [c for c in contracts().values() if c.required and c.feed not in absent]
            for contract in feeds:
                _make_feed(con, contract, month)
            _make_facts(con, [contract.feed for contract in feeds])
            for sql in (spoilt or {}).values():
                con.execute(sql)
            for contract in feeds:
                _write(con, lake, contract.feed, "standardised", feed=contract.feed, month=str(month))
            for table in ("row_account", "ledger"):
                _write(con, lake, table, table, month=str(month))

    return _shelve


@pytest.fixture
def shelve_marts(lake: Lake) -> Shelve:
    """``shelve_marts(month, spoilt={table: sql}, absent=[...])``: writes marts, their sources, crosswalk and records."""

    def _shelve(month: Month, spoilt: Mapping[str, str] | None = None, absent: Sequence[str] = ()) -> None:
        with duckdb.connect() as con:
            for statement in (
                (REPOSITORY / "tests/integration/great_expectations/marts.sql").read_text("utf-8").split(";")
            ):
                if statement.strip():
                    con.execute(statement.replace("$people", str(PEOPLE)))
            for sql in (spoilt or {}).values():
                con.execute(sql)
            tables = [row[0] for row in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
            for table in sorted(set(tables) - set(absent)):
                if table == "records":
                    _write(con, lake, table, table, feed="death", month=str(month))
                elif table in SOURCES:
                    _write(con, lake, table, "standardised", feed=SOURCES[table], month=str(month))
                elif table == "crosswalk":
                    _write(con, lake, table, table, month=str(month))
                else:
                    _write(con, lake, table, f"marts/{table}", month=str(month))

    return _shelve


def _write(con: duckdb.DuckDBPyConnection, lake: Lake, table: str, where: str, **keys: str) -> None:
    with lake.replacing(where, **keys) as folder:
        copy_to_parquet(
            con, f'SELECT * FROM "{table}" ORDER BY ALL', folder / f"{table.rpartition('/')[2]}.parquet"
        )


def _make_feed(con: duckdb.DuckDBPyConnection, contract: Contract, month: Month) -> None:
    schema = standardised_schema(contract)
    con.execute(f"CREATE TABLE {contract.feed} ({', '.join(f'{quoted(c)} {t}' for c, t in schema.items())})")
    rows = [_row(contract, list(schema), month, person) for person in range(PEOPLE)]
    con.executemany(f"INSERT INTO {contract.feed} VALUES ({', '.join('?' * len(schema))})", rows)


def quoted(name: str) -> str:
    return f'"{name}"'


def _row(contract: Contract, columns: Sequence[str], month: Month, person: int) -> list[object]:
    known: dict[str, object] = {"file": f"{contract.feed}.csv", "sheet": "", "row": person + 2}
    for column in contract.columns:
        value, extra = _value(contract, column.name, month, person)
        known[column.name] = value
        for suffix in ("_kind", "_system", "_precision", "_issue", "_raw"):
            known[column.name + suffix] = extra.get(suffix, str(value) if suffix == "_raw" else None)
    return [known.get(column) for column in columns]


MONEY = {"total": 100, "basic_paid": 50, "critical_paid": 20, "assistance_paid": 10, "own_total": 20}
MONEY |= dict.fromkeys(("income_business", "income_property", "income_transfer", "expense_business"), 0)
OTHERS = ("head_id", "guardian_id")
CODES = {"reason": "死亡", "pay_status": "成功", "state": "在籍"}


def _value(contract: Contract, name: str, month: Month, person: int) -> tuple[object, dict[str, object]]:
    """A clean value of a column for a person, and what stands beside it (kind, precision …)."""
    column = contract.column(name)
    day = f"{person % 28 + 1:02d}"
    code = CODES.get(name) if CODES.get(name) in column.codes else next(iter(column.codes), None)
    by_kind: dict[str, tuple[object, dict[str, object]]] = {
        "id": (id_number(person + PEOPLE if name in OTHERS else person), {"_kind": "valid"}),
        "name": (NAMES[person % len(NAMES)] + str(person), {"_system": "given"}),
        "date": (f"2001-01-{day}" if name == "birth_date" else f"{month}-{day}", {"_precision": "day"}),
        "month": (str(month), {}),
        "money": (MONEY.get(name, 100 + person), {}),
        "integer": (month.year if name == "year" else 3, {}),
        "sex": ("1" if person % 2 else "2", {}),
        "code": (code, {}),
        "phone": (f"1390973{person:04d}", {}),
    }
    return by_kind.get(column.kind, (f"{name}-{person}", {}))


def _make_facts(con: duckdb.DuckDBPyConnection, feeds: Sequence[str]) -> None:
    con.execute(
        "CREATE TABLE row_account (feed VARCHAR, file VARCHAR, sheet VARCHAR, rows INTEGER, landed INTEGER,"
        " quarantined INTEGER, furniture INTEGER)"
    )
    con.execute(
        "CREATE TABLE ledger (feed VARCHAR, file VARCHAR, sha256 VARCHAR, version INTEGER, status VARCHAR,"
        " reason VARCHAR, encoding VARCHAR, rows INTEGER, form VARCHAR)"
    )
    for feed in feeds:
        con.execute(
            f"INSERT INTO row_account VALUES ('{feed}', '{feed}.csv', '', {PEOPLE} + 1, {PEOPLE}, 0, 1)"
        )
        con.execute(
            f"INSERT INTO ledger VALUES ('{feed}', '{feed}.csv', sha256('{feed}'), 1, 'current', '', 'utf-8',"
            f" {PEOPLE}, 'csv')"
        )
