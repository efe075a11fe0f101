"""Links are measured from group sizes, against pairs counted by hand."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from console.county.measure_links import pairwise, wrong_by_rule

# row, true person, person_id, grade, id as written: T1's four rows are three and one, T2's one row sits with T1's.
ROWS = [
    (1, "T1", "A", "new", "1"),
    (2, "T1", "A", "certain", "1"),
    (3, "T1", "A", "review", ""),
    (4, "T1", "B", "new", "9"),
    (5, "T2", "A", "certain", "1"),
]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    con = duckdb.connect()
    con.execute(
        "CREATE TABLE r (row INTEGER, true_person VARCHAR, person_id VARCHAR, grade VARCHAR, id_as_written VARCHAR)"
    )
    con.executemany("INSERT INTO r VALUES (?, ?, ?, ?, ?)", ROWS)
    con.execute("ALTER TABLE r ADD COLUMN feed VARCHAR DEFAULT 'pension'")
    con.execute("UPDATE r SET feed = 'death' WHERE row = 5")
    place = "feed, 'f.csv' AS file, '' AS sheet, row, 'self' AS role"
    written = {
        "lake/crosswalk/month=2026-08/x.parquet": f"SELECT {place}, person_id, grade, 'L01' AS rule FROM r",
        "truth/ids_as_written.parquet": f"SELECT '2026-08' AS month, {place}, true_person, id_as_written FROM r",
        "lake/records/feed=pension/month=2026-08/r.parquet": f"SELECT {place.removeprefix('feed, ')}, row AS profile_key FROM r WHERE feed = 'pension'",
        "lake/records/feed=death/month=2026-08/r.parquet": f"SELECT {place.removeprefix('feed, ')}, row AS profile_key FROM r WHERE feed = 'death'",
        "lake/profiles/feed=pension/month=2026-08/p.parquet": "SELECT row AS profile_key, 'given' AS name_system FROM r",
    }
    for name, query in written.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        con.execute(f"COPY ({query}) TO '{tmp_path / name}' (FORMAT parquet)")
    con.close()
    return tmp_path


def test_pairs_are_counted_as_by_hand(home: Path) -> None:
    views = pairwise(home, home / "truth", "2026-08")
    # joined: A holds four rows, six pairs, three of them right; true: T1 has four rows, six pairs.
    assert (views["all"].true_pairs, views["all"].joined_pairs, views["all"].right_pairs) == (6, 6, 3)
    # the proposed row joins nobody, and its true pairs are missed: A holds three certain rows
    assert (views["certain"].true_pairs, views["certain"].joined_pairs, views["certain"].right_pairs) == (
        6,
        3,
        1,
    )
    assert (views["exact id"].joined_pairs, views["exact id"].right_pairs) == (3, 1)
    # pairs with at least one row of the feed: the death row is joined to three rows, wrongly each time
    assert (
        views["feed death"].true_pairs,
        views["feed death"].joined_pairs,
        views["feed death"].right_pairs,
    ) == (0, 3, 0)


def test_wrong_and_parted_rows_are_told_by_rule(home: Path) -> None:
    assert wrong_by_rule(home, home / "truth", "2026-08") == {
        "L01 certain": (2, 1, 0),
        "L01 new": (2, 0, 1),
        "L01 review": (1, 0, 0),
    }
