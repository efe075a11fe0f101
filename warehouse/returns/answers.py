"""Check what a village wrote against what was handed out and the closed words. Pure: rows in, verdicts out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import date

from warehouse.months import Month
from warehouse.release.sent import name_check
from warehouse.returns.days import day_of
from warehouse.returns.forms import FilledRow
from warehouse.returns.terms import Terms

__all__ = ["Disposition", "Judged", "Listed", "Problem", "day_of", "judge", "without_new"]


@dataclass(frozen=True)
class Listed:
    """A warning that stood on a list: of which months, whose, and what stood beside its number; under which ids they live now;
    in which of the months it stood for a second look (复查)."""

    warning_id: str
    rule_id: str
    months: tuple[str, ...]
    persons: Mapping[str, str]
    name_checks: frozenset[str] = frozenset()
    titles: frozenset[str] = frozenset()
    alive: frozenset[str] = frozenset()
    second_looks: frozenset[str] = frozenset()

    def list_month(self, of_file: str) -> str:
        """Which of its lists a row of a file of that month answers: that one, else the last before, else the first."""
        by_then = [month for month in self.months if month <= of_file]
        return by_then[-1] if by_then else self.months[0]


@dataclass(frozen=True)
class Disposition:
    """What a village found about one warning. ``list_month``: the list that it had in hand."""

    warning_id: str
    rule_id: str
    person_id: str
    result: str
    aid: str
    reason_not: str
    reason_words: str
    identity: str
    checked_by: str
    checked_on: date
    list_month: str
    sheet: str
    row: int

    @property
    def said(self) -> tuple[object, ...]:
        """The answer without its place, to see whether two rows say the same."""
        return (self.result, self.aid, self.reason_not, self.reason_words, self.identity, self.checked_by,
                self.checked_on)  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """Why a row goes back: where, which column, and a sentence that repeats no value. Row 0: the whole file."""

    sheet: str
    row: int
    column: str
    problem: str


@dataclass(frozen=True)
class Judged:
    """A form's rows sorted out: answered, to be returned, known already, left blank."""

    dispositions: list[Disposition]
    problems: list[Problem]
    blank: int
    known: int = 0

    @property
    def refused_rows(self) -> int:
        """How many rows go back (a row may have several problems)."""
        return len({(problem.sheet, problem.row) for problem in self.problems})


@dataclass(frozen=True)
class Desk:
    """What a file's rows are held against: what was handed out (by folded id), the words, the file's month, what other
    files said of each warning (its latest answer), and the day on which it came in, where one is given."""

    listed: Mapping[str, Listed]
    terms: Terms
    month: Month
    before: Mapping[str, Disposition] = field(default_factory=dict)
    on: date | None = None


def judge(rows: Iterable[FilledRow], desk: Desk) -> Judged:
    """Sort a form's rows. A warning answered twice the same counts once; answered differently, both go back."""
    problems: list[Problem] = []
    by_warning: dict[str, list[Disposition]] = {}
    blank = known = 0
    for row in rows:
        if row.is_blank and not (row.text("warning_id") or row.text("person_id")):
            continue  # a name or a word beside the table
        wrong = _key_problems(row, desk)
        if desk.terms.says_nothing(row) and not wrong:
            blank += 1
            continue
        answer = None if wrong else _answer(row, desk, wrong)
        if answer is None:
            problems += wrong
            continue
        by_warning.setdefault(answer.warning_id, []).append(answer)
    kept = []
    for answers in by_warning.values():
        one = answers[0]
        if len({answer.said for answer in answers}) > 1:
            problems += [
                Problem(a.sheet, a.row, "预警编号", "同一条预警填了两次，内容不一致，请保留一行。")
                for a in answers
            ]
            continue
        earlier = desk.before.get(one.warning_id)
        if earlier is not None and desk.terms.second_look_by_another and _looks_twice(one, earlier, desk):
            problems.append(Problem(one.sheet, one.row, "核查人", _SAME_PERSON))
        elif earlier is None or (earlier.checked_on < one.checked_on and earlier.said != one.said):
            kept.append(one)
        elif earlier.said == one.said:
            known += 1
        else:
            problems.append(Problem(one.sheet, one.row, "核查日期", _OTHERWISE))
    kept.sort(key=lambda answer: answer.warning_id)
    problems.sort(key=lambda problem: (problem.sheet, problem.row, problem.column))
    return Judged(kept, problems, blank, known)


