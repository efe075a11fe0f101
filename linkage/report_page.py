"""The month's page of ids: one offline HTML file with the numbers of the report and every reason in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

from linkage.history import KINDS
from linkage.wording import event_word
from warehouse.parts import card, document, table

if TYPE_CHECKING:
    from linkage.report import IdentityReport

_NOTES = (
    "编号只由有据的事件改变：立号、归入、落实、改归、合并、停用、提示，每一条都写明所依规则和所看字段。",
    "已公布的编号机器从不拆开；证据变弱的只作提示，由人来看。合并只合并整个人，且两人不得有两个有效号码、不同性别、相距太远的生日。",
)


def page(report: IdentityReport) -> str:
    """The page as HTML text; counts and words, no person's value, no script, no address."""
    from linkage.report import event_lines, feed_lines, township_lines

    month = report.month
    title = f"{month.year}年{month.number}月 · 人员编号变动"
    share = (
        f"本月 {dict(report.work)['本月记载']:,} 条不同记载中，{report.scored_share:.1f}% 是首次出现、需要比对的；"
        "其余沿用上月的结论。"
    )
    kinds = [event_word(kind) for kind in KINDS]
    sections = [
        card("在册人数", _wide(("项目", "人数"), report.persons)),
        card("比对了多少", f"<p class=quiet>{escape(share)}</p>" + _wide(("项目", "条数"), report.work)),
        card("发生了什么，为什么", _wide(("变动", "规则", "理由", "次数", "涉及记载"), event_lines(report))),
        card("按来源", _wide(("来源", *kinds), feed_lines(report))),
        card("按乡镇", _wide(("乡镇", *kinds), township_lines(report))),
    ]
    notes = "".join(f"<p>{escape(note)}</p>" for note in _NOTES)
    return document(title, "".join(sections), eyebrow="兜底", foot=notes)


def _wide(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    return f"<div class=wide>{table(headers, list(rows), '本月没有变动。')}</div>"
