"""Notices: what every source is asked about facts that others contradict, carried on from month to month."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb

from warehouse.database import in_memory
from warehouse.lake import Lake, replacing_folder
from warehouse.months import Month
from warehouse.notices.book import Telling, write_book
from warehouse.notices.evidence import lay_out
from warehouse.notices.figures import keep_figures
from warehouse.notices.kinds import catalogue
from warehouse.notices.life import keep, live_on
from warehouse.notices.pages import write_pages
from warehouse.notices.raising import raise_all
from warehouse.notices.tables import STATES
from warehouse.outcomes import Outcome, record
from warehouse.policy import Policy
from warehouse.release.masking import mask_for
from warehouse.release.verdict_check import passed_verdicts
from warehouse.release.workbook import file_word

STAGE = "notices"
AUDIENCE = "notice"
# What stands on an agency's sheet of open ones: overdue, or answered and still wrong.
_AGAIN = ("逾期未复", "仍未更正")


def notices_folder(lake: Lake, month: Month) -> Path:
    """``HOME/notices/<month>``."""
    return lake.home / "notices" / str(month)


def write_notices(month: Month, *, lake: Lake, policy: Policy) -> Outcome:
    """Replace ``lake/notices`` and ``lake/source_figures`` of the month, ``HOME/notices/<month>`` and the sources' pages.

    Reads crosswalk, registry, records, standardised and marts of the month, the notices of earlier months, what agencies
    answered and to whom notices were handed over. Counts notices by state, kind and agency. ``NotReleased`` when the
    month is not built or no gate has let it pass.
    """
    passed_verdicts(month, lake, policy)
    kinds = catalogue()
    with in_memory(lake.home) as con:
        lay_out(con, month, lake, policy, kinds)
        raise_all(con, policy, kinds)
        live_on(con, month, lake, policy, kinds)
        keep(con, month, lake)
        books, written = _write_books(con, month, lake, policy)
        keep_figures(con, month, lake)
        counted = con.execute(
            "SELECT state, kind, agency, count(*) FROM standing_notice GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    write_pages(lake=lake, policy=policy)
    counts: Counter[str] = Counter({"books": books, "written": written})
    by: dict[str, Counter[str]] = {name: Counter() for name in ("state", "kind", "agency")}
    for state, kind, agency, number in counted:
        counts["notices"] += number
        counts["new" if state == "新提出" else "other"] += 0
        by["state"][state] += number
        by["kind"][kind] += number
        by["agency"][agency] += number
    outcome = Outcome(
        STAGE,
        str(month),
        status="done" if counted else "nothing",
        counts={name: counts[name] for name in ("books", "written", "notices")},
        by={name: dict(table) for name, table in by.items()},
        reasons=_reasons(books, month),
    )
    return record(outcome, lake)


def book_name(agency: str, month: Month) -> str:
    """``校核纠错单_<agency>_<month>.xlsx``."""
    return f"校核纠错单_{file_word(agency)}_{month}.xlsx"


def _write_books(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake, policy: Policy) -> tuple[int, int]:
    """Write a workbook for each agency that has something to answer; give how many, with how many notices."""
    telling = Telling.of(policy, mask_for(AUDIENCE, policy), catalogue())
    due = month.last_day + timedelta(days=policy.count("notices.answer_days"))
    asked, again, states = _by_agency(con, month)
    with replacing_folder(notices_folder(lake, month)) as folder:
        for agency in sorted({*asked, *again}):
            write_book(
                folder / book_name(agency, month),
                agency,
                month,
                asked=asked.get(agency, []),
                again=again.get(agency, []),
                ended={state: states[agency, state] for state in STATES if states[agency, state]},
                due=due,
                telling=telling,
            )
    told = sum(len(notices) for table in (asked, again) for notices in table.values())
    return len({*asked, *again}), told


def _by_agency(
    con: duckdb.DuckDBPyConnection, month: Month
) -> tuple[dict[str, list[dict[str, Any]]], dict[str, list[dict[str, Any]]], Counter[tuple[str, str]]]:
    """The month's notices and those still open by agency, with what their row says; how earlier ones stand."""
    found = con.execute(
        "SELECT standing_notice.*, own_row.name_raw AS name, own_row.id_seen, own_row.agency_key, own_row.household_key"
        ' FROM standing_notice LEFT JOIN own_row USING (feed, file, sheet, "row")'
        ' ORDER BY agency, priority, kind, feed, file, sheet, "row", notice_id'
    )
    names = [column[0] for column in found.description or ()]
    asked: dict[str, list[dict[str, Any]]] = {}
    again: dict[str, list[dict[str, Any]]] = {}
    states: Counter[tuple[str, str]] = Counter()
    for values in found.fetchall():
        notice = dict(zip(names, values, strict=True))
        if notice["asked_month"] == str(month):
            asked.setdefault(notice["agency"], []).append(notice)
            continue
        states[notice["agency"], notice["state"]] += 1
        if notice["state"] in _AGAIN:
            again.setdefault(notice["agency"], []).append(notice)
    return asked, again, states


def _reasons(books: int, month: Month) -> list[str]:
    if not books:
        return []
    return [
        f"{books} workbook(s) lie in HOME/notices/{month}. Next step: hand each to its agency and note it with doudi "
        f"notices sent --month {month} --agency NAME; a filled-in one is taken in with doudi notices absorb."
    ]
