"""Restore: a home from an archive, whole or not at all.

Everything is unpacked beside what stands there and held against the archive's list before a single name changes.
Then the parts change places by renames, of which a note says how far they have come (``.restoring/swap.json``): while it
stands no stage begins, and the next restore ends what was cut short. ``tmp`` with its locks stays where it is, and a
folder of the home that is a disk of its own (``release`` in containers) is filled inside.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from warehouse import audit_log, sums, swap
from warehouse.archive import RESTORING, SCRATCH, Contents, read_archive
from warehouse.errors import LakeDamaged, Refused
from warehouse.lake import Lake
from warehouse.locks import alone_in_home
from warehouse.runs import RESTORE_NOTE

_NOTE = RESTORE_NOTE.name
# What a file system puts into a new disk.
_NOT_OURS = (SCRATCH, RESTORING, "lost+found")


@dataclass(frozen=True)
class Restored:
    """What was restored, and a sentence where the audit log could not take its entry."""

    contents: Contents
    sha256: str
    unlogged: str = ""


def restore(
    home: Path, archive: Path, *, by: str, reason: str, on: datetime, replace: bool = False
) -> Restored:
    """Make ``home`` what ``archive`` holds, and enter that into its audit log (``restore``: ``by``, ``reason``, ``on``).

    ``Refused`` when something stands in the home and ``replace`` was not said, or when a name in the archive leads
    elsewhere; ``LakeDamaged`` when the archive is cut off or changed; ``Unavailable`` while a run is at work. In every
    such case the home is as it was.
    """
    home.mkdir(parents=True, exist_ok=True)
    with alone_in_home(home):
        if (home / RESTORE_NOTE).exists():
            _swap_in(home)  # a restore that was cut short after all had been verified: its home is whole now
        _sweep(home)
        if not replace and any(_stands(home)):
            raise Refused(
                "the home is not empty.",
                next_step="give an empty folder, or say --replace: what stands there is then gone (back it up first).",
            )
        try:
            digest = sums.sha256(archive) if archive.is_file() else ""
            new = home / RESTORING / "new"
            contents = read_archive(archive, new)
            unlogged = _log(home, new, archive, contents, digest, by=by, reason=reason, on=on)
            _prepare(home, new)
        except BaseException:
            _sweep(home)
            raise
        _swap_in(home)
    return Restored(contents, digest, unlogged)


def _stands(home: Path) -> list[Path]:
    """What stands in a home; an empty folder that is a disk of its own does not count."""
    return [
        path
        for path in sorted(home.iterdir())
        if path.name not in _NOT_OURS
        and not (
            path.is_dir() and path.is_mount() and not any(p.name not in _NOT_OURS for p in path.iterdir())
        )
    ]


def _log(
    home: Path,
    new: Path,
    archive: Path,
    contents: Contents,
    digest: str,
    *,
    by: str,
    reason: str,
    on: datetime,
) -> str:
    """Add the entry to the log that is about to stand, and say which log it takes the place of."""
    new.mkdir(parents=True, exist_ok=True)
    before = audit_log.verify(Lake(home)) if (home / "lake").is_dir() else None
    facts: dict[str, object] = {
        "archive_sha256": digest, "what": contents.what, "files": len(contents.members), "bytes": contents.bytes,
    }  # fmt: skip
    if before is not None and before.entries:
        facts |= {"log_before_entries": before.entries, "log_before_head": before.head}
    try:
        audit_log.append(Lake(new), "restore", by=by, reason=reason, on=on, subject=archive.name, facts=facts)
    except LakeDamaged as error:
        return f"the restore is not in the audit log: {error.what}"
    finally:
        shutil.rmtree(new / SCRATCH, ignore_errors=True)
    return ""


def _prepare(home: Path, new: Path) -> None:
    """Bring what belongs onto another disk there, have all of it on the disks, and write the note of the swap."""
    note: dict[str, dict[str, list[str]]] = {}
    for top in sorted(home.iterdir()):
        if top.name not in _NOT_OURS and top.is_dir() and top.is_mount():
            inside = top / RESTORING / "new"
            inside.mkdir(parents=True)
            if (new / top.name).is_dir():
                shutil.copytree(new / top.name, inside, dirs_exist_ok=True)
                shutil.rmtree(new / top.name)
            swap.sync_tree(inside)
            note[top.name] = _names(top)
    swap.sync_tree(new)
    own = _names(home)
    note[""] = {key: [name for name in names if name not in note] for key, names in own.items()}
    for base in note:
        (home / base / RESTORING / "old").mkdir()
    path = home / RESTORING / _NOTE
    aside = path.with_name(f"{_NOTE}.aside")
    aside.write_text(json.dumps(note, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    swap.sync(aside)
    aside.replace(path)
    swap.sync(path.parent)


def _names(base: Path) -> dict[str, list[str]]:
    new = base / RESTORING / "new"
    return {
        "old": sorted(path.name for path in base.iterdir() if path.name not in _NOT_OURS),
        "new": sorted(path.name for path in new.iterdir()) if new.is_dir() else [],
    }


def _swap_in(home: Path) -> None:
    """Let old and new change places, as far as the note says; may be cut short anywhere and done again."""
    note: Mapping[str, Mapping[str, list[str]]] = json.loads(
        (home / RESTORING / _NOTE).read_text(encoding="utf-8")
    )
    for name, names in note.items():
        base = home / name
        new, old = base / RESTORING / "new", base / RESTORING / "old"
        for one in names["old"]:
            if not (old / one).exists():
                (base / one).rename(old / one)
        for one in names["new"]:
            if (new / one).exists():
                _drop(base / one)  # whatever a door wrote there since: a log, a page of operations
                (new / one).rename(base / one)
        swap.sync(base)
    (home / RESTORING / _NOTE).unlink()
    swap.sync(home / RESTORING)
    _sweep(home)


def _drop(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _sweep(home: Path) -> None:
    """Throw away what a restore left lying beside: before its note nothing had changed, after it all is done."""
    for base in (home, *(path for path in home.iterdir() if path.is_dir() and path.is_mount())):
        shutil.rmtree(base / RESTORING, ignore_errors=True)
