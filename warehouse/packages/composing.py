"""The query of a table that is shared: composed of allowed columns only. The first of two looks at what leaves.

A query of ``queries/`` is one SELECT over tables of the month that it may name; what an agreement adds is a condition
over its unpersonal columns, taken apart and put together again, so that nothing but comparisons of columns with
values gets through. Out comes a table ``shared_<name>`` of text in which keys are pseudonyms. Nothing is read but
views; the connection is shut in before the first query runs.
"""

from __future__ import annotations

from functools import lru_cache

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from warehouse.errors import Misconfigured
from warehouse.packages.agreement import Agreement, Shared
from warehouse.packages.pseudonyms import give_names
from warehouse.packages.rows import KINDS, SUBJECT, Column, Rows
from warehouse.packages.views import named

# What a condition may be made of.
_PARTS = (
    exp.And, exp.Or, exp.Not, exp.Paren, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between,
    exp.Is, exp.Null, exp.Literal, exp.Boolean, exp.Neg, exp.Column, exp.Identifier, exp.Tuple,
)  # fmt: skip
# Functions that read what is no table of the month, or run text as a query.
_FORBIDDEN = (
    "read_",
    "parquet_",
    "sniff_",
    "glob",
    "getenv",
    "query",
    "current_setting",
    "duckdb_",
    "pragma_",
)
UNKNOWN_NAME = "（姓名待核）"


def columns_of(agreement: Agreement, shared: Shared, rows: Rows) -> tuple[Column, ...]:
    """The columns that leave, in the agreement's order; ``Misconfigured`` when it may not have one of them."""
    found = []
    for name in shared.columns:
        column = rows.column(name)
        if column is None:
            raise _wrong(agreement, f"“{name}”不是取数口径 {rows.rows} 的列")
        misfit = column.misfit(agreement.identity)
        if misfit:
            raise _wrong(agreement, misfit)
        found.append(column)
    if rows.shape == "counts":
        missing = [name for name in (*rows.dimensions, rows.count) if name not in shared.columns]
        if missing:
            raise _wrong(agreement, f"统计表缺少“{missing[0]}”：小数保护要有全部分组和人数")
    return tuple(found)


def tables_of(rows: Rows, sql: str) -> tuple[str, ...]:
    """The tables that a query names; ``Misconfigured`` when it is more than one SELECT over tables of the month."""
    tables, fault = _read(sql)
    if fault:
        raise _unfit(rows, fault)
    return tables


@lru_cache(maxsize=64)
def _read(sql: str) -> tuple[tuple[str, ...], str]:
    """The tables that a query names, and what is wrong with it."""
    try:
        statements = sqlglot.parse(sql, read="duckdb")
    except SqlglotError:
        return (), "cannot be read as SQL"
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        return (), "is not one SELECT"
    whole = statements[0]
    made_here = {one.alias for one in whole.find_all(exp.CTE)}
    found = set()
    for table in whole.find_all(exp.Table):
        plain = isinstance(table.this, exp.Identifier) and not table.args.get("db")
        if plain and table.name in made_here:
            continue
        if not plain or not named(table.name):
            return (), "reads what is no table of the month"
        found.add(table.name)
    for function in whole.find_all(exp.Func):
        called = function.name if isinstance(function, exp.Anonymous) else function.sql_name()
        if called.lower().startswith(_FORBIDDEN):
            return (), f"calls {called.lower()}"
    return tuple(sorted(found)), ""


def condition_of(agreement: Agreement, shared: Shared, rows: Rows) -> str:
    """The agreement's condition, made anew from its parts; TRUE without one."""
    if shared.where is None:
        return "TRUE"
    try:
        parsed = sqlglot.parse_one(shared.where, read="duckdb", into=exp.Condition)
    except SqlglotError:
        raise _wrong(agreement, f"表 {shared.name} 的筛选条件读不懂") from None
    for part in parsed.walk():
        if not isinstance(part, _PARTS):
            raise _wrong(agreement, f"表 {shared.name} 的筛选条件只能比较列和值")
        if isinstance(part, exp.Column):
            column = rows.column(part.name)
            if column is None or part.table or column.of.is_personal or column.of.is_key:
                raise _wrong(agreement, f"表 {shared.name} 的筛选条件用了“{part.name}”，不能用")
    return parsed.sql(dialect="duckdb")


