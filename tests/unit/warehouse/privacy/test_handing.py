"""What is handed out opens for its township only, is noted, and is what was released."""

import io
import json
import zipfile
from datetime import date

import msoffcrypto
import openpyxl
import pytest

from warehouse import access, audit_log
from warehouse.errors import LakeDamaged, Refused
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.packages import sealing
from warehouse.packages.keys import Keys
from warehouse.policy import load
from warehouse.privacy.handing import hand_out, unlocked
from warehouse.settings import REPOSITORY
from warehouse.sums import sha256

MONTH, ON = Month(2026, 10), date(2026, 11, 3)
NAMES = {
    "lists/预警清单_隆务镇_2026-10.xlsx": ("list", "list"),
    "lists/预警清单_保安镇_2026-10.xlsx": ("list", "list"),
    "lists/预警清单_全市_2026-10.xlsx": ("list", "county_list"),
    "ledger/摸排台账_隆务镇_2026-10.xlsx": ("ledger", "ledger"),
    "paper/预警清单_隆务镇_2026-10_纸质.xlsx": ("list", "paper"),
}


@pytest.fixture(scope="module")
def policy():
    return load(REPOSITORY / "dbt_project" / "seeds" / "policy", "tongren", MONTH)


@pytest.fixture
def lake(tmp_path):
    lake = Lake(tmp_path / "home")
    release = lake.home / "release" / str(MONTH)
    files = []
    for name, (kind, audience) in NAMES.items():
        path = release / name
        path.parent.mkdir(parents=True, exist_ok=True)
        book = openpyxl.Workbook()
        book.active.append([name])
        book.save(path)
        files.append({"path": name, "kind": kind, "audience": audience, "rows": 2, "sha256": sha256(path)})
    (release / "manifest.json").write_text(json.dumps({"files": files}), encoding="utf-8")
    return lake


def handed(lake, policy, **changed):
    return hand_out(MONTH, **{"lake": lake, "policy": policy, "by": "张建国", "on": ON, **changed})


def opened(path, passphrase):
    plain = io.BytesIO()
    with path.open("rb") as closed:
        office = msoffcrypto.OfficeFile(closed)
        office.load_key(password=passphrase, verify_password=True)
        office.decrypt(plain)
    return plain.getvalue()


def test_each_township_gets_its_own_files_under_its_own_passphrase(lake, policy):
    done = handed(lake, policy)
    assert [one.file for one in done.files] == [
        "保安镇/预警清单_保安镇_2026-10.xlsx",
        "隆务镇/预警清单_隆务镇_2026-10.xlsx",
        "隆务镇/摸排台账_隆务镇_2026-10.xlsx",
    ]
    for one in done.files:
        path = done.folder / one.file
        plain = next(lake.home.glob(f"release/*/*/{path.name}")).read_bytes()
        assert opened(path, done.passphrases[one.township]) == plain
        assert sha256(path) == one.sha256
        other = next(word for place, word in done.passphrases.items() if place != one.township)
        with pytest.raises(msoffcrypto.exceptions.InvalidKeyError):
            opened(path, other)


def test_no_passphrase_lies_anywhere_and_no_two_are_alike(lake, policy):
    first, second = handed(lake, policy), handed(lake, policy)
    assert (first.folder.name, second.folder.name) == ("1", "2")
    words = [*first.passphrases.values(), *second.passphrases.values()]
    assert len(set(words)) == len(words)
    assert all(len(word.replace("-", "")) == policy.count("handout.passphrase_characters") for word in words)
    for path in lake.home.rglob("*"):
        if path.is_file():
            assert not any(word.encode() in path.read_bytes() for word in words)
    assert not any(word in repr(first) for word in words)


def test_the_sheet_is_signed_for_and_both_logs_know(lake, policy):
    done = handed(lake, policy, townships=["保安镇"])
    (sheet,) = done.folder.glob("交接登记_*.xlsx")
    cells = [
        str(cell) for row in openpyxl.load_workbook(sheet).active.iter_rows(values_only=True) for cell in row
    ]
    assert any(done.entry.mark in cell for cell in cells)
    assert done.files[0].sha256 in cells
    (entry,) = access.entries(lake)
    assert (entry.by, entry.verb, [item.rows for item in entry.items]) == ("张建国", "hand-out", [2])
    assert audit_log.entries(lake, kind="hand_out")[0].facts["access_log"]["hash"] == entry.hash


@pytest.mark.parametrize("suite", ["cms", "sm"])
def test_a_township_with_a_certificate_needs_no_passphrase(lake, policy, tmp_path, suite):
    folder = tmp_path / "keys"
    (folder / "partners").mkdir(parents=True)
    folder.chmod(0o700)
    key, certificate = sealing.make_pair("隆务镇", suite, first_day=ON, last_day=date(2027, 11, 3))
    (folder / "partners" / "乡镇-隆务镇.crt").write_bytes(certificate)
    done = handed(lake, policy, keys=Keys.at(folder, lake.home))
    assert set(done.passphrases) == {"保安镇"}
    (one,) = [one for one in done.files if one.township == "隆务镇"]
    packed = sealing.unseal((done.folder / one.file).read_bytes(), certificate, key, suite)
    with zipfile.ZipFile(io.BytesIO(packed)) as outer:
        assert sorted(outer.namelist()) == ["摸排台账_隆务镇_2026-10.xlsx", "预警清单_隆务镇_2026-10.xlsx"]


def test_nothing_is_handed_out_by_nobody_unknown_or_changed(lake, policy):
    with pytest.raises(Refused, match="by somebody"):
        handed(lake, policy, by=" ")
    with pytest.raises(Refused, match="无此镇"):
        handed(lake, policy, townships=["无此镇"])
    with pytest.raises(Refused, match="any township"):
        hand_out(Month(2026, 9), lake=lake, policy=policy, by="张建国", on=ON)
    (lake.home / "release" / str(MONTH) / "lists" / "预警清单_隆务镇_2026-10.xlsx").write_bytes(b"other")
    with pytest.raises(LakeDamaged, match="not the file that was released"):
        handed(lake, policy)
    assert not (lake.home / "handed" / str(MONTH) / "1").exists()
    assert not access.entries(lake)


def test_what_comes_back_under_its_passphrase_is_opened_with_it_only(lake, policy, tmp_path):
    done = handed(lake, policy, townships=["保安镇"])
    path = done.folder / done.files[0].file
    plain = next(lake.home.glob(f"release/*/*/{path.name}"))
    assert unlocked(path, ["WRONG", done.passphrases["保安镇"] + "\n"]) == plain.read_bytes()
    assert unlocked(path, ["WRONG"]) is None
    assert unlocked(plain, ["any"]) == plain.read_bytes(), "a workbook without a passphrase stays as it is"
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"\xd0\xcf\x11\xe0 cut off")
    assert unlocked(broken, ["any"]) is None
