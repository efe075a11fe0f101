"""Pictures of the month as SVG: pure functions from figures to Vega-Lite descriptions, as wide as a phone.

Every picture is drawn for 320 points, so that its words are as large on a phone as in print. Nothing is told by colour
alone: the number stands on the tile, beside the bar, at the end of the line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from warehouse import colours
from warehouse.colours import BLANK, GREY, INK, LINE, SOFT
from warehouse.release.charts import draw

WIDTH = 320
# The library makes every address a whole one; this beginning is taken off again.
_HERE = "https://page.invalid/"
_LINK = re.compile(f'<a [^>]*href="{_HERE}([^"#]+)#([^"]*)"[^>]*>')
_ARIA = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')
_LONG = re.compile(r"\d+\.\d{3,}")
_SIZE = 12
_BREADTH = WIDTH - 10
# A word stands above its bar, so that a phone cuts none off.
_STEP, _UP, _DOWN = 36, -8, 8
_AXIS: dict[str, Any] = {
    "labelFontSize": _SIZE, "labelColor": INK, "domain": False, "ticks": False, "gridColor": LINE, "title": None,
}  # fmt: skip
_ROOM = {"autosize": {"type": "pad"}, "padding": 2}


@dataclass(frozen=True)
class Tile:
    """A township's place on the grid, its number (None: nothing to tell) and how it is written; ``page`` its address."""

    word: str
    column: int
    row: int
    value: float | None
    shown: str
    page: str = ""


@dataclass(frozen=True)
class Line:
    """One number over the months, from the oldest on; None where a month has none. ``shown``: the last as written."""

    title: str
    values: Sequence[float | None]
    shown: str


@dataclass(frozen=True)
class Interval:
    """A share with the interval that holds it, all of 0 to 1, and the words at its end."""

    word: str
    at: float
    low: float
    high: float
    shown: str


def tiles(places: Sequence[Tile], scale: tuple[str, ...], name: str) -> str:
    """A tile per township where it lies, darker with more, its name and number on it."""
    most = max((one.value or 0 for one in places), default=0)
    values = []
    for one in places:
        level = colours.level_of(one.value or 0, most, len(scale))
        values.append({
            "word": one.word, "x": one.column, "y": one.row, "shown": one.shown, "page": f"{_HERE}{one.page}#{one.word}" if one.page else None,
            "fill": BLANK if one.value is None else scale[level],
            "ink": SOFT if one.value is None else colours.word_on(scale, level),
        })  # fmt: skip
    across = max((one.column for one in places), default=0) + 1
    down = max((one.row for one in places), default=0) + 1
    at: dict[str, Any] = {
        "x": {"field": "x", "type": "ordinal", "axis": None, "scale": {"domain": list(range(across))}},
        "y": {"field": "y", "type": "ordinal", "axis": None, "scale": {"domain": list(range(down))}},
    }
    ink = {"field": "ink", "type": "nominal", "scale": None}
    spec: dict[str, Any] = {
        **_ROOM, "data": {"values": values},
        "width": WIDTH - 4, "height": {"step": 52},
        "layer": [
            {"mark": {"type": "rect", "cornerRadius": 5, "width": {"band": 0.95}, "height": {"band": 0.92}},
             "encoding": {**at, "color": {"field": "fill", "type": "nominal", "scale": None}}},
            {"mark": {"type": "text", "dy": -9, "fontSize": _SIZE},
             "encoding": {**at, "text": {"field": "word", "type": "nominal"}, "color": ink}},
            {"mark": {"type": "text", "dy": 9, "fontSize": 16},
             "encoding": {**at, "text": {"field": "shown", "type": "nominal"}, "color": ink}},
        ],
    }  # fmt: skip
    pages = [one for one in values if one["page"]]
    if pages:
        # One link over the whole tile, so that the keyboard stops there once.
        spec["layer"].append({
            "data": {"values": pages},
            "mark": {"type": "rect", "width": {"band": 0.95}, "height": {"band": 0.92}, "fillOpacity": 0},
            "encoding": {**at, "href": {"field": "page", "type": "nominal"}},
        })  # fmt: skip
    return _drawn(spec, name)


