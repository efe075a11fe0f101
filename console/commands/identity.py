"""``doudi identity``: what happened to ids in a month, by reason, by feed and by township."""

from __future__ import annotations

from console.screen import Screen
from linkage.history import KINDS
from linkage.report import event_lines, feed_lines, identity_report, township_lines
from linkage.wording import event_word
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.settings import Settings


def show_identity(month: Month, settings: Settings, screen: Screen) -> None:
    """Write the month's report and page, and show it as tables."""
    report, _ = identity_report(month, lake=Lake(settings.home))
    kinds = [event_word(kind) for kind in KINDS]
    screen.table(f"{month} 在册人数", ("项目", "人数"), report.persons)
    screen.table(
        f"{month} 比对了多少（首次出现的占 {report.scored_share:.1f}%）", ("项目", "条数"), report.work
    )
    screen.table(
        f"{month} 发生了什么，为什么", ("变动", "规则", "理由", "次数", "涉及记载"), event_lines(report)
    )
    screen.table(f"{month} 按来源", ("来源", *kinds), feed_lines(report))
    screen.table(f"{month} 按乡镇", ("乡镇", *kinds), township_lines(report))
    screen.say(f"网页：docs/identity/{month}.html")
