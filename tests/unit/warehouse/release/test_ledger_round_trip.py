"""The ledger goes out, the village fills it in, and it comes back through the dock as the feed visit_ledger."""

from __future__ import annotations

import duckdb
import openpyxl
import pytest

from linkage.standardise.stage import standardise
from tests.unit.warehouse.release.made_up_month import MONTH, make, policy
from warehouse.intake.receive import receive
from warehouse.lake import Lake
from warehouse.release.publish import publish

PRESENT_AID, PROPOSED_AID, REASON = 11, 13, 14
# What a village writes into the three columns, line by line, and what is read: the words of the drop-downs, words of
# its own, nothing, and a word that is none.
ANSWERS = (
    (("无", "低保", None), ("无", "低保", None)),
    (("无", "无", "家庭收入超过标准"), ("无", "无", "家庭收入超过标准")),
    (("没有", "未纳入", " 本人不愿申请 "), ("无", "无", "本人不愿申请")),
    (("无", "无", None), ("无", "无", None)),
    (("低保户", "无", None), ("低保", "无", None)),
    (("五保户", None, None), ("特困", None, None)),
    (("无", "待定", None), ("无", None, None)),
)


@pytest.fixture(scope="module")
def returned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lake, int]:
    """The lake after a filled-in ledger was received and standardised, and how many people stood in the form."""
    home = tmp_path_factory.mktemp("home")
    publish(MONTH, lake=make(home), policy=policy())
    inbox = tmp_path_factory.mktemp("returns")
    (inbox / str(MONTH)).mkdir()
    lake = Lake(tmp_path_factory.mktemp("back"))
    source = next((home / "release" / str(MONTH) / "ledger").glob("摸排台账_隆务镇_*.xlsx"))
    book = openpyxl.load_workbook(source)
    persons = 0
    for sheet in book:
        for row in range(4, sheet.max_row + 1):
            if not isinstance(sheet.cell(row, 1).value, int):
                continue
            for column, word in zip(
                (PRESENT_AID, PROPOSED_AID, REASON), ANSWERS[persons % len(ANSWERS)][0], strict=True
            ):
                sheet.cell(row, column).value = word
            persons += 1
        sheet["A2"].value = "填报单位：隆务镇人民政府"
        sheet["J2"].value = "填报时间：2026年10月28日"
    book.save(inbox / str(MONTH) / "visit_ledger_隆务镇.xlsx")
    receive(MONTH, inbox=inbox, lake=lake, policy=policy())
    standardise(MONTH, lake=lake, policy=policy())
    return lake, persons


def _read(lake: Lake, query: str) -> list[tuple[object, ...]]:
    files = f"{lake.root}/standardised/feed=visit_ledger/month={MONTH}/*.parquet"
    return duckdb.execute(query.replace("ledger", f"'{files}'", 1)).fetchall()


def test_every_line_comes_back_and_nothing_else(returned) -> None:
    lake, persons = returned
    assert persons >= len(ANSWERS)
    assert _read(lake, "SELECT count(*) FROM ledger") == [(persons,)]


def test_what_was_written_is_read_in_the_words_of_the_form(returned) -> None:
    lake, persons = returned
    found = _read(
        lake, "SELECT current_aid, proposed_aid, nullif(trim(reason_not), '') FROM ledger ORDER BY sheet, row"
    )
    expected = [ANSWERS[number % len(ANSWERS)][1] for number in range(persons)]
    assert sorted(found, key=str) == sorted(expected, key=str)


def test_the_village_is_read_without_its_hamlet(returned) -> None:
    lake, _ = returned
    villages = _read(lake, "SELECT DISTINCT village FROM ledger")
    assert villages
    assert all(str(village).endswith(("村", "社区")) and " " not in str(village) for (village,) in villages)
