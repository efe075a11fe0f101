"""What each stage of a month reads and writes: the one table that tells which months a change reaches.

``READS`` says it per stage as tables of the lake with the months that are looked at. Where a stage looks at
some of the earlier months only (a window, a quarter, a history), all of them are named: better a month run
again than one left wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

When = Literal["now", "previous", "before", "until"]


@dataclass(frozen=True)
class Reads:
    """``tables``: table of the lake to the months read (``now``, ``previous``, all ``before``, all ``until`` the
    month, itself too). ``policy``: beginnings of the parameters that decide (None: all). ``code``: what of the
    repository decides beside the program: contracts, suites, dbt project, match model, forms. ``but_policy``: what of
    all it does not ask."""

    tables: dict[str, When]
    policy: tuple[str, ...] | None = None
    code: tuple[str, ...] = ()
    frequencies: bool = False
    inbox: bool = False
    but_policy: tuple[str, ...] = ()


_LINKAGE = ("linkage_", "model_")
# Nothing of these is read by a model of the warehouse.
_NOT_RULES = ("intake_", "expectations", "release.", "forms.", "slips", "operations", "linkage_", "model_")

# In the order of the flow.
READS: dict[str, Reads] = {
    "receive": Reads({"ledger": "before"}, ("intake_",), ("contracts",), inbox=True),
    "close": Reads({"ledger": "now"}, ("intake_",), ("contracts",)),
    "standardise": Reads(
        {"landed": "now", "corrections": "now"}, (*_LINKAGE, "row_rules."), ("contracts", "model")
    ),
    "slips": Reads(
        {"row_findings": "now", "landed": "now", "quarantine": "now", "totals": "now", "corrections": "now"},
        ("slips.", "release."), ("contracts",),
    ),
    "gate1": Reads(
        {"standardised": "until", "row_account": "until", "set_aside": "until", "totals": "until",
         "quarantine": "until", "ledger": "now", "model_drift": "until"},
        None, ("contracts", "suites"),
    ),
    "link": Reads(
        {"records": "now", "profiles": "now", "registry": "previous", "decisions": "until", "events": "before"},
        _LINKAGE, ("model",), frequencies=True,
    ),
    "quality": Reads(
        {"records": "until", "standardised": "until", "profiles": "now", "registry": "now", "labels": "until"},
        _LINKAGE, ("model",),
    ),
    "prepare_review": Reads(
        {"review": "now", "link_sample": "now", "registry": "now", "records": "now", "labels": "before"},
        ("linkage_", "release."),
    ),
    "build": Reads(
        {"standardised": "until", "records": "until", "crosswalk": "until", "events": "until",
         "dispositions": "before", "linkage_quality": "until", "linkage_histogram": "until",
         "linkage_unlinkables": "until", "linked_unlinked": "until", "registry": "now", "row_account": "now",
         "set_aside": "now", "rows_aside": "until", "marts": "before"},
        None, ("contracts", "dbt"), but_policy=_NOT_RULES,
    ),
    "gate2": Reads(
        {"marts": "until", "crosswalk": "until", "registry": "now", "records": "now", "standardised": "now",
         "events": "now"},
        None, ("suites",),
    ),
    "publish": Reads(
        {"marts": "until", "verdicts": "now", "standardised": "now", "crosswalk": "now", "quarantine": "now"},
        None, ("forms",),
    ),
}  # fmt: skip

# Which stage leaves a table; the two gates share one. What is not here, people entered.
WRITES: dict[str, tuple[str, ...]] = {
    "receive": ("landed", "quarantine", "row_account", "ledger", "totals"),
    "close": ("closed",),
    "standardise": (
        "standardised",
        "records",
        "profiles",
        "model_drift",
        "row_findings",
        "findings_past",
        "set_aside",
        "rows_aside",
    ),
    # The slips stand beside the lake.
    "slips": (),
    "gate1": ("verdicts",),
    "link": ("crosswalk", "pairs", "review", "registry", "events"),
    "quality": (
        "linkage_quality",
        "linkage_histogram",
        "linkage_unlinkables",
        "linked_unlinked",
        "link_sample",
    ),
    "prepare_review": ("review_cards",),
    "build": ("marts",),
    "gate2": ("verdicts",),
    "publish": ("release", "published"),
}
WRITER = {table: stage for stage, tables in WRITES.items() for table in tables}
GATES = ("gate1", "gate2")

TITLES = {
    "landed": "the rows on the shelf",
    "ledger": "the ledger",
    "standardised": "the standardised rows",
    "records": "the records",
    "profiles": "the descriptions of persons",
    "registry": "the registry of persons",
    "crosswalk": "the links",
    "events": "what happened to ids",
    "marts": "the marts",
    "verdicts": "the verdicts of the gates",
    "decisions": "what people decided about links",
    "labels": "what reviewers labelled",
    "dispositions": "what the villages answered",
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


def months_read(when: When, month: str, there: list[str]) -> list[str]:
    """Of the months that a table has, those that are looked at."""
    if when == "now":
        return [month]
    if when == "until":
        return [one for one in there if one <= month]
    earlier = [one for one in there if one < month]
    return earlier[-1:] if when == "previous" else earlier
