"""The lake: Parquet partitions under ``HOME/lake``, each replaced whole or not at all.

A partition is a folder ``<table>/<key>=<value>/…``. A stage writes it aside with the sums of its files, has it on
the disk, and exchanges it with the one that stands there, so a reader sees the old one or the new one, never a half
and never a gap. A run that was killed leaves a folder aside, which the next run drops. (Where the file system cannot
exchange, it may leave the old partition under its parking name, which the next look puts back.)
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from warehouse import runs, sums, swap
from warehouse.errors import Misconfigured

_ASIDE = ".aside-"
_PARKED = ".parked-"


class Lake:
    """Everything written between stages, under one home folder.

    ``home`` holds ``lake/`` (this), ``warehouse.duckdb``, ``release/``, ``docs/``, ``logs/``.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.root = home / "lake"

    def partition(self, table: str, **keys: str) -> Path:
        """The folder of a partition, for example ``partition("landed", feed="death", month="2026-10")``."""
        folder = self.root / table
        for key, value in keys.items():
            if not value or "/" in value or value.startswith("."):
                raise Misconfigured(
                    f"'{value}' cannot name a partition of {table}.",
                    next_step="use a feed's or month's plain name.",
                )
            folder = folder / f"{key}={value}"
        _put_back(folder)
        return folder

    @contextmanager
    def replacing(self, table: str, **keys: str) -> Iterator[Path]:
        """Give an empty folder to write into; when the block ends well, it becomes the partition."""
        target = self.partition(table, **keys)
        with replacing_folder(target, finish=sums.write) as aside:
            yield aside

    @contextmanager
    def adding(self, path: Path) -> Iterator[Path]:
        """Give a hidden path to write one file at; when the block ends well, the file stands at ``path``, whole and on
        the disk, and its sum beside it (below the lake). For folders that grow file by file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = sums.aside(path)
        try:
            yield aside
            swap.sync(aside)
            runs.changing(path)
            if path.is_relative_to(self.root):
                sums.add(path.parent, path.name, aside)
            aside.replace(path)
        except BaseException:
            with suppress(OSError):
                aside.unlink(missing_ok=True)
            raise
        swap.sync(path.parent)

    def months(self, table: str, **keys: str) -> list[str]:
        """The months (``YYYY-MM``, sorted) for which a table has a partition."""
        folder = self.partition(table, **keys)
        if not folder.exists():
            return []
        _put_all_back(folder)
        return sorted(p.name.removeprefix("month=") for p in folder.glob("month=*"))

    def feeds(self, table: str, month: str) -> list[str]:
        """The feeds (sorted) that have a partition of ``table`` in a month."""
        for folder in (self.root / table).glob("feed=*"):
            _put_all_back(folder)
        found = (self.root / table).glob(f"feed=*/month={month}")
        return sorted(p.parent.name.removeprefix("feed=") for p in found)

    def write_text(self, path: Path, text: str) -> None:
        """Write one small file whole or not at all."""
        with self.adding(path) as aside:
            aside.write_text(text, encoding="utf-8")


@contextmanager
def replacing_folder(target: Path, finish: Callable[[Path], None] | None = None) -> Iterator[Path]:
    """Write a folder aside and swap it in; on an error the old folder stays as it was.

    ``finish`` is given the folder when all is in it, before it is swapped in.
    """
    _put_back(target)
    aside = target.with_name(f"{_ASIDE}{target.name}")
    parked = target.with_name(f"{_PARKED}{target.name}")
    if aside.exists():
        shutil.rmtree(aside)
    aside.mkdir(parents=True)
    try:
        yield aside
        if finish:
            finish(aside)
        swap.sync_tree(aside)
        runs.changing(target)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    old = aside
    if not target.exists():
        aside.rename(target)
    elif not swap.exchange(aside, target):
        old = parked
        target.rename(parked)
        aside.rename(target)
    swap.sync(target.parent)
    if old.exists():
        shutil.rmtree(old)


def drop(folder: Path) -> None:
    """Take a partition away: at once, not file by file."""
    if not folder.exists():
        return
    runs.changing(folder)
    aside = folder.with_name(f"{_ASIDE}{folder.name}")
    if aside.exists():
        shutil.rmtree(aside)
    folder.rename(aside)
    swap.sync(folder.parent)
    shutil.rmtree(aside)


def _put_all_back(folder: Path) -> None:
    for parked in folder.glob(f"{_PARKED}month=*"):
        _put_back(parked.with_name(parked.name.removeprefix(_PARKED)))


def _put_back(target: Path) -> None:
    """Undo the one instant in which a killed run leaves a partition under its parking name."""
    parked = target.with_name(f"{_PARKED}{target.name}")
    if not parked.exists():
        return
    if target.exists():
        shutil.rmtree(parked)
    else:
        parked.rename(target)
