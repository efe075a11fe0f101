"""Paper copies: a ``Document`` as an A4 landscape PDF, set by Typst with embedded Noto fonts.

The same values as the workbook beside it. No clock and no system font comes in, so a second run gives the
same bytes. A character that the fonts lack is printed as a box and the paper says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn as fonts
import typst
from fontTools.ttLib import TTFont

from warehouse.errors import NotReleased
from warehouse.months import Month
from warehouse.release.document import Document, Prose, Sheet, Table
from warehouse.release.header import header_cells
from warehouse.release.masking import Mask, exposed
from warehouse.release.workbook import NOTICE, Column

BOX = "□"
_TEMPLATE = Path(__file__).with_suffix(".typ")
AUTHOR = "兜底 Doudi"
# A long key has no place to break; a blank of no width gives it one.
_BREAK, _KEY_PART = "\u200b", 9
# Print size by the letters that a row holds: what is wide is set smaller, and never below what can be read.
_SIZES = ((110, 9.0), (150, 8.2), (190, 7.6), (10_000, 7.0))


def write_paper(path: Path, document: Document, *, month: Month, mask: Mask, shown_as: str) -> None:
    """Write a PDF; ``NotReleased`` when its words would show a whole ID or phone that ``mask`` forbids.

    The words are looked through before they are set: the template adds none of its own, and in the finished
    file letters are numbers of glyphs.
    """
    said = told(document, month)
    for text in _words(said):
        broken = exposed(text, mask)
        if broken:
            raise NotReleased(
                f"masking rule broken: a whole {broken} stands in {shown_as}, made for '{mask.audience}'.",
                next_step="mend the column that carries it; nothing of this month was published.",
            )
    path.parent.mkdir(parents=True, exist_ok=True)
    words = {"document": json.dumps(said, ensure_ascii=False)}
    made = compiler().compile(
        input=_TEMPLATE.read_bytes(), sys_inputs=words, format="pdf", timestamp=0, pdf_tags=False
    )
    path.write_bytes(made if isinstance(made, bytes) else b"".join(made or []))


def told(document: Document, month: Month) -> dict[str, Any]:
    """The document as the template takes it: nested lists of text."""
    last = month.last_day
    lacking: set[str] = set()

    def plain(text: str) -> str:
        known = _known()
        lost = {letter for letter in text if ord(letter) not in known and not letter.isspace()}
        lost.discard(_BREAK)
        lacking.update(lost)
        return text.translate(dict.fromkeys(map(ord, lost), BOX)) if lost else text

    sheets = [_sheet(sheet, plain) for sheet in document.sheets]
    if lacking and sheets:
        sheets[-1]["notes"].append(
            f"注：本件有 {len(lacking)} 个生僻字不在打印字库中，以“{BOX}”代替，请以电子表中的字为准。"
        )
    return {
        "title": plain(document.title), "author": AUTHOR,
        "date": {"year": last.year, "month": last.month, "day": last.day},
        "running": plain(document.title), "notice": NOTICE, "foot": f"数据截至 {last}", "sheets": sheets,
    }  # fmt: skip


def _sheet(sheet: Sheet, plain: Any) -> dict[str, Any]:
    return {
        "annex": plain(sheet.annex),
        "title": plain(sheet.title),
        "form_line": [plain(words) for words in sheet.form_line],
        "blocks": [_block(block, plain) for block in sheet.blocks],
        "notes": [plain(words) for words in sheet.notes],
        "sign": plain(sheet.sign),
    }


def _block(block: Table | Prose, plain: Any) -> dict[str, Any]:
    if isinstance(block, Prose):
        return {"kind": "prose", "text": plain(block.text), "open": block.open, "heading": block.is_heading}
    levels, header = header_cells(block.columns)
    totals = block.totals
    rows = [*block.rows, totals] if totals else block.rows
    breadth = sum(column.width for column in block.columns)
    return {
        "kind": "table",
        "heading": plain(block.heading),
        "otherwise": block.otherwise,
        "columns": [
            {"width": column.width, "look": column.look, "open": column.is_open} for column in block.columns
        ],
        "levels": levels,
        "header": header,
        "size": next(size for limit, size in _SIZES if breadth <= limit),
        "total": totals is not None,
        "rows": [
            [plain(shown(value, column)) for value, column in zip(row, block.columns, strict=True)]
            for row in rows
        ],
    }


def shown(value: object, column: Column) -> str:
    """A cell's value as it is printed: money with two decimals, counts without, a long key breakable."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float | Decimal):
        return (
            f"{value:,.2f}"
            if column.look == "money"
            else f"{value:,.0f}"
            if column.look == "count"
            else f"{value:g}"
        )
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    if column.look == "key":
        return _BREAK.join(text[at : at + _KEY_PART] for at in range(0, len(text), _KEY_PART))
    return text


def printable(said: Any) -> Any:
    """Nested text with a box for every character that the fonts lack."""
    if isinstance(said, str):
        known = _known()
        return "".join(letter if ord(letter) in known or letter.isspace() else BOX for letter in said)
    if isinstance(said, dict):
        return {key: printable(value) for key, value in said.items()}
    return [printable(value) for value in said] if isinstance(said, list) else said


def _words(said: Any) -> Iterator[str]:
    if isinstance(said, str):
        yield said.replace(_BREAK, "")
    elif isinstance(said, dict):
        for value in said.values():
            yield from _words(value)
    elif isinstance(said, Sequence):
        for value in said:
            yield from _words(value)


@cache
def compiler() -> typst.Compiler:
    """Typst with the fonts of the locked requirements and no others."""
    folder = fonts.sans_path().parent
    chosen = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])
    return typst.Compiler(font_paths=chosen)


@cache
def _known() -> frozenset[int]:
    """The characters that both faces hold."""
    held = [set(TTFont(path, lazy=True).getBestCmap()) for path in (fonts.sans_path(), fonts.serif_path())]
    return frozenset(held[0] & held[1])
