"""What a file really is, whether a workbook is safe, and which month a delivery is for."""

from __future__ import annotations

import random
import zipfile
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from tests.dock_support import MONTH, policy, roster_rows, write_sheets
from warehouse.errors import DeliveryRefused
from warehouse.intake import evidence
from warehouse.intake.contract import contracts
from warehouse.intake.form import date_system_of_xlsx, sniff
from warehouse.intake.landing import Landing, land_file
from warehouse.intake.limits import Limits
from warehouse.months import Month

ROSTER = contracts()["assistance_roster"]
XLS = Path(__file__).with_name("roster_1904.xls")
MB = 1 << 20


def land(path: Path, tmp_path: Path) -> tuple[Landing, list[dict[str, object]]]:
    landing = land_file(path, tmp_path / "part", ROSTER, MONTH, Limits.of(policy()), is_beside=False)
    return landing, pq.read_table(tmp_path / "part").to_pylist()


REFUSED = [
    (b"%PDF-1.7", "a PDF"),
    (b"\x89PNG\r\n", "a picture"),
    (b"Rar!\x1a\x07", "an archive"),
    (b"\xef\xbb\xbf\n<HTML><body>", "a web page"),
    (b'<?xml version="1.0"?><Workbook/>', "a web page"),
    (random.Random(1).randbytes(400), "a binary file"),
    (b" \r\n", "is empty"),
]


@pytest.mark.parametrize(("content", "what"), REFUSED)
def test_what_is_no_table(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "death.csv"
    path.write_bytes(content)
    with pytest.raises(DeliveryRefused, match=what):
        sniff(path)


def test_text_under_a_workbooks_name(tmp_path: Path) -> None:
    path = tmp_path / "assistance_roster.xlsx"
    path.write_text("姓名,身份证号\n")
    with pytest.raises(DeliveryRefused, match="not a workbook"):
        sniff(path)


def test_a_workbook_under_a_csvs_name_is_read_and_said(tmp_path: Path) -> None:
    path = tmp_path / "assistance_roster.csv"
    write_sheets(tmp_path / "x.xlsx", {"隆务镇": roster_rows(3)}).rename(path)
    landing, rows = land(path, tmp_path)
    assert (landing.form, len(rows)) == ("xlsx", 3)
    assert any("really xlsx" in reason for reason in landing.reasons)


def test_a_zip_bomb_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "assistance_roster.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", "<workbook/>")
        book.writestr("xl/worksheets/sheet1.xml", b"0" * (3 * MB))
    with pytest.raises(DeliveryRefused, match="intake_max_unpacked_mb"):
        date_system_of_xlsx(path, unpacked_limit_bytes=2 * MB)


def test_an_entity_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "assistance_roster.xlsx"
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("xl/workbook.xml", '<!DOCTYPE x [<!ENTITY a "b">]><workbook>&a;</workbook>')
    with pytest.raises(DeliveryRefused, match="entities"):
        date_system_of_xlsx(path, unpacked_limit_bytes=MB)


@pytest.mark.parametrize(("is_1904", "said"), [(False, "1900"), (True, "1904")])
def test_the_date_system_of_an_xlsx(tmp_path: Path, is_1904: bool, said: str) -> None:
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(str(path), {"date_1904": is_1904}) as book:
        book.add_worksheet()
    assert date_system_of_xlsx(path, unpacked_limit_bytes=MB) == said


def test_an_xls_of_1904(tmp_path: Path) -> None:
    """The fixture: three rows, a date cell, a bare serial, an 18-digit number, an empty and a hidden sheet."""
    landing, rows = land(XLS, tmp_path)
    assert [account.sheet for account in landing.accounts] == ["隆务镇", "空", "说明"]
    assert (landing.form, len(rows), rows[0]["row"], rows[0]["date_system"]) == ("xls", 3, 4, "1904")
    assert (rows[0]["admitted_on"], rows[0]["grace_from"]) == ("2020-05-31", "43982")
    assert rows[0]["id_no"] == "632321197208141000"


