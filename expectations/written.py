"""Rules written in YAML alone: any expectation of Great Expectations, and queries of one's own.

A ``query`` is one SELECT over ``{batch}`` (the suite's table) and the tables it names; it gives one row, ``measured`` and
``of_rows``, both numbers. Limits and other numbers are policy: ``at_least`` and ``at_most`` are put on the measure, every
other argument stands in the query as ``{name}``. ``{table}`` is another table of the month, ``{table__before}`` the
same of the month before. What a query may not do is said when the suite is read, before any row is looked at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import duckdb

from expectations.phrases import BATCH, Phrase, Scene, verdict_on

LIMITS = ("at_least", "at_most")
_PLACE = re.compile(r"\{([a-z_0-9]+)\}")
_BEFORE = "__before"
# Tables that a query may make by itself; every other table function reads a file or the engine's own state.
_HARMLESS = frozenset({"unnest", "range", "generate_series"})
# Great Expectations has no patterns, parsers or windows for DuckDB; a divergence wants a histogram, a comparison looks elsewhere.
UNUSABLE = frozenset(
    {
        "expect_column_kl_divergence_to_be_less_than",
        "expect_column_pair_values_to_be_in_set",
        "expect_column_quantile_values_to_be_between",
        "expect_column_values_to_be_dateutil_parseable",
        "expect_column_values_to_be_decreasing",
        "expect_column_values_to_be_increasing",
        "expect_column_values_to_be_json_parseable",
        "expect_column_values_to_match_json_schema",
        "expect_column_values_to_match_like_pattern",
        "expect_column_values_to_match_like_pattern_list",
        "expect_column_values_to_match_regex",
        "expect_column_values_to_match_regex_list",
        "expect_column_values_to_match_strftime_format",
        "expect_column_values_to_not_be_outliers",
        "expect_column_values_to_not_match_like_pattern",
        "expect_column_values_to_not_match_like_pattern_list",
        "expect_column_values_to_not_match_regex",
        "expect_column_values_to_not_match_regex_list",
        "expect_query_results_to_match_comparison",
        "expect_table_row_count_to_equal_other_table",
    }
)
_COLUMNS = frozenset({"column", "column_A", "column_B", "column_list", "column_set"})


def core_expectation(name: str, sentence: Mapping[str, str], words: str) -> Phrase:
    """What an expectation of Great Expectations takes, asked of its own class; ``ValueError`` says what is wrong."""
    found = _core().get(name)
    if found is None:
        raise ValueError(f"'{name}' is no expectation of Great Expectations")
    if name in UNUSABLE:
        raise ValueError(f"'{name}' cannot be asked of DuckDB: write a query or use a word of the vocabulary")
    allowed, needed, told = found
    return Phrase(
        name,
        sentence.get("en", told),
        sentence.get("zh", words),
        allowed=allowed,
        needed=needed,
        limits=frozenset({"mostly"} & allowed),
    )


def columns_of(arguments: Mapping[str, Any]) -> list[str]:
    """The columns that an expectation's arguments name."""
    found: list[str] = []
    for name in sorted(_COLUMNS & set(arguments)):
        value = arguments[name]
        found += [value] if isinstance(value, str) else list(value)
    return found


def query_phrase(query: str, arguments: Sequence[str], sentence: Mapping[str, str], words: str) -> Phrase:
    """A query as a word: its limits from policy, its sentence from the suite; ``ValueError`` says what is wrong."""
    if not set(LIMITS) & set(arguments):
        raise ValueError("a query needs a limit from policy: at_least, at_most or both")
    numbers = frozenset(arguments) - set(LIMITS)
    _check(query, numbers)
    return Phrase(
        "query",
        sentence.get("en", "a query of its own is within {at_least} .. {at_most}"),
        sentence.get("zh", words),
        allowed=frozenset(arguments),
        needed=frozenset(),
        limits=frozenset(arguments),
        build=_builder(query, numbers),
    )


