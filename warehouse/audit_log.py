"""The audit log: what people decided and ordered, one entry a file, each bound to all before it by its hash.

``lake/audit_log/000001.json`` and so on, and ``head.json`` (the last entry's number and hash). An entry is
written aside, brought to the disk and renamed, under a lock: a kill leaves it whole or not there, and two
writers stand one after the other. Nothing is ever rewritten. ``verify`` finds what was changed, removed,
reordered, cut off or slipped in; ``append`` goes on behind nothing broken. Whoever may write everywhere in
the home can make a chain anew: against that, the first characters of an entry's hash stand on the lists it
let out, on paper too, and every manifest and verdict that rests on an entry names its whole hash.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from warehouse.errors import LakeDamaged, Refused
from warehouse.lake import Lake
from warehouse.locks import in_turn
from warehouse.months import Month
from warehouse.swap import sync

TABLE = "audit_log"
GENESIS = "0" * 64
_HEAD = "head.json"
_KIND = re.compile(r"[a-z][a-z_]*")
_FILE = re.compile(r"\d{6}\.json")
# What may be an ID, a card or a telephone, written together or apart; days are taken out before.
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d(?:[ -]?\d){10,}(?![0-9A-WYZa-wyz])")


@dataclass(frozen=True)
class Entry:
    """One entry. ``subject``: what it is about (a gate, a file, a backup); ``facts``: numbers, rule ids and hashes.

    ``on`` is the day or the time that the door gave; ``previous`` the hash of the entry before.
    """

    seq: int
    previous: str
    kind: str
    month: str
    subject: str
    by: str
    reason: str
    on: str
    facts: dict[str, Any] = field(default_factory=dict)
    hash: str = ""

    @property
    def mark(self) -> str:
        """How people quote the entry: its number and the first characters of its hash."""
        return f"{self.seq}-{self.hash[:8]}"

    def sealed(self) -> Entry:
        """The entry with the hash that its content has."""
        content = {name: value for name, value in asdict(self).items() if name != "hash"}
        return replace(self, hash=hashlib.sha256(_canonical(content).encode()).hexdigest())


@dataclass(frozen=True)
class Check:
    """What ``verify`` found: the entries that hold, the last one's hash, and the first that does not (with why)."""

    entries: int
    head: str
    first_bad: int | None = None
    fault: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether nothing was found."""
        return not self.fault


def append(
    lake: Lake,
    kind: str,
    *,
    by: str,
    reason: str,
    on: date | datetime | str,
    month: Month | str = "",
    subject: str = "",
    facts: Mapping[str, Any] | None = None,
) -> Entry:
    """Add an entry behind the last and give it, with its number and hash.

    Whoever was killed before the head named the entry, and says the same again, ends what was begun.

    ``Refused`` when nobody is named, no reason is given, or a text holds a number that may be a person's;
    ``LakeDamaged`` when the log is not whole. ``on`` comes from the door: no clock is read here.
    """
    by, reason, subject = (" ".join(text.split()) for text in (by, reason, subject))
    _refuse_unfit(kind, by, reason, subject)
    stamp = on.isoformat() if isinstance(on, date) else str(date.fromisoformat(on[:10])) + on[10:]
    content = json.loads(_canonical(dict(facts or {})))
    with in_turn(lake.home, TABLE):
        check, known = _read(lake)
        _refuse_broken(check)
        entry = Entry(
            check.entries + 1, check.head, kind, str(month), subject, by, reason, stamp, content
        ).sealed()
        is_begun = known and _json(_folder(lake) / _HEAD).get("seq") != known[-1].seq
        if is_begun and replace(entry, seq=len(known), previous=known[-1].previous).sealed() == known[-1]:
            entry = known[-1]
        else:
            _write(_path(lake, entry.seq), _rendered(asdict(entry)))
        _write(_folder(lake) / _HEAD, _rendered({"seq": entry.seq, "hash": entry.hash}))
    return entry


def entries(lake: Lake, *, month: Month | str = "", kind: str = "") -> list[Entry]:
    """The entries in order, of a month or kind where one is given; ``LakeDamaged`` when the log is not whole."""
    check, known = _read(lake)
    _refuse_broken(check)
    return [
        entry
        for entry in known
        if (not month or entry.month == str(month)) and (not kind or entry.kind == kind)
    ]


def verify(lake: Lake) -> Check:
    """Look through the whole log, and at every manifest and verdict that rests on an entry."""
    check, known = _read(lake)
    if not check.is_whole:
        return check
    for place, seq, digest in _anchors(lake):
        if seq > len(known) or known[seq - 1].hash != digest:
            what = "is missing" if seq > len(known) else "is another one"
            return replace(
                check,
                first_bad=seq,
                fault=f"{place} rests on entry {seq}, which {what}: the log was rewritten",
            )
    return check


def verified(lake: Lake) -> list[Entry]:
    """All entries of a log that ``verify`` finds whole; else ``LakeDamaged``."""
    _refuse_broken(verify(lake))
    return entries(lake)


def may_hold_number(text: str) -> bool:
    """Whether a text holds a number long enough to be a person's (days do not count)."""
    return _NUMBER.search(_DAY.sub("", text)) is not None


