"""Take in the notices that agencies answered: answers are kept for good, what cannot stand goes back on a slip."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa

from warehouse.database import in_memory, quoted
from warehouse.errors import Refused
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.notices.answers import Handed, Judged, judge
from warehouse.notices.book import ANSWER_WORDS, place_of
from warehouse.notices.stage import AUDIENCE
from warehouse.notices.tables import (
    ANSWERS,
    ANSWERS_TABLE,
    NOTICES_TABLE,
    add_once,
    parquet_files,
    read_people,
)
from warehouse.notices.wording import HEADERS
from warehouse.outcomes import Outcome
from warehouse.policy import Policy
from warehouse.release.masking import Mask, mask_for
from warehouse.returns import desk
from warehouse.returns.answers import AGAIN, Problem
from warehouse.returns.forms import Bounds, read_form
from warehouse.small_tables import read_table
from warehouse.sums import sha256

STAGE = "absorb_notices"


def absorb_notices(month: Month, *, returned: Path, lake: Lake, policy: Policy, on: date) -> Outcome:
    """Read ``returned`` (a workbook, or a folder of them) against the notices of the month and those before it.

    Answers that stand go to ``lake/notice_answers/month=<asked>/<sha256 of the file>.parquet``, written once; the next
    month's notices read them. What cannot stand goes on a slip in ``HOME/returns/<month>/``. ``on`` is the day on which
    they came back: no answer is dated later. ``Refused`` at the end names files that are no notices of ours.
    """
    files = desk.came_back(returned)
    if not files:
        return desk.nothing_came(STAGE, month, "no notices have", lake)
    mask = mask_for(AUDIENCE, policy)
    handed = _handed(month, lake, mask)
    words = tuple(policy.text(f"notices.{name}") for name in ANSWER_WORDS)
    bounds = Bounds.of(policy)
    by: dict[str, dict[str, int]] = {"answered": {}, "refused": {}, "blank": {}}
    refusals: list[str] = []
    for path in files:
        name = desk.name_within(path, returned)
        try:
            rows = read_form(path, HEADERS, bounds=bounds)
            if not {row.text("notice_id") for row in rows} & set(handed):
                raise Refused(
                    f"{path.name} holds no notice that was handed out by {month}.",
                    next_step="look which month it is of.",
                )
        except Refused as error:
            refusals.append(error.what)
            continue
        first_day = min(Month.parse(one.asked_month).first_day for shown in handed.values() for one in shown)
        judged = judge(rows, handed, words, policy.text("notices.answer_kept"), first_day, on)
        judged = _beside_earlier(judged, sha256(path), handed, lake)
        _keep(path, judged, handed, lake)
        desk.send_back(name, judged.problems, month, lake, ending="未登记", title="校核纠错答复退回单", said=_SAID,
                       shown=mask.show_text)  # fmt: skip
        by["answered"][name] = len(judged.answers)
        by["refused"][name] = len({(one.sheet, one.row) for one in judged.problems})
        by["blank"][name] = judged.blank
    return desk.recorded(
        Outcome(
            STAGE,
            str(month),
            status="held" if refusals else "done",
            counts={
                "files": len(files),
                "files_refused": len(refusals),
                **{name: sum(table.values()) for name, table in by.items()},
            },
            by=by,
            reasons=refusals,
        ),
        refusals,
        lake,
    )


def _handed(month: Month, lake: Lake, mask: Mask) -> dict[str, list[Handed]]:
    """How every notice stood on workbooks up to the month: what a returned row is checked against."""
    shown: dict[str, list[Handed]] = defaultdict(list)
    with in_memory(lake.home) as con:
        for one in lake.months(NOTICES_TABLE):
            if one > str(month):
                continue
            for file in parquet_files(lake, NOTICES_TABLE, one):
                rows = con.execute(
                    f'SELECT notice_id, feed, file, sheet, "row", "column", asked_month FROM read_parquet(\'{quoted(file)}\','
                    " hive_partitioning = false) WHERE asked_month IS NOT NULL"
                ).fetchall()
                for notice_id, feed, name, sheet, row, column, asked in rows:
                    place = place_of(
                        {"feed": feed, "file": name, "sheet": sheet, "row": row, "column": column}, mask
                    )
                    shown[notice_id].append(
                        Handed(
                            str(place["file"]),
                            str(place["sheet"]),
                            str(place["row"]),
                            str(place["column"]),
                            asked,
                        )
                    )
    return shown


def _asked(notice_id: str, handed: dict[str, list[Handed]]) -> str:
    """The latest asking: a notice that was raised again is answered anew."""
    return max(one.asked_month for one in handed[notice_id])


def _beside_earlier(judged: Judged, digest: str, handed: dict[str, list[Handed]], lake: Lake) -> Judged:
    """The answers that may stand beside those that were taken in before; the others go back.

    What was taken from these very bytes stands. Another word on a notice wants a later day than the last one.
    """
    own: set[str] = set()
    for month in lake.months(ANSWERS_TABLE):
        path = lake.partition(ANSWERS_TABLE, month=month) / f"{digest}.parquet"
        if path.exists():
            own |= set(read_table(path, ["notice_id"])["notice_id"].to_pylist())
    with in_memory(lake.home) as con:
        read_people(con, date.max, lake)
        latest = {
            (asked, notice): ((answer, value, words), day)
            for asked, notice, answer, value, words, day in con.execute(
                "SELECT asked_month, notice_id, answer, value, words, answered_on FROM answered"
            ).fetchall()
        }
    stands, problems = [], list(judged.problems)
    for one in judged.answers:
        said, day = latest.get((_asked(one.notice_id, handed), one.notice_id), (one.said, date.min))
        if one.notice_id in own or (not own and (said == one.said or day < one.answered_on)):
            stands.append(one)
        else:
            problems.append(Problem(one.sheet, one.row, "核查日期", AGAIN if own else _OTHERWISE))
    problems.sort(key=lambda problem: (problem.sheet, problem.row))
    return replace(judged, answers=stands, problems=problems)


def _keep(path: Path, judged: Judged, handed: dict[str, list[Handed]], lake: Lake) -> None:
    """Write a file's answers once, under the month in which each notice was first put; the same again changes nothing."""
    by_month: dict[str, list[dict[str, object]]] = defaultdict(list)
    for answer in judged.answers:
        by_month[_asked(answer.notice_id, handed)].append({**vars(answer), "file": path.name})
    digest = sha256(path)
    for asked, rows in sorted(by_month.items()):
        target = lake.partition(ANSWERS_TABLE, month=asked) / f"{digest}.parquet"
        add_once(lake, target, pa.Table.from_pylist(rows, schema=ANSWERS))


_OTHERWISE = "这条此前已登记过不同的答复，核查日期不早于本行。要更正的，请写新的核查日期后再交。"
_SAID = "下列各行的答复没有登记，请改正后把整份再交一次；未列出的行已登记，不必重填。"
