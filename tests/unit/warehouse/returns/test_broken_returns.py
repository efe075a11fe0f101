"""The corpus of lists that came back otherwise than they went out: what is taken in, and which row goes back and why."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from openpyxl.worksheet.worksheet import Worksheet

from tests.unit.warehouse.returns.judged_lists import TWO, judged, wrong
from tests.unit.warehouse.returns.tiny_list import (
    A_DAY,
    DONE,
    HEADERS,
    as_csv,
    column,
    rows,
    saved,
    sheet_of,
)
from warehouse.returns.answers import Disposition, Judged


def told(found: Judged) -> dict[str, str]:
    return {one.warning_id: one.result for one in found.dispositions}


BOTH = {"W1": "属实", "W3": "不属实"}


def edited(edit: Callable[[Worksheet], None]) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        page = sheet_of(rows(**TWO))
        edit(page)
        return saved(page, folder / "list.xlsx")

    return make


def columns_turned(folder: Path) -> Path:
    return saved(sheet_of([row[::-1] for row in rows(**TWO)], HEADERS[::-1]), folder / "list.xlsx")


def sorted_and_cut(folder: Path) -> Path:
    return saved(sheet_of([row for row in rows(**TWO)[::-1] if row[-1] != "W2"]), folder / "list.xlsx")


def only_needed_columns(folder: Path) -> Path:
    kept = [column(one) for one in ("预警编号", "姓名", "核查结果", "拟纳入救助", "核查人", "核查日期")]
    table = [[row[at] for at in kept] for row in rows(**TWO)]
    return saved(sheet_of(table, [HEADERS[at] for at in kept]), folder / "list.xlsx")


def words_round_headers(folder: Path) -> Path:
    odd = [f" {one}\n（必填）" if one in DONE else f"{one}：" for one in HEADERS]
    return saved(sheet_of(rows(**TWO), odd, above=7), folder / "list.xlsx")


def hidden(page: Worksheet) -> None:
    assert page.parent is not None
    page.parent.create_sheet("另一张")
    page.sheet_state = "hidden"
    page.auto_filter.ref = "A4:N9"
    for row in (5, 7):
        page.row_dimensions[row].hidden = True
    page.column_dimensions["N"].hidden = True


def two_sheets_in_one(page: Worksheet) -> None:
    """The header is printed again between the rows, with the columns in another order."""
    page.append(HEADERS[::-1])
    for row in page.iter_rows(min_row=7, max_row=7):
        page.append([cell.value for cell in row][::-1])
    page.delete_rows(7)


def merged_checker(page: Worksheet) -> None:
    """Who and when stand once, merged over all rows."""
    for header in ("核查人", "核查日期"):
        at = column(header) + 1
        page.merge_cells(start_row=5, end_row=9, start_column=at, end_column=at)


def keys_turned(page: Worksheet) -> None:
    """Blanks round the keys, other cases, full-width letters."""
    at = column("预警编号") + 1
    page.cell(5, at).value = " ｗ1 "
    page.cell(7, at).value = "w3\u3000"


def renamed(page: Worksheet) -> None:
    page.title = "最终版（改）"
    page.insert_rows(5)
    page.insert_cols(3)
    assert page.parent is not None
    page.parent.create_sheet("说明", 0).append(["随便写的", "姓名"])


def formulas(folder: Path) -> Path:
    """Cells that are formulas with a value, as programs keep them."""
    path = folder / "list.xlsx"
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("村")
    for at, row in enumerate([HEADERS, *rows(**TWO)]):
        for place, value in enumerate(row):
            if value is None:
                continue
            if at and HEADERS[place] in ("核查结果", "核查人"):
                page.write_formula(at, place, f'="{value}"', value=value)
            else:
                page.write(at, place, value)
    book.close()
    return path


def macros(folder: Path) -> Path:
    """Saved with macros (.xlsm): the table is read, what else is in the file is not looked at."""
    path = saved(sheet_of(rows(**TWO)), folder / "list.xlsm")
    with zipfile.ZipFile(path, "a") as book:
        book.writestr("xl/vbaProject.bin", b"\xcc\x61" * 500)
    return path


def named_otherwise(folder: Path) -> Path:
    saved(sheet_of(rows(**TWO)), folder / "list.xlsx")
    return Path(shutil.move(folder / "list.xlsx", folder / "list.et"))


SURVIVES = {
    "columns in another order": columns_turned,
    "rows sorted, some deleted": sorted_and_cut,
    "columns deleted that nobody needs": only_needed_columns,
    "words round the headers, lines above": words_round_headers,
    "hidden sheet, rows, column, filter": edited(hidden),
    "two sheets put together": edited(two_sheets_in_one),
    "who and when merged over the rows": edited(merged_checker),
    "keys with blanks and in full width": edited(keys_turned),
    "sheet renamed, row and column put in": edited(renamed),
    "formulas with values": formulas,
    "saved with macros": macros,
    "an xlsx under another name": named_otherwise,
    "csv in GBK": lambda folder: as_csv(folder / "list.csv", rows(**TWO), "gb18030"),
    "csv in UTF-8 with a mark": lambda folder: as_csv(folder / "list.csv", rows(**TWO), "utf-8-sig"),
    "text with tabs in UTF-16": lambda folder: as_csv(folder / "list.csv", rows(**TWO), "utf-16", "\t"),
}


@pytest.mark.parametrize("make", SURVIVES.values(), ids=SURVIVES.keys())
def test_answers_survive_what_does_not_change_their_meaning(
    make: Callable[[Path], Path], tmp_path: Path
) -> None:
    found = judged(make(tmp_path))
    assert (told(found), wrong(found)) == (BOTH, [])
    assert {one.checked_on for one in found.dispositions} == {A_DAY}
    assert {one.checked_by for one in found.dispositions} == {"更登"}


def put(row: int, header: str, value: object) -> Callable[[Worksheet], None]:
    def edit(page: Worksheet) -> None:
        page.cell(row, column(header) + 1).value = value  # type: ignore[assignment]

    return edit


def answers_sorted_alone(page: Worksheet) -> None:
    """Only names and answers were sorted; the keys stayed where they were."""
    for at in range(1, len(HEADERS) - 1):
        here, there = page.cell(5, at), page.cell(7, at)
        here.value, there.value = there.value, here.value


def key_of_a_neighbour(page: Worksheet) -> None:
    """The keys of another row of the same person: only the matter beside them tells."""
    page.cell(5, column("预警编号") + 1).value = "W2"


def answer_column_twice(page: Worksheet) -> None:
    page.cell(4, len(HEADERS) + 1).value = "核查结果"
    page.cell(5, len(HEADERS) + 1).value = "不属实"


def formula_without_value(page: Worksheet) -> None:
    page.cell(5, column("核查人") + 1).value = "=A1"


def nothing_to_compare(page: Worksheet) -> None:
    page.cell(5, column("姓名") + 1).value = None
    page.cell(5, column("人员编号") + 1).value = None


SENT_BACK: dict[str, tuple[Callable[[Worksheet], None], list[tuple[int, str]]]] = {
    "another row's number": (put(5, "预警编号", "W3"), [(5, "人员编号")]),
    "number and person of another row": (
        lambda page: (put(5, "预警编号", "W4")(page), put(5, "人员编号", "P3")(page)),  # type: ignore[func-returns-value,dict-item]
        [(5, "姓名")],
    ),
    "a number that was never handed out": (put(5, "预警编号", "W999"), [(5, "预警编号")]),
    "a number lost": (put(5, "预警编号", None), [(5, "预警编号")]),
    "persons swapped": (put(5, "人员编号", "P2"), [(5, "人员编号")]),
    "the name of another": (put(5, "姓名", "扎西东智"), [(5, "姓名")]),
    "only some columns sorted": (answers_sorted_alone, [(5, "姓名"), (7, "姓名")]),
    "another warning of the same person": (key_of_a_neighbour, [(5, "预警事项")]),
    "no name and no person": (nothing_to_compare, [(5, "人员编号")]),
    "an answer column twice": (answer_column_twice, [(5, "核查结果")]),
    "a formula that was never worked out": (formula_without_value, [(5, "核查人")]),
    "a word of one's own": (put(5, "核查结果", "基本属实吧"), [(5, "核查结果")]),
    "two words of the menu": (put(5, "拟纳入救助", "低保、临时救助"), [(5, "拟纳入救助")]),
    "not this person, and true": (put(5, "人员核对", "不是本人"), [(5, "人员核对")]),
    "nothing but an aid": (put(5, "核查结果", None), [(5, "核查结果")]),
    "day before the list": (put(5, "核查日期", "2026-09-30"), [(5, "核查日期")]),
}


@pytest.mark.parametrize(("edit", "expected"), SENT_BACK.values(), ids=SENT_BACK.keys())
def test_a_row_that_may_be_anothers_goes_back_and_says_why(
    edit: Callable[[Worksheet], None], expected: list[tuple[int, str]], tmp_path: Path
) -> None:
    found = judged(edited(edit)(tmp_path))
    assert wrong(found) == expected
    rest = {"W3": "不属实"} if all(row == 5 for row, _ in expected) else {}
    assert told(found) == rest


def test_an_item_of_an_older_list_is_answered_on_a_newer_one(tmp_path: Path) -> None:
    found = judged(saved(sheet_of(rows(W1=DONE, W5=DONE)), tmp_path / "list.xlsx"))
    assert {one.warning_id: one.list_month for one in found.dispositions} == {
        "W1": "2026-10",
        "W5": "2026-08",
    }


def test_who_and_when_filled_in_for_all_rows_at_once_is_no_answer(tmp_path: Path) -> None:
    beside = {key: DONE[key] for key in ("核查人", "核查日期")}
    filled = {**dict.fromkeys(("W2", "W3", "W4", "W5"), beside), "W1": DONE}
    found = judged(saved(sheet_of(rows(**filled)), tmp_path / "list.xlsx"))
    assert (told(found), found.blank, found.problems) == ({"W1": "属实"}, 4, [])


def earlier(on: date, result: str = "属实") -> dict[str, Disposition]:
    return {
        "W1": Disposition("W1", "R01", "P1", result, "低保", "", "", "", "更登", on, "2026-10", "S", 5)
    }  # fmt: skip


@pytest.mark.parametrize(
    ("before", "kept", "known", "problems"),
    [
        (earlier(A_DAY), 0, 1, []),
        (earlier(date(2026, 11, 1), "不属实"), 1, 0, []),
        (earlier(A_DAY, "不属实"), 0, 0, [(5, "核查日期")]),
        (earlier(date(2026, 11, 9), "不属实"), 0, 0, [(5, "核查日期")]),
    ],
    ids=[
        "the same again",
        "a later look corrects",
        "another answer of the same day",
        "an older answer comes late",
    ],
)
def test_two_files_for_one_list(
    before: dict[str, Disposition], kept: int, known: int, problems: list[tuple[int, str]], tmp_path: Path
) -> None:
    found = judged(as_csv(tmp_path / "list.csv", rows(W1=DONE), "utf-8"), before=before)
    assert (len(found.dispositions), found.known) == (kept, known)
    assert [name for _, name in wrong(found)] == [name for _, name in problems]
