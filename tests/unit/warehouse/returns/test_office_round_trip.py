"""A list through an office program: opened, filled in, sorted, saved. Keys, drop-downs and answers survive."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import zipfile
from html import escape
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.unit.warehouse.release.made_up_month import MONTH, policy
from tests.unit.warehouse.returns.test_absorb import GOOD, LIST, at, dispositions, fill
from warehouse.lake import Lake
from warehouse.outcomes import Outcome
from warehouse.release.publish import release_folder
from warehouse.returns.absorb import absorb

_HERE = Path(__file__).parent
_SECONDS = 120
VILLAGE = "第1村"


def office(work: Path) -> None:
    """Let LibreOffice do in ``work`` what ``village.bas`` says, with a profile of its own."""
    profile = work / "profile"
    command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
    run([*command, "--terminate_after_init"])
    macro = escape((_HERE / "village.bas").read_text(encoding="utf-8"))
    (profile / "user" / "basic" / "Standard" / "Module1.xba").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE script:module PUBLIC '
        '"-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">\n<script:module '
        'xmlns:script="http://openoffice.org/2000/script" script:name="Module1" script:language="StarBasic">'
        f"{macro}</script:module>",
        encoding="utf-8",
    )
    run([*command, f'macro:///Standard.Module1.Fill("{work}")'])
    failed = work / "failed.txt"
    assert not failed.exists(), failed.read_text(encoding="utf-8")


def run(command: list[str]) -> None:
    """Run LibreOffice; what hangs is ended with everything that it started."""
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as started:
        try:
            assert started.wait(_SECONDS) == 0
        except subprocess.TimeoutExpired:
            os.killpg(started.pid, signal.SIGKILL)
            raise


def keys_of(sheet: Worksheet) -> list[tuple[str, str]]:
    columns = at(sheet)
    rows = [
        (str(sheet.cell(row, columns["预警编号"]).value), str(sheet.cell(row, columns["人员编号"]).value))
        for row in range(5, sheet.max_row + 1)
    ]
    return [row for row in rows if row[0] != "None"]


def menus_of(sheet: Worksheet) -> dict[str, set[str]]:
    """The words that each column of answers lets one choose from, in its second row."""
    found: dict[str, set[str]] = {}
    for header, column in at(sheet).items():
        for rule in sheet.data_validations.dataValidation:
            if rule.type == "list" and sheet.cell(6, column).coordinate in rule.sqref:
                found[header] = set(re.split(r"[,;]", str(rule.formula1).strip('"')))
    return found


def take_in(lake: Lake, folder: Path) -> Outcome:
    return absorb(MONTH, returned=folder, lake=lake, policy=policy())


def test_a_list_that_was_filled_in_with_libreoffice(lake: Lake, tmp_path: Path) -> None:
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed (make office installs it)")
    work = tmp_path / "work"
    work.mkdir()
    sent = release_folder(lake, MONTH) / LIST
    shutil.copy(sent, work / "in.xlsx")
    office(work)
    before = openpyxl.load_workbook(sent)[VILLAGE]
    after = openpyxl.load_workbook(work / "out.xlsx")[f"{VILLAGE}（已核）"]
    assert keys_of(after) == sorted(keys_of(before), reverse=True)
    assert menus_of(after) == menus_of(before)
    assert {"核查结果", "拟纳入救助", "未纳入原因"} <= menus_of(after).keys()
    answered = {key for key, _ in keys_of(before)[:3]}
    for name in ("out.xlsx", "out.xls", "out.csv"):
        returned = tmp_path / name.replace(".", "_")
        returned.mkdir()
        shutil.copy(work / name, returned / name)
        outcome = take_in(lake, returned)
        # The same answers again by another file are known, and no problem.
        assert (outcome.counts["answered"] + outcome.counts["known"], outcome.counts["refused"]) == (3, 0), (
            name
        )
    assert {row["warning_id"] for row in dispositions(lake)} == answered
    assert {
        (row["result"], row["aid"], row["checked_by"], str(row["checked_on"])) for row in dispositions(lake)
    } == {("属实", "低保", "更登", "2026-11-05")}


def as_wps_writes(book: Workbook, path: Path) -> None:
    """Save as WPS does: text in shared strings and in runs, its own properties, a sheet's view turned."""
    for sheet in book.worksheets:
        for row in sheet.iter_rows(min_row=5, max_row=7):
            for cell in row:
                if isinstance(cell.value, str) and len(cell.value) > 1 and cell.hyperlink is None:
                    half = InlineFont(rFont="宋体", sz=10)
                    cell.value = CellRichText(TextBlock(half, cell.value[:1]), cell.value[1:])
    book.save(path)
    aside = path.with_suffix(".aside")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            content = old.read(member)
            if member.filename == "docProps/app.xml":
                content = re.sub(
                    rb"<Application>.*?</Application>",
                    "<Application>WPS 表格</Application>".encode(),
                    content,
                )
            if member.filename == "[Content_Types].xml":
                content = content.replace(
                    b"</Types>",
                    b'<Override PartName="/docProps/custom.xml" ContentType='
                    b'"application/vnd.openxmlformats-officedocument.custom-properties+xml"/></Types>',
                )
            new.writestr(member.filename, content)
        new.writestr(
            "docProps/custom.xml",
            '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
            'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"><property '
            'fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" name="KSOProductBuildVer">'
            "<vt:lpwstr>2052-12.1.0.16929</vt:lpwstr></property></Properties>",
        )
    aside.replace(path)


def test_a_list_that_was_written_anew_as_wps_does(lake: Lake, tmp_path: Path) -> None:
    sent = release_folder(lake, MONTH) / LIST
    book = openpyxl.load_workbook(sent)
    before = keys_of(book[VILLAGE])
    for row in (5, 7):
        fill(book[VILLAGE], row, **GOOD)
    returned = tmp_path / "returned"
    returned.mkdir()
    as_wps_writes(book, returned / "隆务镇.xlsx")
    after = openpyxl.load_workbook(returned / "隆务镇.xlsx")[VILLAGE]
    assert keys_of(after) == before
    assert menus_of(after) == menus_of(openpyxl.load_workbook(sent)[VILLAGE])
    outcome = take_in(lake, returned)
    assert (outcome.counts["answered"], outcome.counts["refused"]) == (2, 0)
    assert {row["warning_id"] for row in dispositions(lake)} == {before[0][0], before[2][0]}
