"""Small drawings of months as SVG: bars, and a line as small as a word. No script, no font. Pure.

Colours are those of the page's style. The charting library takes longer over one page than the whole month of
notices; these need none.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 560, 150, 44, 22, 12
_WIDE, _HIGH, _PAD = 168, 40, 4


def bars(months: Sequence[str], values: Sequence[float | None], *, title: str, is_share: bool = False) -> str:
    """A bar per month with its value above; a month of which nothing is known is a gap. Empty when all is nought or unknown."""
    known = [value for value in values if value is not None]
    if not any(known):
        return ""
    most = max(known)
    room = (_WIDTH - _LEFT) / max(1, len(months))
    ground = _HEIGHT - _BOTTOM
    tall = ground - _TOP - 10
    every = max(1, -(-len(months) // 12))
    drawn = []
    for place, (month, value) in enumerate(zip(months, values, strict=True)):
        left = _LEFT + place * room
        middle = round(left + room / 2, 1)
        if place % every == 0 or place == len(months) - 1:
            drawn.append(f'<text class=axis x="{middle}" y="{_HEIGHT - 6}">{month[2:]}</text>')
        if value is None:
            drawn.append(f'<text class=gap x="{middle}" y="{ground - 4}">–</text>')
            continue
        height = round(value / most * tall, 1)
        drawn.append(
            f'<rect x="{round(left + room * 0.18, 1)}" y="{round(ground - height, 1)}" width="{round(room * 0.64, 1)}"'
            f' height="{height}"><title>{month}：{shown(value, is_share)}</title></rect>'
        )
        if len(months) <= 12 or place == len(months) - 1:
            drawn.append(
                f'<text class=value x="{middle}" y="{round(ground - height - 4, 1)}">{shown(value, is_share)}</text>'
            )
    told = "；".join(
        f"{month} {shown(value, is_share)}"
        for month, value in zip(months, values, strict=True)
        if value is not None
    )
    return (
        f'<svg class=months viewBox="0 0 {_WIDTH} {_HEIGHT}" role=img aria-label="{escape(title)}：{told}">'
        f'<line x1="{_LEFT}" x2="{_WIDTH}" y1="{ground}" y2="{ground}"/>'
        f'<text class=most x="{_LEFT - 6}" y="{_TOP + 14}">{shown(most, is_share)}</text>{"".join(drawn)}</svg>'
    )


def shown(value: float | None, is_share: bool = False) -> str:
    """A number as people read it: thousands apart, shares in percent."""
    if value is None:
        return "—"
    if is_share:
        return f"{value * 100:.2f}%" if value < 0.1 else f"{value * 100:.1f}%"
    return f"{round(value):,}"


def sparkline(values: Sequence[float | None], *, title: str) -> str:
    """How a number went: ``values`` from the oldest month to the newest; a month without a value leaves a gap.

    Empty without any value.
    """
    known = [value for value in values if value is not None]
    if not known:
        return ""
    low, high = min(0.0, *known), max(*known, 1e-9) if len(known) > 1 else max(known[0], 1e-9)
    step = (_WIDE - 2 * _PAD) / max(1, len(values) - 1)
    points: list[list[tuple[float, float]]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            points.append([])
            continue
        x = _PAD + place * step if len(values) > 1 else _WIDE - _PAD
        y = _HIGH - _PAD - (value - low) / (high - low) * (_HIGH - 2 * _PAD)
        points[-1].append((round(x, 1), round(y, 1)))
    runs = [run for run in points if run]
    lines = "".join(_line(run) for run in runs)
    last_x, last_y = runs[-1][-1]
    return (
        f'<svg class=spark viewBox="0 0 {_WIDE} {_HIGH}" role=img aria-label="{escape(title)}">'
        f'{lines}<circle cx="{last_x}" cy="{last_y}" r="3"/></svg>'
    )


def _line(run: Sequence[tuple[float, float]]) -> str:
    drawn = " ".join(f"{x},{y}" for x, y in run)
    if len(run) == 1:
        return f'<circle class=lone cx="{run[0][0]}" cy="{run[0][1]}" r="1.5"/>'
    ground = _HIGH - _PAD
    area = f"{run[0][0]},{ground} {drawn} {run[-1][0]},{ground}"
    return f'<polygon points="{area}"/><polyline points="{drawn}"/>'
