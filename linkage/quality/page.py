"""The month's page of linkage quality: one offline HTML file in plain words, counts and pictures only.

It holds no person's value, no script and no address; it reads on a phone and prints on A4.
"""

from __future__ import annotations

from html import escape
from typing import Any

import duckdb

from linkage.limits import Limits
from linkage.quality import charts
from linkage.quality.exposure import FALSE, MISSED
from linkage.quality.histories import CHECKS
from linkage.quality.limits import QualityLimits
from linkage.quality.wording import GRADES, GROUP_TITLES, per_thousand, percent, word_of
from warehouse.months import Month
from warehouse.parts import card, document, table

_COLOURS = {FALSE: charts.RED, MISSED: charts.DEEP}
_TITLES = {FALSE: "认错人", MISSED: "没连上"}
_MEANINGS = {
    FALSE: "已对上的记载里，其实属于另一个人的",
    MISSED: "已定的记载里，本该归到同一人、却另立了一人的",
    "undecided": "机器拿不准、请人核对的记载",
}
_OWN_STYLE = """
.rates{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:14px}
.rate{background:var(--card);border:1px solid var(--line);border-top:4px solid var(--tone);border-radius:12px;padding:16px 18px}
.rate h2{margin:0;font-size:15px;color:var(--tone)}
.rate strong{display:block;font-size:clamp(26px,3.4vw,38px);font-weight:680;line-height:1.25;font-variant-numeric:tabular-nums}
.rate .span{font-variant-numeric:tabular-nums;font-size:14px}
.rate p{margin:6px 0 0;color:var(--soft);font-size:13px}
.key{display:inline-block;width:10px;height:10px;border-radius:9px;margin-right:6px}
h3{margin:2px 0 8px;font-size:14px}
.methods{columns:2;column-gap:34px;margin:0;padding-left:18px}
.methods li{break-inside:avoid;margin-bottom:9px}
.lead{margin:0 0 12px;color:var(--soft);font-size:14px;max-width:78ch}
@media screen and (prefers-color-scheme:dark){.rate h2{color:var(--ink)}}
@media screen and (max-width:760px){.rates{grid-template-columns:minmax(0,1fr)}.methods{columns:1}}
"""
_METHODS = (
    ("盲审抽查", "按规则和权重分层抽卡片，两人背对背判断、第三人裁定，按层还原到全部对应，给出区间。"),
    (
        "隐去证件号",
        "把有把握的记载的证件号藏起来，照真实缺号记载的样子重新对应，看能否找回本人、会不会认成别人。",
    ),
    ("虚构人员", "用本月真实的姓名、生日、住处拼出并不存在的人，看机器会不会硬认一个人给他。"),
    ("借号推算", "由被查出的借用他人证件号，以及同户两人姓名恰好相容的机会，推算没被查出的。"),
    (
        "不可能的经历",
        "死亡后就医、出生前登记等。每项先用故意错配试出能看出几成，再反推；其中也有单纯写错的。",
    ),
    ("一人两号", "用姓名生日住处、共同的户号电话两路互查，由重合多少推算两路都没查到的（捕获—再捕获）。"),
    ("再看一眼", "去掉证件号后，每个人最像的另一个人是谁：没连上的一对就藏在这里，也供抽查。"),
)


def write_page(
    con: duckdb.DuckDBPyConnection, *, month: Month, limits: Limits, quality: QualityLimits
) -> str:
    """The page as HTML text, from the tables that the stage has made on the connection."""
    title = f"{month.year}年{month.number}月 · 身份对应得准不准"
    sections = [
        _headline(con, quality),
        _small_multiples(con, FALSE, "false"),
        _small_multiples(con, MISSED, "missed"),
        f"<div class=pair>{_weights(con, limits)}{_controls(con)}</div>",
        _impossible(con),
        f"<div class=pair>{_unlinkables(con)}{_differences(con)}</div>",
        card("数字是怎么来的", "<ul class=methods>" + "".join(
            f"<li><b>{escape(name)}</b>：{escape(words)}</li>" for name, words in _METHODS) + "</ul>"),
        _not_assessed(con),
    ]  # fmt: skip
    return document(
        title,
        "\n".join(sections),
        eyebrow="兜底 Doudi · 对应质量",
        notice="没有标准答案时的估计，带误差区间",
        foot="本页只有合计数，不含个人信息；离线可看，可直接打印。单位“条”指一个来源对一个人的一种写法，"
        "同一写法的多行只算一条。",
        style=_OWN_STYLE,
    )


