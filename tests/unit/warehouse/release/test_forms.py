"""The forms, registers and reports: the words of the notices, the same numbers everywhere, and nobody shown who must not be."""

from __future__ import annotations

import dataclasses
import json
import shutil
import subprocess
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import openpyxl
import pytest
from pypdf import PdfReader

from tests.unit.warehouse.release.made_up_month import (
    MONTH,
    TOWNSHIPS,
    give_verdicts,
    id_of,
    make,
    policy,
    words_of,
)
from warehouse.errors import Misconfigured, NotReleased
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy, load
from warehouse.release import calendar
from warehouse.release.changes import report_changes
from warehouse.release.document import Document, Sheet, Table
from warehouse.release.form import forms, read_form
from warehouse.release.header import header_cells
from warehouse.release.masking import mask_for
from warehouse.release.paper import BOX, write_paper
from warehouse.release.publish import publish, release_folder
from warehouse.release.workbook import Column
from warehouse.settings import REPOSITORY

DIBAO = "class_persons:最低生活保障对象"


def in_a_quarters_month(now: Policy) -> Policy:
    """The month as the one from which quarterly forms and reports are made."""
    lines = dict(now.lines)
    for name in ("forms.quarter_months", "forms.quarter_report_months"):
        lines[name] = dataclasses.replace(lines[name], value=str(MONTH.number))
    return dataclasses.replace(now, lines=lines)


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lake, Path]:
    lake = make(tmp_path_factory.mktemp("home"))
    publish(MONTH, lake=lake, policy=in_a_quarters_month(policy()))
    return lake, release_folder(lake, MONTH)


def cells_of(path: Path) -> list[tuple[str, list[list[object]]]]:
    book = openpyxl.load_workbook(path)
    return [(sheet.title, [list(row) for row in sheet.iter_rows(values_only=True)]) for sheet in book]


def figure(folder: Path, name: str, place: str = "全县") -> Decimal:
    query = "SELECT value FROM read_parquet(?) WHERE figure_id = ? AND township = ?"
    found = duckdb.execute(query, [str(folder / "figures.parquet"), name, place]).fetchone()
    assert found
    return Decimal(found[0])


def numbered(rows: list[list[object]]) -> list[list[object]]:
    return [row for row in rows if isinstance(row[0], int)]


def test_annex_4_has_the_header_of_the_notice_and_no_column_more(released) -> None:
    _, folder = released
    ((name, rows),) = cells_of(folder / "forms/附件4_城乡低保摸排处理汇总表_全市_2026-10.xlsx")
    assert name == "附件4_城乡低保摸排处理汇总表"
    assert rows[0][0] == "附件4"
    assert rows[1][0] == "同仁市城乡低保摸排处理汇总表"
    assert [cell for cell in rows[2] if cell] == ["填报单位：同仁市", "填报时间："]
    assert [cell for cell in rows[3] if cell] == ["乡镇", "基本情况", "摸排处理情况", "备注"]
    assert [cell for cell in rows[4] if cell] == [
        "低保人数", "其中：建卡贫困户兜底户数", "拟调整补差金额", "拟整户纳入", "拟完善资料",
    ]  # fmt: skip
    assert "填报说明：此表数据以10月在册城乡低保数据为准进行摸排" in [row[0] for row in rows]


def test_one_figure_shows_one_number_in_every_file(released) -> None:
    _, folder = released
    dibao = figure(folder, DIBAO)
    ((_, annex),) = cells_of(folder / "forms/附件4_城乡低保摸排处理汇总表_全市_2026-10.xlsx")
    total = next(row for row in annex if row[0] == "合计")
    assert total[1] == dibao == 20
    told = f"低保对象{dibao:,.0f}人"
    assert told in words_of(folder / "paper/季度工作情况报告_全市_2026-10.pdf")
    assert told in words_of(folder / "reports/季度工作情况报告_全市_2026-10.xlsx")
    assert f"<td>{dibao:,.0f} 人</td>" in (folder / "month.html").read_text(encoding="utf-8")
    paid = figure(folder, "paid_amount:低保")
    payments = dict(cells_of(folder / "reports/救助资金发放汇总表_全市_2026-10.xlsx"))["全市"]
    assert Decimal(str(next(row for row in payments if row[0] == "合计")[8])) == paid
    assert f"低保金{paid:,.2f}元" in words_of(folder / "paper/季度工作情况报告_全市_2026-10.pdf")
    assert f"{paid:,.2f}" in words_of(folder / "paper/救助资金发放汇总表_全市_2026-10.pdf")


@pytest.mark.parametrize(
    ("file", "figure_id", "counts"),
    [
        ("备案登记册", "records_open", lambda row: True),
        ("自然减员名单", "natural_reduction", lambda row: str(row[7]).startswith("已退出")),
    ],
)
def test_a_register_holds_as_many_rows_as_its_figure_counts(
    released, file: str, figure_id: str, counts
) -> None:
    _, folder = released
    for place in TOWNSHIPS:
        path = folder / f"registers/{file}_{place}_2026-10.xlsx"
        rows = (
            [row for _, sheet in cells_of(path) for row in numbered(sheet) if counts(row)]
            if path.exists()
            else []
        )
        assert len(rows) == figure(folder, figure_id, place)


