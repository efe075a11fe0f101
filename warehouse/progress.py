"""How far a long stage is: so many of so many rows (or files, pieces), and about how long it still takes.

On a terminal one line of standard error, written over and gone at the end; elsewhere a line of the log now and then.
It tells counts only, never a value, and nothing that a stage writes depends on it. A short stage tells nothing.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TextIO

log = logging.getLogger("doudi.progress")

# A line each so many seconds: a person who looks, a log that is kept.
TERMINAL_SECONDS = 0.5
LOG_SECONDS = 60.0
# Before so much of the whole is done, what is left cannot be told.
KNOWN_FROM = 0.02
_CLEAR = "\r\x1b[K"


class Progress:
    """What is done of a whole, in one unit; ``step`` is called as often as one likes."""

    def __init__(self, what: str, whole: int, unit: str, per: int, stream: TextIO) -> None:
        self._what, self._whole, self._unit, self._per, self._stream = what, whole, unit, per, stream
        self.done = 0
        self._begun = self._told = time.monotonic()
        self._is_shown = False

    def step(self, done: int) -> None:
        """So many more are done."""
        self.done += done
        is_terminal, now = self._stream.isatty(), time.monotonic()
        if now - self._told < (TERMINAL_SECONDS if is_terminal else LOG_SECONDS):
            return
        self._told = now
        if is_terminal:
            self._stream.write(_CLEAR + self.sentence(now - self._begun))
            self._stream.flush()
            self._is_shown = True
        else:
            log.info("%s", self.sentence(now - self._begun))

    def sentence(self, seconds: float) -> str:
        """Where it stands after so many seconds."""
        share = self.done / self._whole if self._whole else 1.0
        done, whole = self.done // self._per, self._whole // self._per
        said = f"{self._what}: {done:,} of {whole:,} {self._unit}"
        if not KNOWN_FROM <= share < 1.0:
            return said
        left = seconds / share * (1.0 - share)
        return f"{said}, about {f'{left / 60:.0f} min' if left >= 90 else f'{left:.0f} s'} left"

    def clear(self) -> None:
        """Take the line off the terminal."""
        if self._is_shown:
            self._stream.write(_CLEAR)
            self._stream.flush()


_NOW: ContextVar[Progress | None] = ContextVar("progress", default=None)


@contextmanager
def progress(
    what: str, whole: int, unit: str = "rows", *, per: int = 1, stream: TextIO | None = None
) -> Iterator[Progress]:
    """Tell how far a block is; ``whole`` is what its ``step`` calls come to, told by the unit of ``per``."""
    telling = Progress(what, whole, unit, per, stream or sys.stderr)
    token = _NOW.set(telling)
    try:
        yield telling
    finally:
        _NOW.reset(token)
        telling.clear()


def step(done: int) -> None:
    """So many more are done of what the block around tells about; nothing where none does."""
    now = _NOW.get()
    if now is not None:
        now.step(done)


@contextmanager
def counted(size: int) -> Iterator[None]:
    """A piece that counts for exactly ``size`` at its end, whatever was stepped inside."""
    now = _NOW.get()
    before = now.done if now else 0
    yield
    if now is not None:
        now.step(before + size - now.done)
