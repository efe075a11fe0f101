"""The deletion: noted in both logs first, then every folder at once; a second run ends what a kill left."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from warehouse import access, audit_log
from warehouse.access import Item
from warehouse.errors import Refused
from warehouse.lake import Lake, drop
from warehouse.locks import alone_in_home
from warehouse.policy import Policy
from warehouse.retention.due import Due, survey
from warehouse.retention.expired import mark


@dataclass(frozen=True)
class Deleted:
    """What went: the entry of the audit log (empty: nothing was due) and the months by kind."""

    entry: str
    due: tuple[Due, ...]


def delete_due(lake: Lake, policy: Policy, on: date, *, by: str, reason: str) -> Deleted:
    """Delete what policy no longer keeps and no later month needs, as of a day.

    ``Refused`` when nobody is named or no reason given; ``Unavailable`` while a run is at work. The entry of the audit
    log tells kinds, months and counts; whatever backups hold of it stays there until they are destroyed.
    """
    if not by.strip() or not reason.strip():
        raise Refused("a deletion wants a name and a reason.", next_step="give --by and --reason.")
    with alone_in_home(lake.home):
        due = tuple(one for standing in survey(lake, policy, on) for one in standing.due if not one.kept_for)
        if not due:
            return Deleted("", ())
        items = [Item(f"{one.kind.kind}/{one.month}", "", one.rows, one.files) for one in due]
        noted = access.note(
            lake, "read", "retention", items, who=access.who_acts(by), purpose=f"到期删除：{reason}", on=on
        )
        counts: Counter[str] = Counter()
        for one in due:
            counts[one.kind.kind] += one.rows or one.files
        facts = {
            "deleted": {one.kind.kind: sorted(d.month for d in due if d.kind is one.kind) for one in due},
            "counts": dict(sorted(counts.items())),
            "policy": {one.kind.parameter: policy.line(one.kind.parameter).reference for one in due},
            **access.anchor(noted),
        }
        entry = audit_log.append(
            lake, "retention", by=by, reason=reason, on=on, subject="到期删除", facts=facts
        )
        mark(lake, entry.seq, _parts(due, lake))
        for one in due:
            for folder in one.folders:
                drop(folder)
                _tidy(folder.parent, lake.home)
    return Deleted(entry.mark, due)


def _parts(due: tuple[Due, ...], lake: Lake) -> set[tuple[str, str]]:
    return {
        (folder.relative_to(lake.root).parts[0], one.month)
        for one in due
        for folder in one.folders
        if folder.is_relative_to(lake.root)
    } | {("release", one.month) for one in due if one.kind.kind == "releases"}


def _tidy(folder: Path, home: Path) -> None:
    """Take away a folder that nothing lies in any more."""
    while folder != home and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
