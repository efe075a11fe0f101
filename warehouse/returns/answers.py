"""Check what a village wrote against the month's list and the closed words. Pure: rows in, verdicts out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from warehouse.months import Month
from warehouse.release.list_columns import Answers
from warehouse.returns.forms import FilledRow

_DAY = re.compile(r"^(\d{4})\D?(\d{1,2})\D?(\d{1,2})日?$")
_SERIAL = re.compile(r"^\d{5}$")
_SERIAL_ZERO = date(1899, 12, 30)


@dataclass(frozen=True)
class Listed:
    """A warning that stood on a list of the month."""

    rule_id: str
    person_id: str


@dataclass(frozen=True)
class Disposition:
    """What a village found about one warning."""

    warning_id: str
    rule_id: str
    person_id: str
    result: str
    aid: str
    reason_not: str
    reason_words: str
    checked_by: str
    checked_on: date
    sheet: str
    row: int

    @property
    def said(self) -> tuple[object, ...]:
        """The answer without its place, to see whether two rows say the same."""
        return (self.result, self.aid, self.reason_not, self.reason_words, self.checked_by, self.checked_on)


@dataclass(frozen=True)
class Problem:
    """Why a row goes back: where, which column, and a sentence that repeats no value."""

    sheet: str
    row: int
    column: str
    problem: str


@dataclass(frozen=True)
class Judged:
    """A form's rows sorted out: answered, to be returned, left blank."""

    dispositions: list[Disposition]
    problems: list[Problem]
    blank: int

    @property
    def refused_rows(self) -> int:
        """How many rows go back (a row may have several problems)."""
        return len({(problem.sheet, problem.row) for problem in self.problems})


def judge(rows: Iterable[FilledRow], listed: dict[str, Listed], words: Answers, month: Month) -> Judged:
    """Sort a form's rows. A warning answered twice the same counts once; answered differently, both go back."""
    problems: list[Problem] = []
    by_warning: dict[str, list[Disposition]] = {}
    blank = 0
    for row in rows:
        found = _key_problems(row, listed)
        if not found and row.is_blank:
            blank += 1
            continue
        day = day_of(row.cells.get("checked_on", ""))
        found = found or _answer_problems(row, day, words, month)
        if found or day is None:
            problems += found
            continue
        answer = _disposition(row, day, listed)
        by_warning.setdefault(answer.warning_id, []).append(answer)
    kept = []
    for answers in by_warning.values():
        if len({answer.said for answer in answers}) == 1:
            kept.append(answers[0])
        else:
            problems += [
                Problem(a.sheet, a.row, "预警编号", "同一条预警填了两次，内容不一致，请保留一行。")
                for a in answers
            ]
    kept.sort(key=lambda answer: answer.warning_id)
    problems.sort(key=lambda problem: (problem.sheet, problem.row, problem.column))
    return Judged(kept, problems, blank)


def _key_problems(row: FilledRow, listed: dict[str, Listed]) -> list[Problem]:
    known = listed.get(row.text("warning_id"))
    if known is None:
        return [_problem(row, "预警编号", "编号为空、被改动，或不在本月清单上。")]
    if row.text("person_id") != known.person_id:
        return [_problem(row, "人员编号", "人员编号与下发时不一致，请恢复原编号。")]
    return []


def _answer_problems(row: FilledRow, day: date | None, words: Answers, month: Month) -> list[Problem]:
    result, aid, reason = row.text("result"), row.text("aid"), row.text("reason_not")
    checks = (
        (not result, "核查结果", "没有填写核查结果。"),
        (bool(result) and result not in words.results, "核查结果", "不是下拉菜单中的词。"),
        (bool(aid) and aid not in words.aids, "拟纳入救助", "不是下拉菜单中的词。"),
        (
            bool(reason) and reason not in words.reasons,
            "未纳入原因",
            "不是下拉菜单中的词，其他情况请写入原因说明。",
        ),
        (
            aid == words.aid_none and not reason,
            "未纳入原因",
            f"拟纳入救助选“{words.aid_none}”的必须填写未纳入原因。",
        ),
        (
            reason == words.reason_other and not row.text("reason_words"),
            "原因说明",
            f"未纳入原因选“{words.reason_other}”的必须写明。",
        ),
        (not row.text("checked_by"), "核查人", "没有填写核查人。"),
        (day is None, "核查日期", "没有填写，或不是一个日期（例：2026-11-05）。"),
        (day is not None and day < month.first_day, "核查日期", "早于清单所属月份。"),
    )
    return [_problem(row, column, sentence) for is_wrong, column, sentence in checks if is_wrong]


def _disposition(row: FilledRow, day: date, listed: dict[str, Listed]) -> Disposition:
    warning_id = row.text("warning_id")
    known = listed[warning_id]
    return Disposition(
        warning_id=warning_id,
        rule_id=known.rule_id,
        person_id=known.person_id,
        result=row.text("result"),
        aid=row.text("aid"),
        reason_not=row.text("reason_not"),
        reason_words=row.text("reason_words"),
        checked_by=row.text("checked_by"),
        checked_on=day,
        sheet=row.sheet,
        row=row.row,
    )


def _problem(row: FilledRow, column: str, sentence: str) -> Problem:
    return Problem(row.sheet, row.row, column, sentence)


def day_of(value: str | date) -> date | None:
    """A day as a date cell, ``2026-11-05``, ``2026/11/5``, ``20261105``, ``2026年11月5日`` or a serial number."""
    if isinstance(value, date):
        return value
    if _SERIAL.match(value):
        return _SERIAL_ZERO + timedelta(days=int(value))
    found = _DAY.match(value)
    if not found:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
