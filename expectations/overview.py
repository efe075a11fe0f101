"""The first page of the data docs: every month with what its gates said, and how each rule that failed went on."""

from __future__ import annotations

from html import escape

from expectations.documents import page
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.verdicts import GATE_TITLES, GATES, Gate, Verdict, read_verdict

_STATUSES = {"passed": "通过 passed", "held": "拦截 held", "released": "经决定放行 released"}


def write_overview(lake: Lake) -> None:
    """Write ``HOME/docs/quality/index.html`` from the verdicts that the gates left: months in rows, newest first, then
    for each gate the rules that failed in any month, month by month with a link to the month's page."""
    months = sorted(lake.months("verdicts"), reverse=True)
    found = {
        (month, gate): verdict
        for month in months
        for gate in GATES
        if (verdict := read_verdict(lake, gate, Month.parse(month))) is not None
    }
    heads = "".join(f"<th>{GATE_TITLES[gate]}</th>" for gate in GATES)
    rows = "".join(
        f"<tr><td>{month}</td>{''.join(_cell(month, gate, found.get((month, gate))) for gate in GATES)}</tr>"
        for month in months
    )
    body = f"<table><thead><tr><th>月份 month</th>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    body += "".join(_history(gate, months, found) for gate in GATES)
    lake.write_text(lake.home / "docs" / "quality" / "index.html", page("质量检查 quality", body))


def _cell(month: str, gate: Gate, verdict: Verdict | None) -> str:
    if verdict is None:
        return "<td>未检查 not run</td>"
    return (
        f"<td><a href='{month}/{gate}/index.html'>{_STATUSES[verdict.status]}</a> · 规则 rules {len(verdict.rules)}"
        f" · 拦截 stopped {len(verdict.failed('stop'))} · 提醒 warned {len(verdict.failed('warn'))}"
        f" · 未评估 not assessed {len(verdict.not_assessed())}</td>"
    )


def _history(gate: Gate, months: list[str], found: dict[tuple[str, Gate], Verdict]) -> str:
    asked = {
        (month, rule.id): rule
        for month in months
        if (month, gate) in found
        for rule in found[month, gate].rules
    }
    failed = sorted({rule for (_, rule), one in asked.items() if one.success is False})
    if not failed:
        return ""
    heads = "".join(f"<th>{month}</th>" for month in months)
    lines = []
    for rule in failed:
        cells = []
        for month in months:
            one = asked.get((month, rule))
            measured = one.observed.get("measured") if one else None
            shown = "–" if measured is None else f"{measured:g}"
            cells.append(f"<td><b>{shown}</b></td>" if one and one.success is False else f"<td>{shown}</td>")
        words = next(one.words for (_, known), one in asked.items() if known == rule)
        lines.append(f"<tr><td><code>{rule}</code></td><td>{escape(words)}</td>{''.join(cells)}</tr>")
    return (
        f"<h2>{GATE_TITLES[gate]}：有过未通过的规则 rules that failed in some month</h2><table><thead><tr><th>规则</th><th>说明</th>"
        f"{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table>"
    )
