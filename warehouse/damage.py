"""Damaged files of the lake: found before a stage works with them, and named with who writes them again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from warehouse import sums
from warehouse.errors import LakeDamaged
from warehouse.months import Month

# Who writes a table of the lake again; what people entered comes back from the backup only.
WRITERS = {
    "receive": ("landed", "quarantine", "row_account", "totals", "ledger"),
    "close": ("closed",),
    "standardise": ("standardised", "records", "profiles", "model_drift", "row_findings", "findings_past", "set_aside",
                    "rows_aside"),
    "link": ("crosswalk", "pairs", "review", "registry", "events"),
    "quality": (
        "linkage_quality", "linkage_histogram", "linkage_unlinkables", "linked_unlinked", "link_sample",
    ),
    "identity": ("identity_report",),
    "prepare_review": ("review_cards",),
    "build": ("marts",),
    "its gate": ("verdicts", "feed_shapes"),
}  # fmt: skip
_MEASURED = WRITERS["quality"]
# What a stage reads of its own month, and of the months before.
_READS: dict[str, tuple[str, ...]] = {
    "receive": ("ledger",),
    "close": ("ledger",),
    "standardise": ("landed", "ledger", "corrections", "findings_past"),
    "gate1": ("standardised", "set_aside", "row_account", "totals", "ledger", "model_drift"),
    "slips": ("row_findings", "landed", "quarantine", "totals", "ledger", "corrections"),
    "link": ("records", "profiles", "decisions"),
    "identity": ("registry", "events"),
    "quality": ("records", "profiles", "standardised", "crosswalk", "pairs", "review", "registry", "labels"),
    "prepare_review": ("review", "registry", "link_sample", "records"),
    "build": ("standardised", "set_aside", "rows_aside", "records", "crosswalk", "events", "registry", "row_account",
              *_MEASURED),
    "gate2": ("marts", "crosswalk", "pairs", "review", "events", "records", "registry", "standardised"),
    "publish": ("marts", "crosswalk", "verdicts", "standardised", "row_account", "ledger"),
    "absorb": ("dispositions",),
    "absorb_review": ("review_cards", "review_answers", "registry"),
}  # fmt: skip
_READS_OF_EARLIER: dict[str, tuple[str, ...]] = {
    "receive": ("ledger",),
    "gate1": ("standardised", "row_account", "ledger", "feed_shapes"),
    "link": ("registry", "events", "decisions", "frequencies"),
    "identity": ("registry",),
    "quality": ("standardised", "records", "labels"),
    "prepare_review": ("labels",),
    "build": ("standardised", "records", "crosswalk", "events", "dispositions", "marts", *_MEASURED),
    "gate2": ("marts",),
    "publish": ("report_figures",),
}
# Of these the months before the last say nothing any more.
_LAST_ONLY = ("registry",)
_MAGIC = b"PAR1"


def refuse_damaged(stage: str, month: Month, home: Path) -> None:
    """``LakeDamaged`` when a file that the stage is about to read is not the one that was written."""
    for folder in _read_by(stage, month, home / "lake"):
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
    month = next(
        (part.removeprefix("month=") for part in path.parts if part.startswith("month=")), "its month"
    )
    stage = path.stem if table == "outcomes" else ""
    stage = stage or next((writer for writer, tables in WRITERS.items() if table in tables), "")
    if not stage:
        return "bring this file back from the backup of the home: nothing else holds what it held."
    return f"move the file away, run {stage} for {month} again and the stages after it; look after the disk."


def _read_by(stage: str, month: Month, root: Path) -> Iterator[Path]:
    own, earlier = _READS.get(stage, ()), _READS_OF_EARLIER.get(stage, ())
    for table in dict.fromkeys((*own, *earlier)):
        for found in sorted((root / table).rglob(sums.NAME)):
            of = next((p.removeprefix("month=") for p in found.parts if p.startswith("month=")), None)
            if any(part.startswith(".") for part in found.parent.relative_to(root).parts):
                continue
            is_earlier = of is None or of < str(month)
            if is_earlier and table in _LAST_ONLY and of != str(month.previous):
                continue
            if (of == str(month) and table in own) or (is_earlier and table in earlier):
                yield found.parent


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
