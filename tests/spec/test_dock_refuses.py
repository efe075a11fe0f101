"""What the dock refuses, with the file and the next step."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.dock_support import (
    MONTH,
    csv_bytes,
    headers,
    lake_in,
    policy,
    roster_rows,
    rows_of,
    whole_month,
    write_sheets,
)
from tests.spec.dock_looks import landed
from warehouse.errors import DeliveryRefused, MonthNotClosed, Refused
from warehouse.intake.close import close
from warehouse.intake.contract import contracts
from warehouse.intake.receive import receive


def cut_off_xlsx(folder: Path) -> None:
    path = folder / "assistance_roster.xlsx"
    path.write_bytes(path.read_bytes()[:3000])


def binary_named_csv(folder: Path) -> None:
    (folder / "death.csv").write_bytes(random.Random(7).randbytes(5000))


def web_page_named_xls(folder: Path) -> None:
    (folder / "assistance_roster.xlsx").unlink()
    (folder / "assistance_roster.xls").write_text("<html><table><tr><td>姓名</td></tr></table></html>")


def missing_column(folder: Path) -> None:
    rows = [headers(contracts()["death"]), *rows_of(contracts()["death"], 3)]
    rows[0][rows[0].index("注销日期")] = "备用"
    (folder / "death.csv").write_bytes(csv_bytes(rows))


def missing_column_in_sheet(folder: Path) -> None:
    rows = roster_rows()
    rows[2] = [cell for cell in rows[2] if cell != "救助证编号"]
    write_sheets(folder / "assistance_roster.xlsx", {"好": roster_rows(), "隆务镇": rows})


def wrong_rows_in_manifest(folder: Path) -> None:
    (folder / "death.csv.manifest.json").write_text(json.dumps({"rows": 21}))


def wrong_hash_in_manifest(folder: Path) -> None:
    (folder / "death.csv.manifest.json").write_text(json.dumps({"rows": 20, "sha256": "0" * 64}))


def broken_manifest(folder: Path) -> None:
    (folder / "death.csv.manifest.json").write_text('{"rows": "many"}')


def cut_off_csv(folder: Path) -> None:
    path = folder / "medical_enrolment.csv"
    path.write_bytes(path.read_bytes()[:-60])


def other_month_by_rows(folder: Path) -> None:
    path = folder / "medical_settlement.csv"
    path.write_bytes(path.read_bytes().replace(b"2026-10-12", b"2026-09-12"))


def other_month_by_title(folder: Path) -> None:
    write_sheets(folder / "assistance_roster.xlsx", {"隆务镇": roster_rows(filled_in="2026-09-25")})


def no_header(folder: Path) -> None:
    (folder / "death.csv").write_text("这是,一份,说明\n没有,表,头\n")


def empty_file(folder: Path) -> None:
    (folder / "death.csv").write_bytes(b"")


def mostly_unreadable(folder: Path) -> None:
    path = folder / "death.csv"
    head, *rows = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(head + b"".join(b"x,y\r\n" if n % 2 else row for n, row in enumerate(rows)))


BAD_INPUTS: list[tuple[Callable[[Path], None], list[str]]] = [
    (cut_off_xlsx, ["assistance_roster.xlsx", "cut off"]),
    (binary_named_csv, ["death.csv", "binary"]),
    (web_page_named_xls, ["assistance_roster.xls", "web page", "save it as .xlsx"]),
    (missing_column, ["death.csv", "注销日期", "contracts/death.yml"]),
    (missing_column_in_sheet, ["assistance_roster.xlsx", "隆务镇", "救助证编号"]),
    (wrong_rows_in_manifest, ["death.csv", "20 rows", "21"]),
    (wrong_hash_in_manifest, ["death.csv", "sha256"]),
    (broken_manifest, ["death.csv.manifest.json", "cannot be read"]),
    (cut_off_csv, ["medical_enrolment.csv", "cut off"]),
    (other_month_by_rows, ["medical_settlement.csv", "another month", "2026-09"]),
    (other_month_by_title, ["assistance_roster.xlsx", "another month", "2026-09"]),
    (no_header, ["death.csv", "no header"]),
    (empty_file, ["death.csv", "empty"]),
    (mostly_unreadable, ["death.csv", "10 of 20 rows", "too few fields 10"]),
]


@pytest.mark.parametrize(("spoil", "words"), BAD_INPUTS, ids=lambda case: getattr(case, "__name__", ""))
def test_a_bad_file_is_refused_with_its_name_and_the_next_step(
    tmp_path: Path, spoil: Callable[[Path], None], words: list[str]
) -> None:
    folder = whole_month(tmp_path / "inbox")
    spoil(folder)
    lake = lake_in(tmp_path)
    with pytest.raises(DeliveryRefused) as refusal:
        receive(MONTH, inbox=tmp_path / "inbox", lake=lake, policy=policy())
    message = str(refusal.value)
    assert all(word in message for word in [*words, "Next step"]), message
    # The sound files are on the shelf all the same, and the month cannot be closed over the refused one.
    assert len(landed(lake, "assistance_payment")) == 20
    with pytest.raises(MonthNotClosed, match=words[0].removesuffix(".manifest.json")):
        close(MONTH, lake=lake, policy=policy())


@pytest.mark.parametrize(("make", "word"), [(False, "no folder"), (True, "is empty")])
def test_an_inbox_without_files_is_refused(tmp_path: Path, make: bool, word: str) -> None:
    if make:
        (tmp_path / "inbox" / str(MONTH)).mkdir(parents=True)
    with pytest.raises(Refused, match=word):
        receive(MONTH, inbox=tmp_path / "inbox", lake=lake_in(tmp_path), policy=policy())
