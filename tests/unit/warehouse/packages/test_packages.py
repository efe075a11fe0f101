"""Packages as their recipients get them: agreed columns only, checked by other programs, and known when they leak."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from datetime import date, timedelta

import openpyxl
import pytest
from frictionless import Package, system

from tests.unit.warehouse.packages.made_up_packages import (
    AGREEMENTS,
    BY,
    MONTH,
    ON,
    make_keys,
    people,
    put_into_force,
    shared,
)
from tests.unit.warehouse.packages.opened_packages import NAMES, folder_of, opened, rows_of
from warehouse.errors import Misconfigured, NotReleased, Refused
from warehouse.packages import handling
from warehouse.packages.agreement import read_folder
from warehouse.packages.ledger import approve, standings
from warehouse.packages.rows import read_rows
from warehouse.packages.sealing import SIGNATURE_ENDING
from warehouse.release.masking import MASKED, Mask, exposed

NOBODY = Mask("partner", MASKED, MASKED, MASKED, 0, 0, 0, 0)


@pytest.mark.parametrize("name", NAMES)
def test_only_agreed_columns_leave_and_fit_their_schema(house, tmp_path, name) -> None:
    lake, keys, found = house
    agreement = next(one.agreement for one in found if one.agreement.agreement == name)
    out = opened(lake, keys, found, name, tmp_path / "out")
    described = json.loads((out / "datapackage.json").read_text(encoding="utf-8"))
    assert len(described["resources"]) == len(agreement.tables) == len(list((out / "data").iterdir()))
    whole = [one for person in people() for one in person.values()]
    for table, resource in zip(agreement.tables, described["resources"], strict=True):
        rows, _ = read_rows(table.rows)
        titles = [rows.column(column).title for column in table.columns]
        header, *body = rows_of(out / resource["path"])
        assert header == titles if rows.shape == "counts" else header == ["记录号", *titles]
        assert [field["name"] for field in resource["schema"]["fields"]] == header
        assert body and len(body) == resource["rows"]
        if agreement.identity != "whole":
            assert not [cell for row in body for cell in row if exposed(cell, NOBODY) or cell in whole]
            assert not any(person["name"] in str(body) for person in people())
    with system.use_context(trusted=True):
        report = Package(str(out / "datapackage.json")).validate()
    assert report.valid, report.flatten(["title", "message"])[:3]


def test_nobody_stands_in_what_is_not_sealed(house) -> None:
    """Manifest, words beside, outcome, audit log and access log tell of no person."""
    lake, _, _ = house
    folders = [
        lake.home / "packages",
        lake.root / "audit_log",
        lake.root / "outcomes",
        lake.root / "package_marks",
    ]
    for path in (path for folder in folders for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        for person in people():
            for value in person.values():
                assert value.encode() not in content and value.encode("gb18030") not in content, path.name


def test_other_programs_open_a_package(house, tmp_path) -> None:
    """OpenSSL checks the signature and opens it, LibreOffice reads the workbook."""
    lake, keys, _ = house
    folder, certificates = folder_of(lake, "students-without-aid"), keys.folder / "partners"
    run = subprocess.run(
        ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", folder / "manifest.json.p7s", "-content",
         folder / "manifest.json", "-CAfile", keys.folder / "ours" / "cms.crt", "-purpose", "any"],
        capture_output=True, check=True,
    )  # fmt: skip
    manifest = json.loads(run.stdout)
    sealed = folder / manifest["sealed"]["file"]
    assert hashlib.sha256(sealed.read_bytes()).hexdigest() == manifest["sealed"]["sha256"]
    opened_by = subprocess.run(
        ["openssl", "cms", "-decrypt", "-binary", "-inform", "DER", "-in", sealed, "-recip",
         certificates / "jy-2026.crt", "-inkey", certificates / "jy-2026.key"],
        capture_output=True, check=True,
    )  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(opened_by.stdout)) as archive:
        archive.extractall(tmp_path)
    soffice = shutil.which("soffice")
    if not soffice:
        pytest.skip("no LibreOffice on this machine")
    book = next((tmp_path / "data").glob("*.xlsx"))
    shown = rows_of(book)
    subprocess.run(
        [soffice, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to",
         "csv:Text - txt - csv (StarCalc):44,34,76", "--outdir", tmp_path, book],
        capture_output=True, check=True, timeout=120,
    )  # fmt: skip
    assert rows_of(tmp_path / f"{book.stem}.csv") == shown


@pytest.mark.parametrize(
    ("name", "key", "suite"),
    [("students-without-aid", "jy-2026", "cms"), ("rural-names", "xczx-2026", "sm")],
)
def test_the_commands_beside_a_package_do_what_they_say(house, tmp_path, name, key, suite) -> None:
    """``开封说明.txt`` is followed line by line by a partner who has OpenSSL and nothing else."""
    lake, keys, _ = house
    folder, certificate = folder_of(lake, name), keys.partner(key, ON)
    place = shutil.copytree(folder, tmp_path / "received")
    (place / "贵单位证书.crt").write_bytes(certificate)
    (place / "贵单位私钥.key").write_bytes(keys.partner_secret(key))
    lines = (place / "开封说明.txt").read_text(encoding="utf-8-sig").splitlines()
    shown = []
    for command in (line.strip() for line in lines if line.startswith("  openssl ")):
        if "回执.txt" in command:
            if suite == "cms":
                zipfile.ZipFile(place / "数据包.zip").extractall(place)
            else:
                (place / "回执.txt").write_text("已收到", encoding="utf-8")
        done = subprocess.run(command, shell=True, cwd=place, capture_output=True, text=True, check=True)
        shown.append(done.stdout + done.stderr)
    told = "".join(shown)
    assert "Verif" in told and json.loads((place / "manifest.json").read_bytes())["sealed"]["sha256"] in told
    receipt, signature = place / "回执.txt", place / f"回执.txt{SIGNATURE_ENDING[suite]}"
    assert handling.is_signed(receipt.read_bytes(), signature.read_bytes(), certificate, suite)


SMUGGLED = {
    "an ID in the place of a village": "id_no AS village, word, n, yuan, month, proposed",
    "an ID as a word": "village, id_no AS word, n, yuan, month, proposed",
    "an ID as a number": "village, word, left(id_no, 17)::BIGINT AS n, yuan, month, proposed",
    "half an ID as yuan": "village, word, n, left(id_no, 16)::DECIMAL(18, 2) AS yuan, month, proposed",
    "a name as a month": "village, word, n, yuan, name AS month, proposed",
    "an ID in free text": "village, word, n, yuan, month, '请核实 ' || id_no AS proposed",
    "an ID with gaps in free text": (
        "village, word, n, yuan, month, '请核实 ' || left(id_no, 6) || ' ' || substr(id_no, 7, 8) || ' '"
        " || right(id_no, 4) AS proposed"
    ),
    "a phone in free text": "village, word, n, yuan, month, '电话' || phone AS proposed",
    "a column more": "village, word, n, yuan, month, proposed, id_no",
}


@pytest.mark.parametrize(("why", "columns"), SMUGGLED.items())
def test_what_a_query_smuggles_does_not_leave(own, tmp_path, why, columns) -> None:
    lake, keys, _ = own
    folder = tmp_path / "agreements"
    (folder / "queries").mkdir(parents=True)
    kinds = {"village": "place", "n": "count", "yuan": "yuan", "month": "month", "proposed": "text"}
    listed = "".join(f"  - {{name: {name}, title: {name}列, kind: {kind}}}\n" for name, kind in kinds.items())
    (folder / "queries" / "odd.yml").write_text(
        "rows: odd\ntitle: 夹带\nshape: records\ncolumns:\n" + listed
        + "  - {name: word, title: 类别, kind: word, words: [低保]}\n", encoding="utf-8",
    )  # fmt: skip
    made_up = "SELECT *, '低保' AS word, 1 AS n, 2.5 AS yuan, '2026-09' AS month, '请核实' AS proposed FROM dim_person"
    keep = "village, word, n, yuan, month, proposed"

    def give(these: str):
        sql = f"SELECT person_id AS subject, {these} FROM ({made_up}) AS everybody"
        (folder / "queries" / "odd.sql").write_text(sql, encoding="utf-8")
        text = (AGREEMENTS / "death-doubts.yml").read_text(encoding="utf-8")
        head = text[: text.index("tables:")].replace("agreement: death-doubts", "agreement: odd")
        tables = f"tables:\n  - name: odd\n    rows: odd\n    columns: [{keep}]\n"
        (folder / "odd.yml").write_text(head.replace("kind: xlsx", "kind: csv") + tables, encoding="utf-8")
        found = read_folder(folder)
        if not standings(lake, agreement="odd"):
            approve(lake, found[0], by=BY, reason="协议已签", on=ON)
        return shared(lake, keys, found, beside=folder)

    with pytest.raises((NotReleased, Misconfigured)) as refused:
        give(columns)
    assert not folder_of(lake, "odd").exists()
    assert not [
        one for one in people() if one["id_no"] in str(refused.value) or one["name"] in str(refused.value)
    ]
    # The same without what was smuggled goes out.
    assert give(keep).counts["made"] == 1


def test_two_partners_cannot_join_by_pseudonyms(own, tmp_path) -> None:
    """One person, two partners: no pseudonym in common; one partner, two months: the same; a new epoch: others."""
    lake, keys, _ = own
    folder = tmp_path / "agreements"
    folder.mkdir()
    text = (AGREEMENTS / "rural-change.yml").read_text(encoding="utf-8")
    for name, partner, method, epoch in (
        ("one", "aa", "hmac-sm3", "2026"), ("two", "bb", "hmac-sha256", "2026"),
        ("three", "aa", "hmac-sm3", "2026-2"), ("four", "aa", "hmac-sm3", "2026"),
    ):  # fmt: skip
        new = text.replace("agreement: rural-change", f"agreement: {name}").replace("xczx", partner)
        new = new.replace("partner: 同仁市乡村振兴局", f"partner: 合作单位{partner}")
        new = new.replace('epoch: "2026"', f'epoch: "{epoch}"').replace("hmac-sm3", method)
        (folder / f"{name}.yml").write_text(new, encoding="utf-8")
    found = read_folder(folder)
    make_keys(keys.folder, found, lake.home)
    put_into_force(lake, found)
    shared(lake, keys, found)

    def names(agreement: str) -> set[str]:
        out = opened(lake, keys, found, agreement, tmp_path / agreement)
        header, *rows = rows_of(next((out / "data").glob("监测家庭*")))
        return {row[header.index("家庭代码")] for row in rows} | {row[0] for row in rows}

    told = {one: names(one) for one in ("one", "two", "three", "four")}
    assert told["one"] and not told["one"] & told["two"]
    assert not told["one"] & told["three"]
    # Another agreement with the same partner of the same epoch: the same households, other record numbers.
    assert len(told["one"] & told["four"]) == len(told["one"]) / 2
    renamed = (
        (folder / "two.yml").read_text(encoding="utf-8").replace("partner: 合作单位bb", "partner: 别的单位")
    )
    (folder / "five.yml").write_text(renamed.replace("agreement: two", "agreement: five"), encoding="utf-8")
    with pytest.raises(Misconfigured, match="two partners 'bb'"):
        shared(lake, keys, read_folder(folder), partner="two")
    shutil.copy(keys.folder / "pseudonyms" / "aa.2026.key", keys.folder / "pseudonyms" / "bb.2026.key")
    with pytest.raises(Misconfigured, match="one key"):
        shared(lake, keys, found, partner="two")


def test_agreements_not_in_force_share_nothing_and_say_so(own, tmp_path) -> None:
    lake, keys, found = own
    late = date(2027, 2, 1)
    outcome = shared(lake, keys, found, on=late)
    assert outcome.counts["made"] == outcome.counts["kept"] == 0
    assert outcome.status == "nothing"
    assert len(outcome.reasons) == len(found) and all("到期" in one for one in outcome.reasons)
    assert "没有密钥" in shared(lake, None, found).reasons[0]
    # The day cannot be turned back to before the agreement was over.
    put_into_force(lake, found[:1])
    with pytest.raises(Refused, match="lies before entry"):
        shared(lake, keys, found, on=ON - timedelta(days=1))


def test_notices_go_along_masked_and_with_agreed_columns_only(own, tmp_path) -> None:
    lake, keys, found = own
    name, agreed = (
        f"校核纠错单_公安_{MONTH}.xlsx",
        ["文件", "行号", "姓名", "证件号码", "核查结论", "纠错编号"],
    )
    (lake.home / "notices" / str(MONTH)).mkdir(parents=True)

    def give(header: list[str], row: list[str]) -> None:
        book = openpyxl.Workbook()
        for line in (["公安 校核纠错单"], header, row):
            book.active.append(line)
        book.save(lake.home / "notices" / str(MONTH) / name)

    give([*agreed, "电话"], ["death.csv", "7", "张*", "632321********8083", "", "N1"])
    with pytest.raises(NotReleased, match="电话"):
        shared(lake, keys, found, partner="death-doubts")
    give(agreed, ["death.csv", "7", "张*", people()[7]["id_no"], "", "N1"])
    with pytest.raises(NotReleased, match="完整的证件号"):
        shared(lake, keys, found, partner="death-doubts")
    give(agreed, ["death.csv", "7", "张*", "632321********8083", "", "N1"])
    assert shared(lake, keys, found, partner="death-doubts").counts["made"] == 1
    out = opened(lake, keys, found, "death-doubts", tmp_path / "out", number=2)
    assert (out / "enclosed" / name).read_bytes() == (lake.home / "notices" / str(MONTH) / name).read_bytes()
