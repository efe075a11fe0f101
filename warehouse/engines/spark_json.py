"""JSON as DuckDB writes it, in Spark's SQL: evidence is text, and the same finding must be the same text.

DuckDB keeps a decimal's zeros (``12.00``) in an object, but not in one within another and not in one that was patched.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from sqlglot import exp

from warehouse.engines.spark_words import call, number

# A number with zeros at its end, between a key and what follows it; the key's own quotation mark is not escaped.
_LONG_NUMBER = r'(?<=[^\\]":)(-?[0-9]+[.][0-9]+?)0+(?=[,}])'


def json_object(node: Any) -> exp.Expr:
    """A JSON object. DuckDB keeps a decimal's zeros in it, but not in an object that stands within another."""
    if not any(isinstance(pair.expression, exp.JSONObject) for pair in node.expressions):
        return _object(node.expressions)
    parts: list[exp.Expr] = []
    for is_within, pairs in groupby(
        node.expressions, lambda pair: isinstance(pair.expression, exp.JSONObject)
    ):
        if is_within:
            parts += [_between_braces(_shortened(_object([pair]))) for pair in pairs]
        else:
            parts.append(_between_braces(_object(list(pairs))))
    return call("CONCAT", "{", call("CONCAT_WS", ",", *parts), "}")


def _object(pairs: Sequence[Any]) -> exp.Expr:
    return call("TO_JSON", _fields(pairs), call("MAP", "ignoreNullFields", "false"))


def _fields(pairs: Sequence[Any]) -> exp.Expr:
    fields: list[exp.Expr] = []
    for pair in pairs:
        within = isinstance(pair.expression, exp.JSONObject)
        fields += [pair.this, _fields(pair.expression.expressions) if within else pair.expression]
    return call("NAMED_STRUCT", *fields)


def _between_braces(text: exp.Expr) -> exp.Expr:
    return call("REGEXP_EXTRACT", text, "(?s)^.(.*).$", number(1))


def _shortened(text: exp.Expr) -> exp.Expr:
    return call("REGEXP_REPLACE", text, _LONG_NUMBER, "$1")


def json_value(node: Any) -> exp.Expr:
    """``json_extract_string``: what stands at a path, as text."""
    path = node.expression
    text = path.sql(dialect="duckdb").strip("'") if isinstance(path, exp.JSONPath) else None
    return call("GET_JSON_OBJECT", node.this, text if text is not None else path)


def json_keys(node: Any) -> exp.Expr:
    """``json_keys``: the names in the object at a path."""
    return call("JSON_OBJECT_KEYS", json_value(node))


def json_patched(text: exp.Expr, patch: exp.Expr) -> exp.Expr:
    """``json_merge_patch`` with keys that the text has not yet; what is unknown in the patch is left out."""
    fields = call("TO_JSON", _fields(patch.expressions))
    longer = call(
        "CONCAT",
        call("LEFT", text, exp.Sub(this=call("LENGTH", text), expression=number(1))),
        ",",
        call("SUBSTR", fields, number(2)),
    )
    is_empty = exp.EQ(this=fields, expression=exp.Literal.string("{}"))
    return _shortened(exp.Case(ifs=[exp.If(this=is_empty, true=text.copy())], default=longer))
