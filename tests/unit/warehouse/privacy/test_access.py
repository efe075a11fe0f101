"""Nobody takes anything out, or looks at rows about people, without an entry; and no entry can be changed unseen."""

import json
from datetime import UTC, date, datetime

import pytest

from warehouse import access, audit_log
from warehouse.access import Item, Who, note, verify, who_acts
from warehouse.errors import LakeDamaged, Misconfigured, Refused
from warehouse.exports import EXPORTS, TAKEN_OVER, note_exports, take_over, unnoted
from warehouse.guard import stage_run
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.outcomes import Outcome, record

MONTH = Month(2026, 10)


@pytest.fixture
def lake(tmp_path):
    return Lake(tmp_path / "home")


def look(lake, what="P1", on=date(2026, 11, 2)):
    return note(
        lake, "read", "explain", [Item(what, "explain", 1)], who=Who("李科长", "named"), purpose="复核", on=on, month=MONTH
    )  # fmt: skip


def files(lake):
    return sorted((lake.root / access.TABLE).glob("0*.json"))


def test_every_act_is_one_entry_bound_to_the_one_before(lake):
    first, second = look(lake), look(lake, "P2", datetime(2026, 11, 3, 9, 30, 15, tzinfo=UTC))
    assert (first.seq, second.seq, second.previous) == (1, 2, first.hash)
    assert [one.items[0].what for one in access.entries(lake)] == ["P1", "P2"]
    assert second.on == "2026-11-03T09:30:15+00:00"
    assert verify(lake).entries == 2


def change(lake):
    plain = json.loads(files(lake)[0].read_text())
    files(lake)[0].write_text(json.dumps({**plain, "by": "别人"}))


def test_whatever_is_done_to_the_log_is_seen(lake, tmp_path):
    def cut_off(lake):
        files(lake)[-1].unlink()

    def take_out(lake):
        files(lake)[1].unlink()

    def exchange(lake):
        one, other = files(lake)[:2]
        kept = one.read_bytes()
        one.write_bytes(other.read_bytes())
        other.write_bytes(kept)

    def slip_in(lake):
        (lake.root / access.TABLE / "note.txt").write_text("x")

    def forget_all(lake):
        (lake.root / access.TABLE / "head.json").unlink()

    for number, tamper in enumerate((change, cut_off, take_out, exchange, slip_in, forget_all)):
        one = Lake(tmp_path / f"tampered{number}")
        for what in ("P1", "P2", "P3"):
            look(one, what)
        tamper(one)
        assert not verify(one).is_whole, tamper.__name__
        with pytest.raises(LakeDamaged, match="not whole"):
            access.entries(one)


def test_nothing_is_shown_any_more_behind_a_cut_end(lake):
    look(lake)
    look(lake)
    files(lake)[-1].unlink()
    with pytest.raises(LakeDamaged, match="access log"):
        look(lake)


def test_a_log_made_anew_as_a_whole_is_found_by_the_audit_log(lake, tmp_path):
    entry = look(lake)
    audit_log.append(
        lake, "retention", by="张建国", reason="保存期满", on=date(2026, 11, 2), facts=access.anchor(entry)
    )
    other = Lake(tmp_path / "other")
    look(other, "P9")
    for path in (other.root / access.TABLE).iterdir():
        (lake.root / access.TABLE / path.name).write_bytes(path.read_bytes())
    assert "audit log" in verify(lake).fault


def test_a_kill_between_entry_and_head_is_no_break(lake):
    look(lake)
    head = (lake.root / access.TABLE / "head.json").read_bytes()
    look(lake)
    (lake.root / access.TABLE / "head.json").write_bytes(head)
    assert verify(lake).is_whole
    access.settle(lake)
    assert json.loads((lake.root / access.TABLE / "head.json").read_text())["seq"] == 2
    (lake.root / access.TABLE / "head.json").write_bytes(head)
    assert look(lake).seq == 3
    assert verify(lake).entries == 3


