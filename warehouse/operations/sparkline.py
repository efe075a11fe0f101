"""A line as small as a word: how a number went over the months. Pure; SVG without script or font."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

_WIDTH, _HEIGHT, _PAD = 168, 40, 4


def sparkline(values: Sequence[float | None], *, title: str) -> str:
    """``values`` from the oldest month to the newest; a month without a value leaves a gap. Empty without any value."""
    known = [value for value in values if value is not None]
    if not known:
        return ""
    low, high = min(0.0, *known), max(*known, 1e-9) if len(known) > 1 else max(known[0], 1e-9)
    step = (_WIDTH - 2 * _PAD) / max(1, len(values) - 1)
    points: list[list[tuple[float, float]]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            points.append([])
            continue
        x = _PAD + place * step if len(values) > 1 else _WIDTH - _PAD
        y = _HEIGHT - _PAD - (value - low) / (high - low) * (_HEIGHT - 2 * _PAD)
        points[-1].append((round(x, 1), round(y, 1)))
    runs = [run for run in points if run]
    lines = "".join(_line(run) for run in runs)
    last_x, last_y = runs[-1][-1]
    return (
        f'<svg class=spark viewBox="0 0 {_WIDTH} {_HEIGHT}" role=img aria-label="{escape(title)}">'
        f'{lines}<circle cx="{last_x}" cy="{last_y}" r="3"/></svg>'
    )


def _line(run: Sequence[tuple[float, float]]) -> str:
    drawn = " ".join(f"{x},{y}" for x, y in run)
    if len(run) == 1:
        return f'<circle class=lone cx="{run[0][0]}" cy="{run[0][1]}" r="1.5"/>'
    ground = _HEIGHT - _PAD
    area = f"{run[0][0]},{ground} {drawn} {run[-1][0]},{ground}"
    return f'<polygon points="{area}"/><polyline points="{drawn}"/>'