def _builder(query: str, numbers: frozenset[str]) -> Callable[..., str]:
    def build(scene: Scene, at_least: str | None = None, at_most: str | None = None, **given: str) -> str:
        def put(place: str) -> str:
            if place == "batch":
                return BATCH
            if place in numbers:
                return given[place]
            if place.endswith(_BEFORE):
                return scene.view_before(place.removesuffix(_BEFORE))
            return scene.view(place)

        return verdict_on(_filled(query, put), at_least=at_least, at_most=at_most)

    return build


def _filled(query: str, put: Callable[[str], str]) -> str:
    """The query with its places filled; braces that are no place are doubled for Great Expectations."""
    parts = _PLACE.split(query.strip().rstrip(";"))
    return "".join(
        put(part) if is_place else part.replace("{", "{{").replace("}", "}}")
        for part, is_place in zip(parts, (n % 2 for n in range(len(parts))), strict=True)
    )


@cache
def _check(query: str, numbers: frozenset[str]) -> None:
    """One SELECT that reads only the tables it names by place, and uses every number it is given."""
    places = {match.group(1) for match in _PLACE.finditer(query)}
    if "batch" not in places:
        raise ValueError("the query does not read {batch}")
    idle = sorted(numbers - places)
    if idle:
        raise ValueError(f"the query does not use {', '.join(idle)}")
    tables = places - numbers
    tree = _tree(_PLACE.sub(lambda at: "1" if at.group(1) in numbers else f'"{at.group(1)}"', query))
    own = {name.lower() for node in _nodes(tree) for name in _named_here(node)}
    for node in _nodes(tree):
        kind = node.get("type")
        if kind == "BASE_TABLE" and (
            node.get("schema_name") or node["table_name"].lower() not in tables | own
        ):
            raise ValueError(f"the query reads '{node['table_name']}': name a table as {{table}}")
        if kind == "TABLE_FUNCTION" and node["function"].get("function_name") not in _HARMLESS:
            raise ValueError(
                f"the query calls '{node['function'].get('function_name')}': it may read tables only"
            )
    gives = tree["statements"][0]["node"].get("select_list", [])
    names = [item.get("alias") or (item.get("column_names") or [""])[-1] for item in gives]
    if sorted(names) != ["measured", "of_rows"]:
        raise ValueError("the query must give exactly measured and of_rows")


def _tree(text: str) -> Any:
    """DuckDB's own reading of the query; nothing is run."""
    with duckdb.connect() as con:
        read = con.execute("SELECT json_serialize_sql(?)", [text]).fetchall()[0][0]
    tree = json.loads(read)
    if tree.get("error"):
        raise ValueError(f"the query cannot be read: {tree.get('error_message', '').splitlines()[0]}")
    if len(tree["statements"]) != 1:
        raise ValueError("the query is more than one statement")
    return tree


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        yield tree
        for inner in tree.values():
            yield from _nodes(inner)
    elif isinstance(tree, list):
        for inner in tree:
            yield from _nodes(inner)


def _named_here(node: Mapping[str, Any]) -> list[str]:
    """Names of the common table expressions of a node."""
    named = node.get("cte_map")
    return [entry["key"] for entry in named.get("map", [])] if isinstance(named, dict) else []


@cache
def _core() -> dict[str, tuple[frozenset[str], frozenset[str], str]]:
    """By name what each expectation takes, needs and asks. Great Expectations takes seconds to import: only a suite
    that names one beyond the usual pays for it."""
    import great_expectations.expectations as gxe
    from great_expectations.expectations.expectation import Expectation

    common = set(Expectation.__fields__) | {
        "batch_id",
        "row_condition",
        "condition_parser",
        "library_metadata",
    }
    found = {}
    for name in dir(gxe):
        kind = getattr(gxe, name)
        if name.startswith("Expect") and issubclass(kind, Expectation) and kind is not Expectation:
            fields = {field: known for field, known in kind.__fields__.items() if field not in common}
            needed = frozenset(field for field, known in fields.items() if known.required)
            told = str(kind.__doc__ or name).strip().splitlines()[0]
            if kind.expectation_type:
                found[kind.expectation_type] = (frozenset(fields), needed, told)
    return found
