"""The model's levels in Spark's words: what is rewritten, and what is refused. That both engines agree is
tested on Spark itself (tests/integration/spark)."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlglot

from linkage.match import model_in_force
from linkage.model.definition import COMPARISONS
from linkage.model.dialect import model_for_spark, to_spark
from linkage.nodes import NODE_COLUMNS
from warehouse.errors import Misconfigured

LEVELS = [
    pytest.param(sql, id=f"{comparison.name} {name}")
    for comparison in COMPARISONS
    for name, sql in [
        ("missing", comparison.missing),
        *((level.name, level.sql) for level in comparison.levels),
    ]
    if sql is not None
]


@pytest.mark.parametrize("sql", LEVELS)
def test_every_level_has_its_words_on_spark(sql: str) -> None:
    said = to_spark(sql, NODE_COLUMNS)
    # Splink reads and writes it once more.
    assert sqlglot.transpile(said, read="spark", write="spark")
    assert columns(said, "spark") == columns(sql, "duckdb")


def columns(sql: str, dialect: str) -> set[str]:
    found = sqlglot.parse_one(sql, read=dialect).find_all(sqlglot.exp.Column)
    return {
        column.name
        for column in found
        if column.name in {f"{name}_{side}" for name in NODE_COLUMNS for side in "lr"}
    }


@pytest.mark.parametrize(
    ("duckdb_sql", "spark_sql"),
    [
        ("list_has_any(names_l, names_r)", "ARRAYS_OVERLAP(names_l, names_r)"),
        ("len(villages_l) = 0", "SIZE(villages_l) = 0"),
        ("length(name_l) = 2", "LENGTH(name_l) = 2"),
        ("contains(name_l, '?')", "CONTAINS(name_l, '?')"),
        ("contains(names_l, '?')", "ARRAY_CONTAINS(names_l, '?')"),
        ("strlen(id_seen_l) = 18", "OCTET_LENGTH(id_seen_l) = 18"),
        ("string_split(name_l, '') = x_l", "SPLIT(name_l, '') = x_l"),
        ("birth_l - birth_r > 3", "DATEDIFF(birth_l, birth_r) > 3"),
        ("rank_l - rank_r > 3", "rank_l - rank_r > 3"),
        ("abs(date_diff('day', birth_l, birth_r)) > 3", "ABS(DATEDIFF(birth_r, birth_l)) > 3"),
        ("len(list_intersect(names_l, names_r)) = 1", "SIZE(ARRAY_INTERSECT(names_l, names_r)) = 1"),
        ("names_l[1] = name_r", "GET(names_l, 0) = name_r"),
        ("list_has_all(names_l, names_r)", "(SIZE(ARRAY_EXCEPT(names_r, names_l)) = 0)"),
    ],
)
def test_what_means_something_else_is_rewritten(duckdb_sql: str, spark_sql: str) -> None:
    assert to_spark(duckdb_sql, NODE_COLUMNS) == spark_sql


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("jaro_winkler_similarity(name_l, name_r) > 0.9", "JARO_WINKLER_SIMILARITY"),
        ("list_aggregate(names_l, 'max') = name_r", "LIST_AGGREGATE"),
        ("name_level(name_l, name_r) > 3", "NAME_LEVEL"),
        ("regexp_matches(name_l, '^x')", "REGEXP_MATCHES"),
        ("strftime(birth_l, '%A') = 'x'", "STRFTIME"),
        ("string_split(name_l, name_r) = names_l", "STRING_SPLIT BY A COLUMN"),
        ("date_diff('month', birth_l, birth_r) = 0", "DATE_DIFF IN OTHER UNITS"),
    ],
)
def test_what_nobody_has_checked_is_refused_by_name(sql: str, named: str) -> None:
    with pytest.raises(Misconfigured, match=named):
        to_spark(sql, NODE_COLUMNS)


def test_the_model_in_force_goes_over_with_its_weights() -> None:
    model: dict[str, Any] = json.loads(model_in_force().read_text(encoding="utf-8"))
    there = model_for_spark(model, NODE_COLUMNS)
    assert there["sql_dialect"] == "spark" and model["sql_dialect"] == "duckdb"
    for ours, theirs in zip(model["comparisons"], there["comparisons"], strict=True):
        for level, other in zip(ours["comparison_levels"], theirs["comparison_levels"], strict=True):
            without = {key: value for key, value in level.items() if key != "sql_condition"}
            assert without == {key: value for key, value in other.items() if key != "sql_condition"}
