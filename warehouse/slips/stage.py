"""Write a month's return slips: one workbook for each agency and feed that has something to answer."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import groupby
from pathlib import Path

import duckdb

from warehouse.database import count_rows, in_memory
from warehouse.intake.contract import Contract, contracts
from warehouse.lake import Lake, replacing_folder
from warehouse.months import Month
from warehouse.outcomes import Outcome, record, recorded
from warehouse.policy import Policy
from warehouse.release.masking import mask_for
from warehouse.release.workbook import file_word
from warehouse.slips.lines import lines, open_lines
from warehouse.slips.slip import Told, Total, write_slip
from warehouse.small_tables import read_table

STAGE = "slips"


def slips_folder(lake: Lake, month: Month) -> Path:
    """``HOME/slips/<month>``."""
    return lake.home / "slips" / str(month)


def write_slips(month: Month, *, lake: Lake, policy: Policy) -> Outcome:
    """Replace ``HOME/slips/<month>`` with a slip for every feed that has findings, unread rows or wrong totals.

    Reads ``row_findings``, ``landed``, ``quarantine``, ``totals``; after the link also ``crosswalk`` and the registry,
    for what agencies that policy names may be shown. Counts slips and lines by treatment and feed.
    """
    mask = mask_for("slip", policy)
    spoken = _agencies_shown_links(policy)
    wrong = _wrong_totals(lake, month)
    due = month.last_day + timedelta(days=policy.count("slips.answer_days"))
    most = policy.count("slips.lines_max")
    standardised = recorded(lake, "standardise", month)
    past = standardised.by if standardised else {}
    counts: Counter[str] = Counter()
    by: dict[str, dict[str, int]] = {"lines": {}, "totals": {}, "proposed": {}}
    with in_memory(lake.home) as con, replacing_folder(slips_folder(lake, month)) as folder:
        for feed, contract in contracts().items():
            count = open_lines(con, contract, month, lake, with_links=contract.agency in spoken)
            totals = wrong.get(feed, [])
            if not count and not totals:
                continue
            treated = _counted(con, "treatment")
            told = Told(
                due=due,
                by_treatment={name: treated[name] for name in ("set_aside", "asked", "not_read") if name in treated},
                by_rule=_counted(con, "rule"),
                left_out=max(0, count - most),
                settled=past.get("settled", {}).get(feed, 0),
                still_open=past.get("open", {}).get(feed, 0),
                corrected=past.get("corrected", {}).get(feed, 0),
            )  # fmt: skip
            write_slip(
                folder / slip_name(contract, month),
                contract,
                month,
                lines=lines(con, most),
                totals=totals,
                told=told,
                mask=mask,
            )
            counts.update({"slips": 1, "lines": count, "totals": len(totals), **treated})
            by["lines"][feed] = count
            by["totals"][feed] = len(totals)
            proposed = count_rows(con, "slip_line", "proposed IS NOT NULL")
            by["proposed"][feed] = proposed
            counts["proposed"] += proposed
    return record(
        Outcome(
            STAGE,
            str(month),
            status="done" if counts["slips"] else "nothing",
            counts=dict(counts),
            by={name: {feed: n for feed, n in table.items() if n} for name, table in by.items()},
            reasons=_reasons(counts, month),
        ),
        lake,
    )


def slip_name(contract: Contract, month: Month) -> str:
    """``退回单_<agency>_<feed>_<month>.xlsx``."""
    return f"退回单_{file_word(contract.agency)}_{contract.feed}_{month}.xlsx"


def _agencies_shown_links(policy: Policy) -> tuple[str, ...]:
    parameter = "slips.propose_from_links"
    return policy.words(parameter) if policy.is_configured(parameter) else ()


def _counted(con: duckdb.DuckDBPyConnection, what: str) -> dict[str, int]:
    rows = con.execute(f"SELECT {what}, count(*) FROM slip_line GROUP BY 1 ORDER BY 1").fetchall()
    return {str(name): int(number) for name, number in rows}


def _wrong_totals(lake: Lake, month: Month) -> dict[str, list[Total]]:
    path = lake.partition("totals", month=str(month)) / "totals.parquet"
    if not path.exists():
        return {}
    wrong = [row for row in read_table(path).to_pylist() if not row["agrees"]]
    wrong.sort(key=lambda row: (row["feed"], row["file"], row["sheet"], row["row"]))
    return {
        feed: [Total(*(row[name] for name in ("file", "sheet", "row", "stated", "summed"))) for row in rows]
        for feed, rows in groupby(wrong, key=lambda row: str(row["feed"]))
    }


def _reasons(counts: Counter[str], month: Month) -> list[str]:
    if not counts["slips"]:
        return []
    return [
        f"{counts['slips']} slip(s) lie in HOME/slips/{month}. Next step: send each to its agency; a corrected file goes "
        f"into the inbox, a filled-in slip is taken in with doudi correct --month {month} --returned FOLDER."
    ]
