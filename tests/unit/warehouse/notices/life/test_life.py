"""What becomes of a notice over the months, what leaves the house, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from tests.unit.warehouse.notices.life.august import (
    CORRECTED,
    FAULTY,
    INSURED,
    KEPT,
    LATE_SEPTEMBER,
    OTHERS_SAY,
    ROSTER,
    RURAL,
    WRONG,
    answer,
    book,
    copied,
    run,
    send,
)
from tests.unit.warehouse.notices.small_county import (
    AUGUST,
    OCTOBER,
    OTHERS,
    OWN,
    SEPTEMBER,
    Says,
    SmallMonth,
    home_of,
    notices_of,
    policy_of,
    write_month,
)
from warehouse.errors import NotReleased, Refused
from warehouse.notices import stage
from warehouse.notices.status import status
from warehouse.release.sealed import texts

UNKNOWN = {**CORRECTED, "核查结论": "查无此人"}


@dataclass(frozen=True)
class Case:
    """What happens to the notice of August before September, what September brings, and how it stands then."""

    state: str
    reason: str = ""
    is_sent: bool = False
    answered: dict[str, object] | None = None
    september: SmallMonth = FAULTY
    feeds_without_rows: tuple[str, ...] = ()


RIGHT_NOW = SmallMonth([Says(INSURED), *OTHERS_SAY])


CASES = {
    "nobody noted that it was sent": Case("新提出", "尚未登记送达"),
    "sent and not answered in time": Case("逾期未复", is_sent=True),
    "corrected as proposed": Case("下期数据已更正", "与建议内容一致", is_sent=True, september=RIGHT_NOW),
    "corrected without an answer or a note of sending": Case("下期数据已更正", "与建议内容一致", september=RIGHT_NOW),
    "taken off a full list": Case(
        "下期数据已更正", "该行已不再报送", september=SmallMonth([Says(INSURED, "P7", "马龙", None), *OTHERS_SAY]),
    ),
    "the others no longer say otherwise": Case("撤销", "依据消失：其他来源的登记或人员对应关系已变化", september=SmallMonth([WRONG, Says(ROSTER)])),
    "answered as corrected, and it is not": Case("仍未更正", "答复已更正，本期数据仍为原内容", answered=CORRECTED),
    "unknown to the source, and the row comes again": Case("仍未更正", "答复查无此人，本期数据仍有此行", answered=UNKNOWN),
    "kept after a look": Case("维持原登记", "来源单位核对无误", answered=KEPT),
    "the source did not deliver": Case("新提出", "本月未收到该来源的数据，无法核对", september=SmallMonth(OTHERS_SAY)),
    "answered, and the source did not deliver": Case("已答复", "本月未收到该来源的数据，无法核对", answered=CORRECTED, september=SmallMonth(OTHERS_SAY)),
    "the number is now blank": Case("新提出", "本期数据中该栏无法识别", september=SmallMonth([replace(WRONG, id_no=None, id_kind="missing"), *OTHERS_SAY])),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_how_a_notice_of_august_stands_in_september(name: str, august: Path, tmp_path: Path) -> None:
    case, lake = CASES[name], copied(august, tmp_path)
    assert [(one["kind"], one["state"], one["asked_month"]) for one in notices_of(lake, AUGUST)] == [
        ("N08", "新提出", "2026-08")
    ]
    if case.is_sent:
        send(lake)
    if case.answered:
        answer(lake, tmp_path, case.answered)
    run(lake, SEPTEMBER, case.september)
    found = [(one["state"], one["reason"]) for one in notices_of(lake, SEPTEMBER) if one["kind"] == "N08"]
    assert found == [(case.state, case.reason)]


@pytest.mark.parametrize(
    ("answered", "state", "is_ended"),
    [(CORRECTED, "已答复", True), (KEPT, "维持原登记", True), (None, "新提出", False)],
)
def test_a_bill_never_comes_again_so_its_answer_is_its_end(
    answered: dict[str, object] | None, state: str, is_ended: bool, tmp_path: Path
) -> None:
    lake = home_of(tmp_path)
    death = Says("death", word="死亡", died_on=date(2026, 5, 3), cancelled_on=date(2026, 5, 9))
    bill = Says("medical_settlement", settled_on=date(2026, 8, 9))
    run(lake, AUGUST, SmallMonth([death, bill], lives={"P1": (1, False)}))
    if answered:
        answer(lake, tmp_path, answered)
    another = Says("medical_settlement", "P2", settled_on=date(2026, 9, 9))
    run(lake, SEPTEMBER, SmallMonth([death, another]))
    found = [(one["kind"], one["state"], one["is_ended"]) for one in notices_of(lake, SEPTEMBER)]
    assert found == [("N16", state, is_ended)]


def test_a_fault_that_comes_back_is_asked_anew(august: Path, tmp_path: Path) -> None:
    lake = copied(august, tmp_path)
    run(lake, SEPTEMBER, RIGHT_NOW)
    run(lake, OCTOBER)
    found = notices_of(lake, OCTOBER)
    assert [(one["state"], one["reason"], one["asked_month"]) for one in found] == [
        ("新提出", "再次出现", "2026-10")
    ]


def test_the_same_notice_is_put_once_and_comes_again_only_as_overdue(august: Path, tmp_path: Path) -> None:
    lake = copied(august, tmp_path)
    run(lake, SEPTEMBER)
    assert not book(lake, SEPTEMBER).exists(), "nothing new, and nobody was told yet: no second workbook"
    send(lake)
    run(lake, SEPTEMBER)
    reminder = openpyxl.load_workbook(book(lake, SEPTEMBER))
    assert "未办结" in reminder.sheetnames
    assert [c.value for c in reminder["校核纠错"][8]] == [None] * reminder["校核纠错"].max_column


def test_more_than_an_agency_can_look_at_waits_and_goes_out_later(tmp_path: Path) -> None:
    lake = home_of(tmp_path)
    rows = [
        replace(one, person=person, key=person)
        for person in ("P1", "P2", "P3")
        for one in (
            Says(INSURED, sex="1", id_no=None),
            Says(ROSTER, sex="2", id_no=None),
            Says(RURAL, sex="2", id_no=None),
        )
    ]
    small = SmallMonth(rows)
    run(lake, AUGUST, small, lines_max="2")
    assert sorted(one["state"] for one in notices_of(lake, AUGUST)) == ["待发", "新提出", "新提出"]
    run(lake, SEPTEMBER, small, lines_max="2")
    assert sorted(str(one["asked_month"]) for one in notices_of(lake, SEPTEMBER)) == [
        "2026-08",
        "2026-08",
        "2026-09",
    ]


def test_what_waits_to_be_asked_waits_on_while_its_source_sends_nothing(tmp_path: Path) -> None:
    lake = home_of(tmp_path)
    run(lake, AUGUST, lines_max="0")
    run(lake, SEPTEMBER, SmallMonth(OTHERS_SAY))
    found = [(one["state"], one["reason"], one["asked_month"]) for one in notices_of(lake, SEPTEMBER)]
    assert found == [("待发", "本月未收到该来源的数据，无法核对", None)]
    assert not book(lake, SEPTEMBER).exists()
    run(lake, OCTOBER)
    assert [(one["state"], one["asked_month"]) for one in notices_of(lake, OCTOBER)] == [
        ("新提出", "2026-10")
    ]


def test_the_workbook_shows_the_source_its_row_and_nobody_a_whole_number(tmp_path: Path) -> None:
    lake = home_of(tmp_path)
    name = Says(INSURED, "P2", "多杰财让", id_no=None, key="M2")
    others = [Says(ROSTER, "P2", id_no=None), Says(RURAL, "P2", id_no=None)]
    run(lake, AUGUST, SmallMonth([WRONG, *OTHERS_SAY, name, *others]))
    words = [text for _, text in texts(book(lake))]
    assert not {OWN, OTHERS} & set(words)
    assert {"**财*", "**才*", "medical_enrolment.csv", "P1", "632321********1523"} <= set(words)
    assert not [word for word in words if "花名册" in word or "乡村振兴" in word], (
        "other sources are counted, not named"
    )
    sheet = openpyxl.load_workbook(book(lake))["校核纠错"]
    assert sheet.protection.sheet
    at = {cell.value: cell.column_letter for cell in sheet[7]}
    assert not sheet[f"{at['核查结论']}8"].protection.locked
    assert sheet[f"{at['纠错编号']}8"].protection.locked
    lists = [rule for rule in sheet.data_validations.dataValidation if rule.type == "list"]
    assert [rule.formula1 for rule in lists] == ['"更正,维持原登记,查无此人"']


def test_status_tells_what_is_overdue_on_a_day(august: Path, tmp_path: Path) -> None:
    lake = copied(august, tmp_path)

    def on(day: date) -> dict[str, dict[str, int]]:
        return status(AUGUST, lake=lake, policy=policy_of(AUGUST), on=day)

    assert on(date(2026, 12, 1)) == {"医保": {"新提出": 1}}, (
        "the time of whoever was sent nothing does not run"
    )
    send(lake)
    assert on(date(2026, 9, 21)) == {"医保": {"已送达": 1}}
    assert on(date(2026, 9, 22)) == {"医保": {"逾期未复": 1}}
    answer(lake, tmp_path, CORRECTED)
    assert on(date(2026, 9, 22)) == {"医保": {"已答复": 1}}
    assert on(date(2026, 9, 9)) == {"医保": {"已送达": 1}}, "on the ninth nobody had answered yet"
    with pytest.raises(Refused, match="no notices"):
        status(OCTOBER, lake=lake, policy=policy_of(OCTOBER), on=LATE_SEPTEMBER)


def test_a_page_of_a_source_counts_and_names_nobody(august: Path, tmp_path: Path) -> None:
    lake = copied(august, tmp_path)
    run(lake, SEPTEMBER, RIGHT_NOW)
    page = (lake.home / "docs" / "sources" / f"{INSURED}.html").read_text("utf-8")
    assert "N08 证件号码与其他来源不一致" in page
    assert "下期数据已更正" in page
    assert "<svg" in page
    for personal in (OWN, OTHERS, "多杰", "P1", "http://", "https://", "<script"):
        assert personal not in page
    assert not (lake.home / "docs" / "sources" / "death.html").exists(), "no page for what never came"


def test_nothing_goes_out_of_a_month_that_no_gate_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    lake = home_of(tmp_path)
    write_month(lake, AUGUST, FAULTY)
    with pytest.raises(NotReleased, match="no verdict"):
        stage.write_notices(AUGUST, lake=lake, policy=policy_of(AUGUST))
    assert not (lake.home / "notices").exists()
