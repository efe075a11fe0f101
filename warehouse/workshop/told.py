"""A simulation in an officer's words: what would have been, what nobody knows, and the line to paste. Pure."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from warehouse.policy.lines import Line
from warehouse.policy.parameters import description_of, parameters
from warehouse.policy.told import title_of, value_told
from warehouse.workshop.near import Estimate
from warehouse.workshop.simulate import Simulation, Weighed

NOTICE = "试算：用过去各月的数据重算，不改政策参数，也不改已发清单；定不定由人决定"
IN_FORCE = "现行"
_DAY, _DOCUMENT = "YYYY-MM-DD", "（文件名称、文号）"

HEADERS = (
    "试算值", "上门户次", "增减", "净增减", "减少户", "新增户", "属实会漏", "不属实可免", "减少而未查", "估计属实", "新增而未查", "估计属实",
)  # fmt: skip


@dataclass(frozen=True)
class PackLine:
    """A line for a policy pack, with the day and the document still to be filled in, and what to do beside it."""

    cells: tuple[str, ...]
    beside: str

    @property
    def csv(self) -> str:
        """The line as it stands in a pack."""
        out = io.StringIO()
        csv.writer(out, lineterminator="").writerow(self.cells)
        return out.getvalue()


def rows(found: Simulation) -> list[tuple[object, ...]]:
    """The table of a sweep: the policy in force, then each trial."""
    first = found.weighed[0]
    before: tuple[object, ...] = (f"{IN_FORCE}：{in_force(found)}", first.counts["visits_before"], *[""] * 10)
    return [
        before,
        *(
            (
                one.trial.told,
                one.counts["visits_after"],
                change(one),
                change_walked(one),
                one.households_gone,
                one.households_new,
                one.counts["missed"],
                one.counts["spared"],
                one.gone_estimate.unknown,
                estimated(one.gone_estimate),
                one.new_estimate.unknown,
                estimated(one.new_estimate),
            )
            for one in found.weighed
        ),
    ]


def in_force(found: Simulation) -> str:
    """The values that hold in the last of the months."""
    names = [name for name, _ in found.weighed[0].trial.values]
    return "；".join(
        f"{title_of(name)} {value_told(line)}" for name, line in zip(names, found.in_force, strict=True)
    )


def change(one: Weighed) -> int:
    """How many visits more (less: negative)."""
    return one.counts["visits_after"] - one.counts["visits_before"]


def change_walked(one: Weighed) -> int:
    """The same without the households that another rule's warning has visited in that month anyway."""
    return change(one) - one.counts["more_shared"] + one.counts["fewer_shared"]


def estimated(one: Estimate) -> str:
    """``约 1 至 4``, or why nothing can be said."""
    if one.unknown == 0:
        return ""
    if one.low is None or one.high is None:
        return "无从估计"
    return f"约 {one.low}" if one.low == one.high else f"约 {one.low} 至 {one.high}"


def title(found: Simulation) -> str:
    """What was tried, on which months."""
    return f"试算 {found.rule} {found.title}：{span(found)}"


def span(found: Simulation) -> str:
    """The months, from the first to the last."""
    first, last = found.months[0], found.months[-1]
    return first if first == last else f"{first} 至 {last}（{len(found.months)} 个月）"


def sentences(found: Simulation, one: Weighed) -> list[str]:
    """What one trial comes to, sentence by sentence."""
    counts = one.counts
    told = [_visits(found, one), f"不再出现 {one.households_gone} 户，新出现 {one.households_new} 户。"]
    if counts["gone"]:
        aided = f"（其中 {counts['missed_aided']} 条已纳入救助）" if counts["missed_aided"] else ""
        told.append(f"会漏掉：核查属实的 {counts['missed']} 条{aided}。")
        told.append(f"可免去：核查为不属实的 {counts['spared']} 条。")
        if counts["gone_other"]:
            told.append(f"另有 {counts['gone_other']} 条核查时情况已变化。")
    if counts["later"]:
        told.append(f"要晚些月份才出现：{counts['later']} 条，其中核查属实 {counts['held_later']} 条。")
    if counts["sooner"]:
        told.append(f"会早些月份出现：{counts['sooner']} 条，其中核查属实 {counts['held_sooner']} 条。")
    if counts["found"] or counts["burdened"]:
        told.append(
            f"新出现的里面，别的月份核查过的：属实 {counts['found']} 条，不属实 {counts['burdened']} 条。"
        )
    told += _unknown("不再出现", one.gone_estimate, found.confidence)
    told += _unknown("新出现", one.new_estimate, found.confidence)
    if counts["more_waiting"]:
        told.append(f"新增上门中 {counts['more_waiting']} 户次所在乡镇当月清单已满，要排队。")
    if one.not_assessed != found.not_assessed_before:
        told.append(
            f"未评估：最后一个月由 {found.not_assessed_before} 变为 {one.not_assessed}（未评估不等于没有问题）。"
        )
    return told


