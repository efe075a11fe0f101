"""Note that an agency was handed its notices: from that day its time to answer runs."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from warehouse.errors import Misconfigured, Refused
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.notices.stage import book_name, notices_folder
from warehouse.notices.tables import SENT, SENT_TABLE, add_once
from warehouse.outcomes import Outcome, record
from warehouse.release.workbook import file_word

STAGE = "notices_sent"


def note_sent(
    month: Month, agencies: tuple[str, ...], *, lake: Lake, by: str, on: date, way: str = ""
) -> Outcome:
    """Write ``lake/notices_sent/month=…/<agency>.parquet``: who handed it over, when, in which way. The first day counts.

    No agency named: all that have a workbook. ``Refused`` for one that has none, ``Misconfigured`` without a name.
    """
    if not by.strip():
        raise Misconfigured("nobody is named who handed the notices over.", next_step="give --by NAME.")
    folder = notices_folder(lake, month)
    there = sorted(path.name for path in folder.glob("*.xlsx"))
    known = {name.split("_", 1)[1].removesuffix(f"_{month}.xlsx"): name for name in there}
    wanted = {file_word(one): one for one in agencies} or {word: word for word in known}
    missing = [name for word, name in wanted.items() if word not in known]
    if missing or not known:
        raise Refused(
            f"{month} has no notices for {'、'.join(missing) or 'anybody'}.",
            next_step=f"run notices for {month}, or name an agency that stands in HOME/notices/{month}.",
        )
    if on < month.first_day:
        raise Misconfigured(f"--on {on} lies before {month}.", next_step="name the day of handing over.")
    titles = _agencies()
    new = 0
    for word in sorted(wanted):
        row = {"agency": titles.get(word, wanted[word]), "sent_on": on, "by": by.strip(), "way": way}
        path = lake.partition(SENT_TABLE, month=str(month)) / f"{word}.parquet"
        new += add_once(lake, path, pa.Table.from_pylist([row], schema=SENT))
    return record(
        Outcome(STAGE, str(month), counts={"agencies": len(wanted), "noted": new}, by={}, reasons=[]), lake
    )


def _agencies() -> dict[str, str]:
    """The agencies by the word that names their file."""
    from warehouse.intake.contract import contracts

    return {file_word(contract.agency): contract.agency for contract in contracts().values()}


__all__ = ["STAGE", "book_name", "note_sent"]
