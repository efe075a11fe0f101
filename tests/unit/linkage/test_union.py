"""What forbids that two persons are one: a table of cases, each with the fault that is named or none."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import pytest

from linkage.agreement import define_agreement
from linkage.union import FACTS, FAULTS, define_union
from tests.unit.linkage.made_village import id_number

MAN, OTHER_MAN = id_number("19800112", 11), id_number("19800112", 13)
BORN, NEXT_YEAR, LATER = date(1980, 1, 12), date(1981, 1, 12), date(1995, 6, 3)

KEYS = ("ids", "numbers", "kinds", "sexes", "births", "names", "families", "pinyins")

# One person's facts, the other's, and the fault.
CASES: tuple[tuple[str, dict[str, Any], dict[str, Any], str | None], ...] = (
    ("nothing is known", {}, {}, None),
    ("one id", {"ids": [MAN]}, {"ids": [MAN]}, None),
    ("one has an id", {"ids": [MAN]}, {}, None),
    ("two valid ids", {"ids": [MAN]}, {"ids": [OTHER_MAN]}, "two_ids"),
    ("two ids, one in common", {"ids": [MAN, OTHER_MAN]}, {"ids": [MAN]}, "two_ids"),
    ("numbers of two agencies", {"numbers": ["psn_no:1"]}, {"numbers": ["student_no:1"]}, None),
    ("two numbers of one agency", {"numbers": ["psn_no:1"]}, {"numbers": ["psn_no:2"]}, "two_numbers"),
    ("one number in common", {"numbers": ["psn_no:1", "psn_no:2"]}, {"numbers": ["psn_no:2"]}, None),
    (
        "a number that begins like another",
        {"numbers": ["psn_no:1"]},
        {"numbers": ["psn_no:12"]},
        "two_numbers",
    ),
    ("two sexes", {"sexes": ["1"]}, {"sexes": ["2"]}, "two_sexes"),
    ("one sex", {"sexes": ["1"]}, {"sexes": ["1"]}, None),
    ("births far apart", {"births": [BORN]}, {"births": [LATER]}, "births_far"),
    ("the same day a year later", {"births": [BORN]}, {"births": [NEXT_YEAR]}, None),
    (
        "twins: one birth, names that have nothing in common",
        {"births": [BORN], "names": ["扎西"], "pinyins": ["zha xi"]},
        {"births": [BORN], "names": ["卓玛"], "pinyins": ["zhuo ma"]},
        "twins",
    ),
    (
        "one birth, one name written otherwise",
        {"births": [BORN], "names": ["扎西"], "families": ["扎西"]},
        {"births": [BORN], "names": ["札西"], "families": ["扎西"]},
        None,
    ),
    (
        "one birth, another name, one agency's number: a name that changed",
        {"births": [BORN], "names": ["扎西"], "numbers": ["psn_no:1"]},
        {"births": [BORN], "names": ["卓玛"], "numbers": ["psn_no:1"]},
        None,
    ),
)


@pytest.fixture(scope="module")
def con() -> Any:
    with duckdb.connect() as con:
        define_agreement(con)
        define_union(con)
        yield con


def fault(con: Any, one: dict[str, Any], two: dict[str, Any]) -> str | None:
    def facts(told: dict[str, Any]) -> dict[str, Any]:
        kinds = sorted({number.split(":")[0] for number in told.get("numbers", [])})
        return {**{key: [] for key in KEYS}, "kinds": kinds, **told}

    found = con.execute(
        f"SELECT union_fault(a, b) FROM (SELECT CAST(? AS {FACTS}) AS a, CAST(? AS {FACTS}) AS b)",
        [facts(one), facts(two)],
    ).fetchone()
    return str(found[0]) if found[0] is not None else None


@pytest.mark.parametrize("one, two, expected", [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_fault_is_named_either_way(
    con: Any, one: dict[str, Any], two: dict[str, Any], expected: str | None
) -> None:
    assert fault(con, one, two) == expected
    assert fault(con, two, one) == expected


def test_every_fault_has_a_case() -> None:
    assert {case[3] for case in CASES} - {None} == {name for name, _ in FAULTS}
