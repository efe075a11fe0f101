"""``doudi retention``: how long what is kept, what is due, and its deletion."""

from __future__ import annotations

from datetime import date

from console.commands.stages import Bench
from console.screen import Screen
from warehouse.months import Month
from warehouse.retention.deleting import delete_due
from warehouse.retention.due import Due, Standing, survey
from warehouse.retention.kinds import PREFIX
from warehouse.settings import Settings

_STATUSES = {"verified": "有文件", "illustrative": "示例值"}


def show_retention(settings: Settings, on: date, screen: Screen) -> list[Standing]:
    """Every kind with its months, its term and ground, and below what is due and what stays although it is."""
    bench = Bench.for_month(Month(on.year, on.month), settings)
    found = survey(bench.lake, bench.policy, on)
    screen.table(
        f"保存期（{on} 所见）",
        ("种类", "内容", "月份", "保存", "依据", "到期可删", "到期仍留"),
        [_line(one) for one in found],
    )
    due = [one for standing in found for one in standing.due]
    if due:
        screen.table(
            "到期的月份",
            ("种类", "月份", "文件", "行数", "MB", "处理"),
            [
                (d.kind.title, d.month, d.files, d.rows, round(d.bytes / 1e6, 1), d.kept_for or "可删")
                for d in due
            ],
        )
    return found


def apply_retention(
    settings: Settings, on: date, screen: Screen, *, by: str, reason: str, is_real: bool
) -> None:
    """Show what would go; with ``is_real`` delete it, noted in both logs."""
    found = show_retention(settings, on, screen)
    going = [one for standing in found for one in standing.due if not one.kept_for]
    if not is_real:
        screen.emit({"would_delete": len(going), "files": sum(one.files for one in going)})
        screen.say(
            f"试运行：可删 {len(going)} 项，什么都没有改动。确认后加 --really --by 姓名 --reason 原因。"
        )
        return
    bench = Bench.for_month(Month(on.year, on.month), settings)
    done = delete_due(bench.lake, bench.policy, on, by=by, reason=reason)
    screen.emit({"deleted": len(done.due), "files": sum(d.files for d in done.due), "entry": done.entry})
    if not done.due:
        screen.say("没有到期可删的。")
        return
    screen.say(f"已删 {_told(done.due)}；审计记录 {done.entry}。")
    months = bench.policy.count(f"{PREFIX}backups_months")
    screen.say(
        f"早先的备份里仍有这些数据：备份按保管期限（{months} 个月）由保管人销毁，程序不能代删。已发放到乡镇、协议单位的文件也一样。"
    )


def _line(one: Standing) -> tuple[object, ...]:
    months = f"{one.months[0]} 至 {one.months[-1]}（{len(one.months)}）" if one.months else "—"
    kept = "长期" if one.kept is None else f"{one.kept} 个月"
    ground = f"{one.document}（{_STATUSES.get(one.status, one.status)}）"
    going = sum(1 for due in one.due if not due.kept_for)
    return (one.kind.title, one.kind.holds, months, kept, ground, going, len(one.due) - going)


def _told(due: tuple[Due, ...]) -> str:
    files, rows = sum(one.files for one in due), sum(one.rows for one in due)
    return f"{len(due)} 项：{files:,} 个文件，{rows:,} 行"
