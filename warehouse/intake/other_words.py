"""Why a text file shows no header: its characters may be of an encoding that the dock does not read, or broken.

Nothing is read so: this only helps to say what is wrong.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from warehouse.intake.contract import Contract
from warehouse.intake.decoding import encoding_of
from warehouse.intake.header import find_header
from warehouse.intake.limits import Limits

_LOOK_BYTES = 1 << 16
_OTHERS = {"big5hkscs": "Big5", "utf-7": "UTF-7", "utf-32": "UTF-32", "hz": "HZ", "iso2022_jp": "ISO 2022"}
_MISREAD = ("gb18030", "latin-1", "cp1252")


def broken_words(path: Path, contract: Contract, limits: Limits) -> str:
    """What is wrong with a file's characters, as the rest of a sentence on the file; empty when nothing shows."""
    with path.open("rb") as handle:
        head = handle.read(_LOOK_BYTES)
    for what, text in _readings(head, encoding_of(path)):
        try:
            rows = list(csv.reader(io.StringIO(text, newline="")))[: limits.header_search_rows]
        except csv.Error:
            continue
        header = find_header(rows, contract)
        if header is not None and not header.missing:
            return what
    return ""


def _readings(head: bytes, encoding: str) -> Iterator[tuple[str, str]]:
    """What would have been wrong, and the text as it then was meant."""
    for other, called in _OTHERS.items():
        yield f"is written in {called}.", head.decode(other, "ignore")
    seen = head.decode(encoding, "ignore")
    for wrong in _MISREAD:
        # UTF-8 read as another encoding, and what came out saved again.
        meant = seen.encode(wrong, "ignore").decode("utf-8", "ignore")
        yield "holds broken characters: its text was read in a wrong encoding and saved again.", meant