def test_every_workbook_of_a_form_has_the_same_rows_on_paper(released) -> None:
    _, folder = released
    files = json.loads((folder / "manifest.json").read_text())["files"]
    rows = {item["path"]: item["rows"] for item in files}
    ids = {form.id for form in forms().values()}
    workbooks = [item["path"] for item in files if item["kind"] in ids and item["path"].endswith(".xlsx")]
    assert {item["kind"] for item in files} >= ids
    for path in workbooks:
        assert rows[f"paper/{Path(path).stem}.pdf"] == rows[path]


def test_village_sheets_show_nobodys_whole_number_and_leave_the_ticks_open(released) -> None:
    _, folder = released
    path = folder / "villages/村级信息对接确认表_隆务镇_2026-10.xlsx"
    assert not [n for n in range(60) if id_of(n) in words_of(path) or f"139{n:08d}" in words_of(path)]
    sheet = openpyxl.load_workbook(path).worksheets[0]
    header = [cell.value for cell in sheet[4]]
    assert [word for word in header if word] == ["在", "不在", "去世", "迁出", "其他（写明）"]
    ticks = [sheet.cell(5, number + 1) for number, word in enumerate(header) if word]
    assert all(cell.value is None and not cell.protection.locked for cell in ticks)
    words = words_of(path)
    assert "本月退出：死亡" in words or "在册" in words


def test_registers_show_whole_numbers_on_screen_and_masked_ones_on_paper(released) -> None:
    _, folder = released
    whole = id_of(12)
    assert whole in words_of(folder / "registers/备案登记册_隆务镇_2026-10.xlsx")
    paper = words_of(folder / "paper/备案登记册_隆务镇_2026-10.pdf")
    assert whole not in paper
    assert f"{whole[:6]}********{whole[-4:]}" in paper


def test_a_form_says_which_feed_did_not_come_and_what_was_not_assessed(released) -> None:
    _, folder = released
    assert "本月没有收到火化" in words_of(folder / "paper/自然减员名单_隆务镇_2026-10.pdf")
    assert "本月没有收到学生资助数据" in words_of(folder / "reports/季度工作情况报告_全市_2026-10.xlsx")


def test_the_countys_list_begins_with_its_alarms_and_a_townships_has_none(released) -> None:
    _, folder = released
    county = words_of(folder / "lists/预警清单_全市_2026-10.xlsx")
    assert county.index("县级警示：1 起") < county.index("一、本月规则")
    assert "县级警示" not in words_of(folder / "lists/预警清单_隆务镇_2026-10.xlsx")


def test_a_reason_is_owed_where_nothing_was_chosen_and_filler_counts_as_nothing(released) -> None:
    _, folder = released
    sheet = openpyxl.load_workbook(folder / "ledger/摸排台账_隆务镇_2026-10.xlsx").worksheets[0]
    ((where, rules),) = [(str(one.sqref), one.rules) for one in sheet.conditional_formatting]
    assert where.startswith("N4:N")
    assert rules[0].formula[0].count("SUBSTITUTE(") == 4
    assert '="无"' in rules[0].formula[0]


def test_quarterly_forms_come_in_the_quarters_month_only(released, tmp_path: Path) -> None:
    _, folder = released
    assert list((folder / "villages").glob("季度走访排查表_*"))
    lake = make(tmp_path, people=8)
    publish(MONTH, lake=lake, policy=policy())
    other = release_folder(lake, MONTH)
    assert not list(other.rglob("季度*"))
    assert not (lake.root / "report_figures").exists()


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


