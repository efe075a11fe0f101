"""Which deliveries stand behind a change, in words. File names and months only."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from warehouse.intake import ledger
from warehouse.intake.naming import is_delivery
from warehouse.months import Month
from warehouse.standing import record
from warehouse.standing.inputs import Inputs, files_of
from warehouse.standing.record import Stood

PAST = {
    "receive": "received", "close": "closed", "standardise": "standardised", "slips": "asked about", "gate1": "inspected", "link": "linked",
    "quality": "measured", "prepare_review": "given to the reviewers", "build": "built", "gate2": "inspected",
    "publish": "published", "notices": "asked of the sources",
}  # fmt: skip


TITLES = {
    "landed": "the rows on the shelf",
    "ledger": "the ledger",
    "standardised": "the standardised rows",
    "records": "the records",
    "profiles": "the descriptions of persons",
    "registry": "the registry of persons",
    "crosswalk": "the links",
    "pairs": "the pairs that were decided",
    "events": "what happened to ids",
    "marts": "the marts",
    "verdicts": "the verdicts of the gates",
    "decisions": "what people decided about links",
    "labels": "what reviewers labelled",
    "dispositions": "what the villages answered",
    "identity_answers": "what the villages said about identities",
    "report_figures": "the figures as they were reported",
    "notices": "what the sources are asked to correct",
    "quarantine": "the rows set aside at the dock",
    "row_account": "the account of rows",
    "row_findings": "what the agencies are asked",
    "findings_past": "what the agencies were asked before",
    "set_aside": "the rows that were set aside",
    "rows_aside": "what could be read of the rows set aside",
    "corrections": "what the agencies corrected on slips",
    "totals": "the 合计 rows",
    "model_drift": "the drift from the match model",
    "review": "the open questions",
    "link_sample": "the blind sample",
    "contracts": "the contracts of the feeds and the rules of their rows",
    "suites": "the rules of the gates",
    "dbt": "the models of the warehouse",
    "model": "the match model in force",
    "forms": "the forms",
    "policy": "policy lines of the month",
    "frequencies": "the frozen name frequencies",
}


@dataclass(frozen=True)
class Moved:
    """One feed's files between two closings of a month: names that came and that went (one name in both: sent again)."""

    month: str
    feed: str
    came: tuple[str, ...]
    went: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """``with a.xlsx in place of b.xlsx``, ``with a.xlsx, too``, ``without b.xlsx``."""
        came, went = ", ".join(self.came), ", ".join(self.went)
        if self.came == self.went:
            return f"with another version of {came}"
        if came and went:
            return f"with {came} in place of {went}"
        return f"with {came}, too" if came else f"without {went}"


def moved(month: str, before: dict[str, dict[str, str]], now: dict[str, dict[str, str]]) -> list[Moved]:
    """Which files came and went between two closings (feed to file to hash), by feed."""
    found = []
    for feed in sorted(before.keys() | now.keys()):
        was, is_now = before.get(feed, {}), now.get(feed, {})
        came = tuple(sorted(file for file, sha in is_now.items() if was.get(file) != sha))
        went = tuple(sorted(file for file, sha in was.items() if is_now.get(file) != sha))
        if came or went:
            found.append(Moved(month, feed, came, went))
    return found


def closings(inputs: Inputs, stage: str, month: Month, stood: Stood) -> list[str]:
    """A sentence per month that was closed again with other files after the stage had run."""
    said = []
    for of_month, text in inputs.closed(month).items():
        if stage == "receive" and of_month == str(month):
            continue  # a month is always closed after it was received
        digest = stood.closed.get(of_month, "")
        if digest == hashlib.sha256(text.encode()).hexdigest():
            continue
        before = record.deliveries(inputs.lake, digest) if digest else {}
        changes = moved(of_month, before, record.files_in(text)) if before else []
        how = "; ".join(one.sentence for one in changes)
        verb = f"was closed again {how}".rstrip() if digest else "was closed"
        said.append(f"{of_month} {verb} after {month} was {PAST[stage]}")
    return said


def arrivals(inputs: Inputs, month: Month) -> list[str]:
    """What the month's inbox holds, or holds no more, since it was received."""
    there = {path.name: inputs.digests.of_file(path) for path in files_of(inputs.settings.inbox / str(month))}
    entries = ledger.read(inputs.lake, month)
    known = {(entry.file, entry.sha256) for entry in entries}
    names = {entry.file for entry in entries}
    said = []
    for file, sha in there.items():
        if is_delivery(file) and (file, sha) not in known:
            what = "has other bytes than were received" if file in names else "was not received yet"
            said.append(f"{file} lies in the inbox of {month} and {what}")
    said += [
        f"{entry.file} is no longer in the inbox of {month}"
        for entry in entries
        if entry.is_landed and entry.file not in there
    ]
    return said or [f"the files in the inbox of {month} are others than were received"]
