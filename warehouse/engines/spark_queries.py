"""A query in DuckDB's SQL, asked of Spark.

What sqlglot and ``spark_sql`` put into Spark's words is asked as it is. A ``WITH RECURSIVE … UNION``, for which Spark has
no counterpart, is followed here until nothing new is found.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlglot import exp

from warehouse.engines.spark_sql import spark_of, tree_of


def ask(spark: Any, sql: str) -> Any:
    """The answer to a query as Spark's ``DataFrame``; ``spark`` is a session in whose catalog its relations stand."""
    tree = tree_of(sql)
    clause = tree.args.get("with_")
    if clause is not None and clause.args.get("recursive"):
        _follow(spark, clause)
    return spark.sql(spark_of(tree))


def _follow(spark: Any, clause: exp.Expr) -> None:
    """Replace each recursive CTE whose rows are told once by the rows that it comes to, kept as a view of its name."""
    before: list[exp.Expr] = []
    for cte in list(clause.expressions):
        union = cte.this
        if _calls_itself(cte) and isinstance(union, exp.Union) and union.args.get("distinct"):
            columns = [column.name for column in cte.args["alias"].columns] or union.this.named_selects
            _reach(spark, cte.alias, before, union, columns)
            cte.pop()
        else:
            before.append(cte)
    clause.set("recursive", any(_calls_itself(cte) for cte in clause.expressions))


def _calls_itself(cte: exp.Expr) -> bool:
    return any(table.name == cte.alias for table in cte.this.find_all(exp.Table))


def _reach(spark: Any, name: str, before: Sequence[exp.Expr], union: Any, columns: Sequence[str]) -> None:
    def asked(part: exp.Expr) -> Any:
        query = part.copy()
        query.set("with_", exp.With(expressions=[one.copy() for one in before]))
        return spark.sql(spark_of(query)).toDF(*columns).distinct()

    # Columns are named anew wherever rows meet those they came from: Spark mistakes the one for the other else.
    known = found = asked(union.this).cache()
    while not found.isEmpty():
        found.toDF(*columns).createOrReplaceTempView(name)
        found = asked(union.expression).subtract(known.toDF(*columns)).cache()
        known = known.toDF(*columns).union(found.toDF(*columns)).cache()
    known.createOrReplaceTempView(name)
