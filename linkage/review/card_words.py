"""A card in words: for each field what both sides say, in Chinese, and where they differ. Pure.

Whether two values differ is decided on the values themselves; what is shown goes through the audience's mask.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from linkage.records import BESIDE, HOME
from linkage.review.sides import Side
from linkage.wording import agency_word, feed_word, id_word, relation_word, role_word, sex_word
from warehouse.release.masking import Mask

Difference = Literal["same", "differs", "one_missing", "none"]
_VALUES_SHOWN = 3
_BIRTH_LENGTH = {"year": 4, "month": 7}
_BY_NUMBER = "（据号码）"


@dataclass(frozen=True)
class Field:
    """One field of a card: what ① and ② say (masked, joined), and how they compare.

    ``apart`` marks, for ① and ②, the characters that the other side does not have (positions in the text).
    """

    key: str
    first: str
    second: str
    difference: Difference
    apart: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())


def fields_of(left: Side, right: Side, *, is_turned: bool, mask: Mask) -> dict[str, Field]:
    """The fields of a card in the order of ``FIELDS``; ``is_turned`` puts the right side first."""
    first, second = (right, left) if is_turned else (left, right)
    return {
        key: _field(key, values(first), values(second), show(mask), by_character)
        for key, (values, show, by_character) in FIELDS.items()
    }


def _field(key: str, one: list[str], two: list[str], show: Callable[[str], str], by_character: bool) -> Field:
    first, second = _joined(one, show), _joined(two, show)
    if key not in COMPARED or not (one or two):
        return Field(key, first, second, "none")
    if not one or not two:
        return Field(key, first, second, "one_missing")
    one, two = ([value.removesuffix(_BY_NUMBER) for value in values] for values in (one, two))
    if set(one) & set(two):
        return Field(key, first, second, "same")
    if key == "numbers" and not {_kind(number) for number in one} & {_kind(number) for number in two}:
        return Field(key, first, second, "none")  # numbers of two agencies say nothing of one another
    apart = _apart(one[0], two[0]) if by_character and len(one) == len(two) == 1 else ((), ())
    return Field(key, first, second, "differs", apart)


def _kind(number: str) -> str:
    return number.partition(" ")[0]


def _joined(values: list[str], show: Callable[[str], str]) -> str:
    shown = list(dict.fromkeys(show(value) for value in values))
    more = f" 等{len(shown)}个" if len(shown) > _VALUES_SHOWN else ""
    return "、".join(shown[:_VALUES_SHOWN]) + more


def _apart(one: str, two: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    first: list[int] = []
    second: list[int] = []
    for tag, a1, a2, b1, b2 in difflib.SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        if tag != "equal":
            first += range(a1, a2)
            second += range(b1, b2)
    return tuple(first), tuple(second)


def _names(side: Side) -> list[str]:
    return [name.removeprefix("※") for name in side.values("name")]


def _ids(side: Side) -> list[str]:
    return list(
        dict.fromkeys(
            one["id_no"] or one["id_seen"] for one in side.descriptions if one["id_no"] or one["id_seen"]
        )
    )


def _births(side: Side) -> list[str]:
    """Birth dates of columns and ages; where a side has none, the one that its number tells, marked as such."""
    found: dict[bool, list[str]] = {False: [], True: []}
    for one in side.descriptions:
        if one["birth_date"]:
            shown = one["birth_date"].isoformat()[: _BIRTH_LENGTH.get(one["birth_precision"], 10)]
            found[one["birth_source"] == "id"].append(shown)
    return list(dict.fromkeys(found[False] or [shown + _BY_NUMBER for shown in found[True]]))


def _places(side: Side) -> list[str]:
    return list(dict.fromkeys(
        "".join(part for part in (one["township"], one["village"]) if part)
        for one in side.descriptions if one["township"] or one["village"]
    ))  # fmt: skip


def _keys(side: Side, kind: Callable[[str], bool]) -> list[str]:
    return [key for key in side.values("household_key") if kind(key)]


def _homes(side: Side) -> list[str]:
    return [key.removeprefix(HOME) for key in _keys(side, lambda key: key.startswith(HOME))]


def _numbers(side: Side) -> list[str]:
    households = _keys(side, lambda key: not key.startswith((HOME, BESIDE)))
    return [agency_word(key) for key in (*side.values("agency_key"), *households)]


def _standings(side: Side) -> list[str]:
    return [relation_word(code) for code in side.values("relation")]


def _people(side: Side) -> list[str]:
    return [sex_word(code) for code in side.values("sex")]


def _sources(side: Side) -> list[str]:
    return list(
        dict.fromkeys(feed_word(one["feed"]) + role_word(one["role"], one["of"]) for one in side.descriptions)
    )


def _states(side: Side) -> list[str]:
    """What is wrong with the numbers shown: kinds that are not whole."""
    return list(dict.fromkeys(word for kind in side.values("id_kind") if (word := id_word(kind))))


def _months(side: Side) -> list[str]:
    first = min(side.values("first_month"), default=None)
    last = max(side.values("last_month"), default=None)
    if first is None:
        return []
    return [str(first) if first == last else f"{first} 至 {last}"]


def _plain(mask: Mask) -> Callable[[str], str]:
    return mask.show_text


def _id(mask: Mask) -> Callable[[str], str]:
    """Where a number should stand, a phone may: it is masked as one."""
    return lambda value: mask.show_text(mask.show_id(value))


_Entry = tuple[Callable[[Side], list[str]], Callable[[Mask], Callable[[str], str]], bool]
FIELDS: dict[str, _Entry] = {
    "name": (_names, lambda mask: mask.show_name, True),
    "id_no": (_ids, _id, True),
    "id_state": (_states, _plain, False),
    "birth": (_births, _plain, True),
    "sex": (_people, _plain, False),
    "ethnicity": (lambda side: side.values("ethnicity"), _plain, False),
    "place": (_places, _plain, False),
    "home": (_homes, _plain, False),
    "phone": (lambda side: side.values("phone"), lambda mask: mask.show_phone, False),
    "relation": (_standings, _plain, False),
    "numbers": (_numbers, lambda mask: mask.show_text, False),
    "beside": (lambda side: list(side.beside), lambda mask: mask.show_name, False),
    "sources": (_sources, _plain, False),
    "months": (_months, _plain, False),
}
COMPARED = ("name", "id_no", "birth", "sex", "ethnicity", "place", "home", "phone", "relation", "numbers")


def differing(fields: dict[str, Field]) -> list[str]:
    """The fields on which both sides speak and do not agree."""
    return [key for key, field in fields.items() if field.difference == "differs"]
