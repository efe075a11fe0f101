"""Check what an agency wrote on a slip against what the slip asked. Pure: rows in, corrections and problems out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from warehouse.returns.answers import Problem
from warehouse.returns.forms import FilledRow
from warehouse.slips.wording import CORRECTED, TAKE_PROPOSAL, WHOLE_ROW

# Longer than any cell that an agency delivers.
_LONGEST = 300
_COLUMN = CORRECTED.header


@dataclass(frozen=True)
class Asked:
    """What a line of the month's slips asks: its place, the header it names, what it proposes (whole)."""

    feed: str
    file: str
    sha256: str
    sheet: str
    row: int
    column: str
    header: str
    rule: str
    proposed: str | None


@dataclass(frozen=True)
class Correction:
    """A corrected cell, with the line of the slip that says so."""

    finding_id: str
    asked: Asked
    value: str
    slip_sheet: str
    slip_row: int


@dataclass(frozen=True)
class Judged:
    """A slip's rows sorted out: corrected, to be returned, left blank."""

    corrections: list[Correction]
    problems: list[Problem]
    blank: int


def judge(rows: Sequence[FilledRow], asked: Mapping[str, Asked], masked: Callable[[str], str]) -> Judged:
    """Sort a slip's rows. A cell that is corrected twice in different ways goes back twice.

    ``asked``: the lines of the month's slips by their id; ``masked`` shows a place as the slip showed it.
    """
    corrections: list[Correction] = []
    problems: list[Problem] = []
    blank = 0
    for row in rows:
        value = row.text("corrected")
        if not value:
            blank += 1
            continue
        line_id = row.text("line_id")
        found = asked.get(line_id)
        why = _why_not(row, found, value, masked)
        if why or found is None:
            problems.append(Problem(row.sheet, row.row, _COLUMN, why or ""))
            continue
        taken = found.proposed if value == TAKE_PROPOSAL else value
        corrections.append(Correction(line_id, found, taken or "", row.sheet, row.row))
    by_cell: dict[tuple[object, ...], set[str]] = {}
    for one in corrections:
        by_cell.setdefault(_cell(one), set()).add(one.value)
    kept = [one for one in corrections if len(by_cell[_cell(one)]) == 1]
    problems += [
        Problem(one.slip_sheet, one.slip_row, _COLUMN, "同一格填了两个不同的更正值，请保留一个。")
        for one in corrections
        if len(by_cell[_cell(one)]) > 1
    ]
    problems.sort(key=lambda problem: (problem.sheet, problem.row))
    return Judged(kept, problems, blank)


def _cell(one: Correction) -> tuple[object, ...]:
    at = one.asked
    return (at.feed, at.file, at.sheet, at.row, at.column)


def _why_not(row: FilledRow, found: Asked | None, value: str, masked: Callable[[str], str]) -> str | None:
    """Why a correction cannot stand; None when it can."""
    is_whole_row = row.text("line_id").startswith("N") or row.text("column") == WHOLE_ROW
    told = tuple(row.text(key) for key in ("file", "sheet", "row", "column"))
    place = (masked(found.file), masked(found.sheet), str(found.row), found.header) if found else told
    proposed = found.proposed if found else None
    checks = (
        (is_whole_row, "整行的问题不能在退回单上更正，请改正后重新报送文件。"),
        (
            found is None,
            "编号不在本月最新的退回单上：文件已重新报送，或编号被改动。请按最新的退回单填写。",
        ),
        (told != place, "文件、工作表、行号或栏目与下发时不一致，请恢复原样。"),
        (value == TAKE_PROPOSAL and not proposed, "这一行没有建议值，请直接填写正确内容。"),
        ("**" in value, "更正值带有遮盖符号，请填写完整内容。"),
        (len(value) > _LONGEST, f"更正值超过 {_LONGEST} 个字，疑似粘贴有误。"),
    )
    return next((sentence for is_wrong, sentence in checks if is_wrong), None)
