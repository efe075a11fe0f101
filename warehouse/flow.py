"""The flow of a month: its stages in order, and which tables each reads and writes.

The one table behind locks, marks of runs that were cut short (``warehouse.runs``), damaged files
(``warehouse.damage``), stale months (``warehouse.standing``) and lineage. Where a stage looks at some of the earlier
months only (a window, a quarter, a history), all of them are named: better a month run again than one left wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

# The month's own, that and the one before, the one before, all before, all up to the month with itself.
When = Literal["now", "lately", "previous", "before", "until"]


@dataclass(frozen=True)
class Reads:
    """``tables``: table of the lake to the months read. ``too``: read as well, but no cause to run again when it
    changes: the stage keeps it up itself, or people add to it while the month stands.

    ``policy``: beginnings of the parameters that decide (None: all). ``code``: what of the repository decides beside
    the program: contracts, suites, dbt project, match model, forms. ``but_policy``: what of all it does not ask.
    """

    tables: dict[str, When]
    policy: tuple[str, ...] | None = None
    code: tuple[str, ...] = ()
    frequencies: bool = False
    inbox: bool = False
    but_policy: tuple[str, ...] = ()
    too: dict[str, When] = field(default_factory=dict)

    @property
    def files(self) -> Iterator[tuple[str, When]]:
        """Every table that is opened, with its months."""
        yield from self.tables.items()
        yield from self.too.items()


_LINKAGE = ("linkage_", "model_")
# Nothing of these is read by a model of the warehouse; of ``release.`` it asks what an answer is and when it is due.
_NOT_RULES = (
    "intake_", "expectations", "forms.", "pictures.", "slips", "operations", "linkage_", "model_", "retention.", "handout.",
    "returns.", "tracking.", "workshop.", "mail.",
    *(f"release.{what}" for what in (
        "list.", "county_list.", "ledger", "register", "village", "referral", "report", "paper", "review", "explain",
        "match_card.", "workshop.", "slip", "id_", "phone_", "decision_", "approval_", "county_name", "reason", "notices")),
)  # fmt: skip

# How things are shown and handed out: no gate asks it, and another wording is no reason to judge a month again.
_SHOWN = (
    "release.", "forms.", "pictures.", "slips.", "mail.", "tracking.", "returns.", "handout.", "retention.", "workshop.",
    "notices.", "packages.",
)  # fmt: skip

# In the order of the flow: a stage stands on those before it.
READS: dict[str, Reads] = {
    "receive": Reads(
        {"ledger": "before"}, ("intake_",), ("contracts",), inbox=True, too={"ledger": "now"},
    ),
    "close": Reads({"ledger": "now"}, ("intake_",), ("contracts",)),
    "standardise": Reads(
        {"landed": "now", "corrections": "now"}, (*_LINKAGE, "row_rules."), ("contracts", "model"),
        too={"ledger": "now", "findings_past": "now"},
    ),
    "slips": Reads(
        {"row_findings": "now", "landed": "now", "quarantine": "now", "totals": "now", "corrections": "now"},
        ("slips.", "release."), ("contracts",),
        # What links know comes onto slips that are written again after the link.
        too={"ledger": "now", "crosswalk": "now", "registry": "now"},
    ),
    "gate1": Reads(
        {"standardised": "until", "row_account": "now", "set_aside": "now", "totals": "now", "ledger": "now",
         "model_drift": "now"},
        None, ("contracts", "suites"), but_policy=_SHOWN, too={"feed_shapes": "before", "verdicts": "before"},
    ),
    "link": Reads(
        {"records": "now", "profiles": "now", "registry": "previous", "decisions": "until", "events": "before",
         "identity_answers": "before"},
        _LINKAGE, ("model",), frequencies=True, too={"frequencies": "before"},
    ),
    "quality": Reads(
        {"records": "until", "standardised": "until", "profiles": "now", "registry": "now", "labels": "until"},
        _LINKAGE, ("model",),
    ),
    "prepare_review": Reads(
        {"review": "now", "link_sample": "now", "registry": "now", "records": "now", "labels": "before",
         "identity_answers": "before"},
        ("linkage_", "release."),
    ),
    "build": Reads(
        {"standardised": "until", "records": "until", "crosswalk": "until", "events": "until",
         "dispositions": "before", "identity_answers": "before", "linkage_quality": "until", "linkage_histogram": "until",
         "linkage_unlinkables": "until", "linked_unlinked": "until", "registry": "now", "row_account": "now",
         "set_aside": "now", "rows_aside": "until", "marts": "before"},
        None, ("contracts", "dbt"), but_policy=_NOT_RULES,
    ),
    "gate2": Reads(
        {"marts": "until", "crosswalk": "lately", "pairs": "lately", "review": "lately", "events": "lately",
         "registry": "lately", "records": "lately", "standardised": "lately"},
        None, ("suites",), but_policy=_SHOWN, too={"verdicts": "before"},
    ),
    "publish": Reads(
        {"marts": "until", "verdicts": "now", "standardised": "now", "crosswalk": "now", "quarantine": "now",
         "report_figures": "before", "registry": "now", "records": "now", "pairs": "until", "link_words": "now"},
        None, ("forms",),
        too={"dispositions": "now", "published": "now", "differences": "now", "closed": "until",
             "source_figures": "before", "events": "until"},
    ),
    "notices": Reads(
        {"crosswalk": "now", "registry": "now", "records": "now", "standardised": "now", "marts": "until",
         "verdicts": "now", "notices": "before", "dispositions": "before", "events": "until", "row_account": "lately",
         "row_findings": "now", "set_aside": "now", "ledger": "now"},
        ("notices.", "release."), ("contracts", "notices"),
        # Answers and days of sending come when they come, and count by their own date.
        too={"notice_answers": "until", "notices_sent": "until", "source_figures": "until"},
    ),
}  # fmt: skip
ORDER = tuple(READS)
# What the verbs beside the flow read.
BESIDE: dict[str, Reads] = {
    "identity": Reads({"registry": "lately", "events": "now"}),
    "correct": Reads({"row_findings": "now", "landed": "now", "ledger": "now", "corrections": "now"}),
    "absorb": Reads(
        {"dispositions": "until", "sent": "until", "registry": "until"},
        too={"events": "until", "marts": "now"},
    ),
    "track": Reads({"dispositions": "until", "sent": "until", "events": "until", "marts": "now"}),
    "absorb_notices": Reads({"notices": "until", "notice_answers": "until"}),
    "notices_sent": Reads({"notices": "now"}),
    "share": Reads(
        {"marts": "lately", "standardised": "until", "crosswalk": "until"},
        ("packages.",),
        too={"verdicts": "now"},
    ),
    "absorb_review": Reads({"review_cards": "now", "review_answers": "now", "registry": "now"}),
}

# Which stage leaves a table; the two gates share one. What is not here, people entered.
WRITES: dict[str, tuple[str, ...]] = {
    "receive": ("landed", "quarantine", "row_account", "ledger", "totals"),
    "close": ("closed",),
    "standardise": (
        "standardised", "records", "profiles", "model_drift", "row_findings", "findings_past", "set_aside",
        "rows_aside",
    ),
    # The slips stand beside the lake.
    "slips": (),
    "gate1": ("verdicts", "feed_shapes"),
    "link": ("crosswalk", "pairs", "link_words", "review", "registry", "events"),
    "quality": (
        "linkage_quality", "linkage_histogram", "linkage_unlinkables", "linked_unlinked", "link_sample",
    ),
    "prepare_review": ("review_cards",),
    "build": ("marts",),
    "gate2": ("verdicts",),
    "publish": ("release", "published", "differences", "report_figures"),
    "notices": ("notices", "source_figures"),
    "identity": ("identity_report",),
    "share": ("package_marks",),
    "track": ("tracking",),
}  # fmt: skip
WRITER = {table: stage for stage, tables in WRITES.items() for table in tables}


def months_read(when: When, month: str, there: list[str]) -> list[str]:
    """Of the months that a table has, those that are looked at."""
    if when == "now":
        return [month]
    if when == "until":
        return [one for one in there if one <= month]
    earlier = [one for one in there if one < month]
    if when == "before":
        return earlier
    return [*earlier[-1:], month] if when == "lately" else earlier[-1:]


def reads_of_earlier(stage: str) -> tuple[str, ...]:
    """The stages whose tables of earlier months decide what a stage makes, in the order of the flow."""
    reads = reads_of(stage)
    tables = [table for table, when in reads.tables.items() if when != "now"] if reads else []
    return tuple(one for one in READS if any(WRITER.get(table) == one for table in tables))


def reads_of(stage: str) -> Reads | None:
    """What a stage or a verb beside the flow reads; None for one that reads no table."""
    return READS.get(stage) or BESIDE.get(stage)