def lines(panels: Sequence[Line], months: Sequence[str], name: str, *, colour: str = colours.BLUE) -> str:
    """A small picture per number, two beside each other, each from nought to its own top; the last number written."""
    ends = [months[0], months[-1]] if len(months) > 1 else list(months)
    x = {
        "field": "month", "type": "ordinal", "scale": {"domain": list(months)},
        "axis": {
            **_AXIS, "values": ends, "labelAngle": 0, "labelFontSize": 11, "labelColor": SOFT, "grid": False,
            "labelExpr": "slice(datum.value, 2, 4) + '年' + toNumber(slice(datum.value, 5)) + '月'",
            "labelAlign": {
                "condition": {"test": f"datum.value == '{ends[-1]}' && {len(ends)} > 1", "value": "right"}, "value": "left",
            },
        },
    }  # fmt: skip
    made = []
    for panel in panels:
        values = [{"month": month, "value": value} for month, value in zip(months, panel.values, strict=True)]
        last = [one for one in values if one["value"] is not None][-1:]
        top = max((value for value in panel.values if value is not None), default=0) or 1
        y = {
            "field": "value", "type": "quantitative", "title": None, "axis": None,
            "scale": {"domain": [0, top * 1.15], "nice": False},
        }  # fmt: skip
        dots = {"x": x, "y": y}
        made.append({
            "title": {
                "text": panel.title, "subtitle": panel.shown, "anchor": "start", "fontSize": _SIZE, "fontWeight": "normal",
                "color": SOFT, "subtitleFontSize": 17, "subtitleColor": INK, "subtitlePadding": 3, "offset": 4,
            },
            "width": 142, "height": 46, "data": {"values": values},
            "layer": [
                {"mark": {"type": "area", "color": colour, "opacity": 0.14}, "encoding": dots},
                {"mark": {"type": "line", "color": colour, "strokeWidth": 2}, "encoding": dots},
                {"mark": {"type": "point", "color": colour, "filled": True, "size": 9, "opacity": 1}, "encoding": dots},
                {"data": {"values": last}, "mark": {"type": "point", "color": colour, "filled": True, "size": 46, "opacity": 1}, "encoding": dots},
            ],
        })  # fmt: skip
    return _drawn({**_ROOM, "concat": made, "columns": 2, "spacing": {"row": 16, "column": 24}}, name)


def intervals(rows: Sequence[Interval], name: str, *, whole: float | None = None) -> str:
    """A dot with its interval per word, the counts written at the end; a dashed line marks the ``whole``'s share."""
    values = [
        {"word": one.word, "at": one.at, "low": one.low, "high": one.high, "shown": one.shown} for one in rows
    ]
    reach = min(1.0, max([0.1, *(one.high for one in rows)]) * 1.03)
    scale = {"domain": [0, reach], "nice": False, "range": [0, _BREADTH]}
    axis = {
        **_AXIS,
        "labelColor": SOFT,
        "labelFontSize": 11,
        "tickCount": 4,
        "format": ".0%",
        "labelOverlap": True,
    }
    y = _rows_of("word")
    layer: list[dict[str, Any]] = [
        *_named(y),
        {"mark": {"type": "text", "align": "right", "x": _BREADTH, "dy": _UP, "fontSize": 11, "color": SOFT},
         "encoding": {"y": y, "text": {"field": "shown", "type": "nominal"}}},
        {"mark": {"type": "bar", "height": 8, "yOffset": _DOWN, "cornerRadius": 4, "color": colours.YIELD[1]},
         "encoding": {"y": y, "x": {"field": "low", "type": "quantitative", "scale": scale, "axis": axis}, "x2": {"field": "high"}}},
        {"mark": {"type": "point", "filled": True, "yOffset": _DOWN, "size": 64, "opacity": 1, "color": colours.GREEN},
         "encoding": {"y": y, "x": {"field": "at", "type": "quantitative", "scale": scale}}},
    ]  # fmt: skip
    if whole is not None:
        layer.insert(0, {
            "data": {"values": [{"whole": whole}]},
            "mark": {"type": "rule", "strokeDash": [3, 3], "color": GREY},
            "encoding": {"x": {"field": "whole", "type": "quantitative", "scale": scale}},
        })  # fmt: skip
    spec = {**_ROOM, "data": {"values": values}, "width": _BREADTH, "height": {"step": _STEP}, "layer": layer}
    return _drawn(spec, name)


