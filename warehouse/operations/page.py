"""The operator's page, ``HOME/docs/operations/index.html``: how every month stands, what to do, and what ran when.

One offline HTML file without script or address, written anew after every stage. It holds counts, rules and Doudi's
own sentences; no person's value. Months and stages come first; the runs by the clock stand apart below.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

from warehouse.drawing import sparkline
from warehouse.lake import Lake
from warehouse.operations import words
from warehouse.operations.board import Board, Cell, MonthBoard, board, grouped
from warehouse.operations.page_style import STYLE
from warehouse.operations.run_log import Run
from warehouse.parts import card, document
from warehouse.verdicts import GATE_TITLES, GATES, RuleVerdict, Verdict

_RUNS = 60
_VERDICTS = 12
_LOOKS = {"done": "good", "nothing": "good", "passed": "good", "released": "warn", "running": "wait", "unavailable": "wait",
          "held": "warn", "stopped": "warn", "": "none"}  # fmt: skip
_FIGURES = (
    ("来文行数", "receive", "rows"), ("隔离行", "receive", "quarantined"), ("搁置行", "standardise", "set_aside"),
    ("涉及人员", "link", "persons_seen"), ("预警", "publish", "warnings"),
)  # fmt: skip


def write_page(home: Path, seen: Board | None = None) -> Path:
    """Write the page anew from what the home holds (``seen``, where it was just read); returns it."""
    path = home / "docs" / "operations" / "index.html"
    Lake(home).write_text(path, page(seen or board(home), home))
    return path


def page(seen: Board, home: Path) -> str:
    """The page as one string."""
    newest = seen.months[0].month if seen.months else ""
    body = "".join(
        (
            _figures(seen.months),
            card("下一步", _todo(seen)),
            card("各月进度", _matrix(seen.months)),
            card("各月数量", _amounts(seen.months, home)),
            card("关口结论", _verdicts(seen.months)),
            card("最近运行（按时间，北京时间）", _runs(seen.runs)),
        )
    )
    return document(
        "兜底 运行情况",
        body,
        eyebrow="兜底 · 运行情况",
        heading=_headline(seen),
        notice="只有数量和规则，不含个人信息",
        foot=f"每个步骤结束后自动更新。本页最新月份 {escape(newest) or '（无）'}；全部记录见 logs/runs.jsonl。",
        style=STYLE,
    )


def _headline(seen: Board) -> str:
    if not seen.months:
        return "还没有办理过任何月份"
    newest = seen.months[0]
    if newest.is_through:
        return f"{newest.month} 已办完，{'已发布' if newest.is_published else '未发布'}"
    cell = newest.open_cell
    return f"{newest.month} 办到“{words.stage(cell.stage)}”：{words.STATUSES[cell.status]}" if cell else ""


def _figures(months: tuple[MonthBoard, ...]) -> str:
    """Six numbers of the newest month with the line of the months before."""
    along = list(reversed(months))
    tiles = [_tile(title, [month.count(stage, name) for month in along]) for title, stage, name in _FIGURES]
    tiles.append(_tile("用时（秒）", [month.seconds or None for month in along]))
    return f"<section class=card><h2>逐月走势</h2><ol class=sparks>{''.join(tiles)}</ol></section>"


def _tile(title: str, values: list[float | None] | list[int | None]) -> str:
    last = values[-1] if values else None
    before = values[-2] if len(values) > 1 else None
    shown = "–" if last is None else f"{last:,}"
    was = f"<span class=was>上月 {before:,}</span>" if before is not None else ""
    return f"<li><span class=label>{title}</span><strong>{shown}</strong>{was}{sparkline(values, title=title)}</li>"


def _todo(seen: Board) -> str:
    items = []
    for month in seen.months:
        cell = month.open_cell
        if cell is None:
            continue
        run = cell.run if cell.run and not cell.run.is_good else None
        what, to_do = words.of_error(run.error, run.status) if run and run.error else ("", "")
        if cell.status in ("", "running", "killed", "stopped"):
            to_do = {"running": "正在运行；若早已停下，请重新运行这一步。"}.get(
                cell.status, "运行这一步，再依次运行后面的步骤。"
            )
        said = f"<p class=en>{escape(run.reason)} {escape(run.next_step)}</p>" if run and run.reason else ""
        verb = f"doudi {cell.stage} --month {month.month}"
        items.append(
            f"<li class={_look(cell.status) if cell.status else 'wait'}><h3>{month.month}　{words.stage(cell.stage)} "
            f"{_pill(cell.status)}</h3><p>{escape(what)}{'：' if what else ''}{escape(to_do)}</p>{said}"
            f"<p class=en>{escape(verb)}</p></li>"
        )
    return (
        f"<ul class=todo>{''.join(items)}</ul>"
        if items
        else "<p class=quiet>各月都已办完，没有待办的步骤。</p>"
    )


def _matrix(months: tuple[MonthBoard, ...]) -> str:
    if not months:
        return "<p class=quiet>没有月份。</p>"
    stages = list(months[0].cells)
    head = "".join(f"<th>{words.stage(stage)}</th>" for stage in stages)
    rows = "".join(
        f"<tr><td><b>{month.month}</b></td>{''.join(map(_cell, month.cells.values()))}"
        f"<td>{_pill('done', '已发布') if month.is_published else _pill('', '未发布')}</td></tr>"
        for month in months
    )
    return (
        f"<div class=wide><table class=matrix><thead><tr><th>月份</th>{head}<th>名单</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
        "<p class=quiet>每格：最近一次结果、用时和结束时间（北京时间）；多次运行的注明次数。"
        "来件变动后哪些步骤要重办，见 doudi stale。</p>"
    )


def _cell(cell: Cell) -> str:
    run = cell.run
    if not run:
        return f"<td>{_pill(cell.status)}</td>"
    often = f" · {cell.runs} 次" if cell.runs > 1 else ""
    ended = words.beijing(run.ended)[5:] if run.ended else words.beijing(run.begun)[5:] + " 起"
    return f"<td>{_pill(cell.status)}<small>{run.seconds:,.1f} 秒{often}</small><small>{ended}</small></td>"


def _amounts(months: tuple[MonthBoard, ...], home: Path) -> str:
    heads = (
        "月份",
        "来文行数",
        "入库",
        "隔离",
        "搁置",
        "表头等",
        "人员",
        "确定",
        "待核",
        "预警",
        "列入清单",
        "用时（秒）",
    )
    rows = []
    lake = Lake(home)
    for month in months:
        linked = month.cells["link"].outcome
        grades = linked.by.get("grade", {}) if linked else {}
        warnings = dict(grouped(lake.partition("marts/fct_warning_monthly", month=month.month), ("status",)))
        rows.append(
            [
                *(month.count("receive", name) for name in ("rows", "landed", "quarantined")),
                month.count("standardise", "set_aside"),
                month.count("receive", "furniture"),
                month.count("link", "persons_seen"),
                *(grades.get(grade) for grade in ("certain", "review")),
                sum(map(int, map(str, warnings.values())))
                if warnings
                else month.count("publish", "warnings"),
                month.count("publish", "listed"),
                month.seconds or None,
            ]
        )
    body = "".join(
        f"<tr><td><b>{month.month}</b></td>"
        + "".join(f"<td class=n>{'–' if value is None else f'{value:,}'}</td>" for value in row)
        + "</tr>"
        for month, row in zip(months, rows, strict=True)
    )
    head = "".join(f"<th{' class=n' if at else ''}>{one}</th>" for at, one in enumerate(heads))
    return f"<div class=wide><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def _verdicts(months: tuple[MonthBoard, ...]) -> str:
    shown = [month for month in months if month.verdicts][:_VERDICTS]
    if not shown:
        return "<p class=quiet>还没有过关口。</p>"
    return "".join(
        f"<div class=verdict><b>{month.month}</b>"
        + "".join(f"<div>{_gate(gate, month.verdicts.get(gate))}</div>" for gate in GATES)
        + "</div>"
        for month in shown
    )


def _gate(gate: str, verdict: Verdict | None) -> str:
    title = GATE_TITLES[gate]
    if verdict is None:
        return f"<b>{title}</b> {_pill('', '未运行')}"
    failed = [rule for rule in verdict.rules if rule.success is False]
    unseen = len(verdict.not_assessed())
    held = sum(1 for rule in verdict.rules if rule.success)
    tail = f"，{unseen} 条无法评估" if unseen else ""
    lines = "".join(f"<li>{_rule(rule)}</li>" for rule in failed)
    pill = _pill(verdict.status, words.VERDICTS[verdict.status])
    return (
        f"<b>{title}</b> {pill}<p class=quiet>{held} 条符合，{len(failed)} 条不符{tail}</p><ul>{lines}</ul>"
    )


def _rule(rule: RuleVerdict) -> str:
    kind = "提醒"
    if rule.severity == "stop":
        kind = f"经决定放行，见审计记录第 {rule.released.seq} 号" if rule.released else "拦下"
    return f"<b>{escape(rule.id)}</b>（{escape(kind)}）{escape(rule.words or rule.why)}"


def _runs(runs: tuple[Run, ...]) -> str:
    if not runs:
        return "<p class=quiet>没有运行记录。</p>"
    body = "".join(
        f"<tr><td>{words.beijing(run.begun)}</td><td>{escape(run.month)}</td><td>{escape(words.step(run.stage))}</td>"
        f"<td>{_pill(run.status)}</td><td class=n>{run.seconds:,.1f}</td><td class=n>{run.peak_mb:,}</td>"
        f"<td>{escape(words.DOORS.get(run.door, run.door))}</td>"
        f"<td class=why>{escape(' '.join((run.reason, run.next_step)).strip())}</td></tr>"
        for run in runs[:_RUNS]
    )
    heads = ("开始", "月份", "步骤", "结果", "秒", "内存 MB", "由谁运行", "原因和下一步")
    head = "".join(f"<th{' class=n' if one in ('秒', '内存 MB') else ''}>{one}</th>" for one in heads)
    more = f"<p class=quiet>只列最近 {_RUNS} 次，共 {len(runs):,} 次。</p>" if len(runs) > _RUNS else ""
    return f"<div class=wide><table class=runs><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{more}"


def _look(status: str) -> str:
    return _LOOKS.get(status, "bad")


def _pill(status: str, word: str | None = None) -> str:
    return f"<span class='pill {_look(status)}'>{escape(word or words.STATUSES.get(status, status))}</span>"
