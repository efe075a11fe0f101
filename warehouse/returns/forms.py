"""Read a filled-in list: find the header rows and the columns by their words, wherever they were moved."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import python_calamine

from warehouse.errors import Refused
from warehouse.intake.cells import row_as_text
from warehouse.intake.limits import Limits
from warehouse.intake.sheet_marks import MARKS
from warehouse.policy import Policy
from warehouse.release.list_columns import ANSWERS, KEYS
from warehouse.returns.sheets import Page, pages

HEADERS = {column.header: column.key for column in (*KEYS, *ANSWERS)}
_BLANKS: Final = " \t\r\n\u00a0\u3000\u200b\ufeff"
_MB: Final = 1 << 20
_IN_BRACKETS = re.compile(r"\([^()]*\)$")


@dataclass(frozen=True)
class Bounds:
    """How much of a returned file is read: the limits of the dock, with sizes of their own, and rows."""

    limits: Limits
    rows: int

    @classmethod
    def of(cls, policy: Policy) -> Bounds:
        """Read them from the policy."""
        limits = replace(
            Limits.of(policy),
            file_bytes=policy.count("returns.max_file_mb") * _MB,
            unpacked_bytes=policy.count("returns.max_unpacked_mb") * _MB,
        )
        return cls(limits, policy.count("returns.max_rows"))


@dataclass(frozen=True)
class FilledRow:
    """One row as it came back: where it stands, its cells (folded text) by key.

    ``clashes`` names keys whose column stands there twice with different words, ``unread`` those whose cell holds a
    formula without a value or an error.
    """

    sheet: str
    row: int
    cells: dict[str, str]
    clashes: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()

    def text(self, key: str) -> str:
        """A cell as text, empty when blank."""
        return self.cells.get(key, "")

    @property
    def is_blank(self) -> bool:
        """Whether the village has filled in nothing."""
        return not any(self.cells.get(column.key) for column in ANSWERS)


def read_form(
    path: Path,
    headers: Mapping[str, str] = HEADERS,
    optional: frozenset[str] = frozenset(),
    *,
    bounds: Bounds | None = None,
    filled_down: frozenset[str] = frozenset(),
) -> list[FilledRow]:
    """Every row with a key or an answer, from every sheet that has the list's headers (header to key).

    ``optional`` names keys whose columns people may have taken away, ``filled_down`` those where a merged cell speaks
    for all its rows. With ``bounds`` a file is read as a stranger's (any form, in a process of its own); without, it
    must be a workbook. ``Refused`` when it cannot be read or none of its sheets is one of our lists.
    """
    found = pages(path, bounds.limits, bounds.rows) if bounds else _workbook(path)
    folded_headers = {folded_header(header): key for header, key in headers.items()}
    wanted = set(headers.values()) - optional
    read = [list(_lines(page, folded_headers, wanted, filled_down)) for page in found]
    if not any(is_list for lines in read for is_list, _ in lines):
        raise Refused(
            f"{path.name} is no list of ours: no sheet has the columns {'、'.join(headers)}.",
            next_step="send back the very workbook that was handed out.",
        )
    return [row for lines in read for _, row in lines if row is not None]


def folded(text: str) -> str:
    """A cell as people mean it: width folded, blanks at the ends gone."""
    return unicodedata.normalize("NFKC", text).strip(_BLANKS)


def folded_header(text: str) -> str:
    """A header without blanks, stars, colons and what stands behind it in brackets."""
    plain = "".join(unicodedata.normalize("NFKC", text).split()).strip("*:\u200b\ufeff")
    return _IN_BRACKETS.sub("", plain).strip("*:") or plain


def _workbook(path: Path) -> list[Page]:
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        return [
            Page(
                name,
                [row_as_text(row) for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)],
            )
            for name in book.sheet_names
        ]
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise Refused(
            f"{path.name} cannot be read as a workbook: it is damaged, cut off or locked with a password.",
            next_step="ask for the file again, as xlsx and without a password.",
        ) from error


def _lines(
    page: Page, headers: Mapping[str, str], wanted: set[str], filled_down: frozenset[str]
) -> Iterator[tuple[bool, FilledRow | None]]:
    """Each row below a header row; the first of a pair tells that there was one. A header may be printed again."""
    at: dict[str, list[int]] = {}
    spread: dict[tuple[int, int], tuple[int, int]] = {}
    for number, row in enumerate(page.rows):
        here = _columns(row, headers)
        if wanted <= here.keys():
            at = here
            spread = _spread(page, {column for key in filled_down for column in at.get(key, ())})
            yield True, None
            continue
        if not at:
            continue
        line = _line(page, number, at, spread, filled_down)
        if line is not None:
            yield True, line


def _spread(page: Page, columns: set[int]) -> dict[tuple[int, int], tuple[int, int]]:
    """For each empty place below the first of a merged cell: the place that holds its words."""
    last = len(page.rows) - 1
    found: dict[tuple[int, int], tuple[int, int]] = {}
    for top, left, bottom, right in page.areas:
        for column in columns:
            if left <= column <= right:
                found.update(((row, column), (top, left)) for row in range(top + 1, min(bottom, last) + 1))
        if len(found) > len(page.rows) * len(columns):
            return {}  # areas that lie over one another, which no spreadsheet program makes
    return found


def _columns(row: list[str], headers: Mapping[str, str]) -> dict[str, list[int]]:
    at: dict[str, list[int]] = {}
    for column, cell in enumerate(row):
        key = headers.get(folded_header(cell)) if cell else None
        if key is not None:
            at.setdefault(key, []).append(column)
    return at


def _line(
    page: Page,
    number: int,
    at: dict[str, list[int]],
    spread: dict[tuple[int, int], tuple[int, int]],
    filled_down: frozenset[str],
) -> FilledRow | None:
    cells: dict[str, str] = {}
    clashes, unread, own = set(), set(), False
    for key, columns in at.items():
        said = []
        for column in columns:
            place = (number, column)
            text = _cell(page, *place)
            own = own or bool(text)
            if not text and key in filled_down and place in spread:
                text = _cell(page, *spread[place])
            if text in MARKS:
                unread.add(key)
            elif text and text not in said:
                said.append(text)
        if len(said) > 1:
            clashes.add(key)
        cells[key] = said[0] if said else ""
    if not own:
        return None
    return FilledRow(page.name, number + 1, cells, frozenset(clashes), frozenset(unread))


def _cell(page: Page, row: int, column: int) -> str:
    cells = page.rows[row]
    return folded(cells[column]) if column < len(cells) else ""
