"""The month's page: one offline HTML file that shows where the month's rows went and what came of them.

It holds counts, names of townships, feeds and rules; no person's value. No script, no address.
"""

from __future__ import annotations

from html import escape
from typing import Any

import duckdb

from warehouse.intake.contract import contracts
from warehouse.intake.words import words
from warehouse.months import Month
from warehouse.parts import card, table
from warehouse.policy import Policy
from warehouse.release import charts
from warehouse.release.cautions import Cautions
from warehouse.release.guide import STATUS
from warehouse.release.listing import UNPLACED
from warehouse.release.page_figures import alarm_card, figure_cards
from warehouse.release.page_style import STYLE
from warehouse.release.workbook import NOTICE
from warehouse.verdicts import GATE_TITLES, Verdict

_LINKS = {"certain": "已对上", "review": "待核实", "new": "仅此一处"}

_TOWNSHIP = f"coalesce(nullif(trim(township), ''), '{UNPLACED}')"
_FUNNEL = """
SELECT (SELECT coalesce(sum(rows), 0) FROM audit_row_account)::BIGINT,
       (SELECT coalesce(sum(landed), 0) FROM audit_row_account)::BIGINT,
       (SELECT coalesce(sum(quarantined), 0) FROM audit_row_account)::BIGINT,
       (SELECT coalesce(sum(furniture), 0) FROM audit_row_account)::BIGINT,
       (SELECT count(*) FROM dim_person),
       (SELECT count(*) FROM fct_warning_monthly),
       (SELECT count(*) FROM fct_warning_monthly WHERE status = 'listed')
"""
_BY_TOWNSHIP = f"SELECT {_TOWNSHIP}, status, count(*) FROM fct_warning_monthly GROUP BY ALL ORDER BY ALL"
_BY_RULE = """
SELECT warning.rule_id || ' ' || coalesce(rule.title, ''), warning.grade, count(*)
FROM fct_warning_monthly AS warning LEFT JOIN dim_rule AS rule ON rule.rule_id = warning.rule_id
GROUP BY ALL ORDER BY ALL
"""
_TILES = f"SELECT {_TOWNSHIP}, rule_id, count(*) FROM fct_warning_monthly GROUP BY ALL ORDER BY 2, 1"
_LINK_ROWS = "SELECT feed, grade, sum(rows)::BIGINT FROM audit_link_monthly GROUP BY ALL ORDER BY ALL"
_FEEDS = """
SELECT feed, files, rows, landed, quarantined, furniture, set_aside FROM audit_row_account ORDER BY feed
"""
_QUARANTINE = "SELECT feed, reason, count(*) FROM quarantine GROUP BY ALL ORDER BY 3 DESC, 1, 2"
_HELD = "SELECT status, reason, sum(warnings)::BIGINT FROM backlog GROUP BY ALL ORDER BY 3 DESC, 1, 2"
# A reason may count its own township's people; over the county the counts are added up beside it.
_LEFT_OUT = r"""
WITH scope AS (SELECT rule_id, sum(in_scope)::BIGINT AS in_scope FROM fct_assessment_monthly GROUP BY rule_id)
SELECT assessment.rule_id || ' ' || coalesce(rule.title, ''),
       coalesce(nullif(regexp_replace(trim(assessment.reason), '\s*\d+\s*个', '', 'g'), ''), '未写明原因') AS reason,
       scope.in_scope, sum(assessment.not_assessed)::BIGINT
FROM fct_assessment_monthly AS assessment JOIN scope ON scope.rule_id = assessment.rule_id
LEFT JOIN dim_rule AS rule ON rule.rule_id = assessment.rule_id
WHERE assessment.not_assessed > 0 OR nullif(trim(assessment.reason), '') IS NOT NULL
GROUP BY ALL ORDER BY ALL
"""


def write_page(
    con: duckdb.DuckDBPyConnection, *, month: Month, policy: Policy, verdicts: dict[str, Verdict]
) -> str:
    """The page as HTML text, from the month's marts, ``listing`` and ``backlog``."""
    county = policy.text("release.county_name")
    title = f"{county} {month.year}年{month.number}月 · 社会救助监测预警"
    sections = [
        _funnel(con),
        alarm_card(con),
        _pictures(con),
        card("预警未列入清单的原因", table(("状态", "原因", "条数"), _held(con), "本月预警全部列入清单。")),
        card(
            "本月没有评估的（不等于没有问题）",
            table(
                ("规则", "原因", "范围内", "未评估"), con.execute(_LEFT_OUT).fetchall(), "各规则均已评估。"
            ),
        ),
        *figure_cards(con, month, policy),
        _quality(con, verdicts),
    ]
    return (
        f'<!doctype html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<header>"
        f"<p class=eyebrow>兜底 Doudi · 月度总览</p><h1>{escape(title)}</h1>"
        f"<p class=notice>{NOTICE}，不作为发放或纳入的依据</p></header>\n<main>\n"
        + "\n".join(sections)
        + f"\n</main>\n<footer>数据截至 {month.last_day}。本页只有合计数，不含个人信息；离线可看，可直接打印。</footer>\n"
        "</body>\n</html>\n"
    )


