"""The models' SQL in Spark's words: written once for DuckDB, it must say the same on both engines.

sqlglot carries over what means the same; what it would carry over wrongly, or does not know, is rewritten here. What
Spark does not know by any name it refuses itself when a model is analysed. That rows are equal is proved by
comparing every mart (``tests/integration/spark``), not by this module.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlglot
from sqlglot import exp

from warehouse.engines.spark_json import json_keys, json_object, json_patched, json_value
from warehouse.engines.spark_statements import prepare
from warehouse.engines.spark_words import call, function, number
from warehouse.errors import Misconfigured


def to_spark(sql: str) -> str:
    """One query in DuckDB's SQL as Spark's."""
    return spark_of(tree_of(sql))


def tree_of(sql: str) -> exp.Expr:
    """A query in DuckDB's SQL, read."""
    return sqlglot.parse_one(sql, read="duckdb")


def spark_of(tree: exp.Expr) -> str:
    """What was read, as Spark's SQL; the tree itself may be changed by it."""
    prepare(tree)
    return str(_rewritten(tree).sql(dialect="spark"))


def _rewritten(node: exp.Expr) -> exp.Expr:
    """The tree in Spark's words, leaves first. A JSON object within another one is the outer one's business."""
    for child in list(node.iter_expressions()):
        new = _rewritten(child)
        if new is not child:
            child.replace(new)
    is_within = isinstance(node, exp.JSONObject) and _takes_objects(node.parent)
    return node if is_within else _said(node)


def _takes_objects(node: exp.Expr | None) -> bool:
    is_patch = isinstance(node, exp.Anonymous) and node.name.upper() == "JSON_MERGE_PATCH"
    return is_patch or isinstance(node, exp.JSONKeyValue)


def _said(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Anonymous):
        named = _BY_NAME.get(node.name.upper())
        return named(*node.expressions) if named else node
    kind = _BY_KIND.get(type(node))
    return kind(node) if kind else node


def _unknown(what: str) -> Misconfigured:
    return Misconfigured(
        f"a model uses {what}, which has no checked counterpart on Spark.",
        next_step="say it otherwise in the model, or add it to warehouse/engines/spark_sql.py.",
    )


# --- what sqlglot knows by another meaning


def _concat(node: Any) -> exp.Expr:
    # DuckDB passes over what is unknown and takes any type; so does concat_ws.
    return call("CONCAT_WS", "", *node.expressions)


def _division(node: Any) -> exp.Expr:
    # DuckDB divides as floating point numbers, Spark decimals as decimals.
    return exp.Div(this=_double(node.this), expression=_double(node.expression))


def _double(node: exp.Expr) -> exp.Expr:
    return exp.Cast(this=node.copy(), to=exp.DataType.build("double"))


def _cast(node: Any) -> Any:
    kind = node.to.this
    if kind == exp.DataType.Type.JSON:
        return node.this.copy()  # Spark keeps JSON as text
    if kind in (exp.DataType.Type.INT128, exp.DataType.Type.UBIGINT):
        node = node.copy()
        node.set("to", exp.DataType.build("decimal(38, 0)"))
    return node


def _least_by(name: str) -> Callable[[Any], exp.Expr]:
    """``min_by``: DuckDB passes over rows whose value is unknown, Spark may answer with one."""

    def rewrite(node: Any) -> exp.Expr:
        known = exp.Not(this=exp.Is(this=node.this.copy(), expression=exp.Null()))
        return exp.Filter(this=call(name, node.this, node.expression), expression=exp.Where(this=known))

    return rewrite


def _joined(node: Any) -> exp.Expr:
    """``string_agg``. Spark's own ``listagg`` falls over its plan where other counts of the query are distinct."""
    given, order = node.this, None
    if isinstance(given, exp.Order):
        given, order = given.this, given.expressions
    is_distinct = isinstance(given, exp.Distinct)
    value = given.expressions[0] if is_distinct else given
    if order and any(one.args.get("desc") for one in order):
        raise _unknown("string_agg in descending order")
    keys = [one.this for one in order or ()]
    if is_distinct or keys == [value]:
        entries = call("ARRAY_SORT", call("COLLECT_SET" if is_distinct else "COLLECT_LIST", value))
    elif not keys:
        entries = call("COLLECT_LIST", value)
    else:
        known = exp.Where(this=exp.Not(this=exp.Is(this=value.copy(), expression=exp.Null())))
        rows = exp.Filter(
            this=call("COLLECT_LIST", call("STRUCT", *keys, exp.alias_(value.copy(), "word"))),
            expression=known,
        )
        entries = call(
            "TRANSFORM", call("ARRAY_SORT", rows), function(exp.column("word", table="one"), "one")
        )
    return call("ARRAY_JOIN", call("NULLIF", entries, call("ARRAY")), node.args.get("separator") or ",")


