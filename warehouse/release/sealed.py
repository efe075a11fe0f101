"""Look through finished workbooks for identifiers that their readers may not see."""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from warehouse.errors import NotReleased
from warehouse.release.masking import Mask, exposed

_SHEETS = "xl/worksheets/"
_TEXT = re.compile(r">([^<]+)<")
_ATTRIBUTE = re.compile(r'="([^"]*)"')
# A cell with a fraction: 8.8 is written 8.800000000000001, and no number of a person has a point in it (a phone's eleven
# digits before one are no amount either).
_FRACTION = re.compile(r"-?[0-9]{1,10}\.[0-9]+(E[-+]?[0-9]+)?")
_BLOCK = 1 << 20


def check_sealed(path: Path, mask: Mask, *, shown_as: str) -> None:
    """``NotReleased`` when a whole ID or phone stands in any part of a masked workbook.

    The finished file is read, not the rows it was made from: whatever way a number took, it is seen.
    """
    if not mask.is_masked:
        return
    for part, text in texts(path):
        broken = None if _is_fraction(part, text) else exposed(text, mask)
        if broken:
            raise NotReleased(
                f"masking rule broken: a whole {broken} stands in {shown_as} ({part}), made for '{mask.audience}'.",
                next_step="mend the column that carries it; nothing of this month was published.",
            )


def _is_fraction(part: str, text: str) -> bool:
    return part.startswith(_SHEETS) and _FRACTION.fullmatch(text) is not None


def texts(path: Path) -> Iterator[tuple[str, str]]:
    """Every piece of text of a workbook with the part it stands in, as a stream.

    Outside the sheets attributes are read too: names of sheets and properties stand there.
    """
    with zipfile.ZipFile(path) as book:
        for part in book.namelist():
            with book.open(part) as handle:
                rest = b""
                while block := handle.read(_BLOCK):
                    whole, cut, rest = (rest + block).rpartition(b"<")
                    yield from _pieces(part, whole + cut)
                    rest = cut + rest if cut else rest
                yield from _pieces(part, rest + b"<")


def _pieces(part: str, xml: bytes) -> Iterator[tuple[str, str]]:
    text = xml.decode("utf-8", errors="replace")
    for found in _TEXT.finditer(text):
        yield part, html.unescape(found[1])
    if not part.startswith(_SHEETS):
        for found in _ATTRIBUTE.finditer(text):
            yield part, html.unescape(found[1])
