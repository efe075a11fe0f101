"""A later round weighs only pairs of which something changed, and takes the other weights as they were."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from linkage import kept
from linkage.model.definition import COMPARISONS

_LEVELS = ", ".join(f"1 AS {comparison.name}" for comparison in COMPARISONS)


class Scales:
    """A scorer that gives every pair it is asked for the number of the round, and remembers the pairs."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con, self.rounds, self.asked = con, 0, set[tuple[str, str]]()

    def score(self, least_bits: float, pairs: str = "candidates") -> None:
        """Weigh the pairs of a table; the pair of p3 is below every line."""
        self.rounds += 1
        self.asked = set(self.con.execute(f"SELECT seeker, target FROM {pairs}").fetchall())
        self.con.execute(f"""
            CREATE OR REPLACE TEMP TABLE edges AS
            SELECT seeker, target, {self.rounds}::DOUBLE AS match_weight, {_LEVELS} FROM {pairs} WHERE target <> 'P3'""")

    def weigh(self) -> dict[tuple[str, str], float]:
        """One round: the weights of the pairs that have an edge."""
        kept.score_new(self.con, self, 0.0)  # type: ignore[arg-type]
        told = self.con.execute("SELECT seeker, target, match_weight FROM edges").fetchall()
        return {(seeker, target): weight for seeker, target, weight in told}


@pytest.fixture
def scales(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scales]:
    """Two free groups beside three persons; nodes are not gathered."""
    monkeypatch.setattr(kept, "build_nodes", lambda con, wanted: None)
    monkeypatch.setattr(kept, "frozen_frequencies", lambda con: None)
    with duckdb.connect() as con:
        con.execute("""
            CREATE TABLE members AS
            SELECT * FROM (VALUES
                ('f1', 2, 1, NULL, '1'), ('f2', 2, 2, '530', '1'), ('n3', 1, 3, '520', '2'), ('P2', 0, 4, '510', '2'),
                ('P2', 0, 5, NULL, NULL), ('P3', 0, 6, NULL, NULL)) AS told(node, rank, profile_key, id_no, sex)""")
        con.execute("ALTER TABLE members ADD COLUMN is_contested BOOLEAN DEFAULT FALSE")
        con.execute("""
            CREATE TABLE candidates AS
            SELECT * FROM (VALUES ('f1', 'n3'), ('f1', 'P2'), ('f1', 'P3'), ('f2', 'P2')) AS told(seeker, target)""")
        kept.keep_nothing(con)
        yield Scales(con)


def test_the_first_round_weighs_every_pair(scales: Scales) -> None:
    assert scales.weigh() == {("f1", "n3"): 1, ("f1", "P2"): 1, ("f2", "P2"): 1}
    assert len(scales.asked) == 4


def test_what_is_as_it_was_is_not_weighed_again_not_even_below_the_line(scales: Scales) -> None:
    first = scales.weigh()
    assert scales.weigh() == first
    assert scales.asked == set()


def test_a_group_that_was_given_a_person_id_is_the_node_that_it_was(scales: Scales) -> None:
    scales.weigh()
    scales.con.execute("UPDATE members SET node = 'P1', rank = 0 WHERE node = 'n3'")
    scales.con.execute("UPDATE candidates SET target = 'P1' WHERE target = 'n3'")
    assert scales.weigh()[("f1", "P1")] == 1
    assert scales.asked == set()


@pytest.mark.parametrize(
    "change",
    [
        "INSERT INTO members VALUES ('P2', 0, 7, NULL, NULL, FALSE)",
        "DELETE FROM members WHERE profile_key = 5",
        "UPDATE members SET id_no = NULL WHERE profile_key = 4",
        "UPDATE members SET sex = NULL WHERE profile_key = 4",
    ],
)
def test_a_person_of_whom_something_changed_is_weighed_anew(scales: Scales, change: str) -> None:
    scales.weigh()
    scales.con.execute(change)
    assert scales.weigh() == {("f1", "n3"): 1, ("f1", "P2"): 2, ("f2", "P2"): 2}
    assert scales.asked == {("f1", "P2"), ("f2", "P2")}


def test_an_id_that_a_free_group_shows_says_nothing_of_it(scales: Scales) -> None:
    scales.weigh()
    scales.con.execute("UPDATE members SET id_no = NULL WHERE node = 'f2'")
    scales.weigh()
    assert scales.asked == set()


def test_a_pair_that_is_no_candidate_has_no_edge(scales: Scales) -> None:
    scales.weigh()
    scales.con.execute("DELETE FROM candidates WHERE target = 'P2'")
    assert scales.weigh() == {("f1", "n3"): 1}