def _filtered(node: Any) -> Any:
    """A filter over what has been given one already holds both."""
    if not isinstance(node.this, exp.Filter):
        return node
    both = exp.and_(node.this.expression.this.copy(), node.expression.this.copy())
    return exp.Filter(this=node.this.this.copy(), expression=exp.Where(this=both))


def _difference(node: Any) -> exp.Expr:
    """DuckDB's ``date_diff``: how many beginnings of the unit lie between."""
    unit, later, earlier = node.text("unit").upper(), node.this, node.expression
    if unit == "DAY":
        return call("DATEDIFF", later, earlier)
    years = exp.Paren(this=exp.Sub(this=call("YEAR", later), expression=call("YEAR", earlier)))
    if unit == "YEAR":
        return years
    months = exp.Sub(this=call("MONTH", later), expression=call("MONTH", earlier))
    if unit == "MONTH":
        return exp.Paren(
            this=exp.Add(this=exp.Mul(this=years, expression=number(12)), expression=exp.Paren(this=months))
        )
    if unit == "MINUTE":
        minutes = [
            exp.IntDiv(this=call("UNIX_TIMESTAMP", moment), expression=number(60))
            for moment in (later, earlier)
        ]
        return exp.Paren(this=exp.Sub(this=minutes[0], expression=minutes[1]))
    raise _unknown(f"date_diff in {unit}")


def _parts(node: Any) -> Any:
    """``regexp_extract(text, pattern, ['name', …])``: the groups as fields of these names."""
    names = node.args.get("group")
    if not isinstance(names, exp.Array):
        return node
    fields: list[exp.Expr | str] = []
    for place, name in enumerate(names.expressions, start=1):
        fields += [name, call("REGEXP_EXTRACT", node.this, node.expression, number(place))]
    return call("NAMED_STRUCT", *fields)


_BY_KIND: dict[type[exp.Expr], Callable[[Any], exp.Expr]] = {
    exp.Concat: _concat,
    exp.Div: _division,
    exp.Cast: _cast,
    exp.ArgMin: _least_by("MIN_BY"),
    exp.ArgMax: _least_by("MAX_BY"),
    exp.Filter: _filtered,
    exp.GroupConcat: _joined,
    exp.JSONObject: json_object,
    exp.JSONExtractScalar: json_value,
    exp.JSONKeys: json_keys,
    exp.DateDiff: _difference,
    exp.ToDays: lambda node: _span(0)(node.this),
    exp.RegexpExtract: _parts,
    exp.RegexpFullMatch: lambda node: call("RLIKE", node.this, f"^(?:{node.expression.name})$"),
}


# --- what sqlglot does not know


def _months(count: exp.Expr) -> exp.Expr:
    return call("MAKE_YM_INTERVAL", number(0), count)


def _span(place: int) -> Callable[[exp.Expr], exp.Expr]:
    return lambda count: call("MAKE_DT_INTERVAL", *(count if i == place else number(0) for i in range(4)))


def _whole(unit: exp.Expr, earlier: exp.Expr, later: exp.Expr) -> exp.Expr:
    """``datesub``: whole years. Who was born on 29 February is a year older on the 28th of another year."""
    if unit.name != "year":
        raise _unknown(f"datesub in {unit.name}")
    sql = (
        "(year({b}) - year({a}) - CASE WHEN date_format({b}, 'MMdd') < date_format({a}, 'MMdd') "
        "AND NOT (month({a}) = month({b}) AND last_day({b}) = CAST({b} AS DATE)) THEN 1 ELSE 0 END)"
    ).format(a=earlier.sql(dialect="spark"), b=later.sql(dialect="spark"))
    return sqlglot.parse_one(sql, read="spark")


def _sum(listed: exp.Expr) -> exp.Expr:
    adding = function(
        exp.Add(this=exp.to_identifier("so_far"), expression=exp.to_identifier("next")), "so_far", "next"
    )
    return call("AGGREGATE", listed, sqlglot.parse_one("CAST(0 AS DOUBLE)", read="spark"), adding)


_BY_NAME: dict[str, Callable[..., exp.Expr]] = {
    "TO_MONTHS": _months,
    "TO_DAYS": _span(0),
    "TO_HOURS": _span(1),
    "TO_MINUTES": _span(2),
    "DATESUB": _whole,
    "LIST_SUM": _sum,
    "LIST_POSITION": lambda listed, entry: call("NULLIF", call("ARRAY_POSITION", listed, entry), number(0)),
    "JSON_MERGE_PATCH": json_patched,
}
