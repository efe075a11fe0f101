"""Check what an agency wrote on its notices against what it was asked. Pure: rows in, answers and problems out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from warehouse.notices.wording import ANSWER, BY, ON, VALUE, WORDS
from warehouse.returns.answers import Problem
from warehouse.returns.days import day_of
from warehouse.returns.forms import FilledRow

_LONGEST = 300
_OPEN = (ANSWER.key, VALUE.key, WORDS.key, BY.key, ON.key)


@dataclass(frozen=True)
class Handed:
    """A notice as its workbook showed it: the place that has to come back unchanged, and the month it was put in."""

    file: str
    sheet: str
    row: str
    column: str
    asked_month: str

    @property
    def place(self) -> tuple[str, ...]:
        """What names the row."""
        return (self.file, self.sheet, self.row, self.column)


@dataclass(frozen=True)
class Answer:
    """What an agency found about one notice."""

    notice_id: str
    answer: str
    value: str
    words: str
    answered_by: str
    answered_on: date
    sheet: str
    row: int

    @property
    def said(self) -> tuple[object, ...]:
        """The answer without its place, to see whether two rows say the same."""
        return (self.answer, self.value, self.words)


@dataclass(frozen=True)
class Judged:
    """A workbook's rows sorted out: answered, to be returned, left blank."""

    answers: list[Answer]
    problems: list[Problem]
    blank: int


def judge(
    rows: Sequence[FilledRow],
    handed: Mapping[str, Sequence[Handed]],
    words: Sequence[str],
    kept: str,
    first_day: date,
    on: date,
) -> Judged:
    """Sort a workbook's rows. A notice answered twice the same counts once; answered differently, both go back.

    ``handed``: how each notice was shown, month by month; ``words`` the answers there are, ``kept`` the one that needs
    an explanation. An answer is dated from ``first_day`` to ``on``.
    """
    problems: list[Problem] = []
    by_notice: dict[str, list[Answer]] = {}
    blank = 0
    for row in rows:
        if not any(row.cells.get(key) for key in _OPEN):
            blank += 1
            continue
        day = day_of(row.cells.get(ON.key, ""))
        found = _why_not(row, handed, words, kept)
        if not found and day is None:
            found = (ON.header, "没有核查日期，或日期读不出来，请写成 2026-11-05 的样子。")
        if not found and day is not None and not first_day <= day <= on:
            found = (ON.header, f"核查日期应在 {first_day} 至 {on} 之间。")
        if found or day is None:
            problems.append(Problem(row.sheet, row.row, *(found or ("", ""))))
            continue
        answer = Answer(
            row.text("notice_id"), row.text(ANSWER.key), row.text(VALUE.key), row.text(WORDS.key),
            row.text(BY.key), day, row.sheet, row.row,
        )  # fmt: skip
        by_notice.setdefault(answer.notice_id, []).append(answer)
    kept_answers = []
    for answers in by_notice.values():
        if len({one.said for one in answers}) == 1:
            kept_answers.append(answers[0])
            continue
        problems += [
            Problem(one.sheet, one.row, ANSWER.header, "同一编号填了两种不同的结论，请保留一种。")
            for one in answers
        ]
    problems.sort(key=lambda problem: (problem.sheet, problem.row))
    return Judged(kept_answers, problems, blank)


def _why_not(
    row: FilledRow, handed: Mapping[str, Sequence[Handed]], words: Sequence[str], kept: str
) -> tuple[str, str] | None:
    """The column and why an answer cannot stand; None when it can."""
    shown = handed.get(row.text("notice_id"), ())
    told = tuple(row.text(key) for key in ("file", "sheet", "row", "column"))
    answer, value, said = (row.text(key) for key in (ANSWER.key, VALUE.key, WORDS.key))
    checks = (
        (not shown, "纠错编号", "编号不在发出的校核纠错单上，请恢复原编号。"),
        (
            all(told != one.place for one in shown),
            "纠错编号",
            "编号与文件、工作表、行号或栏目对不上，请恢复原样。",
        ),
        (not answer, ANSWER.header, "没有选核查结论。"),
        (answer not in words, ANSWER.header, f"核查结论只能是：{'、'.join(words)}。"),
        (answer == kept and not said, WORDS.header, f"选“{kept}”的须写说明。"),
        (not row.text(BY.key), BY.header, "没有写核查人。"),
        ("**" in value, VALUE.header, "更正后内容带有遮盖符号，请写完整内容，或留空。"),
        (max(len(value), len(said)) > _LONGEST, VALUE.header, f"超过 {_LONGEST} 个字，疑似粘贴有误。"),
    )
    return next(((column, sentence) for is_wrong, column, sentence in checks if is_wrong), None)
