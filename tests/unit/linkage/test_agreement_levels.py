"""How far names agree, in characters; groups; the model in force; training."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from linkage import agreement, rules
from linkage.cluster import components
from linkage.match import model_in_force, quiet_splink
from linkage.model.definition import COMPARISONS, ID, NAME
from linkage.train import train
from tests.unit.linkage.made_village import describe, id_number
from warehouse.errors import Misconfigured
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    agreement.define_agreement(connection)
    yield connection
    connection.close()


LEVELS = [
    ("扎西", "扎西", None, None, agreement.EQUAL),
    ("次仁", "才让", "才让", "才让", agreement.FAMILY),
    ("张伟", "张维", None, None, agreement.PINYIN),
    ("张伟", "张?", None, None, agreement.WILDCARD),
    ("王小明", "王小刚", None, None, agreement.ONE_CHARACTER),
    ("𠮷田", "吉田", None, None, agreement.ONE_CHARACTER),
    ("扎西卓玛", "扎西", None, None, agreement.SHORTENED),
    ("※扎西", "扎西", None, None, agreement.DIFFERENT),
    ("王小明", "李建国", None, None, agreement.DIFFERENT),
]


@pytest.mark.parametrize(("a", "b", "family_a", "family_b", "level"), LEVELS)
def test_names_agree_by_characters_and_either_way_round(
    con: duckdb.DuckDBPyConnection, a: str, b: str, family_a: str | None, family_b: str | None, level: int
) -> None:
    sound = {"张伟": "zhang wei", "张维": "zhang wei"}
    query = "SELECT name_level(?, ?, ?, ?, ?, ?)"
    there = con.execute(query, [a, family_a, sound.get(a, a), b, family_b, sound.get(b, b)]).fetchone()
    back = con.execute(query, [b, family_b, sound.get(b, b), a, family_a, sound.get(a, a)]).fetchone()
    assert there == back == (level,)


def test_a_slip_in_a_birth_date_is_not_another_person(con: duckdb.DuckDBPyConnection) -> None:
    query = "SELECT births_far(DATE '1980-03-04', CAST(? AS DATE))"
    cases = {"1980-04-03": False, "1990-03-04": False, "1981-12-30": False, "2010-07-10": True}
    for other, expected in cases.items():
        assert con.execute(query, [other]).fetchone() == (expected,)


def test_long_chain_is_one_group_and_strangers_stay_out(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "CREATE TABLE e AS SELECT i AS left_node, i + 1 AS right_node FROM range(100) t(i) UNION ALL SELECT 900, 901"
    )
    components(con, "e", "found")
    assert con.execute("SELECT root, count(*) FROM found GROUP BY root ORDER BY root").fetchall() == [
        (0, 101),
        (900, 2),
    ]


def test_every_rule_has_its_own_sentence() -> None:
    sentences = [rule.sentence for rule in rules.RULES.values()]
    assert len(set(sentences)) == len(sentences) == len(rules.RULES)


def _weights(model: Path) -> dict[tuple[str, str], float]:
    told = json.loads(model.read_text(encoding="utf-8"))
    return {
        (comparison["output_column_name"], level["label_for_charts"]): math.log2(
            level["m_probability"] / level["u_probability"]
        )
        for comparison in told["comparisons"]
        for level in comparison["comparison_levels"][1:]
    }


def test_model_in_force_holds_the_weights_that_must_not_be_learnt() -> None:
    weights = _weights(model_in_force())
    assert weights["id", "equal"] == pytest.approx(29.8, abs=0.1)
    assert weights["id", "other_order_number"] < -5
    assert weights["name", "different"] < -9
    # An age is a hint, a house is much, and a move or another word for the village is no great thing.
    assert weights["birth", "year_told"] == pytest.approx(4.7, abs=0.1)
    assert weights["birth", "year_told_other"] == pytest.approx(-4.3, abs=0.1)
    assert weights["place", "same_township"] == pytest.approx(-2.6, abs=0.1)
    assert weights["place", "same_home"] > weights["place", "same_village"] + 4
    assert weights["name", "equal"] > weights["name", "one_character"]
    assert set(weights) == {(c.name, level.name) for c in COMPARISONS for level in c.levels}


def test_levels_and_their_numbers_are_inverse() -> None:
    assert NAME.level_of(NAME.gamma("family")) == "family"
    assert ID.level_of(-1) == "missing"
    assert ID.gamma("different") == 0


def test_no_model_is_a_matter_for_a_person(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="no trained model"):
        model_in_force(tmp_path)


def test_splink_says_nothing_while_it_holds_values() -> None:
    with quiet_splink():
        assert logging.getLogger("splink").disabled
    assert not logging.getLogger("splink").disabled


def test_training_writes_a_dated_model_and_its_card_twice_the_same(
    lake: Lake, policy: Policy, write_month: Callable[..., None], tmp_path: Path
) -> None:
    names = ["扎西多杰", "才让卓玛", "王秀英", "李明", "多杰", "桑杰", "旦增", "马金云"]
    people = []
    for at in range(40):
        number, name = id_number(f"19{60 + at % 40}0{1 + at % 9}12", 11 + at), names[at % len(names)]
        village = f"村{at % 5}"
        people.append(
            describe("medical_enrolment", name, id=number, agency_key=f"psn_no:{at}", village=village)
        )
        people.append(
            describe(
                "assistance_roster", name, id=number, household_key=f"case_no:{at // 3}", village=village
            )
        )
    write_month(lake, "2026-08", people)
    small = replace(policy.line("model_train_pairs_min"), value="40")
    policy = replace(policy, lines={**policy.lines, "model_train_pairs_min": small})
    written = [
        train(lake, Month(2026, 8), tmp_path / out, policy=policy, on=date(2026, 11, 1)) for out in ("a", "b")
    ]
    assert written[0].name == "2026-11-01.json"
    assert written[0].read_bytes() == written[1].read_bytes()
    card = written[0].with_suffix(".card.md").read_text(encoding="utf-8")
    assert "80 descriptions of 40 people" in card
    assert not any(name in card or name in written[0].read_text(encoding="utf-8") for name in names)
