"""Which encoding a text file is in, by evidence, and reading it as UTF-8 as a stream.

Evidence, in this order: a byte order mark; the zeros of UTF-16 without one; the file's first lines being strict UTF-8 with something beyond
ASCII in them; else GB18030 (of which GBK and GB2312 are parts). Where the first lines are ASCII only, the
whole file is tried as strict UTF-8.
"""

from __future__ import annotations

import codecs
import io
import re
from pathlib import Path
from typing import Any

from warehouse.errors import DeliveryRefused
from warehouse.intake.form import RESEND, utf16_without_mark

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
    if bare := utf16_without_mark(head):
        return bare
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


# What a byte is in a line of Chinese in UTF-8: the first of three, one that follows, or neither; ASCII is let out.
_KINDS = bytes(
    code if code == 10 else 67 if 0x80 <= code <= 0xBF else 84 if 0xE2 <= code <= 0xEF else 79
    for code in range(256)
)
_ASCII = bytes(code for code in range(128) if code != 10)
_ONLY_UTF8 = re.compile(rb"(?m)^U{2,}$")


def mark_other_encoding(block: bytes) -> bytes:
    """Whole lines of a GB18030 file with an undecodable byte put before the end of each that is UTF-8.

    Two exports that were joined decode without a fault, and half of the names are then other characters.
    A line counts as UTF-8 when all of it that is not ASCII is Chinese in UTF-8, in everyday characters, while
    its characters in GB18030 are not: chance alone makes no such line.
    """
    kinds = block.translate(_KINDS, _ASCII).replace(b"TCC", b"U")
    places = (
        [kinds.count(b"\n", 0, found.start()) for found in _ONLY_UTF8.finditer(kinds)]
        if b"U" in kinds
        else []
    )
    if not places:
        return block
    lines = block.split(b"\n")
    for place in places:
        line = lines[place].removesuffix(b"\r")
        if _is_everyday(line, "utf-8") and not _is_everyday(line, "gb18030"):
            lines[place] = line + b"\xff" + lines[place][len(line) :]
    return b"\n".join(lines)


def _is_everyday(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding).encode("gb2312")
    except UnicodeError:
        return False
    return True


class Utf8Stream(io.RawIOBase):
    """A text file of any encoding as a stream of UTF-8 bytes, decoded in blocks of 16 MB.

    ``undecodable`` counts the places so far where bytes could not be decoded (each stands as
    ``UNDECODABLE`` in the text, so that its row can be found; a zero byte counts as one);
    ``ends_with_line_end`` is known at the end. A line longer than ``line_bytes`` is refused.
    """

    def __init__(self, path: Path, encoding: str, *, line_bytes: int) -> None:
        super().__init__()
        self._path, self._line_bytes = path, line_bytes
        self._source = path.open("rb")
        self._is_gb18030 = encoding == "gb18030"
        self._carried = b""
        self._lines = self._since_line_end = 0
        self._decoder = codecs.getincrementaldecoder(encoding)("doudi-mark")
        self._skip_mark = encoding.startswith("utf-16")
        self._ready = memoryview(b"")
        self._is_over = False
        self.undecodable = self._told = 0
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

    def readinto(self, buffer: Any) -> int:
        """As ``read``, into a buffer: what ``io.BufferedReader`` asks for."""
        piece = self.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def read_since(self) -> int:
        """How many bytes of the file were read since this was last asked."""
        before, self._told = self._told, self._source.tell()
        return self._told - before

    def close(self) -> None:
        """Close the file beneath."""
        if not self.closed:
            self._source.close()
        super().close()

    def _fill(self) -> bool:
        """Decode blocks until there is text; False at the end of the file."""
        while not self._is_over:
            block = self._next_block()
            text = self._decoder.decode(block, self._is_over)
            if self._skip_mark and text:
                text, self._skip_mark = text.removeprefix("\ufeff"), False
            if text:
                if "\0" in text:
                    text = text.replace("\0", UNDECODABLE)
                self.undecodable += text.count(UNDECODABLE)
                self.ends_with_line_end = text.endswith(("\n", "\r"))
                content = text.encode("utf-8")
                self._refuse_endless_line(content)
                self._ready = memoryview(content)
                return True
        return False

    def _next_block(self) -> bytes:
        """The next bytes; of a GB18030 file whole lines of them, those in UTF-8 marked."""
        block = self._source.read(_BLOCK_BYTES)
        self._is_over = not block
        if not self._is_gb18030:
            return block
        block, self._carried = self._carried + block, b""
        if not self._is_over:
            end = block.rfind(b"\n") + 1
            if not end and b"\r" not in block:
                self._refuse_endless_line(block)
            # Lines that end in CR alone go on as they are.
            if end or b"\r" not in block:
                block, self._carried = block[:end], block[end:]
        return mark_other_encoding(block)

    def _refuse_endless_line(self, content: bytes) -> None:
        start = -self._since_line_end
        while len(content) - start > self._line_bytes:
            begin, limit = max(start, 0), start + self._line_bytes + 1
            end = max(content.rfind(b"\n", begin, limit), content.rfind(b"\r", begin, limit))
            if end < 0:
                line = self._lines + content.count(b"\n", 0, begin) + 1
                raise DeliveryRefused(
                    f"{self._path.name}: its line {line} is longer than the policy's intake_max_record_kb: no "
                    "row of a table is so long.",
                    next_step=RESEND,
                )
            start = end + 1
        last = max(content.rfind(b"\n", max(start, 0)), content.rfind(b"\r", max(start, 0)))
        self._since_line_end = len(content) - (last + 1 if last >= 0 else start)
        self._lines += content.count(b"\n")
