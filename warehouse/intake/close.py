"""The dock's second stage: declare a month complete, or say which feed is still missing."""

from __future__ import annotations

import json
from datetime import timedelta

from warehouse.errors import MonthNotClosed
from warehouse.intake import ledger
from warehouse.intake.contract import contracts
from warehouse.intake.reopened import what_reopened
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.outcomes import Outcome, record
from warehouse.policy import Policy


def close(month: Month, *, lake: Lake, policy: Policy) -> Outcome:
    """Declare the month complete: every required feed stands on the shelf, none is refused or held.

    Writes ``closed/month=…/closed.json`` (the files and hashes that are in). ``MonthNotClosed`` names what is
    missing, refused or held. Optional feeds that are absent are named as not assessed.
    """
    feeds = contracts()
    entries = ledger.read(lake, month)
    if not entries:
        raise MonthNotClosed(
            f"close {month}: nothing was received for it.", next_step=f"run receive for {month} first."
        )
    landed = {feed: [e for e in entries if e.feed == feed and e.is_landed] for feed in feeds}
    required = [feed for feed, contract in feeds.items() if contract.required]
    problems = []
    missing = [feed for feed in required if not landed[feed]]
    if missing:
        waited_until = month.last_day + timedelta(days=policy.count("intake_close_grace_days"))
        withdrawn = {
            feed: [e for e in entries if e.feed == feed and e.status == "withdrawn"] for feed in missing
        }
        named = ", ".join(
            f"{feed} ({feeds[feed].title}, {feeds[feed].agency}"
            + "".join(f"; {entry.file} was withdrawn" for entry in withdrawn[feed])
            + ")"
            for feed in missing
        )
        problems.append(f"required and missing: {named}; they are waited for until {waited_until}")
    refused = sorted(e.file for e in entries if e.status == "refused" and e.feed in required)
    if refused:
        problems.append(f"refused at the dock: {', '.join(refused)}")
    held = sorted({e.feed for e in entries if e.status == "held"})
    if held:
        problems.append(f"held for a fall in rows: {', '.join(held)}")
    if problems:
        reopened = what_reopened(lake, month)
        raise MonthNotClosed(
            f"close {month}: " + "; ".join(problems) + "." + (f" {reopened}." if reopened else ""),
            next_step="see what receive said about each, put the files right, run receive and close again.",
        )
    here = {feed: files for feed, files in landed.items() if files}
    _write(lake, month, here)
    absent = [feed for feed in feeds if feed not in here]
    turned_back = {e.feed for e in entries if e.status == "refused"}
    reasons = [
        f"{feed} ({feeds[feed].title}) was {'refused at the dock' if feed in turned_back else 'not delivered'}: "
        "what needs it is not assessed."
        for feed in absent
    ]
    return record(
        Outcome(
            "close",
            str(month),
            "done",
            {"feeds": len(here), "feeds_absent": len(absent), "files": sum(map(len, here.values()))},
            {"rows": {feed: sum(entry.rows for entry in files) for feed, files in here.items()}},
            reasons,
        ),
        lake,
    )


def _write(lake: Lake, month: Month, landed: dict[str, list[ledger.Entry]]) -> None:
    what_is_in = {
        "month": str(month),
        "feeds": {
            feed: [
                {"file": e.file, "sha256": e.sha256, "version": e.version, "rows": e.rows}
                for e in sorted(files, key=lambda e: e.file)
            ]
            for feed, files in sorted(landed.items())
        },
    }
    with lake.replacing("closed", month=str(month)) as folder:
        text = json.dumps(what_is_in, ensure_ascii=False, indent=1) + "\n"
        (folder / "closed.json").write_text(text, encoding="utf-8")
