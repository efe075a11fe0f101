"""How characters look: the four-corner code of a name (四角号码), for slips between look-alikes (己 已, 冶 治).

A published index describes each character by the strokes in its four corners and one digit more; characters that
are mistaken for one another share most of the five digits.
"""

from __future__ import annotations

from functools import cache

from four_corner_method import FourCornerMethod

# A character that the index does not hold looks like none other: its place is filled with what no code has.
_UNKNOWN = "?????"


@cache
def _index() -> FourCornerMethod:
    return FourCornerMethod()


def shape_of(name: str) -> str:
    """The codes of a name's characters, five digits each, run together: ``""`` for an empty name."""
    return "".join(_index().query(character) or _UNKNOWN for character in name)
