"""Dates as agencies write them. Pure: days in, written cells out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import numpy as np
import numpy.typing as npt

from console.county.hashing import Texts

Days = npt.NDArray[np.datetime64]

# A spreadsheet counts days from here; the 1904 system (old Macintosh files) starts 1,462 days later.
EPOCH_1900 = date(1899, 12, 30)
SHIFT_1904 = 1462

STYLES: dict[str, Callable[[date], object]] = {
    "compact": lambda day: f"{day:%Y%m%d}",
    "iso": lambda day: day.isoformat(),
    "dash": lambda day: f"{day.year}-{day.month}-{day.day}",
    "slash": lambda day: f"{day.year}/{day.month}/{day.day}",
    "dot": lambda day: f"{day.year}.{day.month}.{day.day}",
    "dot_month": lambda day: f"{day.year}.{day.month}",
    "cn_month": lambda day: f"{day.year}年{day.month}月",
    "cn_day": lambda day: f"{day.year}年{day.month}月{day.day}日",
    "serial": lambda day: (day - EPOCH_1900).days,
    "serial_1904": lambda day: (day - EPOCH_1900).days - SHIFT_1904,
    "cell": lambda day: datetime(day.year, day.month, day.day),  # noqa: DTZ001 - a cell has no zone
    "zero": lambda day: "00000000",
    "far": lambda day: "99991231",
}
# What a mistake of a kind writes instead of the file's own style; of several, the hash takes one.
KINDS: dict[str, tuple[str, ...]] = {
    "date_other_style": ("compact", "iso", "dash", "slash", "dot", "cn_day"),
    "date_month_only": ("dot_month", "cn_month"),
    "date_serial": ("serial",),
    "date_zero": ("zero",),
    "date_far": ("far",),
}
IMPOSSIBLE = ("date_zero", "date_far")


def written(days: Days, styles: npt.NDArray[np.int64]) -> Texts:
    """Each day in its style (a position in ``STYLES``); NaT becomes an empty cell. Distinct days only."""
    cells = np.full(len(days), "", dtype=object)
    writers = list(STYLES.values())
    known = ~np.isnat(days)
    whole = days.astype("datetime64[D]")
    for style in np.unique(styles[known]):
        chosen = np.flatnonzero(known & (styles == style))
        distinct, places = np.unique(whole[chosen], return_inverse=True)
        texts = np.empty(len(distinct), dtype=object)
        texts[:] = [writers[style](day) for day in distinct.astype(object)]
        cells[chosen] = texts[places]
    return cells


def style_numbers(names: list[str]) -> npt.NDArray[np.int64]:
    """The positions of styles by name."""
    order = list(STYLES)
    return np.array([order.index(name) for name in names], dtype=np.int64)
