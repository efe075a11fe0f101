"""What a page of the month tells, whatever it is set on: values only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

_BREADTH = re.compile(r"max-width:([0-9.]+)px")
# The first word of a row that sums the others up.
TOTAL = "合计"
Cell = str | int | Decimal | None
Kind = Literal["alarm", "late", "task", "change", "answer", "doubt", "calm"]

# The word that stands before a headline: its colour is never the only sign.
KINDS: dict[Kind, str] = {
    "alarm": "警示",
    "late": "逾期",
    "task": "任务",
    "change": "变化",
    "answer": "答复",
    "doubt": "留意",
    "calm": "平稳",
}


@dataclass(frozen=True)
class Headline:
    """One sentence in plain Chinese, worked out from figures."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Numbers:
    """The figures behind a picture as rows under headers; ``otherwise`` where there is none.

    ``barred``: the column whose numbers are shown as bars, too.
    """

    headers: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    otherwise: str = "没有。"
    barred: int | None = None


@dataclass(frozen=True)
class Picture:
    """A question answered: what it is about, the answer in a sentence, drawings and the figures behind them.

    Without a drawing the figures themselves are shown. ``note`` says how it was counted.
    """

    name: str
    title: str
    told: str
    numbers: Numbers
    drawings: tuple[str, ...] = ()
    note: str = ""
    captions: tuple[str, ...] = ()
    is_wide: bool = False


@dataclass(frozen=True)
class Step:
    """One step of the funnel: what is counted, how many, and what became of the rest."""

    label: str
    count: str
    under: str


@dataclass(frozen=True)
class Funnel:
    """Steps one after the other, in rows that each have a heading."""

    name: str
    title: str
    told: str
    rows: tuple[tuple[str, tuple[Step, ...]], ...]


@dataclass(frozen=True)
class Section:
    """Pictures that belong together; ``name`` is its anchor."""

    name: str
    title: str
    blocks: tuple[Picture | Funnel, ...]


@dataclass(frozen=True)
class Story:
    """A whole page: who it is about, the sentences that stand first, the sections, what its foot says."""

    title: str
    eyebrow: str
    notice: str
    headlines: tuple[Headline, ...]
    sections: tuple[Section, ...]
    foot: str
    # Other pages of the month: their word and address beside this one.
    pages: tuple[tuple[str, str], ...] = ()


def breadth(drawing: str) -> float:
    """How wide a drawing was drawn, in points of a screen."""
    found = _BREADTH.search(drawing)
    return float(found[1]) if found else 0.0


def plain(value: Cell, unit: str = "") -> str:
    """A figure as a sentence writes it: counts with thousands, shares and money with their decimals."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if unit.startswith(("元", "%")):
        return f"{value:,.2f}"
    return f"{value:,.0f}"


def share(part: int, whole: int) -> str:
    """A share in whole percent, as people say it; a dash of nothing. Never 0 % or 100 % of what is not none or all."""
    if not whole:
        return "–"
    percent = round(100 * part / whole)
    if percent == 0 and part:
        return "不到 1%"
    return "超过 99%" if percent == 100 and part < whole else f"{percent}%"
