"""What is to be done, and what came of what was done: pictures of visits, clocks, rules and answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt

from warehouse import colours
from warehouse.policy import Policy
from warehouse.release.guide import STATUS, status_told
from warehouse.release.pictures import drawn
from warehouse.release.pictures.asked import Asked, Place
from warehouse.release.pictures.drawn import Interval, Tile
from warehouse.release.pictures.places import placed
from warehouse.release.pictures.series import change, line, part, percent, whole
from warehouse.release.pictures.story import Cell, Numbers, Picture, plain, share
from warehouse.release.policy_words import what_counts

_STATUS = {"listed": "列入清单", **STATUS}
_KINDS = {
    "错保": "错保（不该发的）",
    "漏保": "漏保（该帮没帮的）",
    "支出": "支出负担和收入下降",
    "求助": "求助未办结",
}
# As many as a picture can show and still be read; the figures beneath hold them all.
_MOST = 12


def tile_maps(places: Sequence[Place], policy: Policy, pages: Mapping[str, str]) -> Picture:
    """Townships where they lie, three times: visits, what is overdue, what answers came to."""
    at = placed([one.township for one in places], policy.region)
    enough = policy.count("yield_answers_enough")

    def map_of(name: str, scale: tuple[str, ...], shown: Mapping[str, tuple[float | None, str]]) -> str:
        return drawn.tiles(
            [
                Tile(one.township, *at[one.township], *shown[one.township], pages.get(one.township, ""))
                for one in places
            ],
            scale,
            name,
        )

    rows = [
        (one.township, one.warnings, one.visits, one.open, one.late, one.answers, one.found, share(one.found, one.answers))
        for one in places
    ]  # fmt: skip
    most = max(places, key=lambda one: (one.visits, one.township), default=None)
    said = (
        f"{most.township}要走访的最多，{most.visits:,} 户。" if most and most.visits else "本月没有要走访的。"
    )
    drawings = (
        map_of("visits", colours.WORK, {one.township: (one.visits, plain(one.visits)) for one in places}),
        map_of("late", colours.LATE, {one.township: (one.late, plain(one.late)) for one in places}),
        map_of("found", colours.YIELD, {one.township: _yield_of(one, enough) for one in places}),
    )  # fmt: skip
    headers = ("乡镇", "本月预警", "走访户", "没有查清", "其中逾期", "已查清", "有收效", "收效率")
    return Picture(
        "townships",
        "各乡镇",
        said,
        Numbers(headers, rows, "本月没有乡镇。"),
        drawings if places else (),
        note="方块大致按方位排列，不按面积和距离；颜色越重数越大，数字写在方块上；“–”是还没有答复，"
        f"查清不到 {enough} 条的只写“有收效/查清”，不算比例。{what_counts(policy)}",
        captions=("本月要走访（户）", "逾期没有查清（条）", "查清的里面有收效的"),
        is_wide=True,
    )


def _yield_of(place: Place, enough: int) -> tuple[float | None, str]:
    """A share only of enough answers; of few the answers themselves, without a colour."""
    if place.answers >= max(1, enough):
        return place.found / place.answers, share(place.found, place.answers)
    return None, f"{place.found}/{place.answers}" if place.answers else "–"


def clocks(asked: Asked, policy: Policy) -> Picture:
    """Clocks kept or not: calls with their hours, lists with their month."""
    rows: list[tuple[str, int, int, int]] = []
    for hours, kept, running, late, _ in asked.tickets():
        rows.append((f"求助 {hours} 小时", kept, running, late))
    open_, late, *_ = asked.open_items()
    due = asked.figure("answers_due") or 0
    if due:
        rows.append(
            (f"清单 {policy.count('release.answer_days')} 天", max(0, due - open_), open_ - late, late)
        )
    parts = list(colours.CLOCKS)
    bars = [(word, parts[place], count) for word, *counts in rows for place, count in enumerate(counts)]
    overdue = sum(row[3] for row in rows)
    total = sum(sum(row[1:]) for row in rows)
    said = (
        f"{total:,} 件里，{overdue:,} 件过了时限（{share(overdue, total)}）。"
        if total
        else "没有计时的事项。"
    )
    return Picture(
        "clocks",
        "时限守住了没有",
        said,
        Numbers(("时限", *parts), rows, "没有计时的事项。"),
        (drawn.bars(bars, colours.CLOCKS, "clocks", is_share=True),) if total else (),
        note="求助从受理算到办结，过了时限才办结的也算超时；清单从下发月份的月末算起，答复“无法核实”的还没有办结。",
    )


def rules(asked: Asked, policy: Policy) -> Picture:
    """Warnings by rule and grade, the largest drawn."""
    found = asked.rules()
    sums: dict[str, int] = {}
    titles: dict[str, str] = {}
    for rule, title, _, _, count in found:
        sums[rule] = sums.get(rule, 0) + count
        titles[rule] = title
    order = sorted(sums, key=lambda rule: (-sums[rule], rule))
    by = {
        (rule, grade): sum(n for r, _, g, _, n in found if (r, g) == (rule, grade))
        for rule in order
        for grade in colours.GRADES
    }
    states = {
        (rule, word): sum(n for r, _, _, s, n in found if (r, _told(s, r, policy)) == (rule, word))
        for rule in order
        for word in _STATUS.values()
    }
    bars = [
        (f"{titles[rule]} {rule}", grade, by[rule, grade])
        for rule in order[:_MOST]
        for grade in colours.GRADES
    ]
    rows: list[tuple[Cell, ...]] = [
        (f"{titles[rule]} {rule}", sums[rule], *(by[rule, grade] for grade in colours.GRADES),
         *(states[rule, word] for word in _STATUS.values()))
        for rule in order
    ]  # fmt: skip
    total = sum(sums.values())
    said = "本月没有预警。"
    if order:
        said = f"{total:,} 条预警里，“{titles[order[0]]}”最多，{sums[order[0]]:,} 条。"
    return Picture(
        "rules",
        "各规则预警",
        said,
        Numbers(("规则", "条数", *colours.GRADES, *_STATUS.values()), rows, "本月没有预警。"),
        (drawn.bars(bars, colours.GRADES, "rules"),) if order else (),
        note="确认＝至少两个来源一致且身份已对上；疑似＝只有一个来源或身份待核；提示＝把握不大。"
        + (f"图中是最多的 {_MOST} 条规则，全部见表。" if len(order) > _MOST else ""),
    )


def yields(asked: Asked, policy: Policy) -> Picture:
    """What answers came to, rule by rule, with the interval that few answers leave."""
    found = asked.yields()
    wide = float(policy.number("precision_interval_deviations"))
    answers = sum(row[2] for row in found)
    worth = sum(row[3] for row in found)
    shown = [
        Interval(f"{title} {rule}", good / count, *interval(good, count, wide), f"{good:,}/{count:,}")
        for rule, title, count, good, *_ in found[:_MOST]
    ]
    rows = [
        (
            f"{title} {rule}",
            count,
            good,
            share(good, count),
            _span(good, count, wide),
            held,
            refuted,
            aided,
            unsettled,
        )
        for rule, title, count, good, held, refuted, unsettled, aided in found
    ]
    said = (
        f"近 {policy.count('yield_window_months')} 个月查清 {answers:,} 条，有收效 {worth:,} 条（{share(worth, answers)}）。"
        if answers
        else "还没有村级答复，说不上哪条规则更准。"
    )
    headers = ("规则", "已查清", "有收效", "收效率", "区间", "其中属实", "不属实", "拟纳入", "另有无法核实")
    return Picture(
        "yields",
        "哪条规则跑得值",
        said,
        Numbers(headers, rows, "还没有答复。"),
        (drawn.intervals(shown, "yields", whole=worth / answers),) if answers else (),
        note="点是收效率，横条是区间：答复少，横条就长，先别下结论；虚线是全部规则合计。"
        f"{what_counts(policy)}下月先走哪一家，看的就是它。",
    )


def interval(part: int, whole: int, deviations: float) -> tuple[float, float]:
    """Wilson's interval of a share, so many standard deviations to each side (as in fct_precision_monthly)."""
    if not whole:
        return 0.0, 1.0
    at, square = part / whole, deviations**2
    middle = (at + square / (2 * whole)) / (1 + square / whole)
    reach = deviations / (1 + square / whole) * sqrt(at * (1 - at) / whole + square / (4 * whole**2))
    return max(0.0, middle - reach), min(1.0, middle + reach)


