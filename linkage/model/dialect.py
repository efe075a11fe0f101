"""The model in Spark's words: each level's SQL is written for DuckDB and must decide the same on both engines.

sqlglot carries over what means the same; what it would carry over wrongly is rewritten here (lists, characters,
bytes, patterns); what nobody has checked is refused by name, never guessed. DuckDB's string distances count
bytes and Spark's count characters: on Spark the text is read byte by byte, so that both count alike. The
Damerau-Levenshtein distance is Splink's own (its jar for Spark).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import sqlglot
from sqlglot import exp

from warehouse.errors import Misconfigured

# Means the same on both engines, sqlglot writes it right.
_SAME: tuple[type[exp.Expr], ...] = (
    exp.Column, exp.Identifier, exp.Literal, exp.Null, exp.Boolean, exp.Paren, exp.Tuple, exp.Neg,
    exp.And, exp.Or, exp.Not, exp.Is, exp.In, exp.Between, exp.Case, exp.If, exp.Coalesce, exp.Nullif,
    exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.NullSafeEQ, exp.NullSafeNEQ,
    exp.Add, exp.Mul, exp.Div, exp.Mod, exp.Abs, exp.Greatest, exp.Least,
    exp.Year, exp.Month, exp.Day, exp.TsOrDsToDate, exp.Cast, exp.TryCast, exp.DataType, exp.Var,
    exp.StartsWith, exp.EndsWith, exp.Left, exp.Right, exp.Substring, exp.Replace, exp.Upper, exp.Lower,
    exp.Trim, exp.DPipe, exp.Lambda, exp.ArrayFilter, exp.Transform, exp.ArrayDistinct, exp.ArrayContains,
    exp.ArrayToString,
)  # fmt: skip
_LISTS: tuple[type[exp.Expr], ...] = (
    exp.Split,
    exp.ArrayFilter,
    exp.Transform,
    exp.ArrayDistinct,
    exp.Array,
)
_LISTS_BY_NAME = frozenset({"SPLIT", "ZIP_WITH", "ARRAY_INTERSECT", "LIST_ZIP", "LIST_INTERSECT"})
# Spark's default escape, a backslash, would change a pattern that holds one; DuckDB has none.
_NO_ESCAPE = "␛"
_DATE_FORMAT = re.compile(r"(%[Ymd]|[-/.])+")

Columns = Mapping[str, str]


def to_spark(sql: str, columns: Columns) -> str:
    """A level's condition in DuckDB's SQL as Spark's; ``columns`` are the nodes' columns with DuckDB's types.

    ``Misconfigured`` names the function that has no counterpart of the same meaning.
    """
    tree = sqlglot.parse_one(sql, read="duckdb")
    return str(_rewritten(tree, columns).sql(dialect="spark"))


def model_for_spark(model: Mapping[str, Any], columns: Columns) -> dict[str, Any]:
    """A model (as its JSON file holds it) for Splink's Spark engine: the same levels and weights."""
    return {
        **model,
        "sql_dialect": "spark",
        "blocking_rules_to_generate_predictions": [
            {
                "blocking_rule": sqlglot.transpile(rule["blocking_rule"], read="duckdb", write="spark")[0],
                "sql_dialect": "spark",
            }
            for rule in model["blocking_rules_to_generate_predictions"]
        ],
        "comparisons": [
            {
                **comparison,
                "comparison_levels": [_level(level, columns) for level in comparison["comparison_levels"]],
            }
            for comparison in model["comparisons"]
        ],
    }


def _level(level: Mapping[str, Any], columns: Columns) -> dict[str, Any]:
    condition = level["sql_condition"]
    return {**level, "sql_condition": condition if condition == "ELSE" else to_spark(condition, columns)}


def _rewritten(node: exp.Expr, columns: Columns) -> exp.Expr:
    """The tree with every node in Spark's words, leaves first."""
    for child in list(node.iter_expressions()):
        new = _rewritten(child, columns)
        if new is not child:
            child.replace(new)
    if isinstance(node, exp.Anonymous):
        rewrite = _BY_NAME.get(node.name.upper())
        if rewrite is None:
            raise _refused(node.name)
        return rewrite(*node.expressions)
    if type(node) in _BY_KIND:
        return _BY_KIND[type(node)](node, columns)
    if not isinstance(node, _SAME):
        raise _refused(node.sql(dialect="duckdb").split("(")[0])
    return node


def _refused(what: str) -> Misconfigured:
    return Misconfigured(
        f"the model's level SQL uses {what.upper()}, which has no checked counterpart on Spark.",
        next_step="say it with functions that linkage/model/dialect.py knows, or add it there with a pair that proves it.",
    )


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=[argument.copy() for argument in arguments])


def _text(words: str) -> exp.Expr:
    return exp.Literal.string(words)


def _lambda(body: exp.Expr, *names: str) -> exp.Expr:
    return exp.Lambda(this=body, expressions=[exp.to_identifier(name) for name in names])


def _kind(node: exp.Expr, columns: Columns) -> str:
    """The type of a node's column (without its side, ``_l`` or ``_r``); empty for anything else."""
    return (
        columns.get(node.name.removesuffix("_l").removesuffix("_r"), "")
        if isinstance(node, exp.Column)
        else ""
    )


