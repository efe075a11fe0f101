"""The result of a month's review: only now the machine's score stands beside what people said.

``核对结果_<month>.xlsx`` and the lake table ``review_results``. Its being there closes the month's review.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from linkage import rules
from linkage.review.answers import Answer
from linkage.review.cards import PROPOSAL, SAMPLE
from linkage.review.queue import review_folder
from linkage.review.settle import STATES, Settled, agreement
from linkage.review.terms import DIFFERENT, SAME, UNSURE, WORDS, Terms
from linkage.wording import GRADES, rule_word
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.release.workbook import Column, workbook

SCHEMA = pa.schema(
    [
        ("purpose", pa.string()),
        ("stratum", pa.string()),
        ("rule", pa.string()),
        ("cards", pa.int64()),
        ("same", pa.int64()),
        ("different", pa.int64()),
        ("unsure", pa.int64()),
        ("undecided", pa.int64()),
        ("answered_by_two", pa.int64()),
        ("agreed", pa.int64()),
        ("kappa", pa.float64()),
    ]
)
_PURPOSES = {PROPOSAL: "机器提议", SAMPLE: "抽样盲核"}
_GROUPS = (
    Column("purpose", "来由", 12, "centre"),
    Column("stratum", "抽样层", 14, "centre"),
    Column("rule", "机器依据", 46),
    Column("cards", "卡数", 8, "count"),
    Column("same", "同一人", 9, "count"),
    Column("different", "不是同一人", 11, "count"),
    Column("unsure", "无法判断", 10, "count"),
    Column("undecided", "未答完", 9, "count"),
    Column("agreement", "甲乙一致", 10, "centre"),
    Column("kappa", "κ（一致性）", 11, "centre"),
)
_CARDS = (
    Column("card_id", "卡号", 21, "key"),
    Column("person_id", "人员编号", 21, "key"),
    Column("purpose", "来由", 10, "centre"),
    Column("rule", "机器依据", 40),
    Column("match_weight", "分数（比特）", 11, "money"),
    Column("grade", "机器结论", 10, "centre"),
    Column("first", "甲", 22),
    Column("second", "乙", 22),
    Column("third", "裁定", 22),
    Column("verdict", "最后结论", 11, "centre"),
    Column("decided_on", "定案日期", 12, "centre"),
)


def write_results(
    con: duckdb.DuckDBPyConnection, settled: list[Settled], month: Month, lake: Lake, terms: Terms
) -> None:
    """Write the table and the workbook. Reads the table ``cards``; no personal value stands in either."""
    columns = [str(row[0]) for row in con.execute("DESCRIBE cards").fetchall()]
    rows = con.execute("FROM cards").fetchall()
    cards = {str(row[columns.index("card_id")]): dict(zip(columns, row, strict=True)) for row in rows}
    groups = _groups(settled, cards)
    path = review_folder(lake, month) / f"核对结果_{month}.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".aside-{path.name}")
    title = f"{terms.county}{month.year}年{month.number}月身份核对结果"
    with workbook(aside, month, title) as book:
        sheet = book.sheet("汇总")
        sheet.set_row(0, 28)
        sheet.merge_range(0, 0, 0, len(_GROUPS) - 1, title, book.looks["title"])
        said = agreement(settled)
        kappa = "—" if said.kappa is None else f"{said.kappa:.3f}"
        decided = sum(one.state == "decided" for one in settled)
        sheet.set_row(1, 20)
        sheet.merge_range(
            1, 0, 1, len(_GROUPS) - 1,
            f"共 {len(settled)} 张，已定 {decided} 张；甲、乙都答复 {said.both} 张，一致 {said.agreed} 张，κ = {kappa}",
            book.looks["notice"],
        )  # fmt: skip
        book.headers(sheet, 2, _GROUPS)
        for number, group in enumerate(groups, start=3):
            book.line(sheet, number, _GROUPS, _group_row(group))
        sheet.freeze_panes(3, 0)
        sheet = book.sheet("逐卡")
        book.headers(sheet, 0, _CARDS)
        order = sorted(settled, key=lambda one: (cards[one.card_id]["purpose"], one.card_id))
        for number, one in enumerate(order, start=1):
            book.line(sheet, number, _CARDS, _card_row(one, cards[one.card_id]))
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(1, len(order)), len(_CARDS) - 1)
    aside.replace(path)
    with lake.replacing("review_results", month=str(month)) as folder:
        pq.write_table(pa.Table.from_pylist(groups, schema=SCHEMA), folder / "results.parquet")


def _groups(settled: Iterable[Settled], cards: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The cards counted by purpose, stratum and rule, each with its agreement; the first row is all of them."""
    together: dict[tuple[str, str, str], list[Settled]] = {("", "", ""): []}
    for one in settled:
        card = cards[one.card_id]
        together[("", "", "")].append(one)
        key = (str(card["purpose"]), str(card["stratum"] or ""), str(card["rule"] or ""))
        together.setdefault(key, []).append(one)
    return [_group(key, together[key]) for key in sorted(together)]


def _group(key: tuple[str, str, str], settled: list[Settled]) -> dict[str, Any]:
    said = agreement(settled)
    verdicts = [one.verdict for one in settled]
    return {
        **dict(zip(("purpose", "stratum", "rule"), key, strict=True)),
        "cards": len(settled),
        **{word: verdicts.count(word) for word in (SAME, DIFFERENT, UNSURE)},
        "undecided": verdicts.count(None),
        "answered_by_two": said.both,
        "agreed": said.agreed,
        "kappa": said.kappa,
    }


def _group_row(group: dict[str, Any]) -> list[object]:
    shown = {
        **group,
        "purpose": _PURPOSES.get(group["purpose"], "全部"),
        "rule": _rule(group["rule"]),
        "agreement": f"{group['agreed']} / {group['answered_by_two']}",
        "kappa": "—" if group["kappa"] is None else f"{group['kappa']:.3f}",
    }
    return [shown[column.key] for column in _GROUPS]


def _card_row(one: Settled, card: dict[str, Any]) -> list[object]:
    shown: dict[str, object] = {
        "card_id": one.card_id,
        "person_id": card["person_id"],
        "purpose": _PURPOSES[card["purpose"]],
        "rule": _rule(card["rule"]),
        "match_weight": None if card["match_weight"] is None else round(card["match_weight"], 2),
        "grade": GRADES.get(card["grade"] or "", ""),
        "verdict": WORDS[one.verdict] if one.verdict else STATES[one.state],
        "decided_on": one.decided_on,
    }
    shown |= dict(zip(("first", "second", "third"), map(_said, one.answers), strict=True))
    return [shown[column.key] for column in _CARDS]


def _said(answer: Answer | None) -> str:
    if answer is None:
        return ""
    return f"{WORDS[answer.verdict]}　{answer.answered_by}" + (f"\n{answer.reason}" if answer.reason else "")


def _rule(rule_id: str | None) -> str:
    return f"{rule_id} {rule_word(rule_id)}" if rule_id in rules.RULES else rule_id or ""