def bars(
    rows: Sequence[tuple[str, str, int]], parts: Mapping[str, str], name: str, *, is_share: bool = False
) -> str:
    """A bar per first word split by the second, in the order given; every bar of one length where shares are told.

    The sum stands at the end of the line of the word.
    """
    sums: dict[str, int] = {}
    for word, _, count in rows:
        sums[word] = sums.get(word, 0) + count
    order = list(parts)
    values = [
        {"word": word, "part": part, "count": count, "order": order.index(part)} for word, part, count in rows
    ]
    y = _rows_of("word")
    along = {
        "field": "count", "type": "quantitative", "stack": "normalize" if is_share else "zero",
        "scale": {"range": [0, _BREADTH], "nice": False}, "axis": None,
    }  # fmt: skip
    colour = {
        "field": "part", "type": "nominal", "scale": {"domain": order, "range": list(parts.values())},
        "legend": {
            "orient": "top", "direction": "horizontal", "title": None, "labelFontSize": _SIZE, "labelColor": SOFT,
            "symbolType": "square", "offset": 10, "columnPadding": 12, "labelLimit": 200,
        },
    }  # fmt: skip
    totals = [{"word": word, "count": count} for word, count in sums.items()]
    layer: list[dict[str, Any]] = [
        *_named(y, totals),
        {"data": {"values": totals},
         "mark": {"type": "text", "align": "right", "x": _BREADTH, "dy": _UP, "fontSize": _SIZE, "color": INK},
         "encoding": {"y": y, "text": {"field": "count", "type": "quantitative", "format": ","}}},
        {"mark": {"type": "bar", "height": 10, "yOffset": _DOWN},
         "encoding": {"y": y, "x": along, "color": colour, "order": {"field": "order", "type": "quantitative"}}},
    ]  # fmt: skip
    spec = {**_ROOM, "data": {"values": values}, "width": _BREADTH, "height": {"step": _STEP}, "layer": layer}
    return _drawn(spec, name)


def matrix(cells: Sequence[tuple[str, str, int]], rows: Sequence[str], columns: Sequence[str], name: str) -> str:  # fmt: skip
    """A tile per pair of words, darker with more, the number on it; a pair without anybody stays empty."""
    scale = colours.WORK
    most = max((count for *_, count in cells), default=0)
    values = []
    for row, column, count in cells:
        level = colours.level_of(count**0.5, most**0.5, len(scale))
        values.append({"row": row, "column": column, "count": count, "fill": scale[level], "ink": colours.word_on(scale, level)})  # fmt: skip
    at: dict[str, Any] = {
        "x": {"field": "column", "type": "nominal", "sort": None, "scale": {"domain": list(columns)},
              "axis": {**_AXIS, "orient": "top", "labelAngle": -40, "labelAlign": "left", "labelFontSize": 11, "labelLimit": 120}},
        "y": {"field": "row", "type": "nominal", "sort": None, "scale": {"domain": list(rows)}, "axis": {**_AXIS, "minExtent": 128, "maxExtent": 128, "labelLimit": 124, "labelFontSize": 11}},
    }  # fmt: skip
    spec = {
        **_ROOM, "data": {"values": values}, "width": {"step": 34}, "height": {"step": 25},
        "layer": [
            {"mark": {"type": "rect", "cornerRadius": 3, "width": {"band": 0.94}, "height": {"band": 0.9}},
             "encoding": {**at, "color": {"field": "fill", "type": "nominal", "scale": None}}},
            {"mark": {"type": "text", "fontSize": 11},
             "encoding": {**at, "text": {"field": "count", "type": "quantitative", "format": ","},
                          "color": {"field": "ink", "type": "nominal", "scale": None}}},
        ],
    }  # fmt: skip
    return _drawn(spec, name)


def _rows_of(field: str) -> dict[str, Any]:
    return {"field": field, "type": "nominal", "sort": None, "axis": None}


def _named(y: Mapping[str, Any], values: Sequence[Mapping[str, Any]] | None = None) -> list[dict[str, Any]]:
    """The word of each row, above its bar."""
    told: dict[str, Any] = {
        "mark": {"type": "text", "align": "left", "x": 0, "dy": _UP, "fontSize": _SIZE, "color": INK},
        "encoding": {"y": y, "text": {"field": "word", "type": "nominal"}},
    }
    return [{**told, "data": {"values": list(values)}} if values is not None else told]


def _drawn(spec: Mapping[str, Any], name: str) -> str:
    """The drawing without the words for screen readers that every mark brings (the page tells the picture as one), its
    coordinates no finer than anybody sees, its links beside the page and with a name."""
    shown = _ARIA.sub("", draw(spec, name))
    shown = _LONG.sub(lambda found: f"{float(found[0]):.2f}", shown)
    return _LINK.sub(r'<a href="\1" aria-label="\2">', shown)
