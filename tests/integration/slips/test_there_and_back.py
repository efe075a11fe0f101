"""From a delivery with faults to the slip, and back: by a corrected file, by the filled-in slip, by neither."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.dock_support import MONTH
from tests.integration.slips.sent_slips import DAMAGED, FEED, digests, fill, fill_again, lines, slip
from tests.slips_support import CHILD, POLICY, WHOLE, deliver, deliver_workbook, policy_with, run, table
from warehouse.errors import Refused
from warehouse.intake.account import set_aside
from warehouse.lake import Lake
from warehouse.slips.correct import correct
from warehouse.slips.stage import write_slips

ROWS: list[dict[str, str]] = [
    {"case_no": "C01"},
    {"case_no": "C02", "pay_status": "在途"},
    {"case_no": "C03", "id_no": DAMAGED},
    {"case_no": "C04", "id_no": "632321720814152"},
    {"case_no": "C05", "amount": "=HYPERLINK(13912345678)"},
]


@pytest.fixture
def month(tmp_path: Path) -> tuple[Path, Lake]:
    """The delivery, standardised, with its slip written."""
    lake = Lake(tmp_path / "home")
    deliver(tmp_path, FEED, ROWS)
    run(tmp_path, lake)
    write_slips(MONTH, lake=lake, policy=POLICY)
    return tmp_path, lake


def test_the_slip_tells_each_fault_and_shows_no_whole_value(month: tuple[Path, Lake]) -> None:
    _, lake = month
    found = lines(slip(lake))
    assert {place: (line["处理"], line["建议值"]) for place, line in found.items()} == {
        (3, "发放状态"): ("未纳入", None),
        (4, "领取人身份证号"): ("已纳入，待核", None),
        (5, "领取人身份证号"): ("已纳入，待核", "632321********1523（15位折算18位）"),
        (6, "发放金额"): ("已纳入，待核", None),
    }
    assert found[4, "领取人身份证号"]["原值（遮盖）"] == "632321********1000"
    # What looks like a formula is a text, and the phone in it is masked.
    cell = found[6, "发放金额"]["原值（遮盖）"]
    assert cell == "=HYPERLINK(139****5678)"
    book = openpyxl.load_workbook(slip(lake))
    assert {c.data_type for sheet in book for row in sheet.iter_rows() for c in row} <= {"s", "n"}
    said = " ".join(str(c.value) for sheet in book for row in sheet.iter_rows() for c in row if c.value)
    assert "多杰" not in said
    assert WHOLE not in said
    assert "怎样导出才不丢号码" in said


def test_a_row_that_is_not_used_is_never_called_used(tmp_path: Path) -> None:
    """Whatever else the agency is asked about a row that was set aside, its lines say that it was not taken."""
    lake = Lake(tmp_path / "home")
    deliver(tmp_path, FEED, [{"case_no": "C01"}, {"case_no": "C02", "pay_status": "在途", "id_no": DAMAGED}])
    run(tmp_path, lake)
    outcome = write_slips(MONTH, lake=lake, policy=POLICY)
    assert {place: line["处理"] for place, line in lines(slip(lake)).items()} == {
        (3, "发放状态"): "未纳入",
        (3, "领取人身份证号"): "未纳入",
    }
    assert (outcome.counts["set_aside"], outcome.counts.get("asked", 0)) == (2, 0)


def test_a_second_run_changes_no_byte(month: tuple[Path, Lake]) -> None:
    inbox, lake = month
    before = digests(lake.home)
    run(inbox, lake)
    write_slips(MONTH, lake=lake, policy=POLICY)
    assert digests(lake.home) == before


def test_rows_set_aside_are_landed_and_counted(month: tuple[Path, Lake]) -> None:
    _, lake = month
    assert set_aside(lake, MONTH) == {(FEED, f"{FEED}.csv", ""): 1}
    assert len(table(lake, "landed", FEED)) == 5
    assert [row for (row,) in table(lake, "standardised", FEED, '"row"')] == [2, 4, 5, 6]


def test_a_corrected_file_settles_what_it_corrects_and_says_what_is_left(month: tuple[Path, Lake]) -> None:
    """Rows are known again by the agency's own number, though the corrected file has them elsewhere."""
    inbox, lake = month
    mended = [{"case_no": "C09", "id_no": ""}, *ROWS]
    mended[2] = {"case_no": "C02"}
    mended[4] = {"case_no": "C04"}
    deliver(inbox, FEED, mended, f"{FEED}_更正.csv")
    outcome = run(inbox, lake)
    assert {name: outcome.by[name] for name in ("settled", "open", "new")} == {
        "settled": {FEED: 2},
        "open": {FEED: 2},
        "new": {FEED: 1},
    }
    assert outcome.counts["set_aside"] == 0
    assert any("2 settled, 2 still open; 1 new" in reason for reason in outcome.reasons)
    write_slips(MONTH, lake=lake, policy=POLICY)
    standing = {place: line["情况"] for place, line in lines(slip(lake)).items()}
    assert standing == {
        (2, "领取人身份证号"): "新",
        (5, "领取人身份证号"): "上次未解决",
        (7, "发放金额"): "上次未解决",
    }


