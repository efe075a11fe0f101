"""Records cut from text: encodings by evidence, numbers kept, odd rows told apart."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.dock_support import MONTH, csv_bytes, headers, policy, rows_of
from warehouse.errors import DeliveryRefused
from warehouse.intake import csv_table, decoding
from warehouse.intake.contract import contracts
from warehouse.intake.csv_table import CsvTable
from warehouse.intake.landing import Landing, land_file
from warehouse.intake.limits import Limits

DEATH = contracts()["death"]
SOUND = csv_bytes([headers(DEATH), *rows_of(DEATH, 40)], "utf-8").decode()
HEAD = SOUND.splitlines()[0]
ROW = "甲{0},63230119900101{0:04d},男,,,,,20261001,死亡"


def land(tmp_path: Path, content: bytes) -> tuple[Landing, list[dict[str, object]]]:
    path = tmp_path / "death.csv"
    path.write_bytes(content)
    landing = land_file(path, tmp_path / "part", DEATH, MONTH, Limits.of(policy()), is_beside=False)
    account = landing.accounts[0]
    assert account.rows == account.landed + account.quarantined + account.furniture
    return landing, pq.read_table(tmp_path / "part").to_pylist()


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
        ("utf-16", "utf-16-le"),
    ],
)
def test_the_encoding_is_found_by_evidence_and_said(tmp_path: Path, encoding: str, said: str) -> None:
    landing, rows = land(tmp_path, f"{HEAD}\n{ROW.format(1)}\n".encode(encoding))
    assert (landing.encoding, rows[0]["name"]) == (said, "甲1")


def test_rare_characters_of_gb18030(tmp_path: Path) -> None:
    _, rows = land(tmp_path, f"{HEAD}\n{ROW.format(1).replace('甲', '䶮㼆𠀀')}\n".encode("gb18030"))
    assert rows[0]["name"] == "䶮㼆𠀀1"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_undecodable_bytes_cost_their_row_only(tmp_path: Path, encoding: str) -> None:
    lines = [line.encode(encoding) for line in [HEAD, *(ROW.format(n) for n in range(30))]]
    lines[3] = lines[3].replace("男".encode(encoding), b"\xff")
    lines[9] = lines[9].replace("死亡".encode(encoding), "死亡".encode(encoding)[:-1])
    landing, rows = land(tmp_path, b"\r\n".join(lines) + b"\r\n")
    assert landing.encoding == encoding
    assert landing.quarantine == [("", 4, "undecodable bytes"), ("", 10, "undecodable bytes")]
    assert [row["row"] for row in rows] == [n for n in range(2, 32) if n not in (4, 10)]


LINES = [
    (ROW.format(1) + ",", None, "a trailing comma"),
    (ROW.format(1) + ", ,", None, "two trailing fields that are blank"),
    (ROW.format(1) + ",x", "too many fields", "an unquoted comma"),
    ("甲,1", "too few fields", "a broken line"),
    ('"甲\n乙",63230119900101,男,,,,,20261001,死亡', None, "a line break in quotation marks"),
    (
        '"甲,""乙""",63230119900101,男,,,,,20261001,死亡',
        None,
        "commas and quotation marks in quotation marks",
    ),
    ('甲"乙,63230119900101,男,,,,,20261001,死亡', None, "a quotation mark in the middle"),
    ("", "filler", "a blank line"),
    ("　", "filler", "a line of U+3000"),
    (",,,,,,,,", "filler", "a line of commas"),
    ("合计,,,", "total", "a short total"),
    ("填表人：某某", "note", "a note below the table"),
    (HEAD, "header", "the header again"),
]


