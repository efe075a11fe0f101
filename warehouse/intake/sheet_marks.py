"""Cells of an xlsx that hold no value to read, though they look filled: errors, and formulas never calculated.

The reader gives both as empty cells: a row would lose a value and nobody would know. So they are looked for in
the sheet's own XML and carry a mark instead, by which the dock sets their rows aside.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.parsers import expat

_Start = Callable[[str, dict[str, str]], None]
_Told = Callable[[str], None]
# Row (0-based) to column (0-based) to mark.
Marks = dict[int, dict[int, str]]

# Unicode noncharacters: no agency's text can hold them rightly.
ERROR_VALUE = "\ufdd1"
NO_VALUE = "\ufdd2"
MARKS = {ERROR_VALUE: "error value", NO_VALUE: "formula without value"}
_MARKED = re.compile(rb"<(?:\w+:)?f[\s/>]|\bt=[\"']e[\"']")
_BLOCK_BYTES = 1 << 20
_OVERLAP = 32
# No cell of a spreadsheet lies beyond: what claims to is left to the reader to refuse.
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
_PLACE = re.compile(r"^\$?([A-Z]{1,3})\$?(\d{1,7})$")


def marks_of(path: Path, names: list[str]) -> list[Marks]:
    """For each sheet of the workbook, in order, the cells that carry a mark."""
    with zipfile.ZipFile(path) as book:
        parts = _parts(book)
        if len(set(parts)) < len(parts):
            raise ValueError("two sheets are one part")
        return [_marks_in(book, parts[place]) if place < len(parts) else {} for place in range(len(names))]


def _parts(book: zipfile.ZipFile) -> list[str | None]:
    """The part of each sheet, in the order in which the workbook names them."""
    members = {name.lower().lstrip("/"): name for name in book.namelist()}
    relations: dict[str, str] = {}
    sheets: list[str] = []

    def of_relations(name: str, found: dict[str, str]) -> None:
        if _bare(name) == "Relationship" and "Id" in found:
            relations[found["Id"]] = found.get("Target", "")

    def of_book(name: str, found: dict[str, str]) -> None:
        if _bare(name) == "sheet":
            sheets.append(next((value for key, value in found.items() if _bare(key) == "id"), ""))

    for part, seen in (("xl/_rels/workbook.xml.rels", of_relations), ("xl/workbook.xml", of_book)):
        if part in members:
            _parse(book, members[part], seen)
    return [members.get(_from_book(relations.get(sheet, "")).lower()) for sheet in sheets]


def _from_book(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")


def _bare(name: str) -> str:
    return name.rpartition(":")[2]


def _parse(
    book: zipfile.ZipFile, part: str, start: _Start, end: _Told | None = None, text: _Told | None = None
) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    with book.open(part) as handle:
        while block := handle.read(_BLOCK_BYTES):
            parser.Parse(block, False)
    parser.Parse(b"", True)


def _marks_in(book: zipfile.ZipFile, part: str | None) -> Marks:
    if part is None or not _may_hold_marks(book, part):
        return {}
    found: Marks = {}
    cell: dict[str, str] = {}
    seen = {"inside": "", "f": "", "v": "", "row": "0", "column": "0"}

    def start(name: str, attributes: dict[str, str]) -> None:
        bare = _bare(name)
        if bare == "row":
            seen["row"] = attributes.get("r") or str(int(seen["row"]) + 1)
            seen["column"] = "0"
        elif bare == "c":
            cell.clear()
            cell.update(attributes)
            seen.update(f="", v="", inside="")
            seen["column"] = str(int(seen["column"]) + 1)
        elif bare in ("f", "v", "t"):
            seen["inside"] = "f" if bare == "f" else "v"
            if bare == "f":
                seen["f"] = "f"

    def text(what: str) -> None:
        if seen["inside"] == "v" and what.strip():
            seen["v"] = "v"

    def end(name: str) -> None:
        bare = _bare(name)
        if bare in ("f", "v", "t"):
            seen["inside"] = ""
        if bare != "c":
            return
        row, column = _place(cell.get("r", ""), int(seen["row"]), int(seen["column"]))
        seen["column"] = str(column)
        mark = ""
        if cell.get("t") == "e":
            mark = ERROR_VALUE
        elif seen["f"] and not seen["v"] and cell.get("t") != "str":
            mark = NO_VALUE
        if mark and 1 <= row <= LAST_ROW and 1 <= column <= LAST_COLUMN:
            found.setdefault(row - 1, {})[column - 1] = mark

    _parse(book, part, start, end, text)
    return found


def _place(reference: str, row: int, column: int) -> tuple[int, int]:
    """Row and column (1-based) of a cell: by its reference, else by where it stands."""
    matched = _PLACE.match(reference.upper())
    if matched is None:
        return row, column
    letters = 0
    for letter in matched[1]:
        letters = letters * 26 + ord(letter) - ord("A") + 1
    return int(matched[2]), letters


def _may_hold_marks(book: zipfile.ZipFile, part: str) -> bool:
    """A quick look over the bytes: most sheets have neither a formula nor an error."""
    before = b""
    with book.open(part) as handle:
        while block := handle.read(_BLOCK_BYTES):
            if _MARKED.search(before + block):
                return True
            before = block[-_OVERLAP:]
    return False