def test_a_filled_in_slip_corrects_the_cells_and_the_landed_rows_stay(month: tuple[Path, Lake]) -> None:
    inbox, lake = month
    landed = table(lake, "landed", FEED)

    def change(sheet: Any, at: dict[str, int], of_row: dict[int, int]) -> None:
        for row, value in ((3, "成功"), (4, WHOLE), (5, "采用建议值"), (6, "三百")):
            sheet.cell(of_row[row], at["更正值"]).value = value

    returned = fill(lake, inbox / "back", change)
    outcome = correct(MONTH, returned=returned, lake=lake, policy=POLICY)
    assert (outcome.counts["corrected"], outcome.counts["refused"]) == (4, 0)
    again = run(inbox, lake)
    assert again.counts["corrected"] == 4
    assert again.counts["set_aside"] == 0
    # The amount was read anew and is no better: it is asked about again.
    assert table(lake, "row_findings", FEED, '"row", "column", standing') == [(6, "amount", "open")]
    assert table(lake, "landed", FEED) == landed
    got = table(lake, "standardised", FEED, '"row", pay_status, id_no')
    assert got == [(row, "成功", WHOLE) for row in (2, 3, 4, 5, 6)]
    write_slips(MONTH, lake=lake, policy=POLICY)
    assert "已按更正单改过" in lines(slip(lake))[6, "发放金额"]["问题"]
    # The same slip again is known.
    assert correct(MONTH, returned=returned, lake=lake, policy=POLICY).counts["slips_known"] == 1


def test_a_slip_that_corrects_the_key_of_a_row_leaves_the_row_known(tmp_path: Path) -> None:
    """The month that is put right is part of the key: what else is asked about the row is still the same question."""
    lake = Lake(tmp_path / "home")
    deliver(tmp_path, FEED, [{"case_no": "C01"}, {"case_no": "C02", "pay_month": "", "id_no": DAMAGED}])
    run(tmp_path, lake)
    write_slips(MONTH, lake=lake, policy=POLICY)

    def change(sheet: Any, at: dict[str, int], of_row: dict[int, int]) -> None:
        line = next(
            n
            for n in range(min(of_row.values()), sheet.max_row + 1)
            if sheet.cell(n, at["栏目"]).value == "发放月份"
        )
        sheet.cell(line, at["更正值"]).value = str(MONTH)

    correct(MONTH, returned=fill(lake, tmp_path / "back", change), lake=lake, policy=POLICY)
    outcome = run(tmp_path, lake)
    assert outcome.counts["corrected"] == 1
    assert table(lake, "row_findings", FEED, '"row", "column", standing') == [(3, "id_no", "open")]
    told = {name: outcome.by.get(name, {}).get(FEED, 0) for name in ("settled", "open", "new")}
    assert told == {"settled": 1, "open": 1, "new": 0}


def test_a_correction_rests_when_other_bytes_come_under_the_name(month: tuple[Path, Lake]) -> None:
    inbox, lake = month

    def change(sheet: Any, at: dict[str, int], of_row: dict[int, int]) -> None:
        sheet.cell(of_row[3], at["更正值"]).value = "失败"

    returned = fill(lake, inbox / "back", change)
    correct(MONTH, returned=returned, lake=lake, policy=POLICY)
    deliver(inbox, FEED, [{"case_no": "C00"}, *ROWS])
    outcome = run(inbox, lake)
    assert outcome.counts["corrected"] == 0
    assert table(lake, "standardised", FEED, '"row", pay_status')[1] == (3, "成功")
    # And a slip that was made before it is of no use any more.
    with pytest.raises(Refused, match="no slip of this month"):
        correct(MONTH, returned=fill_again(returned), lake=lake, policy=POLICY)


REFUSED: list[tuple[str, dict[str, object], str]] = [
    ("row moved", {"行号": 4, "更正值": "成功"}, "与下发时不一致"),
    ("file renamed", {"文件": "别的.csv", "更正值": "成功"}, "与下发时不一致"),
    ("column changed", {"栏目": "发放金额", "更正值": "成功"}, "与下发时不一致"),
    ("key changed", {"编号": "T0000000000000000", "更正值": "成功"}, "不在本月最新的退回单上"),
    ("masked value", {"更正值": "632321********1523"}, "遮盖符号"),
    ("no proposal to take", {"更正值": "采用建议值"}, "没有建议值"),
    ("pasted too much", {"更正值": "成" * 301}, "粘贴有误"),
]


