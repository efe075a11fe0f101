"""The audit log is only added to: whatever else is done to it is found, and the first place is named."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from warehouse.audit_log import Entry, append, entries, verify
from warehouse.errors import LakeDamaged, Refused
from warehouse.hash_chain import GENESIS, Check
from warehouse.lake import Lake

ON = date(2026, 11, 22)


def note(lake, number=0, **others):
    given = {
        "by": "张建国",
        "reason": f"第{number}次：已与医保局核实",
        "on": ON,
        "month": "2026-10",
        "subject": "gate1",
    }
    return append(lake, others.pop("kind", "gate_release"), **{**given, **others})


@pytest.fixture
def lake(tmp_path):
    lake = Lake(tmp_path)
    for number in range(1, 6):
        note(lake, number, facts={"rules": {"E-death-03": {"measured": "0.5"}}, "rows": number})
    return lake


def file_of(lake, seq):
    return lake.root / "audit_log" / f"{seq:06}.json"


def test_entries_follow_one_another_and_come_back_as_they_went(lake):
    found = entries(lake)
    assert [entry.seq for entry in found] == [1, 2, 3, 4, 5]
    assert found[0].previous == GENESIS
    assert [entry.previous for entry in found[1:]] == [entry.hash for entry in found[:-1]]
    assert found[2].reason == "第3次：已与医保局核实"
    assert found[2].facts["rows"] == 3
    assert verify(lake) == Check(5, found[-1].hash)


def test_a_month_and_a_kind_are_chosen(lake):
    note(lake, kind="restore", month="", subject="backup", on=datetime(2026, 11, 22, 6, 10, tzinfo=UTC))
    assert [entry.kind for entry in entries(lake, kind="restore")] == ["restore"]
    assert entries(lake, kind="restore")[0].on == "2026-11-22T06:10:00+00:00"
    assert len(entries(lake, month="2026-10")) == 5


def test_the_same_entries_make_the_same_bytes(lake, tmp_path):
    other = Lake(tmp_path / "other")
    for number in range(1, 6):
        note(other, number, facts={"rows": number, "rules": {"E-death-03": {"measured": "0.5"}}})
    assert file_of(lake, 5).read_bytes() == file_of(other, 5).read_bytes()


def changed(lake):
    path = file_of(lake, 3)
    path.write_text(path.read_text("utf-8").replace("第3次", "第4次"), "utf-8")


def respaced(lake):
    path = file_of(lake, 3)
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")), ensure_ascii=False), "utf-8")


def rehashed(lake):
    """Who changes an entry and gives it the hash of what it now says has still broken the one after it."""
    path = file_of(lake, 3)
    plain = json.loads(path.read_text("utf-8")) | {"by": "李卫东"}
    forged = Entry(**plain).sealed()
    path.write_text(
        json.dumps(asdict(forged), ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n", "utf-8"
    )


def removed(lake):
    file_of(lake, 3).unlink()


def removed_and_closed_up(lake):
    file_of(lake, 3).unlink()
    file_of(lake, 4).rename(file_of(lake, 3))
    file_of(lake, 5).rename(file_of(lake, 4))


def swapped(lake):
    three, four = file_of(lake, 3).read_bytes(), file_of(lake, 4).read_bytes()
    file_of(lake, 3).write_bytes(four)
    file_of(lake, 4).write_bytes(three)


def cut_within(lake):
    path = file_of(lake, 5)
    path.write_bytes(path.read_bytes()[:40])


def cut_off(lake):
    file_of(lake, 5).unlink()


def all_gone_but_the_head(lake):
    for seq in range(1, 6):
        file_of(lake, seq).unlink()


def forged_at_the_end(lake):
    forged = Entry(6, "f" * 64, "gate_release", "2026-10", "gate1", "李", "随便", "2026-11-22").sealed()
    file_of(lake, 6).write_text(
        json.dumps(asdict(forged), ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n", "utf-8"
    )


def head_gone(lake):
    (lake.root / "audit_log" / "head.json").unlink()


def head_set_back(lake):
    head = {"seq": 2, "hash": entries(lake)[1].hash}
    (lake.root / "audit_log" / "head.json").write_text(json.dumps(head), "utf-8")


def a_strange_file(lake):
    (lake.root / "audit_log" / "0000035.json").write_text("{}", "utf-8")


@pytest.mark.parametrize(
    ("tamper", "first_bad", "said"),
    [
        (changed, 3, "entry 3 was changed"),
        (respaced, 3, "entry 3 was changed"),
        (rehashed, 4, "entry 4 does not follow"),
        (removed, 3, "entry 3 is missing"),
        (removed_and_closed_up, 3, "it is number 4"),
        (swapped, 3, "it is number 4"),
        (cut_within, 5, "cut off"),
        (cut_off, 5, "entries 5 to 5 were cut off"),
        (all_gone_but_the_head, 1, "entries 1 to 5 were cut off"),
        (forged_at_the_end, 6, "entry 6 does not follow"),
        (head_gone, 6, "head.json is missing"),
        (head_set_back, 6, "head.json names another"),
        (a_strange_file, 6, "0000035.json is no entry"),
    ],
    ids=lambda value: value.__name__ if callable(value) else None,
)
def test_whatever_is_done_to_it_is_found_and_nothing_is_added_behind(lake, tamper, first_bad, said):
    tamper(lake)
    check = verify(lake)
    assert not check.is_whole
    assert check.first_bad == first_bad
    assert said in check.fault
    before = sorted(path.name for path in (lake.root / "audit_log").iterdir())
    with pytest.raises(LakeDamaged, match="not whole"):
        note(lake, 9)
    with pytest.raises(LakeDamaged):
        entries(lake)
    assert sorted(path.name for path in (lake.root / "audit_log").iterdir()) == before


def test_a_chain_made_anew_is_found_by_the_manifest_that_rests_on_the_old_one(lake, tmp_path):
    kept = entries(lake)[3]
    manifest = tmp_path / "release" / "2026-10" / "manifest.json"
    manifest.parent.mkdir(parents=True)
    manifest.write_text(json.dumps({"audit_log": {"seq": kept.seq, "hash": kept.hash}}), "utf-8")
    assert verify(lake).is_whole
    for path in (lake.root / "audit_log").iterdir():
        path.unlink()
    for number in range(1, 6):
        note(lake, number, by="李卫东")
    check = verify(lake)
    assert check.first_bad == 4
    assert "release 2026-10 rests on entry 4, which is another one" in check.fault


def test_a_log_that_is_gone_is_found_by_the_manifest(lake, tmp_path):
    kept = entries(lake)[0]
    manifest = tmp_path / "release" / "2026-10" / "manifest.json"
    manifest.parent.mkdir(parents=True)
    manifest.write_text(json.dumps({"audit_log": {"seq": kept.seq, "hash": kept.hash}}), "utf-8")
    for path in (lake.root / "audit_log").iterdir():
        path.unlink()
    assert "which is missing" in verify(lake).fault


def test_killed_between_entry_and_head_the_log_is_whole_and_goes_on(lake):
    head = lake.root / "audit_log" / "head.json"
    before = head.read_bytes()
    note(lake, 6)
    head.write_bytes(before)
    (lake.root / "audit_log" / ".aside-000007.json").write_text('{"seq": 7, "prev', "utf-8")
    assert verify(lake).is_whole
    assert note(lake, 7).seq == 7
    assert verify(lake).entries == 7


def test_killed_between_entry_and_head_and_said_again_is_one_entry(lake):
    head = lake.root / "audit_log" / "head.json"
    before = head.read_bytes()
    begun = note(lake, 6)
    head.write_bytes(before)
    assert note(lake, 6) == begun
    assert (len(entries(lake)), verify(lake).is_whole) == (6, True)
    # What was ended and is said again was meant twice.
    assert note(lake, 6).seq == 7


def test_a_full_disk_leaves_the_log_as_it_was(lake, monkeypatch):
    before = {path.name: path.read_bytes() for path in (lake.root / "audit_log").iterdir()}

    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        note(lake, 6)
    assert {path.name: path.read_bytes() for path in (lake.root / "audit_log").iterdir()} == before


def _write_some(home: str, by: str) -> None:
    for number in range(15):
        note(Lake(Path(home)), number, by=by)


def test_two_writers_at_once_stand_one_after_the_other(tmp_path):
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_write_some, args=(str(tmp_path), by)) for by in ("张建国", "李卫东")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    found = entries(Lake(tmp_path))
    assert [entry.seq for entry in found] == list(range(1, 31))
    assert {entry.by for entry in found} == {"张建国", "李卫东"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"by": "  "}, "wants a name"),
        ({"reason": ""}, "wants a reason"),
        ({"reason": "查 632321199001011234 属实"}, "long number"),
        ({"reason": "查 63232119900101123X 属实"}, "long number"),
        ({"reason": "电话 139 0000 1234 已核"}, "long number"),
        ({"by": "张建国 13900001234"}, "long number"),
        ({"kind": "Gate Release"}, "no kind"),
    ],
)
def test_what_has_no_place_in_the_log_is_refused(tmp_path, given, said):
    with pytest.raises(Refused, match=said):
        note(Lake(tmp_path), **given)
    assert not (tmp_path / "lake" / "audit_log").exists()


def test_days_months_hashes_and_small_numbers_are_no_persons(tmp_path):
    entry = note(
        Lake(tmp_path),
        reason="2026-10-31 与 2026-11-01 两次核实，差 1 200 行，依 2024 年 12 号文",
        subject="doudi-2026-11-22T061030Z 9c1185a5c5e9fc54612808977ee8f548b2258d31",
    )
    assert entry.seq == 1
