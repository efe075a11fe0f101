"""A list that came back, judged against what was handed out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.unit.warehouse.release.made_up_month import policy
from tests.unit.warehouse.returns.tiny_list import (
    DONE,
    MONTH,
    listed,
)
from warehouse.returns.absorb import _FILLED_DOWN, _OPTIONAL, COLUMNS
from warehouse.returns.answers import Desk, Judged, judge
from warehouse.returns.forms import Bounds, read_form
from warehouse.returns.terms import Terms

BOUNDS, TERMS = Bounds.of(policy()), Terms.of(policy())


def judged(path: Path, **known: Any) -> Judged:
    read = read_form(path, COLUMNS, _OPTIONAL, bounds=BOUNDS, filled_down=_FILLED_DOWN)
    return judge(read, Desk(listed(), TERMS, MONTH, **known))


def wrong(found: Judged) -> list[tuple[int, str]]:
    return [(one.row, one.column) for one in found.problems]


TWO = {"W1": DONE, "W3": {**DONE, "核查结果": "不属实"}}
