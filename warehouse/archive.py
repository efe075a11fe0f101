"""The archive of a home: one tar file packed with zstd, whose last member lists every other with size and SHA-256.

Plain tools open it (``tar --zstd -xf``). Read here, a member is taken only under a plain relative name, once, and
counts only when the list at the end says the very same: a cut-off, changed or made-up archive is refused.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

import pyarrow as pa

from warehouse.errors import LakeDamaged, Misconfigured, Refused

LIST = "doudi-backup.json"
# What is never part of an archive: scratch and locks, and what lies half-written.
SCRATCH = "tmp"
RESTORING = ".restoring"
HALF = (".aside-", ".parked-", RESTORING)
_FORMAT = 1
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Member:
    """One file of an archive, by its place below the home."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Contents:
    """What an archive holds; ``what`` is ``whole`` or ``needed``."""

    what: str
    months: tuple[str, ...]
    members: tuple[Member, ...]

    @property
    def bytes(self) -> int:
        """The size of all files, unpacked."""
        return sum(member.bytes for member in self.members)


def write_archive(path: Path, files: Mapping[str, Path], *, what: str, months: tuple[str, ...]) -> Contents:
    """Write ``files`` (place below the home to where it stands) into a new file that only its owner may read.

    The same files give the same bytes. ``Refused`` when a file is cut short while it is read.
    """
    members = []
    handle = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    with (
        handle,
        pa.CompressedOutputStream(pa.PythonFile(handle, "w"), "zstd") as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        for name, file in sorted(files.items()):
            members.append(_put(tar, name, file))
        contents = Contents(what, months, tuple(members))
        listed = json.dumps({"format": _FORMAT, **asdict(contents)}, ensure_ascii=False, indent=1).encode()
        tar.addfile(_header(LIST, len(listed)), io.BytesIO(listed))
    return contents


def read_archive(path: Path, into: Path | None = None) -> Contents:
    """Read an archive through, writing its files below ``into`` where one is given; all is held against the list.

    ``LakeDamaged`` when it is cut off or changed, ``Refused`` when a name in it leads elsewhere, ``Misconfigured``
    when there is no such file.
    """
    if not path.is_file():
        raise Misconfigured(f"there is no archive {path.name}.", next_step="name the file that backup wrote.")
    found: dict[str, Member] = {}
    listed: dict[str, Any] | None = None
    with _opened(path) as tar, _as_damage(path):
        for header in tar:
            if listed is not None:
                raise _damaged(path, "something follows its list")
            _refuse_tricks(header, found, path)
            stream = tar.extractfile(header)
            if stream is None:
                raise _damaged(path, "a file in it has no content")
            if header.name == LIST:
                listed = json.loads(stream.read())
                continue
            found[header.name] = _take(stream, header.name, into)
    return _held_against(listed, found, path)


def _put(tar: tarfile.TarFile, name: str, file: Path) -> Member:
    with file.open("rb") as handle:
        size = os.fstat(handle.fileno()).st_size
        content = _Hashed(handle)
        try:
            tar.addfile(_header(name, size), content)
        except OSError as error:
            if error.errno is not None:
                raise
            raise Refused(
                f"{name} became shorter while it was read.",
                next_step="let whatever writes it end, then try again.",
            ) from None
    return Member(name, size, content.digest.hexdigest())


def _header(name: str, size: int) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.size, header.mode = size, 0o600
    return header


class _Hashed:
    """A file that is hashed while it is read."""

    def __init__(self, handle: IO[bytes]) -> None:
        self.handle, self.digest = handle, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self.handle.read(size)
        self.digest.update(block)
        return block


def _take(stream: IO[bytes], name: str, into: Path | None) -> Member:
    digest, size = hashlib.sha256(), 0
    target = None
    if into is not None:
        place = into / name
        place.parent.mkdir(parents=True, exist_ok=True)
        target = place.open("xb")
    try:
        while block := stream.read(_BLOCK):
            digest.update(block)
            size += len(block)
            if target:
                target.write(block)
        if target:
            target.flush()
            os.fsync(target.fileno())
    finally:
        if target:
            target.close()
    return Member(name, size, digest.hexdigest())


def _refuse_tricks(header: tarfile.TarInfo, found: Mapping[str, Member], path: Path) -> None:
    """A plain file under a plain name below the home, once: nothing else belongs into an archive of ours."""
    name = header.name
    plain = PurePosixPath(name)
    is_plain = (
        name == plain.as_posix()
        and not plain.is_absolute()
        and "\\" not in name
        and name.isprintable()
        and not any(part in ("", ".", "..") for part in plain.parts)
        and plain.parts[:1] not in ((), (SCRATCH,))
        and not any(part.startswith(HALF) for part in plain.parts)
    )
    if not header.isreg() or not is_plain or name in found:
        raise Refused(
            f"{path.name} holds a name that no backup of Doudi has (a link, a path that leads elsewhere, or one twice).",
            next_step="do not use this file: it was not written by doudi backup.",
        )


def _held_against(listed: dict[str, Any] | None, found: Mapping[str, Member], path: Path) -> Contents:
    if listed is None:
        raise _damaged(path, "it ends before its list")
    if listed.get("format") != _FORMAT:
        raise Misconfigured(
            f"{path.name} is of format {listed.get('format')}; this Doudi reads format {_FORMAT}.",
            next_step="restore it with the version of Doudi that wrote it.",
        )
    try:
        members = tuple(Member(**plain) for plain in listed["members"])
        contents = Contents(str(listed["what"]), tuple(listed["months"]), members)
    except (KeyError, TypeError):
        raise _damaged(path, "its list is none") from None
    if {member.path: member for member in members} != dict(found):
        raise _damaged(path, "its files are not those of its list")
    return contents


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    with path.open("rb") as handle, _as_damage(path):
        packed = pa.CompressedInputStream(pa.PythonFile(handle, "r"), "zstd")
        with tarfile.open(fileobj=packed, mode="r|") as tar:
            yield tar


@contextmanager
def _as_damage(path: Path) -> Iterator[None]:
    """What tar, zstd and JSON say of a broken archive, as our own error; a full disk stays what it is."""
    try:
        yield
    except (tarfile.TarError, pa.ArrowException, EOFError, ValueError):
        raise _damaged(path, "it cannot be unpacked") from None
    except OSError as error:
        if error.errno is not None:
            raise
        raise _damaged(path, "it cannot be unpacked") from None


def _damaged(path: Path, how: str) -> LakeDamaged:
    return LakeDamaged(
        f"the archive {path.name} is cut off or changed: {how}.",
        next_step="use another backup; nothing was restored.",
    )