def _rates(
    con: duckdb.DuckDBPyConnection, measure: str, by: str, method: str = "combined"
) -> list[tuple[Any, ...]]:
    return con.execute(
        'SELECT "value", estimate, low, high, "rows", evidence, note FROM linkage_quality '
        'WHERE measure = ? AND "by" = ? AND method = ? ORDER BY "rows" DESC, "value"',
        [measure, by, method],
    ).fetchall()


def _headline(con: duckdb.DuckDBPyConnection, quality: QualityLimits) -> str:
    tiles = []
    sure = f"{quality.confidence:.0%}"
    for measure in (FALSE, MISSED):
        for _, estimate, low, high, rows, _, note in _rates(con, measure, "all"):
            value = percent(estimate) if estimate is not None else "未评估"
            plain = per_thousand(estimate) if estimate is not None else ""
            tiles.append(
                f"<section class=rate style='--tone:{_COLOURS[measure]}'><h2>{_TITLES[measure]}</h2><strong>{value}</strong>"
                f"<span class=span>{sure} 区间 {percent(low)} – {percent(high)}</span>"
                f"<p>{_MEANINGS[measure]}。{plain}，即 {rows:,} 条中 {low * rows:,.0f} – {high * rows:,.0f} 条。</p>"
                f"<p>{escape(note)}</p></section>"
            )
    for _, estimate, _, _, rows, held, _ in _rates(con, "undecided", "all", "counted"):
        tiles.append(
            f"<section class=rate style='--tone:{charts.AMBER}'><h2>待人核对</h2><strong>{percent(estimate)}</strong>"
            f"<span class=span>{held:,} 条，逐条点数</span><p>{_MEANINGS['undecided']}，不计入上面两项（共 {rows:,} 条）。</p></section>"
        )
    return f"<div class=rates>{''.join(tiles)}</div>"


def _small_multiples(con: duckdb.DuckDBPyConnection, measure: str, name: str) -> str:
    whole = _rates(con, measure, "all")
    if not whole or whole[0][1] is None:
        return card(f"{_TITLES[measure]}的比例", "<p class=quiet>本月没有可评估的对应。</p>")
    pictures = []
    for by, title in GROUP_TITLES.items():
        rows = [
            (word_of(by, value), estimate, low, high)
            for value, estimate, low, high, *_ in _rates(con, measure, by)
            if estimate is not None
        ]
        if rows:
            picture = charts.intervals(rows, colour=_COLOURS[measure], whole=whole[0][1], name=f"{name}-{by}")
            pictures.append(f"<div><h3>{title}</h3>{picture}</div>")
    lead = (
        f"<p class=lead><span class=key style='background:{_COLOURS[measure]}'></span>{_MEANINGS[measure]}。点是估计，横条是区间，"
        "虚线是全体；条长说明证据少，不等于错得多；› 表示区间伸出图外。</p>"
    )
    return card(f"{_TITLES[measure]}的比例", f"{lead}<div class=pair>{''.join(pictures)}</div>")


def _weights(con: duckdb.DuckDBPyConnection, limits: Limits) -> str:
    rows = [
        (GRADES[grade], low, high, links)
        for grade, low, high, links in con.execute("""
            SELECT grade, low_bits, high_bits, sum(links)::BIGINT FROM linkage_histogram
            WHERE low_bits IS NOT NULL GROUP BY ALL ORDER BY ALL""").fetchall()
    ]
    ruled = con.execute(
        "SELECT coalesce(sum(links), 0)::BIGINT FROM linkage_histogram WHERE low_bits IS NULL AND grade = 'certain'"
    ).fetchone() or (0,)
    lead = (
        f"<p class=lead>另有 {ruled[0]:,} 条由确定的规则对上（证件号、部门编号等），不称重。"
        "灰色是没有连上的人各自最像的另一个人：离对上线越近，越值得抽查。</p>"
    )
    body = (
        charts.weights(rows, join=limits.join_bits, review=limits.review_bits, name="weight")
        if rows
        else "<p class=quiet>本月没有称过重的对应。</p>"
    )
    return card("分数的分布", lead + body)


