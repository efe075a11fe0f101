"""Every warning ever sent is answered, waiting or overdue: sums add up, whatever became of it."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.unit.warehouse.release.made_up_month import policy
from tests.unit.warehouse.returns.tracked_lists import DUE, answer, hand_out, keep, open_items, state, tracked
from warehouse.errors import Refused
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.release import sent
from warehouse.returns import dispositions
from warehouse.returns.absorb import _OPTIONAL, COLUMNS
from warehouse.returns.answers import Desk, judge
from warehouse.returns.forms import FilledRow, read_form
from warehouse.returns.handed_out import handed_out
from warehouse.returns.terms import Terms
from warehouse.returns.track import track
from warehouse.sums import sha256

AUG, SEP, OCT = Month(2026, 8), Month(2026, 9), Month(2026, 10)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "home")


def test_answered_waiting_overdue_on_the_day_that_is_asked(lake: Lake) -> None:
    hand_out(lake, AUG, "a", "b", "c", b={"clock": "12小时", "due_on": date(2026, 9, 1)})
    answer(lake, AUG, "a", "2026-09-10")
    answer(lake, AUG, "c", "2026-10-05")
    assert {key: state(row) for (key, _), row in tracked(lake, AUG, "2026-09-20").items()} == {
        "a": ("已答复", "核查", 0), "b": ("逾期", "", 19), "c": ("待答复", "", 0),
    }  # fmt: skip
    # Late answers count, with their delay.
    assert state(tracked(lake, AUG, "2026-10-20")["c", 1]) == ("已答复", "核查", 5)


def test_a_warning_on_three_lists_is_one_and_is_due_when_it_was_first(lake: Lake) -> None:
    hand_out(lake, AUG, "a")
    hand_out(lake, SEP, "a", a={"due_on": date(2026, 10, 30)})
    hand_out(lake, OCT, "a")
    (row,) = tracked(lake, OCT, "2026-11-05").values()
    assert (row["listed_month"], row["last_listed_month"], row["lists"], row["due_on"]) == (
        "2026-08", "2026-10", 3, DUE["2026-08"],
    )  # fmt: skip
    assert row["state"] == "逾期"
    answer(lake, OCT, "a", "2026-11-06", of=AUG)  # the old list came back, late
    assert state(tracked(lake, OCT, "2026-11-07")["a", 1]) == ("已答复", "核查", 37)


def test_changed_evidence_after_an_answer_is_another_round(lake: Lake) -> None:
    hand_out(lake, AUG, "a", "b", "c")
    for key, result in (("a", "属实"), ("b", "不属实"), ("c", "属实")):
        answer(lake, AUG, key, "2026-09-10", result)
    changed = {"fingerprint": "other"}
    hand_out(lake, OCT, "a", "b", "c", a=changed, b=changed)
    rows = tracked(lake, OCT, "2026-11-05")
    # Who found b untrue is asked again only when its ground changes; c shows what was answered.
    assert {key: row["state"] for key, row in rows.items()} == {
        ("a", 1): "已答复", ("a", 2): "待答复", ("b", 1): "已答复", ("c", 1): "已答复",
    }  # fmt: skip


def test_who_could_not_be_found_is_still_owed(lake: Lake) -> None:
    hand_out(lake, AUG, "a")
    answer(lake, AUG, "a", "2026-09-10", "无法核实")
    row = tracked(lake, AUG, "2026-10-05")["a", 1]
    assert (row["state"], row["unsettled_answers"]) == ("逾期", 1)


def test_withdrawn_by_a_supplement_vanished_and_settled_along(lake: Lake) -> None:
    hand_out(lake, AUG, "gone", "open", "along", "kept")
    hand_out(lake, AUG, "open", "along", "kept", version=2)
    hand_out(lake, SEP, "kept")
    open_items(lake, SEP, "open", "kept")
    rows = tracked(lake, SEP, "2026-10-20")
    assert {key: state(row)[:2] for (key, _), row in rows.items()} == {
        "gone": ("已答复", "撤回"), "open": ("逾期", ""), "along": ("已答复", "随同事项了结"), "kept": ("逾期", ""),
    }  # fmt: skip


def test_sums_add_up_for_every_township_rule_and_month(lake: Lake) -> None:
    keys = [f"{letter}{n}" for letter in "acgmz" for n in range(6)]
    hand_out(lake, AUG, *keys)
    hand_out(lake, AUG, *keys[2:], version=2)
    hand_out(lake, SEP, *keys[10:], *(f"n{n}" for n in range(5)))
    hand_out(lake, OCT, *keys[20:])
    open_items(lake, OCT, *keys[5:])
    for place, key in enumerate(keys[4::3]):
        answer(lake, SEP, key, f"2026-10-{place + 1:02d}", ("属实", "不属实", "无法核实")[place % 3], of=AUG)
    outcome = track(OCT, lake=lake, policy=policy(), on=date(2026, 11, 10))
    counts = outcome.counts
    assert counts["sent"] == counts["answered"] + counts["waiting"] + counts["overdue"]
    path = lake.partition("tracking", month=str(OCT)) / "tracking.parquet"
    rows = pq.read_table(path).to_pylist()
    assert {row["warning_id"] for row in rows} == {*keys, *(f"n{n}" for n in range(5))}
    summed = duckdb.execute(f"""SELECT listed_month, township, rule_id, count(*), count(*) FILTER (state = '已答复'),
        count(*) FILTER (state = '待答复'), count(*) FILTER (state = '逾期') FROM '{path}' GROUP BY 1, 2, 3""").fetchall()
    assert all(sent_now == done + waiting + late for *_, sent_now, done, waiting, late in summed)
    book = openpyxl.load_workbook(lake.home / "tracking" / str(OCT) / f"答复跟踪表_全市_{OCT}.xlsx")
    for page in book.worksheets:
        table = [row for row in page.iter_rows(values_only=True) if isinstance(row[-3], int)]
        head = next(row for row in page.iter_rows(values_only=True) if "下发" in row)
        at = {name: head.index(name) for name in ("下发", "已答复", "待答复（未到期）", "逾期未答复")}
        assert table, page.title
        for row in table:
            done = sum(row[at[name]] for name in list(at)[1:])
            assert row[at["下发"]] == done, page.title
        assert table[-1][at["下发"]] == counts["sent"], page.title
        # The row of totals tells the whole's share, which no sum of the rows' would be.
        whole = f"{round(100 * counts['answered'] / counts['sent'], 1)}%"
        assert table[-1][head.index("已答复率")] == whole, page.title
    again = Counter(path.read_bytes() for path in (lake.home / "tracking").rglob("*.xlsx"))
    track(OCT, lake=lake, policy=policy(), on=date(2026, 11, 10))
    assert Counter(path.read_bytes() for path in (lake.home / "tracking").rglob("*.xlsx")) == again


def test_reminders_go_to_those_who_owe_and_name_nobody_else(lake: Lake) -> None:
    hand_out(lake, AUG, "a", "b", "z")
    answer(lake, AUG, "z", "2026-09-10")
    answer(lake, AUG, "b", "2026-09-10")
    outcome = track(AUG, lake=lake, policy=policy(), on=date(2026, 10, 3))
    assert outcome.counts["reminders"] == 1
    (reminder,) = (lake.home / "tracking" / str(AUG)).glob("催办单_*.xlsx")
    assert reminder.name == f"催办单_隆务镇_{AUG}.xlsx"
    cells = [
        cell for row in openpyxl.load_workbook(reminder).active.iter_rows(values_only=True) for cell in row
    ]  # type: ignore[union-attr]
    assert "a" in cells
    assert not {"b", "z"} & set(cells)
    assert [row.text("warning_id") for row in read_form(reminder, COLUMNS, _OPTIONAL)] == [
        "a"
    ]  # it can be sent back like a list


LOOK = {"second_look_of": "2026-08"}


REFUTED_IN_AUGUST = ("已答复", "核查", "不属实")


@pytest.mark.parametrize(
    ("september", "october", "answers", "rounds"),
    [
        # Asked again and not answered: another round, on its own clock, whatever the first came to.
        (LOOK, None, [], [REFUTED_IN_AUGUST, ("待答复", "", None)]),
        (LOOK, LOOK, [], [REFUTED_IN_AUGUST, ("逾期", "", None)]),
        # The second answer ends it, whichever of the lists it came on.
        (LOOK, None, [(SEP, "属实")], [REFUTED_IN_AUGUST, ("已答复", "核查", "属实")]),
        (LOOK, LOOK, [(OCT, "不属实")], [REFUTED_IN_AUGUST, ("已答复", "核查", "不属实")]),
        (LOOK, LOOK, [(SEP, "无法核实")], [REFUTED_IN_AUGUST, ("逾期", "", None)]),
        # On a list that was out before the first answer came in it was carried over: no second look yet.
        ({}, LOOK, [], [REFUTED_IN_AUGUST, ("待答复", "", None)]),
        # Its ground changed while it waited for the second look: still one matter.
        (LOOK, {"fingerprint": "new", "standing": "new"}, [(OCT, "属实")], [REFUTED_IN_AUGUST, ("已答复", "核查", "属实")]),
    ],
)  # fmt: skip
def test_a_second_look_is_a_round_of_its_own(
    lake: Lake,
    september: dict[str, Any],
    october: dict[str, Any] | None,
    answers: list[tuple[Month, str]],
    rounds: list[tuple[Any, ...]],
) -> None:
    hand_out(lake, AUG, "a")
    answer(lake, AUG, "a", "2026-09-10", "不属实")
    hand_out(lake, SEP, "a", a=september)
    month, on = (SEP, "2026-10-20") if october is None else (OCT, "2026-11-20")
    if october is not None:
        hand_out(lake, OCT, "a", a=october)
    open_items(lake, month, "a")
    for of, result in answers:
        answer(lake, of, "a", f"{of.plus(1)}-10", result)
    rows = tracked(lake, month, on)
    assert [(row["state"], row["ended_by"], row["result"]) for row in rows.values()] == rounds
    (reminder, *_) = [*(lake.home / "tracking" / str(month)).glob("催办单_*.xlsx"), None]
    if rounds[-1][0] != "已答复" and reminder:
        said = {str(cell.value) for row in openpyxl.load_workbook(reminder).active for cell in row}  # type: ignore[union-attr]
        assert any(one.startswith("复查（上次 2026-08），请换一个人核查") for one in said)


@pytest.mark.parametrize(
    ("who", "on", "is_second_look", "fault"),
    [
        ("才让", "2026-10-10", True, None),
        ("更登", "2026-10-10", True, "核查人"),
        (" 更 登", "2026-10-10", True, "核查人"),
        ("才让", "2026-09-02", True, "核查日期"),
        ("更登", "2026-10-10", False, None),  # its ground has changed: that is no second look
    ],
)
def test_another_takes_the_second_look(
    lake: Lake, who: str, on: str, is_second_look: bool, fault: str | None
) -> None:
    hand_out(lake, AUG, "a", a={"person_id": "P"})
    answer(lake, AUG, "a", "2026-09-10", "不属实")
    hand_out(lake, SEP, "a", a={"person_id": "P", **(LOOK if is_second_look else {"fingerprint": "new"})})
    cells = {"warning_id": "a", "person_id": "P", "result": "不属实", "checked_by": who, "checked_on": on}
    desk = Desk(
        handed_out(SEP, lake, policy()), Terms.of(policy()), SEP, before=dispositions.latest(lake, but="")
    )
    judged = judge([FilledRow("s", 5, cells)], desk)
    assert [problem.column for problem in judged.problems] == ([fault] if fault else [])
    assert len(judged.dispositions) == (not fault)


def merged_in_september(lake: Lake) -> None:
    """P-once and P-old became P-new, whose name is known by now; September's list carries the item on without raising it."""
    hand_out(lake, AUG, "a", a={"person_id": "P-once", "name_checks": [sent.name_check("旧名")]})
    for month, old, new in ((AUG, "P-once", "P-old"), (SEP, "P-old", "P-new")):
        keep(lake, "events", month, [{"kind": "merge", "person_id": new, "other_id": old}])
    keep(lake, "marts/dim_person", SEP, [{"person_id": "P-new", "name": "卓玛才让"}])
    open_items(lake, SEP, "a")
    release = lake.home / "release" / str(SEP)
    release.mkdir(parents=True)
    pq.write_table(pa.table({"warning_id": pa.array([], pa.string()), "status": pa.array([], pa.string())}),
                   release / "warnings.parquet")  # fmt: skip
    files = [
        {"path": "warnings.parquet", "kind": "warnings", "sha256": sha256(release / "warnings.parquet")},
        {"path": "lists/one.xlsx", "kind": "list", "sha256": "0", "warnings": ["a"]},
    ]
    (release / "manifest.json").write_text(json.dumps({"version": 1, "files": files}), encoding="utf-8")


