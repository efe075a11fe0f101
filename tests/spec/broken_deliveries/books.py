"""Workbooks made part by part, so that any part can be wrong: xlsx as XML in a zip, xls as records in OLE sectors."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

from tests.dock_support import headers
from tests.spec.broken_deliveries.case import ID, KEY, NAME, ROSTER

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
COLUMNS = [column.name for column in ROSTER.columns]
BOOK, SHEET = "xl/workbook.xml", "xl/worksheets/sheet1.xml"


def roster_row(number: int) -> list[str]:
    """A row of the roster that knows its own number."""
    said = {
        "seq": str(number),
        "name": NAME,
        "id_no": ID,
        "head_name": NAME,
        "head_id": ID,
        "group": f"{KEY}{number}",
        "monthly_amount": "320.5",
        "phone": "13900001111",
    }
    return [said.get(name, "城关") for name in COLUMNS]


def roster(count: int = 5) -> list[list[str]]:
    """Title, 填报 row, header and rows, the first of them row 4."""
    top = [["救助对象花名册"], ["填报单位：隆务镇 填报时间：2026年10月25日"], headers(ROSTER)]
    return [*top, *(roster_row(number) for number in range(4, 4 + count))]


def letters(column: int) -> str:
    """A column (0-based) as a spreadsheet names it."""
    found = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


def cell(row: int, column: int, value: str) -> str:
    """An inline text."""
    return f'<c r="{letters(column)}{row}" t="inlineStr"><is><t>{escape(value)}</t></is></c>' if value else ""


def row_xml(number: int, values: Sequence[str], hidden: bool = False) -> str:
    """A row; a value that begins with ``<c`` is a cell of its own making."""
    cells = [
        value if value.startswith("<c") else cell(number, place, value) for place, value in enumerate(values)
    ]
    return f'<row r="{number}"{" hidden=" + chr(34) + "1" + chr(34) if hidden else ""}>{"".join(cells)}</row>'


def sheet_xml(
    rows: Sequence[Sequence[str]], before: str = "", after: str = "", main: str = MAIN, prolog: str = ""
) -> str:
    """A worksheet."""
    inside = "".join(row_xml(number, row) for number, row in enumerate(rows, 1))
    return f'{prolog}<worksheet xmlns="{main}">{before}<sheetData>{inside}</sheetData>{after}</worksheet>'


def parts(
    sheets: dict[str, str], main: str = MAIN, relations: str = RELATIONS, book_extra: str = ""
) -> dict[str, str | bytes]:
    """Every part of a workbook with these sheets, by its name in the zip."""
    named = list(enumerate(sheets, 1))
    book = "".join(
        f'<sheet name="{escape(name, {chr(34): "&quot;"})}" sheetId="{n}" r:id="rId{n}"/>'
        for n, name in named
    )
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="application/vnd.openxmlformats-officedocument'
        '.spreadsheetml.worksheet+xml"/>'
        for n, _ in named
    )
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{relations}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n, _ in named
    )
    return {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" '
        'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.'
        f'openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>{types}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        BOOK: f'<workbook xmlns="{main}" xmlns:r="{relations}">{book_extra}<sheets>{book}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{related}</Relationships>',
        **{f"xl/worksheets/sheet{n}.xml": sheets[name] for n, name in named},
    }


def zipped(
    members: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED, comment: bytes = b""
) -> bytes:
    """The parts as a zip; the same parts give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as book:
        for name, content in members.items():
            book.writestr(zipfile.ZipInfo(name, (2026, 10, 25, 0, 0, 0)), content, compress_type=method)
        book.comment = comment
    return out.getvalue()


def book(rows: Sequence[Sequence[str]], **more: str | bytes) -> bytes:
    """A workbook of one sheet; ``more``: parts that replace or join the usual ones."""
    return zipped({**parts({"隆务镇": sheet_xml(rows)}), **more})


def with_part(**changed: str | bytes | None) -> bytes:
    """The sound roster with parts replaced (``book`` and ``sheet`` by these short names) or left out (None)."""
    members = parts({"隆务镇": sheet_xml(roster())})
    for name, content in changed.items():
        path = {
            "book": BOOK,
            "sheet": SHEET,
            "rels": "xl/_rels/workbook.xml.rels",
            "types": "[Content_Types].xml",
        }[name]
        if content is None:
            del members[path]
        else:
            members[path] = content
    return zipped(members)


# --- xls ---------------------------------------------------------------------------------------------------------


def record(kind: int, content: bytes) -> bytes:
    """One BIFF record."""
    return struct.pack("<HH", kind, len(content)) + content


def xls(rows: Sequence[Sequence[str]], version: int = 8, extra: bytes = b"", cells: bytes = b"") -> bytes:
    """A workbook of one sheet as Excel 95 (5) or 97 (8) wrote it; ``extra`` records stand before the sheet's name."""
    code = {5: 0x0500, 8: 0x0600}[version]
    sheet = record(0x0809, struct.pack("<HHHH", code, 0x10, 0, 0) + (bytes(8) if version == 8 else b""))
    for at, row in enumerate(rows):
        for place, value in enumerate(row):
            said = value.encode("utf-16-le" if version == 8 else "gbk")
            length = len(value) if version == 8 else len(said)
            flag = b"\x01" if version == 8 else b""
            sheet += record(0x0204, struct.pack("<HHHH", at, place, 0, length) + flag + said)
    sheet += cells + record(0x000A, b"")
    opening = record(0x0809, struct.pack("<HHHH", code, 0x05, 0, 0) + (bytes(8) if version == 8 else b""))
    opening += record(0x0042, struct.pack("<H", 1200 if version == 8 else 936)) + extra
    title = b"\x04\x00town" if version == 8 else b"\x04town"
    closing = record(0x000A, b"")
    begins = len(opening) + 4 + 6 + len(title) + len(closing)
    opening += record(0x0085, struct.pack("<IH", begins, 0) + title) + closing
    return ole((opening + sheet).ljust(4096, b"\0"), "Workbook" if version == 8 else "Book")


def ole(stream: bytes, name: str) -> bytes:
    """One stream of 4,096 bytes or more in an OLE file of 512-byte sectors."""
    size = -(-len(stream) // 512)
    fat_sectors = 1
    while fat_sectors * 128 < size + fat_sectors + 1:
        fat_sectors += 1
    chain = [n + 1 for n in range(size - 1)] + [0xFFFFFFFE, 0xFFFFFFFE] + [0xFFFFFFFD] * fat_sectors
    fat = struct.pack(f"<{fat_sectors * 128}I", *chain, *[0xFFFFFFFF] * (fat_sectors * 128 - len(chain)))
    head = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        + bytes(6)
    )
    head += struct.pack("<IIIIIIIII", 0, fat_sectors, size, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack(
        "<109I", *(size + 1 + n for n in range(fat_sectors)), *[0xFFFFFFFF] * (109 - fat_sectors)
    )
    root = _entry("Root Entry", 5, 1, 0xFFFFFFFE, 0)
    folder = root + _entry(name, 2, 0xFFFFFFFF, 0, len(stream)) + bytes(256)
    return head + stream.ljust(size * 512, b"\0") + folder + fat


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    said = (name + "\0").encode("utf-16-le")
    found = said.ljust(64, b"\0") + struct.pack("<HBB", len(said), kind, 1)
    return (
        found
        + struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )
