"""Looking through a piece of text for every wanted value at once: runs of digits against sets, names by Aho-Corasick.

A name counts where its own village is told, too: within the same few lines, or, where the name stands alone (a cell, a
line), anywhere in the same document. A name inside the name of a village is that village.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import ahocorasick

from warehouse.privacy.wanted import Wanted

KINDS = ("id", "phone", "account", "name_village")
_RUN = re.compile(r"(?<![0-9])[0-9]{10,}[Xx]?")
# As people group them: 632321 1990 0101 1234, 138 0013 8000.
_GAPPED = re.compile(
    r"(?<![0-9])(?:[1-9][0-9]{5}[ \u00a0\u3000-][0-9]{4}[ \u00a0\u3000-]?[0-9]{4}[ \u00a0\u3000-][0-9]{3}[0-9Xx]"
    r"|1[3-9][0-9][ \u00a0\u3000-][0-9]{4}[ \u00a0\u3000-][0-9]{4})(?![0-9])"
)
_GAP = re.compile(r"[ \u00a0\u3000-]")
_WIDE = re.compile(r"[０-９Ｘｘ×]")
_PLAIN = {ord("０") + digit: str(digit) for digit in range(10)} | {ord(cross): "X" for cross in "Ｘｘ×"}
_HAN = re.compile(r"[\u3400-\u9fff·]")
_NEAR = 60
# Where names have Han characters, whatever lies far from any is only distance.
_FAR = re.compile(rf"[^\u3400-\u9fff·]{{{_NEAR + 2},}}")
_DISTANCE = " " * (_NEAR + 1)


class Looking:
    """What is wanted, ready to be looked for in text after text."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self._words = ahocorasick.Automaton()
        villages = wanted.villages
        for word in {*wanted.names, *villages}:
            self._words.add_word(word, (word, word in wanted.names, word in villages))
        self._has_words = bool(wanted.names)
        self._is_han = all(_HAN.search(name) for name in wanted.names)
        if self._has_words:
            self._words.make_automaton()

    def hits(self, text: str) -> Counter[str]:
        """How many distinct values of each kind (``KINDS``) stand in a document."""
        plain = text.translate(_PLAIN) if _WIDE.search(text) else text
        found = Counter({kind: len(values) for kind, values in self._numbers(plain).items() if values})
        if self._has_words and _HAN.search(plain):
            named = self._named(_FAR.sub(_DISTANCE, plain) if self._is_han else plain)
            if named:
                found["name_village"] = named
        return found

    def _numbers(self, text: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {"id": set(), "phone": set(), "account": set()}
        runs = {match.group() for match in _RUN.finditer(text)}
        runs |= {_GAP.sub("", match.group()) for match in _GAPPED.finditer(text)}
        for run in runs:
            whole = run.upper()
            digits = whole.rstrip("X")
            for bare in (digits, digits.removeprefix("86"), digits.removeprefix("0086")):
                if bare in self.wanted.phones:
                    found["phone"].add(bare)
            if digits in self.wanted.accounts:
                found["account"].add(digits)
            if digits in self.wanted.ids:
                found["id"].add(digits)
            # Numbers that run into each other: an ID is told by its own form, wherever it begins.
            for start in range(len(whole) - 17):
                if whole[start : start + 18] in self.wanted.ids:
                    found["id"].add(whole[start : start + 18])
        return found

    def _named(self, text: str) -> int:
        """How many names stand with their village."""
        names: list[tuple[int, int, str]] = []
        villages: dict[str, list[int]] = {}
        covered: list[tuple[int, int]] = []
        for end, (word, is_name, is_village) in self._words.iter(text):
            start = end - len(word) + 1
            if is_village:
                villages.setdefault(word, []).append(start)
                covered.append((start, end))
            if is_name and not is_village:
                names.append((start, end, word))
        if not villages or not names:
            return 0
        found = set()
        inside = _inside(names, covered)
        for index, (start, end, word) in enumerate(names):
            if word in found or index in inside:
                continue
            told = [villages[village] for village in self.wanted.names[word] if village in villages]
            if not told:
                continue
            if _stands_alone(text, start, end) or any(
                abs(place - start) <= _NEAR for places in told for place in places
            ):
                found.add(word)
        return len(found)


def _inside(names: list[tuple[int, int, str]], covered: list[tuple[int, int]]) -> set[int]:
    """Which of the names are part of the name of a village; both come in the order of their ends."""
    parts, at = set(), 0
    covered = sorted(covered)
    order: Iterator[int] = iter(sorted(range(len(names)), key=lambda one: names[one][0]))
    for index in order:
        start, end, _ = names[index]
        while at < len(covered) and covered[at][1] < start:
            at += 1
        if at < len(covered) and covered[at][0] <= start and end <= covered[at][1]:
            parts.add(index)
    return parts


def _stands_alone(text: str, start: int, end: int) -> bool:
    before, after = text[max(start - 1, 0) : start], text[end + 1 : end + 2]
    return not _HAN.match(before) and not _HAN.match(after)
