"""How far the figures can be trusted: pictures of rows, links, gates and what was not assessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from warehouse import colours
from warehouse.intake.contract import contracts
from warehouse.intake.words import words
from warehouse.release.cautions import Cautions
from warehouse.release.pictures import drawn
from warehouse.release.pictures.asked import Asked
from warehouse.release.pictures.story import Cell, Numbers, Picture, plain, share
from warehouse.verdicts import GATE_TITLES, Verdict

_LINKS = {"certain": "已对上", "review": "待核实", "new": "仅此一处"}
# As many sources as a picture can show: those with the most in doubt. The figures beneath hold them all.
_MOST = 12
_WEIGHED = {"certain": "已对上", "review": "待核实", "below": "没有连上"}
_RATES = {
    "false_links": "已对上的里面，其实不是一个人的",
    "missed_links": "是同一个人、却没有对上的",
    "undecided": "还没有定下来、等人核对的",
}


def unassessed(not_assessed: Sequence[tuple[str, str, str, int]]) -> Picture:
    """What nobody could assess, and why."""
    rows = [(f"{title} {rule}", reason, count) for rule, title, reason, count in not_assessed]
    total = sum(one[3] for one in not_assessed)
    said = (
        f"{len(rows)} 条规则有没能评估的对象，共 {total:,} 个：不等于没有问题。"
        if total
        else f"{len(rows)} 条规则少了来源，凭其余来源评估：少的那一份里可能还有。"
        if rows
        else "各规则均已评估。"
    )
    return Picture(
        "unassessed", "没有评估的", said, Numbers(("规则", "原因", "对象数"), rows, said), is_wide=True
    )


def gates(verdicts: Mapping[str, Verdict], cautions: Cautions) -> Picture:
    """What the two gates said."""
    rows: list[tuple[str, str, str]] = []
    for gate, verdict in verdicts.items():
        released = len(verdict.released())
        held = sum(1 for rule in verdict.rules if rule.success)
        unseen = len(verdict.not_assessed())
        said = f"{held} 条规则符合，{len(verdict.failed('warn'))} 条提醒"
        said += f"，{unseen} 条无法评估" if unseen else ""
        passed = f"{released} 条经决定放行" if released else "通过"
        rows.append((GATE_TITLES.get(gate, gate), f"{passed}：{said}", ""))
    rows += [("提示" if not one.is_released else "放行", one.told, one.rule) for one in cautions.all]
    count = len(cautions.all)
    said = f"两道关口都已通过，有 {count} 条提示。" if count else "两道关口都已通过，没有提示。"
    return Picture("gates", "两道数据关口", said, Numbers(("关口", "说明", "质量规则"), rows), is_wide=True)


def links(asked: Asked) -> Picture:
    """How surely the rows of each feed were put to persons."""
    found = [(title_of(feed), _LINKS.get(grade, grade), count) for feed, grade, count in asked.links()]
    feeds = list(dict.fromkeys(feed for feed, *_ in found))
    counts = {(feed, part): n for feed, part, n in found}
    rows: list[tuple[Cell, ...]] = [
        (feed, *(counts.get((feed, part), 0) for part in colours.LINKS)) for feed in feeds
    ]
    doubt = {
        row[0]: counts.get((str(row[0]), "待核实"), 0) / max(1, sum(int(n or 0) for n in row[1:]))
        for row in rows
    }
    shown = sorted(feeds, key=lambda feed: (-doubt[feed], feeds.index(feed)))[:_MOST]
    bars = [(feed, part, counts.get((feed, part), 0)) for feed in shown for part in colours.LINKS]
    said = "没有记录。"
    rates = [
        f"{words_}约 {at:.2%}（{low:.2%}–{high:.2%}）"
        if low is not None and high is not None
        else f"{words_} {at:.2%}"
        for measure, at, low, high in asked.link_rates()
        if (words_ := _RATES.get(measure)) and at is not None
    ]
    if bars:
        doubtful = sum(n for _, part, n in found if part == "待核实")
        total = sum(n for *_, n in found)
        said = f"{total:,} 行次里，{doubtful:,} 行次的身份要人核对（{share(doubtful, total)}）。"
    return Picture(
        "links",
        "各来源的身份对应",
        said,
        Numbers(("来源", *colours.LINKS), rows, "没有记录。"),
        (drawn.bars(bars, colours.LINKS, "links", is_share=True),) if bars else (),
        note=("图中是待核实最多的来源，全部见表。" if len(feeds) > _MOST else "")
        + ("抽样推算：" + "；".join(rates) + "。" if rates else ""),
    )


def weights(asked: Asked) -> Picture:
    """The histogram of match weights: what was joined, what is in doubt, and the nearest that was left apart."""
    found = [(_WEIGHED.get(grade, grade), low, count) for grade, low, count in asked.weights()]
    known = sum(count for _, low, count in found if low is None)
    weighed = [(f"{low}～{low + 5}", part, count) for part, low, count in found if low is not None]
    rows = list(dict.fromkeys(word for word, *_ in weighed))
    counts = {(word, part): count for word, part, count in weighed}
    total = sum(count for *_, count in weighed)
    said = (
        f"{known:,} 次凭证件号等直接对上，{total:,} 次靠比对姓名、生日、住址等称出分量。"
        if found
        else "没有记录。"
    )
    return Picture(
        "weights",
        "比对称出的分量",
        said,
        Numbers(
            ("分量", *colours.WEIGHED),
            [(word, *(counts.get((word, part), 0) for part in colours.WEIGHED)) for word in rows],
            "没有称量的记录。",
        ),
        (drawn.bars(weighed, colours.WEIGHED, "weights"),) if weighed else (),
        note="分量越大，越像同一个人；每多 1，把握加一倍。",
    )


def row_account(asked: Asked) -> Picture:
    """Every row of every file, accounted for."""
    rows = [
        (title_of(feed), files, count, landed, aside, quarantined, furniture,
         "✓ 相符" if count == landed + quarantined + furniture else "✗ 不符")
        for feed, files, count, landed, quarantined, furniture, aside in asked.feeds()
    ]  # fmt: skip
    wrong = sum(1 for row in rows if not row[-1].startswith("✓"))
    said = f"{wrong} 个来源的行数账不符。" if wrong else "每个文件的每一行都有着落，行数账相符。"
    headers = ("来源", "文件", "行数", "入库", "其中未采用", "隔离", "表头等", "行数账")
    return Picture("row-account", "行数账", said, Numbers(headers, rows, "没有文件。"), is_wide=True)


def quarantine(asked: Asked) -> Picture:
    """Rows that could not be read, by reason."""
    reasons = words().reasons
    rows = [
        (title_of(feed), reasons.get(reason, reason), count) for feed, reason, count in asked.quarantine()
    ]
    total = sum(row[2] for row in rows)
    said = f"{total:,} 行读不了，已隔离并退回来源单位。" if total else "本月没有隔离行。"
    return Picture("quarantine", "隔离的行", said, Numbers(("来源", "原因", "行数"), rows, said))


def figures(asked: Asked) -> Picture:
    """The one set of figures."""
    rows = [
        (title, "未能统计" if value is None else f"{plain(value, unit)} {unit}", definition)
        for title, value, unit, definition in asked.figures
    ]
    said = "各表、册、报告和本页用的是同一套数。"
    return Picture(
        "all-figures", "本月数字", said, Numbers(("指标", "数", "口径"), rows, "本月没有指标。"), is_wide=True
    )


def title_of(feed: str) -> str:
    """A feed as staff call it."""
    contract = contracts().get(feed)
    return contract.title if contract else feed