@pytest.mark.parametrize(("line", "becomes"), [case[:2] for case in LINES], ids=[case[2] for case in LINES])
@pytest.mark.parametrize("line_ends", ["\n", "\r\n", "\r", "mixed"])
def test_a_line_among_sound_ones(tmp_path: Path, line: str, becomes: str | None, line_ends: str) -> None:
    lines = [HEAD, *(ROW.format(n) for n in range(20)), line, *(ROW.format(n) for n in range(20, 40))]
    ends = [line_ends if line_ends != "mixed" else ("\n", "\r\n")[n % 2] for n in range(len(lines))]
    landing, rows = land(tmp_path, "".join(a + b for a, b in zip(lines, ends, strict=True)).encode("gb18030"))
    numbers = [row["row"] for row in rows]
    assert numbers == [n for n in range(2, 43) if becomes is None or n != 22]
    assert rows[-1]["name"] == "甲39"
    assert landing.quarantine == ([("", 22, becomes)] if becomes and "fields" in becomes else [])
    if becomes and "fields" not in becomes:
        assert landing.furniture[becomes] == (2 if becomes == "header" else 1)


def test_every_row_with_a_trailing_comma_and_titles_above(tmp_path: Path) -> None:
    text = "同仁市死亡名单\n\n" + HEAD + "\n" + "".join(ROW.format(n) + ",\n" for n in range(30))
    landing, rows = land(tmp_path, text.encode("gb18030"))
    assert (rows[0]["row"], len(rows), landing.furniture["title"]) == (4, 30, 2)


def test_tabs_between_the_fields(tmp_path: Path) -> None:
    _, rows = land(tmp_path, f"{HEAD}\n{ROW.format(1)}\n".replace(",", "\t").encode("utf-16"))
    assert rows[0]["reason"] == "死亡"


OPENED = [
    '"' + ROW.format(7),
    ROW.format(7).replace("男", '"男'),
    ROW.format(7).replace("死亡", '"死亡'),
    ROW.format(7).replace("死亡", '"死亡') + "\n" + ROW.format(8) + '"',
]


@pytest.mark.parametrize("line", OPENED)
@pytest.mark.parametrize("later", ["", '"甲,乙",63230119900101,男,,,,,20261001,死亡\n'])
def test_an_open_quotation_mark_loses_no_row_unseen(tmp_path: Path, line: str, later: str) -> None:
    sound = "".join(ROW.format(n) + "\n" for n in range(20))
    with pytest.raises(DeliveryRefused, match="a quotation mark opens in record 22"):
        land(tmp_path, f"{HEAD}\n{sound}{line}\n{sound}{later}{sound}".encode())


CELL = st.text(st.sampled_from('甲乙a1 ,"\n·'), max_size=4)


@given(
    records=st.lists(st.lists(CELL, min_size=1, max_size=7), max_size=40),
    block=st.integers(150, 400),
    encoding=st.sampled_from(["utf-8-sig", "gb18030", "utf-16"]),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_records_keep_their_numbers_whatever_lies_between(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, records: list[list[str]], block: int, encoding: str
) -> None:
    """Against Python's csv module as the judge, with blocks so small that everything falls between two."""
    monkeypatch.setattr(csv_table, "_BLOCK_BYTES", block)
    monkeypatch.setattr(decoding, "_BLOCK_BYTES", 7)
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([["列一", "列二", "列三", "列四", "列五"], *records])
    path = tmp_path / "any.csv"
    path.write_text(out.getvalue(), encoding=encoding)
    seen: dict[int, list[str] | str] = {}
    for batch in CsvTable(path, Limits.of(policy())).batches(5):
        seen |= dict(batch.faulty)
        for place, number in enumerate(batch.numbers.tolist()):
            seen[number] = [column[place].as_py() for column in batch.columns[:5]]
    wanted: dict[int, list[str] | str] = {}
    for number, cells in enumerate(csv.reader(io.StringIO(out.getvalue(), newline="")), start=1):
        is_wide = any(cell.strip() for cell in cells[5:])
        wanted[number] = "too many fields" if is_wide else [*cells, *[""] * 5][:5]
    assert seen == wanted
