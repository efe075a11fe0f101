"""Charts as inline SVG: pure functions from counts to a picture, the same counts always the same bytes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import altair as alt
import vl_convert

FONTS = (
    "-apple-system, 'PingFang SC', 'HarmonyOS Sans SC', 'Microsoft YaHei', 'Noto Sans CJK SC', "
    "'Source Han Sans SC', sans-serif"
)
GRADE_COLOURS = {"确认": "#B42318", "疑似": "#E08A1E", "提示": "#5B7DB1"}
STATUS_COLOURS = {"列入清单": "#1F4E79", "待下批次": "#8FB3D9", "暂不重复推送": "#CBD5E1"}
LINK_COLOURS = {"已对上": "#2E7D5B", "待核实": "#E08A1E", "仅此一处": "#9AA5B1"}

_INK, _SOFT, _LINE = "#1D2939", "#667085", "#E4E7EC"
_ID = re.compile(r'(id="|url\(#)((?:clip|gradient)[_0-9a-z]*)')


def bars(rows: Sequence[tuple[str, str, int]], colours: dict[str, str], *, name: str) -> str:
    """Stacked bars, one per first word, longest first; a part per second word. ``name`` marks the ids."""
    base = alt.Chart(alt.Data(values=_parts(rows, colours)))
    order = _largest_first(rows)
    y = alt.Y("bar:N", sort=order, title=None, axis=_labels())
    stack = base.mark_bar(height={"band": 0.66}, cornerRadiusEnd=2).encode(
        y=y,
        x=alt.X("count:Q", stack="zero", title=None, axis=_counts(rows)),
        color=alt.Color("part:N", title=None, scale=_scale(colours), legend=_legend()),
        order=alt.Order("order:Q"),
    )
    totals = [{"bar": bar, "count": sum(c for b, _, c in rows if b == bar)} for bar in order]
    ends = (
        alt.Chart(alt.Data(values=totals))
        .mark_text(align="left", dx=5, color=_INK, fontSize=12)
        .encode(y=y, x="count:Q", text=alt.Text("count:Q", format=","))
    )
    return svg((stack + ends).properties(width=270, height={"step": 26}), name)


def shares(rows: Sequence[tuple[str, str, int]], colours: dict[str, str], *, name: str) -> str:
    """Bars of one length, each split by the share of its parts: how links stand, feed by feed."""
    chart = (
        alt.Chart(alt.Data(values=_parts(rows, colours)))
        .mark_bar(height={"band": 0.66})
        .encode(
            y=alt.Y("bar:N", sort=None, title=None, axis=_labels()),
            x=alt.X(
                "count:Q", stack="normalize", title=None, axis=alt.Axis(format="%", tickCount=4, **_AXIS)
            ),
            color=alt.Color("part:N", title=None, scale=_scale(colours), legend=_legend()),
            order=alt.Order("order:Q"),
        )
    )
    return svg(chart.properties(width=270, height={"step": 24}), name)


def tiles(rows: Sequence[tuple[str, str, int]], *, name: str) -> str:
    """A tile per township (down) and rule (across), darker with more warnings, the number on it."""
    values = [{"row": row, "column": column, "count": count} for row, column, count in rows]
    most = max((count for *_, count in rows), default=1)
    base = alt.Chart(alt.Data(values=values)).encode(
        x=alt.X("column:N", title=None, sort=None, axis=alt.Axis(orient="top", labelAngle=0, **_AXIS)),
        y=alt.Y("row:N", title=None, sort=_largest_first(rows), axis=_labels()),
    )
    tile = base.mark_rect(cornerRadius=3, stroke="white", strokeWidth=2).encode(
        color=alt.Color(
            "count:Q", legend=None, scale=alt.Scale(domain=[0, most], range=["#EEF4FA", "#1F4E79"])
        )
    )
    number = base.mark_text(fontSize=12).encode(
        text=alt.Text("count:Q", format=","),
        color=alt.condition(f"datum.count > {most / 2}", alt.value("white"), alt.value(_INK)),
    )
    return svg((tile + number).properties(width={"step": 46}, height={"step": 28}), name)


def svg(chart: Any, name: str) -> str:
    """A chart as SVG that scales with its column; ids begin with ``name`` and never count on between runs."""
    config = {"font": FONTS, "background": None, "view": {"stroke": None}}
    spec = {**chart.to_dict(), "config": config}
    picture: str = vl_convert.vegalite_to_svg(spec)
    seen: dict[str, str] = {}

    def renamed(found: re.Match[str]) -> str:
        return found[1] + seen.setdefault(found[2], f"{name}-{len(seen)}")

    picture = _ID.sub(renamed, picture)
    return re.sub(
        r'<svg ([^>]*?)width="([\d.]+)" height="[\d.]+"', r'<svg \1style="max-width:\2px"', picture, count=1
    )


_AXIS: dict[str, Any] = {
    "labelFontSize": 12, "labelColor": _INK, "domain": False, "ticks": False, "gridColor": _LINE,
}  # fmt: skip


def _parts(rows: Sequence[tuple[str, str, int]], colours: dict[str, str]) -> list[dict[str, Any]]:
    order = list(colours)
    return [
        {
            "bar": bar,
            "part": part,
            "count": count,
            "order": order.index(part) if part in order else len(order),
        }
        for bar, part, count in rows
    ]


def _largest_first(rows: Sequence[tuple[str, str, int]]) -> list[str]:
    totals: dict[str, int] = {}
    for bar, _, count in rows:
        totals[bar] = totals.get(bar, 0) + count
    return sorted(totals, key=lambda bar: (-totals[bar], bar))


def _labels() -> Any:
    # The room for labels is fixed, so that a machine without CJK fonts measures the same picture.
    return alt.Axis(minExtent=150, maxExtent=150, labelLimit=148, **_AXIS)


def _counts(rows: Sequence[tuple[str, str, int]]) -> Any:
    longest = max((sum(c for b, _, c in rows if b == bar) for bar, *_ in rows), default=1)
    # With few warnings a fractional tick would be nonsense.
    return alt.Axis(tickCount=min(4, max(1, longest)), format=",d", tickMinStep=1, **_AXIS)


def _scale(colours: dict[str, str]) -> Any:
    return alt.Scale(domain=list(colours), range=list(colours.values()))


def _legend() -> Any:
    return alt.Legend(
        orient="top", direction="horizontal", labelFontSize=12, labelColor=_SOFT, symbolType="square"
    )
