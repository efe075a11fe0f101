"""Villages of a made-up county: they answer the lists by the planted truth, late, blank and wrong as people are.

Only a made-up county has a truth; nothing here is a substitute for people. What a village does with a list is drawn
by hash of month, place and warning, so that the same call gives the same files; what came back refused is put right
and sent again. The file that lies in the folder of returned lists says itself how often it was sent.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from console.county import village_habits as habit
from console.county import villages_hand as hand
from console.county.hashing import salt
from console.county.village_habits import USUAL, Habits
from console.county.villages_truth import REFUTED, Finding, read_truth, right_answers
from warehouse.database import in_memory
from warehouse.errors import Refused
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.release.list_columns import Answers
from warehouse.release.publish import release_folder

UNSURE: Final = "无法核实"
IDENTITY: Final = "人员核对"
IDENTITY_WORDS: Final = {True: "是本人", False: "不是本人", None: "说不清"}
SLIP: Final = "退回单"
_MONTH: Final = re.compile(r"\d{4}-\d{2}")
_FOUND: Final = "属实"
_NONE: Final = Finding(False, REFUTED, "", "", False)
# Words that nobody offered, as people write them.
_OWN_WORDS: Final = ("是", "情况属实，已入户", "不符", "待核实", "√")
# What a list says of a warning that is asked a second time; then another of the village goes.
SECOND_LOOK: Final = "复查"
_MOVED_AHEAD: Final = ("姓名", hand.RESULT, "拟纳入救助", "核查日期")


@dataclass
class Sent:
    """What a call has done: the files that lie there now, and how many rows they answer, leave blank or get wrong."""

    files: list[Path] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class _List:
    """A township's list of the month: the file as it went out, and when it comes back."""

    source: Path
    township: str
    sent: date
    due: date


def answer_lists(
    month: Month,
    *,
    lake: Lake,
    policy: Policy,
    county: Path,
    on: date,
    habits: Habits = USUAL,
    out: Path | None = None,
) -> Sent:
    """Put into ``out`` (``HOME/returned/<month>``) whatever the villages have sent by ``on`` about the month's lists.

    A file that lies there is replaced where more of its villages are ready, or where its return slip has come.
    """
    words = Answers.of(policy)
    due = month.last_day + timedelta(days=policy.count("release.answer_days"))
    folder = out or lake.home / "returned" / str(month)
    lists = [
        one
        for source in _handed_out(month, lake)
        if (one := _list(source, month, due, habits)) is not None and one.sent <= on
    ]
    # A list on which nobody stands is read and put aside.
    opened = {one.source: found for one in lists if (found := hand.opened(one.source))[1]}
    asked = {str(row[hand.KEY]) for _, sheets in opened.values() for filled in sheets for row in filled.rows}
    with in_memory(lake.home) as con:
        read_truth(con, month, lake, county / "truth", found_by=month.previous)
        right = right_answers(con, asked, month, lake, county / "truth")
    done = Sent()
    folder.mkdir(parents=True, exist_ok=True)
    for one in lists:
        if one.source not in opened:
            continue
        book, sheets = opened[one.source]
        times = _times(folder, one, month, on, lake, habits)
        writer = _Writer(month, one, habits if times == 1 else _put_right(habits), words, right, done.counts)
        for filled in sheets:
            writer.fill(filled, on)
            filled.write()
        done.files += _send(book, sheets, folder, one, month, habits, times)
        done.counts["sent again"] += times - 1
    return done


def _handed_out(month: Month, lake: Lake) -> Iterator[Path]:
    """The townships' own lists of the month, as the manifest names them."""
    folder = release_folder(lake, month)
    if not (folder / "manifest.json").exists():
        raise Refused(f"no list of {month} has gone out.", next_step=f"run doudi run --month {month} first.")
    items = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["files"]
    for item in sorted(items, key=lambda item: str(item["path"])):
        if item["kind"] == "list" and item["audience"] == "list":
            yield folder / item["path"]


def _list(source: Path, month: Month, due: date, habits: Habits) -> _List | None:
    township = source.stem.split("_")[1]
    sent = habit.day_sent(month, township, due, habits)
    return None if sent is None else _List(source, township, sent, due)


def _put_right(habits: Habits) -> Habits:
    """The same people once a slip has told them what was wrong."""
    return Habits(habits.errors, habits.unsure, habits.blanks, 0.0, habits.late, habits.unsent, habits.rough)


def _times(folder: Path, one: _List, month: Month, on: date, lake: Lake, habits: Habits) -> int:
    """How often this list has been sent once this call is over: a second time when the first was refused."""
    lying = folder / one.source.name
    if hand.times_sent(lying) > 1:
        return 2
    was_sent = any(folder.glob(f"{one.source.stem}*")) or (folder / _renamed(one)).exists()
    is_broken = habit.rough_file(month, one.township, habits) == "unreadable"
    return 2 if was_sent and on > one.sent and (is_broken or _was_refused(one, month, lake)) else 1


def _was_refused(one: _List, month: Month, lake: Lake) -> bool:
    """Whether a slip about this list has come: it names the list's month, or lies in that month's folder."""
    slips = (lake.home / "returns").glob(f"*/*{one.township}*{SLIP}*")
    return any(str(month) == (_MONTH.findall(slip.name) or [slip.parent.name])[0] for slip in slips)


