"""The access log: every export, and every look of a person at rows about people, one entry a file, bound by hashes.

``lake/access_log/00000001.json`` and so on, and ``head.json`` (the last entry's number and hash). An entry says who
(by name, by the system's account, or the scheduler), what they did (an export or a read), of which month, why, and on
which day, and for each thing that went out or was shown how many files and rows, for which audience, and the hash of
its content. It never holds a value of a person. The log is a ``warehouse.hash_chain``: ``verify`` finds what was
changed, removed, reordered or cut off. Writing an entry looks at the last one only, so that it may grow for years.
"""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from warehouse import audit_log
from warehouse.audit_log import may_hold_number
from warehouse.errors import Misconfigured
from warehouse.hash_chain import GENESIS, Chain, Check, Link
from warehouse.lake import Lake
from warehouse.locks import in_turn
from warehouse.months import Month

TABLE = "access_log"
Act = Literal["export", "read"]
# How the one who acted is known: said so (--by), is signed in on this machine, or is the scheduler.
KNOWN = ("named", "account", "airflow")
_AIRFLOW = "AIRFLOW_CTX_DAG_ID"


@dataclass(frozen=True)
class Who:
    """Who acted, and how that is known (``KNOWN``)."""

    by: str
    known: str


@dataclass(frozen=True)
class Item:
    """One thing that was shown or written: a place below the home (or what was asked), for whom, how much of it."""

    what: str
    audience: str
    rows: int = 0
    files: int = 0
    content: str = ""


@dataclass(frozen=True)
class Access(Link):
    """One entry. ``verb`` is the stage or verb, ``month`` the month of the rows (empty: all), ``on`` the day or time."""

    act: Act
    verb: str
    month: str
    by: str
    known: str
    purpose: str
    on: str
    items: tuple[Item, ...]


NEXT_STEP = (
    "keep the folder lake/access_log as it is, find out who changed it, and bring it back from the backup of the home; "
    "until then nothing is shown and nothing handed out."
)
_CHAIN = Chain(
    TABLE,
    digits=8,
    entry_of=lambda plain: Access(**{**plain, "items": tuple(Item(**each) for each in plain["items"])}),
    next_step=NEXT_STEP,
    beside="month=",  # an older Doudi kept looks at whole numbers there
)


def who_acts(by: str | None = None) -> Who:
    """Who is at work: the name that was given, else the scheduler where it runs the task, else the system's account.

    ``Misconfigured`` when the name holds a long number, which may be a person's.
    """
    name = " ".join((by or "").split())
    if name:
        if may_hold_number(name):
            raise Misconfigured("--by holds a long number.", next_step="give a name or an office, no number.")
        return Who(name, "named")
    if os.environ.get(_AIRFLOW):
        return Who("airflow", "airflow")
    try:
        return Who(getpass.getuser(), "account")
    except (KeyError, OSError):  # a container's user may have no name
        return Who(f"uid {os.getuid()}", "account")


def note(
    lake: Lake,
    act: Act,
    verb: str,
    items: Sequence[Item],
    *,
    who: Who,
    purpose: str,
    on: date | datetime | str,
    month: Month | str = "",
) -> Access:
    """Add an entry behind the last; whoever shows or hands out notes it first, and does not when this fails.

    ``LakeDamaged`` when the end of the log is not what was written.
    """
    stamp = on.isoformat(timespec="seconds") if isinstance(on, datetime) else str(on)
    with in_turn(lake.home, TABLE):
        last = _CHAIN.last(lake)
        seq, previous = (last.seq + 1, last.hash) if last else (1, GENESIS)
        entry = Access(
            seq, previous, act, verb, str(month), who.by, who.known, purpose, stamp, tuple(items)
        ).sealed()
        _CHAIN.add(lake, entry)
    return entry


def settle(lake: Lake) -> None:
    """End what a kill left between an entry and the head that names it."""
    if not (lake.root / TABLE).is_dir():
        return
    with in_turn(lake.home, TABLE):
        last = _CHAIN.last(lake)
        if last and _CHAIN.head(lake) != (last.seq, last.hash):
            _CHAIN.name_last(lake, last)


def entries(lake: Lake) -> list[Access]:
    """Every entry in order; ``LakeDamaged`` when the log is not whole."""
    return _CHAIN.whole(lake)


def verify(lake: Lake) -> Check:
    """Look through the whole log, and at every entry of the audit log that names an entry of this one."""
    return _CHAIN.verify(lake, _anchors(lake))


def anchor(entry: Access) -> dict[str, Any]:
    """What an entry of the audit log keeps of an entry of this one, so that this log cannot be made anew unnoticed."""
    return {"access_log": {"seq": entry.seq, "hash": entry.hash}}


def _anchors(lake: Lake) -> Iterator[tuple[str, int, str]]:
    for entry in audit_log.entries(lake):
        named = entry.facts.get(TABLE)
        if isinstance(named, dict):
            yield f"entry {entry.seq} of the audit log", int(named["seq"]), str(named["hash"])
