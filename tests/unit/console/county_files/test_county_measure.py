"""The exact-ID join, counted by hand on a few rows and held to its bounds on the county."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from console.county.dirt_table import read_dirt
from console.county.measure import exact_join
from console.county.truth import AS_WRITTEN
from console.county.write import write_county
from warehouse.months import Month


def test_pairs_by_hand(tmp_path: Path) -> None:
    # T1 stands in four rows: twice under A, once under B, once without a number; T2 stands under A and C.
    rows = [
        ("T1", "self", "A"),
        ("T1", "self", "A"),
        ("T1", "self", "B"),
        ("T1", "self", ""),
        ("T2", "head", "A"),
        ("T2", "self", "C"),
    ]
    table = pa.table(
        [
            ["2026-08"] * 6,
            ["f"] * 6,
            ["f.csv"] * 6,
            [""] * 6,
            pa.array(range(2, 8), pa.int32()),
            [row[1] for row in rows],
            [row[0] for row in rows],
            [row[2] for row in rows],
        ],
        schema=AS_WRITTEN,
    )
    pq.write_table(table, tmp_path / "ids_as_written.parquet")
    views = exact_join(tmp_path, "2026-08")
    whole = views["all rows"]
    assert (whole.rows, whole.true_pairs, whole.joined_pairs, whole.right_pairs) == (6, 7, 3, 1)
    assert views["rows with an ID"].true_pairs == 4
    assert views["own rows with an ID"].joined_pairs == 1
    assert exact_join(tmp_path, "2026-09")["all rows"].recall == 1.0


def test_the_account_shows_the_join_of_each_month(written: Any) -> None:
    told = dict(written.account.as_rows())
    assert sum(line.startswith("join on the ID") for line in told) == 9
    assert told["persons"] == "1,600"


def test_the_county_is_hard_for_the_exact_join(tmp_path: Path) -> None:
    account = write_county(
        tmp_path, seed=1, persons=12_000, months=[Month(2026, 9)], report=lambda text: None
    )
    for view, join in account.joins["2026-09"].items():
        assert join.recall <= 0.90, view
        assert join.precision <= 0.96, view
    # Hard, and still a county: most rows carry the right number.
    assert account.joins["2026-09"]["own rows with an ID"].recall > 0.80
    missing = {mistake.kind for mistake in read_dirt()} - account.dirt.keys()
    assert len(missing) < 8, missing


def test_a_months_files_are_the_same_whatever_months_follow(tmp_path: Path) -> None:
    written = []
    for last in (8, 9):
        out = tmp_path / str(last)
        months = [Month(2026, number) for number in range(8, last + 1)]
        write_county(out, seed=3, persons=1_500, months=months, report=lambda text: None)
        written.append(
            {path.name: path.read_bytes() for path in sorted((out / "inbox" / "2026-08").iterdir())}
        )
    assert len(written[0]) > 20 and written[0] == written[1]