def test_who_was_merged_is_asked_for_under_the_id_and_the_name_that_live_on(lake: Lake) -> None:
    merged_in_september(lake)
    assert tracked(lake, SEP, "2026-10-20")["a", 1]["person_id"] == "P-new"
    (carried,) = pq.read_table(next(lake.partition("sent", month=str(SEP)).glob("*.parquet"))).to_pylist()
    assert carried["person_id"] == "P-new"
    assert sent.name_check("卓玛才让") in carried["name_checks"]
    (reminder,) = (lake.home / "tracking" / str(SEP)).glob("催办单_*.xlsx")
    rows = read_form(reminder, COLUMNS, _OPTIONAL)
    assert [(row.text("name"), row.text("person_id")) for row in rows] == [("卓玛才让", "P-new")]
    # The reminder and the list of old, filled in, are both known again; who never bore the item is not.
    desk = Desk(handed_out(SEP, lake, policy()), Terms.of(policy()), SEP)
    assert judge(rows, desk).problems == []
    for cells, is_known in (
        ({"person_id": "P-once", "name": "旧名"}, True),
        ({"person_id": "P-other"}, False),
    ):
        row = FilledRow("s", 5, {"warning_id": "a", **cells})
        assert (judge([row], desk).problems == []) is is_known


def test_nothing_to_track(lake: Lake) -> None:
    assert track(AUG, lake=lake, policy=policy(), on=date(2026, 9, 1)).status == "nothing"
    hand_out(lake, AUG, "a")
    with pytest.raises(Refused, match="nothing was published for 2026-09"):
        track(SEP, lake=lake, policy=policy(), on=date(2026, 10, 1))
