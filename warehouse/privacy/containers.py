"""Whatever a file holds, as texts: plain text in its encoding, what is packed in it, tables, databases, pages.

A file that cannot be read for what it is (encrypted, damaged, a picture) gives its bytes as text, so that what stands
in it plainly is still seen; ``Document.is_sealed`` says that more may stand in it than can be looked at.
"""

from __future__ import annotations

import gzip
import html
import io
import re
import sqlite3
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet as pq
import pypdfium2

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Office's own encryption: the stream by which Excel knows that it must ask for a password.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_DEPTH = 4
_BLOCK = 64 << 20
_OVERLAP = 4096
# Parts of one text, cut only by its look, belong together; every other mark ends a piece.
_RUNS = re.compile(r"<rPr>.*?</rPr>|<rPh\b.*?</rPh>|</?(?:r|t)(?:\s[^>]*)?>", re.S)
_TAG = re.compile(r"<[^>]+>")
_ATTRIBUTE = re.compile(r'="([^"]{2,})"')
# Han characters as an address writes them.
_QUOTED = re.compile(r"%E[3-9]%[89AB]", re.I)
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_SCRIPT = re.compile(rb"[\x00-\x08\x0e-\x1f]")


@dataclass(frozen=True)
class Document:
    """One text of a file; ``part`` is its name within the file (never a value)."""

    part: str
    text: str
    is_sealed: bool = False


def documents(path: Path) -> Iterator[Document]:
    """Every text of a file."""
    if path.stat().st_size > _BLOCK:
        yield from _in_blocks(path)
        return
    yield from _of(path.read_bytes(), path.name, path, 0)


def _of(content: bytes, part: str, path: Path | None, depth: int) -> Iterator[Document]:
    head = content[:16]
    try:
        if depth > _DEPTH:
            yield Document(part, _text(content))
        elif head.startswith(b"PK\x03\x04"):
            yield from _zip(content, part, depth)
        elif head.startswith(b"\x1f\x8b"):
            yield from _of(gzip.decompress(content), part, None, depth + 1)
        elif head.startswith(b"\x28\xb5\x2f\xfd"):
            with pa.CompressedInputStream(pa.BufferReader(content), "zstd") as packed:
                yield from _of(packed.read(), part, None, depth + 1)
        elif content[257:262] == b"ustar":
            yield from _tar(content, part, depth)
        elif head.startswith(b"PAR1"):
            yield Document(part, _parquet(content))
        elif head.startswith(b"%PDF"):
            yield Document(part, _pdf(content))
            yield Document(part, _text(content))
        elif head.startswith(b"SQLite format 3"):
            if path is not None:
                yield from _sqlite(path, part)
            yield Document(part, _text(content))
        elif head.startswith(_OLE):
            yield Document(part, _text(content), is_sealed=_ENCRYPTED in content)
            yield Document(part, content.decode("utf-16-le", errors="ignore"))
        else:
            yield Document(part, _text(content))
    except (
        OSError,
        ValueError,
        RuntimeError,
        zipfile.BadZipFile,
        tarfile.TarError,
        EOFError,
        pa.ArrowException,
    ):
        yield Document(part, _text(content), is_sealed=True)


def _zip(content: bytes, part: str, depth: int) -> Iterator[Document]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        members = [one for one in book.infolist() if not one.is_dir()]
        sealed = [one for one in members if one.flag_bits & 1]
        is_office = any(one.filename == "[Content_Types].xml" for one in members)
        yield Document(part, "\n".join(one.filename for one in members), is_sealed=bool(sealed))
        readable = [one for one in members if not one.flag_bits & 1]
        if is_office:
            # A workbook is one document: the name may stand in a cell and its village on the tab.
            xml = [book.read(one) for one in readable if one.filename.endswith((".xml", ".rels", ".vml"))]
            yield Document(part, "\n".join(_xml(each) for each in xml))
            readable = [one for one in readable if not one.filename.endswith((".xml", ".rels", ".vml"))]
        for one in readable:
            yield from _of(book.read(one), f"{part}/{Path(one.filename).suffix or 'member'}", None, depth + 1)


def _xml(content: bytes) -> str:
    text = content.decode("utf-8", errors="replace")
    attributes = _ATTRIBUTE.findall(text) if b"<worksheet" not in content[:500] else []
    return html.unescape(_TAG.sub("\n", _RUNS.sub("", text)) + "\n" + "\n".join(attributes))


def _tar(content: bytes, part: str, depth: int) -> Iterator[Document]:
    with tarfile.open(fileobj=io.BytesIO(content)) as packed:
        for member in packed:
            inner = packed.extractfile(member) if member.isfile() else None
            if inner is not None:
                yield from _of(
                    inner.read(), f"{part}/{Path(member.name).suffix or 'member'}", None, depth + 1
                )


def _parquet(content: bytes) -> str:
    table = pq.read_table(pa.BufferReader(content))
    columns = [table.column(name).combine_chunks() for name in table.column_names]
    lines: list[str] = []
    for batch in zip(*(column.to_pylist() for column in columns), strict=True):
        lines.append("\t".join("" if cell is None else str(cell) for cell in batch))
    return "\n".join(lines)


def _pdf(content: bytes) -> str:
    book = pypdfium2.PdfDocument(content)
    try:
        return "\n".join(book[page].get_textpage().get_text_bounded() for page in range(len(book)))
    finally:
        book.close()


def _sqlite(path: Path, part: str) -> Iterator[Document]:
    """Every row of every table, as whoever opens the database would see it, beside the bytes (deleted rows, too)."""
    con = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        con.text_factory = lambda raw: raw.decode("utf-8", errors="ignore")
        tables = [name for (name,) in con.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            rows = con.execute(f'SELECT * FROM "{table}"')
            yield Document(f"{part}/{table}", _plain("\n".join("\t".join(map(_cell, row)) for row in rows)))
    except sqlite3.Error:
        yield Document(part, "", is_sealed=True)
    finally:
        con.close()


def _cell(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="ignore")
    return "" if value is None else str(value)


def _in_blocks(path: Path) -> Iterator[Document]:
    with path.open("rb") as handle:
        rest = b""
        while block := handle.read(_BLOCK):
            yield Document(path.name, _text(rest + block))
            rest = block[-_OVERLAP:]


def _text(content: bytes) -> str:
    """Bytes as text, in the encoding that they are in; what is escaped in it as it would be read."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _plain(content.decode("utf-16", errors="ignore"))
    try:
        return _plain(content.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    if _SCRIPT.search(content[:4096]):  # no text: what of it can be read
        return _plain(content.decode("utf-8", errors="ignore"))
    return _plain(content.decode("gb18030", errors="ignore"))


def _plain(text: str) -> str:
    if "\\u" in text:
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    if "&#" in text:
        text = html.unescape(text)
    return unquote(text) if _QUOTED.search(text) else text
