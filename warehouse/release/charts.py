"""Charts as inline SVG: a Vega-Lite description in, a picture out, the same bytes on every machine.

Words are measured with the Noto font that comes with the locked requirements, never with a system's: what a
machine has installed moves no label. The page shows them in its own font.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import pylopdf_fonts_zh_cn as fonts
import vl_convert

FONT = "Noto Sans SC"
_ID = re.compile(r'(id="|url\(#)((?:clip|gradient)[_0-9a-z]*)')
_SIZE = re.compile(r'<svg ([^>]*?)width="([\d.]+)" height="[\d.]+"')


def svg(chart: Any, name: str) -> str:
    """An Altair chart as SVG that scales with its column; ids begin with ``name`` and never count on between runs."""
    return draw({**chart.to_dict(), "config": {}}, name)


def draw(spec: Mapping[str, Any], name: str) -> str:
    """A Vega-Lite description as SVG that scales with its column, no wider than it was drawn."""
    _measure_with_our_font()
    config = {"font": FONT, "background": None, "view": {"stroke": None}, **spec.get("config", {})}
    picture: str = vl_convert.vegalite_to_svg({**spec, "config": config})
    picture = picture.replace(f'font-family="{FONT}"', f'font-family="{FONT}, sans-serif"')
    seen: dict[str, str] = {}

    def renamed(found: re.Match[str]) -> str:
        return found[1] + seen.setdefault(found[2], f"{name}-{len(seen)}")

    return _SIZE.sub(r'<svg \1style="max-width:\2px"', _ID.sub(renamed, picture), count=1)


@cache
def _measure_with_our_font() -> None:
    vl_convert.register_font_directory(str(fonts.sans_path().parent))
