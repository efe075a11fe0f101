"""Backup and restore: one file, one command each, and never a home that is half of one and half of another."""

import io
import json
import os
import shutil
import stat
import tarfile
from datetime import UTC, datetime

import pyarrow as pa
import pytest

from tests.recovery.conftest import FIRST, LAST
from tests.recovery.faults import content, copied, difference
from warehouse import audit_log
from warehouse.archive import LIST
from warehouse.backup import NEEDED_FOLDERS, NEEDED_TABLES, backup
from warehouse.checking import check
from warehouse.errors import CutShort, DoudiError, LakeDamaged, Misconfigured, Refused
from warehouse.guard import guarded, stage_run
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.restore import restore

WHO = {"by": "多杰", "reason": "磁盘损坏", "on": datetime(2026, 11, 22, tzinfo=UTC)}


@pytest.fixture(scope="module")
def home(linked, tmp_path_factory):
    """The linked home with what people entered, a release and a log."""
    home = copied(linked, tmp_path_factory.mktemp("backed") / "home")
    lake = Lake(home)
    with lake.adding(lake.partition("dispositions", month=LAST) / "a.parquet") as aside:
        aside.write_bytes(b"answers")
    (home / "release" / LAST).mkdir(parents=True)
    (home / "release" / LAST / "month.html").write_text("本月", encoding="utf-8")
    audit_log.append(lake, "gate_release", by="更登", reason="已核", on="2026-10-08")
    return home


@pytest.fixture(scope="module")
def archive(home, tmp_path_factory):
    path = tmp_path_factory.mktemp("archive") / "2026-09.tar.zst"
    backup(home, path)
    return path


def without_log(found):
    return {name: digest for name, digest in found.items() if "lake/audit_log/" not in name}


def test_what_is_restored_is_what_was_backed_up_and_the_log_says_so(home, archive, tmp_path):
    done = restore(tmp_path / "new", archive, **WHO)
    assert without_log(content(tmp_path / "new")) == without_log(content(home))
    assert check(tmp_path / "new").is_sound
    last = audit_log.verified(Lake(tmp_path / "new"))[-1]
    assert (last.kind, last.by, last.reason, last.subject) == ("restore", "多杰", "磁盘损坏", archive.name)
    assert last.facts["archive_sha256"] == done.sha256
    assert sorted(path.name for path in (tmp_path / "new").iterdir() if path.name.startswith(".")) == []


def test_the_month_run_again_after_a_restore_is_the_same(desk, county, home, archive, tmp_path):
    restore(tmp_path / "new", archive, **WHO)
    for stage in ("receive", "close", "slips", "prepare_review"):
        desk.run(stage, LAST, tmp_path / "new", inbox=county)
    assert difference(without_log(content(tmp_path / "new")), without_log(content(home))) == []


def test_what_is_needed_is_enough_for_the_inbox_to_give_the_rest(desk, county, home, tmp_path):
    path = tmp_path / "needed.tar.zst"
    held = backup(home, path, "needed")
    assert held.what == "needed"
    kept = {member.path.split("/")[1] for member in held.members if member.path.startswith("lake/")}
    assert kept <= set(NEEDED_TABLES)
    assert {"dispositions", "registry", "audit_log", "ledger"} <= kept
    assert {member.path.split("/")[0] for member in held.members} <= {"lake", *NEEDED_FOLDERS}
    new = tmp_path / "new"
    restore(new, path, **WHO)
    for stage in ("receive", "close"):
        desk.run(stage, FIRST, new, inbox=county)
    for stage in ("receive", "close", "standardise", "link"):
        desk.run(stage, LAST, new, inbox=county)
    made, there = content(new), content(home)
    for table in (
        "landed",
        "standardised",
        "records",
        "profiles",
        "crosswalk",
        "registry",
        "events",
        "dispositions",
    ):
        of = [name for name in there if name.startswith(f"lake/{table}/") and f"month={LAST}" in name]
        assert of
        assert [name for name in of if made.get(name) != there[name]] == [], table
    assert [name for name in there if name.startswith("lake/landed/") and made.get(name) != there[name]] == []


def test_only_its_owner_may_read_a_backup_and_plain_tools_can(home, archive, tmp_path):
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    again = tmp_path / "again.tar.zst"
    backup(home, again)
    assert again.read_bytes() == archive.read_bytes()
    with tarfile.open(fileobj=pa.CompressedInputStream(pa.OSFile(str(archive)), "zstd"), mode="r|") as tar:
        assert LIST in tar.getnames()


def test_a_home_that_is_not_empty_gives_way_only_when_told(home, archive, tmp_path):
    other = copied(home, tmp_path / "other")
    (other / "lake" / "strange.txt").write_text("x", encoding="utf-8")
    before = content(other)
    with pytest.raises(Refused, match="not empty"):
        restore(other, archive, **WHO)
    assert content(other) == before
    restore(other, archive, replace=True, **WHO)
    assert without_log(content(other)) == without_log(content(home))
    entry = audit_log.verified(Lake(other))[-1]
    assert entry.facts["log_before_entries"] == 1


def test_a_backup_is_not_written_over_another_nor_into_its_home(home, archive):
    with pytest.raises(Misconfigured, match="already"):
        backup(home, archive)
    with pytest.raises(Misconfigured, match="inside the home"):
        backup(home, home / "b.tar.zst")
    assert not (home / "b.tar.zst").exists()


def test_a_link_in_the_home_is_refused_not_left_out(home, tmp_path):
    other = copied(home, tmp_path / "other")
    shutil.move(other / "release", tmp_path / "elsewhere")
    (other / "release").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refused, match="release is a link"):
        backup(other, tmp_path / "b.tar.zst")
    assert not list(tmp_path.glob("*.zst"))


