"""The sheet 规则卡: each rule of a list in plain words, with its lines of policy, what to ask at the door, and what
walking for it was worth so far."""

from __future__ import annotations

from typing import Any

import duckdb

from warehouse.policy import Policy
from warehouse.release import policy_words
from warehouse.release.workbook import Book, breadth

SHEET = "规则卡"
_LABEL, _TEXT = 14, 104
_BACK = "↩ 回到清单"

_CARDS = """
WITH stood AS (
    SELECT * FROM listing WHERE $1 IS NULL OR township = $1
    UNION ALL BY NAME SELECT * FROM left_open WHERE $1 IS NULL OR township = $1
),
counted AS (
    SELECT rule_id, count(*) AS warnings, count(DISTINCT household) AS visits,
        list_sort(list(DISTINCT policy_ref) FILTER (policy_ref IS NOT NULL)) AS policy_refs
    FROM stood GROUP BY rule_id
),
county AS (
    SELECT rule_id, sum(answers)::BIGINT AS answers, sum(found)::BIGINT AS found, sum(held)::BIGINT AS held, sum(aided)::BIGINT AS aided,
        sum(unsettled)::BIGINT AS unsettled
    FROM fct_yield_monthly WHERE township = '' GROUP BY rule_id
),
own AS (
    SELECT rule_id, sum(answers)::BIGINT AS answers, sum(found)::BIGINT AS found
    FROM fct_yield_monthly WHERE township = $1 GROUP BY rule_id
)
SELECT counted.rule_id, coalesce(rule.title, counted.rule_id), rule.plain, rule.ask, rule.check_hint, rule.sentence,
    counted.policy_refs, counted.warnings, counted.visits, coalesce(county.answers, 0), coalesce(county.found, 0),
    coalesce(county.held, 0), coalesce(county.aided, 0), coalesce(county.unsettled, 0), coalesce(own.answers, 0),
    coalesce(own.found, 0)
FROM counted
LEFT JOIN dim_rule AS rule ON rule.rule_id = counted.rule_id
LEFT JOIN county ON county.rule_id = counted.rule_id
LEFT JOIN own ON own.rule_id = counted.rule_id
ORDER BY counted.rule_id
"""


def cards(
    con: duckdb.DuckDBPyConnection, township: str | None, policy: Policy
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Per rule of the township's list (None: the county's) its id and the card's lines (label, text), the first its title."""
    return [(str(row[0]), _lines(row, policy)) for row in con.execute(_CARDS, [township]).fetchall()]


def places_of(told: list[tuple[str, list[tuple[str, str]]]]) -> dict[str, int]:
    """The row (from 0) in which each rule's card begins."""
    places, row = {}, 2
    for rule, lines in told:
        places[rule] = row
        row += len(lines) + 1
    return places


def write_cards(
    book: Book,
    sheet: Any,
    told: list[tuple[str, list[tuple[str, str]]]],
    *,
    title: str,
    back: dict[str, str],
) -> None:
    """Write the cards below each other; ``back`` says where in the lists the first row of a rule stands."""
    sheet.set_column(0, 0, _LABEL)
    sheet.set_column(1, 1, _TEXT)
    sheet.set_row(0, 28)
    sheet.merge_range(0, 0, 0, 1, title, book.looks["title"])
    for rule, row in places_of(told).items():
        lines = next(lines for one, lines in told if one == rule)
        for number, (label, text) in enumerate(lines):
            at, is_head = row + number, number == 0
            high = sum(max(1, -(-breadth(part) // _TEXT)) for part in text.split("\n"))
            sheet.set_row(at, 24 if is_head else min(409.0, 14.5 * high + 6))
            if is_head and rule in back:
                sheet.write_url(at, 0, back[rule], book.looks["link"], string=_BACK)
            else:
                sheet.write_string(at, 0, label, book.looks["header"])
            sheet.write_string(at, 1, text, book.looks["card" if is_head else "text"])
    sheet.protect("", {"format_columns": True, "format_rows": True})


def _lines(row: tuple[Any, ...], policy: Policy) -> list[tuple[str, str]]:
    rule, title, plain, ask, hint, sentence, refs, warnings, visits, *worth = row
    said = dict.fromkeys(
        line for ref in refs or [] for line in policy_words.told(ref, policy).split("\n") if line
    )
    told = [
        ("规则", f"{title}　{rule}"),
        ("说的是什么", plain or ""),
        ("入户问什么", ask or ""),
        ("怎么处理", hint or ""),
        ("政策标准", "\n".join(said)),
        ("以往核查", _worth(str(rule), worth, policy)),
        ("本表", f"{visits} 户 {warnings} 条"),
        ("规则原文", sentence or ""),
    ]
    return [(label, text) for label, text in told if text]


def _worth(rule: str, counts: list[int], policy: Policy) -> str:
    answers, found, held, aided, unsettled, own_answers, own_found = counts
    if not answers + unsettled:
        return "全县还没有核查结果。您的答复会决定这条规则以后排前排后。"
    said = [f"全县核查 {answers} 次，{found} 次有收效（属实 {held} 次，拟纳入救助 {aided} 次）"]
    if unsettled:
        said.append(f"另有 {unsettled} 条无法核实")
    if own_answers:
        said.append(f"其中本乡镇 {own_answers} 次，{own_found} 次有收效")
    said.append(policy_words.counts_when(rule, policy))
    return "；".join(said) + "。"
