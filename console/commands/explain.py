"""``doudi explain``: why a person, a row or a pair is what it is, on the screen or as a page."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from console.commands.stages import Bench
from console.options import HomeOption, JsonOption, MonthOption, PolicyOption, RegionOption
from console.screen import Screen
from linkage.explain.explanation import Explanation, Match
from warehouse.guard import guarded
from warehouse.months import Month
from warehouse.settings import Settings

_DIFFERENCES = {"same": "相同", "differs": "不同", "one_missing": "一方没有", "none": ""}
_ROWS_SHOWN = 12


def explain(
    what: Annotated[
        str,
        typer.Argument(
            help="P… (a person) · FEED/FILE/SHEET/ROW/ROLE (a row; SHEET and ROLE where there is one) · KEY (a description) · two of them with a comma (a pair)"
        ),
    ],
    month: MonthOption,
    html: Annotated[Path | None, typer.Option("--html", help="write the match card here, a page that needs nothing else")] = None,
    whole: Annotated[bool, typer.Option("--whole", help="show whole numbers, where the region's policy lets you; noted in the access log")] = False,
    by: Annotated[str | None, typer.Option("--by", help="who asks, for the access log (needed with --whole); else the system's user")] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="what for, for the access log")] = None,
    home: HomeOption = None,
    region: RegionOption = None,
    policy: PolicyOption = None,
    json: JsonOption = False,
) -> None:  # fmt: skip
    """Explain a person, a row or a pair: what was seen, which rule or weight tied it, who else was near, and since when."""
    from linkage.explain.page import write_card
    from linkage.explain.told import PURPOSE
    from linkage.explain.told import explain as told

    settings = Settings.from_environment(home=home, region=region, policy_dir=policy)
    screen = Screen(as_json=json)
    with guarded(f"explain {month}", settings.home):
        bench = Bench.for_month(Month.parse(month), settings)
        explanation = told(
            what,
            Month.parse(month),
            lake=bench.lake,
            policy=bench.policy,
            whole=whole,
            by=by,
            on=datetime.now(ZoneInfo("Asia/Shanghai")),
            act="read" if html is None else "export",
            purpose=reason or PURPOSE,
        )
        if html is not None:
            write_card(explanation, html)
    if json:
        screen.emit(asdict(explanation))
        return
    _show(explanation, screen)
    if html is not None:
        screen.say(f"说明页：{html.name}")


def _show(it: Explanation, screen: Screen) -> None:
    screen.say(f"{it.title}　{it.month}")
    screen.say(it.summary)
    if it.moved_to:
        screen.say(f"所查编号已并入 {it.moved_to}。")
    screen.table(it.person_id, ("项", "现在掌握的情况"), it.who)
    if it.match is not None:
        if it.match_note:
            screen.say(it.match_note)
        _show_match(it.match, screen)
    screen.table(
        f"此人的记载（{it.seen_count} 种）",
        ("来源", "姓名", "号码", "月份", "结论", "依据", "分数", "所在行"),
        [
            (
                one.source, one.name, one.id_no, one.months, one.grade, f"{one.rule_id} {one.rule_words}",
                _bits(one.match_weight), one.rows[-1] if one.rows else "",
            )
            for one in it.seen[:_ROWS_SHOWN]
        ],
    )  # fmt: skip
    if it.seen_count > _ROWS_SHOWN:
        screen.say(f"其余 {it.seen_count - _ROWS_SHOWN} 种见 --html 或 --json。")
    screen.table(
        "编号的经历",
        ("月份", "变动", "相关", "原因"),
        [(one.when, one.what, one.other, one.why) for one in it.events],
    )
    if it.decisions:
        screen.table(
            "人工意见",
            ("日期", "意见", "对象", "谁"),
            [(one.when, one.what, one.other, one.why) for one in it.decisions],
        )


def _show_match(match: Match, screen: Screen) -> None:
    screen.table(
        "逐项对照",
        ("项", match.left_title, match.right_title, "比较"),
        [
            (line.label, line.left or "—", line.right or "—", line.note or _DIFFERENCES[line.difference])
            for line in match.lines
        ],
    )
    if match.rule_id:
        by = "由人认定" if match.is_by_people else "由规则认定" if match.is_by_rule else "由分数认定"
        kind = "为什么要人看" if match.grade == "待核实" else by
        screen.say(f"{kind}：{match.rule_id} {match.rule_words}（{match.grade}）")
    for fact in match.facts:
        screen.say(f"  · {fact}")
    for guard in match.guards:
        screen.say(f"  ！{guard}")
    screen.say(match.model_words)
    if match.bars:
        screen.table(
            f"分数（比特）：认定线 {match.join_bits:g}，核实线 {match.review_bits:g}",
            ("比较", "程度", "加减", "累计"),
            [
                (bar.label, bar.level, "—" if bar.is_silent else f"{bar.bits:+.1f}", f"{bar.end:.1f}")
                for bar in match.bars
            ],
        )
    screen.table(
        "还有谁像",
        ("人", "编号", "相合", "不合", "分数", "差距"),
        [
            (
                one.who,
                one.person_id,
                one.speaks_for,
                one.speaks_against,
                _bits(one.match_weight),
                _bits(one.behind),
            )
            for one in match.alternatives
        ],
    )


def _bits(value: float | None) -> str:
    return "—" if value is None else f"{value:.1f}"
