"""Workbooks as offices make them: titles, 填报单位, headers on one or two levels, fillers, 合计, hidden parts."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import xlsxwriter

from console.county.hashing import Ints, Texts, draw, salt, share
from console.county.layouts import Layout, header
from console.county.seat import here, seats
from warehouse.intake.contract import Column

FILLER_SHARE = 0.015  # a blank line between villages, about one in seventy
_IDEOGRAPHIC_SPACE = "\u3000"
_MADE_ON = datetime(2026, 1, 1)  # noqa: DTZ001 - a property that would else be the clock's


class Workbook:
    """One xlsx in the making, sheet after sheet, a row held in memory at a time.

    ``add`` writes a sheet's rows and returns the numbers a spreadsheet shows for them.
    """

    def __init__(
        self,
        path: Path,
        layout: Layout,
        *,
        seed: int,
        written_on: date,
        header_choice: int = 0,
        is_1904: bool = False,
    ) -> None:
        self.path = path
        self.rows = 0
        self._layout = layout
        self._salt = salt(seed, "workbook", path.name)
        self._header_choice = header_choice
        self._written_on = written_on
        self._book = xlsxwriter.Workbook(
            str(path),
            {
                "constant_memory": True,
                "date_1904": is_1904,
                "strings_to_numbers": False,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "remove_timezone": True,
            },
        )
        self._book.set_properties({"created": _MADE_ON, "author": _of_county(layout.unit)})
        self._title = self._book.add_format({"bold": True, "align": "center", "font_size": 16})
        self._head = self._book.add_format({"bold": True, "border": 1, "align": "center"})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._money = self._book.add_format({"num_format": "0.00"})
        self._count = self._book.add_format({"num_format": "0"})

    def __enter__(self) -> Workbook:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._finish()
        self._book.close()

    def add(self, sheet: str, columns: list[Column], cells: list[Texts], *, total: str | None = None) -> Ints:
        """Write one sheet; ``total`` names the column that the last row sums up."""
        page = self._book.add_worksheet(sheet)
        extra = [*self._layout.plain_columns, *self._layout.hidden_columns]
        width = len(columns) + len(extra)
        first = self._furniture(page, columns, extra, width)
        size = len(cells[0])
        ordinal = np.arange(size, dtype=np.int64)
        bits = draw(self._salt ^ salt(sheet), ordinal)
        fillers = (
            (share(bits) < FILLER_SHARE) & (ordinal > 0) if self._layout.fillers else np.zeros(size, bool)
        )
        numbers = first + ordinal + np.cumsum(fillers)
        for place, values in enumerate(zip(*cells, strict=True)):
            row = int(numbers[place])
            if fillers[place] and int(bits[place]) % 2:
                self._filler(page, row - 1, width)
            for at, value in enumerate(values):
                self._cell(page, row, at, value)
            for at, kind in enumerate(extra):
                if kind in self._layout.hidden_columns:
                    page.write_string(row, len(columns) + at, f"{int(bits[place]) % 10**10:010d}")
        row = int(numbers[-1]) + 1 if size else first
        if self._layout.fillers:
            self._filler(page, row, width)
            row += 1
        if total:
            at = next(place for place, column in enumerate(columns) if column.name == total)
            page.write_string(row, 0, "合计")
            fen = sum(round(value * 100) for value in cells[at] if value != "")
            page.write_number(row, at, fen / 100, self._money)
        for place, kind in enumerate(extra):
            if kind in self._layout.hidden_columns:
                page.set_column(len(columns) + place, len(columns) + place, None, None, {"hidden": True})
        self.rows += size
        return np.asarray(numbers + 1, dtype=np.int64)

    def _furniture(self, page: Any, columns: list[Column], extra: list[str], width: int) -> int:
        """Titles and header; returns the first free row (from 0)."""
        day = self._written_on
        title = _of_county(self._layout.title).replace("{month}", f"{day.year}年{day.month}月")
        page.merge_range(0, 0, 0, width - 1, title, self._title)
        page.write_string(1, 0, f"填报单位：{_of_county(self._layout.unit)}")
        page.write_string(1, min(6, width - 1), f"填报时间：{day.year}年{day.month}月{day.day}日")
        names = [header(column, self._header_choice) for column in columns]
        if not self._layout.groups:
            for at, name in enumerate([*names, *extra]):
                page.write_string(2, at, name, self._head)
            return 3
        grouped = {name: group for group, members in self._layout.groups.items() for name in members}
        groups = [grouped.get(column.name) for column in columns]
        start = 0
        for at in range(1, len(columns) + 1):
            if at < len(columns) and groups[at] is not None and groups[at] == groups[start]:
                continue
            if groups[start] is None:
                page.write_string(2, start, names[start], self._head)
            elif at - start > 1:
                page.merge_range(2, start, 2, at - 1, groups[start], self._head)
            else:
                page.write_string(2, start, groups[start], self._head)
            start = at
        for at, name in enumerate(extra):
            page.write_string(2, len(columns) + at, name, self._head)
        for at, name in enumerate(names):
            if groups[at] is None:
                page.write_blank(3, at, None, self._head)
            else:
                page.write_string(3, at, name, self._head)
        return 4

    def _cell(self, page: Any, row: int, at: int, value: object) -> None:
        if isinstance(value, str):
            if value:
                page.write_string(row, at, value)
        elif isinstance(value, datetime):
            page.write_datetime(row, at, value, self._day)
        elif isinstance(value, float):
            page.write_number(row, at, value, self._money)
        else:
            page.write_number(row, at, value, self._count)

    def _filler(self, page: Any, row: int, width: int) -> None:
        for at in range(min(4, width)):
            page.write_string(row, at, _IDEOGRAPHIC_SPACE)

    def _finish(self) -> None:
        if self._layout.hidden_sheet:
            page = self._book.add_worksheet(self._layout.hidden_sheet)
            page.write_string(0, 0, "填表说明：按户填报，一人一行；救助类型、健康状况从下拉列表中选择。")
            page.write_string(1, 0, "本表由各乡镇民政办汇总。")
            page.hide()
        for name in self._layout.empty_sheets:
            self._book.add_worksheet(name)


def _of_county(text: str) -> str:
    """A title or a sender of the layout, which speaks of 同仁市, as the county that is being made writes it."""
    return text.replace(seats()[0].name, here().name)