def changed(archive, path, harm):
    """The archive with other bytes."""
    content = bytearray(archive.read_bytes())
    path.write_bytes(bytes(harm(content)))
    return path


def one_bit(content, share):
    content[int(len(content) * share)] ^= 0x10
    return content


@pytest.mark.parametrize("harm", [
    lambda content: content[: len(content) // 2],
    lambda content: content[:-1],
    lambda content: content[:-20000],
    lambda content: b"",
    lambda content: b"no archive at all",
    *(lambda content, share=share: one_bit(content, share) for share in (0.001, 0.2, 0.5, 0.8, 0.97)),
])  # fmt: skip
def test_a_cut_off_or_changed_archive_restores_nothing(home, archive, tmp_path, harm):
    other = copied(home, tmp_path / "other")
    before = content(other)
    with pytest.raises(LakeDamaged, match="cut off or changed"), guarded("restore", other):
        restore(other, changed(archive, tmp_path / "bad.tar.zst", harm), replace=True, **WHO)
    assert content(other) == before
    assert not (other / ".restoring").exists()


def packed(path, members, listed=None):
    """An archive made by hand: (name, kind, content) each, and the list that goes with it."""
    with (
        pa.OSFile(str(path), "wb") as sink,
        pa.CompressedOutputStream(sink, "zstd") as out,
        tarfile.open(fileobj=out, mode="w|") as tar,
    ):
        for name, kind, inside in members:
            header = tarfile.TarInfo(name)
            header.type, header.size = kind, len(inside)
            header.linkname = "/etc/passwd" if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE) else ""
            tar.addfile(header, io.BytesIO(inside))
        text = json.dumps({"format": 1, "what": "whole", "months": [], "members": listed or []}).encode()
        header = tarfile.TarInfo(LIST)
        header.size = len(text)
        tar.addfile(header, io.BytesIO(text))
    return path


@pytest.mark.parametrize("name", [
    "../outside", "/absolute", "lake/../../outside", "lake//x", "./lake/x", "lake\\..\\x", "lake/\nx", "tmp/locks/home.lock",
    ".restoring/new/x", "lake/.aside-x/y", ".",
])  # fmt: skip
def test_a_name_that_leads_elsewhere_is_refused(tmp_path, name):
    bad = packed(tmp_path / "bad.tar.zst", [(name, tarfile.REGTYPE, b"x")])
    with pytest.raises(Refused, match="holds a name that no backup"):
        restore(tmp_path / "home", bad, **WHO)
    assert not [path for path in tmp_path.rglob("*") if path.name in ("outside", "x", "y")]


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE]
)
def test_a_link_or_a_device_in_an_archive_is_refused(tmp_path, kind):
    bad = packed(tmp_path / "bad.tar.zst", [("lake/x", kind, b"")])
    with pytest.raises(Refused, match="holds a name that no backup"):
        restore(tmp_path / "home", bad, **WHO)


@pytest.mark.parametrize(("members", "listed"), [
    ([("lake/x", tarfile.REGTYPE, b"x")], []),
    ([], [{"path": "lake/x", "bytes": 1, "sha256": "0"}]),
    ([("lake/x", tarfile.REGTYPE, b"x")], [{"path": "lake/x", "bytes": 1, "sha256": "0" * 64}]),
    ([("lake/x", tarfile.REGTYPE, b"x")], [{"strange": 1}]),
])  # fmt: skip
def test_files_that_are_not_those_of_the_list_are_refused(tmp_path, members, listed):
    bad = packed(tmp_path / "bad.tar.zst", members, listed)
    with pytest.raises(LakeDamaged, match="cut off or changed"):
        restore(tmp_path / "home", bad, **WHO)


def test_a_restore_killed_at_any_rename_is_ended_by_the_next(home, archive, tmp_path, monkeypatch):
    """In between no stage begins; afterwards the home is the archive's, and nothing of the old one is left."""
    old = tmp_path / "old"
    (old / "lake" / "pairs").mkdir(parents=True)
    (old / "stray").mkdir()
    (old / "stray" / "x").write_text("x", encoding="utf-8")
    rename = type(old).rename
    for at in range(1, 30):
        other = shutil.copytree(old, tmp_path / f"other{at}")
        seen = []

        def killed(self, target, at=at, seen=seen):
            seen.append(target)
            if len(seen) == at:
                raise KeyboardInterrupt
            return rename(self, target)

        monkeypatch.setattr(type(old), "rename", killed)
        try:
            restore(other, archive, replace=True, **WHO)
        except KeyboardInterrupt:
            pass
        else:
            break
        finally:
            monkeypatch.setattr(type(old), "rename", rename)
        with (
            pytest.raises(CutShort, match="restore of this home was cut short"),
            stage_run("receive", Month(2026, 8), other),
        ):
            pytest.fail("a stage began on half a home")
        restore(other, archive, replace=True, **WHO)
        assert without_log(content(other)) == without_log(content(home))
        assert not (other / "stray").exists()
    assert at > 4


def test_a_full_disk_leaves_no_half_of_a_backup_and_no_half_of_a_home(home, archive, tmp_path):
    """A disk of 1 MB, where the system lets us make one."""
    from tests.recovery.faults import small_disk

    with small_disk(tmp_path / "disk", "400k") as disk:
        if disk is None:
            pytest.skip("no disk can be mounted here")
        for act in (
            lambda: backup(home, disk / "b.tar.zst"),
            lambda: restore(disk / "home", archive, **WHO),
        ):
            with pytest.raises(DoudiError, match="disk is full"), guarded("backup", home):
                act()
        assert not [path for path in disk.rglob("*") if path.is_file() and path.suffix != ".lock"]
        assert os.statvfs(disk).f_bavail * 4 > os.statvfs(disk).f_blocks * 3
