"""CSV that came broken: encodings, the cutting into records and fields, headers, sizes, hostile cells."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from pathlib import Path

from tests.spec.broken_deliveries.case import (
    HEAD,
    ID,
    NAME,
    Case,
    Lands,
    death,
    death_row,
    death_rows,
    joined,
    lines,
    put,
    quoted,
    refused,
    text,
)

SOUND = text(death())
LINES = lines()
ROW_5 = LINES[4]


def _line(number: int, instead: str, count: int = 20) -> bytes:
    """The sound list with another line in one place."""
    changed = lines(count)
    changed[number - 1] = instead
    return joined(changed)


def _between(extra: str | list[str], after: int = 10) -> list[str]:
    """Lines with something put between; what follows it moves down."""
    more = [extra] if isinstance(extra, str) else extra
    first = after + len(more) + 1
    return [*LINES[:after], *more, *lines(40)[first - 1 : first + 9]]


def _bytes_in(number: int, old: bytes, new: bytes, encoding: str = "gb18030", count: int = 20) -> bytes:
    parts = [line.encode(encoding) for line in lines(count)]
    parts[number - 1] = parts[number - 1].replace(old, new, 1)
    return b"".join(part + b"\r\n" for part in parts)


def _at_a_block_border(folder: Path) -> None:
    """More than 64 KB, a character of GBK cut in two at the border, another right behind it."""
    rows = lines(1500)
    parts = [line.encode("gb18030") + b"\r\n" for line in rows]
    border = 65536
    at = number = 0
    while at + len(parts[number]) <= border:
        at += len(parts[number])
        number += 1
    parts[number] = parts[number].replace("张三丰".encode("gb18030"), "张三丰".encode("gb18030")[:-1], 1)
    (folder / "death.csv").write_bytes(b"".join(parts))
    (folder / ".row").write_text(str(number + 1))


def _endless(fill: bytes, head: bytes = b"", megabytes: int = 24) -> Callable[[Path], object]:
    def make(folder: Path) -> None:
        with (folder / "death.csv").open("wb") as handle:
            handle.write(head)
            for _ in range(megabytes):
                handle.write(fill * ((1 << 20) // len(fill)))

    return make


OPEN = "quotation mark opens"
ENCODINGS = [
    Case("utf-16-le with its mark", put(SOUND.encode("utf-16")), Lands(21, encoding="utf-16-le")),
    Case("utf-16-be with its mark", put(codecs.BOM_UTF16_BE + SOUND.encode("utf-16-be")), Lands(21, encoding="utf-16-be")),
    Case("utf-16-le without a mark", put(SOUND.encode("utf-16-le")), Lands(21, encoding="utf-16-le")),
    Case("utf-16-be without a mark", put(SOUND.encode("utf-16-be")), Lands(21, encoding="utf-16-be")),
    Case("utf-16 cut in the middle of a character", put(SOUND.encode("utf-16")[:-3]), Lands(21, aside={21: "undecodable bytes"})),
    Case("utf-16 with half a pair of surrogates", put(("\r\n".join([*LINES[:4], ROW_5.replace("男", "\ud83d"), *LINES[5:]]) + "\r\n").encode("utf-16", "surrogatepass")), Lands(21, aside={5: "undecodable bytes"}, encoding="utf-16-le")),
    Case("utf-32", put(SOUND.encode("utf-32")), refused()),
    Case("gb18030 in four bytes", put(SOUND.replace("男", "䶮㼆𠀀").encode("gb18030")), Lands(21, encoding="gb18030")),
    Case("gb18030 cut in the middle of four bytes", put(_bytes_in(5, "男".encode("gb18030"), "𠀀".encode("gb18030")[:3])), Lands(21, aside={5: "undecodable bytes"})),
    Case("utf-8 with its mark", put(SOUND.encode("utf-8-sig")), Lands(21, encoding="utf-8-sig")),
    Case("utf-8 with its mark twice", put(codecs.BOM_UTF8 + SOUND.encode("utf-8-sig")), Lands(21, encoding="utf-8-sig")),
    Case("a mark in the middle: two exports put together", put(SOUND.encode("utf-8") + codecs.BOM_UTF8 + text([HEAD, *death_rows(5, 23)]).encode()), Lands(27, furniture=2)),
    Case("a mark before a row in the middle", put("\r\n".join([*LINES[:4], "\ufeff" + ROW_5, *LINES[5:]]).encode() + b"\r\n"), Lands(21)),
    Case("utf-8 with one byte of gbk", put(_bytes_in(5, "男".encode(), "男".encode("gbk"), "utf-8")), Lands(21, aside={5: "undecodable bytes"}, encoding="utf-8")),
    Case("utf-8 of surrogates (CESU)", put(_bytes_in(5, "男".encode(), "😀".encode("utf-16", "surrogatepass").decode("utf-16").encode("utf-8").replace(b"\xf0\x9f\x98\x80", b"\xed\xa0\xbd\xed\xb8\x80"), "utf-8")), Lands(21, aside={5: "undecodable bytes"})),
    Case("utf-8 longer than needed", put(_bytes_in(5, b"1990", b"\xc0\xb1990", "utf-8")), Lands(21, aside={5: "undecodable bytes"})),
    Case("rows of utf-8 in a list of gb18030", put(joined(LINES[:18]) + "".join(line + "\r\n" for line in LINES[18:]).encode("utf-8")), Lands(21, aside={19: "undecodable bytes", 20: "undecodable bytes", 21: "undecodable bytes"})),
    Case("half in utf-8, half in gb18030", put(joined(LINES[:11]) + "".join(line + "\r\n" for line in LINES[11:]).encode("utf-8")), refused("10 of 20 rows", "undecodable bytes 10")),
    Case("rows of gb18030 in a list of utf-8", put("".join(line + "\r\n" for line in LINES[:18]).encode("utf-8") + joined(LINES[18:])), Lands(21, aside={19: "undecodable bytes", 20: "undecodable bytes", 21: "undecodable bytes"})),
    Case("big5", put(SOUND.replace("张", "張").replace("丰", "豐").replace("户", "戶").replace("姓名,公民身份号码", "姓名,身份证号").replace("号", "號").replace("证", "證").encode("big5hkscs", "replace")), refused("no header")),
    Case("utf-8 read as gbk and saved again", put(SOUND.encode("utf-8").decode("gb18030", "replace").encode("utf-8")), refused("broken characters", "wrong encoding")),
    Case("utf-8 read as latin-1 and saved again", put(SOUND.encode("utf-8").decode("latin-1").encode("utf-8")), refused("broken characters", "wrong encoding")),
    Case("question marks for every character", put(SOUND.encode("ascii", "replace")), refused("no header")),
    Case("a character broken at the border of two blocks", _at_a_block_border, Lands(1501, aside={-1: "undecodable bytes"})),
    Case("a zero byte in a row", put(_bytes_in(5, b"1990", b"19\x0090")), Lands(21, aside={5: "undecodable bytes"})),
    Case("zero bytes behind the last row", put(joined(LINES) + bytes(3)), refused("cut off", "22")),
    Case("nothing but zero bytes", put(bytes(5000)), refused("binary")),
    Case("control characters in a cell", put(_line(5, ROW_5.replace("男", "\x01男\x1b"))), Lands(21)),
    Case("zero-width and direction marks in cells", put(_line(5, ROW_5.replace("男", "\u200b\u202e男\u2066")).decode("gb18030").encode()), Lands(21)),
    Case("full-width and Arabic-Indic digits", put(_line(5, ROW_5.replace("19900307", "１９９００３０７").replace("632301,", "٦٣٢٣٠١,")).decode("gb18030").encode()), Lands(21)),
    Case("private-use characters", put(_line(5, ROW_5.replace("男", "\ue000")).decode("gb18030").encode()), Lands(21)),
    Case("noncharacters of Unicode", put(_line(5, ROW_5.replace("男", "\ufdd1\uffff")).decode("gb18030").encode()), Lands(21)),
]  # fmt: skip

STRUCTURE = [
    Case("a quotation mark opens the header", put(joined(['"' + LINES[0], *LINES[1:]])), refused()),
    Case("a quotation mark opens the first row", put(_line(2, '"' + LINES[1])), refused(OPEN)),
    Case("a quotation mark opens row 5", put(_line(5, ROW_5.replace("男", '"男'))), refused(OPEN)),
    Case("a quotation mark opens the last row", put(_line(21, LINES[20].replace("死亡", '"死亡'))), Lands(21, keeps_keys=True)),
    Case("two marks astray swallow a line end", put(joined([*LINES[:4], ROW_5.replace("男", '"男'), LINES[5].replace("男", '男"'), *LINES[6:]])), refused(OPEN)),
    Case("two marks astray in two distant rows", put(joined([*LINES[:4], ROW_5.replace("男", '"男'), *LINES[5:9], LINES[9].replace("男", '男"'), *LINES[10:]])), refused(OPEN)),
    Case("a quotation mark in the middle of a cell", put(_line(5, ROW_5.replace("张三丰", '张"三丰'))), Lands(21)),
    Case("a quoted cell with text behind it", put(_line(5, ROW_5.replace("张三丰", '"张三"丰'))), Lands(21)),
    Case("every cell in quotation marks", put(quoted(death())), Lands(21)),
    Case("a line break inside a cell", put(quoted([*death(3), [f"{NAME}\n曾用名", *death_row(5)[1:]], *death_rows(15, 6)])), Lands(20)),
    Case("marks of a typewriter for quotation marks", put(SOUND.replace(NAME, f"“{NAME}”")), Lands(21)),
    Case("single quotation marks", put(SOUND.replace(ID, f"'{ID}'")), Lands(21)),
    Case("backslashes before quotation marks", put(_line(5, ROW_5.replace("张三丰", '"张\\"三丰"'))), Lands(21)),
    Case("CR alone ends the lines", put(text(death(), "\r")), Lands(21)),
    Case("LF CR ends the lines", put(text(death(), "\n\r")), Lands(42, furniture=22, keeps_keys=False)),
    Case("CR CR LF ends the lines", put(text(death(), "\r\r\n")), Lands(42, furniture=22, keeps_keys=False)),
    Case("line ends of all kinds", put("".join(line + ("\n", "\r\n", "\r")[n % 3] for n, line in enumerate(LINES))), Lands(21)),
    Case("no line end at the end", put(SOUND.removesuffix("\r\n")), Lands(21)),
    Case("blank lines in between", put("\n\n".join(LINES)), Lands(41, furniture=21, keeps_keys=False)),
    Case("semicolons between the fields", put(quoted(death(), ";")), Lands(21)),
    Case("tabs between the fields", put(quoted(death(), "\t")), Lands(21)),
    Case("bars between the fields", put(quoted(death(), "|")), Lands(21)),
    Case("tabs below a title full of commas", put("同仁市,死亡,名单,公安局,户政,大队,十月\n" + quoted([HEAD, *death_rows(20, 3)], "\t")), Lands(22, furniture=2)),
    Case("commas below a title full of bars", put("死亡|名单|公安|十月|一|二|三|四|五|六|七\n" + text([HEAD, *death_rows(20, 3)])), Lands(22, furniture=2)),
    Case("full-width commas between the fields", put(SOUND.replace(",", "，")), refused("no header")),
    Case("a trailing comma in every line", put("".join(line + ",\r\n" for line in LINES)), Lands(21)),
    Case("forty trailing commas in one line", put(_line(5, ROW_5 + "," * 40)), Lands(21)),
    Case("an unquoted comma in a cell", put(_line(5, ROW_5.replace("张三丰", "张,三丰"))), Lands(21, aside={5: "too many fields"})),
    Case("a row in two lines", put(joined([*LINES[:4], "张三丰,6323", "011990", *LINES[5:]])), Lands(22, aside={5: "too few fields", 6: "too few fields"}, keeps_keys=False)),
    Case("one row short of its last fields", put(_line(5, ",".join(ROW_5.split(",")[:6]))), Lands(21, aside={5: "too few fields"})),
    Case("half of the rows short", put(joined([LINES[0], *(line if n % 2 else line[:30] for n, line in enumerate(LINES[1:]))])), refused("10 of 20 rows")),
    Case("the last row stops half-way", put(joined(LINES)[:-40]), refused("cut off", "21")),
    Case("the header printed again", put(joined(_between(LINES[0]))), Lands(21, furniture=2)),
    Case("the header printed again in quotation marks and with a mark", put(joined(_between('"\ufeff姓名",' + LINES[0].removeprefix("姓名,"))).decode("gb18030").encode()), Lands(21, furniture=2)),
    Case("a total, notes and fillers among the rows", put(joined(_between(["合计,20,,,,,,,", "　", ",,,,,,,,", "填表人：某"]))), Lands(24, furniture=5, keeps_keys=False)),
    Case("the header in row 30", put("同仁市死亡名单\r\n" * 29 + SOUND), refused("no header", "first 20 rows")),
    Case("the header in row 20", put("同仁市死亡名单\r\n" * 19 + text([HEAD, *death_rows(20, 21)])), Lands(40, furniture=20)),
    Case("a header of two levels", put(text([["本人", "", "", "", "户籍", "", "注销", "", ""], HEAD, *death_rows(20, 3)])), Lands(22, furniture=2)),
    Case("a required column named twice", put(text([["姓名", *HEAD], *([NAME, *row] for row in death_rows())])), refused("姓名 2 times", "columns A, B")),
    Case("an optional column named twice", put(text([[*HEAD, "性别"], *([*row, "女"] for row in death_rows())])), Lands(21, says=("性别 2 times", "the first was read"))),
    Case("a column without a name", put(text([["", *HEAD], *(["", *row] for row in death_rows())])), Lands(21)),
    Case("columns that nobody knows", put(text([[*HEAD, "备注", "怀孕情况"], *([*row, "x", "y"] for row in death_rows())])), Lands(21)),
    Case("a required column is missing", put(text([row[:6] + row[8:] for row in death()])), refused("注销日期", "contracts/death.yml")),
    Case("a header alone", put(LINES[0] + "\r\n"), Lands(1, says=("no row of data", "公安"))),
    Case("titles, a header and a total alone", put("死亡名单\r\n" + LINES[0] + "\r\n合计,0,,,,,,,\r\n"), Lands(3, furniture=3, says=("no row of data",))),
    Case("furniture alone", put("死亡名单\r\n填报单位\r\n合计\r\n"), refused("no header")),
    Case("one column alone", put("姓名\r\n" + "张三丰\r\n" * 20), refused("no header")),
    Case("rows without a header", put(joined(LINES[1:])), refused("no header")),
    Case("the header upside down: a column of words", put("\r\n".join(HEAD)), refused("no header")),
    Case("an empty file", put(b""), refused("is empty")),
    Case("blanks alone", put(" \r\n\t\r\n" * 9), refused("is empty")),
    Case("a cell of forty megabytes", _endless(b"a", joined(LINES), 40), refused("its line 22", "intake_max_record_kb")),
    Case("letters without end", _endless(b"a"), refused("intake_max_record_kb")),
    Case("a quoted cell without end", _endless("甲,乙\r\n".encode("gb18030"), joined(LINES) + b'"'), refused(OPEN)),
    Case("ten million short rows", _endless(b"x\n", joined(LINES)), refused("more than 100000 rows cannot be read", "too few fields"), is_steady=False),
    Case("ten million fields without a line end", _endless(b"x,", joined(LINES)), refused("intake_max_record_kb")),
    Case("a million columns", put(b"a," * 1_000_000 + b"\n"), refused("intake_max_record_kb")),
    Case("twenty thousand columns", put(SOUND.replace("\r\n", "," * 20_000 + "\r\n")), refused("columns", "intake_max_columns")),
    Case("a header word of a hundred thousand letters", put(SOUND.replace("户号", "户" * 30_000, 1)), Lands(21, keeps_keys=False)),
    Case("a cell of a hundred thousand letters", put(_line(5, ROW_5.replace("632301,", "x" * 100_000 + ","))), Lands(21)),
    Case("sixty thousand blank lines", put(SOUND + "\r\n" * 60_000), Lands(60_021, furniture=60_001)),
    Case("sixty thousand lines of commas", put(SOUND + ",,,,,,,,\r\n" * 60_000), Lands(60_021, furniture=60_001)),
    Case("formulas in cells", put(text([HEAD, *(["=cmd|' /C calc'!A0", ID, "+1+1", "-2+3", "@SUM(A1)", f"户{n}", "\t=1", "=HYPERLINK(1)", "死亡"] for n in range(2, 22))])), Lands(21)),
    Case("names of functions and SQL in cells", put(text([HEAD, *(["'; drop table x; --", ID, "男", "{{ 1 }}", "${HOME}", f"户{n}", "%s", "../../etc", "死亡"] for n in range(2, 22))])), Lands(21)),
]  # fmt: skip

WRONG_FORMS = [
    Case("a web page", put("<!DOCTYPE html><table><tr><td>姓名"), refused("web page", "save it as .xlsx")),
    Case("a web page behind a mark of UTF-16", put(codecs.BOM_UTF16_LE + "<html><table>".encode("utf-16-le")), refused("web page")),
    Case("a web page in one mail (MHTML)", put("MIME-Version: 1.0\r\nContent-Type: multipart/related"), refused("web page")),
    Case("an XML spreadsheet of 2003", put('<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'), refused("XML spreadsheet of 2003", "save it as .xlsx")),
    Case("a PDF", put(b"%PDF-1.7\n%" + bytes(range(128, 255))), refused("a PDF")),
    Case("a picture", put(b"\x89PNG\r\n\x1a\n" + bytes(300)), refused("a picture")),
    Case("a RAR archive", put(b"Rar!\x1a\x07\x01\x00" + bytes(300)), refused("an archive")),
    Case("a gzip archive", put(b"\x1f\x8b\x08" + bytes(300)), refused("an archive")),
    Case("a program", put(b"\x7fELF\x02\x01\x01" + bytes(300)), refused("binary")),
    Case("a database of SQLite", put(b"SQLite format 3\0" + bytes(4096)), refused("binary")),
    Case("JSON", put('[{"姓名": "张三丰"}]'), refused("no header")),
    Case("text in RTF", put("{\\rtf1\\ansi 姓名}"), refused("text document")),
]  # fmt: skip

# Too large for every day: `make fuzz` tries it.
A_GIGABYTE = Case(
    "a gigabyte in one cell",
    _endless(b"a", joined(LINES), 1024),
    refused("its line 22", "intake_max_record_kb"),
)
TEXT_CASES = [*ENCODINGS, *STRUCTURE, *WRONG_FORMS]