def _read(lake: Lake) -> tuple[Check, list[Entry]]:
    """The entries up to the first that does not hold, and what is wrong with that one."""
    known: list[Entry] = []
    folder, previous = _folder(lake), GENESIS
    files = sorted(path.name for path in folder.glob("*") if not path.name.startswith("."))
    strange = [name for name in files if name != _HEAD and not _FILE.fullmatch(name)]
    last = max((int(name[:6]) for name in files if _FILE.fullmatch(name)), default=0)
    for seq in range(1, last + 1):
        entry, fault = _entry(_path(lake, seq), seq, previous)
        if entry is None:
            return Check(len(known), previous, seq, fault), known
        known.append(entry)
        previous = entry.hash
    fault = f"{strange[0]} is no entry" if strange else _head_fault(folder / _HEAD, known)
    check = Check(len(known), previous)
    if fault:
        check = replace(check, first_bad=len(known) + 1, fault=fault)
    return check, known


def _entry(path: Path, seq: int, previous: str) -> tuple[Entry | None, str]:
    """The entry of a file that is what it should be, else None and why not."""
    if not path.exists():
        return None, f"entry {seq} is missing"
    try:
        text = path.read_text(encoding="utf-8")
        plain = json.loads(text)
        entry = Entry(**{each.name: plain[each.name] for each in fields(Entry)})
        same = entry.sealed().hash == entry.hash and text == _rendered(asdict(entry))
    except (ValueError, KeyError, TypeError):
        return None, f"entry {seq} is cut off or is no entry"
    if not same:
        return None, f"entry {seq} was changed"
    if entry.seq != seq:
        return None, f"entry {seq} stands in the place of another: it is number {entry.seq}"
    if entry.previous != previous:
        return None, f"entry {seq} does not follow the one before it"
    return entry, ""


def _head_fault(path: Path, known: list[Entry]) -> str:
    """What the head says against the entries; a kill may leave it one behind, never more."""
    if not path.exists():
        return "head.json is missing" if len(known) > 1 else ""
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        seq, digest = int(plain["seq"]), str(plain["hash"])
    except (ValueError, KeyError, TypeError):
        return "head.json is cut off or is no head"
    if seq > len(known):
        return f"entries {len(known) + 1} to {seq} were cut off"
    if len(known) - seq > 1 or seq < 1 or known[seq - 1].hash != digest:
        return f"head.json names another entry {seq} than the log holds"
    return ""


def _anchors(lake: Lake) -> Iterator[tuple[str, int, str]]:
    """Every place of the home that names an entry: (what it is, number, hash)."""
    for path in sorted((lake.home / "release").rglob("manifest.json")):
        named = _json(path).get("audit_log") or {}
        if "seq" in named:
            yield f"release {path.parent.relative_to(lake.home / 'release')}", named["seq"], named["hash"]
    for path in sorted((lake.root / "verdicts").glob("month=*/*.json")):
        for rule in _json(path).get("rules", []):
            if rule.get("released"):
                place = f"the verdict of {path.stem} on {path.parent.name.removeprefix('month=')}"
                yield place, rule["released"]["seq"], rule["released"]["hash"]


def _json(path: Path) -> dict[str, Any]:
    # A file that is damaged is another check's business.
    with suppress(ValueError, OSError):
        plain = json.loads(path.read_text(encoding="utf-8"))
        return plain if isinstance(plain, dict) else {}
    return {}


def _refuse_broken(check: Check) -> None:
    if not check.is_whole:
        raise LakeDamaged(
            f"the audit log is not whole: {check.fault}.",
            next_step="keep the folder lake/audit_log as it is, find out who changed it, and bring it back from the"
            " backup of the home.",
        )


def _refuse_unfit(kind: str, by: str, reason: str, subject: str) -> None:
    if not _KIND.fullmatch(kind):
        raise Refused(f"'{kind}' names no kind of entry.", next_step="use small letters and _.")
    for name, text in (("name", by), ("reason", reason)):
        if not text:
            raise Refused(f"{kind}: the audit log wants a {name}.", next_step=f"give the {name}.")
    for name, text in (("name", by), ("reason", reason), ("subject", subject)):
        if may_hold_number(text):
            raise Refused(
                f"{kind}: the {name} holds a long number, which may be a person's.",
                next_step="say it without numbers of persons: the log is read by many and never rewritten.",
            )


def _canonical(plain: Mapping[str, Any]) -> str:
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _rendered(plain: Mapping[str, Any]) -> str:
    return _canonical(plain) + "\n"


def _folder(lake: Lake) -> Path:
    return lake.root / TABLE


def _path(lake: Lake, seq: int) -> Path:
    return _folder(lake) / f"{seq:06}.json"


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all, and have it on the disk before going on."""
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
