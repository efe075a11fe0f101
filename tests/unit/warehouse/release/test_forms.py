"""The forms, registers and reports: the words of the notices, the same numbers everywhere, and nobody shown who must not be."""

from __future__ import annotations

import json
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import duckdb
import openpyxl
import pytest
from pypdf import PdfReader

from tests.unit.warehouse.release.made_up_month import (
    MONTH,
    TOWNSHIPS,
    id_of,
    make,
    policy,
    words_of,
)
from tests.unit.warehouse.release.released_forms import DIBAO, cells_of, in_a_quarters_month
from warehouse.errors import Misconfigured
from warehouse.lake import Lake
from warehouse.policy import load
from warehouse.release.form import forms, read_form
from warehouse.release.header import header_cells
from warehouse.release.publish import publish, release_folder
from warehouse.release.workbook import Column
from warehouse.settings import REPOSITORY


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lake, Path]:
    lake = make(tmp_path_factory.mktemp("home"))
    publish(MONTH, lake=lake, policy=in_a_quarters_month(policy()))
    return lake, release_folder(lake, MONTH)


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


def test_a_second_publish_of_a_quarter_changes_no_byte(released) -> None:
    lake, folder = released
    before = {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    publish(MONTH, lake=lake, policy=in_a_quarters_month(policy()))
    assert {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()} == before


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
