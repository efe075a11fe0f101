"""The simulation as one offline page: sentences, chart, tables, the line to paste. Counts only, no person."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import altair as alt

from warehouse.parts import card, document, table
from warehouse.release.charts import svg
from warehouse.workshop import told
from warehouse.workshop.simulate import Simulation, Weighed

_MORE, _FEWER, _NOW, _TRIED = "#E08A1E", "#2E7D5B", "#9AA5B1", "#1F4E79"
_TICKS = 5
_STYLE = """
.trial h2{margin-bottom:6px}
.trial h3{margin-top:12px}
.trial ul{margin:0;padding-left:20px}
pre{margin:8px 0 2px;padding:10px 12px;background:var(--paper);border:1px solid var(--line);border-radius:8px;
white-space:pre-wrap;word-break:break-all;font-size:13px}
.guess{color:var(--amber)}
.wide td:first-child{min-width:9em}
"""


def page(found: Simulation) -> str:
    """The whole page."""
    trials = "".join(_trial(found, one) for one in found.weighed)
    cautions = "".join(f"<li>{escape(sentence)}</li>" for sentence in told.cautions(found))
    whole = table(told.HEADERS, told.rows(found), "没有试算。")
    body = (
        card("一览", f"<div class=wide>{whole}</div>"),
        f"<div class=pair>{card('每月上门户次', _visits(found))}",
        f"{card('会漏掉的、可免去的、没人看过的', _fates(found))}</div>",
        trials,
        card("看数之前", f"<ul>{cautions}</ul>"),
        card("逐月逐乡镇", _by_place(found)),
    )
    return document(told.title(found), "".join(body), eyebrow="门槛试算", notice=told.NOTICE, style=_STYLE)


PLACE_HEADERS = (
    "试算值", "月份", "乡镇", "现行户次", "试算户次", "增减", "属实会漏", "不属实可免", "不再出现而未核查", "新出现而未核查",
)  # fmt: skip


def place_rows(found: Simulation) -> list[tuple[object, ...]]:
    """By trial, month and township: what changes there; places where nothing does are left out."""
    return [
        (
            found.weighed[place.step - 1].trial.told,
            place.month,
            place.township,
            c["visits_before"],
            c["visits_after"],
            c["visits_after"] - c["visits_before"],
            c["missed"],
            c["spared"],
            c["gone_unknown"],
            c["new_unknown"],
        )
        for place in found.places
        for c in [place.counts]
        if c["visits_more"] or c["visits_fewer"] or c["gone"] or c["new"]
    ]


def _trial(found: Simulation, one: Weighed) -> str:
    lines = "".join(
        f"<li{' class=guess' if '估计' in sentence or '未知' in sentence else ''}>{escape(sentence)}</li>"
        for sentence in told.sentences(found, one)
    )
    packs = "".join(
        f"<pre>{escape(line.csv)}</pre><p class=quiet>{escape(line.beside)}</p>"
        for line in told.pack_lines(found, one)
    )
    asked = f"<h3>要改的话，政策参数里写这一行</h3>{packs}" if packs else "<p class=quiet>与现行值相同。</p>"
    return (
        f'<section class="card trial"><h2>{escape(one.trial.told)}</h2><p class=quiet>现行：{escape(told.in_force(found))}</p>'
        f"<ul>{lines}</ul>{asked}</section>"
    )


def _by_place(found: Simulation) -> str:
    return f"<div class=wide>{table(PLACE_HEADERS, place_rows(found), '各月各乡镇都没有差别。')}</div>"


def _whole_numbers(counts: Iterable[object]) -> alt.Axis:
    """An axis of counts: no tick between two whole numbers, which would read as one of them twice."""
    most = max((count for count in counts if isinstance(count, int)), default=0)
    return alt.Axis(format=",d", tickMinStep=1, tickCount=max(1, min(_TICKS, most)))


def _visits(found: Simulation) -> str:
    """Visits month by month: a line for the policy in force and one for each trial."""
    values = []
    for number, month in enumerate(found.months):
        for step, one in enumerate(found.weighed, 1):
            own = [p.counts for p in found.places if p.step == step and p.month == month]
            if step == 1:
                before = sum(c["visits_before"] for c in own)
                values.append({"month": month, "series": told.IN_FORCE, "visits": before, "order": number})
            after = sum(c["visits_after"] for c in own)
            values.append({"month": month, "series": one.trial.told, "visits": after, "order": number})
    names = [told.IN_FORCE, *(one.trial.told for one in found.weighed)]
    ramp = [_NOW, _TRIED, "#E08A1E", "#2E7D5B", "#B42318", "#7A5AF8"]
    chart = (
        alt.Chart(alt.Data(values=values))
        .mark_line(point=True, strokeWidth=2)
        .encode(
            x=alt.X("month:O", title=None, axis=alt.Axis(labelAngle=-40)),
            y=alt.Y("visits:Q", title=None, axis=_whole_numbers(row["visits"] for row in values)),
            color=alt.Color(
                "series:N",
                sort=names,
                title=None,
                scale=alt.Scale(domain=names, range=[ramp[n % len(ramp)] for n in range(len(names))]),
                legend=alt.Legend(orient="bottom", direction="vertical", labelLimit=380),
            ),
        )
    )
    return svg(chart.properties(width=360, height=180), "visits")


def _fates(found: Simulation) -> str:
    words = (
        ("属实会漏", "missed", "#B42318"),
        ("不属实可免", "spared", _FEWER),
        ("不再出现而未核查", "gone_unknown", _NOW),
        ("新出现而未核查", "new_unknown", _MORE),
    )
    values = [
        {"trial": one.trial.told, "fate": word, "count": one.counts[name], "order": number}
        for one in found.weighed
        for number, (word, name, _) in enumerate(words)
    ]
    names = [word for word, *_ in words]
    chart = (
        alt.Chart(alt.Data(values=values))
        .mark_bar()
        .encode(
            y=alt.Y("trial:N", sort=None, title=None, axis=alt.Axis(labelLimit=220)),
            yOffset=alt.YOffset("order:O"),
            x=alt.X("count:Q", title=None, axis=_whole_numbers(row["count"] for row in values)),
            color=alt.Color(
                "fate:N",
                sort=names,
                title=None,
                scale=alt.Scale(domain=names, range=[colour for *_, colour in words]),
                legend=alt.Legend(orient="bottom", columns=2),
            ),
        )
    )
    return svg(chart.properties(width=260, height={"step": 11}), "fates")
