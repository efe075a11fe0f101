"""dbt-spark over models that are written for DuckDB: what a statement asks is put into Spark's words on its way.

dbt-spark makes the statement around a model (``create table … as``) in Spark's own SQL; what follows the ``as``, and
every data test, is ours and is translated. A ``WITH RECURSIVE … UNION`` that Spark has no counterpart for is followed
here until nothing new is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlglot
from dbt.adapters.spark import session as dbt_session
from sqlglot import exp

from warehouse.engines.spark_sql import spark_of, tree_of

_COMMENT = re.compile(r"\A\s*/\*.*?\*/\s*", re.DOTALL)
_MADE = re.compile(r"\Acreate\s+(or\s+replace\s+)?(table|view)\s+\S+.*?\n\s*as\s+", re.DOTALL | re.IGNORECASE)
_ASKED = re.compile(r"\A(with|select)\b", re.IGNORECASE)


class _Cursor(dbt_session.Cursor):  # type: ignore[misc]
    """dbt-spark's cursor on the process's own session, with our SQL translated."""

    spark: Any = None

    def execute(self, sql: str, *parameters: Any) -> None:
        sql = _COMMENT.sub("", sql).strip()
        made = _MADE.match(sql)
        if made:
            sql = made.group(0) + _translated(self.spark, sql[made.end() :])
        elif _ASKED.match(sql):
            sql = _translated(self.spark, sql)
        elif parameters:
            sql = sql % parameters
        self._df = self.spark.sql(sql)


class _Connection(dbt_session.Connection):  # type: ignore[misc]
    def cursor(self) -> _Cursor:
        return _Cursor()


class _Wrapper(dbt_session.SessionConnectionWrapper):  # type: ignore[misc]
    """Values of seeds as Spark reads them: dbt-spark would write a missing one as the word None."""

    @classmethod
    def _fix_binding(cls, value: Any) -> str:
        if value is None:
            return "NULL"
        return sqlglot.exp.Literal.string(str(value)).sql(dialect="spark")


@contextmanager
def translating(spark: Any) -> Iterator[None]:
    """Within, dbt-spark's session method speaks to ``spark`` and has our SQL translated."""
    before = dbt_session.Connection, dbt_session.SessionConnectionWrapper
    _Cursor.spark = spark
    dbt_session.Connection, dbt_session.SessionConnectionWrapper = _Connection, _Wrapper
    try:
        yield
    finally:
        dbt_session.Connection, dbt_session.SessionConnectionWrapper = before
        _Cursor.spark = None


def _translated(spark: Any, sql: str) -> str:
    tree = tree_of(sql)
    _follow(spark, tree)
    return spark_of(tree)


def _follow(spark: Any, tree: exp.Expr) -> None:
    """Replace each recursive CTE whose rows are told once (UNION) by the rows it comes to, kept under its name."""
    clause = tree.args.get("with_")
    if clause is None or not clause.args.get("recursive"):
        return
    before: list[exp.Expr] = []
    for cte in list(clause.expressions):
        union = cte.this
        calls_itself = any(table.name == cte.alias for table in union.find_all(exp.Table))
        if not (calls_itself and isinstance(union, exp.Union) and union.args.get("distinct")):
            before.append(cte)
            continue
        columns = cte.args["alias"].columns
        _fixpoint(spark, cte.alias, before, union, [column.name for column in columns])
        cte.pop()
    clause.set("recursive", any(_calls_itself(cte) for cte in clause.expressions))


def _calls_itself(cte: exp.Expr) -> bool:
    return any(table.name == cte.alias for table in cte.this.find_all(exp.Table))


def _fixpoint(spark: Any, name: str, before: Sequence[exp.Expr], union: Any, columns: list[str]) -> None:
    def asked(part: exp.Expr) -> Any:
        query = part.copy()
        query.set("with_", exp.With(expressions=[one.copy() for one in before]))
        found = spark.sql(spark_of(query))
        return (found.toDF(*columns) if columns else found).distinct()

    known = found = asked(union.this).localCheckpoint()
    while not found.isEmpty():
        found.createOrReplaceTempView(name)
        found = asked(union.expression).subtract(known).localCheckpoint()
        known = known.union(found).localCheckpoint()
    known.createOrReplaceTempView(name)
