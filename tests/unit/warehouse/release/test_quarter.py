"""Figures of a quarter and of any period: as first reported, added up over months, due when the notice says."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.unit.warehouse.release.made_up_month import (
    MONTH,
    give_verdicts,
    make,
    policy,
    words_of,
)
from tests.unit.warehouse.release.released_forms import DIBAO, cells_of, in_a_quarters_month
from warehouse.errors import Misconfigured
from warehouse.months import Month
from warehouse.policy import load
from warehouse.release import calendar
from warehouse.release.changes import report_changes
from warehouse.release.publish import publish, release_folder
from warehouse.settings import REPOSITORY


def test_a_quarters_figures_stay_as_first_reported_and_the_difference_stands_beside(tmp_path: Path) -> None:
    lake = make(tmp_path, people=12)
    now = in_a_quarters_month(policy())
    publish(MONTH, lake=lake, policy=now)
    kept = lake.root / "report_figures" / "quarter=2026Q4" / "part.parquet"
    first = kept.read_bytes()
    mart = lake.partition("marts/fct_report_figures_monthly", month=str(MONTH)) / "part.parquet"
    changed = (
        f"SELECT * REPLACE (value + CASE figure_id WHEN '{DIBAO}' THEN 3 ELSE 0 END AS value) FROM '{mart}'"
    )
    duckdb.execute(f"COPY ({changed}) TO '{mart}' (FORMAT parquet)")
    give_verdicts(lake)
    publish(MONTH, lake=lake, policy=now)
    assert kept.read_bytes() == first
    report = dict(cells_of(release_folder(lake, MONTH) / "reports/季度工作情况报告_全市_2026-10.xlsx"))
    row = next(row for row in report["主要指标"] if row[0] == "低保对象")
    assert row[3:7] == [4, None, 7, 3]
    assert any("低保对象4人" in str(line[0]) for line in report["文字材料"])


def test_a_quarters_flows_add_up_over_its_months_and_a_month_without_release_is_named(tmp_path: Path) -> None:
    lake = make(tmp_path, people=12)
    november = Month(2026, 11)
    now = in_a_quarters_month(policy())
    publish(MONTH, lake=lake, policy=policy())
    for table in [
        *(lake.root / "marts").iterdir(),
        *(lake.root / "standardised").iterdir(),
        lake.root / "crosswalk",
    ]:
        shutil.copytree(table / f"month={MONTH}", table / f"month={november}")
    from warehouse.database import in_memory
    from warehouse.release import frame, marts, quarter

    with in_memory(lake.home) as con:
        marts.attach(con, lake, november)
        frame.prepare(con, lake, november, now)
        told = quarter.read(con, lake, november)
    assert told.months == ("2026-10", "2026-11")
    assert told.now["natural_reduction"].value == 4
    assert told.now[DIBAO].value == 4


@pytest.mark.parametrize(
    ("region", "month", "due"),
    [
        ("guangdong", Month(2026, 8), date(2026, 9, 20)),
        ("tianjin", Month(2026, 12), date(2026, 12, 31)),
        ("tianjin", Month(2026, 2), None),
        ("tongren", Month(2026, 9), date(2026, 9, 30)),
    ],
)
def test_the_quarters_report_is_due_when_the_notice_says(region: str, month: Month, due: date | None) -> None:
    assert calendar.quarter_due(month, load(REPOSITORY / "dbt_project/seeds/policy", region, month)) == due


def test_the_calendar_holds_the_dates_of_the_notice() -> None:
    month = Month(2026, 5)
    items = calendar.due_after(month, load(REPOSITORY / "dbt_project/seeds/policy", "liangping", month))
    assert items[0] == (date(2026, 5, 31), "摸排台账和汇总表（附件1—4）电子件和盖章纸质件报民政办")
    assert [day for day, _ in items] == sorted(day for day, _ in items)


def test_entries_and_exits_between_two_months_name_the_months_that_were_not_built(tmp_path: Path) -> None:
    lake = make(tmp_path, people=24)
    folder, items, missing = report_changes(Month(2026, 8), MONTH, lake=lake, policy=policy())
    assert missing == ["2026-08", "2026-09"]
    assert [item.path for item in items] == [
        "reports/新增退出分类汇总表_全市_2026-08_2026-10.xlsx",
        "paper/新增退出分类汇总表_全市_2026-08_2026-10.pdf",
    ]
    rows = dict(cells_of(folder / items[0].path))["全市"]
    assert rows[0][0] == "同仁市2026年8—10月救助对象新增、退出分类及原因汇总表 · 全市"
    assert [row[:4] for row in rows if row[0] in ("新增", "退出")] == [
        ["新增", "特困人员", "新纳入", 2],
        ["退出", "最低生活保障对象", "死亡", 3],
    ]
    assert "未计入的月份：2026-08、2026-09" in words_of(folder / items[1].path)


def test_a_period_that_ends_before_it_begins_is_refused(tmp_path: Path) -> None:
    lake = make(tmp_path, people=8)
    with pytest.raises(Misconfigured, match="ends"):
        report_changes(MONTH.next, MONTH, lake=lake, policy=policy())
