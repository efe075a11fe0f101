"""What leaves the house: whole, twice the same, masked where it must be, and only after both gates."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path

import duckdb
import openpyxl
import pytest

from tests.unit.warehouse.release.made_up_month import (
    MONTH,
    TOWNSHIPS,
    give_verdicts,
    id_of,
    make,
    policy,
    words_of,
)
from warehouse.errors import NotReleased
from warehouse.intake.receive import receive
from warehouse.lake import Lake
from warehouse.release.ledger import COLUMNS as LEDGER
from warehouse.release.publish import publish, release_folder
from warehouse.release.sealed import texts

LIST = "lists/预警清单_隆务镇_2026-10.xlsx"


PAPER = "paper/预警清单_隆务镇_2026-10_纸质.xlsx"


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lake, Path]:
    lake = make(tmp_path_factory.mktemp("home"))
    publish(MONTH, lake=lake, policy=policy())
    return lake, release_folder(lake, MONTH)


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def column_of(sheet: object, header: str) -> int:
    return next(cell.column for cell in sheet[4] if cell.value == header)  # type: ignore[index]


def test_every_warning_stands_in_warnings_parquet_listed_or_not(released) -> None:
    _, folder = released
    con = duckdb.connect()
    rows = con.execute(
        f"SELECT status, count(*) FROM '{folder}/warnings.parquet' GROUP BY 1 ORDER BY 1"
    ).fetchall()
    columns = [
        row[0] for row in con.execute(f"DESCRIBE SELECT * FROM '{folder}/warnings.parquet'").fetchall()
    ]
    assert rows == [("listed", 76), ("silent", 10), ("waiting", 4)]
    wanted = "warning_id rule_id person_id household_id region township village grade status since evidence policy_ref requirement"
    assert set(wanted.split()) <= set(columns)


def test_lists_together_hold_the_listed_warnings_once(released) -> None:
    _, folder = released
    files = json.loads((folder / "manifest.json").read_text())["files"]
    by_audience: dict[str, list[str]] = {}
    for item in files:
        by_audience.setdefault(item["audience"], []).extend(item["warnings"])
    assert len(by_audience["list"]) == len(set(by_audience["list"])) == 76
    assert sorted(by_audience["list"]) == sorted(by_audience["paper"]) == sorted(by_audience["county_list"])


def test_manifest_names_every_file_by_its_hash(released) -> None:
    _, folder = released
    named = {i["path"]: i["sha256"] for i in json.loads((folder / "manifest.json").read_text())["files"]}
    there = hashes(folder)
    there.pop("manifest.json")
    assert named == there


def test_rerun_changes_no_byte(released) -> None:
    lake, folder = released
    before = hashes(folder)
    publish(MONTH, lake=lake, policy=policy())
    assert hashes(folder) == before


def test_list_has_a_sheet_per_village_and_an_order_by_household_priority(released) -> None:
    _, folder = released
    book = openpyxl.load_workbook(folder / LIST)
    assert book.sheetnames == ["说明", "第1村", "第2村", "第3村", "规则卡", "匹配卡"]
    sheet = book["第1村"]
    households = [row[1].value for row in sheet.iter_rows(min_row=5)]
    assert households == sorted(households)  # a household's warnings are neighbours
    ids = [row[column_of(sheet, "预警编号") - 1].value for row in sheet.iter_rows(min_row=5)]
    con = duckdb.connect()
    marts = f"{folder.parent.parent}/lake/marts/fct_warning_monthly/*/*.parquet"
    order = dict(con.execute(f"SELECT warning_id, priority FROM '{marts}'").fetchall())
    first_of_each = [order[i] for n, i in enumerate(ids) if households.index(households[n]) == n]
    assert first_of_each == sorted(first_of_each, reverse=True)


def test_list_columns_the_village_fills_in_have_their_checks(released) -> None:
    _, folder = released
    sheet = openpyxl.load_workbook(folder / LIST)["第1村"]
    found = {}
    for rule in sheet.data_validations.dataValidation:
        header = sheet.cell(4, next(iter(rule.sqref.ranges)).min_col).value
        assert next(iter(rule.sqref.ranges)).max_row == sheet.max_row
        found[header] = (rule.type, rule.formula1)
    assert found["人员核对"] == ("list", '"是本人,不是本人,说不清"')
    assert found["拟纳入救助"] == ("list", '"低保,特困,临时救助,无"')
    assert found["核查结果"][0] == found["未纳入原因"][0] == "list"
    assert found["核查日期"][0] == "date"
    kind, formula = found["核查人"]
    assert kind == "custom"
    assert '="无"' in formula
    assert len(sheet.conditional_formatting) == 2


def test_list_locks_what_the_machine_wrote_and_opens_what_the_village_writes(released) -> None:
    _, folder = released
    sheet = openpyxl.load_workbook(folder / LIST)["第1村"]
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    locked = {cell.value: sheet.cell(5, cell.column).protection.locked for cell in sheet[4]}
    assert [header for header, is_locked in locked.items() if not is_locked] == [
        "人员核对", "核查结果", "拟纳入救助", "未纳入原因", "原因说明", "核查人", "核查日期",
    ]  # fmt: skip
    assert sheet.freeze_panes == "D5"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert "机器发现，仅为核查建议" in sheet["A2"].value
    assert sheet["A3"].value == "填报单位："


def test_guide_says_what_was_not_assessed_and_what_waits(released) -> None:
    _, folder = released
    cells = openpyxl.load_workbook(folder / LIST)["说明"].iter_rows(values_only=True)
    text = "\n".join(str(cell) for row in cells for cell in row if cell is not None)
    for wanted in (
        "本月没有收到学生资助数据",
        "上月已核查，证据没有变化",
        "未列入本表的预警：6 条",
        "十二个月内医疗救助之后",
    ):
        assert wanted in text


def test_a_formula_from_data_stays_text(released) -> None:
    _, folder = released
    book = openpyxl.load_workbook(folder / "lists/预警清单_全市_2026-10.xlsx")
    cells = [
        c
        for s in book
        for row in s.iter_rows()
        for c in row
        if isinstance(c.value, str) and "HYPERLINK" in c.value
    ]
    assert cells
    assert all(cell.data_type == "s" for cell in cells)


def test_ledger_is_the_form_of_the_notice(released) -> None:
    _, folder = released
    book = openpyxl.load_workbook(folder / "ledger/摸排台账_隆务镇_2026-10.xlsx")
    assert [s.title[:3] for s in book] == ["附件1", "附件2", "附件3", "另附 "]
    for sheet in book:
        assert "社会救助兜底脱贫调查摸排台账" in sheet["A1"].value
        assert [c.value for c in sheet[2] if c.value] == ["填报单位：", "填报时间："]
        assert [c.value for c in sheet[3]] == [column.header for column in LEDGER]
        lists = {str(r.sqref).split(":")[0]: r.formula1 for r in sheet.data_validations.dataValidation}
        assert lists["K4"] == lists["M4"] == '"低保,特困,临时救助,无"'
        assert "N4" in lists
        assert len(sheet.conditional_formatting) == 1
        notes = [
            row[0].value for row in sheet.iter_rows(min_row=4) if str(row[0].value).startswith("填表说明")
        ]
        assert len(notes) == 1
        fillers = [row for row in sheet.iter_rows(min_row=4, values_only=True) if set(row) == {"\u3000"}]
        assert fillers


def test_the_dock_takes_the_ledger_in_as_the_villages_form(released, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox" / str(MONTH)
    inbox.mkdir(parents=True)
    shutil.copy(released[1] / "ledger/摸排台账_隆务镇_2026-10.xlsx", inbox / "visit_ledger_隆务镇.xlsx")
    lake = Lake(tmp_path / "home")
    outcome = receive(MONTH, inbox=tmp_path / "inbox", lake=lake, policy=policy())
    assert (outcome.counts["landed"], outcome.counts["quarantined"]) == (12, 0)
    files = f"{lake.root}/landed/feed=visit_ledger/month={MONTH}/*.parquet"
    found = duckdb.execute(f"SELECT count(*) FROM '{files}' WHERE id_no = ?", [id_of(8)]).fetchone()
    assert found == (1,)


def test_ledger_header_words_and_order_are_the_fourteen() -> None:
    words = (
        "序号,乡镇,所属村组,姓名,身份证号码,家庭人数,与户主关系,健康状况,致贫原因,家庭人均月纯收入（元）,"
        "目前享受救助类型,联系电话,通过排查拟纳入救助,未纳入原因"
    )
    assert [column.header for column in LEDGER] == words.split(",")


def test_ledger_holds_the_monitored_once_and_no_one_whose_risk_is_cleared(released) -> None:
    _, folder = released
    seen: dict[str, list[str]] = {}
    aids = {}
    for path in sorted((folder / "ledger").glob("*.xlsx")):
        for sheet in openpyxl.load_workbook(path):
            for row in sheet.iter_rows(min_row=4, values_only=True):
                if isinstance(row[0], int):
                    seen.setdefault(sheet.title[:3], []).append(row[4])
                    aids[row[4]] = (row[10], row[9])
    wanted = {"附件3": 0, "附件2": 1, "附件1": 2, "另附 ": 3}
    for sheet, rest in wanted.items():
        assert sorted(seen[sheet]) == sorted(id_of(n) for n in range(60) if n % 5 == rest and n != 5)
    assert aids[id_of(8)] == ("低保", 750.67)
    assert aids[id_of(1)] == ("无", 750.08)


def test_paper_and_county_copies_show_no_whole_id_or_phone(released) -> None:
    _, folder = released
    people = [id_of(n) for n in range(60)] + [f"139{n:08d}" for n in range(60)]
    masked = [*sorted((folder / "paper").iterdir()), folder / "lists/预警清单_全市_2026-10.xlsx"]
    assert len([path for path in masked if path.suffix == ".xlsx"]) == 9
    assert len([path for path in masked if path.suffix == ".pdf"]) > 8
    for path in masked:
        text = words_of(path)
        assert not [value for value in people if value in text]
    text = "\n".join(piece for _, piece in texts(folder / PAPER))
    assert f"{id_of(4)[:6]}********{id_of(4)[-4:]}" in text
    assert "139****0004" in text
    whole = "\n".join(piece for _, piece in texts(folder / LIST))
    assert id_of(4) in whole


@pytest.mark.parametrize(
    ("table", "gate"),
    [("marts/dim_person", "gate2"), ("crosswalk", "gate2"), ("standardised/feed=rural_monitoring", "gate1")],
)
def test_a_stale_verdict_is_refused_and_the_old_release_stays(
    released, tmp_path: Path, table: str, gate: str
) -> None:
    shutil.copytree(released[0].home, tmp_path / "home")
    lake = Lake(tmp_path / "home")
    before = hashes(release_folder(lake, MONTH))
    part = next((lake.root / table).rglob("*.parquet"))
    part.with_name("more.parquet").write_bytes(part.read_bytes())
    with pytest.raises(NotReleased, match=f"{gate}.*stale"):
        publish(MONTH, lake=lake, policy=policy())
    assert hashes(release_folder(lake, MONTH)) == before


def test_page_calls_nobody_and_names_no_person(released) -> None:
    _, folder = released
    page = (folder / "month.html").read_text(encoding="utf-8")
    assert "http" not in page.replace("http://www.w3.org/", "")
    assert "<script" not in page
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert not [n for n in range(60) if id_of(n) in page or f"139{n:08d}" in page]
    for wanted in (
        *TOWNSHIPS,
        "字段数多于表头，疑有未加引号的逗号",
        "本月没有收到学生资助数据",
        "结算行数比上月少了三成",
        "✓ 相符",
        "机器发现",
    ):
        assert wanted in page


def test_a_month_without_warnings_still_has_its_page_and_ledgers(tmp_path: Path) -> None:
    lake = make(tmp_path, people=8)
    folder = lake.partition("marts/fct_warning_monthly", month=str(MONTH))
    duckdb.execute(
        f"COPY (SELECT * FROM '{folder}/part.parquet' LIMIT 0) TO '{folder}/part.parquet' (FORMAT parquet)"
    )
    give_verdicts(lake)
    outcome = publish(MONTH, lake=lake, policy=policy())
    assert outcome.counts["warnings"] == 0
    assert "本月没有预警" in (release_folder(lake, MONTH) / "month.html").read_text(encoding="utf-8")
