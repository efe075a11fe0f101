"""Impossible histories: what each check sees in one link, and what it lets be."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import pytest

from linkage.agreement import define_agreement
from linkage.quality.histories import CHECKS

_COLUMNS = {
    "feed": "VARCHAR", "id_no": "VARCHAR", "own_birth": "DATE", "birth": "DATE", "own_sex": "VARCHAR", "name": "VARCHAR",
    "name_family": "VARCHAR", "name_pinyin": "VARCHAR", "agency_key": "VARCHAR", "is_single": "BOOLEAN",
    "died_on": "DATE", "first_alive": "DATE", "last_alive": "DATE", "school": "VARCHAR",
}  # fmt: skip
_GRACE = 31
DIED = date(2026, 3, 1)


def sees(check_id: str, one: dict[str, Any], other: dict[str, Any]) -> bool | None:
    """Whether a check sees the pair (None: it cannot be looked at)."""
    (check,) = [check for check in CHECKS if check.check_id == check_id]
    with duckdb.connect() as con:
        define_agreement(con)
        for name, told in (("a", one), ("b", other)):
            columns = ", ".join(f"CAST(? AS {kind}) AS {column}" for column, kind in _COLUMNS.items())
            con.execute(f"CREATE TABLE {name} AS SELECT {columns}", [told.get(column) for column in _COLUMNS])
        told_by, broken = con.execute(
            f"SELECT coalesce({check.told}, FALSE), coalesce({check.broken.format(grace=_GRACE)}, FALSE) FROM a, b"
        ).fetchone() or (False, False)
    return bool(broken) if told_by else None


@pytest.mark.parametrize(
    ("check_id", "one", "other", "expected"),
    [
        ("after_death", {"died_on": DIED}, {"last_alive": date(2026, 5, 1)}, True),
        ("after_death", {"last_alive": date(2026, 5, 1)}, {"died_on": DIED}, True),
        ("after_death", {"died_on": DIED}, {"last_alive": date(2026, 3, 20)}, False),  # booked later
        ("after_death", {"died_on": DIED}, {}, None),
        ("before_birth", {"own_birth": date(2026, 5, 1)}, {"first_alive": date(2026, 4, 1)}, True),
        ("before_birth", {"own_birth": date(1980, 5, 1)}, {"first_alive": date(2026, 4, 1)}, False),
        ("two_ids", {"id_no": "632321198001011234"}, {"id_no": "632321198001011235"}, True),
        ("two_ids", {"id_no": "632321198001011234"}, {"id_no": None}, None),
        ("two_sexes", {"own_sex": "1"}, {"own_sex": "2"}, True),
        ("two_births", {"birth": date(1980, 5, 1)}, {"birth": date(2001, 2, 3)}, True),
        ("two_births", {"birth": date(1980, 5, 1)}, {"birth": date(1981, 5, 2)}, False),  # a slip
        ("two_names", {"name": "王伟"}, {"name": "李娜"}, True),
        ("two_names", {"name": "王伟"}, {"name": "王炜"}, False),
        ("twice_in_feed", {"feed": "f", "is_single": True, "agency_key": "n:1"}, {"feed": "f", "agency_key": "n:2"}, True),
        ("twice_in_feed", {"feed": "f", "is_single": True, "agency_key": "n:1"}, {"feed": "g", "agency_key": "n:2"}, None),
        ("two_schools", {"school": "甲", "agency_key": "s:1"}, {"school": "乙", "agency_key": "s:2"}, True),
        ("two_schools", {"school": "甲", "agency_key": "s:1"}, {"school": "乙", "agency_key": "s:1"}, None),
    ],
)  # fmt: skip
def test_check_sees_what_cannot_be(
    check_id: str, one: dict[str, Any], other: dict[str, Any], expected: bool | None
) -> None:
    assert sees(check_id, one, other) is expected


def test_every_check_has_a_case() -> None:
    marks = test_check_sees_what_cannot_be.pytestmark  # type: ignore[attr-defined]
    assert {case[0] for case in marks[0].args[1]} == {check.check_id for check in CHECKS}