def _funnel(con: duckdb.DuckDBPyConnection) -> str:
    found = con.execute(_FUNNEL).fetchone() or (0,) * 7
    rows, landed, quarantined, furniture, people, warnings, listed = found
    steps = [
        ("来文行数", rows, f"其中表头、合计、空行 {furniture:,}"),
        ("入库行数", landed, f"隔离 {quarantined:,} 行，逐行有原因"),
        ("涉及人员", people, f"约每人 {_ratio(landed, people)} 行"),
        ("产生预警", warnings, _per_head(people, warnings)),
        (
            "列入清单",
            listed,
            f"另有 {warnings - listed:,} 条待下批次或不重复推送" if warnings > listed else "全部列入",
        ),
    ]
    tiles = "".join(
        f"<li><span class=label>{label}</span><strong>{count:,}</strong><span class=sub>{escape(sub)}</span></li>"
        for label, count, sub in steps
    )
    return f"<section class=flow><h2>从一行行数据到一户户走访</h2><ol>{tiles}</ol></section>"


def _ratio(many: int, few: int) -> str:
    return f"{many / few:,.1f}".removesuffix(".0") if few else "–"


def _per_head(people: int, warnings: int) -> str:
    if warnings and people >= warnings:
        return f"约每 {_ratio(people, warnings)} 人 1 条"
    return f"人均 {_ratio(warnings, people)} 条"


def _pictures(con: duckdb.DuckDBPyConnection) -> str:
    words = {"listed": "列入清单", **STATUS}
    townships = [
        (name, words.get(status, status), n) for name, status, n in con.execute(_BY_TOWNSHIP).fetchall()
    ]
    rules = con.execute(_BY_RULE).fetchall()
    titles = {feed: contract.title for feed, contract in contracts().items()}
    links = [
        (titles.get(feed, feed), _LINKS.get(grade, grade), count)
        for feed, grade, count in con.execute(_LINK_ROWS).fetchall()
    ]
    nothing = "<p class=quiet>本月没有预警。</p>"
    by_township = charts.bars(townships, charts.STATUS_COLOURS, name="township") if townships else nothing
    by_rule = charts.bars(rules, charts.GRADE_COLOURS, name="rule") if rules else nothing
    linked = (
        charts.shares(links, charts.LINK_COLOURS, name="link") if links else "<p class=quiet>没有记录。</p>"
    )
    tiles = _wide(charts.tiles(con.execute(_TILES).fetchall(), name="tile")) if rules else nothing
    # The rules are as many as both other lists together; a tile per township and rule needs the whole width.
    beside = card("各乡镇预警", by_township) + card("各来源记录的身份对应", linked)
    return (
        f"<div class=pair>{card('各规则预警', by_rule)}<div class=stack>{beside}</div></div>"
        f"{card('乡镇 × 规则', tiles)}"
    )


def _held(con: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return [(STATUS.get(status, status), reason, n) for status, reason, n in con.execute(_HELD).fetchall()]


def _quality(con: duckdb.DuckDBPyConnection, verdicts: dict[str, Verdict]) -> str:
    titles = {feed: contract.title for feed, contract in contracts().items()}
    feeds = [
        (titles.get(feed, feed), files, rows, landed, set_aside, quarantined, furniture,
         "✓ 相符" if rows == landed + quarantined + furniture else "✗ 不符")
        for feed, files, rows, landed, quarantined, furniture, set_aside in con.execute(_FEEDS).fetchall()
    ]  # fmt: skip
    said = words().reasons
    reasons = [
        (titles.get(feed, feed), said.get(reason, reason), count)
        for feed, reason, count in con.execute(_QUARANTINE).fetchall()
    ]
    gates = "".join(_gate(gate, verdict) for gate, verdict in verdicts.items())
    account = table(
        ("来源", "文件", "行数", "入库", "其中未纳入", "隔离", "表头等", "行数账"), feeds, "没有文件。"
    )
    return (
        card("数据质量：行数账", _wide(account))
        + f"<div class=pair>{card('隔离原因', table(('来源', '原因', '行数'), reasons, '本月没有隔离行。'))}"
        + f"{card('两道关口', gates)}</div>"
    )


def _gate(gate: str, verdict: Verdict) -> str:
    warned, unseen = verdict.failed("warn"), verdict.not_assessed()
    held = sum(1 for rule in verdict.rules if rule.success)
    lines = "".join(
        f"<li><b>{escape(one.rule)}</b> {escape(one.told)}</li>" for one in Cautions({gate: verdict}).all
    )
    released = len(verdict.released())
    passed = (
        f"<span class=let-go>{released} 条经决定放行</span>" if released else "<span class=pass>通过</span>"
    )
    unseen_line = f"，{len(unseen)} 条无法评估" if unseen else ""
    return (
        f"<div class=gate><h3>{GATE_TITLES.get(gate, gate)} {passed}</h3>"
        f"<p class=quiet>{held} 条规则符合，{len(warned)} 条提醒{unseen_line}</p><ul>{lines}</ul></div>"
    )


def _wide(body: str) -> str:
    return f"<div class=wide>{body}</div>"
