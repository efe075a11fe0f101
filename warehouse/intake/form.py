"""What a file really is, seen from its bytes and not from its name, and whether a workbook is safe to open."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path
from typing import Literal

from warehouse.errors import DeliveryRefused

Form = Literal["csv", "xlsx", "xls"]

_ZIP = b"PK\x03\x04"
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_SIGNED = {b"%PDF": "a PDF", b"\x89PNG": "a picture", b"\xff\xd8\xff": "a picture", b"Rar!": "an archive"}
_SIGNED |= {b"7z\xbc\xaf": "an archive", b"\x1f\x8b": "an archive", b"BZh": "an archive"}
_SIGNED |= {b"PK\x05\x06": "an empty archive", b"{\\rtf": "a text document"}
_MARKUP = re.compile(
    rb"^\s*(<!doctype|<html|<table|<\?xml|<meta|<head|<style|<div|MIME-Version:)", re.IGNORECASE
)
_SPREADSHEET_2003 = b"urn:schemas-microsoft-com:office:spreadsheet"
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19\x1c-\x1f]")
# A stray control byte is dirt in one row; random bytes hold about one in ten.
_CONTROL_SHARE = 0.01
_LOOK_BYTES = 65536
_HEAD_BYTES = 4096
# Of a table's characters at least one in ten is a comma, a digit or a line end.
_ZERO_SHARE_OF = 20
_DECLARES = re.compile(rb"<!DOCTYPE|<!ENTITY", re.IGNORECASE)
# A cell that holds an error (record 0x0205), or a formula that came to one (0x0006), with one of the seven codes.
_ERROR_OF_XLS = re.compile(
    rb"\x05\x02\x08\x00.{6}[\x00\x07\x0f\x17\x1d\x24\x2a]\x01"
    rb"|\x06\x00.{8}\x02\x00[\x00\x07\x0f\x17\x1d\x24\x2a]\x00\x00\x00\xff\xff",
    re.DOTALL,
)
_OTHER_BOOKS = {
    "xl/workbook.bin": "a binary workbook (.xlsb)",
    "content.xml": "an OpenDocument file (.ods)",
    "word/document.xml": "a text document (.docx)",
    "ppt/presentation.xml": "a presentation (.pptx)",
}
_DATE_1904 = re.compile(rb"<(?:\w+:)?workbookPr\b[^>]*\bdate1904\s*=\s*[\"'](?:1|true|on)[\"']")
_SAVE_AS = "open it in a spreadsheet program, save it as .xlsx and put that into the inbox."
RESEND = "have the agency export it again and put the new file into the inbox."


def sniff(path: Path) -> Form:
    """The real form of a file; ``DeliveryRefused`` when it is no table that the dock can read."""
    with path.open("rb") as handle:
        head = handle.read(_LOOK_BYTES)
    if not head.strip():
        what = "is empty" if path.stat().st_size <= len(head) else "begins with nothing but blanks"
        raise DeliveryRefused(f"{path.name} {what}.", next_step=RESEND)
    if head.startswith(_ZIP):
        return "xlsx"
    if head.startswith(_OLE2):
        return "xls"
    for mark, what in _SIGNED.items():
        if head.startswith(mark):
            raise DeliveryRefused(f"{path.name} is {what}, not a table.", next_step=RESEND)
    plain = _without_mark(head)
    if _MARKUP.match(plain) and _SPREADSHEET_2003 in plain:
        raise DeliveryRefused(
            f"{path.name} is an XML spreadsheet of 2003, not an .xls or .xlsx.", next_step=_SAVE_AS
        )
    if _MARKUP.match(plain):
        raise DeliveryRefused(
            f"{path.name} is a web page saved under a table's name.",
            next_step=_SAVE_AS,
        )
    if (
        not (head.startswith(_UTF16) or utf16_without_mark(head))
        and len(_CONTROL.findall(head)) > len(head) * _CONTROL_SHARE
    ):
        raise DeliveryRefused(f"{path.name} is a binary file, not a table of text.", next_step=RESEND)
    if path.suffix.lower() == ".xlsx":
        raise DeliveryRefused(f"{path.name} is not a workbook, though its name says so.", next_step=RESEND)
    return "csv"


def date_system_of_xlsx(path: Path, *, unpacked_limit_bytes: int) -> str:
    """``1900`` or ``1904``, after the checks that make an xlsx safe to open.

    Refuses a workbook that is cut off (no zip directory), that unpacks beyond the limit, or whose main part
    declares XML entities.
    """
    try:
        with zipfile.ZipFile(path) as book:
            members = {member.filename: member for member in book.infolist()}
            if sum(member.file_size for member in members.values()) > unpacked_limit_bytes:
                raise DeliveryRefused(
                    f"{path.name} unpacks to more than the policy's intake_max_unpacked_mb.",
                    next_step="have the agency split it, or raise the limit for this region in policy intake.csv.",
                )
            main = next((name for name in members if name.lower() == "xl/workbook.xml"), None)
            if main is None:
                raise _no_workbook(path, members)
            text = book.read(main)
            heads = [_head_of(book, name) for name in members if name.lower().endswith((".xml", ".rels"))]
    except (
        zipfile.BadZipFile,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        zlib.error,
    ) as error:
        raise DeliveryRefused(
            f"{path.name} is a workbook that is cut off or damaged.", next_step=RESEND
        ) from error
    if any(_DECLARES.search(head) for head in (text, *heads)):
        raise DeliveryRefused(f"{path.name} declares XML entities, as no spreadsheet does.", next_step=RESEND)
    return "1904" if _DATE_1904.search(text) else "1900"


def _no_workbook(path: Path, members: dict[str, zipfile.ZipInfo]) -> DeliveryRefused:
    """What an archive is that holds no workbook of Excel's kind."""
    names = {name.lower() for name in members}
    what = next((what for name, what in _OTHER_BOOKS.items() if name in names), "")
    if what:
        return DeliveryRefused(f"{path.name} is really {what}.", next_step=_SAVE_AS)
    return DeliveryRefused(
        f"{path.name} is an archive without a workbook in it.",
        next_step="unpack it and put the tables inside it into the inbox, or save it as .xlsx.",
    )