def cautions(found: Simulation) -> list[str]:
    """What a reader must know before using the numbers."""
    answered = sum(found.answered.get(label, 0) for label in ("held", "refuted", "other"))
    told = [
        f"现行值下这些月份共有预警 {found.raised_before} 条，其中有核查结论的 {answered} 条"
        f"（属实 {found.answered.get('held', 0)}、不属实 {found.answered.get('refuted', 0)}、"
        f"已变化 {found.answered.get('other', 0)}），无法核实 {found.answered.get('unclear', 0)} 条，"
        f"从未有答复 {found.answered.get('never', 0)} 条。",
        "户次：一户在一个月的清单上算一次上门，不论几条预警；证据不变的不重复走。",
        "净增减：扣除因别的预警当月本来就要走的户。属实会漏、不属实可免、未查：按预警条数；"
        "未查就是没有核查结论，是不是属实谁也不知道。",
        "估计数只按线附近已核查的推算，没有人上门看过，不能当作查实的数。",
    ]
    if len(found.months) > 1:
        told.append(
            "改动之后第一个月变化最大：新旧两个值之间的户一次出现（或一次不再出现），以后各月只是零星的。"
        )
    if found.is_between_offices:
        told.append("本规则由部门之间衔接，不派村走访：户次是要转介的户，不是上门。")
    if found.unlike_built:
        months = "、".join(f"{month} {count} 条" for month, count in found.unlike_built.items())
        told.append(
            f"按现行值重算与当时发布的不同（程序、政策或数据后来有变化）：{months}。增减只比两次重算。"
        )
    return told


def pack_lines(found: Simulation, one: Weighed) -> list[PackLine]:
    """A line for each value that is not in force already."""
    lines = []
    for (name, value), held in zip(one.trial.values, found.in_force, strict=True):
        if held is not None and held.value == value:
            continue
        about = description_of(name, parameters())
        cells = (found.region, name, value, about.unit if about else "", _DAY, "", _DOCUMENT, "verified", "")
        lines.append(PackLine(cells, _beside(found.region, held)))
    return lines


def _beside(region: str, held: Line | None) -> str:
    begin = (
        f"填上生效日期和文件（没有文件依据的，document 写 示例值，status 写 illustrative），放进 {region}.csv"
    )
    if held is None or held.region != region:
        return f"{begin}。"
    return f"{begin}；同时把 {held.file} 第 {held.row} 行的 valid_to 填为生效日的前一天。"


def _visits(found: Simulation, one: Weighed) -> str:
    by = change(one)
    word = "多" if by > 0 else "少"
    begin = f"{span(found)}：上门 {one.counts['visits_before']} → {one.counts['visits_after']} 户次"
    if by == 0 and change_walked(one) == 0:
        return f"{begin}，不增不减。"
    shared = one.counts["more_shared"] + one.counts["fewer_shared"]
    anyway = (
        f"；增减中有 {shared} 户次因别的预警本来就要走，实际{_signed(change_walked(one))}" if shared else ""
    )
    return f"{begin}，{word} {abs(by)} 户次{anyway}。" if by else f"{begin}{anyway}。"


def _signed(number: int) -> str:
    return "不增不减" if number == 0 else f"{'多' if number > 0 else '少'}走 {abs(number)} 户次"


def _unknown(who: str, one: Estimate, confidence: float) -> list[str]:
    if one.unknown == 0:
        return []
    if one.low is None:
        return [f"{who}而没有核查结论的 {one.unknown} 条：未知。线附近没有核查过的，无从估计。"]
    return [
        f"{who}而没有核查结论的 {one.unknown} 条：未知。估计其中{estimated(one)} 条会属实"
        f"（按线附近 {one.answers} 条答复中属实 {one.held} 条推算，{confidence:.0%} 的把握）。"
    ]
