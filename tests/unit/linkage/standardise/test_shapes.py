"""Characters that are mistaken for one another have nearly one four-corner code; others do not."""

from __future__ import annotations

import duckdb
import pytest

from linkage import nodes
from linkage.model.definition import NAME
from linkage.standardise.shapes import shape_of

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


def test_a_node_has_the_shape_of_its_whole_name() -> None:
    names = ["马千里", "王's?·𠮷", "王\x00兰", "", None]
    with duckdb.connect() as con:
        con.execute("CREATE TABLE nodes (name VARCHAR, shape VARCHAR)")
        con.executemany("INSERT INTO nodes VALUES (?, NULL)", [(name,) for name in names])
        nodes._shape(con)
        told = dict(con.execute("SELECT name, shape FROM nodes").fetchall())
    assert told == {name: None if name is None else shape_of(name) for name in names}
