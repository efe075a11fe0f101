"""One guard round every stage, whichever door it is entered by: a Doudi error comes out, or nothing.

An engine's own message may quote a cell, and a traceback carries the message of every error behind the
last. So what leaves the guard is a sentence of ours that names stage, month and file, with nothing chained
to it. ``DOUDI_DEBUG`` lets the original through, for whoever may see cells.
"""

from __future__ import annotations

import errno
import os
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse.damage import damaged, refuse_damaged
from warehouse.errors import DoudiError, Fault, GateHeld, Misconfigured, Refused, Unavailable
from warehouse.exports import note_exports
from warehouse.flow import READS
from warehouse.intake.reopened import refuse_reopened
from warehouse.lake import Lake
from warehouse.locks import alone
from warehouse.months import Month
from warehouse.operations.watch import watched
from warehouse.retention.expired import refuse_expired
from warehouse.runs import run_of
from warehouse.settings import REPOSITORY, Settings
from warehouse.standing.kept import standing_kept
from warehouse.standing.rules import refuse_other_rules
from warehouse.timings import Timing
from warehouse.verdicts import read_verdict

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)
_NO_FOLDER = (errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENAMETOOLONG, errno.ELOOP)
# What engines write where Python would give an errno.
_FULL_WORDS = (
    "no space left",
    "disk quota exceeded",
    "max_temp_directory_size",
    "disk full",
    "file too large",
)
_FORBIDDEN_WORDS = ("permission denied", "read-only file system", "operation not permitted")
_LOCK_WORDS = ("could not set lock", "conflicting lock")
_MEMORY_WORDS = ("out of memory", "failed to allocate", "failed to pin block", "malloc of size")

# A stage that found nothing to work on would write an empty month, and the months after would stand on it.
_STANDS_ON = {
    "standardise": ("landed", "receive"),
    "gate1": ("standardised", "standardise"),
    "link": ("records", "standardise"),
    "quality": ("crosswalk", "link"),
    "prepare_review": ("review", "link"),
    "build": ("crosswalk", "link"),
    "gate2": ("marts/fct_warning_monthly", "build"),
}

# In the order of the flow. What is published asks both gates itself.
_ORDER = tuple(READS)
_BEHIND_GATE_1 = _ORDER[_ORDER.index("gate1") + 1 : _ORDER.index("publish")]


@contextmanager
def stage_run(stage: str, month: Month, home: Path, settings: Settings | None = None) -> Iterator[Timing]:
    """Run a stage alone in its month, timed and guarded; every failure is a ``DoudiError``.

    It does not begin on what was cut short, is damaged or is not there. With ``settings`` it is kept what the stage
    stood on (``warehouse.standing``).
    """
    with (
        watched(stage, month, home) as timing,
        guarded(f"{stage} {month}", home),
        alone(stage, month, home),
        run_of(stage, month, home),
    ):
        refuse_expired(stage, month, Lake(home))
        _refuse_nothing(stage, month, home)
        refuse_damaged(stage, month, home)
        refuse_reopened(stage, month, home)
        _refuse_held(stage, month, home)
        refuse_other_rules(stage, month, settings)
        with standing_kept(stage, month, settings):
            yield timing
        note_exports(stage, month, home)


def _refuse_nothing(stage: str, month: Month, home: Path) -> None:
    table, before = _STANDS_ON.get(stage, ("", ""))
    lake = Lake(home)
    if table and not (lake.feeds(table, str(month)) or str(month) in lake.months(table)):
        raise Refused(
            f"{stage} {month}: there is nothing in {table} for the month.",
            next_step=f"run {before} for {month} first.",
        )


def _refuse_held(stage: str, month: Month, home: Path) -> None:
    """Nothing behind a gate runs while it holds the month, by whichever door."""
    if stage not in _BEHIND_GATE_1:
        return
    verdict = read_verdict(Lake(home), "gate1", month)
    if verdict is not None and verdict.status == "held":
        raise GateHeld(
            f"{stage} {month}: gate1 holds {month}, and nothing behind it runs.",
            next_step=f"see 'doudi gate show --month {month}'; when the data are mended or a named person has let the "
            "month go, run gate1 again.",
        )


