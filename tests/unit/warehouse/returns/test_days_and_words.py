"""Days and words of answers in whatever shape villages write them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.unit.warehouse.returns.judged_lists import judged, wrong
from tests.unit.warehouse.returns.tiny_list import (
    A_DAY,
    DONE,
    MONTH,
    as_csv,
    day,
    rows,
    saved,
    sheet_of,
)
from warehouse.returns.days import day_of

MEANT = ("2026-11-05", "2026-11-05 14:30:00", "2026.11.5", "2026年11月5日", "二〇二六年十一月五日", "11月5日", "11/5",
         "２０２６／１１／０５", "26-11-5", "20261105", "46331", "2026-11-05 星期四")  # fmt: skip


NO_DAY = ("昨天", "2026-11", "5/11/2026", "2026-02-30", "11.1", "上周三", "农历十月初五")


def test_days_in_every_shape() -> None:
    assert {text: day_of(text, since=MONTH.first_day) for text in MEANT} == dict.fromkeys(MEANT, A_DAY)
    assert {text: day_of(text, since=MONTH.first_day) for text in NO_DAY} == dict.fromkeys(NO_DAY)
    # A day without a year is the first one from the list's month on.
    assert day_of("1月5日", since=MONTH.first_day) == date(2027, 1, 5)


@pytest.mark.parametrize("value", [A_DAY, 46331, "2026年11月5日"])
def test_days_as_cells(value: object, tmp_path: Path) -> None:
    found = judged(saved(sheet_of(rows(**day(value))), tmp_path / "list.xlsx"))
    assert [one.checked_on for one in found.dispositions] == [A_DAY]


@pytest.mark.parametrize(
    ("header", "written", "key", "meant"),
    [
        ("核查结果", "属实。", "result", "属实"),
        ("核查结果", " 部分 属实", "result", "部分属实"),
        ("核查结果", "“不属实”；", "result", "不属实"),
        ("拟纳入救助", "【临时救助】", "aid", "临时救助"),
        ("人员核对", "√是本人", "identity", "是本人"),
    ],
)
def test_words_of_a_menu_with_something_round_them(
    header: str, written: str, key: str, meant: str, tmp_path: Path
) -> None:
    found = judged(as_csv(tmp_path / "list.csv", rows(W1={**DONE, header: written}), "utf-8"))
    assert [getattr(one, key) for one in found.dispositions] == [meant], found.problems


def test_a_day_after_the_file_came_in_is_none(tmp_path: Path) -> None:
    path = as_csv(tmp_path / "list.csv", rows(W1=DONE), "utf-8")
    assert [name for _, name in wrong(judged(path, on=date(2026, 11, 4)))] == ["核查日期"]
    assert not judged(path, on=A_DAY).problems
