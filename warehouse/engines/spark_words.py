"""Small words of Spark's SQL, for those that write it as trees."""

from __future__ import annotations

from sqlglot import exp


def call(name: str, *arguments: exp.Expr | str) -> exp.Expr:
    """A function of Spark's with these arguments; a text is a literal."""
    given = [exp.Literal.string(one) if isinstance(one, str) else one.copy() for one in arguments]
    return exp.Anonymous(this=name, expressions=given)


def number(value: int) -> exp.Expr:
    """A whole number as a literal."""
    return exp.Literal.number(value)


def function(body: exp.Expr, *names: str) -> exp.Expr:
    """A lambda."""
    return exp.Lambda(this=body, expressions=[exp.to_identifier(name) for name in names])