def test_who_it_was(monkeypatch):
    assert who_acts(" 张 建国 ") == Who("张 建国", "named")
    with pytest.raises(Misconfigured, match="long number"):
        who_acts("632321199001011234")
    monkeypatch.setenv("LOGNAME", "clerk")
    assert who_acts() == Who("clerk", "account")
    monkeypatch.setenv("AIRFLOW_CTX_DAG_ID", "publish_month")
    assert who_acts() == Who("airflow", "airflow")


def release(lake, text="x"):
    folder = lake.home / "release" / str(MONTH)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a.xlsx").write_text(text)
    listed = [{"path": "a.xlsx", "kind": "list", "audience": "list", "rows": 3, "sha256": ""}]
    (folder / "manifest.json").write_text(json.dumps({"files": listed}))


def test_a_stage_that_leaves_files_for_people_is_noted_once_for_each_content(lake):
    release(lake)
    with stage_run("publish", MONTH, lake.home):
        pass
    (entry,) = access.entries(lake)
    assert (entry.act, entry.verb, entry.month) == ("export", "publish", str(MONTH))
    assert [(one.audience, one.files, one.rows) for one in entry.items] == [("list", 1, 3)]
    assert not note_exports("publish", MONTH, lake.home), "the same files again are no other export"
    release(lake, "another")
    assert unnoted(lake) == [f"release/{MONTH}"], "files past the stages"
    assert len(note_exports("publish", MONTH, lake.home)) == 1
    assert not unnoted(lake)


def test_a_folder_without_manifest_is_counted_by_its_outcome(lake):
    folder = lake.home / "slips" / str(MONTH)
    folder.mkdir(parents=True)
    (folder / "退回单.xlsx").write_bytes(b"x")
    record(Outcome("slips", str(MONTH), counts={"lines": 7}), lake)
    (entry,) = note_exports("slips", MONTH, lake.home)
    assert (entry.items[0].files, entry.items[0].rows, entry.items[0].audience) == (1, 7, "slip")


def test_stages_that_are_noted_are_stages():
    from warehouse.flow import BESIDE, READS

    assert set(EXPORTS) <= {*READS, *BESIDE, "absorb_review"}


def left_behind(lake, month):
    folder = lake.home / "slips" / month
    folder.mkdir(parents=True)
    (folder / "卫健.xlsx").write_bytes(b"x")


def test_what_lies_there_from_before_the_log_is_taken_over_by_name_and_stays_so(lake):
    left_behind(lake, "2026-05")
    assert unnoted(lake) == ["slips/2026-05"]
    assert take_over(lake, by="李科长", reason="当时的版本没有登记", on=date(2026, 11, 2)) == [
        "slips/2026-05"
    ]
    assert unnoted(lake) == []
    (entry,) = audit_log.entries(lake, kind=TAKEN_OVER)
    assert (entry.by, entry.facts["folders"]) == ("李科长", ["slips/2026-05"])
    # The takeover itself cannot be taken away: the audit log rests on its entry.
    for path in (lake.root / access.TABLE).glob("*.json"):
        path.unlink()
    assert not verify(lake).is_whole
    with pytest.raises(LakeDamaged, match="not whole"):
        take_over(lake, by="李科长", reason="再来一次", on=date(2026, 11, 3))


def test_a_log_that_was_taken_away_does_not_pass_for_an_old_home(lake):
    left_behind(lake, "2026-05")
    left_behind(lake, "2026-10")
    words = lake.partition("link_words", month="2026-10")
    words.mkdir(parents=True)
    (words / "link_words.parquet").write_bytes(b"x")
    with pytest.raises(LakeDamaged, match=r"slips/2026-10: .* its entry is gone"):
        take_over(lake, by="李科长", reason="当时的版本没有登记", on=date(2026, 11, 2))
    assert access.entries(lake) == []


def test_nobody_takes_over_unnamed_or_without_a_reason(lake):
    left_behind(lake, "2026-05")
    for by, reason in (("", "因为"), ("李科长", ""), ("李科长", "见632321199001011415")):
        with pytest.raises(Refused):
            take_over(lake, by=by, reason=reason, on=date(2026, 11, 2))
    assert access.entries(lake) == []
