"""The forms of a real month: what a figure counts is what stands on the sheets, in every file the same."""

from __future__ import annotations

import json
from decimal import Decimal

import duckdb
import openpyxl
import pytest
from e2e_county import MONTHS
from pypdf import PdfReader


def figures(release):
    found = duckdb.execute(
        "SELECT figure_id, value FROM read_parquet(?) WHERE township = '全县'",
        [str(release / "figures.parquet")],
    ).fetchall()
    return {name: Decimal(value) if value is not None else None for name, value in found}


def sheets(release, pattern):
    for path in sorted(release.glob(pattern)):
        for sheet in openpyxl.load_workbook(path, read_only=True).worksheets:
            yield sheet.title, [list(row) for row in sheet.iter_rows(values_only=True)]


def numbered(release, pattern):
    return [row for _, rows in sheets(release, pattern) for row in rows if row and isinstance(row[0], int)]


def total(release, pattern, sheet, column):
    rows = dict(sheets(release, pattern))[sheet]
    return next((Decimal(str(row[column] or 0)) for row in rows if row[0] == "合计"), Decimal(0))


@pytest.mark.parametrize("month", MONTHS)
def test_what_a_figure_counts_stands_on_the_sheets(demo, month):
    release = demo / "home" / "release" / month
    told = figures(release)
    assert len(numbered(release, "registers/备案登记册_*.xlsx")) == told["records_open"]
    left = [row for row in numbered(release, "registers/新增退出人员名单_*.xlsx") if row[4] == "退出"]
    # Without a month before nobody can say who left.
    assert len([row for row in left if row[7] == "死亡"]) == (told["natural_reduction"] or 0)
    annex = dict(sheets(release, "forms/附件4_*.xlsx"))["附件4_城乡低保摸排处理汇总表"]
    assert next(row for row in annex if row[0] == "合计")[1] == told["class_persons:最低生活保障对象"]
    paid = sum(value for name, value in told.items() if name.startswith("paid_amount:"))
    assert total(release, "reports/救助资金发放汇总表_*.xlsx", "全市", 8) == paid
    rows = duckdb.sql(f"SELECT count(*) FROM '{release}/warnings.parquet' WHERE status = 'listed'").fetchone()
    assert rows == (told["warnings_listed"],)


@pytest.mark.parametrize("month", MONTHS)
def test_paper_stands_beside_every_workbook_of_a_form_with_as_many_rows(demo, month):
    release = demo / "home" / "release" / month
    files = {item["path"]: item for item in json.loads((release / "manifest.json").read_text())["files"]}
    forms = [path for path in files if path.startswith(("forms/", "registers/", "reports/", "villages/"))]
    assert len(forms) > 20
    for path in forms:
        paper = f"paper/{path.rpartition('/')[2].removesuffix('.xlsx')}.pdf"
        assert files[paper]["rows"] == files[path]["rows"]
        assert len(PdfReader(release / paper).pages) > 0


def test_the_quarters_report_tells_the_figures_that_were_kept(demo):
    kept = sorted((demo / "home" / "lake" / "report_figures").glob("quarter=*"))
    assert [folder.name for folder in kept] == ["quarter=2026Q3"]
    release = demo / "home" / "release" / "2026-09"
    dibao = figures(release)["class_persons:最低生活保障对象"]
    pages = PdfReader(release / "paper" / "季度工作情况报告_全市_2026-09.pdf").pages
    words = "".join("".join(page.extract_text().split()) for page in pages)
    assert f"低保对象{dibao:,.0f}人" in words
    assert all(heading in words for heading in ("一、工作情况", "二、存在问题", "三、经验做法", "四、意见"))
