"""The page's pictures: rates with their intervals, weights with their lines, differences; counts in, SVG out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from warehouse.release.charts import svg

INK, SOFT, LINE, DEEP, AMBER, RED, GREEN = (
    "#1D2939", "#667085", "#E4E7EC", "#1F4E79", "#E08A1E", "#B42318", "#2E7D5B",
)  # fmt: skip
GRADE_COLOURS = {"已对上": GREEN, "待核实": AMBER, "未连的最近者": "#9AA5B1"}
_AXIS: dict[str, Any] = {
    "labelFontSize": 12, "labelColor": INK, "domain": False, "ticks": False, "gridColor": LINE, "titleColor": SOFT,
    "titleFontSize": 12, "titleFontWeight": "normal",
}  # fmt: skip


def intervals(
    rows: Sequence[tuple[str, float, float, float]], *, colour: str, whole: float, name: str
) -> str:
    """A dot with its interval per word (estimate, low, high as shares); a dashed line marks the ``whole``'s rate.

    An interval that reaches beyond the picture (eight times the widest estimate) ends in an arrow.
    """
    most = _reach(rows, whole)
    values = [
        {"word": word, "at": at * 100, "low": low * 100, "high": min(high, most) * 100, "is_cut": high > most}
        for word, at, low, high in rows
    ]
    y = alt.Y(
        "word:N", sort=None, title=None, axis=alt.Axis(minExtent=128, maxExtent=128, labelLimit=126, **_AXIS)
    )
    # A root scale: one group of little evidence must not press the others flat.
    scale = alt.Scale(type="sqrt", domain=[0, most * 100], nice=False, clamp=True)
    base = alt.Chart(alt.Data(values=values)).encode(y=y)
    x_axis = alt.Axis(tickCount=4, labelExpr="format(datum.value, '~g') + '%'", **_AXIS)
    reach = base.mark_rule(strokeWidth=5, strokeCap="round", opacity=0.28, color=colour).encode(
        x=alt.X("low:Q", title=None, scale=scale, axis=x_axis), x2="high:Q"
    )
    cut = (
        base.transform_filter("datum.is_cut")
        .mark_text(text="›", dx=5, fontSize=15, color=colour)
        .encode(x=alt.X("high:Q", scale=scale))
    )
    dot = base.mark_point(filled=True, size=62, opacity=1, color=colour).encode(x=alt.X("at:Q", scale=scale))
    middle = (
        alt.Chart(alt.Data(values=[{"whole": whole * 100}]))
        .mark_rule(strokeDash=[3, 3], color=SOFT)
        .encode(x=alt.X("whole:Q", scale=scale))
    )
    return svg((middle + reach + cut + dot).properties(width=270, height={"step": 25}), name)


def _reach(rows: Sequence[tuple[str, float, float, float]], whole: float) -> float:
    widest = max([whole, *(at for _, at, _, _ in rows)], default=0.0)
    return max(min(max((high for *_, high in rows), default=0.0), widest * 8), 1e-5)


def weights(rows: Sequence[tuple[str, float, float, int]], *, join: float, review: float, name: str) -> str:
    """Match weights in bits by grade (word, low, high, links), each grade on a line of its own, with the join and
    the review line."""
    values = [{"grade": grade, "low": low, "high": high, "links": links} for grade, low, high, links in rows]
    shown = [grade for grade in GRADE_COLOURS if any(row[0] == grade for row in rows)]
    lows = [low for _, low, _, _ in rows] + [review]
    highs = [high for _, _, high, _ in rows] + [join]
    scale = alt.Scale(domain=[min(lows), max(highs)], nice=False)
    lines = [{"bits": review, "word": f"待核实线 {review:g}"}, {"bits": join, "word": f"对上线 {join:g}"}]
    layers = []
    for number, grade in enumerate(shown):
        bars = (
            alt.Chart(alt.Data(values=[value for value in values if value["grade"] == grade]))
            .mark_bar(color=GRADE_COLOURS[grade], binSpacing=1)
            .encode(
                x=alt.X("low:Q", scale=scale, title="分数（比特）" if number == len(shown) - 1 else None,
                        axis=alt.Axis(grid=False, **{k: v for k, v in _AXIS.items() if k != "gridColor"})),
                x2="high:Q",
                y=alt.Y("links:Q", title=None, axis=alt.Axis(tickCount=3, format=",d", minExtent=40, maxExtent=40, **_AXIS)),
                y2=alt.datum(0),
            )
        )  # fmt: skip
        marks = (
            alt.Chart(alt.Data(values=lines))
            .mark_rule(strokeDash=[4, 3], color=RED)
            .encode(x=alt.X("bits:Q", scale=scale))
        )
        layer = bars + marks
        if number == 0:
            layer += (
                alt.Chart(alt.Data(values=lines))
                .mark_text(align="left", dx=4, dy=-2, baseline="bottom", color=RED, fontSize=11)
                .encode(x=alt.X("bits:Q", scale=scale), y=alt.value(0), text="word:N")
            )
        title = alt.Title(grade, anchor="start", color=INK, fontSize=12, fontWeight="normal", dx=44)
        layers.append(layer.properties(width=560, height=82, title=title))
    return svg(alt.vconcat(*layers, spacing=8), name)


def differences(rows: Sequence[tuple[str, float]], *, name: str) -> str:
    """Standardised differences: bars to the right where the unlinked have more of a trait; a tenth is marked."""
    values = [{"word": word, "difference": difference} for word, difference in rows]
    most = max(0.2, *(abs(difference) for _, difference in rows)) if rows else 0.2
    scale = alt.Scale(domain=[-most, most], nice=True)
    bars = (
        alt.Chart(alt.Data(values=values))
        .mark_bar(height={"band": 0.6}, cornerRadiusEnd=2)
        .encode(
            y=alt.Y("word:N", sort=None, title=None, axis=alt.Axis(minExtent=150, maxExtent=150, labelLimit=148, **_AXIS)),
            x=alt.X("difference:Q", title=None, scale=scale, axis=alt.Axis(tickCount=5, format="+.1f", **_AXIS)),
            color=alt.condition("abs(datum.difference) > 0.1", alt.value(AMBER), alt.value("#CBD5E1")),
        )
    )  # fmt: skip
    tenth = (
        alt.Chart(alt.Data(values=[{"at": -0.1}, {"at": 0.1}]))
        .mark_rule(strokeDash=[3, 3], color=SOFT)
        .encode(x=alt.X("at:Q", scale=scale))
    )
    return svg((bars + tenth).properties(width=270, height={"step": 22}), name)
