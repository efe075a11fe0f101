"""The audit log: what people decided and ordered, one entry a file, each bound to all before it by its hash.

``lake/audit_log/000001.json`` and so on, a ``warehouse.hash_chain``; two writers stand one after the other.
``verify`` finds what was changed, removed, reordered, cut off or slipped in; ``append`` goes on behind nothing
broken. Whoever may write everywhere in the home can make a chain anew: against that, the first characters of an
entry's hash stand on the lists it let out, on paper too, and every manifest and verdict that rests on an entry
names its whole hash.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from warehouse.errors import Refused
from warehouse.hash_chain import GENESIS, Chain, Check, Link, canonical
from warehouse.lake import Lake
from warehouse.locks import in_turn
from warehouse.months import Month

TABLE = "audit_log"
_KIND = re.compile(r"[a-z][a-z_]*")
# What may be an ID, a card or a telephone, written together or apart; days are taken out before.
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d(?:[ -]?\d){10,}(?![0-9A-WYZa-wyz])")


@dataclass(frozen=True)
class Entry(Link):
    """One entry. ``subject``: what it is about (a gate, a file, a backup); ``facts``: numbers, rule ids and hashes.

    ``on`` is the day or the time that the door gave.
    """

    kind: str
    month: str
    subject: str
    by: str
    reason: str
    on: str
    facts: dict[str, Any] = field(default_factory=dict)


_CHAIN = Chain(
    TABLE,
    digits=6,
    entry_of=lambda plain: Entry(**{each.name: plain[each.name] for each in fields(Entry)}),
    next_step="keep the folder lake/audit_log as it is, find out who changed it, and bring it back from the"
    " backup of the home.",
)


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
    refuse_unfit(kind, by, reason, subject)
    stamp = on.isoformat() if isinstance(on, date) else str(date.fromisoformat(on[:10])) + on[10:]
    content = json.loads(canonical(dict(facts or {})))
    with in_turn(lake.home, TABLE):
        known = _CHAIN.whole(lake)
        previous = known[-1].hash if known else GENESIS
        entry = Entry(
            len(known) + 1, previous, kind, str(month), subject, by, reason, stamp, content
        ).sealed()
        is_begun = bool(known) and _CHAIN.head(lake) != (known[-1].seq, known[-1].hash)
        if is_begun and replace(entry, seq=len(known), previous=known[-1].previous).sealed() == known[-1]:
            entry = known[-1]
            _CHAIN.name_last(lake, entry)
        else:
            _CHAIN.add(lake, entry)
    return entry


def entries(lake: Lake, *, month: Month | str = "", kind: str = "") -> list[Entry]:
    """The entries in order, of a month or kind where one is given; ``LakeDamaged`` when the log is not whole."""
    return [
        entry
        for entry in _CHAIN.whole(lake)
        if (not month or entry.month == str(month)) and (not kind or entry.kind == kind)
    ]


def verify(lake: Lake) -> Check:
    """Look through the whole log, and at every manifest and verdict that rests on an entry."""
    return _CHAIN.verify(lake, _anchors(lake))


def verified(lake: Lake) -> list[Entry]:
    """All entries of a log that ``verify`` finds whole; else ``LakeDamaged``."""
    _CHAIN.refuse_broken(verify(lake))
    return entries(lake)


def may_hold_number(text: str) -> bool:
    """Whether a text holds a number long enough to be a person's (days do not count)."""
    return _NUMBER.search(_DAY.sub("", text)) is not None


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


def refuse_unfit(kind: str, by: str, reason: str, subject: str = "") -> None:
    """``Refused`` for what the log takes no entry of: nobody named, no reason, or a number that may be a person's."""
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
