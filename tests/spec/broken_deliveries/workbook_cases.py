"""Workbooks that came broken: bombs, missing parts, cells without values, lies about their size, other formats."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.spec.broken_deliveries.books import (
    BOOK,
    COLUMNS,
    SHEET,
    STRICT,
    STRICT_RELATIONS,
    book,
    cell,
    letters,
    ole,
    parts,
    record,
    roster,
    roster_row,
    row_xml,
    sheet_xml,
    with_part,
    xls,
    zipped,
)
from tests.spec.broken_deliveries.case import Case, Lands, death, put, quoted, refused, text

FILE = "assistance_roster.xlsx"
XLS = "assistance_roster.xls"
AT = {name: place for place, name in enumerate(COLUMNS)}
SOUND = book(roster())
DAMAGED = "cut off or damaged"


def no(*words: str, file: str = FILE) -> object:
    return refused(*words, file=file, feed="assistance_roster")


def lands(rows: int, furniture: int = 3, **more: object) -> Lands:
    return Lands(rows, furniture, feed="assistance_roster", **more)  # type: ignore[arg-type]


def xlsx(content: bytes) -> Callable[[Path], object]:
    return put(content, FILE)


def one(name: str, content: bytes, then: object, **policy: str) -> Case:
    return Case(name, xlsx(content), then, policy)  # type: ignore[arg-type]


def old(name: str, content: bytes, then: object) -> Case:
    return Case(name, put(content, XLS), then)  # type: ignore[arg-type]


def changed(row: int, **cells: str) -> list[list[str]]:
    """The roster of twenty rows with cells of one row (by column) of another making; ``{r}`` is their place."""
    rows = roster(20)
    for name, value in cells.items():
        rows[row - 1][AT[name]] = value.replace("{r}", f"{letters(AT[name])}{row}")
    return rows


def several(*sheets: str) -> bytes:
    """A workbook of sheets named in their order."""
    return zipped(parts({f"第{n}村": sheet for n, sheet in enumerate(sheets, 1)}))


def member(name: str, content: bytes | str, **info: int) -> bytes:
    """The sound roster with one more part in its zip."""
    import io

    out = io.BytesIO(SOUND)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        part = zipfile.ZipInfo(name, (2026, 10, 25, 0, 0, 0))
        part.external_attr = info.get("attributes", 0)
        archive.writestr(part, content, compress_type=zipfile.ZIP_DEFLATED)
    return out.getvalue()


def lying_size() -> bytes:
    """A sheet of 60 MB whose directory says 1 KB."""
    fill = "<!-- " + "x" * 60_000_000 + " -->"
    content = bytearray(
        zipped(parts({"隆务镇": sheet_xml(roster()).replace("<sheetData>", fill + "<sheetData>", 1)}))
    )
    at = content.rfind(SHEET.encode()) - 46
    content[at + 24 : at + 28] = struct.pack("<I", 1024)
    return bytes(content)


def streamed() -> bytes:
    """Written as a stream: sizes stand behind each part (data descriptors)."""
    import io

    class Pipe(io.RawIOBase):
        content = b""

        def writable(self) -> bool:
            return True

        def write(self, piece: bytes) -> int:  # type: ignore[override]
            self.content += bytes(piece)
            return len(piece)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[arg-type]
        for name, said in parts({"隆务镇": sheet_xml(roster())}).items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 10, 25, 0, 0, 0)), said)
    return pipe.content


def zip64() -> bytes:
    import io

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, said in parts({"隆务镇": sheet_xml(roster())}).items():
            with archive.open(
                zipfile.ZipInfo(name, (2026, 10, 25, 0, 0, 0)), "w", force_zip64=True
            ) as handle:
                handle.write(said.encode() if isinstance(said, str) else said)
    return out.getvalue()


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">' for n in range(9))
    + "]>"
)
FAR = sheet_xml(roster()).replace(
    "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
)
BLANK = '<c r="{r}" s="0"/>'
FORMULA = '<c r="{r}"><f>B1&amp;"x"</f>%s</c>'
ERROR = '<c r="{r}" t="e"><f>VLOOKUP(A1,B:C,2)</f><v>%s</v></c>'

BOMBS = [
    one("a zip bomb", zipped({**parts({"a": sheet_xml(roster())}), "xl/media/x.bin": b"0" * 30_000_000}), no("intake_max_unpacked_mb"), intake_max_unpacked_mb="20"),
    one("a zip bomb whose directory lies about its size", lying_size(), (), intake_max_unpacked_mb="20"),
    one("a zip in a zip", zipped({"inner.zip": zipped({"x": b"0" * 9_000_000})}), no("archive without a workbook")),
    one("a sheet of one endless text", book([*roster(), ["x" * 20_000_000]]), no("memory", "intake_max_reading_mb"), intake_max_reading_mb="80"),
    one("twenty thousand parts in the zip", zipped({**parts({"a": sheet_xml(roster())}), **{f"x/{n}": b"" for n in range(20_000)}}), lands(8)),
    one("a billion laughs in the sheet", with_part(sheet=LAUGHS + sheet_xml(roster()).replace("城关", "&j;")), no("entities")),
    one("a billion laughs in the workbook", with_part(book=LAUGHS + str(parts({"a": ""})[BOOK])), no("entities")),
    one("a billion laughs in the relations", with_part(rels=LAUGHS + str(parts({"a": ""})["xl/_rels/workbook.xml.rels"])), no("entities")),
    one("an outer entity that names a file", with_part(sheet='<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + sheet_xml(roster()).replace("城关", "&a;", 1)), no("entities")),
    one("an outer entity that names a host", with_part(sheet='<!DOCTYPE x SYSTEM "http://192.0.2.1/x.dtd">' + sheet_xml(roster())), no("entities")),
    one("an entity that nobody declared", with_part(sheet=sheet_xml(roster()).replace("城关", "&nobody;", 1)), no(DAMAGED)),
    one("a sheet that claims all rows and columns", with_part(sheet=sheet_xml(roster(), '<dimension ref="A1:XFD1048576"/>')), lands(8)),
    one("a value in the last cell of the sheet", with_part(sheet=FAR), no("more memory", "outside the table")),
    one("a value beyond the last row", with_part(sheet=FAR.replace("1048576", "4294967295")), no("more memory", "outside the table")),
    one("a value beyond the last row and nothing else", with_part(sheet=sheet_xml([], after="").replace("</sheetData>", '<row r="4294967295"><c r="A4294967295"><v>1</v></c></row></sheetData>')), no("beyond a spreadsheet's last row")),
    one("a value beyond the last column", with_part(sheet=FAR.replace('r="1048576"', 'r="9"').replace("XFD1048576", "ZZZZ9")), no()),
    one("a value twenty thousand rows below", with_part(sheet=FAR.replace("XFD1048576", "A20000").replace("1048576", "20000").replace("<v>1</v>", "<v>2</v>")), lands(20_000, 19_995)),
    one("styled blanks down to the last row", with_part(sheet=FAR.replace("<v>1</v>", "").replace("XFD1048576", "A1048576")), lands(8)),
    one("nesting a hundred thousand deep", with_part(sheet=sheet_xml(roster(), "<a>" * 100_000 + "</a>" * 100_000)), lands(8)),
    one("a thousand sheets", several(sheet_xml(roster()), *[sheet_xml([])] * 1000), lands(8)),
]  # fmt: skip

PARTS = [
    one("cut off in its first part", SOUND[:200], no(DAMAGED)),
    one("cut off half-way", SOUND[: len(SOUND) // 2], no(DAMAGED)),
    one("cut off in its directory", SOUND[:-60], no(DAMAGED)),
    one("cut off by one byte", SOUND[:-1], no(DAMAGED)),
    one("bytes behind its end", SOUND + b"x" * 99, lands(8)),
    one("bytes before its beginning", b"PK\x03\x04" + SOUND, (lands(8),)),
    one("no sheet part", with_part(sheet=None), no()),
    one("no relations", with_part(rels=None), no()),
    one("no workbook part", with_part(book=None), no("archive without a workbook")),
    one("no content types", with_part(types=None), lands(8)),
    one("an empty sheet part", with_part(sheet=""), no()),
    one("a sheet part cut off", with_part(sheet=sheet_xml(roster())[:3000]), no(DAMAGED)),
    one("a sheet part that is no XML", with_part(sheet="姓名,身份证号\n"), no()),
    one("a relation that leads to itself", with_part(rels=str(parts({"a": ""})["xl/_rels/workbook.xml.rels"]).replace("worksheets/sheet1.xml", "workbook.xml")), no()),
    one("a relation that climbs out of the archive", with_part(rels=str(parts({"a": ""})["xl/_rels/workbook.xml.rels"]).replace("worksheets/sheet1.xml", "../../../../etc/passwd")), no()),
    one("a relation to another host", with_part(rels=str(parts({"a": ""})["xl/_rels/workbook.xml.rels"]).replace('Target="worksheets/sheet1.xml"', 'Target="http://192.0.2.1/x.xml" TargetMode="External"')), no()),
    one("links to other workbooks", member("xl/externalLinks/externalLink1.xml", "<externalLink/>"), lands(8)),
    one("a part whose name climbs out", member("../../../etc/cron.d/x", "* * * * * root true"), lands(8)),
    one("a part with an absolute name", member("/etc/passwd", "x"), lands(8)),
    one("a part with a name of Windows", member("C:\\Windows\\x.dll", "x"), lands(8)),
    one("a part that is a symbolic link", member("xl/link", "/etc/passwd", attributes=0o120777 << 16), lands(8)),
    one("a macro inside", member("xl/vbaProject.bin", ole(bytes(4096), "VBA")), lands(8)),
    one("a comment behind the directory", zipped(parts({"隆务镇": sheet_xml(roster())}), comment=b"x" * 60_000), lands(8)),
    one("parts stored without packing", zipped(parts({"隆务镇": sheet_xml(roster())}), zipfile.ZIP_STORED), lands(8)),
    one("parts packed in another way", zipped(parts({"隆务镇": sheet_xml(roster())}), zipfile.ZIP_BZIP2), (no(),)),
    one("written as a stream", streamed(), lands(8)),
    one("zip64", zip64(), lands(8)),
    one("one flipped bit in the sheet", SOUND[:900] + bytes([SOUND[900] ^ 4]) + SOUND[901:], no()),
    one("strict Open XML", zipped(parts({"隆务镇": sheet_xml(roster(), main=STRICT)}, STRICT, STRICT_RELATIONS)), lands(8)),
    one("a shared text that is not there", with_part(sheet=sheet_xml(changed(7, name='<c r="{r}" t="s"><v>999</v></c>'))), no()),
    one("a shared text of number minus one", with_part(sheet=sheet_xml(changed(7, name='<c r="{r}" t="s"><v>-1</v></c>'))), no()),
]  # fmt: skip

CELLS = [
    one("formulas with their values", with_part(sheet=sheet_xml(changed(7, name=FORMULA % "<v>5</v>"))), lands(23)),
    one("a formula never calculated", with_part(sheet=sheet_xml(changed(7, name=FORMULA % ""))), lands(23, aside={7: "formula without value"})),
    one("a formula with an empty value", with_part(sheet=sheet_xml(changed(7, name=FORMULA % "<v></v>"))), lands(23, aside={7: "formula without value"})),
    one("a formula whose value is an empty text", with_part(sheet=sheet_xml(changed(7, cause=(FORMULA % "<v></v>").replace('"{r}"', '"{r}" t="str"')))), lands(23)),
    one("a formula never calculated in a column nobody asked for", with_part(sheet=sheet_xml([[*row, *(["备注"] if n == 2 else [f'<c r="AZ{n + 1}"><f>1+1</f></c>'] if n > 2 else [])] for n, row in enumerate(roster(20))])), lands(23)),
    one("a total as a formula never calculated", with_part(sheet=sheet_xml([*roster(20), ["合计", *[""] * (AT["monthly_amount"] - 1), f'<c r="{letters(AT["monthly_amount"])}24"><f>SUM(A1)</f></c>']])), lands(24, 4)),
    one("every row by formulas never calculated", with_part(sheet=sheet_xml([*roster(0), *([f'<c r="{letters(c)}{r}"><f>X1</f></c>' for c in range(26)] for r in range(4, 10))])), no("6 of 6 rows", "formula without value 6")),
    one("an error in a name", with_part(sheet=sheet_xml(changed(7, name=ERROR % "#N/A"))), lands(23, aside={7: "error value"})),
    one("errors of every kind", with_part(sheet=sheet_xml(changed(7, name=ERROR % "#REF!", id_no=ERROR % "#DIV/0!", case_no=ERROR % "#NAME?"))), lands(23, aside={7: "error value"})),
    one("an error in an unnamed place", with_part(sheet=sheet_xml(changed(7, name=(ERROR % "#VALUE!").replace(' r="{r}"', "")))), ()),
    one("true and false", with_part(sheet=sheet_xml(changed(7, cause='<c r="{r}" t="b"><v>1</v></c>'))), lands(23)),
    one("a date in a text", with_part(sheet=sheet_xml(changed(7, admitted_on='<c r="{r}" t="d"><v>2020-05-31T00:00:00</v></c>'))), lands(23)),
    one("a number that is none", with_part(sheet=sheet_xml(changed(7, monthly_amount='<c r="{r}"><v>1e999</v></c>'))), ()),
    one("an id as a number", with_part(sheet=sheet_xml(changed(7, id_no='<c r="{r}"><v>632301199001011234</v></c>'))), lands(23)),
    one("rich text", with_part(sheet=sheet_xml(changed(7, cause='<c r="{r}" t="inlineStr"><is><r><rPr><b/></rPr><t>因</t></r><r><t>病</t></r></is></c>'))), lands(23)),
    one("cells out of order", with_part(sheet=sheet_xml(roster()).replace(row_xml(5, roster_row(5)), row_xml(5, list(roster_row(5))).replace(cell(5, 0, "5"), "").replace("</row>", cell(5, 0, "5") + "</row>"))), lands(8)),
    one("a row that stands twice", with_part(sheet=sheet_xml(roster()).replace("</sheetData>", row_xml(8, roster_row(8)) + "</sheetData>")), lands(8)),
    one("cells merged over rows of data", with_part(sheet=sheet_xml(roster(), after='<mergeCells><mergeCell ref="C4:C8"/></mergeCells>')), lands(8, says=("1 merged area(s) over rows of data",))),
    one("merged areas without end", with_part(sheet=sheet_xml(roster(), after="<mergeCells>" + '<mergeCell ref="A1:XFD1048576"/>' * 5_000 + "</mergeCells>")), lands(8)),
    one("hidden rows and columns", with_part(sheet=sheet_xml(roster(), '<cols><col min="1" max="9" hidden="1"/></cols>').replace('<row r="5">', '<row r="5" hidden="1">')), lands(8)),
    one("dates of 1904", zipped(parts({"隆务镇": sheet_xml(roster())}, book_extra='<workbookPr date1904="1"/>')), lands(8)),
    one("formulas and commands in texts", book([[f"=cmd|'/C calc'!A{n}" if c == AT["name"] and n > 2 else v for c, v in enumerate(row)] for n, row in enumerate(roster())]), lands(8)),
    one("the header twice", book([*roster(3), roster()[2], *roster(8)[7:]]), lands(11, 4)),
    one("titles alone", book(roster()[:2]), no("no header")),
    one("a header alone", book(roster(0)), lands(3, says=("no row of data",))),
    one("no sheet at all", zipped(parts({})), no()),
    one("an empty sheet", book([]), no("no header")),
]  # fmt: skip

SHEETS = [
    one("two sheets of one name", zipped({**parts({"a": sheet_xml(roster(2)), "b": sheet_xml([*roster(0), *roster(8)[5:]])}), BOOK: str(parts({"a": "", "b": ""})[BOOK]).replace('name="b"', 'name="a"')}), no("two sheets of one name")),
    one("a sheet that stands twice in the workbook", zipped({**parts({"a": sheet_xml(roster(2)), "b": ""}), "xl/_rels/workbook.xml.rels": str(parts({"a": "", "b": ""})["xl/_rels/workbook.xml.rels"]).replace("sheet2.xml", "sheet1.xml")}), no(DAMAGED)),
    one("a sheet without a header that holds rows of the table", several(sheet_xml(roster()), sheet_xml([roster_row(n) for n in range(1, 5)])), no("rows as full as those", "第2村")),
    one("a sheet of words beside the table", several(sheet_xml(roster()), sheet_xml([["填表说明"], ["一人一行"]])), lands(10, 5, says=("carries no header",))),
    one("a sheet with a column missing", several(sheet_xml(roster()), sheet_xml([[c for n, c in enumerate(row) if n != AT["case_no"]] for row in roster()])), no("第2村", "救助证编号")),
    one("a sheet filled in for another month", several(sheet_xml(roster()), sheet_xml([[c.replace("2026年10月25日", "2026年8月25日") for c in row] for row in roster()])), no("another month", "2026-08")),
    one("a sheet named like a formula", zipped(parts({"=HYPERLINK(1)": sheet_xml(changed(7, name=FORMULA % ""))})), lands(23, aside={7: "formula without value"}, says=("'=HYPERLINK(1)",))),
    one("a sheet named with a number of a person", zipped(parts({"632301199003074513": sheet_xml(changed(7, name=FORMULA % ""), after='<mergeCells><mergeCell ref="C4:C8"/></mergeCells>')})), lands(23, aside={7: "formula without value"})),
    one("a sheet with a path for a name", zipped(parts({"../../x/y:z*?[]\\n": sheet_xml(roster())})), lands(8)),
    one("a sheet without a name", zipped(parts({"": sheet_xml(roster())})), lands(8)),
    one("a hidden sheet", zipped({**parts({"a": sheet_xml(roster())}), BOOK: str(parts({"a": ""})[BOOK]).replace('name="a"', 'name="a" state="veryHidden"')}), lands(8, says=("is hidden and was read",))),
]  # fmt: skip

OTHERS = [
    one("a binary workbook (xlsb) renamed", zipped({"xl/workbook.bin": b"\x83\x01\x00"}), no(".xlsb", "save it as .xlsx")),
    one("an OpenDocument file (ods) renamed", zipped({"mimetype": "application/vnd.oasis", "content.xml": "<x/>"}), no(".ods", "save it as .xlsx")),
    one("a text document (docx) renamed", zipped({"word/document.xml": "<x/>"}), no(".docx")),
    one("an archive of tables renamed", zipped({"隆务镇.csv": text(death())}), no("archive without a workbook", "unpack")),
    one("an empty archive", b"PK\x05\x06" + bytes(18), no("empty archive")),
    one("text named xlsx", quoted(death()).encode(), no("not a workbook")),
    one("locked with a password", ole("EncryptedPackage".encode("utf-16-le") + bytes(5000), "EncryptedPackage"), no("locked with a password")),
    one("an OLE file of another program (et, wps)", ole(bytes(5000), "WpsData"), no()),
    Case("a macro workbook under its own name", put(SOUND, "assistance_roster.xlsm"), refused("not of a form", file="assistance_roster.xlsm", feed="assistance_roster")),
    Case("a WPS table under its own name", put(ole(bytes(5000), "Workbook"), "assistance_roster_隆务镇.et"), refused("not of a form", file="assistance_roster_隆务镇.et", feed="assistance_roster")),
    old("an xls of Excel 97", xls(roster()), lands(8)),
    old("an xls of Excel 95", xls(roster(), 5), no("Excel 95", "save it as .xlsx", file=XLS)),
    old("an xls cut off in its head", xls(roster())[:300], no(DAMAGED, file=XLS)),
    old("an xls cut off in its rows", xls(roster())[:2600], no(DAMAGED, file=XLS)),
    old("an xls cut off in its table of sectors", xls(roster())[:-300], lands(8)),
    old("an xls locked with a password", xls(roster(), extra=record(0x2F, b"\1\0" * 27)), no("locked with a password", file=XLS)),
    old("an xls whose sheet begins beyond its end", xls(roster()).replace(struct.pack("<HH", 0x85, 12), struct.pack("<HH", 0x85, 0xFFF0)), no(file=XLS)),
    old("an xls with a cell in its last place", xls(roster(), cells=record(0x0203, struct.pack("<HHHd", 65535, 26, 0, 1.0))), lands(65536, 65531)),
    old("an xls with an error in a cell", xls(roster(), cells=record(0x0205, struct.pack("<HHHBB", 6, 9, 0, 0x17, 1))), no("error values", "save it as .xlsx", file=XLS)),
    old("an xls with a formula that came to an error", xls(roster(), cells=record(0x0006, struct.pack("<HHH", 6, 9, 0) + b"\2\0\x2a\0\0\0\xff\xff" + bytes(8))), no("error values", file=XLS)),
    old("an xls with a record longer than the file", xls(roster(), cells=struct.pack("<HH", 0x0204, 0xFFFF)), no(file=XLS)),
    old("an xls of sectors that go round in a circle", xls(roster())[:-512] + struct.pack("<128I", *([0] * 128)), no(file=XLS)),
    old("a web page named xls", "<html><table><tr><td>姓名".encode("gbk"), no("web page", file=XLS)),
    old("a CSV named xls", "\r\n".join(",".join(row) for row in roster()).encode("gb18030") + b"\r\n", lands(8, says=("really csv",))),
    old("an xlsx named xls", SOUND, lands(8, says=("really xlsx",))),
    Case("an xls where a CSV is owed", put(xls(roster()), "assistance_payment.csv"), refused("no header", file="assistance_payment.csv", feed="assistance_payment")),
]  # fmt: skip

WORKBOOK_CASES = [*BOMBS, *PARTS, *CELLS, *SHEETS, *OTHERS]