def _controls(con: duckdb.DuckDBPyConnection) -> str:
    words = {
        "found_without_id": "隐去证件号，仍直接找回本人",
        "found_or_proposed_without_id": "隐去证件号，找回或提请核对到本人",
        "wrong_without_id": "隐去证件号，认成了别人",
        "strangers_linked": "虚构的人，被认作别人",
        "strangers_proposed": "虚构的人，被提请核对",
        "found_by_no_pass": "三路互查都找不到的（推算）",
    }
    rows = []
    for measure, word in words.items():
        for method in ("hidden_id", "phantoms", "recapture"):
            for _, estimate, low, high, tried, *_ in _rates(con, measure, "all", method):
                rows.append((word, percent(estimate), f"{percent(low)} – {percent(high)}", tried))
    return card("用已知答案试机器", table(("试验", "比例", "区间", "次数"), rows, "本月没有可做的试验。"))


def _impossible(con: duckdb.DuckDBPyConnection) -> str:
    found = {row[0]: row for row in _rates(con, "impossible", "check", "histories")}
    rows = []
    for check in CHECKS:
        if check.check_id in found:
            _, estimate, _, high, looked, seen, note = found[check.check_id]
            power = note.partition("；")[2]
            rows.append(
                (
                    check.sentence,
                    looked,
                    seen,
                    power,
                    f"至多 {percent(high)}" if estimate is not None else "无从推算",
                )
            )
    lead = "<p class=lead>看得出的矛盾，多数是某一处写错，少数是认错了人；只给人数，逐条在核对清单里。</p>"
    return card(
        "不可能的经历",
        lead
        + f"<div class=wide>{table(('矛盾', '查看条数', '看出条数', '检查的眼力', '若全是认错人'), rows, '没有可查的经历。')}</div>",
    )


def _unlinkables(con: duckdb.DuckDBPyConnection) -> str:
    rows = [
        (word_of("feed", value), many, looked, percent(share))
        for value, many, looked, share in con.execute("""
            SELECT "value", descriptions, looked, share FROM linkage_unlinkables WHERE "by" = 'feed'
            ORDER BY share DESC, "value" """).fetchall()
        if share > 0
    ]
    lead = "<p class=lead>信息太少，连与自己相比都到不了对上线：再好的方法也连不上，只能请来源补全。</p>"
    return card(
        "写得太少的记载", lead + table(("来源", "条数", "试了", "太少的占"), rows, "没有这样的记载。")
    )


def _differences(con: duckdb.DuckDBPyConnection) -> str:
    titles = {**GROUP_TITLES, "shows_id": "", "bears_name": "", "tells_birth_date": ""}
    rows = [
        (
            word_of(kind, value) if not titles.get(kind) else f"{titles[kind][1:]}：{word_of(kind, value)}",
            difference,
        )
        for kind, value, difference in con.execute("""
            SELECT characteristic, "value", standardised_difference FROM linked_unlinked
            WHERE standardised_difference IS NOT NULL AND "value" <> 'no' AND isfinite(standardised_difference)
            ORDER BY abs(standardised_difference) DESC, characteristic, "value" LIMIT 14""").fetchall()
    ]
    lead = "<p class=lead>向右：连不上的人里更多；向左：更少。超过 ±0.1（虚线）时，只看连上的人会看偏。</p>"
    body = charts.differences(rows, name="difference") if rows else "<p class=quiet>没有未连上的记载。</p>"
    return card("连不上的是哪些人", lead + body)


def _not_assessed(con: duckdb.DuckDBPyConnection) -> str:
    lines = [
        f"<li>{_TITLES[measure]}：{escape(rows[0][6])}。</li>"
        for measure in (FALSE, MISSED)
        if (rows := _rates(con, measure, "all", "clerical")) and rows[0][1] is None
    ]
    lines.append("<li>待核实的记载对不对，由核对卡逐条回答，不在估计之内。</li>")
    lines.append("<li>各种方法都看不到的错误（如两人资料在所有来源里都互换）无法估计。</li>")
    return card("没有评估的", f"<ul>{''.join(lines)}</ul>")
