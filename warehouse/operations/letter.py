"""An alert in the words of a letter: subject, plain text, HTML. Pure."""

from __future__ import annotations

import os
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING

from warehouse.operations import words
from warehouse.operations.mail import Letter

if TYPE_CHECKING:
    from warehouse.operations.alerts import Alert

_COUNTS = {
    "warnings": "预警", "listed": "列入清单", "waiting": "待下批次", "silent": "不重复推送", "files": "文件",
}  # fmt: skip
_STYLE = "font-family:-apple-system,'PingFang SC','Microsoft YaHei',sans-serif;color:#1D2939;line-height:1.6;max-width:680px"


def write(alert: Alert) -> Letter:
    """The letter of an alert. ``DOUDI_MAIL_LINK`` is where its readers find the home, else the places alone stand."""
    from warehouse.operations.alerts import PUBLISHED

    return _published(alert) if alert.kind == PUBLISHED else _failed(alert)


def _failed(alert: Alert) -> Letter:
    what, to_do = words.of_error(alert.error, alert.kind)
    stage = alert.failed[-1].partition(":")[0] if alert.failed else ""
    subject = f"【兜底】{alert.month} {what}" + (f"（{words.stage(stage)}）" if stage else "")
    parts: list[tuple[str, list[str]]] = [
        ("原因", list(alert.failed) or ["任务没有留下原因，请打开 Airflow 查看。"]),
        ("未通过的规则", [f"{rule['id']}　{rule['words']}" for rule in alert.rules]),
        ("怎么办", [to_do, alert.next_step]),
        ("查看", [_place("docs/operations/index.html"), *_gate_page(alert, stage)]),
    ]
    lead = (
        f"{alert.month} 的办理在“{words.stage(stage) or alert.dag}”停下：{what}。此前已发布的名单不受影响。"
    )
    return _letter(alert, subject, lead, parts)


def _published(alert: Alert) -> Letter:
    counts = [f"{title} {alert.counts[name]:,}" for name, title in _COUNTS.items() if name in alert.counts]
    lead = f"{alert.month} 的预警清单和台账已经生成。清单是核查线索，不是停发依据。"
    parts = [
        ("数量", ["　".join(counts)] if counts else []),
        ("查看", [_place(f"release/{alert.month}/month.html"), _place("docs/operations/index.html")]),
    ]
    return _letter(alert, f"【兜底】{alert.month} 预警清单已发布", lead, parts)


def _letter(alert: Alert, subject: str, lead: str, parts: list[tuple[str, list[str]]]) -> Letter:
    shown = [(title, [line for line in lines if line]) for title, lines in parts if any(lines)]
    foot = f"运行：{alert.dag}　时间：{words.beijing(alert.at)}（北京时间）。本邮件由系统自动发出，不含个人信息。"
    plain = [lead, ""]
    for title, lines in shown:
        plain += [f"{title}：", *(f"  · {line}" for line in lines), ""]
    html = [f"<div style=\"{_STYLE}\"><p style='font-size:16px'>{escape(lead)}</p>"]
    for title, lines in shown:
        items = "".join(f"<li>{escape(line)}</li>" for line in lines)
        html.append(
            f"<h3 style='margin:14px 0 4px;font-size:14px;color:#667085'>{title}</h3><ul>{items}</ul>"
        )
    html.append(f"<p style='color:#667085;font-size:12px'>{escape(foot)}</p></div>")
    on = datetime.fromisoformat(alert.at)
    return Letter(subject, "\n".join([*plain, foot, ""]), "".join(html), alert.key, on)


def _gate_page(alert: Alert, stage: str) -> list[str]:
    if alert.error != "GateHeld":
        return []
    return [_place(f"docs/quality/{alert.month}/{stage}/index.html")]


def _place(path: str) -> str:
    base = os.environ.get("DOUDI_MAIL_LINK", "").strip().rstrip("/")
    return f"{base}/{path}" if base else f"HOME/{path}"