def _head_of(book: zipfile.ZipFile, member: str) -> bytes:
    """The first bytes of a part: whatever declares entities does so before its root element."""
    with book.open(member) as handle:
        # A part in UTF-16 says the same with a zero after every letter.
        return handle.read(_HEAD_BYTES).replace(b"\0", b"")


def _without_mark(head: bytes) -> bytes:
    if head.startswith(_UTF16):
        return head[2:].replace(b"\0", b"")
    return head.removeprefix(b"\xef\xbb\xbf")


def utf16_without_mark(head: bytes) -> str:
    """``utf-16-le`` or ``utf-16-be`` where a text without a byte order mark shows it, else nothing.

    What shows it: zeros, which no other text holds, nearly all of them on one side of the pairs (commas, digits
    and line ends have one each), and every pair of the head being a character.
    """
    whole = head[: len(head) // 2 * 2]
    left, right = whole[::2].count(0), whole[1::2].count(0)
    fewer, more = sorted((left, right))
    # A few characters have a zero on the other side (销 is U+9500).
    if more <= fewer * _ZERO_SHARE_OF or more * _ZERO_SHARE_OF < len(whole):
        return ""
    encoding = "utf-16-be" if left > right else "utf-16-le"
    try:
        text = whole.decode(encoding)
    except UnicodeDecodeError as error:
        # The look may end in the middle of a pair of surrogates.
        if error.start < len(whole) - 2:
            return ""
        text = whole[: error.start].decode(encoding)
    # Numbers written in binary have zeros on one side, too, and other control characters with them.
    return encoding if "\n" in text or "\r" in text else ""


def date_system_of_xls(path: Path) -> str:
    """``1900`` or ``1904`` from the DATEMODE record of an xls; refuses an encrypted container."""
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise DeliveryRefused(
            f"{path.name} is locked with a password.", next_step="have the agency send it without one."
        )
    if "Workbook".encode("utf-16-le") not in content and "Book".encode("utf-16-le") in content:
        # Its texts are of the writer's own code page: what would be read is not what was written.
        raise DeliveryRefused(f"{path.name} is a workbook of Excel 95 or older.", next_step=_SAVE_AS)
    if _ERROR_OF_XLS.search(content):
        # The reader gives them as empty cells and does not tell where; of an xlsx the dock finds each.
        raise DeliveryRefused(
            f"{path.name} holds error values (#REF!, #N/A …), which an .xls does not let be told from empty cells.",
            next_step="have them put right, or save it as .xlsx: then only their rows are set aside.",
        )
    # Record 0x0022, two bytes long, holding 1: the only byte sequence by which a workbook asks for 1904.
    return "1904" if b"\x22\x00\x02\x00\x01\x00" in content[: 1 << 16] else "1900"
