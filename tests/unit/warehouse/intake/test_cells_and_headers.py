"""Cells as text, headers found, furniture told from data."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

import pyarrow as pa
import pytest

from tests.dock_support import headers, rows_of
from warehouse.intake.cells import as_text
from warehouse.intake.contract import contracts
from warehouse.intake.furniture import Totals, kind_of, money
from warehouse.intake.header import find_header

CELLS = [
    ("　x ", "　x "),
    ("", ""),
    (None, ""),
    (12.0, "12"),
    (-3.0, "-3"),
    (3200.5, "3200.5"),
    (0.1 + 0.2, "0.3"),
    (632321197208141123.0, "632321197208141000"),
    (6.32321e17, "632321000000000000"),
    (1.5e-7, "0.00000015"),
    (43982, "43982"),
    (True, "TRUE"),
    (date(2020, 5, 31), "2020-05-31"),
    (datetime(2020, 5, 31), "2020-05-31"),  # noqa: DTZ001
    (datetime(2020, 5, 31, 9, 3, 4), "2020-05-31 09:03:04"),  # noqa: DTZ001
    (time(9, 30), "09:30:00"),
]


@pytest.mark.parametrize(("cell", "text"), CELLS)
def test_a_cell_as_text(cell: object, text: str) -> None:
    assert as_text(cell) == text


DEATH = contracts()["death"]
RURAL = contracts()["rural_monitoring"]


@pytest.mark.parametrize(
    "written",
    [
        "公民身份号码",
        "身份证号码",
        "＊公民 身份号码",
        "公民身份\n号码*",
        "公民身份号码（18位）",
        "'公民身份号码：",
        "\ufeff公民身份号码",
    ],
)
def test_a_header_is_known_in_every_dress(written: str) -> None:
    row = headers(DEATH)
    row[1] = written
    found = find_header([["某县"], [], row], DEATH)
    assert found is not None
    assert (found.first, found.depth, found.position["id_no"], found.missing) == (2, 1, 1, ())


def test_two_levels_of_header() -> None:
    names = headers(RURAL)
    incomes = [n for n, c in enumerate(RURAL.columns) if c.name.startswith("income")]
    upper = [
        "" if n in incomes[1:] else "收入情况（元）" if n == incomes[0] else name
        for n, name in enumerate(names)
    ]
    lower = [name if n in incomes else "" for n, name in enumerate(names)]
    found = find_header([["标题"], upper, lower, *rows_of(RURAL, 2)], RURAL)
    assert found is not None
    assert (found.first, found.depth, found.end) == (1, 2, 3)
    assert found.position == {column.name: place for place, column in enumerate(RURAL.columns)}


def test_the_usual_word_wins_over_an_alias_and_the_rest_is_extra() -> None:
    row = ["火化日期", "姓名", "死亡日期", "备注"]
    found = find_header([row], contracts()["cremation"])
    assert found is not None
    assert (found.position["died_on"], found.extra, found.width) == (2, 2, 4)


def test_missing_columns_are_named_and_strangers_are_no_header() -> None:
    found = find_header([[h for h in headers(DEATH) if h != "注销原因"]], DEATH)
    assert found is not None
    assert found.missing == ("reason",)
    assert find_header([["姓名", "分数"], ["甲", "90"]], DEATH) is None
    assert find_header([], DEATH) is None


ROWS = [
    (["", "　", "\u200b"], "filler"),
    (["7", "", ""], "filler"),
    (["合 计", "", "12"], "total"),
    (["", "合计（元）", "12"], "total"),
    (["小计", "", "3"], "subtotal"),
    (["填表人：", "", "审核人："], "note"),
    (["序号", "姓名", "月保障金额"], "header"),
    (["", "合作", "3"], None),
    (["1", "", "3"], None),
]


@pytest.mark.parametrize(("cells", "kind"), ROWS)
def test_furniture(cells: list[str], kind: str | None) -> None:
    roster = contracts()["assistance_roster"]
    wide = [""] * len(roster.columns)
    at = [roster.columns.index(roster.column(name)) for name in ("seq", "name", "monthly_amount")]
    for place, cell in zip(at, cells, strict=True):
        wide[place] = cell
    found = find_header([headers(roster)], roster)
    assert found is not None
    assert kind_of(wide, found) == kind


@pytest.mark.parametrize(
    ("written", "amount"),
    [("1,234.50", "1234.50"), ("￥12", "12"), ("８元", "8"), ("无", None), ("NaN", None)],
)
def test_a_figure_in_a_total(written: str, amount: str | None) -> None:
    assert money(written) == (Decimal(amount) if amount else None)


def test_totals_of_sections_and_of_the_sheet() -> None:
    totals = Totals()
    totals.add(pa.array(["1.10", "1.10", "", "无"]))
    totals.check(5, "2.20", ends_section=True)
    totals.add(pa.array(["3"]))
    totals.check(7, "3.00", ends_section=True)
    totals.check(8, "5.20", ends_section=False)
    assert totals.mismatched_rows == []
    totals.check(9, "5.21", ends_section=False)
    assert totals.mismatched_rows == [9]


def test_a_total_under_every_section_and_one_under_all() -> None:
    totals = Totals()
    for number, figure in ((5, "10"), (9, "20")):
        totals.add(pa.array([figure]))
        totals.check(number, figure, ends_section=False)
    totals.check(10, "30", ends_section=False)
    assert totals.mismatched_rows == []
