"""Check what a reviewer wrote against the cards and what was answered before. Pure: rows in, verdicts out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from linkage.review.form import check_of
from linkage.review.terms import ANSWERS, SEATS, THIRD
from warehouse.months import Month
from warehouse.returns.answers import Problem, day_of
from warehouse.returns.forms import FilledRow

_KEY = re.compile(r"^(C[0-9a-f]{16})-(\S+)-([0-9a-f]{6})$")


@dataclass(frozen=True, order=True)
class Answer:
    """One reviewer's word on one card. ``verdict`` is same, different or unsure."""

    card_id: str
    seat: str
    verdict: str
    reason: str
    words: str
    answered_by: str
    answered_on: date
    file: str
    sheet: str
    row: int

    @property
    def said(self) -> tuple[str, str]:
        """What counts of an answer: the verdict, and whose it is. Other words for it are no other answer."""
        return (self.verdict, _person(self.answered_by))


@dataclass(frozen=True)
class Judged:
    """A workbook's rows sorted out: answers to be kept, rows that go back, rows known already or left blank."""

    answers: list[Answer]
    problems: list[Problem]
    known: int
    blank: int

    @property
    def refused_rows(self) -> int:
        """How many rows go back (a row may have several problems)."""
        return len({(problem.sheet, problem.row) for problem in self.problems})


def judge(
    rows: Iterable[FilledRow],
    before: Mapping[tuple[str, str], Answer],
    *,
    cards: set[str],
    disputed: set[str],
    file: str,
    month: Month,
    is_closed: bool,
) -> Judged:
    """Sort a workbook's rows against ``before`` (what stands for a card and seat).

    ``disputed`` are the cards that a third person is asked about; ``is_closed`` when the month's result is
    out: whoever has seen the scores is no longer blind. The first answer of a seat stands; another one goes
    back, and is a matter for the third person.
    """
    problems: list[Problem] = []
    found: dict[tuple[str, str], list[Answer]] = {}
    known = blank = 0
    for row in rows:
        if not any(row.text(key) for key in ("answer", "reason", "words")):
            blank += 1
            continue
        answer = _read(row, cards, file, month, problems)
        if answer is None:
            continue
        earlier = before.get((answer.card_id, answer.seat))
        if earlier is not None and earlier.said == answer.said:
            known += 1
            continue
        wrong = _unfit(answer, earlier, before, disputed, is_closed)
        if wrong:
            problems.append(Problem(row.sheet, row.row, *wrong))
            continue
        found.setdefault((answer.card_id, answer.seat), []).append(answer)
    kept: list[Answer] = []
    for answers in found.values():
        others = {
            _person(one.answered_by) for seat in SEATS for one in found.get((answers[0].card_id, seat), [])
        }
        seats = [seat for seat in SEATS if (answers[0].card_id, seat) in found]
        if len({answer.said for answer in answers}) > 1:
            problems += [
                Problem(one.sheet, one.row, "卡号", "同一张卡填了两次，内容不一致，请保留一行。")
                for one in answers
            ]
        elif len(seats) > 1 and len(others) < len(seats):
            problems.append(Problem(answers[0].sheet, answers[0].row, "核对人", _SAME_PERSON))
        else:
            kept.append(answers[0])
            known += len(answers) - 1
    problems.sort(key=lambda problem: (problem.sheet, problem.row, problem.column))
    return Judged(sorted(kept), problems, known, blank)


_SAME_PERSON = "同一人不能两次核对同一张卡：甲、乙、裁定须是不同的人。"


def _read(row: FilledRow, cards: set[str], file: str, month: Month, problems: list[Problem]) -> Answer | None:
    key = _KEY.match(row.text("key"))
    if not key or key[1] not in cards or key[2] not in SEATS:
        problems.append(Problem(row.sheet, row.row, "卡号", "卡号为空、被改动，或不在本月核对卡内。"))
        return None
    if check_of(row.text("name")) != key[3]:
        problems.append(
            Problem(row.sheet, row.row, "卡号", "卡号与本行姓名对不上：卡号或姓名被改动、移动过。")
        )
        return None
    day = day_of(row.cells.get("answered_on", ""))
    checks = (
        (row.text("answer") not in ANSWERS, "判断", "没有填写，或不是下拉菜单中的词。"),
        (not row.text("answered_by"), "核对人", "没有填写核对人。"),
        (day is None, "核对日期", "没有填写，或不是一个日期（例：2026-11-05）。"),
        (day is not None and day < month.first_day, "核对日期", "早于核对卡所属月份。"),
    )
    wrong = [
        Problem(row.sheet, row.row, column, sentence) for is_wrong, column, sentence in checks if is_wrong
    ]
    problems += wrong
    if wrong or day is None:
        return None
    return Answer(
        card_id=key[1],
        seat=key[2],
        verdict=ANSWERS[row.text("answer")],
        reason=row.text("reason"),
        words=row.text("words"),
        answered_by=row.text("answered_by"),
        answered_on=day,
        file=file,
        sheet=row.sheet,
        row=row.row,
    )


def _unfit(
    answer: Answer,
    earlier: Answer | None,
    before: Mapping[tuple[str, str], Answer],
    disputed: set[str],
    is_closed: bool,
) -> tuple[str, str] | None:
    """Why an answer cannot be taken, as column and sentence; None when it can."""
    if earlier is not None:
        return "判断", "本席位对这张卡已登记过不同的答复，以先登记的为准；有异议请由裁定人处理。"
    if is_closed:
        return "卡号", "本月核对已结束、结果已公布，不再登记。"
    if answer.seat == THIRD and answer.card_id not in disputed:
        return "卡号", "这张卡不需要裁定：甲、乙尚未都答复，或答复一致。"
    others = (before.get((answer.card_id, seat)) for seat in SEATS if seat != answer.seat)
    if any(one is not None and _person(one.answered_by) == _person(answer.answered_by) for one in others):
        return "核对人", _SAME_PERSON
    return None


def _person(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()
