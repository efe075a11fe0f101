"""Sentences in plain Chinese, worked out from figures: what changed, what is late, where an alarm stands. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from warehouse.months import Month
from warehouse.release.pictures.asked import Answers, Place
from warehouse.release.pictures.story import Headline, share

CLASSES = {
    "低保": "class_persons:最低生活保障对象",
    "特困": "class_persons:特困人员",
    "防返贫监测对象": "class_persons:防止返贫监测对象",
    "低保边缘家庭成员": "class_persons:最低生活保障边缘家庭成员",
    "刚性支出困难家庭成员": "class_persons:刚性支出困难家庭成员",
    "其他困难人员": "class_persons:其他困难人员",
}
_ALARMS_TOLD = 3


def population(
    where: str, month: Month, now: int | None, before: int | None, parts: Sequence[tuple[str, int, int]]
) -> Headline:
    """How many low-income persons there are and what changed; ``parts``: class, now, before."""
    if now is None:
        return Headline("doubt", f"{where}本月低收入人口未能统计：所需的名册或名单没有收到，不等于没有变化。")
    said = f"{month.number}月底，{where}低收入人口 {now:,} 人"
    if before is None:
        return Headline("change", f"{said}；没有上月数字可比。")
    moved = sorted(
        ((name, new - old) for name, new, old in parts if new != old), key=lambda one: -abs(one[1])
    )
    largest = "，".join(_moved(name, by) for name, by in moved[:2])
    if now == before:
        return Headline("calm", f"{said}，与上月一样多" + (f"；其中{largest}。" if largest else "。"))
    return Headline(
        "change", f"{said}，{_moved('比上月', now - before)}" + (f"；其中{largest}。" if largest else "。")
    )


def lists(
    warnings: int,
    listed: int,
    visits: int,
    silent: int,
    waiting: int,
    places: Sequence[Place],
    offices: int = 0,
) -> Headline:
    """What goes out this month; ``offices``: of ``waiting``, what is settled between offices and waits for no walk."""
    if not warnings:
        return Headline("calm", "本月没有预警。")
    said = f"本月产生预警 {warnings:,} 条，列入清单 {listed:,} 条，要走访 {visits:,} 户"
    most = max(places, key=lambda one: (one.visits, one.township), default=None)
    if most and len(places) > 1 and most.visits:
        said += f"，{most.township}最多（{most.visits:,} 户）"
    rest = [
        words
        for count, words in (
            (waiting - offices, f"{waiting - offices:,} 条排队等候"),
            (offices, f"{offices:,} 条由部门之间衔接，不派村走访"),
            (silent, f"{silent:,} 条已有答复、证据没有变化，不再下发"),
        )
        if count
    ]
    return Headline("task", said + "".join(f"；{words}" for words in rest) + "。")


def late(answers: Answers, overdue: int, places: Sequence[Place]) -> Headline:
    """What was asked of villages before and how it stands, in numbers that add up; ``overdue``: of the open ones."""
    if not answers.due:
        return Headline("calm", "此前没有下发过清单，没有要答复的预警。")
    along = f"，{answers.along:,} 条随同户同人的另一条了结" if answers.along else ""
    said = f"此前下发的 {answers.due:,} 条预警，{answers.settled:,} 条村里已查清{along}"
    if not answers.open:
        return Headline("calm", said + "，没有还要去查的。")
    said += f"，{answers.open:,} 条还没有查清"
    if not overdue:
        return Headline("answer", said + "，都没有到期。")
    worst = sorted((one for one in places if one.late), key=lambda one: (-one.late, one.township))[:2]
    named = "、".join(f"{one.township} {one.late:,} 条" for one in worst) if len(places) > 1 else ""
    return Headline(
        "late",
        said
        + f"，其中逾期 {overdue:,} 条（答复无法核实的也算没有查清）"
        + (f"，最多的是{named}。" if named else "。"),
    )


def found(answers: Answers) -> Headline | None:
    """What the answers came to."""
    if not answers.settled:
        return None
    return Headline(
        "answer",
        f"村里查清的 {answers.settled:,} 条里，{answers.found:,} 条有收效（{share(answers.found, answers.settled)}），"
        f"查到了要办的事，其中 {answers.aided:,} 条拟纳入救助。",
    )


def alarms(found_: Sequence[tuple[str, str, str, int, int, str, str]]) -> list[Headline]:
    """A sentence per alarm, the largest first; what is more is counted."""
    said = [
        Headline(
            "alarm",
            f"{township}{village}：“{cause}”预警集中，涉及 {households:,} 户、{warnings:,} 条，请先派人了解。",
        )
        for township, village, cause, warnings, households, *_ in found_[:_ALARMS_TOLD]
    ]
    more = len(found_) - len(said)
    if more:
        said.append(Headline("alarm", f"另有 {more} 起成片警示，见下表。"))
    return said


def doubts(not_assessed: Sequence[tuple[str, str, str, int]], cautions: int) -> Headline | None:
    """What the reader should keep in mind: what was not assessed, what the gates said."""
    silent = [title for _, title, _, _ in not_assessed]
    count = sum(one[3] for one in not_assessed)
    parts = []
    if count:
        some = "、".join(silent[:2])
        parts.append(f"{len(silent)} 条规则共有 {count:,} 个对象未能评估（{some}等），不等于没有问题")
    if cautions:
        parts.append(f"数据关口有 {cautions} 条提示，看数时请留意")
    return Headline("doubt", "；".join(parts) + "。") if parts else None


def _moved(name: str, by: int) -> str:
    return f"{name}{'多' if by > 0 else '少'} {abs(by):,} 人"