def _renamed(one: _List) -> str:
    return f"{one.township}核查情况（最终）.xlsx"


def _send(
    book: Any, sheets: list[hand.Filled], folder: Path, one: _List, month: Month, habits: Habits, times: int
) -> list[Path]:
    """Save the list as the township saves it; a second time it is careful, and the first file is taken away."""
    rough = habit.rough_file(month, one.township, habits) if times == 1 else ""
    for earlier in (*folder.glob(f"{one.source.stem}*"), folder / _renamed(one)):
        earlier.unlink(missing_ok=True)
    if rough == "csv":
        return hand.save_as_csv(sheets, lambda village: folder / f"{one.source.stem}_{village}.csv")
    path = folder / (_renamed(one) if rough == "renamed" else one.source.name)
    if rough == "moved":
        for filled in sheets:
            hand.move_columns(filled, _MOVED_AHEAD)
            filled.write()
    hand.save(book, path, times=times)
    if rough == "unreadable":
        hand.cut_off(path)
    return [path]


@dataclass(frozen=True)
class _Writer:
    """One township's list being filled in."""

    month: Month
    list: _List
    habits: Habits
    words: Answers
    right: dict[str, Finding]
    counts: Counter[str]

    def fill(self, filled: hand.Filled, on: date) -> None:
        """Fill in a village's sheet, if it is ready by ``on``."""
        village = str(filled.sheet.title)
        one = self.list
        ready = habit.day_ready(self.month, one.township, village, one.sent, one.due, self.habits)
        if ready > on:
            self.counts["not ready yet"] += len(filled.rows)
            return
        for row in filled.rows:
            self._answer(row, village, ready)
        rough = habit.rough_sheet(self.month, one.township, village, self.habits)
        if rough == "sorted":
            hand.sort_by(filled, "姓名")
        elif rough == "cut":
            filled.rows[:] = [row for row in filled.rows if row[hand.RESULT]]

    def _answer(self, row: dict[str, Any], village: str, ready: date) -> None:
        warning_id = str(row[hand.KEY])
        mistake = habit.row_mistake(self.month, warning_id, self.habits)
        self.counts["blank" if mistake == "blanks" else "answered"] += 1
        if mistake == "blanks":
            return
        if mistake:
            self.counts[f"mistake {mistake}"] += 1
        found = self.right.get(warning_id, _NONE)
        said = _mistaken(found, self.words) if mistake == "errors" else found
        house = str(row.get("户次") or warning_id)
        day = habit.day_visited(self.month, f"{self.list.township}/{village}/{house}", ready)
        written: dict[str, Any] = {
            hand.RESULT: said.result,
            "拟纳入救助": said.aid or (self.words.aid_none if said.asks_for_aid else None),
            "未纳入原因": said.reason if said.asks_for_aid and not said.aid else None,
            "核查人": f"{village}{who_goes(row, village, house)}",
            "核查日期": _as_written(day, warning_id),
        }
        if mistake == "unsure":
            written |= {hand.RESULT: UNSURE, "拟纳入救助": None, "未纳入原因": None}
        if written["未纳入原因"] == self.words.reason_other:
            written["原因说明"] = "入户核实，暂不符合条件"
        if IDENTITY in row:
            written[IDENTITY] = IDENTITY_WORDS[None if mistake == "unsure" else said.is_the_person]
        row.update(_slipped(written, mistake, row))


def who_goes(row: dict[str, Any], village: str, house: str) -> str:
    """Who of the village goes: to a second look somebody who never takes a first."""
    if SECOND_LOOK in str(row.get("下发情况") or ""):
        return "复核员"
    return f"核查员{'甲乙丙'[salt(village, house) % 3]}"


def _mistaken(found: Finding, words: Answers) -> Finding:
    """A need taken for none, or the other way."""
    if found.is_need:
        reason = words.reasons[0] if found.asks_for_aid else ""
        return Finding(False, REFUTED, "", reason, found.asks_for_aid)
    aid = next(word for word in words.aids if word != words.aid_none) if found.asks_for_aid else ""
    return Finding(True, _FOUND, aid, "", found.asks_for_aid)


def _as_written(day: date, warning_id: str) -> date | str:
    """A date cell mostly, now and then a text in one of the ways that people write a day."""
    ways: tuple[date | str, ...] = (
        f"{day:%Y/%-m/%-d}",
        f"{day:%Y%m%d}",
        f"{day:%Y年%-m月%-d日}",
        day.isoformat(),
    )
    at = salt(warning_id, "day") % 40
    return ways[at] if at < len(ways) else day


def _slipped(written: dict[str, Any], mistake: str, row: dict[str, Any]) -> dict[str, Any]:
    """What was written with the mistake that a return slip refuses; without one as it was."""
    key = str(row[hand.KEY])
    slips: dict[str, dict[str, Any]] = {
        "word": {hand.RESULT: _OWN_WORDS[salt(key, "word") % len(_OWN_WORDS)]},
        "reason": {"拟纳入救助": "无", "未纳入原因": None},
        "key": {hand.KEY: key[:-1] + ("0" if key[-1] != "0" else "1")},
        "day": {"核查日期": "上个月底"},
        "name": {"核查人": None},
    }
    return {**written, **slips.get(mistake, {})}