@contextmanager
def guarded(what: str, home: Path | None) -> Iterator[None]:
    """Let a block fail with a ``DoudiError`` only; ``what`` (stage and month) begins the sentence."""
    try:
        yield
    except Exception as error:
        if os.environ.get("DOUDI_DEBUG"):
            raise
        # From None: what stands behind an error is written to a log with it.
        raise as_sentence(error, what, home) from None


def as_sentence(error: Exception, what: str, home: Path | None) -> DoudiError:
    """The error itself when it is ours, else the one that says what happened; a ``Fault`` when unknown."""
    if isinstance(error, DoudiError):
        return error
    # A library may wrap what the system said in an error of its own.
    behind: BaseException | None = error
    known = None
    while known is None and isinstance(behind, Exception):
        known = of_words(str(behind), what) if _is_engine(behind) else _of_system(behind, what, home)
        behind = behind.__cause__ or behind.__context__
    return known or (damaged(what, home) if home else None) or _fault(error, what)


def of_words(message: str, what: str) -> DoudiError | None:
    """What an engine's message says of disk, memory, rights or locks; None when it says nothing of these."""
    folded = message.lower()
    if any(word in folded for word in _FULL_WORDS):
        return _full(what)
    if any(word in folded for word in _MEMORY_WORDS):
        return _no_memory(what)
    if any(word in folded for word in _LOCK_WORDS):
        return Unavailable(
            f"{what}: the warehouse file is held by another process.",
            next_step="let the other run end (or close the program that shows the file), then try again.",
        )
    if any(word in folded for word in _FORBIDDEN_WORDS):
        return _forbidden(what, "a file of the home")
    return None


def _is_engine(error: Exception) -> bool:
    return type(error).__module__.partition(".")[0] in ("_duckdb", "duckdb", "pyarrow", "sqlalchemy")


def _of_system(error: Exception, what: str, home: Path | None) -> DoudiError | None:
    if not isinstance(error, OSError):
        return _no_memory(what) if isinstance(error, MemoryError) else None
    if error.errno is None:  # Arrow raises OSError with words alone
        return of_words(str(error), what)
    file = _shown(error.filename, home)
    if error.errno in _FULL:
        return _full(what)
    if error.errno in _FORBIDDEN:
        return _forbidden(what, file)
    is_place = error.errno in _NO_FOLDER
    family = Misconfigured if is_place else Unavailable
    return family(
        f"{what}: the system says of {file}: {os.strerror(error.errno)}.",
        next_step="name folders with --home and --inbox (DOUDI_HOME, DOUDI_INBOX) and see what lies there."
        if is_place
        else "see that the disk is there and nothing else works on the folder, then run the same again.",
    )


def _full(what: str) -> Unavailable:
    return Unavailable(
        f"{what}: the disk is full.",
        next_step="make room, or give --home (DOUDI_HOME) another disk, then run the same again: nothing "
        "half-written stands in its place.",
    )


def _no_memory(what: str) -> Unavailable:
    return Unavailable(
        f"{what}: there was not enough memory.",
        next_step="let other programs end, or set DOUDI_MEMORY_GB to what the machine has free, then run the "
        "same again.",
    )


def _forbidden(what: str, file: str) -> Misconfigured:
    return Misconfigured(
        f"{what}: {file} may not be read or written.",
        next_step="give the user who runs Doudi the right to (chown, chmod, mount), then run the same again.",
    )


def _fault(error: Exception, what: str) -> Fault:
    """Nothing of the message: the kind of error, and the line of ours on which it came."""
    place = ""
    for frame in traceback.extract_tb(error.__traceback__):
        path = Path(frame.filename)
        if path.is_relative_to(REPOSITORY) and ".venv" not in path.parts and path != Path(__file__):
            place = f" in {path.relative_to(REPOSITORY)}, line {frame.lineno}"
    return Fault(
        f"{what}: {type(error).__name__}{place}: a fault of Doudi, or a case it does not know.",
        next_step="report this line; with DOUDI_DEBUG=1 the command shows all of it, cell values too.",
    )


def _shown(file: object, home: Path | None) -> str:
    """A file by its place below the home, else by its last name: no message tells where a machine keeps things."""
    if not isinstance(file, str | bytes | os.PathLike):
        return "a file"
    path = Path(os.fsdecode(file))
    if home is not None and path.is_relative_to(home):
        return str(path.relative_to(home)) if path != home else "the home"
    return path.name
