"""Words over a feed's history and over its keys, on tables small enough to count by hand."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pytest

from expectations.history import MEASURES
from expectations.history import WORDS as HISTORY
from expectations.keys import WORDS as KEYS
from expectations.phrases import NotAssessable, Scene
from expectations.shapes import look_back, shape_query
from expectations.suite import suites
from expectations.vocabulary import WORDS
from warehouse.intake.contract import contracts
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.verdicts import Verdict, write_verdict

NOW, PAST = Month(2026, 9), (Month(2026, 6), Month(2026, 7), Month(2026, 8))
TABLES = ("death", "death__shape", "death__history", "other", "row_account", "totals")
SCENE = Scene("death", NOW, {t: t for t in TABLES}, {"death": "death__before"}, contracts()["death"], PAST)

# month, measure, column, value, number, of_rows: three months before, the September before (a season), and now.
SHAPES = """
CREATE TABLE death__history AS SELECT * FROM (VALUES
  ('2026-06', 'rows', '', '', 100.0, 100), ('2026-07', 'rows', '', '', 120.0, 120), ('2026-08', 'rows', '', '', 110.0, 110),
  ('2025-09', 'rows', '', '', 60.0, 60),
  ('2026-08', 'content', '', '', 7.0, 110),
  ('2026-06', 'filled', 'name', '', 0.9, 100), ('2026-07', 'filled', 'name', '', 1.0, 120), ('2026-08', 'filled', 'name', '', 0.8, 110),
  ('2026-06', 'word', 'town', 'a', 0.5, 50), ('2026-07', 'word', 'town', 'a', 0.5, 60), ('2026-08', 'word', 'town', 'a', 0.5, 55),
  ('2026-06', 'word', 'town', 'b', 0.5, 50), ('2026-07', 'word', 'town', 'b', 0.5, 60), ('2026-08', 'word', 'town', 'b', 0.5, 55),
  ('2026-06', 'amount', 'paid', '', 100.0, 90), ('2026-07', 'amount', 'paid', '', 110.0, 90), ('2026-08', 'amount', 'paid', '', 90.0, 90),
  ('2026-06', 'day', 'on', '', 20000.0, 90), ('2026-07', 'day', 'on', '', 20030.0, 90), ('2026-08', 'day', 'on', '', 20060.0, 90)
) AS t(month, measure, "column", value, number, of_rows);
CREATE TABLE death__shape AS SELECT * FROM (VALUES
  ('2026-09', 'rows', '', '', 55.0, 55), ('2026-09', 'content', '', '', 7.0, 55), ('2026-09', 'filled', 'name', '', 0.6, 55),
  ('2026-09', 'word', 'town', 'a', 0.25, 10), ('2026-09', 'word', 'town', 'c', 0.75, 30),
  ('2026-09', 'amount', 'paid', '', 10.0, 40), ('2026-09', 'day', 'on', '', 20090.0, 40)
) AS t(month, measure, "column", value, number, of_rows);
"""

CASES = [
    # Half of the 110 that are usual, but nearly the 60 of last September.
    ("rows_in_history", {}, {"fall": 0.1, "rise": 0, "least": 110}, {"fall": 0.05, "rise": 0, "least": 110}, 0.916667, 110),
    ("rows_in_history", {}, {"fall": 0, "rise": 0, "least": 111}, None, None, 0),
    ("filled_in_history", {"columns": ["name"]}, {"limit": 0.3}, {"limit": 0.29}, 0.3, 55),
    ("mix_in_history", {"column": "town"}, {"limit": 0.75, "least": 40}, {"limit": 0.7, "least": 40}, 0.75, 40),
    ("mix_in_history", {"column": "town"}, {"limit": 0, "least": 41}, None, None, 0),
    ("values_known", {"column": "town"}, {"limit": 0.25, "least": 40}, {"limit": 0.3, "least": 40}, 0.25, 40),
    # b should stand on half of the forty rows.
    ("values_kept", {"column": "town"}, {"limit": 20}, {"limit": 19}, 20, 40),
    ("groups_kept", {"column": "town"}, {"limit": 1, "least": 50}, {"limit": 0.9, "least": 50}, 1, 110),
    ("groups_kept", {"column": "town"}, {"limit": 0, "least": 56}, None, None, 0),
    ("groups_not_grown", {"column": "town"}, {"limit": 0.5, "least": 20}, {"limit": 0.4, "least": 20}, 0.5, 40),
    ("amount_in_history", {"column": "paid"}, {"limit": 10, "least": 30}, {"limit": 9, "least": 30}, 10, 90),
    # Sixty days after the usual date, but as far from the month's end as ever (months have 30 or 31 days).
    ("days_in_history", {"column": "on"}, {"limit": 2, "least": 30}, {"limit": 0.5, "least": 30}, 1, 40),
    ("not_the_same_again", {}, {"limit": 1, "least": 30}, {"limit": 0, "least": 30}, 1, 55),
    ("kept_from_previous", {"column": "no"}, {"limit": 0.66}, {"limit": 0.7}, 0.666667, 3),
    ("kept_together", {"columns": ["no", "id_no"]}, {"limit": 0.33}, {"limit": 0.4}, 0.333333, 3),
    ("agrees_with", {"key": "no", "column": "id_no", "table": "other"}, {"limit": 1}, None, 1, 1),
    ("agrees_with_previous", {"key": "no", "column": "id_no"}, {"limit": 0.5}, {"limit": 0.6}, 0.5, 2),
    ("valid_ids_known", {"column": "id_no", "table": "other", "table_column": "id_no"}, {"limit": 0.5}, {"limit": 0.6}, 0.5, 2),
    # Granted 10 for k1 and 20 for k2; paid in September 20 and 40.
    ("money_near", {"column": "paid", "key": "no", "dated_by": "of_month", "table": "other", "table_column": "granted"}, {"limit": 2}, {"limit": 1.9}, 2, 2),
    ("income_shared_out", {"column": "head", "key": "house", "parts": ["wage"], "without": ["cost"]}, {"limit": 0.66, "tolerance": 1}, {"limit": 0.7, "tolerance": 1}, 0.666667, 3),
    ("contains_share", {"column": "name", "pattern": "[?？]"}, {"limit": 0.25}, {"limit": 0.2}, 0.25, 4),
    ("same_in_row", {"column": "no", "other": "house"}, {"limit": 0.25}, {"limit": 0.2}, 0.25, 4),
    ("same_in_row", {"column": "no", "other": "house", "without": {"name": ["甲"]}}, {"limit": 0}, None, 0, 3),
    ("in_year", {"column": "year"}, {"limit": 0.75}, {"limit": 0.8}, 0.75, 4),
    ("totals_agree", {}, {"limit": 0.1}, {"limit": 0.09}, 0.1, 4),
    ("totals_disagreeing", {}, {"limit": 1}, {"limit": 0}, 1, 2),
]  # fmt: skip

ROWS = """
CREATE TABLE death AS SELECT * FROM (VALUES
  ('k1', 'i1', 'valid', '甲', 'k1', 20.00, '2026-09', 2026, 200.00, 220.00, 20.00),
  ('k2', 'i9', 'valid', '乙', 'h1', 40.00, '2026-09', 2026, 100.00, 220.00, 20.00),
  ('k4', 'i4', 'invalid', '?丙', 'h2', 5.00, '2026-08', 2026, 100.00, 220.00, 20.00),
  ('k5', NULL, 'missing', '丁', 'h2', NULL, '2026-09', 2025, 100.00, 220.00, 20.00)
) AS t(no, id_no, id_no_kind, name, house, paid, of_month, year, head, wage, cost);
CREATE TABLE death__before AS SELECT * FROM (VALUES ('k1', 'i1'), ('k2', 'i2'), ('k3', 'i3')) AS t(no, id_no);
CREATE TABLE other AS SELECT * FROM (VALUES ('k1', 'i1', 10.00), ('k2', NULL, 20.00)) AS t(no, id_no, granted);
CREATE TABLE row_account AS SELECT 'death' AS feed, 4 AS landed;
CREATE TABLE totals AS SELECT * FROM (VALUES ('death', 100.00, 90.00, false), ('death', 0.00, 0.00, true)) AS t(feed, stated, summed, agrees);
"""


@pytest.fixture(scope="module")
def con():
    with duckdb.connect() as con:
        con.execute(SHAPES + ROWS)
        yield con


def _ask(con, word, arguments, limits, scene=SCENE, table="death"):
    query = WORDS[word].build(scene, **arguments, **{name: str(limit) for name, limit in limits.items()})
    return con.execute(query.format(batch=table)).fetchall()


@pytest.mark.parametrize(
    ("word", "arguments", "holds", "breaks", "measured", "of"), CASES, ids=[c[0] for c in CASES]
)
def test_a_word_measures_and_breaks_at_its_limit(con, word, arguments, holds, breaks, measured, of):
    ((found, of_rows, is_broken),) = _ask(con, word, arguments, holds)
    assert (float(found) if isinstance(found, Decimal) else found, of_rows, is_broken) == (
        measured,
        of,
        False,
    )
    if breaks is not None:
        assert _ask(con, word, arguments, breaks)[0][2] is True


def test_every_word_of_history_and_keys_has_a_case():
    assert {word.name for word in (*HISTORY, *KEYS)} <= {case[0] for case in CASES}


def test_a_feed_without_an_earlier_month_is_not_assessed():
    first = Scene("death", NOW, {"death": "death", "death__shape": "death__shape"}, {}, contracts()["death"])
    for word, arguments, holds, *_ in CASES:
        if word in MEASURES or word in ("rows_in_history", "filled_in_history", "not_the_same_again"):
            with pytest.raises(NotAssessable, match="no earlier month of death to compare with"):
                WORDS[word].build(first, **arguments, **{name: str(limit) for name, limit in holds.items()})


def test_a_disability_card_holds_category_and_level(con):
    scene = Scene("disability", NOW, {}, {}, contracts()["disability"])
    con.execute("""CREATE OR REPLACE TABLE card AS SELECT * FROM (VALUES
        ('63232120010105111143', '肢体', '3'), ('63232120010105111X43B1', '肢体', '4'), ('6323', '肢体', '3'))
        AS t(card_no, category, level)""")
    asked = {"column": "card_no", "category": "category", "level": "level"}
    assert _ask(con, "card_agrees", asked, {"limit": 0.5}, scene, "card") == [(0.5, 2, False)]
    assert _ask(con, "card_agrees", asked, {"limit": 0.6}, scene, "card")[0][2] is True


def test_a_shape_counts_what_the_suites_ask_and_no_row_beside(con):
    con.execute("""CREATE OR REPLACE TABLE delivered AS SELECT * FROM (VALUES
        ('2026-09', 'c1', '低保', 100.00, '成功', 'x'), ('2026-09', 'c2', '低保', 400.00, '失败', NULL), ('2026-08', 'c3', '特困', 1.00, '退回', 'z'))
        AS t(pay_month, case_no, aid_type, amount, pay_status, name)""")
    contract = contracts()["assistance_payment"]
    names = {"pay_month", "case_no", "aid_type", "amount", "pay_status", "name"}
    contract = contract.model_copy(update={"columns": tuple(c for c in contract.columns if c.name in names)})
    query = shape_query(contract, NOW, {"word": ("pay_status",), "amount": ("amount",)})
    found = {(m, c, v): (n, of) for month, m, c, v, n, of in con.execute(query).fetchall()}
    assert found["rows", "", ""] == (2, 2)
    assert found["filled", "name", ""] == (0.5, 2)
    assert found["word", "pay_status", "失败"] == (0.5, 1)
    assert ("word", "pay_status", "退回") not in found
    assert found["amount", "amount", ""] == (pytest.approx(200), 2)


def test_history_leaves_out_what_was_held_and_brings_the_season(tmp_path):
    lake = Lake(tmp_path)
    months = [Month(2025, 9), *(Month(2026, n) for n in range(4, 10))]
    with duckdb.connect() as con:
        columns = ", ".join(f'NULL::VARCHAR AS "{c.name}"' for c in contracts()["pension"].columns)
        for month in months:
            with lake.replacing("standardised", feed="pension", month=str(month)) as folder:
                con.execute(f"COPY (SELECT {columns}, DATE '2026-01-01' AS day) TO '{folder}/part-0.parquet'")
    write_verdict(Verdict("gate1", "2026-07", "held", (), ""), lake)
    found = look_back(NOW, lake, [], 3)
    assert [str(month) for month in found.months["pension"]] == ["2026-05", "2026-06", "2026-08"]
    assert [file.parent.name for file in found.shapes["pension__history"]] == [
        "month=2025-09", "month=2026-05", "month=2026-06", "month=2026-08",
    ]  # fmt: skip
    before = {file: file.stat().st_mtime_ns for file in found.shapes["pension__history"]}
    again = look_back(NOW, lake, [], 3)
    assert {file: file.stat().st_mtime_ns for file in again.shapes["pension__history"]} == before, "made once"


# Columns of plain text whose words are the office's own: no such word tells a person.
OFFICIAL = {"township", "village", "school", "programme", "insurance", "verdict"}


def test_what_a_shape_remembers_tells_no_person():
    for suite in suites("standardised"):
        for rule in suite.rules:
            if rule.name in MEASURES:
                for name in rule.columns:
                    column = contracts()[suite.table].column(name)
                    is_word = MEASURES[rule.name] == "word"
                    assert not is_word or column.kind in ("code", "relation") or name in OFFICIAL, rule.id
