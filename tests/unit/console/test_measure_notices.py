"""Notices against a planted truth: which asked rightly, which proposed rightly, which faults nobody asks about."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from console.county.measure_notices import measure_notices
from console.county.people_truth import write_people
from warehouse.errors import Refused
from warehouse.months import Month

OCTOBER = Month(2026, 10)
PLACE = "'medical_enrolment' AS feed, 'm.csv' AS file, '' AS sheet"
# Row 2 is T0000000's and shows a wrong number, row 3 is T0000001's own; row 4 is wrong and nobody asks.
FILES = {
    "county/truth/rows.parquet": f"SELECT '2026-10' AS month, {PLACE}, r AS \"row\", 'self' AS role, p AS true_person"
    " FROM (VALUES (2, 'T0000000'), (3, 'T0000001'), (4, 'T0000000')) AS v (r, p)",
    "home/lake/notices/month=2026-10/part.parquet": f"SELECT 'N' || r AS notice_id, 'N08' AS kind, {PLACE}, r AS \"row\","
    " 'id_no' AS field, stated, proposed, true AS is_raised"
    " FROM (VALUES (2, 'X', 'A'), (3, 'B', 'A')) AS v (r, stated, proposed)",
    "home/lake/standardised/feed=medical_enrolment/month=2026-10/part.parquet":
    "SELECT 'm.csv' AS file, '' AS sheet, r AS \"row\", n AS id_no, 'valid' AS id_no_kind"
    " FROM (VALUES (2, 'X'), (3, 'B'), (4, 'Y')) AS v (r, n)",
    "home/lake/standardised/feed=death/month=2026-10/part.parquet":
    "SELECT 'd.csv' AS file, '' AS sheet, 2 AS \"row\", '参军' AS reason",
}  # fmt: skip


def test_right_wrong_and_not_asked(tmp_path: Path) -> None:
    for name, query in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        duckdb.sql(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
    people = pd.DataFrame(
        {
            "id_no": ["A", "B"], "name": ["多杰", "卓玛"], "is_male": [True, False], "spouse": [1, -1],
            "birth_date": [date(1972, 8, 14)] * 2, "died_on": [None, None],
        }
    )  # fmt: skip
    with pytest.raises(Refused, match="no people"):
        measure_notices(tmp_path / "county", tmp_path / "home", OCTOBER)
    write_people(tmp_path / "county" / "truth", people)
    kinds, planted = measure_notices(tmp_path / "county", tmp_path / "home", OCTOBER)
    # month, kind, new, right, wrong, undecided, right %, proposed, proposed right
    assert kinds == [("2026-10", "N08", 2, 1, 1, 0, 50.0, 2, 1)]
    assert [row[1:] for row in planted] == [
        ("another or a wrong valid number", "medical_enrolment", 2, 1, 1, 50.0)
    ]
