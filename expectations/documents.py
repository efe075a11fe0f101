"""Data Docs that call nobody: the pages of Great Expectations, cleaned, and a first page of our own.

Great Expectations renders each table's result; its pages load styles, scripts and a logo from other
hosts and carry random ids and the clock. We keep the sections, put our own plain style around them and
drop the rest, so that a page opens offline, asks no other host for anything, and the same month gives
the same bytes. Only counts come in here (see ``engine``): no page holds a value of a row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warehouse.verdicts import GATE_TITLES, RuleVerdict, Verdict

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuiteValidationResult

_STYLE = Path(__file__).parent / "documents.css"
_SECTION = re.compile(
    r'<div id="section-\d+" class="ge-section.*?(?=<div id="section-\d+" class="ge-section|\Z)', re.S
)
_DROPPED = (
    re.compile(r"<script\b.*?</script>", re.S | re.I),
    re.compile(r"<style\b.*?</style>", re.S | re.I),
    re.compile(r"<(?:link|img|iframe|object|embed|meta|base|source)\b[^>]*>", re.S | re.I),
    re.compile(r"</?a\b[^>]*>", re.S | re.I),
    re.compile(
        r"\s(?:src|href|srcset|style|on\w+|id|aria-\w+|data-\w+)\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]+)", re.I
    ),
)
_OUTCOMES = {
    True: ("ok", "通过 passed"),
    False: ("bad", "未通过 failed"),
    None: ("open", "未评估 not assessed"),
}
_SEVERITIES = {"stop": "拦截 stop", "warn": "提醒 warn"}
_STATUSES = {"passed": "通过 passed", "held": "拦截 held", "released": "经决定放行 released"}
_NUMBERS = {
    "measured": "实测",
    "of": "行数",
    "limit": "限值",
    "mostly": "限值",
    "fall": "降幅",
    "rise": "增幅",
}


def write_pages(
    folder: Path,
    verdict: Verdict,
    *,
    titles: Mapping[str, str],
    sentences: Mapping[str, str],
    results: Mapping[str, ExpectationSuiteValidationResult],
) -> None:
    """Write ``index.html`` (the verdict, rule by rule) and one page per table that was examined.

    ``titles``: table to its Chinese name; ``sentences``: rule id to what it asks, in Chinese.
    """
    from great_expectations.render.renderer import ValidationResultsPageRenderer
    from great_expectations.render.view import DefaultJinjaPageView

    # One view for all pages: it compiles its templates once.
    renderer, view = ValidationResultsPageRenderer(run_info_at_end=True), DefaultJinjaPageView()
    for table, result in sorted(results.items()):
        sections = _sections(result, renderer, view)
        body = f"<p><a href='index.html'>← {GATE_TITLES[verdict.gate]} {verdict.month}</a></p>{sections}"
        title = f"{table} {titles.get(table, '')}".strip()
        (folder / f"{table}.html").write_text(page(title, body), encoding="utf-8")
    (folder / "index.html").write_text(_index(verdict, titles, sentences, set(results)), encoding="utf-8")


def _sections(result: ExpectationSuiteValidationResult, renderer: Any, view: Any) -> str:
    """The sections that Great Expectations renders for a result, without what calls out or changes."""
    # Load time, batch ids and validation ids are the clock's and chance's: the page does without.
    kept = ("great_expectations_version", "run_id", "active_batch_definition")
    result.meta = {name: value for name, value in result.meta.items() if name in kept}
    html = str(view.render(renderer.render(result)))
    return "".join(cleaned(section) for section in _SECTION.findall(html.partition("<footer")[0]))


def cleaned(html: str) -> str:
    """HTML without scripts, styles, pictures, links, ids and any attribute that could load something."""
    for pattern in _DROPPED:
        html = pattern.sub("", html)
    return re.sub(r"\n\s*\n+", "\n", html)


def _index(verdict: Verdict, titles: Mapping[str, str], sentences: Mapping[str, str], pages: set[str]) -> str:
    stopped, warned = len(verdict.failed("stop")), len(verdict.failed("warn"))
    head = (
        f"<p><a href='../../index.html'>← 各月 all months</a></p><p class='status {verdict.status}'>{_STATUSES[verdict.status]}</p><p>"
        f"规则 rules {len(verdict.rules)} · 拦截 stopped {stopped} · 提醒 warned {warned} · "
        f"未评估 not assessed {len(verdict.not_assessed())}</p>"
        f"<p class='small'>指纹 fingerprint <code>{verdict.fingerprint}</code></p>"
    )
    # What has to be looked at comes first, what stops before what only warns.
    failed_rules = [*verdict.failed("stop"), *verdict.failed("warn")]
    blocks = [_block("未通过 what did not hold", failed_rules, sentences)] if failed_rules else []
    for table in sorted({rule.table for rule in verdict.rules}):
        name = f"<a href='{table}.html'>{table}</a>" if table in pages else table
        rules = [rule for rule in verdict.rules if rule.table == table]
        blocks.append(_block(f"{name} <span>{escape(titles.get(table, ''))}</span>", rules, sentences))
    return page(f"{GATE_TITLES[verdict.gate]} {verdict.month}", head + "".join(blocks))


def _block(heading: str, rules: Sequence[RuleVerdict], sentences: Mapping[str, str]) -> str:
    rows = "".join(_row(rule, sentences.get(rule.id, "")) for rule in rules)
    return (
        f"<h2>{heading}</h2><table><thead><tr><th>规则</th><th>要求</th><th>级别</th>"
        f"<th>结果</th><th>实测</th><th>原因 why</th></tr></thead><tbody>{rows}</tbody></table>"
    )


def _row(rule: RuleVerdict, sentence: str) -> str:
    style, word = _OUTCOMES[rule.success]
    observed = " ".join(f"{_NUMBERS.get(name, name)} {number:g}" for name, number in rule.observed.items())
    return (
        f"<tr class='{style} {rule.severity}'><td><code>{rule.id}</code></td><td>{escape(sentence)}</td>"
        f"<td>{_SEVERITIES[rule.severity]}</td><td>{word}</td><td>{observed} {escape(rule.reason)}</td>"
        f"<td>{escape(rule.words)} {escape(rule.why)}</td></tr>"
    )


def page(title: str, body: str) -> str:
    """A page of ours: title and body in the plain style, no script, nothing loaded from anywhere."""
    return (
        f"<!DOCTYPE html>\n<html lang='zh-CN'>\n<head>\n<meta charset='utf-8'>\n<title>{escape(title)}</title>\n"
        f"<style>\n{_STYLE.read_text(encoding='utf-8')}</style>\n</head>\n"
        f"<body>\n<h1>{escape(title)}</h1>\n{body}\n</body>\n</html>\n"
    )
