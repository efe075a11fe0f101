"""Reviewers of a made-up county: they fill in the card workbooks by the planted truth, with human mistakes.

Only a made-up county has a truth; nothing here is a substitute for people. Who errs where is drawn by hash,
for 甲, 乙 and the third apart from each other, so a rerun fills in the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import openpyxl

from console.county.hashing import salt
from linkage.review.form import ANSWER_COLUMNS, HEADER_ROW, KEY
from linkage.review.queue import cards_file
from linkage.review.terms import DIFFERENT, FIRST, SAME, SECOND, THIRD, UNSURE, WORDS, Terms
from warehouse.database import in_memory, quoted
from warehouse.errors import Refused
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy

NAMES: Final = {FIRST: "核对员一", SECOND: "核对员二", THIRD: "裁定员"}
_OTHER: Final = {SAME: DIFFERENT, DIFFERENT: SAME, UNSURE: SAME}


@dataclass(frozen=True)
class Habits:
    """How often a reviewer errs, cannot tell, or leaves a card blank (shares of the cards)."""

    errors: float = 0.02
    unsure: float = 0.02
    blanks: float = 0.01


def true_verdicts(month: Month, lake: Lake, truth: Path) -> dict[str, str]:
    """What a card's right answer is, by card_id: whether most rows of its two descriptions are one true person's.

    ``unsure`` where the truth knows nothing of one of them. ``Refused`` without planted truth or without cards.
    """
    rows = truth / "rows.parquet"
    if not rows.exists():
        raise Refused(
            "there is no planted truth: only a made-up county can be reviewed by made-up reviewers.",
            next_step="point --county at what doudi county wrote; real cards are answered by people.",
        )
    folder = lake.partition("review_cards", month=str(month))
    if not any(folder.glob("*.parquet")):
        raise Refused(
            f"no cards were handed out for {month}.", next_step=f"run doudi review prepare --month {month}."
        )
    with in_memory(lake.home) as con:
        con.execute(
            f"CREATE TEMP TABLE cards AS FROM read_parquet('{quoted(folder)}/*.parquet', hive_partitioning = false)"
        )
        con.execute(
            "CREATE TEMP TABLE spoken AS SELECT left_key AS key FROM cards UNION SELECT right_key FROM cards"
        )
        records = quoted(lake.root / "records" / "feed=*" / "month=*" / "*.parquet")
        con.execute(f"""
            CREATE TEMP TABLE owners AS
            SELECT profile_key AS key, mode(true_person ORDER BY true_person) AS true_person
            FROM read_parquet('{records}', hive_partitioning = true, hive_types_autocast = false) AS told
            JOIN spoken ON spoken.key = told.profile_key
            JOIN read_parquet('{quoted(rows)}') AS planted USING (month, feed, file, sheet, "row", role)
            GROUP BY profile_key""")
        found = con.execute(f"""
            SELECT card_id, CASE WHEN mine.true_person = theirs.true_person THEN '{SAME}'
                WHEN mine.true_person <> theirs.true_person THEN '{DIFFERENT}' ELSE '{UNSURE}' END
            FROM cards LEFT JOIN owners AS mine ON mine.key = left_key
            LEFT JOIN owners AS theirs ON theirs.key = right_key""").fetchall()
    return {str(card_id): str(verdict) for card_id, verdict in found}


def fill_cards(
    month: Month,
    *,
    lake: Lake,
    policy: Policy,
    county: Path,
    out: Path,
    habits: Habits = Habits(),
    seats: Sequence[str] = (FIRST, SECOND),
) -> list[Path]:
    """Fill in the workbooks of ``seats`` and save them in ``out``; give their paths (none for a seat without cards).

    ``county`` is the folder with ``truth/``. The third person errs half as often as the two and leaves nothing.
    """
    terms = Terms.of(month, policy)
    verdicts = true_verdicts(month, lake, county / "truth")
    filled = []
    for seat in seats:
        source = cards_file(lake, month, terms, seat)
        if not source.exists():
            continue
        own = Habits(habits.errors / 2, 0, 0) if seat == THIRD else habits
        day = terms.due_third if seat == THIRD else terms.due
        target = out / source.name
        out.mkdir(parents=True, exist_ok=True)
        _fill(source, target, verdicts, seat, own, day, terms)
        filled.append(target)
    return filled


def _fill(
    source: Path, target: Path, verdicts: dict[str, str], seat: str, habits: Habits, day: date, terms: Terms
) -> None:
    book = openpyxl.load_workbook(source, rich_text=True)
    sheet = book.worksheets[0]
    headers = {cell.value: number for number, cell in enumerate(sheet[HEADER_ROW + 1], start=1)}
    for row in range(HEADER_ROW + 2, sheet.max_row + 1):
        card_id = str(sheet.cell(row, headers[KEY.header]).value).partition("-")[0]
        answer = answer_of(card_id, seat, verdicts.get(card_id, UNSURE), habits)
        values: dict[str, Any] = dict.fromkeys((column.key for column in ANSWER_COLUMNS), None)
        if answer:
            values |= {
                "answer": WORDS[answer],
                "reason": _reason(card_id, seat, answer, terms),
                "answered_by": NAMES[seat],
                "answered_on": day.isoformat(),
            }
        for column in ANSWER_COLUMNS:
            sheet.cell(row, headers[column.header]).value = values[column.key]
    book.save(target)


def _reason(card_id: str, seat: str, answer: str, terms: Terms) -> str:
    """One of the policy's reasons: the first ones speak for one person, the last for none of the two."""
    third = max(1, len(terms.reasons) // 3)
    fitting = {SAME: terms.reasons[:third], DIFFERENT: terms.reasons[third:-1], UNSURE: terms.reasons[-1:]}[
        answer
    ]
    return fitting[salt(card_id, seat, "reason") % len(fitting)] if fitting else ""


def answer_of(card_id: str, seat: str, truth: str, habits: Habits) -> str | None:
    """What a reviewer of this seat says of a card whose right answer is ``truth``; None when left blank."""
    drawn = salt(card_id, seat, "answer") / 2**64
    for share, said in ((habits.blanks, None), (habits.unsure, UNSURE), (habits.errors, _OTHER[truth])):
        if drawn < share:
            return said
        drawn -= share
    return truth
