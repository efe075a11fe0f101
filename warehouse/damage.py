"""Damaged files of the lake: found before a stage works with them, and named with who writes them again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from warehouse import sums
from warehouse.errors import LakeDamaged
from warehouse.flow import WRITER, months_read, reads_of
from warehouse.months import Month

_MAGIC = b"PAR1"


def refuse_damaged(stage: str, month: Month, home: Path) -> None:
    """``LakeDamaged`` when a file that the stage is about to read is not the one that was written."""
    for folder in _read_by(stage, month, home / "lake"):
        sums.finish(folder)
        for fault in sums.faults(folder):
            raise of_fault(fault, f"{stage} {month}", home)


def of_fault(fault: sums.Fault, what: str, home: Path) -> LakeDamaged:
    """The error that names a faulty file, how it is faulty, and who writes it again."""
    how = {
        "missing": "is missing",
        "changed": "is damaged: its bytes are not those that were written",
        "unreadable": "is damaged: the sums of its folder cannot be read",
    }[fault.kind]
    return LakeDamaged(
        f"{what}: {fault.path.relative_to(home)} {how}.",
        next_step=mended_by(fault.path.relative_to(home / "lake")),
    )


def damaged(what: str, home: Path) -> LakeDamaged | None:
    """The first file of the lake that is not whole: an engine that failed on it does not always name it."""
    for path in sorted((home / "lake").rglob("*")):
        if any(part.startswith(".") for part in path.relative_to(home).parts) or not path.is_file():
            continue
        if (path.suffix == ".parquet" and not _is_whole(path)) or (
            path.suffix == ".json" and not _is_json(path)
        ):
            return LakeDamaged(
                f"{what}: {path.relative_to(home)} is damaged (cut off or overwritten).",
                next_step=mended_by(path.relative_to(home / "lake")),
            )
    return None


def mended_by(path: Path) -> str:
    """The next step for a damaged file, by its place below the lake."""
    table = path.parts[0]
    month = _month_of(path) or "its month"
    # What people entered has no writer.
    stage = path.stem if table in ("outcomes", "verdicts") else WRITER.get(table, "")
    if not stage:
        return "bring this file back from the backup of the home: nothing else holds what it held."
    return f"move the file away, run {stage} for {month} again and the stages after it; look after the disk."


def _read_by(stage: str, month: Month, root: Path) -> Iterator[Path]:
    """The folders with sums that the stage opens for the month, each once."""
    reads = reads_of(stage)
    seen: set[Path] = set()
    for table, when in reads.files if reads else ():
        folders = [
            path.parent
            for path in sorted((root / table).rglob(sums.NAME))
            if not any(part.startswith(".") for part in path.parent.relative_to(root).parts)
        ]
        months = months_read(
            when, str(month), sorted({of for folder in folders if (of := _month_of(folder))})
        )
        for folder in folders:
            # What is kept by another key than the month (a quarter, a date) is of earlier.
            of = _month_of(folder)
            if folder not in seen and (of in months or (not of and when != "now")):
                seen.add(folder)
                yield folder


def _month_of(path: Path) -> str:
    return next((part.removeprefix("month=") for part in path.parts if part.startswith("month=")), "")


def _is_whole(path: Path) -> bool:
    with path.open("rb") as handle:
        size = path.stat().st_size
        head = handle.read(len(_MAGIC))
        handle.seek(max(0, size - 8))
        tail = handle.read()
    return head == _MAGIC == tail[4:] and int.from_bytes(tail[:4], "little") <= size - 12


def _is_json(path: Path) -> bool:
    try:
        json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return False
    return True
