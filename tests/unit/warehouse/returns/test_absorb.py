"""What comes back from the villages: moved, sorted, cut, edited; and what the desk makes of it."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.unit.warehouse.release.made_up_month import MONTH, id_of, policy
from warehouse.errors import Refused
from warehouse.lake import Lake
from warehouse.outcomes import Outcome, recorded
from warehouse.release.publish import release_folder
from warehouse.returns.absorb import absorb

LIST = "lists/预警清单_隆务镇_2026-10.xlsx"
LISTED = 76
GOOD = {"核查结果": "属实", "拟纳入救助": "低保", "核查人": "更登", "核查日期": date(2026, 11, 5)}


@pytest.fixture
def book(lake: Lake) -> Workbook:
    return openpyxl.load_workbook(release_folder(lake, MONTH) / LIST)


def at(sheet: Worksheet) -> dict[str, int]:
    return {str(cell.value): cell.column for cell in sheet[4]}


def fill(sheet: Worksheet, row: int, **answers: object) -> None:
    for header, value in answers.items():
        sheet.cell(row, at(sheet)[header]).value = value  # type: ignore[assignment]


def sent(book: Workbook, lake: Lake, name: str = "隆务镇.xlsx") -> Path:
    folder = lake.home / "returned"
    folder.mkdir(exist_ok=True)
    book.save(folder / name)
    return folder


def take_in(lake: Lake, folder: Path) -> Outcome:
    return absorb(MONTH, returned=folder, lake=lake, policy=policy())


def dispositions(lake: Lake) -> list[dict[str, object]]:
    files = f"{lake.root}/dispositions/month={MONTH}/*.parquet"
    return (
        duckdb.connect().execute(f"SELECT * FROM '{files}' ORDER BY warning_id").to_arrow_table().to_pylist()
    )


def slip(lake: Lake, name: str = "隆务镇") -> list[tuple[object, ...]]:
    path = lake.home / "returns" / str(MONTH) / f"{name}_退回单.xlsx"
    return list(openpyxl.load_workbook(path).active.iter_rows(min_row=4, values_only=True))  # type: ignore[union-attr]


def test_good_answers_become_dispositions_and_the_rest_stays_open(lake: Lake, book: Workbook) -> None:
    sheet = book["第1村"]
    fill(sheet, 5, **GOOD)
    fill(sheet, 6, **{**GOOD, "拟纳入救助": "无", "未纳入原因": "收入超过标准", "核查日期": "2026年11月6日"})
    outcome = take_in(lake, sent(book, lake))
    assert (outcome.counts["answered"], outcome.counts["refused"]) == (2, 0)
    assert outcome.counts["still_open"] == LISTED - 2
    rows = {row["warning_id"]: row for row in dispositions(lake)}
    first = rows[sheet.cell(5, at(sheet)["预警编号"]).value]
    assert (first["result"], first["aid"], first["checked_on"], first["row"]) == (
        "属实",
        "低保",
        date(2026, 11, 5),
        5,
    )
    assert first["person_id"] == sheet.cell(5, at(sheet)["人员编号"]).value
    second = rows[sheet.cell(6, at(sheet)["预警编号"]).value]
    assert (second["reason_not"], second["checked_on"]) == ("收入超过标准", date(2026, 11, 6))
    assert recorded(lake, "absorb", MONTH) == outcome


def test_columns_moved_rows_sorted_and_deleted_lines_inserted_are_no_matter(
    lake: Lake, book: Workbook
) -> None:
    sheet = book["第1村"]
    fill(sheet, 5, **GOOD)
    fill(sheet, 7, **{**GOOD, "核查结果": "不属实"})
    wanted = {
        sheet.cell(row, at(sheet)["预警编号"]).value: result for row, result in ((5, "属实"), (7, "不属实"))
    }
    header = [cell.value for cell in sheet[4]]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
    other = openpyxl.Workbook()
    page = other.active
    assert page is not None
    page.append(["村里加的一行"])
    page.append([*reversed(header), "备注"])
    for row in reversed(rows[:3]):  # sorted the other way round, the rest deleted
        page.append([*reversed(row), "见面谈"])
    outcome = take_in(lake, sent(other, lake))
    assert outcome.counts["answered"] == 2
    assert outcome.by["blank"] == {"隆务镇.xlsx": 1}
    assert {row["warning_id"]: row["result"] for row in dispositions(lake)} == wanted


def test_the_same_file_again_changes_nothing(lake: Lake, book: Workbook) -> None:
    fill(book["第1村"], 5, **GOOD)
    fill(book["第1村"], 6, **{**GOOD, "核查结果": "也许"})
    folder = sent(book, lake)

    def bytes_of_all() -> dict[str, str]:
        paths = [
            p for part in ("lake", "returns") for p in sorted((lake.home / part).rglob("*")) if p.is_file()
        ]
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}

    first = take_in(lake, folder)
    before = bytes_of_all()
    assert take_in(lake, folder) == first
    assert bytes_of_all() == before


def test_a_row_that_went_back_stays_on_the_slip_until_the_file_is_sent_anew(
    lake: Lake, book: Workbook
) -> None:
    sheet = book["第1村"]
    fill(sheet, 5, **GOOD)
    fill(sheet, 6, **{**GOOD, "核查日期": date(2026, 11, 9)})
    folder = sent(book, lake)

    def on(day: int) -> Outcome:
        return absorb(MONTH, returned=folder, lake=lake, policy=policy(), on=date(2026, 11, day))

    on(8)
    assert [row[3] for row in slip(lake)] == ["晚于交回的日子。"]
    # By now the day would stand; but these bytes were taken in without it.
    later = on(10)
    assert (later.counts["answered"], later.counts["refused"]) == (1, 1)
    assert len(dispositions(lake)) == 1
    assert "重新保存" in str(slip(lake)[0][3])
    fill(sheet, 6, 核查人="更登")
    sent(book, lake, "又一次.xlsx")
    on(10)
    assert len(dispositions(lake)) == 2


def test_a_corrected_file_adds_to_what_was_answered_and_clears_the_slip(lake: Lake, book: Workbook) -> None:
    fill(book["第1村"], 5, **GOOD)
    fill(book["第1村"], 6, **{**GOOD, "核查结果": "也许"})
    take_in(lake, sent(book, lake))
    assert len(slip(lake)) == 1
    fill(book["第1村"], 6, **GOOD)
    outcome = take_in(lake, sent(book, lake))
    assert outcome.counts["still_open"] == LISTED - 2
    assert not list((lake.home / "returns" / str(MONTH)).iterdir())
    assert len({row["warning_id"] for row in dispositions(lake)}) == 2


def tampered_id(sheet: Worksheet) -> None:
    fill(sheet, 5, **{**GOOD, "预警编号": "C01-999999"})


def other_person(sheet: Worksheet) -> None:
    fill(sheet, 5, **{**GOOD, "人员编号": "P00000059"})


def lost_id(sheet: Worksheet) -> None:
    fill(sheet, 5, **{**GOOD, "预警编号": None})


def held_back(sheet: Worksheet) -> None:
    fill(sheet, 5, **{**GOOD, "预警编号": "C01-000000", "人员编号": "P00000000"})


def none_without_reason(sheet: Worksheet) -> None:
    fill(sheet, 5, **{**GOOD, "拟纳入救助": "无"})


def other_without_words(sheet: Worksheet) -> None:
    fill(sheet, 5, **{**GOOD, "拟纳入救助": "无", "未纳入原因": "其他"})


def unknown_aid(sheet: Worksheet) -> None:
    fill(sheet, 5, **{**GOOD, "拟纳入救助": "五保"})


def no_result(sheet: Worksheet) -> None:
    fill(sheet, 5, **{**GOOD, "核查结果": None})


def no_checker(sheet: Worksheet) -> None:
    fill(sheet, 5, **{**GOOD, "核查人": " \u3000"})


def no_day(sheet: Worksheet) -> None:
    fill(sheet, 5, **{**GOOD, "核查日期": "上周三"})


def day_too_early(sheet: Worksheet) -> None:
    fill(sheet, 5, **{**GOOD, "核查日期": date(2026, 9, 30)})


@pytest.mark.parametrize(
    ("spoil", "column"),
    [
        (tampered_id, "预警编号"),
        (lost_id, "预警编号"),
        (held_back, "预警编号"),
        (other_person, "人员编号"),
        (none_without_reason, "未纳入原因"),
        (other_without_words, "原因说明"),
        (unknown_aid, "拟纳入救助"),
        (no_result, "核查结果"),
        (no_checker, "核查人"),
        (no_day, "核查日期"),
        (day_too_early, "核查日期"),
    ],
)
def test_a_row_that_cannot_stand_goes_back_alone(
    lake: Lake, book: Workbook, spoil: Callable[[Worksheet], None], column: str
) -> None:
    sheet = book["第1村"]
    fill(sheet, 6, **GOOD)
    spoil(sheet)
    outcome = take_in(lake, sent(book, lake))
    assert (outcome.counts["answered"], outcome.counts["refused"]) == (1, 1)
    assert [row[:3] for row in slip(lake)] == [("第1村", 5, column)]
    text = str(slip(lake)) + str(outcome.as_dict())
    assert not [n for n in range(60) if id_of(n) in text or f"P{n:08d}" in text or f"139{n:08d}" in text]


def test_one_warning_answered_twice_the_same_counts_once_differently_goes_back(
    lake: Lake, book: Workbook
) -> None:
    sheet = book["第1村"]
    for row in (5, 6):
        for column in range(1, sheet.max_column + 1):
            sheet.cell(row + 40, column).value = sheet.cell(row, column).value
    for row in (5, 45, 6):
        fill(sheet, row, **GOOD)
    fill(sheet, 46, **{**GOOD, "核查结果": "不属实"})
    outcome = take_in(lake, sent(book, lake))
    assert (outcome.counts["answered"], outcome.counts["refused"]) == (1, 2)
    assert [row[1] for row in slip(lake)] == [6, 46]


def test_a_list_of_no_manifest_is_refused_and_the_good_ones_are_taken_in(lake: Lake, book: Workbook) -> None:
    fill(book["第1村"], 5, **GOOD)
    folder = sent(book, lake)
    for name in book.sheetnames[1:]:
        sheet = book[name]
        for row in range(5, sheet.max_row + 1) if "预警编号" in at(sheet) else ():
            fill(sheet, row, 预警编号=f"X{row}")
    sent(book, lake, "别处的.xlsx")
    (folder / "截断.xlsx").write_bytes((folder / "隆务镇.xlsx").read_bytes()[:900])
    openpyxl.Workbook().save(folder / "不相干.xlsx")
    with pytest.raises(Refused) as caught:
        take_in(lake, folder)
    assert all(name in str(caught.value) for name in ("别处的.xlsx", "截断.xlsx", "不相干.xlsx"))
    kept = recorded(lake, "absorb", MONTH)
    assert kept is not None
    assert (kept.status, kept.counts["answered"], kept.counts["files_refused"]) == ("held", 1, 3)


def test_a_month_that_was_not_published_or_was_altered_is_refused(lake: Lake, book: Workbook) -> None:
    folder = sent(book, lake)
    warnings = release_folder(lake, MONTH) / "warnings.parquet"
    warnings.write_bytes(warnings.read_bytes() + b"0")
    with pytest.raises(Refused, match=r"warnings\.parquet"):
        take_in(lake, folder)
    shutil.rmtree(release_folder(lake, MONTH))  # what was handed out is known all the same
    take_in(lake, folder)
    shutil.rmtree(lake.root / "sent")
    with pytest.raises(Refused, match="nothing was published"):
        take_in(lake, folder)


def test_answers_to_a_month_whose_next_is_out_are_told_where_they_belong(lake: Lake, book: Workbook) -> None:
    folder = sent(book, lake)
    assert not any("out already" in reason for reason in take_in(lake, folder).reasons)
    newer = release_folder(lake, MONTH.next)
    shutil.copytree(release_folder(lake, MONTH), newer)
    assert any(f"--month {MONTH.next}" in reason for reason in take_in(lake, folder).reasons)


def test_nothing_came_back(lake: Lake) -> None:
    assert take_in(lake, lake.home / "not-there").status == "nothing"
