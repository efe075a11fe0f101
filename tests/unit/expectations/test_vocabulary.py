"""Each word on a table small enough to count by hand: what it measures, and on which side of the limit."""

from __future__ import annotations

import duckdb
import pytest

from expectations import bands, history, keys
from expectations.phrases import NotAssessable, Scene
from expectations.vocabulary import EXPECTATIONS, WORDS
from warehouse.intake.contract import contracts
from warehouse.months import Month

SCENE = Scene(
    "death",
    Month(2026, 9),
    views={
        "death": "death",
        "other": "other",
        "row_account": "row_account",
        "ledger": "ledger",
        "dim_person": "dim_person",
        "fct_warning_monthly": "fct_warning_monthly",
    },
    before={"death": "death__before"},
    contract=contracts()["death"],
)

TABLES = """
CREATE TABLE death AS SELECT * FROM (VALUES
  ('632321200101051111', 'valid',   '632321200101051111', '1',  DATE '2001-01-05', DATE '2026-09-01', '2026-09-01', DATE '2026-09-03', '死亡', '死亡', 10.00, 4.00, 6.00, '{"a":1}', 'k1'),
  ('632321200101051121', 'valid',   '632321200101051121', '1',  DATE '2001-01-06', DATE '2026-08-31', '2026-8-31',  DATE '2026-08-30', '死亡', '死亡', 10.00, 4.00, 5.00, '{',       'k2'),
  (NULL,                 'invalid', '63232120010105',     '2',  NULL,              NULL,              '00000000',   DATE '2026-09-05', '参军', '参军', -1.00, NULL, -1.00, NULL,     'k2'),
  (NULL,                 'missing', '  ',                 NULL, NULL,              DATE '2062-01-01', '2062-01-01', NULL,              NULL,   '去世了', NULL, 4.00, 6.00, '[]',       NULL)
) AS t(id_no, id_no_kind, id_no_raw, sex, birth_date, died_on, died_on_raw, cancelled_on, reason, reason_raw, total, part_a, part_b, evidence, key);
CREATE TABLE death__before AS SELECT * REPLACE (CASE WHEN key = 'k1' THEN 'k0' ELSE key END AS key, coalesce(sex, '1') AS sex,
  '死亡' AS reason) FROM (SELECT * FROM death UNION ALL SELECT * FROM death);
CREATE TABLE other AS SELECT 'k2' AS id, 1 AS n;
CREATE TABLE row_account AS SELECT * FROM (VALUES ('death', 'a.csv', '', 8, 4, 1, 3), ('death', 'b.csv', '', 9, 9, 0, 0), ('pension', 'c.csv', '', 5, 4, 0, 0))
  AS t(feed, file, sheet, "rows", landed, quarantined, furniture);
CREATE TABLE dim_person AS SELECT * FROM (VALUES ('k1', DATE '2026-08-31'), ('k2', DATE '2026-01-01'), ('k3', DATE '2026-01-01'))
  AS t(person_id, died_on);
CREATE TABLE fct_warning_monthly AS SELECT * FROM (VALUES ('k1', 'D01'), ('k2', 'C01')) AS t(person_id, rule_id);
CREATE TABLE ledger AS SELECT * FROM (VALUES ('death', 'a.csv', 'current'), ('death', 'b.csv', 'refused'), ('pension', 'c.csv', 'current')) AS t(feed, file, status);
"""

