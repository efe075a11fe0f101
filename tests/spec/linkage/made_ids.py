"""Ids as the tables write them: ``19800112/011``, and what went wrong with it on the way into a file."""

from __future__ import annotations

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def written_id(told: str, area: str) -> str:
    """The text of an id cell.

    ``told`` is ``<birth as YYYYMMDD>/<order number>``, in the area (six digits) of its case unless the birth is
    preceded by another's six digits and ``-``; several stand side by side with ``+``. After it, in order, the damage:
    ``digit 9`` (the ninth character is another digit), ``swap 9`` (the ninth and tenth change places), ``lost 9``,
    ``area 632301`` (its
    first six are other ones), ``check`` (the check character is another), ``excel`` (the last three became 000), ``science``
    (6.32321E+17), ``masked`` (the birth is asterisks), ``old`` (15 digits).
    """
    if "+" in told:
        return "、".join(written_id(one.strip(), area) for one in told.split("+"))
    words = told.split()
    number = _valid(words[0], area)
    at = 1
    while at < len(words):
        damage = words[at]
        if damage == "area":
            number = words[at + 1] + number[6:]
            at += 1
        elif damage in ("digit", "swap", "lost"):
            place = int(words[at + 1]) - 1
            at += 1
            if damage == "digit":
                number = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
            elif damage == "swap":
                assert number[place] != number[place + 1], f"{told}: two equal characters change nothing"
                number = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
            else:
                number = number[:place] + number[place + 1 :]
        else:
            number = _DAMAGES[damage](number)
        at += 1
    return number


def _valid(told: str, area: str) -> str:
    where, _, rest = told.rpartition("-")
    birth, order = rest.split("/")
    body = f"{where or area}{birth}{order}"
    assert len(body) == 17, f"{told} is no id"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]


_DAMAGES = {
    "check": lambda number: number[:17] + ("1" if number[17] != "1" else "2"),
    "excel": lambda number: number[:15] + "000",
    "science": lambda number: f"{number[0]}.{number[1:6]}E+17",
    "masked": lambda number: number[:6] + "********" + number[14:],
    "old": lambda number: number[:6] + number[8:17],
}