def test_a_second_publish_of_a_quarter_changes_no_byte(released) -> None:
    lake, folder = released
    before = {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    publish(MONTH, lake=lake, policy=in_a_quarters_month(policy()))
    assert {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()} == before


def paper_of(path: Path, *rows: list[object], audience: str = "paper") -> str:
    columns = (Column("name", "姓名", 12), Column("id_no", "号码", 20), Column("amount", "金额", 12, "money"))
    sheet = Sheet("甲", "名单", [Table(columns, list(rows))], sign="填表人：")
    mask = mask_for(audience, policy())
    write_paper(path, Document("名单", [sheet]), month=MONTH, mask=mask, shown_as="名单.pdf")
    return words_of(path)


def test_rare_characters_print_and_one_the_fonts_lack_is_a_box_and_is_told(tmp_path: Path) -> None:
    known = paper_of(tmp_path / "a.pdf", ["张䶮㼆", "1", 1])
    assert "张䶮㼆" in known
    assert BOX not in known
    lost = paper_of(tmp_path / "b.pdf", ["བཀྲ", "2", 2], ["𠀀", "3", 3])
    assert lost.count(BOX) > 3
    assert "个生僻字不在打印字库中" in lost


def test_paper_repeats_its_header_counts_its_pages_and_has_room_for_the_seal(tmp_path: Path) -> None:
    words = paper_of(tmp_path / "a.pdf", *[[f"甲{n}", "号", n] for n in range(120)])
    pages = PdfReader(tmp_path / "a.pdf").pages
    assert len(pages) > 2
    assert words.count("姓名") == len(pages)
    assert f"第2页/共{len(pages)}页" in words
    assert "（盖章）" in words
    assert {round(float(side)) for side in pages[0].mediabox[2:]} == {842, 595}


def test_paper_that_would_show_a_whole_number_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(NotReleased, match="masking rule") as caught:
        paper_of(tmp_path / "a.pdf", ["甲", "632321199001011415", 1])
    assert "632321199001011415" not in str(caught.value)
    assert not (tmp_path / "a.pdf").exists()
    assert "632321199001011415" in paper_of(
        tmp_path / "b.pdf", ["甲", "632321199001011415", 1], audience="register"
    )


def test_fonts_of_paper_are_embedded(released) -> None:
    _, folder = released
    page = PdfReader(folder / "paper/备案登记册_隆务镇_2026-10.pdf").pages[0]
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
    for font in fonts:
        described = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert "/FontFile3" in described or "/FontFile2" in described


@pytest.mark.parametrize(
    ("groups", "levels", "cells"),
    [
        (("", ""), 1, [(0, 0, 1, 1), (1, 0, 1, 1)]),
        (
            ("", "甲", "甲", "乙"),
            2,
            [(0, 0, 1, 2), (1, 0, 2, 1), (1, 1, 1, 1), (2, 1, 1, 1), (3, 0, 1, 1), (3, 1, 1, 1)],
        ),
    ],
)
def test_header_cells_cover_every_column_once(groups, levels, cells) -> None:
    columns = [Column(str(n), f"h{n}", 5, group=group) for n, group in enumerate(groups)]
    found = header_cells(columns)
    assert found[0] == levels
    assert [(cell["x"], cell["y"], cell["across"], cell["down"]) for cell in found[1]] == cells


@pytest.mark.parametrize("text", ["columns: [", "title: 甲\nfile: 甲\n", "title: 甲\nunknown: 1\n"])
def test_a_form_that_cannot_be_read_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "broken.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Misconfigured, match=r"broken\.yml"):
        read_form(path)


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


@pytest.mark.skipif(
    shutil.which("soffice") is None,
    reason="LibreOffice is not on this machine: workbooks are not opened with it",
)
def test_libreoffice_opens_every_kind_of_workbook(released, tmp_path: Path) -> None:
    _, folder = released
    files = json.loads((folder / "manifest.json").read_text())["files"]
    kinds = {
        item["kind"] + item["audience"]: item["path"] for item in files if item["path"].endswith(".xlsx")
    }
    command = [
        "soffice",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
    ]
    paths = [str(folder / path) for path in kinds.values()]
    subprocess.run([*command, str(tmp_path), *paths], check=True, capture_output=True, timeout=300)
    for path in kinds.values():
        made = tmp_path / f"{Path(path).stem}.pdf"
        assert made.is_file(), path
        assert len(PdfReader(made).pages) > 0


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


def test_the_ledgers_of_liangping_bear_the_words_of_its_notice(tmp_path: Path) -> None:
    lake = make(tmp_path, people=24)
    liangping = load(REPOSITORY / "dbt_project/seeds/policy", "liangping", MONTH)
    publish(MONTH, lake=lake, policy=liangping)
    folder = release_folder(lake, MONTH)
    sheets = cells_of(folder / "ledger/摸排台账_隆务镇_2026-10.xlsx")
    assert [rows[0][0] for _, rows in sheets[:3]] == [
        "梁平区“未脱贫建档立卡贫困人口”社会救助兜底脱贫调查摸排台账",
        "梁平区“边缘户”社会救助兜底脱贫调查摸排台账",
        "梁平区“脱贫监测户”社会救助兜底脱贫调查摸排台账",
    ]
    note = (
        "填表说明：1.本表对未脱贫的建档立卡贫困人口逐户进行排查。2.目前享受救助类型包括低保、特困、临时救助和无，"
        "在下拉菜单中选择。对未享受低保、特困和临时救助的对象，请在下拉菜单中选择无，并对应填写未纳入原因。"
    )
    assert all(note in [row[0] for row in rows] for _, rows in sheets[:3])
    paper = words_of(folder / "paper/摸排台账_隆务镇_2026-10.pdf")
    assert "".join(note.split()) in paper
    assert "附件1梁平区“未脱贫建档立卡贫困人口”" in paper
    ((_, annex),) = cells_of(folder / "forms/附件4_城乡低保摸排处理汇总表_全市_2026-10.xlsx")
    assert annex[1][0] == "梁平区城乡低保摸排处理汇总表"