def compose(
    con: duckdb.DuckDBPyConnection,
    agreement: Agreement,
    shared: Shared,
    rows: Rows,
    sql: str,
    pseudonym_key: bytes | None,
) -> str:
    """Make ``shared_<name>``: ``subject`` and the allowed columns as text, keys as pseudonyms. Gives its name."""
    columns = columns_of(agreement, shared, rows)
    condition = condition_of(agreement, shared, rows)
    con.execute(f"CREATE OR REPLACE TEMP VIEW asked AS {sql}")
    there = [row[0] for row in con.execute("DESCRIBE asked").fetchall()]
    wanted = {SUBJECT, *(one.name for one in rows.columns)}
    if set(there) != wanted or len(there) != len(wanted):
        odd = sorted(set(there) ^ wanted)
        raise _unfit(rows, f"gives other columns than it says ({', '.join(odd) or 'one twice'})")
    give_names(con, agreement, columns, pseudonym_key, "asked")
    table = f"shared_{shared.name.replace('-', '_')}"
    listed = ", ".join(_cell(one, rows.shape) for one in columns)
    con.execute(
        f'CREATE OR REPLACE TEMP TABLE "{table}" AS '
        f'SELECT {SUBJECT}::VARCHAR AS {SUBJECT}, {listed} FROM asked WHERE {condition}'
    )  # fmt: skip
    return table


def _cell(column: Column, shape: str) -> str:
    """How a column's cell is told, as text (counts stay numbers until the small ones are hidden)."""
    name = f'"{column.name}"'
    text = f"nullif(trim({name}::VARCHAR), '')"
    if column.of.is_key:
        made = (
            f"SELECT pseudonym FROM pseudonyms WHERE kind = '{column.kind}' AND own = asked.{name}::VARCHAR"
        )
        return f"CASE WHEN {name} IS NOT NULL THEN ({made}) END AS {name}"
    told = {
        "count": f"{name}::BIGINT" if shape == "counts" else f"{name}::BIGINT::VARCHAR",
        "yuan": f"{name}::DECIMAL(18, 2)" if shape == "counts" else f"{name}::DECIMAL(18, 2)::VARCHAR",
        "day": f"strftime({name}::DATE, '%Y-%m-%d')",
        "birth_date": f"strftime({name}::DATE, '%Y-%m-%d')",
        "flag": f"CASE {name}::BOOLEAN WHEN TRUE THEN '是' WHEN FALSE THEN '否' END",
        "name": f"CASE WHEN regexp_full_match({text}, '{KINDS['name'].pattern}') THEN {text} ELSE '{UNKNOWN_NAME}' END",
        "phone": f"CASE WHEN regexp_full_match({text}, '{KINDS['phone'].pattern}') THEN {text} END",
        # A sentence is one line, and no formula where a spreadsheet opens it.
        "text": f"left(regexp_replace(regexp_replace({text}, '[\\t\\r\\n]+', ' ', 'g'), '^[=+@-]+', ''), 300)",
    }.get(column.kind, text)
    return f"{told} AS {name}"


def _wrong(agreement: Agreement, what: str) -> Misconfigured:
    return Misconfigured(
        f"agreement {agreement.agreement}: {what}。",
        next_step="set the agreement right and have it signed again.",
    )


def _unfit(rows: Rows, what: str) -> Misconfigured:
    return Misconfigured(
        f"queries/{rows.rows}.sql {what}.", next_step="set the query and its description right together."
    )
