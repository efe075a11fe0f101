"""Entries and exits between two months, by class, category and reason (R086), whenever somebody asks for them."""

from __future__ import annotations

from pathlib import Path

from warehouse.database import in_memory
from warehouse.errors import Misconfigured
from warehouse.lake import Lake, replacing_folder
from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.release import frame, marts
from warehouse.release.cautions import Cautions
from warehouse.release.fill import Occasion
from warehouse.release.form import forms
from warehouse.release.issue import issue_form
from warehouse.release.manifest import Item
from warehouse.release.unassessed import Unassessed
from warehouse.release.verdict_check import passed_verdicts

_FORM = "changes_summary"


def report_changes(
    since: Month, month: Month, *, lake: Lake, policy: Policy
) -> tuple[Path, list[Item], list[str]]:
    """Write ``HOME/reports/changes/<since>_<month>/``; gives the folder, its files, and the months that were not built.

    ``NotReleased`` when a gate of the last month has not passed.
    """
    if since > month:
        raise Misconfigured(
            f"the period ends ({month}) before it begins ({since}).",
            next_step="give --since as the earlier month.",
        )
    verdicts = passed_verdicts(month, lake, policy)
    target = lake.home / "reports" / "changes" / f"{since}_{month}"
    with in_memory(lake.home) as con, replacing_folder(target) as folder:
        marts.attach(con, lake, month)
        frame.prepare(con, lake, month, policy, since=since)
        unassessed = Unassessed(con, lake, month)
        occasion = Occasion(month, since, policy, unassessed, Cautions(verdicts))
        items = issue_form(folder, con, forms()[_FORM], occasion, when=f"{since}_{month}")
    return target, items, unassessed.months_missing(since)
