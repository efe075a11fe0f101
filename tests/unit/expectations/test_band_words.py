"""Words that hold a mart against its own months, and what every warning must carry: counted by hand."""

from __future__ import annotations

import duckdb
import pytest

from expectations.bands import WORDS
from expectations.phrases import NotAssessable, Scene
from warehouse.months import Month

BY_NAME = {word.name: word for word in WORDS}
MART = "fct_warning_monthly"
SCENE = Scene(
    MART,
    Month(2026, 9),
    views={name: name for name in (MART, f"{MART}__past", "dim_person")},
    before={},
    contract=None,
    past=(Month(2026, 7), Month(2026, 8)),
    parameters=("known_line",),
)

# Now: C01 8, C02 40 (new), C03 none. July: C01 4, C03 20; August: C01 6, C03 10.
TABLES = """
CREATE TABLE fct_warning_monthly AS
  SELECT 'C01' AS rule_id, 'certain' AS grade, 1 AS n, 'k1' AS person_id, '{"rows":{"a":1},"files":["a/b"]}' AS evidence,
    'known_line@*:2020-01-01 (x, y)' AS policy_ref, '无' AS note FROM range(6)
  UNION ALL SELECT 'C01', 'review', 1, 'k2', '{"rows":{},"files":["a/b"]}', 'lost_line@*:2020-01-01; known_line@*:2020', '电话 13912345678' FROM range(2)
  UNION ALL SELECT 'C02', 'certain', 1, 'k3', '{half', '无参数', '证号632321200101051111。' FROM range(40);
CREATE TABLE fct_warning_monthly__past AS
  SELECT '2026-07' AS month, 'C01' AS rule_id, 'certain' AS grade, 1 AS n FROM range(4)
  UNION ALL SELECT '2026-07', 'C03', 'certain', 1 FROM range(20)
  UNION ALL SELECT '2026-08', 'C01', 'certain', 1 FROM range(6)
  UNION ALL SELECT '2026-08', 'C03', 'review', 1 FROM range(10);
CREATE TABLE dim_person AS SELECT * FROM (VALUES ('k1', DATE '2026-08-01', 2), ('k2', DATE '2026-08-01', 1), ('k3', DATE '2026-08-01', 3))
  AS t(person_id, died_on, death_sources);
"""

RATE = {"by": ["rule_id"], "column": "grade", "values": ["certain"], "weight": "n"}
# word, arguments, limits that hold, limits that break, measured, of.
CASES = [
    # C02 is 40 where no month had one; with a base of 10 that is fourfold. C03 fell from at least 10 to nought.
    ("groups_in_history", {"columns": ["rule_id"]}, {"limit": 4, "base": 10}, {"limit": 3.9, "base": 10}, 4, 48),
    ("groups_in_history", {"columns": ["rule_id"], "only": {"rule_id": ["C03"]}}, {"limit": 2, "base": 5}, {"limit": 1.9, "base": 5}, 2, 0),
    ("groups_in_history", {"columns": ["rule_id"], "only": {"rule_id": ["C01"]}}, {"limit": 1.4, "base": 1}, {"limit": 1.3, "base": 1}, 1.333333, 8),
    ("groups_in_history", {"columns": ["rule_id"], "weight": "n", "only": {"rule_id": ["C01"]}}, {"limit": 1.4, "base": 1}, None, 1.333333, 8),
    # C01 was always certain and is now in six of eight.
    ("rates_in_history", RATE, {"limit": 0.25, "base": 4}, {"limit": 0.2, "base": 4}, 0.25, 8),
    ("rates_reached", RATE, {"limit": 0.75, "base": 4}, {"limit": 0.8, "base": 4}, 0.75, 48),
    ("rates_reached", RATE, {"limit": 1, "base": 20}, None, 1, 40),
    ("json_filled", {"column": "evidence", "keys": ["rows", "files"]}, {"limit": 0.125}, {"limit": 0.2}, 0.125, 48),
    ("references_known", {"column": "policy_ref"}, {"limit": 0.5}, {"limit": 0.6}, 0.5, 2),
    ("free_of_personal_numbers", {"columns": ["note", "grade"]}, {"limit": 0.125}, {"limit": 0.2}, 0.125, 48),
    ("sure_dead_are_warned", {"column": "person_id", "rules": ["C02"]}, {"limit": 0.5, "sources": 2}, {"limit": 0.6, "sources": 2}, 0.5, 2),
    ("sure_dead_are_warned", {"column": "person_id", "rules": ["C02"]}, {"limit": 1, "sources": 3}, None, 1, 1),
]  # fmt: skip


@pytest.fixture(scope="module")
def con():
    with duckdb.connect() as con:
        con.execute(TABLES)
        yield con


@pytest.mark.parametrize(("word", "arguments", "holds", "breaks", "measured", "of"), CASES)
def test_a_word_measures_and_breaks_at_its_limit(con, word, arguments, holds, breaks, measured, of):
    def asked(limits):
        numbers = {name: str(number) for name, number in limits.items()}
        return con.execute(BY_NAME[word].build(SCENE, **arguments, **numbers).format(batch=MART)).fetchone()

    assert asked(holds) == (measured, of, False)
    if breaks is not None:
        assert asked(breaks)[2] is True


def test_every_word_has_a_case():
    assert {case[0] for case in CASES} == set(BY_NAME)


def test_a_first_month_has_no_band():
    first = Scene(MART, Month(2026, 9), {MART: MART}, {}, None)
    with pytest.raises(NotAssessable, match=f"no earlier month of {MART}"):
        BY_NAME["groups_in_history"].build(first, columns=["rule_id"], limit="2", base="1")
