"""What a rule may say: expectations of Great Expectations that we use, and the words we add to them.

A phrase knows its arguments, which of them are limits (numbers, from policy) and which name columns of
the rule's own table, and a sentence in English and in Chinese that is filled in with the arguments.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from warehouse.intake.contract import Contract
from warehouse.months import Month

# Stands for the table under inspection in every query; Great Expectations puts the view in its place.
BATCH = "{batch}"
COLUMN_ARGUMENTS = frozenset(
    {
        "column",
        "columns",
        "earlier",
        "later",
        "total",
        "parts",
        "column_list",
        "other",
        "dated_by",
        "only",
        "by",
        "weight",
        "key",
        "sex",
        "birth",
        "without",
        "category",
        "level",
    }
)


# Column to the values of which a row must hold one, to be among those that a rule asks of.
Chosen = Mapping[str, Sequence[str]]


class NotAssessable(Exception):
    """A word cannot be asked here; the message says why (an absent feed, no month before)."""


@dataclass(frozen=True)
class Scene:
    """What a rule may look at besides its own table.

    ``table`` is the suite's table, ``month`` the month, ``views`` every table that is there this month,
    ``before`` those of the month before (a feed's last delivered one), ``contract`` the feed's contract (None for a
    mart), ``past`` the months of its history, the last one last, ``parameters`` those of policy in force.
    """

    table: str
    month: Month
    views: Mapping[str, str]
    before: Mapping[str, str]
    contract: Contract | None
    past: tuple[Month, ...] = ()
    parameters: tuple[str, ...] = ()

    def view(self, table: str) -> str:
        """The view of another table of this month; ``NotAssessable`` when it is absent."""
        if table not in self.views:
            raise NotAssessable(f"no {table} in {self.month}")
        return quoted_name(self.views[table])

    def view_before(self, table: str) -> str:
        """The view of a table of the month before; ``NotAssessable`` when there is none."""
        if table not in self.before:
            raise NotAssessable(f"no earlier month of {table} to compare with")
        return quoted_name(self.before[table])


@dataclass(frozen=True)
class Phrase:
    """One expectation or word: its arguments and its sentence (English, Chinese)."""

    name: str
    english: str
    chinese: str
    allowed: frozenset[str]
    needed: frozenset[str]
    limits: frozenset[str]
    build: Callable[..., str] | None = None

    @property
    def column_arguments(self) -> list[str]:
        """The arguments that name columns of the rule's own table."""
        return sorted(self.allowed & COLUMN_ARGUMENTS)

    def sentence(self, arguments: Mapping[str, Any], *, chinese: bool = False) -> str:
        """The sentence with the arguments filled in (lists joined, limits by value or by parameter name)."""
        shown = {name: _shown(value) for name, value in arguments.items()}
        return (self.chinese if chinese else self.english).format_map(_Filled({"mostly": "1", **shown}))


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} = {_shown(inner)}" for name, inner in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


class _Filled(dict[str, str]):
    """Arguments of a sentence; one that was not given shows as a dash."""

    def __missing__(self, key: str) -> str:
        return "–"


def expectation(name: str, english: str, chinese: str, *needed: str, limits: tuple[str, ...] = ()) -> Phrase:
    """An expectation of Great Expectations that suites may use. ``mostly`` is always an optional limit."""
    return Phrase(
        name,
        english,
        chinese,
        allowed=frozenset({*needed, *limits, "mostly"}),
        needed=frozenset(needed),
        limits=frozenset({*limits, "mostly"}),
    )


def word_of(build: Callable[..., str], english: str, chinese: str) -> Phrase:
    """A word from the function that writes its query.

    Its parameters after the scene are the arguments; keyword-only ones are limits.
    """
    parameters = list(inspect.signature(build).parameters.values())[1:]
    return Phrase(
        build.__name__,
        english,
        chinese,
        allowed=frozenset(p.name for p in parameters),
        needed=frozenset(p.name for p in parameters if p.default is inspect.Parameter.empty),
        limits=frozenset(p.name for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY),
        build=build,
    )


