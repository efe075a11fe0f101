"""Swapping folders and files in: at once, and on the disk before anything says so.

A folder that stands is exchanged with the one made aside by one call of the system, so that its name is never
without content: nobody who reads meets a gap. Where the file system cannot (some network ones), two renames do it
and the old folder lies for an instant under another name (``warehouse.lake`` puts it back).
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from pathlib import Path

_HERE = -100  # AT_FDCWD
_EXCHANGE = 2  # RENAME_EXCHANGE
_CANNOT = (errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EXDEV, errno.EPERM)


def exchange(one: Path, other: Path) -> bool:
    """Let two paths that exist change places at once; False when the system cannot, then nothing has happened."""
    rename = (
        getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None) if sys.platform == "linux" else None
    )
    if rename is None:
        return False
    if rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _CANNOT:
        return False
    raise OSError(number, os.strerror(number), str(one))


def sync_tree(folder: Path) -> None:
    """Have every file and folder below ``folder``, and itself, on the disk: a power cut takes none of it back."""
    for root, _, files in os.walk(folder):
        for file in files:
            sync(Path(root, file))
        sync(Path(root))


def sync(path: Path) -> None:
    """Have one file, or the list of names of one folder, on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
