"""Backup: the home into one file, whole or what cannot be made again, while no run is at work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Literal

from warehouse.archive import HALF, SCRATCH, Contents, read_archive, write_archive
from warehouse.database import warehouse_file
from warehouse.errors import LakeDamaged, Misconfigured, Refused
from warehouse.lake import Lake
from warehouse.locks import alone_in_home
from warehouse.swap import sync

What = Literal["whole", "needed"]
# What the inbox cannot give again: answers and judgements of people, who decided and looked, ids handed out, which
# files were ever seen, figures as reported, names as counted, and how a month stood when it went out.
NEEDED_TABLES = (
    "access_log", "audit_log", "closed", "corrections", "decisions", "differences", "dispositions", "events", "findings_past",
    "frequencies", "identity_answers", "labels", "ledger", "notice_answers", "notices", "notices_sent", "outcomes", "package_marks", "registry", "report_figures", "retention", "review_answers", "review_cards",
    "review_results", "row_findings", "sent", "standing", "unfinished", "verdicts",
)  # fmt: skip
NEEDED_FOLDERS = ("notices", "packages", "release", "returned", "returns", "review", "slips")


def backup(home: Path, to: Path, what: What = "whole") -> Contents:
    """Write the archive ``to`` and read it once more before it gets its name; gives what it holds.

    ``Unavailable`` while a run is at work or another program holds the warehouse file, ``Misconfigured`` when there is
    no home or ``to`` stands already, ``Refused`` for a link in the home, which an archive could not bring back.
    """
    if not (home / "lake").is_dir():
        raise Misconfigured(
            "there is no home to back up: it has no lake.",
            next_step="name the home with --home (DOUDI_HOME).",
        )
    if to.exists():
        raise Misconfigured(f"{to.name} is there already.", next_step="give the backup a name of its own.")
    if to.absolute().is_relative_to(home.absolute()):
        raise Misconfigured(
            "the backup would lie inside the home that it is of.", next_step="write it to another disk."
        )
    with alone_in_home(home):
        _refuse_open_warehouse(home)
        files = {path.relative_to(home).as_posix(): path for path in _files(home, what)}
        to.parent.mkdir(parents=True, exist_ok=True)
        aside = to.with_name(f".aside-{to.name}")
        aside.unlink(missing_ok=True)
        try:
            written = write_archive(aside, files, what=what, months=tuple(Lake(home).months("outcomes")))
            sync(aside)
            if read_archive(aside) != written:
                raise LakeDamaged(
                    f"{to.name} does not read as it was written.",
                    next_step="look after the disk, then try again.",
                )
            aside.rename(to)
        except BaseException:
            with suppress(OSError):
                aside.unlink(missing_ok=True)
            raise
        sync(to.parent)
    return written


def _refuse_open_warehouse(home: Path) -> None:
    """A program that holds the file may be writing into it."""
    if (home / "warehouse.duckdb").exists():
        with suppress(LakeDamaged), warehouse_file(home, read_only=True):
            pass


def _files(home: Path, what: What) -> Iterator[Path]:
    for top in sorted(home.iterdir()):
        if top.name == SCRATCH or top.name.startswith(HALF):
            continue
        if top.name == "lake":
            for table in sorted(top.iterdir()):
                if what == "whole" or table.name in NEEDED_TABLES:
                    yield from _below(table, home)
        elif what == "whole" or top.name in NEEDED_FOLDERS:
            yield from _below(top, home)


def _below(path: Path, home: Path) -> Iterator[Path]:
    if path.is_symlink():
        raise Refused(
            f"{path.relative_to(home)} is a link: what it leads to would not be in the backup.",
            next_step="put the folder itself into the home, or mount it there.",
        )
    if path.is_dir():
        for below in sorted(path.iterdir()):
            if not below.name.startswith(HALF) and not below.name.endswith(".aside"):
                yield from _below(below, home)
    elif path.is_file():
        yield path
