"""Digests of files by their content, remembered while a file has not been touched.

What is remembered lies in ``HOME/tmp/digests.json`` and may be thrown away at any time: it saves reading a
year's Parquet again whenever somebody asks what is stale. A file that was touched (its size, inode or time of
change differ) is read; what counts is its content alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from warehouse.sums import named, sha256

_FILE = "digests.json"


class Digests:
    """Digests below one home; ``keep`` writes down what was read."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._path = home / "tmp" / _FILE
        self._known: dict[str, list[object]] = {}
        self._is_new = False
        with suppress(OSError, ValueError):
            found = json.loads(self._path.read_text(encoding="utf-8"))
            self._known = found if isinstance(found, dict) else {}

    def of(self, paths: Iterable[Path], root: Path) -> str:
        """SHA-256 over the names (below ``root``) and content of files and of all files of folders; hidden ones
        are left out. Empty when there is none."""
        files = named(paths, root)
        if not files:
            return ""
        lines = "".join(f"{name}\0{self.of_file(file)}\n" for name, file in files.items())
        return hashlib.sha256(lines.encode()).hexdigest()

    def of_file(self, path: Path) -> str:
        """SHA-256 of one file."""
        seen = path.stat()
        mark: list[object] = [seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino]
        key = str(path.relative_to(self._home) if path.is_relative_to(self._home) else path)
        known = self._known.get(key)
        if known and known[:-1] == mark:
            return str(known[-1])
        digest = sha256(path)
        self._known[key] = [*mark, digest]
        self._is_new = True
        return digest

    def keep(self) -> None:
        """Write down what was read; on a full disk it is simply read again next time."""
        if self._is_new:
            aside = self._path.with_name(f".aside-{_FILE}")
            with suppress(OSError):
                self._path.parent.mkdir(parents=True, exist_ok=True)
                aside.write_text(json.dumps(self._known), encoding="utf-8")
                aside.replace(self._path)
                self._is_new = False
