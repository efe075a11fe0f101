"""An explanation as one HTML file that needs nothing else: no script, no address, no font of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import jinja2
from markupsafe import Markup

from linkage.explain.explanation import Explanation, Match
from warehouse.page_style import STYLE

_AIR = 0.04  # share of the width that stays free at both ends of the waterfall
_ROOM = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)


def render_card(explanation: Explanation) -> str:
    """The match card of an explanation; the same explanation gives the same bytes."""
    at, width = _scale(explanation.match)
    return _ROOM.get_template("card.html").render(it=explanation, at=at, width=width, style=Markup(STYLE))


def write_card(explanation: Explanation, path: Path) -> None:
    """Write the card whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".aside-{path.name}")
    aside.write_text(render_card(explanation), encoding="utf-8")
    aside.replace(path)


def _scale(match: Match | None) -> tuple[Callable[[float], str], Callable[[float, float], str]]:
    """From bits to percent of the waterfall's width: a place, and a length."""
    stands = [0.0]
    if match is not None:
        stands += [match.join_bits, match.review_bits, *(bar.end for bar in match.bars)]
    low, high = min(stands), max(stands)
    span = (high - low) or 1.0

    def share(bits: float) -> float:
        return _AIR + (1 - 2 * _AIR) * (bits - low) / span

    return (
        lambda bits: f"{100 * share(bits):.2f}%",
        lambda start, end: f"{100 * abs(share(end) - share(start)):.2f}%",
    )
