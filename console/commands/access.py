"""``doudi access``: who took what out of the house, or looked at rows about people; and what other verbs note."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from posixpath import commonpath
from zoneinfo import ZoneInfo

from console.screen import Screen
from warehouse import access, audit_log
from warehouse.access import Access, Act, Item
from warehouse.errors import LakeDamaged
from warehouse.exports import TAKEN_OVER, made_before_the_log, take_over, unnoted
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.operations.words import stage as stage_word
from warehouse.settings import Settings

ACTS = {"export": "导出", "read": "查看"}
KNOWN = {"named": "具名", "account": "系统账户", "airflow": "自动运行"}
AUDIENCES = {
    "": "本单位", "list": "乡镇（预警清单）", "county_list": "全县清单", "ledger": "摸排台账", "register": "台账登记册",
    "referral": "转介部门", "report": "报表", "village": "村级确认表", "paper": "纸质件（打码）", "slip": "来源单位（退回单）",
    "review": "核对人员", "notice": "来源单位（纠错单）", "tracking": "乡镇（催办）", "partner": "协议单位", "explain": "经办人（打码）",
    "explain_whole": "经办人（全号）", "counts": "只见数字", "archive": "备份保管人", "sealed": "乡镇（加密件）", "township": "乡镇（图页）",
}  # fmt: skip
_VERBS = {
    "explain": "查看说明", "replay": "重算", "simulate": "试算", "backup": "备份", "gate export": "导出关口",
    "leaks": "外泄检查", "hand-out": "发放名单", "retention": "到期清理", "restore": "恢复",
    TAKEN_OVER: "接续此前",
}  # fmt: skip
HEADERS = ("序号", "时间", "谁", "身份依据", "做什么", "月份", "用途", "对象", "给谁看", "文件", "行数")


def note_act(
    settings: Settings,
    act: Act,
    verb: str,
    items: Sequence[Item],
    *,
    by: str | None,
    purpose: str,
    month: str = "",
) -> Access:
    """Note what a verb is about to show or has written, by whom, now."""
    return access.note(
        Lake(settings.home), act, verb, items, who=access.who_acts(by), purpose=purpose, on=now(), month=month
    )  # fmt: skip


def now() -> datetime:
    """This second by the clock of those who read the log."""
    return datetime.now(ZoneInfo("Asia/Shanghai"))


def show_access(
    settings: Settings, screen: Screen, *, by: str | None, month: Month | None, day: str | None
) -> None:
    """Every entry, newest last, of a person, of a month's rows, or of the days that begin with ``day``."""
    found = [
        entry
        for entry in access.entries(Lake(settings.home))
        if (by is None or entry.by == by)
        and (month is None or entry.month == str(month))
        and (day is None or entry.on.startswith(day))
    ]
    if screen.as_json:
        for entry in found:
            screen.emit(asdict(entry))
        return
    rows = [
        (entry.mark, entry.on[:16].replace("T", " "), entry.by, KNOWN.get(entry.known, entry.known),
         f"{ACTS[entry.act]} {_VERBS.get(entry.verb) or stage_word(entry.verb)}", entry.month or "全部", entry.purpose, *told)
        for entry in found
        for told in _by_audience(entry)
    ]  # fmt: skip
    screen.table("谁取走、谁查看过", HEADERS, rows)
    _show_sums(found, screen)


def _by_audience(entry: Access) -> list[tuple[str, str, int, int]]:
    """What an entry is about, for whom, how many files and rows: a line for each audience, and for each partner's package."""
    lines: dict[tuple[str, str], list[Item]] = {}
    for item in entry.items:
        whose = item.what if item.audience == "partner" else ""
        lines.setdefault((item.audience, whose), []).append(item)
    return [
        (_place(items), AUDIENCES.get(audience, audience), sum(i.files for i in items), sum(i.rows for i in items))
        for (audience, _), items in sorted(lines.items())
    ]  # fmt: skip


def _place(items: Sequence[Item]) -> str:
    """The place of one thing, or the folder that many have in common."""
    if len(items) == 1 and items[0].audience == "partner":
        return items[0].what.replace(":", "/")
    places = [item.what.partition(":")[0] for item in items]
    return (len({one.startswith("/") for one in places}) == 1 and commonpath(places)) or places[0]


def _show_sums(found: Sequence[Access], screen: Screen) -> None:
    """By person and act: how often, the last time."""
    by: dict[tuple[str, str], list[Access]] = {}
    for entry in found:
        by.setdefault((entry.by, entry.act), []).append(entry)
    rows = [
        (who, ACTS[act], len(all_), sum(item.rows for one in all_ for item in one.items), all_[-1].on[:16].replace("T", " "))
        for (who, act), all_ in sorted(by.items())
    ]  # fmt: skip
    screen.table("按人汇总", ("谁", "做什么", "次数", "行数", "最近一次"), rows)


def verify_access(settings: Settings, screen: Screen) -> None:
    """Say that the log is whole and tells of everything that lies there for people; ``LakeDamaged`` when not."""
    lake = Lake(settings.home)
    check = access.verify(lake)
    if not check.is_whole:
        raise LakeDamaged(
            f"the access log is not whole: {check.fault}.",
            next_step="find out who changed lake/access_log, and bring it back from the backup of the home.",
        )
    missing = unnoted(lake)
    screen.emit({"entries": check.entries, "head": check.head, "unnoted": missing})
    if missing and all(made_before_the_log(lake, one) for one in missing):
        raise LakeDamaged(
            f"{', '.join(missing)}: of months that were linked before this home kept an access log; no entry tells of them.",
            next_step="doudi access begin --by NAME --reason WHY writes down, in a named entry that stays, what lies there "
            "now; who took it before is not known and will not be claimed.",
        )
    if missing:
        raise LakeDamaged(
            f"{', '.join(missing)}: what lies there is in no entry of the access log.",
            next_step="find out who put it there, or run the stage again that writes it.",
        )
    screen.say(
        f"whole: {check.entries} entries; every folder that is handed out is as the log tells ({check.head[:8]})"
    )
    for entry in audit_log.entries(lake, kind=TAKEN_OVER):
        screen.say(
            f"not told: who took what before {entry.on[:10]} out of {', '.join(entry.facts['folders'])}: "
            f"taken over as found by {entry.by} ({entry.reason})."
        )


def begin_access(settings: Settings, screen: Screen, *, by: str, reason: str) -> None:
    """Take over what lies there from before the log, by name."""
    places = take_over(Lake(settings.home), by=by, reason=reason, on=now().date())
    screen.say(f"{len(places)} folder(s) taken over as they lie there: {', '.join(places)}.")
    screen.emit({"taken_over": places})
