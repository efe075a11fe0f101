"""The supplement to a list that was handed out: per township what is added, changed and withdrawn, with the reason.

Against the version handed out last, never a silent change. What is added or changed can be answered on the
supplement as on a list; of what is withdrawn it is said when a village has already been there for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from warehouse.database import quoted
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.release import evidence
from warehouse.release.causes import Cause, feeds_of
from warehouse.release.document import Document, Prose, Sheet, Table
from warehouse.release.issue import issue
from warehouse.release.list_columns import PAPER, QUERY, TOWNSHIP, Answers, row_of
from warehouse.release.listing import UNPLACED
from warehouse.release.manifest import Item
from warehouse.release.masking import Mask, mask_for
from warehouse.release.naming import distinct, place_word
from warehouse.release.versions import SUPPLEMENT
from warehouse.release.workbook import Column

_CHANGE = Column("change", "变更内容", 24)
_WITHDRAWN = (
    Column("name", "姓名", 10, "centre"),
    Column("id_no", "身份证号码", 20, "centre"),
    Column("title", "预警事项", 16),
    Column("since", "起始时间", 10, "centre"),
    Column("amount", "金额（元）", 12, "money"),
    Column("summary", "原清单所载", 36),
    Column("why", "撤回原因", 36),
    Column("walked", "此前核查", 26),
    Column("warning_id", "预警编号", 12, "key"),
)
_STATUS = {"listed": "列入清单", "waiting": "暂缓下发", "silent": "不再重复下发"}
_SIGN = "乡镇签收：　　　　　　　　村（社区）负责人：　　　　　　　　年　　月　　日"


@dataclass(frozen=True)
class Step:
    """One new version: its number, what stands behind it, and how the former one is called."""

    month: Month
    number: int
    why: list[Cause]
    policy: Policy


def issue_supplements(
    folder: Path, con: duckdb.DuckDBPyConnection, lake: Lake, step: Step
) -> tuple[list[Item], dict[str, int]]:
    """Write 补充清单 of every township that has one, as workbook and on paper; give them and the counts.

    ``con`` holds ``listing`` and the tables of ``difference.compare``.
    """
    _answered(con, lake, step.month)
    con.execute(
        "CREATE OR REPLACE TABLE list_differences AS SELECT * FROM warning_differences WHERE on_list <> ''"
    )
    counted = dict(
        con.execute("SELECT on_list, count(*) FROM list_differences GROUP BY 1 ORDER BY 1").fetchall()
    )
    counts = {name: counted.get(name, 0) for name in ("added", "changed", "withdrawn")}
    names = con.execute("SELECT DISTINCT township FROM list_differences ORDER BY 1").fetchall()
    places: list[tuple[str | None, str]] = [(name, place_word(name, step.policy)) for (name,) in names]
    items = []
    for township, word in distinct(places):
        ids = _ids(con, str(township))
        stem = f"补充清单_{word}_{step.month}_第{step.number}版"
        for audience, path in (("list", f"{SUPPLEMENT}/{stem}.xlsx"), ("paper", f"paper/{stem}.pdf")):
            mask = mask_for(audience, step.policy)
            document = _document(con, str(township), mask, step, is_paper=audience == "paper")
            item = issue(folder, path, document, kind=SUPPLEMENT, mask=mask, month=step.month)
            items.append(Item(item.path, item.kind, item.rows, item.audience, ids))
    return items, counts


def _document(
    con: duckdb.DuckDBPyConnection, township: str, mask: Mask, step: Step, *, is_paper: bool
) -> Document:
    county = step.policy.text("release.county_name")
    title = (
        f"{county}{mask.show_text(township)}{step.month.year}年{step.month.number}月预警核查补充清单"
        f"（第{step.number}版，对第{step.number - 1}版）"
    )
    columns = PAPER if is_paper else TOWNSHIP
    answers = Answers.of(step.policy)
    menus = (
        ("result", tuple(answers.results)),
        ("aid", tuple(answers.aids)),
        ("reason_not", tuple(answers.reasons)),
    )
    added = [row_of(seen, mask, columns, step.policy) for seen in _listed(con, township, "added")]
    changed = _changed(con, township, mask, columns, step.policy)
    withdrawn = _withdrawn(con, township, mask, step)
    about = [
        Prose("本件只列与上一版清单不同之处；未列的预警不变。已经核查并反馈的，不必重报。"),
        Prose(f"新增 {len(added)} 条，变更 {len(changed)} 条，撤回 {len(withdrawn)} 条。"),
        Prose("变化的来由：", is_heading=True),
        *(Prose(mask.show_text(cause.words)) for cause in step.why),
        *([] if step.why else [Prose("上一版未留存所依据的数据版本，来由不能逐项说明。")]),
    ]
    with_change = (*columns[:2], _CHANGE, *columns[2:])
    return Document(
        title,
        [
            Sheet("说明", title, about, form_line=()),
            Sheet("新增", f"{title} · 新增", [Table(columns, added, menus=menus)], sign=_SIGN),
            Sheet("变更", f"{title} · 变更", [Table(with_change, changed, menus=menus)], sign=_SIGN),
            Sheet("撤回", f"{title} · 撤回", [Table(_WITHDRAWN, withdrawn)], sign=_SIGN),
        ],
    )


def _listed(con: duckdb.DuckDBPyConnection, township: str, kind: str) -> list[tuple[Any, ...]]:
    query = f"""SELECT listed.* FROM ({QUERY}) AS listed JOIN list_differences USING (warning_id, township)
        WHERE on_list = '{kind}' ORDER BY listed.village, listed.place"""
    return con.execute(query, [township]).fetchall()


def _changed(
    con: duckdb.DuckDBPyConnection, township: str, mask: Mask, columns: tuple[Column, ...], policy: Policy
) -> list[list[object]]:
    told = con.execute(
        "SELECT warning_id, grade_before, grade_after, since_before, since_after, amount_before, amount_after, "
        "is_told_otherwise, is_proposed_otherwise, is_ruled_otherwise FROM list_differences WHERE township = $1 AND on_list = 'changed'",
        [township],
    ).fetchall()
    words = {row[0]: _what_changed(*row[1:]) for row in told}
    rows = []
    for seen in _listed(con, township, "changed"):
        row = row_of(seen, mask, columns, policy)
        rows.append([*row[:2], words[seen[-1]], *row[2:]])
    return rows


def _what_changed(
    grade_before: str,
    grade_after: str,
    since_before: str,
    since_after: str,
    was: Decimal | None,
    now: Decimal | None,
    *otherwise: bool,
) -> str:
    said = []
    if grade_before != grade_after:
        said.append(f"把握程度：{grade_before} → {grade_after}")
    if since_before != since_after:
        said.append(f"起始时间：{since_before} → {since_after}")
    if was != now and was is not None:
        said.append(f"金额：{_money(was)} → {_money(now)}")
    # An amount or a time stands in the sentence, too.
    words = ("" if said else "依据有变化", "建议有变化", "政策依据有变化")
    said += [word for word, is_otherwise in zip(words, otherwise, strict=True) if is_otherwise and word]
    return "\n".join(said)


def _money(amount: Decimal | None) -> str:
    return "无" if amount is None else f"{amount:,.2f} 元"


def _withdrawn(con: duckdb.DuckDBPyConnection, township: str, mask: Mask, step: Step) -> list[list[object]]:
    query = f"""
        SELECT was.name, was.id_no, coalesce(was.title, was.rule_id), was.since, was.amount, was.summary, was.evidence,
            gone.status_after, gone.status_reason, moved.township, person.person_id IS NOT NULL,
            answered.result, answered.checked_on, was.warning_id
        FROM list_differences AS gone
        JOIN before_warnings AS was
            ON was.warning_id = gone.warning_id
            AND coalesce(nullif(trim(was.township), ''), '{UNPLACED}') = gone.township
        LEFT JOIN dim_person AS person ON person.person_id = was.person_id
        LEFT JOIN answered ON answered.warning_id = was.warning_id
        LEFT JOIN list_differences AS moved ON moved.warning_id = gone.warning_id AND moved.on_list = 'added'
        WHERE gone.on_list = 'withdrawn' AND gone.township = $1 ORDER BY was.village, was.name, was.warning_id"""
    rows: list[list[object]] = []
    for (name, id_no, title, since, amount, summary, proof, status, status_reason, moved, is_known, result, on, key) in (
        con.execute(query, [township]).fetchall()
    ):  # fmt: skip
        why = _why_withdrawn(proof, status, status_reason, moved, is_known, step.why)
        rows.append([
            mask.show_name(name), mask.show_id(id_no), title, since, amount, mask.show_text(summary),
            mask.show_text(why), _walked(result, on), key,
        ])  # fmt: skip
    return rows


def _why_withdrawn(
    proof: str | None,
    status: str | None,
    reason: str | None,
    moved: str | None,
    is_known: bool,
    why: list[Cause],
) -> str:
    if moved:
        return f"已转入{moved}的清单。"
    if status:
        return f"本版{_STATUS.get(status, status)}：{reason or '未写明原因'}。"
    if not is_known:
        return "更正后的数据里没有这个人员编号（记录已撤下，或并入他人）。"
    feeds = feeds_of(why)
    rows = evidence.read(proof).get("rows")
    rested = set(rows if isinstance(rows, dict) else ()) & feeds
    causing = [c.words for c in why if c.kind == "delivery" and c.feed in (rested or feeds)]
    causing = causing or [c.words for c in why]
    if causing:
        return f"重新核算后不再成立：{'；'.join(causing)}。"
    return "重新核算后不再成立。"


def _walked(result: str | None, on: date | None) -> str:
    return f"村级已于 {on} 核查，结果“{result}”，记录保留，不必再去。" if result else ""


def _answered(con: duckdb.DuckDBPyConnection, lake: Lake, month: Month) -> None:
    """``answered``: the latest answer to each warning of the month's lists."""
    folder = lake.partition("dispositions", month=str(month))
    source = (
        f"read_parquet('{quoted(folder)}/*.parquet', hive_partitioning = false)"
        if any(folder.glob("*.parquet"))
        else "(SELECT NULL::VARCHAR AS warning_id, NULL::VARCHAR AS result, NULL::DATE AS checked_on, "
        "NULL::VARCHAR AS file, NULL::INTEGER AS row WHERE false)"
    )
    con.execute(f"""
        CREATE OR REPLACE TABLE answered AS
        SELECT warning_id, result, checked_on FROM {source}
        QUALIFY row_number() OVER (PARTITION BY warning_id ORDER BY checked_on DESC, file, row) = 1""")


def _ids(con: duckdb.DuckDBPyConnection, township: str) -> list[str]:
    found: Sequence[tuple[Any, ...]] = con.execute(
        "SELECT warning_id FROM list_differences WHERE township = $1 AND on_list IN ('added', 'changed') ORDER BY 1",
        [township],
    ).fetchall()
    return [str(row[0]) for row in found]
