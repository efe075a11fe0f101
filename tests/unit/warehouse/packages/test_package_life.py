"""A package from its first share to receipt, recall and what comes after; keys and certificates that end it."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from tests.unit.warehouse.packages.made_up_packages import (
    BY,
    MONTH,
    ON,
    make,
    shared,
)
from tests.unit.warehouse.packages.opened_packages import folder_of, opened, rows_of
from warehouse import access
from warehouse.audit_log import entries, verify
from warehouse.errors import Misconfigured, Refused
from warehouse.packages import handling, share
from warehouse.packages.keys import Keys
from warehouse.packages.ledger import RECALLED, RECEIPTED, SHARED
from warehouse.packages.trace import trace


def bytes_below(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }


def test_same_month_again_changes_nothing_and_news_are_the_next_number(own) -> None:
    lake, keys, found = own
    before, log = bytes_below(lake.home / "packages"), len(entries(lake))
    again = shared(lake, keys, found)
    assert (again.counts["made"], again.counts["kept"]) == (0, len(found))
    assert bytes_below(lake.home / "packages") == before and len(entries(lake)) == log
    make(lake.home, income=600)
    assert shared(lake, keys, found, partner="rural-change").counts["made"] == 1
    manifest = json.loads((folder_of(lake, "rural-change", 2) / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["supersedes"] == f"rural-change-{MONTH}-1"
    assert bytes_below(lake.home / "packages").items() >= before.items()
    assert verify(lake).is_whole


@pytest.mark.parametrize("step", ["seal", "sign", "append"])
def test_killed_at_any_step_it_is_shared_once(own, monkeypatch, step) -> None:
    lake, keys, found = own
    make(lake.home, income=700)

    def kill(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr(share, step, kill)
        with pytest.raises(KeyboardInterrupt):
            shared(lake, keys, found, partner="rural-change")
    assert shared(lake, keys, found, partner="rural-change").counts["made"] == 1
    of_two = [one for one in entries(lake, kind=SHARED) if one.subject == f"rural-change-{MONTH}-2"]
    manifest = json.loads((folder_of(lake, "rural-change", 2) / "manifest.json").read_text(encoding="utf-8"))
    assert [one.facts["sealed_sha256"] for one in of_two] == [manifest["sealed"]["sha256"]]


def test_receipt_recall_and_what_comes_after(own, tmp_path) -> None:
    lake, keys, found = own
    package = f"rural-names-{MONTH}-1"
    day = {"by": BY, "on": ON}
    receipt = f"数据包接收回执\n包号：{package}\n".encode()
    with pytest.raises(Refused, match="another package"):
        handling.register_receipt(lake, package, b"rural-change-2026-10-1", "r.txt", reason="回执", **day)
    handling.register_receipt(lake, package, receipt, "r.txt", reason="回执", **day)
    with pytest.raises(Refused, match="registered already"):
        handling.register_receipt(lake, package, receipt, "r.txt", reason="回执", **day)
    entry, notice = handling.recall(lake, keys, package, reason="名单有误", **day)
    assert entry.facts["successor"] == f"rural-names-{MONTH}-2"
    assert entry.facts["successor"] in notice.read_text(encoding="utf-8-sig")
    signature = notice.with_name(f"{notice.name}.sm2").read_bytes()
    assert handling.is_signed(notice.read_bytes(), signature, keys.our_certificate("sm"), "sm")
    with pytest.raises(Refused, match="recalled"):
        handling.register_receipt(lake, package, receipt + b"2", "r2.txt", reason="回执", **day)
    with pytest.raises(Refused, match="recalled already"):
        handling.recall(lake, keys, package, reason="再次", **day)
    with pytest.raises(Refused, match="recalled"):
        opened(lake, keys, found, "rural-names", tmp_path / "out")
    # The same content does not go out again under another number.
    assert any("已召回" in one for one in shared(lake, keys, found, partner="rural-names").reasons)
    assert [len(entries(lake, kind=kind)) for kind in (RECEIPTED, RECALLED)] == [1, 1]
    assert verify(lake).is_whole


def test_signed_receipt_is_the_recipients(own) -> None:
    lake, keys, _ = own
    package, text = f"students-without-aid-{MONTH}-1", "已收到".encode()
    ours = {"by": BY, "reason": "回执", "on": ON, "suite": "cms", "certificate": keys.partner("jy-2026", ON)}
    strange = handling.sign(text, keys.partner("cl-2026", ON), keys.partner_secret("cl-2026"), "cms")
    with pytest.raises(Refused, match="not the recipient's"):
        handling.register_receipt(lake, package, text, "r.txt", signature=strange, **ours)
    right = handling.sign(text, keys.partner("jy-2026", ON), keys.partner_secret("jy-2026"), "cms")
    entry = handling.register_receipt(lake, package, text, "r.txt", signature=right, **ours)
    assert entry.facts["is_signed"]


def test_opening_here_is_noted_twice_over(own) -> None:
    lake, _, _ = own
    package = f"rural-names-{MONTH}-1"
    entry = handling.note_opening(lake, package, by="李四", reason="核对格式", on=ON)
    seen = access.entries(lake)[-1]
    assert (entry.subject, seen.act, seen.by, seen.items[0].what) == (package, "read", "李四", package)
    assert access.verify(lake).is_whole


@pytest.mark.parametrize(
    ("file", "words"),
    [("manifest.json", "does not bear the signature"), (".p7m", "not the one that was signed for")],
)
def test_changed_package_is_refused(own, file, words) -> None:
    lake, keys, _ = own
    folder = folder_of(lake, "students-without-aid")
    path = next(path for path in folder.iterdir() if path.name.endswith(file))
    path.write_bytes(path.read_bytes().replace(b"2026", b"2027", 1) + b" ")
    with pytest.raises(Refused, match=words):
        handling.verify(folder, keys.our_certificate("cms"), lake)


def test_leaked_file_tells_whom_it_was_made_for(house, tmp_path) -> None:
    """By one row with its number; by the order of rows without it; and by content alone where it was sorted."""
    lake, keys, found = house
    # Two partners with the same people in the same columns.
    body = rows_of(next((opened(lake, keys, found, "insurance-subsidy", tmp_path / "a") / "data").iterdir()))
    other = rows_of(
        next((opened(lake, keys, found, "platform-upload", tmp_path / "b") / "data").glob("*明细*"))
    )
    leaked = tmp_path / "leaked.csv"

    def write(rows: list[list[str]]) -> None:
        leaked.write_text("\n".join(",".join(row) for row in rows), encoding="gb18030")

    write([body[3]])
    assert [(one.package, one.by_number) for one in trace(leaked, lake, keys.marks())] == [
        (f"insurance-subsidy-{MONTH}-1", 1)
    ]
    for rows, package in ((body, "insurance-subsidy"), (other, "platform-upload")):
        write([row[1:5] for row in rows])
        likely = trace(leaked, lake, keys.marks())[0]
        assert (likely.package, likely.is_marked, likely.by_number) == (f"{package}-{MONTH}-1", True, 0)
    write([body[0][1:5], *sorted(row[1:5] for row in body[1:])])
    assert not any(one.is_marked for one in trace(leaked, lake, keys.marks()))
    assert len(trace(leaked, lake, keys.marks())) > 1


@pytest.mark.parametrize(
    ("why", "spoil", "words"),
    [
        ("open to others", lambda folder: folder.chmod(0o755), "others may read"),
        ("a key open to others", lambda folder: (folder / "marks.key").chmod(0o644), "others may read"),
        ("no certificate", lambda folder: (folder / "partners" / "ga-2026.crt").unlink(), "has no partners"),
    ],
)
def test_keys_that_are_not_safe_share_nothing(own, tmp_path, why, spoil, words) -> None:
    lake, keys, found = own
    shutil.copytree(keys.folder, tmp_path / "keys")
    (tmp_path / "keys").chmod(0o700)
    spoil(tmp_path / "keys")
    with pytest.raises(Misconfigured, match=words):
        shared(lake, Keys.at(tmp_path / "keys", lake.home), found, partner="death-doubts")
    with pytest.raises(Misconfigured, match="inside the home"):
        (lake.home / "keys").mkdir()
        Keys.at(lake.home / "keys", lake.home)


def test_certificate_that_is_over_seals_nothing(own) -> None:
    _, keys, _ = own
    with pytest.raises(Misconfigured, match="good from"):
        keys.partner("ga-2026", date(2031, 1, 1))