def _is_list(node: exp.Expr, columns: Columns) -> bool:
    node = node.unnest()
    is_named = isinstance(node, exp.Anonymous) and node.name.upper() in _LISTS_BY_NAME
    return is_named or isinstance(node, _LISTS) or _kind(node, columns).endswith("[]")


# --- what sqlglot knows by another meaning


def _length(node: exp.Expr, columns: Columns) -> exp.Expr:
    return _call("SIZE", node.this) if _is_list(node.this, columns) else node


def _contains(node: exp.Expr, columns: Columns) -> exp.Expr:
    name = "ARRAY_CONTAINS" if _is_list(node.this, columns) else "CONTAINS"
    return _call(name, node.this, node.expression)


def _overlap(node: exp.Expr, _: Columns) -> exp.Expr:
    return _call("ARRAYS_OVERLAP", node.this, node.expression)


def _split(node: exp.Expr, _: Columns) -> exp.Expr:
    if not isinstance(node.expression, exp.Literal):
        raise _refused("string_split by a column")
    # Spark splits by a pattern; the empty one parts whole characters, those of four bytes too.
    return _call("SPLIT", node.this, _text(re.escape(node.expression.name)))


def _bracket(node: exp.Expr, columns: Columns) -> exp.Expr:
    (index,) = node.expressions
    if _is_list(node.this, columns):
        return _call("GET", node.this, index)
    if not isinstance(node.this, exp.Identifier):
        raise _refused("a subscript of what is no list")
    # A pair that LIST_ZIP made: its fields are numbered from 0 (so is ``index`` by now).
    return exp.Bracket(this=node.this.copy(), expressions=[_text(index.name)])


def _like(node: exp.Expr, _: Columns) -> exp.Expr:
    return exp.Escape(this=node.copy(), expression=_text(_NO_ESCAPE))


def _subtraction(node: exp.Expr, columns: Columns) -> exp.Expr:
    kinds = [_kind(node.this.unnest(), columns), _kind(node.expression.unnest(), columns)]
    return _call("DATEDIFF", node.this, node.expression) if kinds == ["DATE", "DATE"] else node


def _date_text(node: exp.Expr, _: Columns) -> exp.Expr:
    if not _DATE_FORMAT.fullmatch(node.args["format"].name):
        raise _refused("strftime with such a format")
    return node


def _date_difference(node: exp.Expr, _: Columns) -> exp.Expr:
    if node.text("unit").upper() != "DAY":
        raise _refused("date_diff in other units than days")
    return _call("DATEDIFF", node.this, node.expression)


_BY_KIND: dict[type[exp.Expr], Callable[[Any, Columns], exp.Expr]] = {
    exp.Length: _length,
    exp.ArraySize: lambda node, _: _call("SIZE", node.this),
    exp.Contains: _contains,
    exp.ArrayOverlaps: _overlap,
    exp.Split: _split,
    exp.Bracket: _bracket,
    exp.Like: _like,
    exp.Sub: _subtraction,
    exp.TimeToStr: _date_text,
    exp.DateDiff: _date_difference,
    exp.Levenshtein: lambda node, _: _distance("LEVENSHTEIN", node.this, node.expression),
}


# --- what sqlglot does not know


def _bytes(text: exp.Expr) -> exp.Expr:
    """A text with one character for each byte of ``text``."""
    return _call("DECODE", _call("ENCODE", text, _text("UTF-8")), _text("ISO-8859-1"))


def _distance(name: str, a: exp.Expr, b: exp.Expr) -> exp.Expr:
    # A function from a jar need not give NULL for NULL.
    unknown = exp.Or(
        this=exp.Is(this=a.copy(), expression=exp.Null()),
        expression=exp.Is(this=b.copy(), expression=exp.Null()),
    )
    return exp.Case(ifs=[exp.If(this=unknown, true=exp.Null())], default=_call(name, _bytes(a), _bytes(b)))


def _hamming(a: exp.Expr, b: exp.Expr) -> exp.Expr:
    differ = _lambda(exp.NEQ(this=exp.to_identifier("p"), expression=exp.to_identifier("q")), "p", "q")
    apart = _call(
        "ZIP_WITH", _call("SPLIT", _bytes(a), _text("")), _call("SPLIT", _bytes(b), _text("")), differ
    )
    return _call("SIZE", _call("FILTER", apart, _lambda(exp.to_identifier("d"), "d")))


def _zip(a: exp.Expr, b: exp.Expr) -> exp.Expr:
    fields = (_text("0"), exp.to_identifier("p"), _text("1"), exp.to_identifier("q"))
    return _call("ZIP_WITH", a, b, _lambda(_call("NAMED_STRUCT", *fields), "p", "q"))


def _has_all(a: exp.Expr, b: exp.Expr) -> exp.Expr:
    lacking = _call("SIZE", _call("ARRAY_EXCEPT", b, a))
    return exp.Paren(this=exp.EQ(this=lacking, expression=exp.Literal.number(0)))


_BY_NAME: dict[str, Callable[..., exp.Expr]] = {
    "STRLEN": lambda text: _call("OCTET_LENGTH", text),
    "HAMMING": _hamming,
    "DAMERAU_LEVENSHTEIN": lambda a, b: _distance("DAMERAU_LEVENSHTEIN", a, b),
    "LIST_ZIP": _zip,
    "LIST_INTERSECT": lambda a, b: _call("ARRAY_INTERSECT", a, b),
    "LIST_HAS_ALL": _has_all,
}
