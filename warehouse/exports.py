"""What a stage leaves for people outside the house, and its entry in the access log.

Every stage that writes files for people is named here with their folder. When it has ended, what lies there is held
against what the log noted of that folder last: another content is one more export, the same content none, so that a
stage that runs again leaves no entry and a killed one leaves its entry when it runs again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from warehouse import access, audit_log, sums
from warehouse.access import Access, Item
from warehouse.audit_log import entries
from warehouse.errors import LakeDamaged, Refused
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.operations.run_log import clock
from warehouse.outcomes import recorded

TAKEN_OVER = "access_begin"
# Linkage writes it since just after the log was there, and no version before.
_SINCE_THE_LOG = "link_words"


@dataclass(frozen=True)
class Export:
    """A folder below the home (``{month}`` is the stage's), for whom and why; ``counted``: the outcome's count of rows."""

    folder: str
    audience: str
    purpose: str
    counted: str = ""


# By stage. Where a folder has a manifest, this tells audiences and rows.
EXPORTS: dict[str, tuple[Export, ...]] = {
    "slips": (Export("slips/{month}", "slip", "请来源单位更正数据", "lines"),),
    "prepare_review": (Export("review/{month}", "review", "人员核对", "cards"),),
    "absorb_review": (
        Export("review/{month}", "review", "人员核对", "cards"),
        Export("returns/{month}", "review", "退回不能采用的核对", "refused"),
    ),
    "publish": (Export("release/{month}", "list", "按月发布"),),
    "absorb": (Export("returns/{month}", "list", "退回不能采用的答复", "refused"),),
    "correct": (Export("returns/{month}", "slip", "退回不能采用的更正", "refused"),),
    "notices": (Export("notices/{month}", "notice", "向来源单位校核纠错", "written"),),
    "track": (Export("tracking/{month}", "tracking", "催办未答复的预警"),),
    "share": (Export("packages/{month}", "partner", "按协议共享"),),
}


def note_exports(stage: str, month: Month, home: Path, by: str | None = None) -> list[Access]:
    """Note what a stage has left for people and the log does not know yet; gives the entries that were added.

    ``by``: whoever let it go out, where the stage asks for a name; else the account.
    """
    lake, added = Lake(home), []
    if stage in EXPORTS:
        access.settle(lake)
    for export in EXPORTS.get(stage, ()):
        items = _items(export, stage, month, lake)
        place = export.folder.format(month=month)
        if stage == "share":  # each package goes to a partner of its own: only what is new went out
            known = set(_noted(lake, place, ever=True))
            items = [one for one in items if one not in known]
        if not items or _noted(lake, place) == tuple(items):
            continue
        added.append(
            access.note(
                lake, "export", stage, items, who=access.who_acts(by), purpose=export.purpose,
                on=clock()[:10], month=month,
            )
        )  # fmt: skip
    return added


def unnoted(lake: Lake) -> list[str]:
    """The folders whose content no entry of the log tells: files that were put there or changed past the stages."""
    missing = []
    for stage, exports in EXPORTS.items():
        for export in exports:
            for folder in sorted(lake.home.glob(export.folder.replace("{month}", "[0-9]*-[0-9]*"))):
                items = _items(export, stage, Month.parse(folder.name), lake)
                place = folder.relative_to(lake.home).as_posix()
                if items and {one.content for one in items} - {
                    one.content for one in _noted(lake, place, ever=stage == "share")
                }:
                    missing.append(place)
    return sorted(set(missing))


def made_before_the_log(lake: Lake, place: str) -> bool:
    """Whether a folder is of a month that was linked before homes kept an access log: then nobody took an entry away.

    A month that was linked since bears a table that no earlier version wrote. What lies there of such a month had its
    entry; where it is missing, the log was tampered with.
    """
    return not any(lake.partition(_SINCE_THE_LOG, month=Path(place).name).glob("*.parquet"))


def take_over(lake: Lake, *, by: str, reason: str, on: date) -> list[str]:
    """Write down by name that folders lie there from before the log, as they are now; gives the folders.

    Nothing is claimed of who took what before: each folder gets an entry with what lies there on the day, and an entry of
    the audit log (``TAKEN_OVER``) rests on the last of them, so that none can be taken away again. ``LakeDamaged`` when the
    log is not whole, or when a folder is of a month that had its entry once; ``Refused`` when there is nothing to take over,
    nobody is named or no reason is given.
    """
    check = access.verify(lake)
    if not check.is_whole:
        raise LakeDamaged(f"the access log is not whole: {check.fault}.", next_step=access.NEXT_STEP)
    places = unnoted(lake)
    lost = [place for place in places if not made_before_the_log(lake, place)]
    if lost:
        raise LakeDamaged(
            f"{', '.join(lost)}: this was made by a version that notes what it leaves, and its entry is gone or the files "
            "are others. It cannot be taken over.",
            next_step="bring lake/access_log back from the backup of the home, or run the stage again that writes it.",
        )
    audit_log.refuse_unfit(TAKEN_OVER, by, reason)
    if not places:
        raise Refused("nothing lies there from before the log.", next_step="nothing is to be done.")
    last = None
    for place in places:
        month = Month.parse(Path(place).name)
        stage, export = next(
            (stage, one) for stage, all_ in EXPORTS.items() for one in all_ if one.folder.format(month=month) == place
        )  # fmt: skip
        last = access.note(
            lake, "export", TAKEN_OVER, _items(export, stage, month, lake), who=access.who_acts(by),
            purpose=f"接续：此前没有记录（{reason}）", on=on, month=month,
        )  # fmt: skip
    if last:
        facts = {**access.anchor(last), "folders": places}
        audit_log.append(
            lake, TAKEN_OVER, by=by, reason=reason, on=on, subject=f"{len(places)} folder(s)", facts=facts
        )
    return places


def _items(export: Export, stage: str, month: Month, lake: Lake) -> list[Item]:
    """What lies in the folder of an export, by audience and kind where a manifest tells them."""
    place = export.folder.format(month=month)
    folder = lake.home / place
    digests = {
        name: sums.sha256(path)
        for name, path in sums.named([folder], folder).items()
        if not name.startswith("versions/")
    }
    if not digests:
        return []
    if stage == "share":
        return _packages(export, folder, digests, month, lake)
    listed = _manifest(folder)
    if not listed:
        outcome = recorded(lake, stage, month)
        rows = outcome.counts.get(export.counted, 0) if outcome else 0
        return [Item(place, export.audience, rows, len(digests), _hash(digests))]
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for one in listed:
        groups.setdefault((str(one.get("kind", "")), str(one.get("audience", ""))), []).append(one)
    return [
        Item(
            f"{place}:{kind}", audience, sum(int(one.get("rows") or 0) for one in files), len(files),
            _hash({one["path"]: digests.get(one["path"], "") for one in files}),
        )
        for (kind, audience), files in sorted(groups.items())
    ]  # fmt: skip


def _packages(export: Export, folder: Path, digests: dict[str, str], month: Month, lake: Lake) -> list[Item]:
    """An item for each package, with the rows that the audit log tells of it: what is inside is sealed."""
    from warehouse.packages.ledger import SHARED  # sealing is slow to load, and every stage ends here

    rows = {
        one.subject: sum(one.facts["rows"].values())
        for one in entries(lake, kind=SHARED)
        if one.month == str(month)
    }
    files: dict[str, dict[str, str]] = {}
    for name, digest in digests.items():
        files.setdefault(name.partition("/")[0], {})[name] = digest
    place = export.folder.format(month=month)
    return [
        Item(f"{place}:{package}", export.audience, rows.get(package, 0), len(theirs), _hash(theirs))
        for package, theirs in sorted(files.items())
    ]


def _manifest(folder: Path) -> list[dict[str, Any]]:
    path = folder / "manifest.json"
    if not path.is_file():
        return []
    try:
        listed = json.loads(path.read_text(encoding="utf-8")).get("files") or []
    except (ValueError, AttributeError):
        return []
    return [one for one in listed if isinstance(one, dict) and "path" in one]


def _noted(lake: Lake, place: str, *, ever: bool = False) -> tuple[Item, ...]:
    """What the log noted of a folder last; ``ever``: in all its entries."""
    found: list[Item] = []
    for entry in _backwards(lake):
        items = entry.get("items", [])
        if entry.get("act") == "export" and items and str(items[0]["what"]).partition(":")[0] == place:
            found += [Item(**one) for one in items]
            if not ever:
                break
    return tuple(found)


def _backwards(lake: Lake) -> Iterator[dict[str, Any]]:
    for path in sorted((lake.root / access.TABLE).glob("[0-9]*.json"), reverse=True):
        try:
            yield json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            continue


def _hash(digests: dict[str, str]) -> str:
    told = json.dumps(digests, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()
