"""The search for leaks: every file outside the lake, and in it every value of every person that the home knows.

Gives counts by place and kind, never a value, never the name of a file that may hold one in its name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from warehouse.privacy.containers import documents
from warehouse.privacy.looking import Looking
from warehouse.privacy.places import Place, place_of
from warehouse.privacy.wanted import Wanted

UNKNOWN = "（无此项）"


@dataclass
class Found:
    """What was found in the files of one place. ``sealed``: files that could not be looked into."""

    place: Place | None
    files: int = 0
    bytes: int = 0
    sealed: int = 0
    hits: Counter[str] = field(default_factory=Counter)
    breaches: Counter[str] = field(default_factory=Counter)
    breached: list[str] = field(default_factory=list)

    @property
    def is_leak(self) -> bool:
        """Whether something lies there that may not, or nobody has said what may."""
        return bool(self.breaches) or self.place is None


def leaks(
    home: Path,
    wanted: Wanted,
    *,
    beside: Mapping[str, Path] | None = None,
    texts: Mapping[str, str] | None = None,
) -> dict[str, Found]:
    """Look through ``home``, the folders ``beside`` it (name to folder) and ``texts`` (what was printed), by place.

    Stores (the lake, the warehouse) are counted and not looked through. Names of files are looked through, too.
    """
    looking = Looking(wanted)
    found: dict[str, Found] = {}
    for name, path in _files(home, beside or {}):
        place = place_of(name)
        entry = found.setdefault(place.place if place else UNKNOWN, Found(place))
        entry.files += 1
        entry.bytes += path.stat().st_size
        if place is None:
            entry.breached.append(_shown(name))
        if place is None or not place.is_store:
            _look(entry, looking, name, path)
    for name, text in (texts or {}).items():
        place = place_of(f"beside/printed/{name}")
        entry = found.setdefault(place.place if place else UNKNOWN, Found(place))
        entry.files += 1
        entry.bytes += len(text)
        _count(entry, looking.hits(text), f"beside/printed/{name}")
    return found


def _look(entry: Found, looking: Looking, name: str, path: Path) -> None:
    hits = looking.hits(name)
    is_sealed = False
    for document in documents(path):
        hits |= looking.hits(document.text)  # the same value, seen as bytes and as table, counts once
        is_sealed |= document.is_sealed
    entry.sealed += is_sealed
    _count(entry, hits, name)


def _count(entry: Found, hits: Counter[str], name: str) -> None:
    entry.hits.update(hits)
    breaches = entry.place.breaches(hits) if entry.place else dict(hits)
    if breaches:
        entry.breaches.update(breaches)
        entry.breached.append(_shown(name))


def _files(home: Path, beside: Mapping[str, Path]) -> Iterator[tuple[str, Path]]:
    for root, folder in (("home", home), *((f"beside/{name}", path) for name, path in beside.items())):
        if folder.is_file():
            yield root, folder
            continue
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield f"{root}/{path.relative_to(folder).as_posix()}", path


def _shown(name: str) -> str:
    """The folder and the ending of a file: a name may hold what is looked for."""
    path = Path(name)
    return f"{path.parent.as_posix()}/*{path.suffix}"
