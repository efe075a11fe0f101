"""What a broken delivery is, and what is owed to it: the words in which the table of cases is written."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.dock_support import csv_bytes, headers
from warehouse.intake.contract import contracts

DEATH = contracts()["death"]
ROSTER = contracts()["assistance_roster"]
HEAD = headers(DEATH)

# Planted in every row: neither may be found outside the landed table.
NAME, ID = "张三丰", "632301199003074513"
KEY = "户"


@dataclass(frozen=True)
class Lands:
    """The file lands. ``rows``: all rows of it as a spreadsheet shows them; ``aside``: row (or sheet and row) to
    reason; ``furniture``: how many rows are none of data; ``says``: words of the outcome."""

    rows: int
    furniture: int = 1
    aside: dict[int, str] = field(default_factory=dict)
    says: tuple[str, ...] = ()
    feed: str = "death"
    encoding: str = ""
    keeps_keys: bool = True


@dataclass(frozen=True)
class Refused:
    """The file is refused: ``words`` stand in its line of the ledger, the name of the file and a next step, too."""

    words: tuple[str, ...]
    file: str = "death.csv"
    feed: str = "death"


@dataclass(frozen=True)
class PassedOver:
    """Nothing of it is read: the outcome says so."""

    words: tuple[str, ...]


Then = Lands | Refused | PassedOver | tuple["Lands | Refused | PassedOver", ...]


@dataclass(frozen=True)
class Case:
    """``make`` puts files into the month's folder of an inbox; ``policy``: limits made small, so that the case is."""

    name: str
    make: Callable[[Path], object]
    then: Then
    policy: dict[str, str] = field(default_factory=dict)
    is_steady: bool = True


def refused(*words: str, file: str = "death.csv", feed: str = "death") -> Refused:
    """A refusal with these words."""
    return Refused(words, file, feed)


def death_row(number: int) -> list[str]:
    """A row of the death list that knows its own number."""
    return [NAME, ID, "男", "19900307", "632301", f"{KEY}{number}", "20261001", "20261005", "死亡"]


def death_rows(count: int = 20, first: int = 2) -> list[list[str]]:
    """Rows numbered as a spreadsheet with the header in the row before shows them."""
    return [death_row(number) for number in range(first, first + count)]


def death(count: int = 20) -> list[list[str]]:
    """A sound list: header and rows."""
    return [HEAD, *death_rows(count)]


def text(rows: Sequence[Sequence[str]], line_end: str = "\r\n") -> str:
    """Rows as a CSV."""
    return csv_bytes(rows, "utf-8", line_end).decode()


def quoted(rows: Sequence[Sequence[str]], delimiter: str = ",", line_end: str = "\n") -> str:
    """Rows as a CSV with every cell in quotation marks."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL).writerows(rows)
    return out.getvalue()


def lines(count: int = 20) -> list[str]:
    """The lines of a sound list, without their ends; the place in the list is the row's number less one."""
    return text(death(count), "\n").split("\n")[:-1]


def joined(parts: Sequence[str]) -> bytes:
    """Lines as the bytes of an agency's file."""
    return "".join(part + "\r\n" for part in parts).encode("gb18030")


def put(content: bytes | str, name: str = "death.csv") -> Callable[[Path], object]:
    """A maker that writes one file."""
    return lambda folder: (folder / name).write_bytes(
        content.encode("gb18030") if isinstance(content, str) else content
    )


def both(*makers: Callable[[Path], object]) -> Callable[[Path], object]:
    """A maker that calls several."""

    def make(folder: Path) -> None:
        for maker in makers:
            maker(folder)

    return make
