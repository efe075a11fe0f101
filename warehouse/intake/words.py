"""The dock's words (``words.yml``) and the one way in which headers and words are folded for comparing."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

_NOISE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff*:'\"`]+")
_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")


class Words(BaseModel):
    """What ``words.yml`` says; every list is folded."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    correction: tuple[str, ...]
    history: tuple[str, ...]
    late: tuple[str, ...]
    total: tuple[str, ...]
    subtotal: tuple[str, ...]
    note: tuple[str, ...]
    filled_in: tuple[str, ...]
    numbering: tuple[str, ...]
    reasons: dict[str, str]


@cache
def words() -> Words:
    """The words, read once."""
    plain = yaml.safe_load(Path(__file__).with_name("words.yml").read_text(encoding="utf-8"))
    return Words.model_validate(
        {
            key: [fold(word) for word in value] if isinstance(value, list) else value
            for key, value in plain.items()
        }
    )


@lru_cache(4096)
def fold(text: str) -> str:
    """Fold a header or word: full width to half, no blanks, line breaks, stars, colons or quotes, lower case."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).lower()


@lru_cache(4096)
def fold_bare(text: str) -> str:
    """``fold`` without what stands in brackets: ``月保障金额（元）`` and ``月保障金额`` are one header."""
    return _IN_BRACKETS.sub("", fold(text))


def is_blank(text: str) -> bool:
    """Whether a cell holds nothing to read (blanks, U+3000 and zero-width characters count as nothing)."""
    return not text or not _INVISIBLE.sub("", text)
