"""Sums of content: every partition of the lake carries the SHA-256 of each of its files (``.sums.json``).

They are written with the partition and swapped in with it. So a byte that the disk turned round, a file that was
cut off, taken away or put in the place of another is found before a stage works with it, also where the file would
still decode. A folder of an older Doudi has no sums and is passed over; ``doudi check`` counts such files.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

NAME = ".sums.json"


@dataclass(frozen=True)
class Fault:
    """A file that is not what was written: ``missing``, ``changed`` (other bytes) or ``unreadable`` (the sums)."""

    path: Path
    kind: Literal["missing", "changed", "unreadable"]


def sha256(path: Path) -> str:
    """A file's SHA-256, read in blocks."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def named(paths: Iterable[Path], root: Path) -> dict[str, Path]:
    """Files, and all files of folders, by their name below ``root``, in order; hidden ones are left out (a partition
    that is just being written), and what does not exist adds nothing."""
    found: dict[str, Path] = {}
    for path in paths:
        for file in path.rglob("*") if path.is_dir() else [path]:
            name = file.relative_to(root)
            if file.is_file() and not any(part.startswith(".") for part in name.parts):
                found[name.as_posix()] = file
    return dict(sorted(found.items()))


def write(folder: Path) -> None:
    """Write the sums of all files below a folder that is still aside."""
    found = {path.relative_to(folder).as_posix(): sha256(path) for path in files(folder)}
    (folder / NAME).write_text(_rendered(found), encoding="utf-8")


def add(folder: Path, name: str, content: Path) -> None:
    """Note the sum of one file that is about to stand in ``folder`` under ``name``; ``content`` holds its bytes.

    Noted before the file is renamed into place: killed in between, the sum is of a file that still lies aside, and
    ``finish`` puts it in its place before a stage reads the folder again.
    """
    known = read(folder) or {}
    path = folder / NAME
    written = path.with_name(f"{NAME}.aside")
    written.write_text(_rendered({**known, name: sha256(content)}), encoding="utf-8")
    written.replace(path)


def aside(path: Path) -> Path:
    """Where a file is written before it stands at ``path``. Its ending is another: who looks for *.parquet in the
    folder must not meet a half."""
    return path.with_name(f".aside-{path.name}.unfinished")


def finish(folder: Path) -> None:
    """End what a kill left between ``add`` and the rename: a file that lies aside with the very bytes of its sum.

    Only for who holds the locks of the folder: of a run at work it would take the file away.
    """
    if not any(folder.glob(".aside-*.unfinished")):
        return
    for name, told in (read(folder) or {}).items():
        written = aside(folder / name)
        if written.is_file() and sha256(written) == told:
            written.replace(folder / name)


def read(folder: Path) -> dict[str, str] | None:
    """Name below the folder to SHA-256; None when the folder has no sums, or none that can be read."""
    try:
        plain = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    return {str(name): str(told) for name, told in plain.items()} if isinstance(plain, dict) else None


def faults(folder: Path) -> Iterator[Fault]:
    """What in a folder is not as its sums say; nothing for a folder without sums."""
    known = read(folder)
    if known is None:
        if (folder / NAME).exists():
            yield Fault(folder / NAME, "unreadable")
        return
    for name, told in sorted(known.items()):
        path = folder / name
        if not path.is_file():
            yield Fault(path, "missing")
        elif sha256(path) != told:
            yield Fault(path, "changed")


def unrecorded(folder: Path) -> list[Path]:
    """The files of a folder of which nobody noted a sum."""
    known = read(folder) or {}
    return [path for path in files(folder) if path.relative_to(folder).as_posix() not in known]


def files(folder: Path) -> Iterator[Path]:
    """Every file below a folder in order of name, without hidden ones (sums, and what lies half-written)."""
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                yield Path(root, name)


def _rendered(sums: dict[str, str]) -> str:
    return json.dumps(dict(sorted(sums.items())), ensure_ascii=False, indent=1) + "\n"