def without_new(judged: Judged, own: Set[str]) -> Judged:
    """A file that was taken in stands as it was: what could not stand then goes back still, though it could by now.

    ``own``: the warnings whose answers were taken from these very bytes; empty for a file that is new.
    """
    new = [answer for answer in judged.dispositions if own and answer.warning_id not in own]
    if not new:
        return judged
    problems = [*judged.problems, *(Problem(one.sheet, one.row, "预警编号", AGAIN) for one in new)]
    problems.sort(key=lambda problem: (problem.sheet, problem.row, problem.column))
    return replace(
        judged,
        dispositions=[answer for answer in judged.dispositions if answer.warning_id in own],
        problems=problems,
    )


def _looks_twice(one: Disposition, earlier: Disposition, desk: Desk) -> bool:
    """Whether a second look was taken by whom the first was taken by."""
    known = desk.listed[folded_key(one.warning_id)]
    return (
        one.list_month in known.second_looks
        and earlier.list_month < one.list_month
        and folded_key(one.checked_by) == folded_key(earlier.checked_by)
    )


_SAME_PERSON = "本条是复查，须换一个人核查；上次也是这位核查人。"
AGAIN = "这份文件收过一次，本行当时没有登记。请核对本行，把文件重新保存后再交一次。"
_OTHERWISE = (
    "这条预警此前已登记过内容不同的答复，核查日期不早于本行。要更正的，请重新核查并写新的核查日期；"
    "不是更正的，请删去本行答复。"
)
_SHIFTED = (
    "与下发时这个预警编号旁边的不一致：可能只排序或只移动了一部分列，答复已经错行。请在原清单上重新填写本行。"
)


def folded_key(text: str) -> str:
    """A key as it is looked up: without blanks, whatever case it was turned into."""
    return "".join(text.split()).casefold()


def _key_problems(row: FilledRow, desk: Desk) -> list[Problem]:
    unread = [key for key in ("warning_id", "person_id") if key in row.unread or key in row.clashes]
    known = desk.listed.get(folded_key(row.text("warning_id")))
    if known is None or unread:
        return [_problem(row, "预警编号", "编号为空、被改动，或不在下发过的清单上。请照原清单恢复编号。")]
    wrong = _beside(row, known)
    return [_problem(row, *wrong)] if wrong else []


def _beside(row: FilledRow, known: Listed) -> tuple[str, str] | None:
    """Column and sentence of what stands beside a key and did not when it was handed out."""
    # On paper copies several things stand in one cell, the name and the matter in its first line.
    person, name = row.text("person_id"), row.text("name").partition("\n")[0]
    title = "".join(row.text("title").split())
    persons = {folded_key(one) for one in (*known.persons.values(), *known.alive)}
    checks = (
        (not person and not name, "人员编号", "人员编号和姓名都没有，无法核对答复是否对行。请照原清单恢复。"),
        (bool(person) and folded_key(person) not in persons, "人员编号", f"人员编号{_SHIFTED}"),
        (not person and not known.name_checks, "人员编号", "人员编号与下发时不一致，请恢复原编号。"),
        (
            bool(name and known.name_checks) and name_check(name) not in known.name_checks,
            "姓名",
            f"姓名{_SHIFTED}姓名本身有误的，请保留原样，在原因说明中写明。",
        ),
        (
            bool(title and known.titles) and not any(one in title for one in known.titles),
            "预警事项",
            f"预警事项{_SHIFTED}",
        ),
    )
    return next(((column, sentence) for is_wrong, column, sentence in checks if is_wrong), None)


def _answer(row: FilledRow, desk: Desk, problems: list[Problem]) -> Disposition | None:
    """The row's answer; None when it cannot stand, ``problems`` then says why."""
    known = desk.listed[folded_key(row.text("warning_id"))]
    month = known.list_month(str(desk.month))
    day = day_of(row.text("checked_on"), since=desk.month.first_day)
    problems += [
        _problem(row, column, sentence)
        for column, sentence in desk.terms.problems(row, day, Month.parse(month), desk.on)
    ]
    if problems or day is None:
        return None
    words = desk.terms
    return Disposition(
        warning_id=known.warning_id,
        rule_id=known.rule_id,
        person_id=known.persons[month],
        result=words.results.of(row.text("result")) or "",
        aid=words.aids.of(row.text("aid")) or "",
        reason_not=words.reasons.of(row.text("reason_not")) or "",
        reason_words=row.text("reason_words"),
        identity=words.identities.of(row.text("identity")) or "",
        checked_by=row.text("checked_by"),
        checked_on=day,
        list_month=month,
        sheet=row.sheet,
        row=row.row,
    )


def _problem(row: FilledRow, column: str, sentence: str) -> Problem:
    return Problem(row.sheet, row.row, column, sentence)
