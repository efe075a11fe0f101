"""Characters that are mistaken for one another have nearly one four-corner code; others do not."""

from __future__ import annotations

import duckdb
import pytest

from linkage.model.definition import NAME
from linkage.standardise.shapes import shape_of, shapes_of

# Left name, right name, do they look alike?
LOOKS = [
    ("冶福贵", "治福贵", True),
    ("马千里", "马干里", True),
    ("王平", "王乎", True),
    ("旦正未", "旦正末", True),
    ("马千里", "马万里", False),
    ("李文", "李武", False),
    ("王秀兰", "王秀", False),
]


@pytest.mark.parametrize(("one", "two", "alike"), LOOKS)
def test_names_that_look_alike(one: str, two: str, alike: bool) -> None:
    level = next(level for level in NAME.levels if level.name == "look_alike")
    sides = {"name_l": one, "name_r": two, "shape_l": shape_of(one), "shape_r": shape_of(two)}
    told = ", ".join(f"'{value}' AS {name}" for name, value in sides.items())
    assert duckdb.sql(f"SELECT {level.sql} FROM (SELECT {told})").fetchone() == (alike,)


def test_a_character_that_the_index_lacks_looks_like_none_other() -> None:
    assert shape_of("王𬱖兰") == shape_of("王") + "?????" + shape_of("兰")


def test_shapes_come_in_the_order_of_the_names() -> None:
    assert shapes_of(["马千里", "王平"]) == [shape_of("马千里"), shape_of("王平")]
