"""``Month``: the partition of everything. A value, never a clock."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from warehouse.errors import Misconfigured

_MONTH = re.compile(r"^(\d{4})-(0[1-9]|1[0-2])$")


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month. ``str(month)`` is ``YYYY-MM``, as in every path and column."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read ``YYYY-MM``; anything else is ``Misconfigured``."""
        found = _MONTH.match(text.strip())
        if not found:
            raise Misconfigured(
                f"'{text}' is not a month.", next_step="write it as YYYY-MM, for example 2026-10."
            )
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Month:
        """The month a day lies in."""
        return cls(day.year, day.month)

    def plus(self, months: int) -> Month:
        """The month ``months`` later (earlier when negative)."""
        index = self.year * 12 + (self.number - 1) + months
        return Month(index // 12, index % 12 + 1)

    @property
    def previous(self) -> Month:
        """The month before."""
        return self.plus(-1)

    @property
    def next(self) -> Month:
        """The month after."""
        return self.plus(1)

    @property
    def first_day(self) -> date:
        """The first day of the month."""
        return date(self.year, self.number, 1)

    @property
    def last_day(self) -> date:
        """The last day of the month."""
        return self.next.first_day - timedelta(days=1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"


def span(text: str) -> list[Month]:
    """``2026-08..2026-10`` or ``2026-10`` as the list of its months, in order."""
    first, _, last = text.partition("..")
    start = Month.parse(first)
    end = Month.parse(last) if last else start
    if end < start:
        raise Misconfigured(f"the span '{text}' ends before it begins.", next_step="write it as FIRST..LAST.")
    return list(_walk(start, end))


def _walk(start: Month, end: Month) -> Iterator[Month]:
    month = start
    while month <= end:
        yield month
        month = month.next
