"""Nobody is dead for certain on one source: counted by the warning's own evidence and by what is known of the person."""

from __future__ import annotations

import duckdb
import pytest

from expectations.phrases import BATCH, Scene
from expectations.suite import find
from expectations.vocabulary import WORDS
from warehouse.months import Month

SCENE = Scene(
    "fct_warning_monthly", Month(2026, 9), views={"dim_person": "dim_person"}, before={}, contract=None
)
TWO, ONE = '{"death_sources": ["cremation", "death"]}', '{"death_sources": ["death"]}'


@pytest.mark.parametrize(
    ("rule", "grade", "evidence", "person", "measured"),
    [
        ("D01", "确认", TWO, "two", 2),
        ("D02", "确认", TWO, "two", 2),
        ("D01", "确认", ONE, "two", 1),
        ("D01", "确认", TWO, "one", 1),
        ("D01", "确认", TWO, "nobody", 0),
        ("D01", "确认", '{"months": 2}', "two", 0),
        ("D01", "确认", "{half", "two", 0),
        ("D01", "疑似", ONE, "one", None),
        ("Q01", "确认", "{}", "one", None),
    ],
)
def test_a_certain_death_rests_on_two_sources(rule, grade, evidence, person, measured):
    _, asked = find("E-fct_warning_monthly-17")
    assert asked.absolute
    assert asked.severity == "stop"
    con = duckdb.connect()
    con.execute(
        "CREATE TABLE dim_person AS SELECT * FROM (VALUES ('one', 1), ('two', 2)) AS t(person_id, death_sources)"
    )
    con.execute("CREATE TABLE warned (rule_id VARCHAR, grade VARCHAR, evidence VARCHAR, person_id VARCHAR)")
    con.execute(
        "INSERT INTO warned VALUES ($1, $2, $3, $4), ('D01', '确认', $5, 'two')",
        [rule, grade, evidence, person, TWO],
    )
    query = WORDS["certain_on_sources"].build(SCENE, **asked.args, limit="2").replace(BATCH, "warned")
    found, of, is_broken = con.execute(query).fetchone()
    con.close()
    assert (found, of) == ((2, 1) if measured is None else (measured, 2))
    assert is_broken == (found < 2)
