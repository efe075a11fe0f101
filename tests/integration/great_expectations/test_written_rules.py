"""Rules from a folder beside ours, asked of a month: core expectations and queries, and what they may not read."""

from __future__ import annotations

import pytest

from expectations.engine import Question, examine
from expectations.phrases import Scene
from expectations.written import UNUSABLE, _core, query_phrase
from warehouse.errors import Misconfigured
from warehouse.months import Month

AUGUST = Month(2026, 8)

# Arguments for the expectations that need more than a column, so that each one can be asked of the table below.
ARGUMENTS = {
    "column_A": "n", "column_B": "n", "column_list": ["n", "m"], "column_set": ["n"], "value_set": ["a", "b", "c"],
    "value_pairs_set": [("a", "a")], "value": 3, "type_": "INTEGER", "type_list": ["INTEGER"], "like_pattern": "%a%",
    "like_pattern_list": ["%a%"], "threshold": 3, "double_sided": True, "sum_total": 3, "quantile_ranges":
    {"quantiles": [0.5], "value_ranges": [[1, 3]]}, "other_table_name": "t",
}  # fmt: skip
ON_WORDS = ("like", "length", "set", "most_common")


@pytest.fixture
def table(lake):
    import duckdb

    path = lake.home / "t.parquet"
    lake.home.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as con:
        con.execute(f"COPY (SELECT n, n AS m, 'a' AS w FROM range(1, 4) AS r(n)) TO '{path}'")
    return {"t": (path,)}


def _question(rule, **said):
    return Question(id=rule, table="t", severity="warn", sentence="", **said)


def test_every_core_expectation_that_a_suite_may_name_can_be_asked_of_duckdb(lake, table):
    questions = []
    for name, (allowed, needed, _) in sorted(_core().items()):
        if name in UNUSABLE:
            continue
        column = "w" if any(part in name for part in ON_WORDS) else "n"
        wanted = needed | ({"min_value", "column_list", "column_set", "type_list"} & allowed)
        given = {**ARGUMENTS, "column": column, "min_value": 1}
        questions.append(
            _question(f"E-x-{name}", expectation=name, arguments={key: given[key] for key in wanted})
        )
    found = examine(questions, views=table, home=lake.home, month=AUGUST)
    assert set(found.answers) == {question.id for question in questions}


def test_a_query_measures_and_one_that_does_not_fit_is_named(lake, table):
    scene = Scene("t", AUGUST, {"t": "t"}, {}, None)

    def asked(text):
        query = query_phrase(text, ("at_most",), {}, "").build(scene, at_most="0.5")
        found = examine(
            [_question("E-x-t-01", query=query, is_written=True)], views=table, home=lake.home, month=AUGUST
        )
        return found.answers["E-x-t-01"]

    answer = asked("SELECT count(*) FILTER (n > 1) / count(*) AS measured, count(*) AS of_rows FROM {batch}")
    assert (round(answer.measured, 3), answer.of, answer.success) == (0.667, 3, False)
    with pytest.raises(Misconfigured, match=r"E-x-t-01 cannot be asked of t: .*nothing"):
        asked("SELECT count(nothing) AS measured, count(*) AS of_rows FROM {batch}")
    with pytest.raises(Misconfigured, match="measured is no number"):
        asked("SELECT max(w) AS measured, count(*) AS of_rows FROM {batch}")


def test_what_a_column_holds_does_not_come_out(lake, table):
    set_of = _question(
        "E-x-t-02",
        expectation="expect_column_distinct_values_to_be_in_set",
        arguments={"column": "w", "value_set": ["b"]},
    )
    found = examine([set_of], views=table, home=lake.home, month=AUGUST)
    assert found.answers["E-x-t-02"].measured == 0.0
    assert "'a'" not in str(found.results["t"].results[0].result)
