"""The versions of a month's release: what was handed out stays, whole, when something else is handed out.

A release is one version as long as the files that leave the house are the same, byte for byte. Another content
is the next version: the former one moves, with its manifest, to ``versions/<number>/`` inside the new folder, and
the manifest names the hash of the one it replaces.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from warehouse.release.manifest import NAME, Item
from warehouse.sums import sha256

FOLDER = "versions"
SUPPLEMENT = "supplement"
# The page tells of the gates; it is not handed out, and a supplement belongs to the step, not to the month.
_APART = ("page", SUPPLEMENT)


@dataclass(frozen=True)
class Version:
    """A version of a release: its number, the hash of the manifest that it replaces (empty for the first), the files
    of its supplement, and how many warnings it added, withdrew and changed on the lists."""

    number: int = 1
    supersedes: str = ""
    supplement: tuple[Item, ...] = ()
    difference: dict[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """What the manifest says of it beside its files."""
        return {"version": self.number, "supersedes": self.supersedes, "difference": self.difference}


@dataclass(frozen=True)
class Standing:
    """The release that stands in a folder: its version, the hash over what it hands out, its manifest's hash."""

    version: Version
    content: str
    manifest: str


def standing(folder: Path) -> Standing | None:
    """The release in ``folder``; None when there is none."""
    path = folder / NAME
    if not path.is_file():
        return None
    plain: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    supplement = tuple(_item(file) for file in plain["files"] if file["kind"] == SUPPLEMENT)
    version = Version(
        plain.get("version", 1), plain.get("supersedes", ""), supplement, plain.get("difference", {})
    )
    return Standing(version, _digest(plain["files"]), sha256(path))


def content_of(folder: Path, items: list[Item]) -> str:
    """The hash over what the files in ``folder`` hand out."""
    return _digest(
        [{"path": item.path, "kind": item.kind, "sha256": sha256(folder / item.path)} for item in items]
    )


def carry_over(old: Path, new: Path, version: Version) -> None:
    """Take the supplement and the earlier versions of the release in ``old`` along: the content is the same."""
    for item in version.supplement:
        _link(old / item.path, new / item.path)
    _link_tree(old / FOLDER, new / FOLDER)


def put_away(old: Path, new: Path, version: Version) -> None:
    """Keep the release in ``old`` whole as ``versions/<number>`` of the one in ``new``, beside those before it."""
    _link_tree(old / FOLDER, new / FOLDER)
    target = new / FOLDER / str(version.number)
    for path in sorted(old.rglob("*")):
        inside = path.relative_to(old)
        if path.is_file() and inside.parts[0] != FOLDER:
            _link(path, target / inside)


def folders(release: Path) -> list[Path]:
    """The folders of every version of a release, the latest first."""
    kept = [path for path in (release / FOLDER).glob("[0-9]*") if path.is_dir()]
    return [release, *sorted(kept, key=lambda path: -int(path.name))]


def _digest(files: list[dict[str, Any]]) -> str:
    lines = sorted(f"{file['path']}\0{file['sha256']}" for file in files if file["kind"] not in _APART)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _item(plain: dict[str, Any]) -> Item:
    return Item(plain["path"], plain["kind"], plain["rows"], plain["audience"], plain["warnings"])


def _link_tree(old: Path, new: Path) -> None:
    for path in sorted(old.rglob("*")) if old.is_dir() else []:
        if path.is_file():
            _link(path, new / path.relative_to(old))


def _link(old: Path, new: Path) -> None:
    """A second name for the same bytes (no file of a release is ever written into); a copy where there is no such."""
    new.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(old, new)
    except OSError:
        shutil.copyfile(old, new)
