"""Rows that are set aside: neither lost, nor out of sight of the gate."""

from __future__ import annotations

import duckdb
import pytest

from expectations.phrases import Scene
from expectations.vocabulary import WORDS
from warehouse.intake.contract import contracts
from warehouse.months import Month

# Ten rows landed, one could not be read, two were set aside, one is lost.
TABLES = """
CREATE TABLE death AS SELECT range AS key FROM range(7);
CREATE TABLE row_account AS SELECT 'death' AS feed, 'a.csv' AS file, '' AS sheet, 12 AS "rows", 10 AS landed,
    1 AS quarantined, 1 AS furniture;
CREATE TABLE ledger AS SELECT 'death' AS feed, 'a.csv' AS file, 'current' AS status;
CREATE TABLE set_aside AS SELECT * FROM (VALUES ('death', 'a.csv', '', 2), ('pension', 'c.csv', '', 4))
    AS t(feed, file, sheet, "rows");
"""


@pytest.mark.parametrize(
    ("word", "is_there", "measured"),
    [
        ("nothing_lost", True, 0.9),
        ("nothing_lost", False, 0.7),
        ("quarantined_share", True, 3 / 11),
        ("quarantined_share", False, 1 / 11),
    ],
)
def test_rows_set_aside_are_counted_where_there_is_a_count(
    word: str, is_there: bool, measured: float
) -> None:
    """A month that was standardised before rows were set aside has no such table."""
    tables = ("death", "row_account", "ledger", *(["set_aside"] if is_there else []))
    scene = Scene("death", Month(2026, 9), {name: name for name in tables}, {}, contracts()["death"])
    with duckdb.connect() as con:
        con.execute(TABLES)
        query = WORDS[word].build(scene, limit="1").format(batch="death")  # type: ignore[misc]
        found = con.execute(query).fetchone()
    assert found is not None
    assert float(found[0]) == pytest.approx(measured, abs=1e-4)