def _span(part: int, whole: int, deviations: float) -> str:
    low, high = interval(part, whole, deviations)
    return f"{round(100 * low)}%–{round(100 * high)}%" if whole else "–"


def answer_trends(asked: Asked) -> Picture:
    """Answers month by month: how many were due and given, and what they came to."""
    due, given = asked.over_time("answers_due"), asked.over_time("answers_given")
    shares, aids = asked.yields_over_time(), asked.over_time("answers_aided")
    answered = [g / d if d and g is not None else None for d, g in zip(due, given, strict=True)]
    panels = (
        line("此前下发（条）", due),
        percent("答复率", answered),
        percent("收效率", shares),
        line("拟纳入救助（条）", aids),
    )
    rows = [
        (month, whole(d), whole(g), part(a), part(s), whole(aid))
        for month, d, g, a, s, aid in zip(asked.months, due, given, answered, shares, aids, strict=True)
    ]
    return Picture(
        "answers-trend",
        "答复走势",
        change("答复率", answered, is_share=True),
        Numbers(("月份", "此前下发", "已答复", "答复率", "收效率", "拟纳入"), rows[::-1]),
        (drawn.lines(panels, asked.months, "answers-trend", colour=colours.GREEN),) if asked.months else (),
        note="都是到当月为止的累计数。",
    )