# word, arguments, a limit that holds, a limit that breaks, measured, out of.
CASES = [
    ("delivered", {}, {}, None, 4, 4),
    ("id_valid_share", {"column": "id_no"}, {"limit": 0.66}, {"limit": 0.67}, 0.666667, 3),
    ("readable", {"column": "died_on"}, {"limit": 0.75}, {"limit": 0.76}, 0.75, 4),
    ("coded", {"column": "reason"}, {"limit": 0.75}, {"limit": 0.8}, 0.75, 4),
    ("date_sane", {"column": "died_on"}, {"limit": 0.5, "floor_year": 1990}, {"limit": 0.5, "floor_year": 2027}, 0.5, 4),
    ("in_month", {"column": "died_on"}, {"limit": 0.3}, {"limit": 0.4}, 0.333333, 3),
    ("in_order", {"earlier": "died_on", "later": "cancelled_on"}, {"limit": 0.5}, {"limit": 0.6}, 0.5, 2),
    ("money_adds_up", {"total": "total", "parts": ["part_a", "part_b"]}, {"limit": 1, "tolerance": 1}, {"limit": 1, "tolerance": 0.5}, 1, 3),
    ("not_negative", {"column": "total"}, {"limit": 0.66}, {"limit": 0.7}, 0.666667, 3),
    ("like_pattern", {"column": "id_no", "pattern": "[0-9]{17}[0-9X]"}, {"limit": 1}, None, 1, 2),
    ("sex_agrees_with_id", {"column": "id_no", "sex": "sex"}, {"limit": 0.5}, {"limit": 0.6}, 0.5, 2),
    ("birth_agrees_with_id", {"column": "id_no", "birth": "birth_date"}, {"limit": 0.5}, {"limit": 0.6}, 0.5, 2),
    ("value_share", {"column": "reason", "values": ["死亡"]}, {"limit": 0.5}, {"limit": 0.4}, 0.5, 4),
    ("value_share_reached", {"column": "reason", "values": ["死亡"]}, {"limit": 0.5}, {"limit": 0.6}, 0.5, 4),
    ("most_common_share", {"column": "key"}, {"limit": 0.34}, {"limit": 0.3}, 0.333333, 3),
    ("most_common_share", {"column": "key"}, {"limit": 0, "spared": 2}, None, 0, 3),
    ("largest_group", {"columns": ["key"]}, {"limit": 2}, {"limit": 1}, 2, 3),
    ("repeated_share", {"columns": ["key"]}, {"limit": 0.34}, {"limit": 0.3}, 0.333333, 3),
    ("known_in", {"column": "key", "table": "other", "table_column": "id"}, {"limit": 0.5}, {"limit": 0.6}, 0.5, 2),
    ("filled_where", {"column": "sex", "other": "reason", "values": ["死亡", "参军"]}, {"limit": 1}, None, 1, 3),
    ("filled_where", {"column": "sex", "other": ["reason", "key"], "values": ["死亡", "k1"]}, {"limit": 1}, None, 1, 1),
    ("filled_where_positive", {"column": "evidence", "other": "total"}, {"limit": 1}, None, 1, 2),
    ("json_readable", {"column": "evidence"}, {"limit": 0.5}, {"limit": 0.6}, 0.5, 4),
    ("quarantined_share", {}, {"limit": 0.08}, {"limit": 0.07}, 0.071429, 14),
    ("refused_files", {}, {"limit": 1}, {"limit": 0}, 1, 2),
    ("nothing_lost", {}, {"limit": 1}, None, 1, 4),
    ("one_for_one", {"table": "other"}, {"limit": 0.25}, {"limit": 0.3}, 0.25, 4),
    ("share_of_table", {"table": "other"}, {"limit": 4}, {"limit": 3}, 4, 4),
    ("rows_against_previous", {}, {"fall": 0.5, "rise": 0}, {"fall": 0.4, "rise": 0}, 0.5, 8),
    ("rows_against_previous", {"dated_by": "died_on"}, {"fall": 0.5, "rise": 0}, {"fall": 0.4, "rise": 0}, 0.5, 2),
    ("fill_rate_against_previous", {"columns": ["key", "sex"]}, {"limit": 0.25}, {"limit": 0.2}, 0.25, 4),
    ("mix_against_previous", {"column": "reason"}, {"limit": 0.5}, {"limit": 0.4}, 0.5, 4),
    ("value_share", {"column": "reason", "values": ["死亡"], "only": {"key": ["k1", "k2"]}}, {"limit": 0.67}, {"limit": 0.6}, 0.666667, 3),
    ("known_in", {"column": "key", "table": "other", "table_column": "id", "only": {"reason": ["参军"]}}, {"limit": 1}, None, 1, 1),
    # Sums here: total 19, part_a 12, part_b 16; two keys and a blank; one row of 'other'.
    ("sums_agree", {"columns": ["part_a", "part_b"], "table": "death", "table_columns": ["total"]}, {"limit": 0.48}, {"limit": 0.47}, 0.473684, 4),
    ("sums_agree", {"table": "other", "only": {"key": ["k1"]}}, {"limit": 0}, None, 0, 1),
    ("sums_agree", {"table": "death", "table_distinct": "key"}, {"limit": 1}, {"limit": 0.9}, 1, 4),
    ("sums_agree", {"columns": ["total"], "table": "death", "table_columns": ["total"], "table_only": {"reason": ["死亡"]}, "by": ["key"]}, {"limit": 0.1}, {"limit": 0}, 0.1, 4),
    ("not_above", {"column": "part_b", "other": "part_a"}, {"limit": 0}, {"limit": 0.1}, 0, 3),
    ("largest_value", {"column": "total"}, {"limit": 10}, {"limit": 9}, 10, 3),
    ("largest_value", {"column": "total", "only": {"reason": ["参军"]}}, {"limit": 1}, {"limit": 0.5}, 1, 1),
    # k1 came anew, k0 vanished (two rows), k2 fell from four rows to two.
    ("groups_against_previous", {"columns": ["key"]}, {"limit": 2, "base": 1}, {"limit": 1.9, "base": 1}, 2, 8),
    ("groups_against_previous", {"columns": ["key"]}, {"limit": 1, "base": 4}, {"limit": 0.9, "base": 4}, 1, 8),
    ("dead_are_warned", {"column": "key", "rules": ["D01", "D02"]}, {"limit": 0.5}, {"limit": 0.6}, 0.5, 2),
    ("kept_from_previous", {"column": "key"}, {"limit": 0.5}, {"limit": 0.6}, 0.5, 2),
]  # fmt: skip


