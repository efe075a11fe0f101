"""One model, two engines: the same levels and the same weights on DuckDB and on Spark.

The table is every pair among made-up people who differ in one thing each, and some who are odd on purpose. It
runs in Spark's own environment (``make spark``) and is skipped with a word where that is absent.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from linkage.match import model_in_force
from linkage.model.definition import COMPARISONS
from tests.unit.linkage.made_pairs import CASES, HER_ID, a_node, scored, write_nodes

LEAST_PAIRS = 500

# What is written otherwise than anybody would expect: the engines must agree on these as well.
ODD: tuple[dict[str, Any], ...] = (
    {"name": "𬱖"},
    {"name": "??"},
    {"name": "𠮷田𬱖兰", "pinyins": []},
    {"name": "𠮷田?兰"},
    {"name": "扎西·多杰"},
    {"name": "Tashi Dorje"},
    {"name": "王"},
    {"name": "e\u0301"},
    {"name": "é"},
    {"name": None, "birth": None, "birth_precision": None, "sex": None, "townships": [], "villages": [], "phones": []},
    # An id with a character of three bytes: eighteen bytes in all, and eighteen characters in all.
    {"damaged": ("invalid", HER_ID[:15] + "兰")},
    {"damaged": ("invalid", HER_ID[:17] + "兰")},
    {"damaged": ("invalid", HER_ID[:16] + "é")},
    # One character apart, and two bytes.
    {"damaged": ("invalid", HER_ID[:16] + "é" + HER_ID[17:])},
    {"damaged": ("invalid", "")},
    {"damaged": ("invalid", None)},
    {"damaged": ("masked", HER_ID[:6] + "%_\\**", HER_ID[:6])},
    {"damaged": ("masked", "6*", "6")},
    {"damaged": ("several", f"{HER_ID}、{HER_ID}")},
    {"birth": "2000-02-29"},
    {"birth": "1900-01-01", "birth_precision": "month"},
    {"villages": ["兰采村", "保安村"], "phones": ["13700000001", "13700000002"], "names": ["王秀兰", "王?兰"]},
)  # fmt: skip


@pytest.fixture(scope="module")
def engines(
    tmp_path_factory: pytest.TempPathFactory, on_spark_environment: Callable[..., str]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The same pairs as DuckDB and as Spark score them."""
    folder = tmp_path_factory.mktemp("spark")
    fields = [side for case in CASES for side in (case.left, case.right)]
    distinct = {repr(sorted(one.items())): one for one in (*fields, *ODD)}
    # Who agrees with another in what he differs in needs that other.
    twins = [case.right for case in CASES if case.left and case.left == case.right]
    nodes = [a_node(f"n{number:03d}", **one) for number, one in enumerate((*distinct.values(), *twins))]
    pairs = list(itertools.combinations([node["node"] for node in nodes], 2))
    with duckdb.connect() as con:
        write_nodes(con, nodes)
        on_duckdb = scored(con, model_in_force(), pairs)
        con.execute(f"COPY nodes TO '{folder}/nodes.parquet' (FORMAT parquet)")
        con.execute(f"COPY terms TO '{folder}/terms.parquet' (FORMAT parquet)")
        con.execute(
            f"COPY (SELECT seeker, target FROM candidates) TO '{folder}/pairs.parquet' (FORMAT parquet)"
        )
        on_spark_environment(str(Path(__file__).with_name("score_on_spark.py")), str(folder))
        found = con.execute(f"FROM read_parquet('{folder}/edges.parquet') ORDER BY seeker, target")
        names = [column[0] for column in found.description or []]
        on_spark = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return on_duckdb, on_spark


def test_every_pair_stands_at_the_same_levels(engines: tuple[list[dict[str, Any]], ...]) -> None:
    on_duckdb, on_spark = engines
    assert len(on_duckdb) == len(on_spark) >= LEAST_PAIRS
    apart = [
        (ours["seeker"], ours["target"], comparison.name, ours[comparison.name], theirs[comparison.name])
        for ours, theirs in zip(on_duckdb, on_spark, strict=True)
        for comparison in COMPARISONS
        if (ours["seeker"], ours["target"], ours[comparison.name])
        != (theirs["seeker"], theirs["target"], theirs[comparison.name])
    ]
    assert apart == []


def test_every_pair_weighs_the_same(engines: tuple[list[dict[str, Any]], ...]) -> None:
    for ours, theirs in zip(*engines, strict=True):
        assert theirs["match_weight"] == pytest.approx(ours["match_weight"], abs=1e-9)


def test_the_table_stands_at_every_level(engines: tuple[list[dict[str, Any]], ...]) -> None:
    stood = {(comparison.name, edge[comparison.name]) for edge in engines[0] for comparison in COMPARISONS}
    wanted = {(c.name, gamma) for c in COMPARISONS for gamma in range(-1, len(c.levels))}
    assert wanted - stood == set()
