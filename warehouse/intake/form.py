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
_SIGNED |= {b"7z\xbc\xaf": "an archive", b"\x1f\x8b": "an archive"}
_MARKUP = re.compile(rb"^\s*(<!doctype html|<html|<table|<\?xml|<meta|<head)", re.IGNORECASE)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19\x1c-\x1f]")
# A stray control byte is dirt in one row; random bytes hold about one in ten.
_CONTROL_SHARE = 0.01
_LOOK_BYTES = 65536
_DATE_1904 = re.compile(rb"<(?:\w+:)?workbookPr\b[^>]*\bdate1904\s*=\s*[\"'](?:1|true|on)[\"']")
_RESEND = "have the agency export it again and put the new file into the inbox."


def sniff(path: Path) -> Form:
    """The real form of a file; ``DeliveryRefused`` when it is no table that the dock can read."""
    with path.open("rb") as handle:
        head = handle.read(_LOOK_BYTES)
    if not head.strip():
        raise DeliveryRefused(f"{path.name} is empty.", next_step=_RESEND)
    if head.startswith(_ZIP):
        return "xlsx"
    if head.startswith(_OLE2):
        return "xls"
    for mark, what in _SIGNED.items():
        if head.startswith(mark):
            raise DeliveryRefused(f"{path.name} is {what}, not a table.", next_step=_RESEND)
    if _MARKUP.match(head.removeprefix(b"\xef\xbb\xbf")):
        raise DeliveryRefused(
            f"{path.name} is a web page saved under a table's name.",
            next_step="open it in a spreadsheet program, save it as .xlsx and put that into the inbox.",
        )
    if not head.startswith(_UTF16) and len(_CONTROL.findall(head)) > len(head) * _CONTROL_SHARE:
        raise DeliveryRefused(f"{path.name} is a binary file, not a table of text.", next_step=_RESEND)
    if path.suffix.lower() == ".xlsx":
        raise DeliveryRefused(f"{path.name} is not a workbook, though its name says so.", next_step=_RESEND)
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
                raise DeliveryRefused(
                    f"{path.name} is an archive without a workbook in it.",
                    next_step="unpack it and put the tables inside it into the inbox, or save it as .xlsx.",
                )
            text = book.read(main)
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
            f"{path.name} is a workbook that is cut off or damaged.", next_step=_RESEND
        ) from error
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise DeliveryRefused(
            f"{path.name} declares XML entities, as no spreadsheet does.", next_step=_RESEND
        )
    return "1904" if _DATE_1904.search(text) else "1900"


def date_system_of_xls(path: Path) -> str:
    """``1900`` or ``1904`` from the DATEMODE record of an xls; refuses an encrypted container."""
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise DeliveryRefused(
            f"{path.name} is locked with a password.", next_step="have the agency send it without one."
        )
    # Record 0x0022, two bytes long, holding 1: the only byte sequence by which a workbook asks for 1904.
    return "1904" if b"\x22\x00\x02\x00\x01\x00" in content[: 1 << 16] else "1900"
