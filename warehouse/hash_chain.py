"""A log as a chain of hashes: one entry a file, each bound to all before it, and a head that names the last.

``lake/<table>/<number>.json`` and ``head.json`` (the last entry's number and hash). An entry is written aside,
brought to the disk and renamed: a kill leaves it whole or not there, and the head one behind at the most. Nothing is
ever rewritten. ``read`` finds what was changed, removed, reordered, cut off or slipped in. Who adds an entry does so
under a lock (``warehouse.locks.in_turn``).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Generic, Self, TypeVar

from warehouse.errors import LakeDamaged
from warehouse.lake import Lake
from warehouse.swap import sync

GENESIS = "0" * 64
_HEAD = "head.json"


@dataclass(frozen=True)
class Link:
    """What every entry has: its number, the hash of the one before, its own hash (empty until it is sealed)."""

    seq: int
    previous: str
    hash: str = field(default="", kw_only=True)

    @property
    def mark(self) -> str:
        """How people quote the entry: its number and the first characters of its hash."""
        return f"{self.seq}-{self.hash[:8]}"

    def sealed(self) -> Self:
        """The entry with the hash that its content has."""
        content = {name: value for name, value in asdict(self).items() if name != "hash"}
        return replace(self, hash=hashlib.sha256(canonical(content).encode()).hexdigest())


Entry = TypeVar("Entry", bound=Link)


@dataclass(frozen=True)
class Check:
    """What was found: the entries that hold, the last one's hash, and the first that does not (with why)."""

    entries: int
    head: str
    first_bad: int | None = None
    fault: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether nothing was found."""
        return not self.fault


@dataclass(frozen=True)
class Chain(Generic[Entry]):
    """One log of a home: its folder of the lake, the digits of its files, and how an entry is made of what one holds.

    ``next_step`` is what people do about a broken log. Folders whose names begin with ``beside`` are none of its own.
    """

    table: str
    digits: int
    entry_of: Callable[[dict[str, Any]], Entry]
    next_step: str
    beside: str | None = None

    def read(self, lake: Lake) -> tuple[Check, list[Entry]]:
        """The entries up to the first that does not hold, and what is wrong with that one."""
        known: list[Entry] = []
        previous = GENESIS
        names = sorted(path.name for path in self._folder(lake).glob("*") if not path.name.startswith("."))
        numbered = re.compile(rf"\d{{{self.digits}}}\.json")
        last = max((int(name[: self.digits]) for name in names if numbered.fullmatch(name)), default=0)
        for seq in range(1, last + 1):
            entry, fault = self._entry(lake, seq, previous)
            if entry is None:
                return Check(len(known), previous, seq, fault), known
            known.append(entry)
            previous = entry.hash
        strange = [
            name
            for name in names
            if name != _HEAD
            and not numbered.fullmatch(name)
            and not (self.beside and name.startswith(self.beside))
        ]
        fault = f"{strange[0]} is no entry" if strange else self._head_fault(lake, known)
        check = Check(len(known), previous)
        return (replace(check, first_bad=len(known) + 1, fault=fault) if fault else check), known

    def whole(self, lake: Lake) -> list[Entry]:
        """Every entry in order; ``LakeDamaged`` when the log is not whole."""
        check, known = self.read(lake)
        self.refuse_broken(check)
        return known

    def last(self, lake: Lake) -> Entry | None:
        """The last entry, held against the head and nothing before it: the log may grow for years.

        A kill may have left one entry more than the head names. ``LakeDamaged`` when the end is not what was written.
        """
        head = self.head(lake)
        seq, digest = head or (0, GENESIS)
        last = None
        if head:
            last, fault = self._entry(lake, seq)
            if last is None or last.hash != digest:
                fault = fault or f"entry {seq} is another than head.json names"
                self.refuse_broken(Check(0, digest, seq, fault))
        if not self._path(lake, seq + 1).exists():
            return last
        more, fault = self._entry(lake, seq + 1, digest)
        if more is None or self._path(lake, seq + 2).exists():
            fault = fault or "head.json names an earlier entry than the last"
            self.refuse_broken(Check(0, digest, seq + 1, fault))
        return more

    def add(self, lake: Lake, entry: Entry) -> None:
        """Write a sealed entry behind the last, then name it in the head."""
        _write(self._path(lake, entry.seq), _rendered(asdict(entry)))
        self.name_last(lake, entry)

    def name_last(self, lake: Lake, entry: Entry) -> None:
        """Name an entry in the head as the last."""
        _write(self._folder(lake) / _HEAD, _rendered({"seq": entry.seq, "hash": entry.hash}))

    def head(self, lake: Lake) -> tuple[int, str] | None:
        """Number and hash of the entry that the head names; ``LakeDamaged`` when it is no head."""
        path = self._folder(lake) / _HEAD
        if not path.exists():
            return None
        try:
            plain = json.loads(path.read_text(encoding="utf-8"))
            return int(plain["seq"]), str(plain["hash"])
        except (ValueError, KeyError, TypeError):
            raise self._broken("head.json is cut off or is no head") from None

    def verify(self, lake: Lake, anchors: Iterable[tuple[str, int, str]]) -> Check:
        """Look through the whole log, and at every place that names an entry: (what it is, number, hash)."""
        check, known = self.read(lake)
        if not check.is_whole:
            return check
        for place, seq, digest in anchors:
            if seq > len(known) or known[seq - 1].hash != digest:
                what = "is missing" if seq > len(known) else "is another one"
                fault = f"{place} rests on entry {seq}, which {what}: the log was rewritten"
                return replace(check, first_bad=seq, fault=fault)
        return check

    def refuse_broken(self, check: Check) -> None:
        """``LakeDamaged`` when something was found."""
        if not check.is_whole:
            raise self._broken(check.fault)

    def _broken(self, fault: str) -> LakeDamaged:
        return LakeDamaged(
            f"the {self.table.replace('_', ' ')} is not whole: {fault}.", next_step=self.next_step
        )

    def _entry(self, lake: Lake, seq: int, previous: str | None = None) -> tuple[Entry | None, str]:
        """The entry of a file that is what it should be, else None and why not."""
        path = self._path(lake, seq)
        if not path.exists():
            return None, f"entry {seq} is missing"
        try:
            text = path.read_text(encoding="utf-8")
            entry = self.entry_of(json.loads(text))
            same = entry.sealed().hash == entry.hash and text == _rendered(asdict(entry))
        except (ValueError, KeyError, TypeError):
            return None, f"entry {seq} is cut off or is no entry"
        if not same:
            return None, f"entry {seq} was changed"
        if entry.seq != seq:
            return None, f"entry {seq} stands in the place of another: it is number {entry.seq}"
        if previous is not None and entry.previous != previous:
            return None, f"entry {seq} does not follow the one before it"
        return entry, ""

    def _head_fault(self, lake: Lake, known: list[Entry]) -> str:
        """What the head says against the entries; a kill may leave it one behind, never more."""
        try:
            head = self.head(lake)
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

    def _folder(self, lake: Lake) -> Path:
        return lake.root / self.table

    def _path(self, lake: Lake, seq: int) -> Path:
        return self._folder(lake) / f"{seq:0{self.digits}}.json"


def canonical(plain: Mapping[str, Any]) -> str:
    """The one way to write what is hashed: keys in order, no spaces, nothing that is no JSON."""
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _rendered(plain: Mapping[str, Any]) -> str:
    return canonical(plain) + "\n"


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all, and have it on the disk before going on. No sums: the chain holds itself."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".aside-{path.name}")
    try:
        aside.write_text(text, encoding="utf-8")
        sync(aside)
        aside.replace(path)
    except BaseException:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        raise
    sync(path.parent)
