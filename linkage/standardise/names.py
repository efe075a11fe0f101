"""Names: one folded form for comparison, how the name is built, its sound and its Tibetan families.

Pure and row-free: ``fold_name`` sees one distinct cell. What the cell said stays in ``_raw``.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final, NamedTuple

from opencc import OpenCC

from linkage.standardise import lexicon
from linkage.standardise.pinyin import reading, split_letters
from linkage.standardise.text import INVISIBLE, NOTHING

MISSING: Final = "?"
INTERPUNCT: Final = "·"

_INVISIBLE = re.compile(f"[{INVISIBLE}]")
# Boxes, question marks, stars, the replacement character and private-use codes: a character is gone.
_GONE = re.compile("[?*□■▢◇◆○●◯�￿\ue000-\uf8ff\U000f0000-\U0010fffd]")
_DESCRIBED = re.compile(r"\([^()]*(?:旁|底|字头|偏|框|加|上|下|左|右|读|音)[^()]*\)")
_BRACKETS = re.compile(r"[(\[{<【〔《][^)\]}>】〕》]*(?:[)\]}>】〕》]|$)")
_DOTS = re.compile(r"\s*[•․.‧・∙⋅·᛫﹒●᠂]+\s*")
_DIGITS = re.compile(r"[0-9'\"`‘’“”,，、;:_/\\|+=&^%$#@!~-]+")
_PIECE = re.compile(r"[A-Za-zü]+|[^A-Za-zü]", re.IGNORECASE)
_LATIN = re.compile(r"[A-Za-zü]")


class Folded(NamedTuple):
    """What one name cell becomes.

    ``name``: for comparison, missing characters as ``?``. ``guess``: how it is built, as seen without the
    ethnicity. ``as_han``: it could be a Han name (a surname, then one or two characters). ``pinyin``:
    toneless syllables. ``family``: Tibetan name families, unknown characters as they are; None when no
    unit is known. ``missing``: a character is missing.
    """

    name: str | None
    guess: str
    as_han: bool
    pinyin: str | None
    family: str | None
    missing: bool


_NO_NAME = Folded(None, "unknown", False, None, None, False)


def fold_name(cell: str) -> Folded:
    """Fold one delivered name; a cell that names nobody gives ``name`` None."""
    text = _without_marks(_INVISIBLE.sub("", unicodedata.normalize("NFKC", cell)).strip())
    if text.endswith(lexicon.honorifics("relative")):
        # 扎西之子 names the father: the person's own name is not known, and his must not stand for it.
        return _NO_NAME
    if not text or text.lower() in NOTHING or not text.strip(MISSING + INTERPUNCT):
        return _NO_NAME
    if _LATIN.search(text) and not any(_is_han(character) for character in text):
        return _latin(text)
    text = _interpuncted(text)
    name: list[str] = []
    sounds: list[str] = []
    missing = False
    for piece in _PIECE.findall(text):
        if _LATIN.match(piece):
            # Pinyin in place of characters: each syllable is a character whose sound is all we have.
            spelled = split_letters(piece)
            name.extend(MISSING for _ in spelled)
            sounds.extend(spelled)
            missing = True
        elif piece == INTERPUNCT:
            name.append(piece)
        elif piece == MISSING:
            name.append(piece)
            sounds.append(piece)
            missing = True
        elif not piece.isspace():
            plain = plain_character(piece)
            name.append(plain)
            sounds.append(reading(plain))
    folded = "".join(name).strip(INTERPUNCT)
    family, whole = families(folded.replace(INTERPUNCT, ""))
    as_han = _could_be_han(folded)
    guess = _guess(folded, as_han=as_han, tibetan=whole)
    if guess == "han":
        _read_as_surname(folded, sounds)
    return Folded(folded, guess, as_han, " ".join(sounds), family, missing)


@cache
def plain_character(character: str) -> str:
    """One character, traditional to simplified and variant to plain."""
    known = lexicon.variants()
    first = known.get(character, character)
    simple = _simplifier().convert(first)
    return known.get(simple, simple) if len(simple) == 1 else first


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def families(name: str) -> tuple[str | None, bool]:
    """Cut a name into known Tibetan units, longest first: their families, and whether they are all of it."""
    anywhere, ending = lexicon.tibetan_families()
    keys: list[str] = []
    known = True
    found = False
    at = 0
    while at < len(name):
        for length in (3, 2):
            unit = anywhere.get(name[at : at + length])
            if unit:
                keys.append(unit)
                at += length
                found = True
                break
        else:
            last = ending.get(name[at:]) if found else None
            if last:
                keys.append(last)
                break
            keys.append(name[at])
            known = False
            at += 1
    return (" ".join(keys), known) if found else (None, False)


def _without_marks(text: str) -> str:
    """Take away what is written about the name: titles, brackets, numbers; mark what is gone as ``?``."""
    text = _DESCRIBED.sub(MISSING, text)
    text = _BRACKETS.sub("", text)
    text = _GONE.sub(MISSING, text)
    text = _DIGITS.sub("", text).strip()
    for term in lexicon.honorifics("end_after_blank"):
        text = text.removesuffix(f" {term}").strip()
    for term in lexicon.honorifics("start"):
        if len(text) > len(term) + 1:
            text = text.removeprefix(term)
    shortened = True
    while shortened:
        shortened = False
        for term in lexicon.honorifics("end"):
            if text.endswith(term) and len(text) > len(term):
                text = text[: -len(term)].strip()
                # 李先生: the surname is all that is known, so the given name is a missing character.
                text = f"{text}{MISSING}" if len(text) == 1 else text
                shortened = True
                break
    return text.strip()


def _interpuncted(text: str) -> str:
    """One interpunct for all its forms; a blank between two parts of two or more characters is one too."""
    text = _DOTS.sub(INTERPUNCT, text).strip(INTERPUNCT + " ")
    parts = text.split()
    if len(parts) > 1:
        joint = INTERPUNCT if all(len(part) >= 2 for part in parts) else ""
        text = joint.join(parts)
    return text


def _latin(text: str) -> Folded:
    words = [word for word in re.split(r"[\s·.]+", text) if word]
    sounds = [sound for word in words for sound in split_letters(word)]
    name = " ".join(word.upper() for word in words)
    return Folded(name, "latin", False, " ".join(sounds), None, MISSING in name)


def _is_han(character: str) -> bool:
    return character == "〇" or unicodedata.name(character, "").startswith(("CJK UNIFIED", "CJK COMPAT"))


def _could_be_han(name: str) -> bool:
    known = lexicon.surnames()
    return (name[:1] in known and 2 <= len(name) <= 3) or (name[:2] in known and 3 <= len(name) <= 4)


def _guess(name: str, *, as_han: bool, tibetan: bool) -> str:
    if INTERPUNCT in name:
        return "interpunct"
    if tibetan:
        return "given"
    if as_han:
        return "han"
    return "given" if len(name) >= 4 else "unknown"


def _read_as_surname(name: str, sounds: list[str]) -> None:
    """Put the surname's own reading where it differs from the character's usual one (单: shan, not dan)."""
    known = lexicon.surnames()
    for length in (2, 1):
        special = known.get(name[:length])
        if special is not None and len(name) > length:
            if special:
                sounds[:length] = special.split()
            return
