"""The access log: every export, and every look of a person at rows about people, one entry a file, bound by hashes.

``lake/access_log/00000001.json`` and so on, and ``head.json`` (the last entry's number and hash). An entry says who
(by name, by the system's account, or the scheduler), what they did (an export or a read), of which month, why, and on
which day, and for each thing that went out or was shown how many files and rows, for which audience, and the hash of
its content. It never holds a value of a person. Nothing is ever rewritten: ``verify`` finds what was changed, removed,
reordered or cut off. Writing an entry looks at the last one only, so that the log may grow for years.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from warehouse import audit_log
from warehouse.audit_log import GENESIS, Check, may_hold_number
from warehouse.errors import LakeDamaged, Misconfigured
from warehouse.lake import Lake
from warehouse.locks import in_turn
from warehouse.months import Month
from warehouse.swap import sync

TABLE = "access_log"
Act = Literal["export", "read"]
# How the one who acted is known: said so (--by), is signed in on this machine, or is the scheduler.
KNOWN = ("named", "account", "airflow")
_HEAD = "head.json"
_FILE = re.compile(r"\d{8}\.json")
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
class Access:
    """One entry. ``verb`` is the stage or verb, ``month`` the month of the rows (empty: all), ``on`` the day or time."""

    seq: int
    previous: str
    act: Act
    verb: str
    month: str
    by: str
    known: str
    purpose: str
    on: str
    items: tuple[Item, ...]
    hash: str = ""

    @property
    def mark(self) -> str:
        """How people quote the entry: its number and the first characters of its hash."""
        return f"{self.seq}-{self.hash[:8]}"

    def sealed(self) -> Access:
        """The entry with the hash that its content has."""
        content = {name: value for name, value in asdict(self).items() if name != "hash"}
        return replace(self, hash=hashlib.sha256(_canonical(content).encode()).hexdigest())


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
        last = _last(lake)
        seq, previous = (last.seq + 1, last.hash) if last else (1, GENESIS)
        entry = Access(
            seq, previous, act, verb, str(month), who.by, who.known, purpose, stamp, tuple(items)
        ).sealed()
        _write(lake, _path(lake, seq), asdict(entry))
        _write(lake, _folder(lake) / _HEAD, {"seq": entry.seq, "hash": entry.hash})
    return entry


def settle(lake: Lake) -> None:
    """End what a kill left between an entry and the head that names it."""
    if not (_folder(lake)).is_dir():
        return
    with in_turn(lake.home, TABLE):
        last, head = _last(lake), _head(lake)
        if last and head != (last.seq, last.hash):
            _write(lake, _folder(lake) / _HEAD, {"seq": last.seq, "hash": last.hash})


def entries(lake: Lake) -> list[Access]:
    """Every entry in order; ``LakeDamaged`` when the log is not whole."""
    check, known = _read(lake)
    _refuse_broken(check)
    return known


def verify(lake: Lake) -> Check:
    """Look through the whole log, and at every entry of the audit log that names an entry of this one."""
    check, known = _read(lake)
    if not check.is_whole:
        return check
    for place, seq, digest in _anchors(lake):
        if seq > len(known) or known[seq - 1].hash != digest:
            what = "is missing" if seq > len(known) else "is another one"
            return replace(check, first_bad=seq, fault=f"{place} names entry {seq}, which {what}")
    return check


def anchor(entry: Access) -> dict[str, Any]:
    """What an entry of the audit log keeps of an entry of this one, so that this log cannot be made anew unnoticed."""
    return {"access_log": {"seq": entry.seq, "hash": entry.hash}}


def _anchors(lake: Lake) -> Iterator[tuple[str, int, str]]:
    for entry in audit_log.entries(lake):
        named = entry.facts.get(TABLE)
        if isinstance(named, dict):
            yield f"entry {entry.seq} of the audit log", int(named["seq"]), str(named["hash"])


def _read(lake: Lake) -> tuple[Check, list[Access]]:
    known: list[Access] = []
    previous = GENESIS
    names = sorted(path.name for path in _folder(lake).glob("*") if not path.name.startswith("."))
    # An older Doudi kept looks at whole numbers below month=….
    strange = [
        name
        for name in names
        if name != _HEAD and not _FILE.fullmatch(name) and not name.startswith("month=")
    ]
    last = max((int(name[:8]) for name in names if _FILE.fullmatch(name)), default=0)
    for seq in range(1, last + 1):
        entry, fault = _entry(_path(lake, seq), seq, previous)
        if entry is None:
            return Check(len(known), previous, seq, fault), known
        known.append(entry)
        previous = entry.hash
    fault = f"{strange[0]} is no entry" if strange else _head_fault(lake, known)
    check = Check(len(known), previous)
    return (replace(check, first_bad=len(known) + 1, fault=fault) if fault else check), known


def _last(lake: Lake) -> Access | None:
    """The last entry, held against the head; a kill may have left one entry more than the head names."""
    head = _head(lake)
    seq, digest = head or (0, GENESIS)
    if head:
        entry, fault = _entry(_path(lake, seq), seq)
        if entry is None or entry.hash != digest:
            _refuse_broken(Check(0, digest, seq, fault or f"entry {seq} is another than head.json names"))
        last = entry
    else:
        last = None
    if not _path(lake, seq + 1).exists():
        return last
    more, fault = _entry(_path(lake, seq + 1), seq + 1, digest)
    if more is None or _path(lake, seq + 2).exists():
        _refuse_broken(Check(0, digest, seq + 1, fault or "head.json names an earlier entry than the last"))
    return more


def _entry(path: Path, seq: int, previous: str | None = None) -> tuple[Access | None, str]:
    """The entry of a file that is what it should be, else None and why not."""
    if not path.exists():
        return None, f"entry {seq} is missing"
    try:
        text = path.read_text(encoding="utf-8")
        plain = json.loads(text)
        entry = Access(**{**plain, "items": tuple(Item(**each) for each in plain["items"])})
        same = entry.sealed().hash == entry.hash and text == _canonical(asdict(entry)) + "\n"
    except (ValueError, KeyError, TypeError):
        return None, f"entry {seq} is cut off or is no entry"
    if not same or entry.seq != seq:
        return None, f"entry {seq} was changed or stands in the place of another"
    if previous is not None and entry.previous != previous:
        return None, f"entry {seq} does not follow the one before it"
    return entry, ""


def _head(lake: Lake) -> tuple[int, str] | None:
    path = _folder(lake) / _HEAD
    if not path.exists():
        return None
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        return int(plain["seq"]), str(plain["hash"])
    except (ValueError, KeyError, TypeError):
        _refuse_broken(Check(0, "", 1, "head.json is cut off or is no head"))
        raise


def _head_fault(lake: Lake, known: list[Access]) -> str:
    """What the head says against the entries; a kill may leave it one behind, never more."""
    try:
        head = _head(lake)
    except LakeDamaged:
        return "head.json is cut off or is no head"
    if head is None:
        return "head.json is missing" if len(known) > 1 else ""
    seq, digest = head
    if seq > len(known):
        return f"entries {len(known) + 1} to {seq} were cut off"
    if len(known) - seq > 1 or seq < 1 or known[seq - 1].hash != digest:
        return f"head.json names another entry {seq} than the log holds"
    return ""


def _refuse_broken(check: Check) -> None:
    if not check.is_whole:
        raise LakeDamaged(
            f"the access log is not whole: {check.fault}.",
            next_step="keep the folder lake/access_log as it is, find out who changed it, and bring it back from the"
            " backup of the home; until then nothing is shown and nothing handed out.",
        )


def _canonical(plain: dict[str, Any]) -> str:
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _folder(lake: Lake) -> Path:
    return lake.root / TABLE


def _path(lake: Lake, seq: int) -> Path:
    return _folder(lake) / f"{seq:08}.json"


def _write(lake: Lake, path: Path, plain: dict[str, Any]) -> None:
    """One file whole or not at all, on the disk before going on. No sums: the chain holds itself."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".aside-{path.name}")
    aside.write_text(_canonical(plain) + "\n", encoding="utf-8")
    sync(aside)
    aside.replace(path)
    sync(path.parent)
