"""What happens to names on their way through agencies. Pure: one name in, one written name out.

A kind gives the name back unchanged where it cannot strike it (no interpunct to vary, no such character).
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pypinyin import lazy_pinyin

LEXICON = Path(__file__).parent / "lexicon"
# Every dot that is met in files between the parts of a name, a blank and nothing at all.
INTERPUNCTS = ("•", "．", ".", "‧", "・", " ", "")
PRIVATE_USE = 0xE000


@dataclass(frozen=True)
class Beside:
    """What a name's mistake may need to know: the sex (1, 2 or ``""``), a relative's name, the agency's choice."""

    sex: str = ""
    relative: str = ""
    agency: int = 0


Spoil = Callable[[str, int, Beside], str]


@cache
def characters(kind: str) -> dict[str, tuple[str, ...]]:
    """The character lexicon of a kind: each character with what may stand in its place."""
    found: dict[str, tuple[str, ...]] = {}
    with (LEXICON / "characters.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["kind"] != kind:
                continue
            if kind in ("homophone", "look_alike"):
                group = tuple(row["characters"])
                for one in group:
                    found[one] = found.get(one, ()) + tuple(other for other in group if other != one)
            else:
                found[row["characters"]] = (row["written"],)
    return found


@cache
def renderings() -> dict[str, tuple[str, ...]]:
    """Each rendering of a Tibetan name with its whole family."""
    with (LEXICON / "name_families.csv").open(encoding="utf-8", newline="") as lines:
        families = [tuple(row["renderings"].split()) for row in csv.DictReader(lines)]
    return {rendering: family for family in families for rendering in family}


def _exchange(name: str, bits: int, kind: str, first: int = 0) -> str:
    lexicon = characters(kind)
    places = [place for place in range(first, len(name)) if name[place] in lexicon]
    if not places:
        return name
    place = places[bits % len(places)]
    others = lexicon[name[place]]
    return name[:place] + others[(bits >> 8) % len(others)] + name[place + 1 :]


def _place(name: str, bits: int) -> int:
    """A character of the given name: surnames are typed right."""
    return 1 + bits % (len(name) - 1) if len(name) > 1 else 0


def interpunct(name: str, bits: int, beside: Beside) -> str:
    """Another dot, or none."""
    del beside
    return name.replace("·", INTERPUNCTS[bits % len(INTERPUNCTS)])


def honorific(name: str, bits: int, beside: Beside) -> str:
    """先生 or 女士 left behind the name."""
    del bits
    return name + ("女士" if beside.sex == "2" else "先生")


def deceased(name: str, bits: int, beside: Beside) -> str:
    """A note that belongs in another column."""
    del beside
    return name + ("（已故）" if bits % 3 else "(已故)")


def relative_of(name: str, bits: int, beside: Beside) -> str:
    """Only whose child or wife it is: 扎西之子."""
    del bits
    return f"{beside.relative}之{'女' if beside.sex == '2' else '子'}" if beside.relative else name


def wife_of(name: str, bits: int, beside: Beside) -> str:
    """Only whose wife it is."""
    del bits
    return f"{beside.relative}之妻" if beside.relative and beside.sex == "2" else name


def homophone(name: str, bits: int, beside: Beside) -> str:
    """A character that sounds the same."""
    del beside
    return _exchange(name, bits, "homophone")


def look_alike(name: str, bits: int, beside: Beside) -> str:
    """A character that looks the same."""
    del beside
    return _exchange(name, bits, "look_alike")


def traditional(name: str, bits: int, beside: Beside) -> str:
    """The traditional or a variant form."""
    del bits, beside
    lexicon = characters("traditional")
    return "".join(lexicon[one][0] if one in lexicon else one for one in name)


def question_mark(name: str, bits: int, beside: Beside) -> str:
    """A character that the system could not show."""
    del beside
    place = _place(name, bits)
    return name[:place] + "?" + name[place + 1 :]


def private_use(name: str, bits: int, beside: Beside) -> str:
    """A character drawn by the agency's own font."""
    del beside
    place = _place(name, bits)
    return name[:place] + chr(PRIVATE_USE + ord(name[place]) % 0x600) + name[place + 1 :]


def pinyin(name: str, bits: int, beside: Beside) -> str:
    """Pinyin in place of a character."""
    del beside
    place = _place(name, bits)
    return name[:place] + _syllable(name[place]) + name[place + 1 :]


@cache
def _syllable(character: str) -> str:
    return str(lazy_pinyin(character)[0])


def described(name: str, bits: int, beside: Beside) -> str:
    """A character described instead of written: (莹加王旁)."""
    del beside
    return _exchange(name, bits, "described")


def rare(name: str, bits: int, beside: Beside) -> str:
    """A character outside GBK, as the person's own card has it."""
    del beside
    return _exchange(name, bits, "rare", first=min(1, len(name) - 1))


def tibetan(name: str, bits: int, beside: Beside) -> str:
    """The rendering that this agency prefers: 次仁, 才仁, 才让 are one name."""
    del bits
    families = renderings()
    parts, place = "", 0
    while place < len(name):
        piece = name[place : place + 2]
        if piece in families:
            family = families[piece]
            parts += family[(beside.agency + len(family[0]) + ord(family[0][0])) % len(family)]
            place += 2
        else:
            parts += name[place]
            place += 1
    return parts


def short(name: str, bits: int, beside: Beside) -> str:
    """The first half of a four-character name, as people are called: 扎西卓玛 is 扎西."""
    del bits, beside
    return name[:2] if len(name) == 4 and "·" not in name else name


def spaced(name: str, bits: int, beside: Beside) -> str:
    """A blank that makes two-character names as wide as three."""
    del beside
    return name[0] + ("\u3000" if bits % 3 else " ") + name[1] if len(name) == 2 else name + " "


def nothing(name: str, bits: int, beside: Beside) -> str:
    """No name yet."""
    del name, bits, beside
    return ""


# In order: the first that strikes and changes the name counts. ``name_rare`` is drawn county-wide first
# (the person's own name has the character); what an agency makes of it comes after.
KINDS: dict[str, Spoil] = {
    "name_relative_of": relative_of,
    "name_wife_of": wife_of,
    "name_short": short,
    "name_tibetan": tibetan,
    "name_homophone": homophone,
    "name_look_alike": look_alike,
    "name_question_mark": question_mark,
    "name_private_use": private_use,
    "name_pinyin": pinyin,
    "name_described": described,
    "name_traditional": traditional,
    "name_interpunct": interpunct,
}
# These may come on top of the others.
ON_TOP: dict[str, Spoil] = {
    "name_honorific": honorific,
    "name_deceased": deceased,
    "name_spaced": spaced,
}
