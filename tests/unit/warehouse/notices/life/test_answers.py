"""What agencies answer on their notices: what is kept, what goes back and why, and which word stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tests.unit.warehouse.notices.life.august import (
    CORRECTED,
    KEPT,
    LATE_SEPTEMBER,
    OTHERS_SAY,
    WRONG,
    answer,
    book,
    copied,
    fill,
    run,
    send,
)
from tests.unit.warehouse.notices.small_county import (
    AUGUST,
    OCTOBER,
    SEPTEMBER,
    Says,
    SmallMonth,
    home_of,
    notices_of,
    policy_of,
)
from warehouse.errors import Refused
from warehouse.notices.absorb import absorb_notices
from warehouse.outcomes import Outcome
from warehouse.release.sealed import texts


def test_what_was_kept_is_not_asked_again_until_the_evidence_changes(august: Path, tmp_path: Path) -> None:
    lake = copied(august, tmp_path)
    answer(lake, tmp_path, KEPT)
    run(lake, SEPTEMBER)
    run(lake, OCTOBER)
    assert notices_of(lake, OCTOBER) == []
    run(lake, OCTOBER, SmallMonth([WRONG, *OTHERS_SAY, Says("education_enrolment")]))
    assert [(one["state"], one["reason"]) for one in notices_of(lake, OCTOBER)] == [
        ("新提出", "依据有变化，再次提出")
    ]


REFUSED = {
    "no conclusion": ({"核查人": "李医保", "核查日期": date(2026, 9, 10)}, "没有选核查结论"),
    "another word": ({**CORRECTED, "核查结论": "已经改好"}, "核查结论只能是"),
    "kept without a word": ({**KEPT, "说明": ""}, "须写说明"),
    "nobody answers": ({**CORRECTED, "核查人": ""}, "没有写核查人"),
    "no day": ({**CORRECTED, "核查日期": "上周"}, "日期读不出来"),
    "a day to come": ({**CORRECTED, "核查日期": date(2027, 1, 1)}, "核查日期应在"),
    "the mask for a value": ({**CORRECTED, "更正后内容": "632321********1523"}, "遮盖符号"),
    "the key of no notice": ({**CORRECTED, "纠错编号": "N0000000000000000"}, None),
    "the row moved": ({**CORRECTED, "行号": 77}, "对不上"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_an_answer_that_cannot_stand_goes_back_with_a_reason(name: str, august: Path, tmp_path: Path) -> None:
    cells, reason = REFUSED[name]
    lake = copied(august, tmp_path)
    if reason is None:
        with pytest.raises(Refused, match="holds no notice"):
            answer(lake, tmp_path, cells)
        return
    outcome = answer(lake, tmp_path, cells)
    assert (outcome.counts["answered"], outcome.counts["refused"]) == (0, 1)
    slip = next((lake.home / "returns" / "2026-08").glob("*.xlsx"))
    assert any(reason in text for _, text in texts(slip))


@pytest.mark.parametrize("day", ["2026-09-10", "20260910", "2026年9月10日", "2026/9/10", 46275])
def test_a_day_is_read_as_people_write_it(day: object, august: Path, tmp_path: Path) -> None:
    lake = copied(august, tmp_path)
    assert answer(lake, tmp_path, {**CORRECTED, "核查日期": day}).counts["answered"] == 1


def test_the_same_again_changes_no_byte(tmp_path: Path) -> None:
    lake = home_of(tmp_path)

    def bytes_of() -> dict[str, bytes]:
        tops = ("notices", "docs", "lake/notices", "lake/source_figures", "lake/notice_answers")
        return {
            str(path): path.read_bytes()
            for top in tops
            for path in sorted((lake.home / top).rglob("*"))
            if path.is_file()
        }

    run(lake, AUGUST)
    send(lake)
    back = fill(book(lake), tmp_path / "back", **CORRECTED)
    again: Callable[[], Outcome] = lambda: absorb_notices(  # noqa: E731
        AUGUST, returned=back, lake=lake, policy=policy_of(AUGUST), on=LATE_SEPTEMBER
    )
    again()
    run(lake, SEPTEMBER)
    before = bytes_of()
    again()
    run(lake, AUGUST)
    run(lake, SEPTEMBER)
    assert bytes_of() == before
    assert any("notice_answers" in name for name in before)


def test_an_agencys_second_word_wants_a_later_day_and_a_row_that_went_back_another_file(
    august: Path, tmp_path: Path
) -> None:
    lake = copied(august, tmp_path)
    back = fill(book(lake), tmp_path / "early", **KEPT)
    on: Callable[[Path, date], dict[str, int]] = lambda folder, day: (  # noqa: E731
        absorb_notices(AUGUST, returned=folder, lake=lake, policy=policy_of(AUGUST), on=day).counts
    )
    assert on(back, LATE_SEPTEMBER)["answered"] == 1
    same_day = fill(book(lake), tmp_path / "same-day", **CORRECTED)
    found = on(same_day, LATE_SEPTEMBER)
    assert (found["answered"], found["refused"]) == (0, 1)
    later = fill(book(lake), tmp_path / "later", **{**CORRECTED, "核查日期": date(2026, 9, 20)})
    assert on(later, LATE_SEPTEMBER)["answered"] == 1
    assert on(back, LATE_SEPTEMBER)["refused"] == 0, (
        "what was taken in is not refused for what was said since"
    )
    run(lake, SEPTEMBER)
    assert [one["answer"] for one in notices_of(lake, SEPTEMBER) if one["kind"] == "N08"] == ["更正"]
