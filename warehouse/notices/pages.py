"""A page per source with its error rates month by month, which the agency itself may be shown: counts, no person."""

from __future__ import annotations

from collections import defaultdict
from html import escape
from statistics import median

from warehouse.drawing import bars, shown
from warehouse.intake.contract import Contract, contracts
from warehouse.intake.row_rule import every_rule
from warehouse.lake import Lake, replacing_folder
from warehouse.notices.kinds import catalogue
from warehouse.notices.tables import ENDED, FIGURES_TABLE, STATES, parquet_files
from warehouse.notices.wording import MEANINGS
from warehouse.parts import card, document
from warehouse.policy import Policy
from warehouse.small_tables import read_table

# (figure, part) to a number, of one month.
Figures = dict[tuple[str, str], int]
_SOUND = ("valid", "legacy15", "permit")
_DAMAGED = ("excel15", "excel_sci")


def write_pages(*, lake: Lake, policy: Policy) -> int:
    """Replace ``HOME/docs/sources`` by a page for every feed that ever came, up to the newest month; give how many.

    A feed's figures stand beside its own earlier months and nobody else's: a list typed in eleven townships and an
    export of one database do not err alike, and a league table would ask agencies to look better, not to be better.
    """
    last = policy.count("notices.page_months")
    months = lake.months(FIGURES_TABLE)[-last:]
    by_feed: dict[str, dict[str, Figures]] = defaultdict(dict)
    for one in months:
        for file in parquet_files(lake, FIGURES_TABLE, one):
            columns = read_table(file).to_pydict()
            for feed, figure, part, value in zip(
                *(columns[n] for n in ("feed", "figure", "part", "value")), strict=True
            ):
                by_feed[feed].setdefault(one, {})[figure, part] = int(value)
    with replacing_folder(lake.home / "docs" / "sources") as folder:
        for feed in sorted(by_feed):
            page = page_of(contracts()[feed], months, by_feed[feed])
            (folder / f"{feed}.html").write_text(page, encoding="utf-8")
    return len(by_feed)


def page_of(contract: Contract, months: list[str], figures: dict[str, Figures]) -> str:
    """The page of one feed over some months, whole and offline."""
    now = months[-1]
    title = f"{contract.title}（{contract.agency}）数据质量与校核纠错"
    rates = _rates(months, figures)
    charts = "".join(
        card(
            name,
            f"<p class=note>{escape(note)}</p>"
            + (bars(months, values, title=name, is_share=is_share) or "<p>各月均为 0 或没有数据。</p>"),
        )
        for name, note, is_share, values in rates
    )
    came = "" if now in figures else f"<p class=warn>{now} 没有收到这份数据。</p>"
    lead = (
        f"<p class=note>截至 {now}。只有计数，没有个人信息，可以给报送单位看。各项与本数据自己的以往各月相比；"
        "各单位的数据来源和录入方式不同，不作横向排名。</p>"
    )
    body = f"{lead}{came}{_table(months, rates)}<div class=pair>{charts}</div>{_rules(figures.get(now, {}))}{_outcomes(months, figures)}"
    return document(title, body, eyebrow="兜底 · 来源数据质量", style=_STYLE)


def _rates(months: list[str], figures: dict[str, Figures]) -> list[tuple[str, str, bool, list[float | None]]]:
    """Each rate with what it means and its value in every month (None: not delivered, or nothing to divide by)."""

    def over(parts: list[tuple[str, str]], whole: list[tuple[str, str]] | None) -> list[float | None]:
        values: list[float | None] = []
        for month in months:
            known = figures.get(month)
            of = sum(known.get(one, 0) for one in whole) if known and whole else 1
            if known is None or not known.get(("rows", "")) or not of:
                values.append(None)
                continue
            values.append(sum(known.get(one, 0) for one in parts) / of)
        return values

    kinds = {part for known in figures.values() for figure, part in known if figure == "id"}
    raised = sorted(
        {part for known in figures.values() for figure, part in known if figure == "notice_raised"}
    )
    ids = [("id", kind) for kind in sorted(kinds)]
    seen = [("id", kind) for kind in sorted(kinds) if kind not in (*_SOUND, "missing")]
    rows = [("rows", "")]
    return [
        ("报送行数", "当月收到的数据行，含未能读入的。", False, over(rows, None)),
        ("未能读入的行", "编码、结构有误，退回原单位的行占报送行数。", True, over([("not_read", "")], rows)),
        ("未纳入的行", "关键栏目无法使用、未参加比对的行占报送行数。", True, over([("set_aside", "")], rows)),
        ("请单位核对的行", "退回单上请核对的行占报送行数。", True, over([("rows_asked", "")], rows)),
        ("没有证件号码", "号码空白的行占有本人信息的行。", True, over([("id", "missing")], ids)),
        ("号码有误或受损", "位数、校验不符，或被电子表格损坏的号码占有本人信息的行。", True, over(seen, ids)),
        (
            "其中被电子表格损坏",
            "只剩 15 位有效数字或写成科学计数法的。",
            True,
            over([("id", kind) for kind in _DAMAGED], ids),
        ),
        (
            "新提出的校核纠错",
            "与两个以上来源或入户核查不一致，请核对的登记（条）。",
            False,
            over([("notice_raised", kind) for kind in raised], None),
        ),
    ]  # fmt: skip


