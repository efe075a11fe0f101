"""What a delivered file's name says: which feed, which part of it, which correction, history or not.

A name is ``<feed>[_<part>…][_<correction>].<ext>``. The feed is the longest contract name it begins
with. Tokens between underscores that are correction words (``v2``, ``更正``, ``corrected`` …) make it a
correction of the file that has the same name without them. A history word, or a late word behind a month
(``2026-09补报``), says that the file speaks of earlier months and comes beside the month's own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

from warehouse.intake.words import fold, words

SIDE_FILE = ".manifest.json"
WITHDRAWAL = ".withdrawn.json"
FORMS = (".csv", ".xlsx", ".xls")
# Other forms in which a table travels: of a feed they are a delivery that cannot be taken, and no accompanying letter.
_TABLES = (
    ".et",
    ".xlsm",
    ".xlsb",
    ".xltx",
    ".ods",
    ".txt",
    ".tsv",
    ".dbf",
    ".zip",
    ".rar",
    ".7z",
    ".gz",
    ".tmp",
)
_NUMBER = re.compile(r"\d{17}[\dXx]|(?<!\d)\d{15}(?!\d)")
_TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NUMBERED = re.compile(r"^(.*?)(\d*)$")


@dataclass(frozen=True)
class Name:
    """``base``: the stem without correction words (equal for a file and its corrections). ``rank``: 1 for
    an original, 2 and more for corrections, higher beats lower."""

    file: str
    feed: str
    base: str
    rank: int
    is_history: bool
    is_late: bool

    @property
    def is_correction(self) -> bool:
        """Whether the name claims to correct another file."""
        return self.rank > 1

    @property
    def is_beside(self) -> bool:
        """Whether the file speaks of earlier months, beside the month's own delivery."""
        return self.is_history or self.is_late

    @property
    def is_whole_delivery(self) -> bool:
        """Whether the name, without correction words, is the feed's alone."""
        return self.base == self.feed


def is_delivery(file: str) -> bool:
    """Whether a name in the inbox is meant as a delivery (not a side file, hidden file or editor's lock)."""
    is_beside = file.endswith((SIDE_FILE, WITHDRAWAL))
    return not file.startswith((".", "~")) and not is_beside and file.lower() != "thumbs.db"


def is_plain(file: str) -> bool:
    """Whether a name can be written down: Unicode, on one line, read as it stands, nobody's number in it."""
    return not unwritten(file)


def unwritten(file: str) -> str:
    """What a name holds that may not be written down; nothing for a plain one."""
    kinds = {unicodedata.category(sign) for sign in file}
    if "Cs" in kinds:
        return "bytes that are no UTF-8"
    if kinds & {"Cc", "Zl", "Zp"}:
        return "line breaks or control characters"
    if _TURNS & set(file):
        return "marks that turn the direction of writing"
    if _NUMBER.search(unicodedata.normalize("NFKC", file)):
        return "an identity number"
    return ""


def _is_unwritten(sign: str) -> bool:
    # A mark that turns the direction of writing makes a name look like another.
    return unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") or sign in _TURNS


def shown_name(file: str) -> str:
    """A name as messages and the ledger show it: what cannot be written, and a number of a person, is ``?``."""
    plain = "".join("?" if _is_unwritten(sign) else sign for sign in file)
    if not _NUMBER.search(unicodedata.normalize("NFKC", plain)):
        return plain
    return _NUMBER.sub("?", unicodedata.normalize("NFKC", plain))


def feed_of(file: str, feeds: Iterable[str]) -> str:
    """The feed whose name a file's begins with (the longest), or nothing."""
    return max((feed for feed in feeds if file.lower().startswith(feed)), key=len, default="")


def is_table(file: str) -> bool:
    """Whether a name's end is that of a table or of a bundle of tables, taken by the dock or not."""
    return file.rstrip(". ").lower().endswith((*FORMS, *_TABLES))


def read_name(file: str, feeds: Iterable[str]) -> Name | None:
    """Read a file's name; None when no feed has it or it is not of a form that the dock takes."""
    path = PurePath(file)
    feed = feed_of(path.stem, feeds)
    if not feed or path.suffix.lower() not in FORMS:
        return None
    kept: list[str] = []
    rank = 1
    for token in path.stem[len(feed) :].split("_"):
        claimed = _rank(token)
        if claimed is None:
            kept.append(token)
        else:
            rank = max(rank, claimed)
    return Name(
        file=file,
        feed=feed,
        # Folded: names that differ in case, width or composition only are one file on half of all systems.
        base=feed + fold("_".join(kept)),
        rank=rank,
        is_history=any(fold(token) in words().history for token in kept),
        is_late=any(fold(token).endswith(words().late) for token in kept),
    )


def _rank(token: str) -> int | None:
    """``v2`` 2, ``v3`` 3, ``更正`` 2, ``更正2`` 3; None for a token that is no correction word."""
    matched = _NUMBERED.match(fold(token))
    if matched is None or matched[1] not in words().correction:
        return None
    number = int(matched[2] or 1)
    return max(number, 1) if matched[1] == "v" else number + 1
