"""The county's page of the month: which pictures, in which order, with which sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.release import calendar
from warehouse.release.cautions import Cautions
from warehouse.release.pictures import people, quality, told, work
from warehouse.release.pictures.asked import Asked
from warehouse.release.pictures.story import (
    Funnel,
    Headline,
    Numbers,
    Picture,
    Section,
    Step,
    Story,
    plain,
    share,
)
from warehouse.release.policy_words import what_counts
from warehouse.release.workbook import NOTICE
from warehouse.verdicts import Verdict


def county_story(
    asked: Asked,
    *,
    policy: Policy,
    verdicts: Mapping[str, Verdict],
    cautions: Cautions,
    not_assessed: Sequence[tuple[str, str, str, int]],
    partners: tuple[Picture, ...],
    pages: Mapping[str, str],
) -> Story:
    """The whole page; ``partners``: what other agencies were asked and given, ``pages``: township to its own page."""
    month = asked.month
    places = asked.townships()
    return Story(
        title=f"{asked.county} {month.year}年{month.number}月",
        eyebrow="社会救助监测预警 · 一月一览",
        notice=f"{NOTICE}，不作为发放或纳入的依据",
        headlines=headlines(asked, cautions, not_assessed, policy),
        sections=(
            Section("funnel", "从一行行数据到一户户走访", (funnel(asked, policy),)),
            Section(
                "work",
                "本月要做的",
                (
                    work.tile_maps(places, policy, pages),
                    work.rules(asked, policy),
                    work.clocks(asked, policy),
                    work.held_back(asked, policy),
                ),
            ),
            Section(
                "answers",
                "走访的结果和走势",
                (work.yields(asked, policy), work.answer_trends(asked), work.warning_trends(asked)),
            ),
            Section(
                "people",
                "低收入人口",
                (people.population_trends(asked), people.changes(asked), people.coverage(asked)),
            ),
            Section(
                "quality",
                "数据可不可靠",
                (
                    quality.unassessed(not_assessed),
                    quality.gates(verdicts, cautions),
                    quality.row_account(asked),
                    quality.links(asked),
                    quality.weights(asked),
                    quality.quarantine(asked),
                ),
            ),
            *((Section("partners", "与其他部门", partners),) if partners else ()),
            Section("figures", "全部数字", (quality.figures(asked), due(month, policy))),
        ),
        foot=f"数据截至 {month.last_day}。本页只有合计数，没有个人信息；供{asked.county}民政局内部使用，对外提供请用隐去小数的乡镇页。",
        pages=tuple(pages.items()),
    )


def headlines(
    asked: Asked, cautions: Cautions, not_assessed: Sequence[tuple[str, str, str, int]], policy: Policy
) -> tuple[Headline, ...]:
    """What a reader should know who reads nothing else: alarms first, then what is late, then the rest."""
    places = [] if asked.place else asked.townships()
    statuses, visits = asked.statuses(), asked.visits()
    _, late, *_ = asked.open_items()
    offices = _between_offices(asked, policy)
    now = {word: (asked.figure(name), asked.before(name)) for word, name in told.CLASSES.items()}
    classes = [(word, new, old) for word, (new, old) in now.items() if new is not None and old is not None]
    said = [
        *told.alarms(asked.alarms()),
        told.late(asked.answers(), late, places),
        told.lists(
            sum(statuses.values()), statuses.get("listed", 0), visits, statuses.get("silent", 0), statuses.get("waiting", 0), places, offices
        ),
        told.population(
            asked.place or "全" + asked.county[-1:], asked.month, asked.figure("population_persons"), asked.before("population_persons"), classes
        ),
        told.found(asked.answers()),
        told.doubts(not_assessed, len(cautions.all)),
    ]  # fmt: skip
    return tuple(one for one in said if one)


def _between_offices(asked: Asked, policy: Policy) -> int:
    """Warnings of the month that offices settle between them: they wait for no walk."""
    between = set(policy.words("rules_between_offices"))
    return sum(
        count for rule, _, _, status, count in asked.rules() if status == "waiting" and rule in between
    )


def funnel(asked: Asked, policy: Policy) -> Funnel:
    """From rows to visits this month, and from what was handed out before to who was helped: each step's parts add up."""
    rows, landed, quarantined, furniture, aside = asked.rows()
    persons, low = asked.persons(), asked.figure("population_persons")
    statuses, visits, answers = asked.statuses(), asked.visits(), asked.answers()
    warnings, listed = sum(statuses.values()), statuses.get("listed", 0)
    late, offices = asked.open_items()[1], _between_offices(asked, policy)
    rest = [
        f"{word} {count:,}"
        for word, count in (
            ("排队", statuses.get("waiting", 0) - offices), ("部门衔接", offices), ("已有答复", statuses.get("silent", 0))
        )
        if count
    ]  # fmt: skip
    month = (
        Step("来文行数", plain(rows), f"表头、合计、空行 {furniture:,}；隔离 {quarantined:,}"),
        Step("入库行数", plain(landed), f"其中 {aside:,} 行有误未采用" if aside else "全部采用"),
        Step("涉及人员", plain(persons), "同一个人的各行合在一起"),
        Step("低收入人口", plain(low), f"占涉及人员 {share(low, persons)}" if low is not None else "本月未能统计"),
        Step("产生预警", plain(warnings), "每条都写明依据"),
        Step("列入清单", plain(listed), f"其余 {warnings - listed:,} 条：{'，'.join(rest)}" if warnings > listed else "全部列入"),
        Step("走访户数", plain(visits), "一户只走一次"),
    )  # fmt: skip
    past = (
        Step("下发过", plain(answers.due), f"＝已查清 {answers.settled:,}＋随同户同人的另一条了结 {answers.along:,}"
             f"＋没有查清 {answers.open:,}（逾期 {late:,}）" if answers.due else "还没有下发过"),
        Step("已查清", plain(answers.settled), f"占下发的 {share(answers.settled, answers.due)}" if answers.due else "还没有答复"),
        Step("有收效", plain(answers.found), f"占查清的 {share(answers.found, answers.settled)}" if answers.settled else "还没有答复"),
        Step("拟纳入救助", plain(answers.aided), f"占有收效的 {share(answers.aided, answers.found)}" if answers.found else "还没有"),
    )  # fmt: skip
    said = f"{rows:,} 行数据，{persons:,} 个人，最后是 {visits:,} 户人家要有人上门。{what_counts(policy)}"
    return Funnel("steps", "一步一步", said, (("本月", month), ("此前清单的下落", past)))


def due(month: Month, policy: Policy) -> Picture:
    """What has to be reported when, the return of this month's lists first."""
    back = month.last_day + timedelta(days=policy.count("release.answer_days"))
    rows = [(back.isoformat(), "本月清单由乡镇交回")]
    rows += [(day.isoformat(), what) for day, what in calendar.due_after(month, policy)]
    return Picture(
        "due",
        "一年内报送日期",
        f"本月清单请于 {back.month}月{back.day}日前交回。",
        Numbers(("日期", "事项"), sorted(rows)),
    )