def quoted_name(name: str) -> str:
    """A column or view name in double quotes (several canonical names are SQL words: group, month, class)."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: object) -> str:
    """A text literal for a query: quotes and the braces of the batch marker doubled."""
    return "'" + str(text).replace("'", "''").replace("{", "{{").replace("}", "}}") + "'"


def one_of(column: str, values: Sequence[str]) -> str:
    """Whether a column holds one of these values."""
    return f"{quoted_name(column)} IN ({', '.join(literal(value) for value in values)})"


def chosen(only: Chosen | None) -> str:
    """Whether a row is one that a rule asks of; all are where none are named."""
    return " AND ".join(one_of(column, values) for column, values in (only or {}).items()) or "true"


def where(only: Chosen | None) -> str:
    """The clause that leaves the rows that a rule asks of; empty for all."""
    return f" WHERE {chosen(only)}" if only else ""


def delivered_value(column: str) -> str:
    """Whether the agency wrote anything in the cell, whatever we could make of it."""
    return f"coalesce(trim({quoted_name(column + '_raw')}), '') <> ''"


class Aggregate(str):
    """A query that only aggregates the batch: its parts stand beside the text, so that one scan can answer many.

    ``measured``, ``of_rows`` and ``is_broken`` are aggregates over the batch, with no other table beside it.
    """

    __slots__ = ("is_broken", "measured", "of_rows")

    measured: str
    of_rows: str
    is_broken: str

    @property
    def parts(self) -> dict[str, str]:
        """What the one row holds, by name."""
        return {"measured": self.measured, "of_rows": self.of_rows, "is_broken": self.is_broken}


class Measure(str):
    """A query with limits on it: the query that only measures stands beside the text, so that rules with other limits on
    the same measure ask it once. ``is_broken`` is SQL over ``measured``."""

    __slots__ = ("inner", "is_broken")

    inner: str
    is_broken: str


def over_batch(measured: str, of_rows: str, *, at_least: object = None, at_most: object = None) -> Aggregate:
    """A verdict on two aggregates over the batch (``share`` is the usual one)."""
    query = Aggregate(
        verdict_on(
            f"SELECT {measured} AS measured, {of_rows} AS of_rows FROM {BATCH}",
            at_least=at_least,
            at_most=at_most,
        )
    )
    query.measured, query.of_rows = f"round({measured}, 6)", of_rows
    query.is_broken = _broken(f"({measured})", at_least, at_most)
    return query


def share(good: str, *, among: str = "true", at_least: object = None, at_most: object = None) -> Aggregate:
    """One row (``measured``, ``of_rows``, ``is_broken``): the share of the rows ``among`` that are ``good``."""
    return over_batch(
        f"count(*) FILTER (WHERE ({among}) AND ({good})) / nullif(count(*) FILTER (WHERE {among}), 0)",
        f"count(*) FILTER (WHERE {among})",
        at_least=at_least,
        at_most=at_most,
    )


def verdict_on(query: str, *, at_least: object = None, at_most: object = None) -> Measure:
    """Put limits on a query of one row with ``measured`` and ``of_rows``; nothing measured breaks nothing."""
    # Great Expectations asks that a query names its batch; words that look beside the table name it here.
    beside = "" if BATCH in query else f" /* beside {BATCH} */"
    is_broken = _broken("measured", at_least, at_most)
    asked = Measure(
        f"SELECT round(measured, 6) AS measured, of_rows, {is_broken} AS is_broken FROM ({query}) AS asked{beside}"
    )
    asked.inner = f"SELECT measured, of_rows FROM ({query}) AS asked{beside}"
    asked.is_broken = is_broken
    return asked


def _broken(measured: str, at_least: object, at_most: object) -> str:
    tests = [f"{measured} < {at_least}"] if at_least is not None else []
    tests += [f"{measured} > {at_most}"] if at_most is not None else []
    return f"coalesce({' OR '.join(tests) or 'NULL::BOOLEAN'}, false)"