@pytest.mark.parametrize(
    ("cells", "reason"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_a_correction_that_cannot_stand_comes_back_with_its_reason(
    month: tuple[Path, Lake], cells: dict[str, object], reason: str
) -> None:
    inbox, lake = month

    def change(sheet: Any, at: dict[str, int], of_row: dict[int, int]) -> None:
        sheet.cell(of_row[5], at["更正值"]).value = CHILD
        for header, value in cells.items():
            sheet.cell(of_row[3], at[header]).value = value

    outcome = correct(MONTH, returned=fill(lake, inbox / "back", change), lake=lake, policy=POLICY)
    assert (outcome.counts["corrected"], outcome.counts["refused"]) == (1, 1)
    back = openpyxl.load_workbook(lake.home / "returns" / str(MONTH) / "交回_未采纳.xlsx")
    said = [str(cell.value) for row in back["退回单"].iter_rows() for cell in row if cell.value]
    assert any(reason in text for text in said)
    assert not any(CHILD in text or "632321" in text for text in said)


def test_what_no_agency_may_see_is_not_proposed(month: tuple[Path, Lake]) -> None:
    """A number that only a link knows is shown to the agencies that policy names, masked, and to nobody else."""
    _, lake = month
    links = lake.partition("crosswalk", month=str(MONTH)) / "part-0.parquet"
    persons = lake.partition("registry", month=str(MONTH)) / "persons.parquet"
    import duckdb

    for path, query in (
        (links, f"SELECT '{FEED}' AS feed, '{FEED}.csv' AS file, '' AS sheet, 4 AS \"row\", 'self' AS role, 'p' AS person_id, 'certain' AS grade"),
        (persons, f"SELECT 'p' AS person_id, '{WHOLE}' AS id_no"),
    ):  # fmt: skip
        path.parent.mkdir(parents=True, exist_ok=True)
        duckdb.sql(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
    write_slips(MONTH, lake=lake, policy=POLICY)
    assert lines(slip(lake))[4, "领取人身份证号"]["建议值"] is None
    write_slips(MONTH, lake=lake, policy=policy_with(slips__propose_from_links="民政/财政"))
    shown = lines(slip(lake))[4, "领取人身份证号"]["建议值"]
    assert shown == "632321********1523（其他部门同一人的号码，请核对原件）"


def test_a_slip_that_is_too_long_says_what_it_leaves_out(month: tuple[Path, Lake]) -> None:
    """Rows that were not used come first."""
    _, lake = month
    write_slips(MONTH, lake=lake, policy=policy_with(slips__lines_max="2"))
    found = lines(slip(lake))
    assert {row for row, _ in found} == {3, 4}
    assert "另有 2 条未列出" in openpyxl.load_workbook(slip(lake))["退回单"]["A2"].value


@pytest.mark.parametrize(("total", "is_told"), [("641.00", False), ("700.00", True)])
def test_a_total_that_is_not_the_sum_has_a_sheet_of_its_own(
    tmp_path: Path, total: str, is_told: bool
) -> None:
    """The rows are used all the same: either may be wrong."""
    lake = Lake(tmp_path / "home")
    deliver_workbook(tmp_path, "assistance_roster", [{}, {"case_no": "C02"}], total)
    assert run(tmp_path, lake).counts["rows"] == 2
    outcome = write_slips(MONTH, lake=lake, policy=POLICY)
    assert outcome.counts.get("totals", 0) == is_told
    path = slip(lake).with_name(f"退回单_民政_assistance_roster_{MONTH}.xlsx")
    assert path.exists() == is_told
    if is_told:
        rows = list(openpyxl.load_workbook(path)["合计不符"].iter_rows(values_only=True))
        assert rows[-1][:6] == ("assistance_roster.xlsx", "台账", 4, 700, 641, 59)


def test_a_row_that_was_not_read_stands_on_the_slip(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "home")
    path = deliver(tmp_path, FEED, [{"case_no": f"C{n}"} for n in range(9)])
    path.write_bytes(path.read_bytes().replace(b"C3", b"\xff\xff"))
    run(tmp_path, lake)
    write_slips(MONTH, lake=lake, policy=POLICY)
    found = lines(slip(lake))
    assert [(place, line["处理"]) for place, line in found.items()] == [((5, "整行"), "整行未读入")]