def _table(months: list[str], rates: list[tuple[str, str, bool, list[float | None]]]) -> str:
    rows = []
    for name, _, is_share, values in rates:
        past = [value for value in values[:-1] if value is not None]
        usual = shown(median(past), is_share) if past else "—"
        before = shown(values[-2], is_share) if len(values) > 1 else "—"
        rows.append(
            f"<tr><th scope=row>{escape(name)}</th><td>{shown(values[-1], is_share)}</td><td>{before}</td><td>{usual}</td></tr>"
        )
    return (
        f"<section class='card wide'><table><caption>{months[-1]} 一览</caption><thead><tr><th scope=col>项目</th><th scope=col>本月</th>"
        f"<th scope=col>上月</th><th scope=col>以往各月中位数</th></tr></thead><tbody>{''.join(rows)}</tbody></table></section>"
    )


def _rules(known: Figures) -> str:
    """Which rules asked how often this month, the most frequent first."""
    found = sorted(
        ((n, rule) for (figure, rule), n in known.items() if figure == "finding"), key=lambda x: (-x[0], x[1])
    )
    if not found:
        return ""
    rules = every_rule()
    rows = "".join(
        f"<tr><th scope=row>{rule}</th><td class=words>{escape(rules[rule][1].problem if rule in rules else '')}</td><td>{n:,}</td></tr>"
        for n, rule in found
    )
    return card(
        "本月请核对的问题",
        "<div class=wide><table><thead><tr><th>规则</th><th class=words>问题</th><th>处</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></div>",
    )


def _outcomes(months: list[str], figures: dict[str, Figures]) -> str:
    """Kinds of notices by what became of them: ends over all months shown, what is open as of the last."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for month in months:
        for (figure, part), number in figures.get(month, {}).items():
            kind, _, state = part.partition("/")
            if figure == "notice" and (state in ENDED or month == months[-1]):
                counts[kind][state] += number
    if not counts:
        return ""
    states = [state for state in STATES if any(counts[kind].get(state) for kind in counts)]
    head = "".join(
        f'<th scope=col title="{escape(MEANINGS.get(state, ""))}">{state}</th>' for state in states
    )
    body = ""
    for kind in sorted(counts):
        known = catalogue().kind(kind)
        cells = "".join(f"<td>{counts[kind].get(state, 0) or '·'}</td>" for state in states)
        body += f"<tr><th scope=row>{kind} {escape(known.title if known else '')}</th>{cells}</tr>"
    return card(
        "校核纠错的办理",
        "<p class=note>已办结的为图中各月合计，未办结的为最近一月。</p>"
        f"<div class=wide><table><thead><tr><th scope=col>问题</th>{head}</tr></thead><tbody>{body}</tbody></table></div>",
    )


_STYLE = """
:root{--room:1000px}
table{font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:600;padding:0 0 8px}
td,thead th{text-align:right}
thead th:first-child,.words{text-align:left}
.note{margin:0 0 8px}
.warn{margin:0;color:var(--red);font-weight:600}
.months rect{fill:var(--blue)}
.months line{stroke:var(--line)}
.months text{fill:var(--soft);font-size:13px;text-anchor:middle}
.months .value{fill:var(--ink)}
.months .most{text-anchor:end}
"""