def test_a_cut_off_xls(tmp_path: Path) -> None:
    for kept in (600, 3000, 7000):
        path = tmp_path / "assistance_roster.xls"
        path.write_bytes(XLS.read_bytes()[:kept])
        with pytest.raises(DeliveryRefused, match="cut off or damaged"):
            land(path, tmp_path)


def test_hidden_sheets_are_read_and_said(tmp_path: Path) -> None:
    sheets = {"隆务镇": roster_rows(3), "旧": roster_rows(2), "说明": [["填表说明"]]}
    path = write_sheets(tmp_path / "assistance_roster.xlsx", sheets, hidden=["旧", "说明"])
    landing, rows = land(path, tmp_path)
    assert len(rows) == 5
    assert any("'旧', is hidden and was read" in reason for reason in landing.reasons)
    assert any("'说明', carries no header" in reason for reason in landing.reasons)
    assert all(a.rows == a.landed + a.quarantined + a.furniture for a in landing.accounts)


@pytest.mark.parametrize(
    ("total", "is_wrong"), [("", False), ("961.50", False), ("961.51", True), ("无", False)]
)
def test_a_total_is_checked_and_never_loaded(tmp_path: Path, total: str, is_wrong: bool) -> None:
    path = write_sheets(tmp_path / "assistance_roster.xlsx", {"隆务镇": roster_rows(3, total=total)})
    landing, rows = land(path, tmp_path)
    assert len(rows) == 3
    assert landing.furniture["total"] == 1
    assert any("row 9: the 合计 is not the sum" in reason for reason in landing.reasons) == is_wrong


MONTHS = [
    ("2026-10-03", Month(2026, 10)),
    ("2026/1/3", Month(2026, 1)),
    ("20261003 12:00", Month(2026, 10)),
    ("202610", Month(2026, 10)),
    ("2026.9", Month(2026, 9)),
    ("2026年9月3日", Month(2026, 9)),
    ("46300", Month(2026, 10)),
    ("2026-13-01", None),
    ("00000000", None),
    ("无", None),
]


@pytest.mark.parametrize(("text", "month"), MONTHS)
def test_the_month_a_date_shows(text: str, month: Month | None) -> None:
    assert evidence.month_of(text) == month


def test_a_serial_of_1904_is_four_years_later() -> None:
    assert evidence.month_of("44838", "1904") == Month(2026, 10)


def test_months_are_counted_in_a_column() -> None:
    column = pa.array(["2026-10-01 01:00", "2026-10-02", " 20260901", "", "x"])
    assert evidence.months_of(column, "") == {Month(2026, 10): 2, Month(2026, 9): 1, None: 1}


TITLES = [
    ("填报单位：隆务镇 填报时间：2026年10月25日", (date(2026, 10, 25), date(2026, 10, 25))),
    ("填报日期:2026-10", (date(2026, 10, 1), date(2026, 10, 31))),
    ("制表时间 2026.9.3", (date(2026, 9, 3), date(2026, 9, 3))),
    ("填报时间：    年  月  日", None),
    ("填报时间：2026年13月1日", None),
    ("二〇二六年十月", None),
]


@pytest.mark.parametrize(("title", "when"), TITLES)
def test_when_a_table_was_filled_in(title: str, when: tuple[date, date] | None) -> None:
    assert evidence.filled_in(title) == when


@pytest.mark.parametrize(
    ("day", "is_refused"),
    [("2026-09-30", True), ("2026-10-01", False), ("2026-11-15", False), ("2026-11-16", True)],
)
def test_a_table_may_be_filled_in_soon_after_its_month(day: str, is_refused: bool) -> None:
    titles = [f"填报时间：{day}"]
    if is_refused:
        with pytest.raises(DeliveryRefused, match="another month"):
            evidence.refuse_other_filling("f.xlsx", "s", MONTH, titles, 15)
    else:
        evidence.refuse_other_filling("f.xlsx", "s", MONTH, titles, 15)