@pytest.fixture(scope="module")
def con():
    with duckdb.connect() as con:
        con.execute(TABLES)
        yield con


def _ask(con, word, arguments, limits, table="death", scene=SCENE):
    query = WORDS[word].build(scene, **arguments, **{name: str(limit) for name, limit in limits.items()})
    # As Great Expectations does: braces halved, the table in place of the marker.
    return con.execute(query.format(batch=table)).fetchall()


@pytest.mark.parametrize(
    ("word", "arguments", "holds", "breaks", "measured", "of"), CASES, ids=[c[0] for c in CASES]
)
def test_a_word_measures_and_breaks_at_its_limit(con, word, arguments, holds, breaks, measured, of):
    assert _ask(con, word, arguments, holds) == [(measured, of, False)]
    if breaks is not None:
        assert _ask(con, word, arguments, breaks)[0][2] is True


def test_the_account_is_read_on_its_own_table(con):
    assert _ask(con, "account_balances", {}, {"limit": 1}, table="row_account") == [(0.666667, 3, True)]


def test_every_word_has_a_case_here():
    # Words over a feed's history and keys have their cases in ``test_history_words``, bands in ``test_band_words``.
    elsewhere = {word.name for theme in (history, keys, bands) for word in theme.WORDS}
    elsewhere |= {
        "contains_share",
        "same_in_row",
        "in_year",
        "card_agrees",
        "totals_agree",
        "totals_disagreeing",
        "certain_on_sources",  # test_certain_deaths
    }
    assert set(WORDS) == {case[0] for case in CASES} | elsewhere | {"account_balances", "shares_as_trained"}


@pytest.mark.parametrize(
    ("kind", "limit", "pairs", "found"),
    [
        ("one_person", 1, 100, (1.5, 900, True)),
        ("one_person", 2, 100, (1.5, 900, False)),
        ("two_persons", 1, 100, (0.25, 5000, False)),
        # Too few pairs, or levels of which nothing was expected: nothing to measure.
        ("one_person", 1, 1000, (None, 0, False)),
        ("unseen", 1, 100, (None, 900, False)),
    ],
)
def test_a_comparison_is_judged_by_the_level_that_moved_most(con, kind, limit, pairs, found):
    con.execute("""CREATE OR REPLACE TABLE model_drift AS SELECT * FROM (VALUES
        ('name', 'one_person', -1.5, 900), ('name', 'one_person', 0.5, 900), ('name', 'two_persons', 0.25, 5000),
        ('name', 'unseen', NULL, 900), ('phone', 'one_person', 7, 900)) AS t(comparison, kind, bits_moved, pairs)""")
    asked = {"comparison": "name", "kind": kind}
    assert _ask(con, "shares_as_trained", asked, {"limit": limit, "pairs": pairs}, table="model_drift") == [
        found
    ]


# These measure something else than the rows of their own table, so an empty one is not "nothing to measure".
LOOKS_BESIDE = {
    "quarantined_share", "refused_files", "nothing_lost", "one_for_one", "share_of_table",
    "sums_agree", "groups_against_previous", "dead_are_warned",
    "rows_against_previous", "fill_rate_against_previous", "mix_against_previous", "kept_from_previous",
}  # fmt: skip


@pytest.mark.parametrize("case", [c for c in CASES if c[0] not in LOOKS_BESIDE], ids=lambda case: case[0])
def test_on_an_empty_table_only_the_delivery_is_broken(con, case):
    word, arguments, holds, *_ = case
    con.execute("CREATE OR REPLACE TABLE empty AS FROM death LIMIT 0")
    expected = (0, 0, True) if word == "delivered" else (None, 0, False)
    assert _ask(con, word, arguments, holds, table="empty") == [expected]


@pytest.mark.parametrize(("word", "arguments", "said"), [
    ("rows_against_previous", {"fall": "0", "rise": "0"}, "no earlier month of pension to compare with"),
    ("known_in", {"column": "a", "table": "nowhere", "table_column": "b", "limit": "1"}, "no nowhere in 2026-09"),
    ("coded", {"column": "a", "limit": "1"}, "pension has no contract"),
])  # fmt: skip
def test_what_is_not_there_cannot_be_assessed(word, arguments, said):
    scene = Scene("pension", Month(2026, 9), views={"pension": "pension"}, before={}, contract=None)
    with pytest.raises(NotAssessable, match=said):
        WORDS[word].build(scene, **arguments)


def test_a_quote_in_a_value_stays_a_value(con):
    assert _ask(
        con, "value_share", {"column": "reason", "values": ["' OR true --", "{x}"]}, {"limit": 0}
    ) == [(0, 4, False)]


def test_every_phrase_fills_in_its_sentence_in_both_languages():
    for phrase in (*WORDS.values(), *EXPECTATIONS.values()):
        arguments = dict.fromkeys(phrase.allowed, "…")
        for chinese in (False, True):
            said = phrase.sentence(arguments, chinese=chinese)
            assert said
            assert "{" not in said
            assert "–" not in said, f"{phrase.name} speaks of an argument it does not take"
