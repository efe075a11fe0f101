"""A story on paper: the same sentences, drawings and figures as on the page, set by Typst. No clock, no system font."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from warehouse.months import Month
from warehouse.release.paper import AUTHOR, compiler, printable
from warehouse.release.pictures.story import KINDS, Cell, Funnel, Numbers, Picture, Section, Story, breadth

_TEMPLATE = Path(__file__).with_name("month.typ")
_ACROSS = 3
# A card holds a table of so many rows (month.typ, too); a longer one stands in the annex.
_IN_CARD = 10
_FILLS = ("#E6EFF8", "#E4F3EB")
# A column is as wide as what stands in it, within bounds; a letter of Chinese takes two.
# What is long breaks into lines, so that a date beside it need not.
_NARROW, _BROAD, _LEVELLED = 5, 60, 0.6


def write_pdf(path: Path, story: Story, *, month: Month) -> None:
    """Write the story as a PDF."""
    path.parent.mkdir(parents=True, exist_ok=True)
    words = {"story": json.dumps(printable(told(story, month)), ensure_ascii=False)}
    made = compiler().compile(
        input=_TEMPLATE.read_bytes(), sys_inputs=words, format="pdf", timestamp=0, pdf_tags=False
    )
    path.write_bytes(made if isinstance(made, bytes) else b"".join(made or []))


def told(story: Story, month: Month) -> dict[str, Any]:
    """The story as the template takes it."""
    last = month.last_day
    pictures = [
        block
        for section in story.sections
        for block in section.blocks
        if isinstance(block, Picture)
        and (block.drawings or (len(block.numbers.rows) > _IN_CARD and not block.is_wide))
    ]
    return {
        "title": story.title, "eyebrow": story.eyebrow, "notice": story.notice, "foot": story.foot, "author": AUTHOR,
        "date": {"year": last.year, "month": last.month, "day": last.day},
        "headlines": [{"kind": one.kind, "word": KINDS[one.kind], "text": one.text} for one in story.headlines],
        "sections": [{"title": section.title, "rows": _rows(section)} for section in story.sections],
        "annex": [{"title": one.title, "numbers": _numbers(one.numbers)} for one in pictures],
    }  # fmt: skip


def _rows(section: Section) -> list[list[dict[str, Any]]]:
    """Blocks row by row: wide ones and tables alone, drawings beside each other."""
    rows: list[list[dict[str, Any]]] = []
    beside: list[dict[str, Any]] = []
    for block in section.blocks:
        if isinstance(block, Picture) and not block.is_wide:
            beside.append(_picture(block))
            continue
        rows.append([_funnel(block)] if isinstance(block, Funnel) else [_picture(block)])
    # Within a section what is wide comes first, whatever its place on the page.
    return rows + [beside[at : at + _ACROSS] for at in range(0, len(beside), _ACROSS)]


def _picture(picture: Picture) -> dict[str, Any]:
    return {
        "kind": "picture" if picture.drawings else "table", "wide": picture.is_wide,
        "title": picture.title, "told": picture.told, "note": picture.note,
        "drawings": [{"svg": drawing, "breadth": breadth(drawing)} for drawing in picture.drawings],
        "captions": list(picture.captions), "numbers": _numbers(picture.numbers),
    }  # fmt: skip


def _funnel(funnel: Funnel) -> dict[str, Any]:
    rows = [
        {
            "heading": heading,
            "fill": _FILLS[min(place, len(_FILLS) - 1)],
            "steps": [{"label": one.label, "count": one.count, "under": one.under} for one in steps],
        }
        for place, (heading, steps) in enumerate(funnel.rows)
    ]
    return {"kind": "funnel", "wide": True, "told": funnel.told, "rows": rows}


def _numbers(numbers: Numbers) -> dict[str, Any]:
    rows = [[_shown(value) for value in row] for row in numbers.rows]
    across = range(len(numbers.headers))
    longest = [max(map(_breadth, (numbers.headers[at], *(row[at] for row in rows)))) for at in across]
    return {
        "headers": list(numbers.headers),
        "rows": rows,
        "otherwise": numbers.otherwise,
        "widths": [round(min(_BROAD, max(_NARROW, length)) ** _LEVELLED, 2) for length in longest],
        "right": [all(not isinstance(row[at], str) for row in numbers.rows) for at in across],
    }


def _shown(value: Cell) -> str:
    return "–" if value is None else value if isinstance(value, str) else f"{value:,}"


def _breadth(words: str) -> int:
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in words)
