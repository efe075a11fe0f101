"""What stands in the inbox of a month: files to be read, files that cannot be, and things that are no files.

Nothing here opens a pipe or a device, follows a link out of the inbox, or stops at a file that may not be read: each
is said by name, and the other files go on.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from warehouse.errors import DeliveryRefused, Refused
from warehouse.intake.contract import Contract
from warehouse.intake.ledger import Entry
from warehouse.intake.limits import Limits
from warehouse.intake.naming import (
    FORMS,
    SIDE_FILE,
    Name,
    feed_of,
    is_delivery,
    is_plain,
    is_table,
    read_name,
    shown_name,
    unwritten,
)
from warehouse.months import Month
from warehouse.sums import sha256

_AGAIN = "run receive again when all files have arrived."


@dataclass(frozen=True)
class Sent:
    """A file in the inbox: its place, what its name says, the hash of its bytes.

    ``seen`` tells whether the file is still the one that was hashed; ``refusal``: why it is not even opened.
    """

    path: Path
    name: Name
    sha256: str
    seen: tuple[int, ...] = ()
    refusal: DeliveryRefused | None = None

    @property
    def bytes(self) -> int:
        """How long it was when it was hashed; nothing for one that is not opened."""
        return self.seen[2] if self.seen else 0

    def why_changed(self) -> DeliveryRefused | None:
        """The refusal of a file that is no longer what it was when it was hashed, or no longer there."""
        try:
            now = _seen(self.path.stat())
        except OSError:
            now = ()
        if now == self.seen:
            return None
        return DeliveryRefused(f"{self.name.file} changed while it was read.", next_step=_AGAIN)


@dataclass
class Inbox:
    """``sent``: files of a feed; ``unknown``: ledger entries of those that no feed has; ``loose``: sentences."""

    sent: list[Sent] = field(default_factory=list)
    unknown: list[Entry] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)


def look(inbox: Path, month: Month, feeds: dict[str, Contract], limits: Limits) -> Inbox:
    """Everything in ``inbox/<month>/``; ``Refused`` when there is no such folder or no file in it."""
    folder = inbox / str(month)
    if not folder.is_dir():
        raise Refused(
            f"receive {month}: the inbox has no folder '{month}'.",
            next_step=f"put the agencies' files into <inbox>/{month}/, or name the right folder with --inbox.",
        )
    paths = sorted(folder.iterdir())
    found = Inbox()
    names = set()
    for path in paths:
        if is_delivery(path.name):
            names.add(path.name)
            _look_at(path, month, inbox, feeds, limits, found)
    if not found.sent and not found.unknown:
        raise Refused(
            f"receive {month}: the inbox folder '{month}' is empty.",
            next_step="have the agencies deliver, then run receive again.",
        )
    found.loose += [
        f"the manifest {shown_name(path.name)} came without its file."
        for path in paths
        if path.name.endswith(SIDE_FILE) and path.name.removesuffix(SIDE_FILE) not in names
    ]
    return found


def _look_at(
    path: Path, month: Month, inbox: Path, feeds: dict[str, Contract], limits: Limits, found: Inbox
) -> None:
    shown = shown_name(path.name)
    try:
        state = path.stat()
    except OSError:
        # A link to nothing, a file that is gone already, or a folder that hides it.
        found.loose.append(f"{shown} is no file (a broken link?) and was passed over.")
        return
    if stat.S_ISDIR(state.st_mode):
        found.loose.append(
            f"the folder {shown} inside the inbox's {month} was not looked into: files lie in {month} itself."
        )
        return
    if not stat.S_ISREG(state.st_mode):
        found.loose.append(f"{shown} is no file but a pipe or a device, and was passed over.")
        return
    name = read_name(path.name, feeds)
    why = _why_not_opened(path, state, inbox, limits)
    feed = feed_of(path.name, feeds)
    if name is not None and why is None and is_plain(path.name):
        found.sent.append(_hashed(path, name, state))
    elif feed and (name is not None or is_table(path.name)):
        # What a feed sent as a table and cannot be taken keeps its month open: else a part would be missing unseen.
        name = Name(shown, feed, f"{feed} {shown}", 1, is_history=False, is_late=False)
        refusal = (_why_not_named(path.name) or why) or _why_not_of_a_form(path.name)
        found.sent.append(Sent(path, name, "", refusal=refusal))
    else:
        refusal = _why_not_named(path.name) or why or _why_unknown(path.name, feeds)
        digest = "" if why else _digest_of(path)
        found.unknown.append(Entry("", shown, digest, 1, "refused", str(refusal)))


def _hashed(path: Path, name: Name, state: os.stat_result) -> Sent:
    try:
        return Sent(path, name, sha256(path), _seen(state))
    except OSError as error:
        return Sent(path, name, "", refusal=_unreadable(name.file, error))


def _digest_of(path: Path) -> str:
    try:
        return sha256(path)
    except OSError:
        return ""


def _unreadable(file: str, error: OSError) -> DeliveryRefused:
    if isinstance(error, FileNotFoundError):
        return DeliveryRefused(f"{file} was taken away while it was read.", next_step=_AGAIN)
    return DeliveryRefused(
        f"{file} cannot be read: {os.strerror(error.errno or 0)}.",
        next_step="give the user who runs Doudi the right to read it (chmod, chown), or have it sent again.",
    )


def _seen(state: os.stat_result) -> tuple[int, ...]:
    return state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns


def _why_not_opened(path: Path, state: os.stat_result, inbox: Path, limits: Limits) -> DeliveryRefused | None:
    """Why a file is refused before a byte of it is read."""
    shown = shown_name(path.name)
    if path.is_symlink() and not path.resolve().is_relative_to(inbox.resolve()):
        return DeliveryRefused(
            f"{shown} is a link to a place outside the inbox.",
            next_step="put the file itself into the inbox.",
        )
    if state.st_size > limits.file_bytes:
        return DeliveryRefused(
            f"{shown} is larger than the policy's intake_max_file_mb.",
            next_step="have the agency split it, or raise the limit for this region in policy intake.csv.",
        )
    return None


def _why_not_named(file: str) -> DeliveryRefused | None:
    what = unwritten(file)
    if not what:
        return None
    return DeliveryRefused(
        f"the name of {shown_name(file)} holds {what}.",
        next_step="rename it (an archive from Windows is unpacked with unzip -O gb18030).",
    )


def _why_not_of_a_form(file: str) -> DeliveryRefused:
    return DeliveryRefused(
        f"{shown_name(file)} is not of a form that the dock takes ({', '.join(FORMS)}).",
        next_step="have it sent as one.",
    )


def _why_unknown(file: str, feeds: Iterable[str]) -> DeliveryRefused:
    if feed_of(file, feeds):
        return _why_not_of_a_form(file)
    return DeliveryRefused(
        f"{file} is no feed that the dock knows.",
        next_step="name it <feed>….csv or .xlsx by its feed, or write a contract for it.",
    )


def numbered(files: Sequence[Sent], known: Sequence[Entry]) -> dict[str, int]:
    """Each file's version: the one that it had, or the next among the versions of its name."""
    highest: dict[str, int] = {}
    had = {(entry.file, entry.sha256): entry.version for entry in known}
    of_file = {entry.file: entry.version for entry in sorted(known, key=lambda e: e.version)}
    for sent in files:
        base, file = sent.name.base, sent.name.file
        highest[base] = max(highest.get(base, 0), of_file.get(file, 0))
    versions: dict[str, int] = {}
    for sent in files:
        base, file = sent.name.base, sent.name.file
        version = had.get((file, sent.sha256))
        if version is None:
            highest[base] += 1
            version = highest[base]
        versions[file] = version
    return versions