def warning_trends(asked: Asked) -> Picture:
    """Warnings by kind."""
    series = {_KINDS.get(kind, kind): values for kind, values in asked.warnings_over_time().items()}
    raised = [sum(v for v in column if v is not None) if any(v is not None for v in column) else None
              for column in zip(*series.values(), strict=True)]  # fmt: skip
    rows = [
        (month, whole(raised[place]), *(whole(values[place]) for values in series.values()))
        for place, month in enumerate(asked.months)
    ] if series else []  # fmt: skip
    panels = [line(word, values) for word, values in series.items()]
    return Picture(
        "warnings-trend",
        "各类预警走势",
        change("预警", raised, unit="条"),
        Numbers(("月份", "合计", *series), rows[::-1], "本月没有预警。"),
        (drawn.lines(panels, asked.months, "warnings", colour=colours.RED),) if series else (),
        note="预警多了不一定是困难多了：新来一种数据、改一条标准，条数都会变。",
    )


def _told(status: str, rule: str, policy: Policy) -> str:
    return _STATUS["listed"] if status == "listed" else status_told(status, rule, policy)


def held_back(asked: Asked, policy: Policy) -> Picture:
    """Why warnings are on no list."""
    counts: dict[tuple[str, str], int] = {}
    for rule, status, reason, count in asked.held_back():
        why = (_told(status, rule, policy), reason)
        counts[why] = counts.get(why, 0) + count
    rows = [(*why, count) for why, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))]
    sums: dict[str, int] = {}
    for word, _, count in rows:
        sums[word] = sums.get(word, 0) + count
    parts = "，".join(f"{word} {count:,} 条" for word, count in sums.items())
    said = f"{parts}；每条都有原因，一条不丢。" if rows else "本月预警全部列入清单。"
    return Picture("held-back", "没有列入清单的预警", said, Numbers(("状态", "原因", "条数"), rows, said))
