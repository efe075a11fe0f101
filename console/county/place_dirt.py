"""Places and addresses as clerks write them. Pure: one text in, one written text out."""

from __future__ import annotations

from collections.abc import Callable

from console.county.seat import here

_KINDS = ("街道", "镇", "乡")
_VILLAGE_ENDS = ("社区", "村")

Spoil = Callable[[str, int], str]


def township(name: str, bits: int) -> str:
    """A township without its kind, with the county before it, or as the kind it was before."""
    bare = _without(name, _KINDS)
    old = bare + ("乡" if name.endswith("镇") else "镇")
    return (bare, here().name + name, here().old_name + bare, old, bare + "乡镇")[bits % 5]


def village(name: str, bits: int) -> str:
    """A village without 村, as 村委会, as 行政村, or with the county before it."""
    bare = _without(name, _VILLAGE_ENDS)
    end = name[len(bare) :]
    seat = "居委会" if end == "社区" else "村委会"
    return (bare, bare + seat, bare + ("社区居委会" if end == "社区" else "行政村"), name + "委员会")[
        bits % 4
    ]


def address(text: str, bits: int) -> str:
    """An address with the old county, with the province before it, or cut off at its end."""
    seat = here()
    for county in (seat.name, seat.old_name):
        if text.startswith(county):
            rest = text.removeprefix(county)
            above = [f"青海省{prefecture}" for prefecture in seat.prefecture]
            return (seat.old_name + rest, above[0] + text, above[1] + text, rest)[bits % 4]
    return text[: max(len(text) - 3, 4)]


def address_with_comma(text: str, bits: int) -> str:
    """An address with a comma in it, which only quotes keep in its column."""
    place = max(text.rfind("村"), text.rfind("社")) + 1
    comma = ", " if bits % 3 == 0 else ","
    return text[:place] + comma + text[place:] if 0 < place < len(text) else text + comma + here().name[:2]


def _without(name: str, ends: tuple[str, ...]) -> str:
    for end in ends:
        if name.endswith(end) and len(name) > len(end) + 1:
            return name.removesuffix(end)
    return name


# Column to kind and what it does; a kind strikes only the columns named here.
KINDS: dict[str, tuple[tuple[str, ...], Spoil]] = {
    "township_spelling": (("township",), township),
    "village_spelling": (("village",), village),
    "address_spelling": (("hukou_address", "residence_address", "address"), address),
    "address_comma": (("hukou_address", "residence_address", "address"), address_with_comma),
}
