"""``doudi leaks``: what lies outside the lake, held against every value of every person that the home knows."""

from __future__ import annotations

from pathlib import Path

from console.commands.access import note_act
from console.screen import Screen
from warehouse.access import Item
from warehouse.errors import Misconfigured, Refused
from warehouse.lake import Lake
from warehouse.privacy.leaks import UNKNOWN, Found, leaks
from warehouse.privacy.looking import KINDS
from warehouse.privacy.wanted import wanted_of
from warehouse.settings import Settings

TITLES = {"id": "证件号", "phone": "电话", "account": "银行账号", "name_village": "姓名+村"}
_PLACES_SHOWN = 12


def show_leaks(settings: Settings, beside: dict[str, Path], screen: Screen, *, by: str | None) -> None:
    """Counts by place; ``Refused`` when something lies where it may not, or a file is of no place in the table."""
    lake = Lake(settings.home)
    if not lake.root.is_dir():
        raise Misconfigured(
            "there is no home to look through.", next_step="name it with --home (DOUDI_HOME)."
        )
    note_act(settings, "read", "leaks", [Item("home", "counts")], by=by, purpose="查找外泄，只显示数")
    wanted = wanted_of(lake)
    found = leaks(settings.home, wanted, beside=beside)
    screen.emit({"wanted": wanted.counts})
    told = wanted.counts
    screen.say(
        f"所查：证件号 {told['ids']:,}、电话 {told['phones']:,}、银行账号 {told['accounts']:,}、姓名与村 {told['names']:,}。只显示数，不显示内容。"
    )
    screen.table(
        "各处所见",
        ("所在", "名称", "文件", "未能查看", *(TITLES[kind] for kind in KINDS), "结论"),
        [_line(place, entry) for place, entry in sorted(found.items())],
    )
    broken = {place: entry for place, entry in found.items() if entry.is_leak}
    if not broken:
        screen.say("没有发现外泄：各处所见都在许可之内（warehouse/privacy/places.csv）。")
        return
    shown = sorted({one for entry in broken.values() for one in entry.breached})
    screen.emit({"leaks": shown})
    for one in shown[:_PLACES_SHOWN]:
        screen.say(f"  外泄或未列明：{one}")
    files = sum(len(entry.breached) for entry in broken.values())
    raise Refused(
        f"leaks: {files} file(s) hold values of persons where none may lie, or are of a kind that nobody has listed.",
        next_step="take these files away from whoever may not see them, find what wrote them; a new kind of file wants a "
        "line in warehouse/privacy/places.csv.",
    )


def _line(place: str, entry: Found) -> tuple[object, ...]:
    if entry.place is not None and entry.place.is_store:
        return (place, entry.place.title, entry.files, 0, *("不查" for _ in KINDS), "数据本身")
    verdict = "未列明的文件" if place == UNKNOWN else "外泄" if entry.is_leak else "许可之内"
    title = entry.place.title if entry.place else ""
    return (place, title, entry.files, entry.sealed, *(entry.hits[kind] for kind in KINDS), verdict)
