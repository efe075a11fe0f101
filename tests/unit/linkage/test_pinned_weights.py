"""What a link weighs, in bits: two people the same but for one thing, through the scoring that linking uses.

The bits of every level stand in ``pinned_weights.csv``. A retrained model changes them, and nobody should
notice that by accident: make the table anew with one command and read its difference before committing it.
"""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

import duckdb
import pytest

from linkage.match import model_in_force
from linkage.model.definition import COMPARISONS
from linkage.model.weights import PRIOR, as_csv, weights_of
from tests.unit.linkage.made_pairs import CASES, NAME_SHARE, Case, a_node, scored, write_nodes

PINNED = Path(__file__).with_name("pinned_weights.csv")
AGAIN = "retrained? run: doudi weights --out tests/unit/linkage/pinned_weights.csv, and read the difference"


def _pinned() -> dict[tuple[str, str], dict[str, str]]:
    with PINNED.open(encoding="utf-8", newline="") as lines:
        return {(line["comparison"], line["level"]): line for line in csv.DictReader(lines)}


@pytest.fixture(scope="module")
def edges() -> dict[str, dict[str, Any]]:
    """Every case, scored at once by the model in force: the case's name to its edge."""
    with duckdb.connect() as con:
        nodes = [
            a_node(f"{number:03d}{side}", **fields)
            for number, case in enumerate(CASES)
            for side, fields in (("l", case.left), ("r", case.right))
        ]
        write_nodes(con, nodes)
        pairs = [(f"{number:03d}l", f"{number:03d}r") for number in range(len(CASES))]
        found = {edge["seeker"]: edge for edge in scored(con, model_in_force(), pairs)}
    return {case.name: found[f"{number:03d}l"] for number, case in enumerate(CASES)}


def test_the_pinned_table_is_the_model_in_force() -> None:
    model = weights_of(json.loads(model_in_force().read_text(encoding="utf-8")))
    assert PINNED.read_text(encoding="utf-8") == as_csv(model), AGAIN


def test_the_model_in_force_has_the_levels_of_the_definition() -> None:
    model = weights_of(json.loads(model_in_force().read_text(encoding="utf-8")))
    defined = {(comparison.name, level.name) for comparison in COMPARISONS for level in comparison.levels}
    assert {(one.comparison, one.level) for one in model.levels} == defined, (
        "the definition changed: train anew"
    )


def test_every_level_has_a_case() -> None:
    shown = {pair for case in CASES for pair in case.all_levels.items()}
    assert {(c.name, level.name) for c in COMPARISONS for level in c.levels} - shown == set()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_two_people_the_same_but_for(case: Case, edges: dict[str, dict[str, Any]]) -> None:
    edge, pinned = edges[case.name], _pinned()
    stood = {c.name: c.level_of(edge[c.name]) for c in COMPARISONS if edge[c.name] >= 0}
    assert stood == case.all_levels
    assert edge["match_weight"] == pytest.approx(
        float(pinned[PRIOR, ""]["bits"]) + sum(_bits(pinned[pair]) for pair in case.all_levels.items()),
        abs=0.01,
    )


def _bits(line: dict[str, str]) -> float:
    """A level's weight; where a name's own frequency counts, that frequency stands for u."""
    return math.log2(float(line["m"]) / NAME_SHARE) if line["by_term"] == "yes" else float(line["bits"])


@pytest.mark.parametrize(
    ("better", "worse", "least_bits"),
    [
        ("the same id", "a wrong digit", 5),
        ("a wrong digit", "area and birth of the id", 5),
        ("a wrong digit", "another id", 5),
        ("the same in all", "a homophone", 2),
        ("a homophone", "another character", 2),
        ("another character", "another name", 5),
        ("the same in all", "another birth date", 10),
        ("the same in all", "the other sex", 3),
        ("the same in all", "another township", 5),
    ],
)
def test_what_must_hold_of_any_model(
    better: str, worse: str, least_bits: float, edges: dict[str, dict[str, Any]]
) -> None:
    assert edges[better]["match_weight"] - edges[worse]["match_weight"] >= least_bits
