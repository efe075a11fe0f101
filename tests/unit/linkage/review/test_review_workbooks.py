"""Workbooks as people send them back: rearranged, damaged, answered twice."""

import openpyxl
import pytest

from linkage.review.terms import FIRST, SECOND, THIRD
from tests.unit.linkage.review.answered_cards import ALL, DIFFERENT, SAME, read
from warehouse.errors import Refused


@pytest.mark.parametrize(
    ("spoil", "column"),
    [
        ({"卡号": "C0000000000000000-甲-000000"}, "卡号"),
        ({"卡号": None}, "卡号"),
        ({"姓名": "① 别人\n② 别人"}, "卡号"),
        ({"判断": "大概是"}, "判断"),
        ({"判断": None, "说明": "像"}, "判断"),
        ({"核对人": None}, "核对人"),
        ({"核对日期": None}, "核对日期"),
        ({"核对日期": "九月"}, "核对日期"),
        ({"核对日期": "2026-07-31"}, "核对日期"),
    ],
)
def test_a_row_that_cannot_stand_goes_back(lake, month, spoil, column):
    def form(names, cells):
        if "王建国" in names:
            return {"判断": SAME} | spoil
        return {"判断": SAME} if "才让" in names else None

    outcome = month.hand(FIRST, {}, form=form)
    assert outcome.counts["answers"] == 1, "the good row is in"
    assert outcome.counts["refused"] == 1
    ((where, sentence),) = month.slip()
    assert where == column
    assert "王建国" not in sentence
    month.hand(FIRST, {"王建国": SAME, "才让": SAME})
    assert month.slip() == [], "put right, the slip is gone"


def test_keys_that_changed_places_are_noticed(lake, month):
    """Sorting one column alone moves every key to somebody else's names."""
    source = month.fill(FIRST, ALL)
    book = openpyxl.load_workbook(source)
    sheet = book.worksheets[0]
    header = next(row for row in range(1, 20) if sheet.cell(row, 1).value == "序号")
    column = next(cell.column for cell in sheet[header] if cell.value == "卡号")
    keys = [sheet.cell(row, column).value for row in range(header + 1, sheet.max_row + 1)]
    for row, key in enumerate(keys[1:] + keys[:1], start=header + 1):
        sheet.cell(row, column).value = key
    book.save(source)
    outcome = month.absorb(source)
    assert (outcome.counts["answers"], outcome.counts["refused"]) == (0, 4)


def test_a_workbook_that_people_rearranged_is_understood(lake, month):
    """Columns moved, help columns and rows deleted, rows sorted, a line put above."""
    source = month.fill(FIRST, ALL)
    sheet = openpyxl.load_workbook(source).worksheets[0]
    header = next(row for row in range(1, 20) if sheet.cell(row, 1).value == "序号")
    words = [cell.value for cell in sheet[header]]
    kept = ["卡号", "核对日期", "判断", "姓名", "核对人"]
    rows = [
        [row[words.index(word)] for word in kept]
        for row in sheet.iter_rows(min_row=header + 1, values_only=True)
    ]
    book = openpyxl.Workbook()
    book.active.append(["县里转来"])
    book.active.append(kept)
    for row in sorted(rows, key=lambda row: row[0], reverse=True)[:-1]:
        book.active.append(row)
    book.save(source)
    assert month.absorb(source).counts["answers"] == 3


def test_one_person_cannot_answer_twice(lake, month):
    month.hand(FIRST, {"王建国": SAME}, who="同一位")
    outcome = month.hand(SECOND, {"王建国": SAME}, who=" 同一 位")
    assert outcome.counts["refused"] == 1
    assert month.states()["king"] == "answered_once"
    month.hand(SECOND, {"王建国": DIFFERENT}, who="另一位")
    outcome = month.hand(THIRD, {"王建国": SAME}, who="同一位")
    assert outcome.counts["refused"] == 1, "nor may one of the two be the third"


def test_the_first_answer_stands(lake, month):
    month.hand(FIRST, {"王建国": SAME})
    again = month.hand(FIRST, {"王建国": SAME})
    assert (again.counts["answers"], again.counts["refused"]) == (0, 0)
    changed = month.hand(FIRST, {"王建国": DIFFERENT})
    assert (changed.counts["answers"], changed.counts["refused"]) == (0, 1)
    assert read(lake, "review_answers", "verdict") == [("same",)]


def test_good_workbooks_are_in_though_another_is_refused(lake, month, tmp_path):
    stranger = tmp_path / "filled" / "别的.xlsx"
    stranger.parent.mkdir(exist_ok=True)
    openpyxl.Workbook().save(stranger)
    good = month.fill(FIRST, ALL)
    with pytest.raises(Refused, match="别的"):
        month.absorb(stranger, good)
    assert len(read(lake, "review_answers")) == 4
