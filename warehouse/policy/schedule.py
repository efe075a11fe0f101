"""How a grace period pays: so many per cent for so many months, one step after the other. Pure.

Written ``100:3;50:3`` (per cent : months).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_STEP = re.compile(r"(?P<percent>\d+(?:\.\d+)?):(?P<months>[1-9]\d*)")
_WHOLE = Decimal(100)


@dataclass(frozen=True)
class Schedule:
    """``steps``: per cent of the original amount, and for how many months."""

    steps: tuple[tuple[Decimal, int], ...]

    @classmethod
    def parse(cls, text: str) -> Schedule:
        """The schedule that a policy value says; ``ValueError`` when it says none."""
        found = [_STEP.fullmatch(step.strip()) for step in text.split(";")]
        steps = tuple((Decimal(step["percent"]), int(step["months"])) for step in found if step)
        if len(steps) < len(found) or any(percent > _WHOLE for percent, _ in steps):
            raise ValueError(f"'{text}' is no schedule")
        return cls(steps)

    @property
    def months(self) -> int:
        """How long it runs."""
        return sum(months for _, months in self.steps)

    def share_in(self, month_index: int) -> Decimal:
        """The share that is due in a month of it (0 = the month in which grace begins); 0 after its end."""
        if month_index < 0:
            raise ValueError("grace has not begun")
        left = month_index
        for percent, months in self.steps:
            if left < months:
                return percent / _WHOLE
            left -= months
        return Decimal(0)

    @property
    def words(self) -> str:
        """In an officer's words: ``前3个月100%，后3个月50%``."""
        if len(self.steps) == 1:
            percent, months = self.steps[0]
            return f"{months}个月，按原额{percent.normalize():f}%"
        marks = ["前", *["再"] * (len(self.steps) - 2), "后"]
        return "，".join(
            f"{mark}{months}个月{percent.normalize():f}%"
            for mark, (percent, months) in zip(marks, self.steps, strict=True)
        )
