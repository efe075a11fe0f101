"""Reading an xlsx or xls sheet by sheet, hidden ones too, rows numbered as the spreadsheet shows them.

The native reader runs in a process of its own (``sheet_stream``), bounded in memory and time: what a hostile
workbook does to it ends that process, and here comes a refusal.
"""

from __future__ import annotations

import marshal
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np

from warehouse.errors import DeliveryRefused, Unavailable
from warehouse.intake.form import RESEND, Form
from warehouse.intake.limits import Limits
from warehouse.intake.records import Batch, text_columns
from warehouse.settings import REPOSITORY

_SPLIT = "have the agency split it or save the bare table into a new workbook"
_OUT_OF_MEMORY = (b"memory allocation", b"MemoryError", b"capacity overflow")
_TOLD_BYTES = 1 << 16


class SheetTable:
    """One sheet as a ``Table``."""

    def __init__(
        self,
        sheet: str,
        parts: Iterator[list[list[str]]],
        date_system: str,
        *,
        is_hidden: bool,
        areas: list[tuple[int, int, int, int]],
    ) -> None:
        self._parts = parts
        self._first = next(parts, [])
        self.sheet = sheet
        self.is_hidden = is_hidden
        self.date_system = date_system
        # Merged cells, counted from 0: first row and column, last row and column; of several rows, the rows.
        self.areas = areas
        self.merged = [(top, bottom) for top, _, bottom, _ in areas if bottom > top]

    def first_rows(self, limit: int) -> list[list[str]]:
        """Up to ``limit`` first rows as text, blank ones included."""
        return self._first[:limit]

    def rows(self) -> Iterator[list[str]]:
        """Every row as text, without the empty cells at its end. Can be gone through once, instead of ``batches``."""
        yield from self._first
        for part in self._parts:
            yield from part

    def batches(self, width: int) -> Iterator[Batch]:
        """Every row from number 1 on, as wide as the header. Can be gone through once."""
        start, part = 1, self._first
        while part:
            numbers = np.arange(start, start + len(part), dtype=np.int32)
            yield Batch(numbers, text_columns([row[:width] for row in part], width))
            start += len(part)
            part = next(self._parts, [])


def sheets(path: Path, form: Form, limits: Limits) -> Iterator[SheetTable]:
    """Every worksheet of a workbook, in order; refuses one that is cut off, damaged, locked or too large."""
    bounds = (limits.unpacked_bytes, limits.reading_bytes, limits.reading_seconds)
    command = [
        sys.executable,
        "-m",
        "warehouse.intake.sheet_stream",
        str(path.absolute()),
        form,
        *map(str, bounds),
    ]
    with tempfile.TemporaryFile() as told:
        reader = subprocess.Popen(
            command,
            cwd=REPOSITORY,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=told,
            env=_bare_environment(),
        )
        try:
            assert reader.stdout is not None
            yield from _tables(reader.stdout)
        except EOFError:
            raise _of_death(path, reader.wait(), told, limits) from None
        finally:
            if reader.poll() is None:
                reader.kill()
            reader.wait()
            if reader.stdout is not None:
                reader.stdout.close()


def _bare_environment() -> dict[str, str]:
    """What the reader's process sees of this one's environment: where programs lie, no more."""
    return {
        name: value
        for name, value in os.environ.items()
        if name in ("PATH", "LANG", "LC_ALL", "PYTHONDONTWRITEBYTECODE")
    }


def _tables(stream: IO[bytes]) -> Iterator[SheetTable]:
    message = _next(stream)
    while message[0] != "end":
        _, sheet, is_hidden, date_system, areas = message
        following: list[tuple[Any, ...]] = []

        def parts(following: list[tuple[Any, ...]] = following) -> Iterator[list[list[str]]]:
            while (one := _next(stream))[0] == "rows":
                yield one[1]
            following.append(one)

        table = SheetTable(sheet, parts(), date_system, is_hidden=is_hidden, areas=areas)
        yield table
        for _ in table.batches(1) if not following else ():
            pass
        message = following[0]


def _next(stream: IO[bytes]) -> tuple[Any, ...]:
    """The next message; a refusal of the reader is raised as one, its death is an ``EOFError``."""
    try:
        message: tuple[Any, ...] = marshal.load(stream)
    except (ValueError, TypeError) as error:  # it died in the middle of a word
        raise EOFError from error
    if message[0] == "refused":
        raise DeliveryRefused(message[1], next_step=message[2])
    return message


def _of_death(path: Path, code: int, told: IO[bytes], limits: Limits) -> DeliveryRefused:
    """The refusal that fits how the reader's process ended."""
    told.seek(0)
    words = told.read(_TOLD_BYTES)
    if code == -signal.SIGKILL:  # the system's own killer, for no bound of ours ends a process so
        raise Unavailable(
            f"reading {path.name}: the system ended the reader, as it does when memory runs out.",
            next_step="let other programs end, then run the same again.",
        )
    if any(word in words for word in _OUT_OF_MEMORY):
        return DeliveryRefused(
            f"{path.name} needs more memory to read than the policy's intake_max_reading_mb: a cell may stand far "
            "outside the table.",
            next_step=f"{_SPLIT}, or raise the limit for this region in policy intake.csv.",
        )
    if code == -signal.SIGXCPU:
        return DeliveryRefused(
            f"{path.name} takes longer to read than the policy's intake_max_reading_seconds ({limits.reading_seconds}).",
            next_step=f"{_SPLIT}, or raise the limit for this region in policy intake.csv.",
        )
    return DeliveryRefused(f"{path.name} is a workbook that is cut off or damaged.", next_step=RESEND)
