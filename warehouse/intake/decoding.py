"""Which encoding a text file is in, by evidence, and reading it as UTF-8 as a stream.

Evidence, in this order: a byte order mark; the file's first lines being strict UTF-8 with something beyond
ASCII in them; else GB18030 (of which GBK and GB2312 are parts). Where the first lines are ASCII only, the
whole file is tried as strict UTF-8.
"""

from __future__ import annotations

import codecs
import io
from pathlib import Path

# Stands where bytes could not be decoded. A Unicode noncharacter: no agency's text can hold it rightly.
UNDECODABLE = "\ufdd0"

_BLOCK_BYTES = 16 << 20
_LOOK_BYTES = 1 << 16
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}


def _mark_undecodable(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return UNDECODABLE, error.end


codecs.register_error("doudi-mark", _mark_undecodable)


def encoding_of(path: Path) -> str:
    """The encoding of a text file: ``utf-8-sig``, ``utf-8``, ``utf-16-le``, ``utf-16-be`` or ``gb18030``."""
    with path.open("rb") as handle:
        head = handle.read(_LOOK_BYTES)
    for mark, name in _MARKS.items():
        if head.startswith(mark):
            return name
    # The header decides: one undecodable byte further down must not turn a UTF-8 file into another encoding.
    first_lines = b"\n".join(head.splitlines()[:2])
    if first_lines.isascii():
        return "utf-8" if _is_utf8(path) else "gb18030"
    return "utf-8" if _decodes(first_lines) else "gb18030"


def _decodes(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    try:
        with path.open("rb") as handle:
            while block := handle.read(_BLOCK_BYTES):
                decoder.decode(block)
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return False
    return True


class Utf8Stream(io.RawIOBase):
    """A text file of any encoding as a stream of UTF-8 bytes, decoded in blocks of 16 MB.

    ``undecodable`` counts the places so far where bytes could not be decoded (each stands as
    ``UNDECODABLE`` in the text, so that its row can be found); ``ends_with_line_end`` is known at the end.
    """

    def __init__(self, path: Path, encoding: str) -> None:
        super().__init__()
        self._source = path.open("rb")
        self._decoder = codecs.getincrementaldecoder(encoding)("doudi-mark")
        self._skip_mark = encoding.startswith("utf-16")
        self._ready = memoryview(b"")
        self._is_over = False
        self.undecodable = 0
        self.ends_with_line_end = False

    def readable(self) -> bool:
        """Always."""
        return True

    def read(self, size: int = -1) -> bytes:
        """The next ``size`` bytes of UTF-8, fewer only at the end."""
        pieces: list[memoryview] = []
        wanted = size if size >= 0 else 1 << 62
        while wanted > 0:
            if not self._ready and not self._fill():
                break
            piece = self._ready[:wanted]
            self._ready = self._ready[len(piece) :]
            pieces.append(piece)
            wanted -= len(piece)
        return b"".join(pieces)

    def close(self) -> None:
        """Close the file beneath."""
        if not self.closed:
            self._source.close()
        super().close()

    def _fill(self) -> bool:
        """Decode blocks until there is text; False at the end of the file."""
        while not self._is_over:
            block = self._source.read(_BLOCK_BYTES)
            self._is_over = not block
            text = self._decoder.decode(block, self._is_over)
            if self._skip_mark and text:
                text, self._skip_mark = text.removeprefix("\ufeff"), False
            if text:
                self.undecodable += text.count(UNDECODABLE)
                self.ends_with_line_end = text.endswith(("\n", "\r"))
                self._ready = memoryview(text.encode("utf-8"))
                return True
        return False
