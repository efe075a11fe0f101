"""Toneless pinyin of single characters, and the splitting of a run of letters into syllables."""

from __future__ import annotations

from functools import cache

from pypinyin import Style, pinyin
from pypinyin.constants import PINYIN_DICT
from pypinyin.contrib.tone_convert import to_normal


@cache
def reading(character: str) -> str:
    """The usual toneless reading of one character (``v`` for ü); the character itself when unknown."""
    found = pinyin(character, style=Style.NORMAL, heteronym=False, errors=lambda text: text)
    return str(found[0][0]) if found else character


@cache
def syllables() -> frozenset[str]:
    """Every toneless syllable that some character is read as."""
    # The usual reading stands first. Twenty thousand characters share some fourteen hundred readings.
    first = {PINYIN_DICT[code].split(",")[0] for code in range(0x4E00, 0x9FA6) if code in PINYIN_DICT}
    return frozenset(found for found in map(to_normal, first) if found.isascii() and found.isalpha())


@cache
def split_letters(letters: str) -> tuple[str, ...]:
    """``zhaxi`` to ``("zha", "xi")``; the run in one piece when it is not pinyin. Longest first."""
    lower = letters.lower().replace("ü", "v")
    return _split(lower) or (lower,)


@cache
def _split(letters: str) -> tuple[str, ...] | None:
    if not letters:
        return ()
    for length in range(min(6, len(letters)), 0, -1):
        if letters[:length] in syllables():
            rest = _split(letters[length:])
            if rest is not None:
                return (letters[:length], *rest)
    return None
