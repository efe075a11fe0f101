"""The lake: Parquet partitions under ``HOME/lake``, each replaced whole or not at all.

A partition is a folder ``<table>/<key>=<value>/…``. A stage writes it aside and then swaps it in, so
a reader sees the old one or the new one, never a half. A run that was killed leaves either an
unfinished folder aside (dropped by the next run) or, in the instant between two renames, the old
partition under its parking name (put back by the next look at it).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
        with replacing_folder(target) as aside:
            yield aside

    def months(self, table: str, **keys: str) -> list[str]:
        """The months (``YYYY-MM``, sorted) for which a table has a partition."""
        folder = self.partition(table, **keys)
        if not folder.exists():
            return []
        for parked in folder.glob(f"{_PARKED}month=*"):
            _put_back(parked.with_name(parked.name.removeprefix(_PARKED)))
        return sorted(p.name.removeprefix("month=") for p in folder.glob("month=*"))

    def feeds(self, table: str, month: str) -> list[str]:
        """The feeds (sorted) that have a partition of ``table`` in a month."""
        found = (self.root / table).glob(f"feed=*/month={month}")
        return sorted(p.parent.name.removeprefix("feed=") for p in found)

    def write_text(self, path: Path, text: str) -> None:
        """Write one small file whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f"{_ASIDE}{path.name}")
        aside.write_text(text, encoding="utf-8")
        aside.replace(path)


@contextmanager
def replacing_folder(target: Path) -> Iterator[Path]:
    """Write a folder aside and swap it in; on an error the old folder stays as it was."""
    _put_back(target)
    aside = target.with_name(f"{_ASIDE}{target.name}")
    parked = target.with_name(f"{_PARKED}{target.name}")
    if aside.exists():
        shutil.rmtree(aside)
    aside.mkdir(parents=True)
    try:
        yield aside
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    if target.exists():
        target.rename(parked)
    aside.rename(target)
    if parked.exists():
        shutil.rmtree(parked)


def _put_back(target: Path) -> None:
    """Undo the one instant in which a killed run leaves a partition under its parking name."""
    parked = target.with_name(f"{_PARKED}{target.name}")
    if not parked.exists():
        return
    if target.exists():
        shutil.rmtree(parked)
    else:
        parked.rename(target)
