"""A township's page: what its villages have to do, what is late, what came of it. It leaves the bureau.

Small numbers are hidden (``small``), and no sentence is worked out from one. Nothing of another township stands here,
and nothing of the whole county.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from warehouse.policy import Policy
from warehouse.release.pictures import drawn
from warehouse.release.pictures.asked import Asked
from warehouse.release.pictures.series import line
from warehouse.release.pictures.small import Small, shown
from warehouse.release.pictures.story import TOTAL, Cell, Headline, Numbers, Picture, Section, Story, share
from warehouse.release.pictures.told import CLASSES
from warehouse.release.policy_words import what_counts
from warehouse.release.workbook import NOTICE

_LATE, _OPEN = "逾期", "待答复"


def township_story(
    asked: Asked, *, policy: Policy, not_assessed: Sequence[tuple[str, str, str, int]]
) -> Story:
    """The whole page of ``asked.place``."""
    month, small = asked.month, Small(policy)
    visits, open_ = _villages(asked, small)
    listed = _rules(asked, small)
    return Story(
        title=f"{asked.place} {month.year}年{month.number}月",
        eyebrow="社会救助监测预警 · 乡镇一页",
        notice=f"{NOTICE}，不作为发放或纳入的依据",
        headlines=_headlines(asked, small, visits, open_, policy),
        sections=(
            Section("work", "本月要走访", (visits.picture, listed)),
            Section("answers", "此前清单的答复", (open_.picture, _answers(asked, small, policy))),
            Section("trends", "走势", (_trends(asked, small),)),
            Section("quality", "没有评估的", (_unassessed(not_assessed, small),)),
        ),
        foot=f"数据截至 {month.last_day}。本页只有{asked.place}的合计数，没有个人信息。{small.note()}每一户的情况见预警清单。",
    )


class _Told:
    """A picture with the sums that sentences are made of, None where they are hidden."""

    def __init__(self, picture: Picture, **sums: int | None) -> None:
        self.picture = picture
        self.sums = sums


def _villages(asked: Asked, small: Small) -> tuple[_Told, _Told]:
    found = asked.village_visits()
    visits, visits_sum = small.parts({village: count for village, count, _ in found})
    listed, listed_sum = small.parts({village: count for village, _, count in found})
    order = sorted(visits, key=lambda village: (-(visits[village] or 0), village))
    rows: list[tuple[Cell, ...]] = [
        (village, shown(visits[village]), shown(listed[village])) for village in order
    ]
    if rows:
        rows.append((TOTAL, shown(visits_sum), shown(listed_sum)))
    said = f"{len(order)} 个村有要走访的户。" if order else "本月没有要走访的户。"
    walked = Picture(
        "visits", "各村要走访的户", said, Numbers(("村", "走访户", "清单条数"), rows, said, barred=1)
    )
    items = {(village, state): count for village, state, count in asked.village_open()}
    table = small.crossed(items) if items else {}
    villages = sorted(
        {village for village, _ in items}, key=lambda one: (-(table.get((one, _LATE)) or 0), one)
    )
    waiting: list[tuple[Cell, ...]] = [
        (village, *(shown(table.get((village, state), 0)) for state in (_LATE, _OPEN, TOTAL)))
        for village in [*villages, *([TOTAL] if villages else [])]
    ]
    none = "都已查清。" if asked.figure("answers_due") else "还没有要答复的。"
    open_ = Picture(
        "open", "各村没有查清的", f"{len(villages)} 个村还有没查清的。" if villages else none,
        Numbers(("村", "逾期", "没到期", "合计"), waiting, none, barred=3),
    )  # fmt: skip
    return (
        _Told(walked, visits=visits_sum, listed=listed_sum),
        _Told(open_, open=table.get((TOTAL, TOTAL), 0), late=table.get((TOTAL, _LATE), 0)),
    )


def _rules(asked: Asked, small: Small) -> Picture:
    found = asked.listed()
    counts, _ = small.parts({rule: count for rule, _, count in found})
    # Hidden ones stand in the order of their ids: their place must not tell which is the greater.
    order = sorted(found, key=lambda one: (-(counts[one[0]] or 0), one[0]))
    rows = [(f"{title} {rule}", shown(counts[rule])) for rule, title, _ in order]
    most = next((title for rule, title, _ in order if counts[rule] is not None), "")
    said = (
        f"清单上“{most}”最多。" if most else "本月清单上没有预警。" if not found else "各条规则的条数都很少。"
    )
    return Picture("rules", "清单上的规则", said, Numbers(("规则", "条数"), rows, said, barred=1))


def _answers(asked: Asked, small: Small, policy: Policy) -> Picture:
    answers = asked.answers()
    # One partition of what was handed out: with a second sum of the same, a hidden part could be worked out.
    parts = {
        "查清，拟纳入救助": answers.aided,
        "查清，有别的事要办": answers.found - answers.aided,
        "查清，没有要办的": answers.settled - answers.found,
        "随同户同人的另一条了结": answers.along,
        "没有查清": answers.open,
    }
    told_parts, whole = small.parts(parts)
    rows: list[tuple[Cell, ...]] = [(word, shown(count)) for word, count in told_parts.items()]
    known = [told_parts[word] for word in list(parts)[:3]]
    said = "已有答复，条数还少。" if answers.settled else "还没有答复。"
    if answers.settled and None not in known:
        said = f"查清的里面 {share(answers.found, answers.settled)} 有收效（查到了要办的事）。"
    return Picture(
        "answers-so-far", "此前下发的到现在", said, Numbers(("", "条数"), [*rows, (TOTAL, shown(whole))]), note=what_counts(policy)
    )  # fmt: skip


def _trends(asked: Asked, small: Small) -> Picture:
    series = {"低收入人口": "population_persons", **CLASSES}
    hidden = {word: [_kept(small, value) for value in asked.over_time(name)] for word, name in series.items()}
    hidden = {word: values for word, values in hidden.items() if any(values)}
    rows: list[tuple[Cell, ...]] = [
        (month, *(shown(None if values[at] is None else int(values[at] or 0)) for values in hidden.values()))
        for at, month in enumerate(asked.months)
    ]
    lines = [line(word, values) for word, values in hidden.items()]
    return Picture(
        "population-trend", "低收入人口走势", "各类人数按月底算；一个人可以属于几类，合计只计一次。" if lines else "人数少，不画图。",
        Numbers(("月份", *hidden), rows[::-1] if lines else [], "人数少，不写明。"),
        (drawn.lines(lines, asked.months, "people"),) if lines else (),
    )  # fmt: skip


def _kept(small: Small, value: float | None) -> float | None:
    kept = small.one(None if value is None else int(value))
    return None if kept is None else float(kept)


def _unassessed(not_assessed: Sequence[tuple[str, str, str, int]], small: Small) -> Picture:
    rows = [(f"{title} {rule}", shown(small.one(count))) for rule, title, _, count in not_assessed]
    said = (
        f"{len(rows)} 条规则有没能评估的对象，不等于没有问题；原因见清单的说明。"
        if any(count for *_, count in not_assessed)
        else f"{len(rows)} 条规则少了来源，凭其余来源评估：少的那一份里可能还有。"
        if rows
        else "各规则均已评估。"
    )
    return Picture("unassessed", "没有评估的", said, Numbers(("规则", "对象数"), rows, said))


def _headlines(
    asked: Asked, small: Small, visits: _Told, open_: _Told, policy: Policy
) -> tuple[Headline, ...]:
    said = []
    for _, village, cause, _, households, *_ in asked.alarms():
        told_households = small.one(households)
        many = f"，涉及 {told_households:,} 户" if told_households else ""
        said.append(Headline("alarm", f"{village}：“{cause}”预警集中{many}，请先派人了解。"))
    late, waiting = open_.sums["late"], open_.sums["open"]
    if late is None:
        said.append(Headline("late", "此前的清单有少数预警逾期没有查清，见清单。"))
    elif late:
        said.append(Headline("late", f"此前的清单有 {late:,} 条预警逾期没有查清，请先去查。"))
    elif waiting == 0:
        is_asked = bool(asked.figure("answers_due"))
        said.append(Headline("calm", "此前的清单都已查清。" if is_asked else "此前没有要答复的清单。"))
    else:
        many = f" {waiting:,} 条" if waiting else "少数"
        said.append(Headline("answer", f"此前的清单还有{many}没有查清，都没有到期。"))
    back = asked.month.last_day + timedelta(days=policy.count("release.answer_days"))
    until = f"请于 {back.month}月{back.day}日前交回"
    walked, listed = visits.sums["visits"], visits.sums["listed"]
    if walked == 0:
        said.append(Headline("calm", "本月没有要走访的户。"))
    elif walked and listed:
        said.append(
            Headline(
                "task",
                f"本月清单 {listed:,} 条，要走访 {walked:,} 户（一户只走一次，同户的一起问）；{until}。",
            )
        )
    else:
        said.append(Headline("task", f"本月要走访的户不多，见清单；一户只走一次，同户的一起问；{until}。"))
    persons = small.one(asked.figure("population_persons"))
    if persons:
        said.append(Headline("change", f"{asked.month.number}月底，{asked.place}低收入人口 {persons:,} 人。"))
    return tuple(said)
