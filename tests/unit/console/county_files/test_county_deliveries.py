"""The written files: what stands where, and that the truth points at it."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from console.county.layouts import header, layouts
from console.county.write import write_world
from warehouse.intake.contract import contracts

from_month = ("2026-08", "2026-09", "2026-10")


def _csv_rows(path: Path) -> list[list[str]]:
    layout = layouts()[_feed_of(path)]
    text = path.read_bytes().decode(layout.encoding, errors="replace")
    return [[], *csv.reader(text.splitlines())]


def _xlsx_rows(path: Path, sheet: str) -> list[list[Any]]:
    return [[], *CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python(skip_empty_area=False)]


def _feed_of(path: Path) -> str:
    return max((feed for feed in contracts() if path.name.startswith(feed)), key=len)


def _place_of(feed: str, column: str, headers: list[list[Any]]) -> int:
    words = set(contracts()[feed].column(column).headers)
    return next(at for row in headers for at, word in enumerate(row) if word in words)


def _text(cell: Any) -> str:
    return str(int(Decimal(repr(cell)))) if isinstance(cell, float) else str(cell)


def test_every_truth_row_points_at_the_cell_it_speaks_of(written: Any) -> None:
    ids = written.truth("ids_as_written")
    seen = 0
    for (month, feed, file, sheet), rows in ids.groupby(["month", "feed", "file", "sheet"]):
        path = written.out / "inbox" / month / file
        lines = _xlsx_rows(path, sheet) if sheet else _csv_rows(path)
        for role, part in rows.groupby("role"):
            person = next(one for one in contracts()[feed].persons if one.role == role)
            if not person.id:
                continue
            at = _place_of(feed, person.id, lines[1:5])
            width = 18 if person.id == "card_no" else None
            cells = [_text(lines[row][at])[:width] for row in part["row"]]
            assert cells == part["id_as_written"].tolist(), (month, file, sheet, role)
            seen += len(cells)
    assert seen > 10_000


def test_every_named_row_of_a_file_has_its_truth(written: Any) -> None:
    rows = written.truth("rows")
    truth = rows[
        (rows["role"] == "self") & (rows["month"] == "2026-08") & (rows["feed"] == "education_enrolment")
    ]
    lines = _csv_rows(written.out / "inbox" / "2026-08" / "education_enrolment.csv")
    assert truth["row"].tolist() == list(range(2, len(lines)))
    assert truth["true_person"].str.fullmatch(r"T\d{7}").all()


def test_manifests_hold(written: Any) -> None:
    found = 0
    for manifest in sorted(written.out.glob("inbox/*/*.manifest.json")):
        path = manifest.with_name(manifest.name.removesuffix(".manifest.json"))
        told = json.loads(manifest.read_text(encoding="utf-8"))
        assert told["sha256"] == sha256(path.read_bytes()).hexdigest()
        if path.suffix == ".csv":
            assert told["rows"] == len(_csv_rows(path)) - 2
        else:
            assert told["rows"] == _data_rows(path)
        found += 1
    assert found > 20


def _data_rows(path: Path) -> int:
    feed = _feed_of(path)
    count = 0
    for sheet in CalamineWorkbook.from_path(path).sheet_names:
        if sheet.startswith("Sheet") and sheet != "Sheet1":
            continue
        lines = _xlsx_rows(path, sheet)
        if len(lines) < 5:
            continue
        at = _place_of(feed, "relation", lines[3:5])
        count += sum(1 for line in lines[4:] if str(line[at]).strip("\u3000 ") not in ("", "与户主关系"))
    return count


def test_the_roster_has_its_furniture(written: Any) -> None:
    folder = written.out / "inbox" / "2026-08"
    book = CalamineWorkbook.from_path(folder / "assistance_roster.xlsx")
    assert book.sheet_names == ["兰采乡", "加吾乡", "填表说明", "Sheet2", "Sheet3"]
    assert [str(sheet.visible) for sheet in book.sheets_metadata][2].endswith("Hidden")
    lines = _xlsx_rows(folder / "assistance_roster.xlsx", "兰采乡")
    assert "花名册" in lines[1][0]
    assert lines[2][0].startswith("填报单位") and lines[2][6].startswith("填报时间")
    at = _place_of("assistance_roster", "monthly_amount", lines[3:4])
    assert lines[-1][0] == "合计" and lines[-2][0] == "\u3000"
    data = [line[at] for line in lines[4:-1] if isinstance(line[at], float)]
    assert lines[-1][at] == pytest.approx(sum(data)) and len(data) > 100
    assert any(set(map(str, line)) == {""} for line in lines[4:]) or any(
        line[0] == "\u3000" for line in lines[4:-2]
    )
    own = _xlsx_rows(folder / "assistance_roster_保安镇.xlsx", "保安镇")
    assert header(contracts()["assistance_roster"].column("name"), 1) in own[3]


def test_the_1904_workbook_counts_days_its_own_way(written: Any) -> None:
    folder = written.out / "inbox" / "2026-08"
    serials: dict[str, set[int]] = defaultdict(set)
    for name, sheet in (("assistance_roster.xlsx", "加吾乡"), ("assistance_roster_保安镇.xlsx", "保安镇")):
        lines = _xlsx_rows(folder / name, sheet)
        at = _place_of("assistance_roster", "admitted_on", lines[3:4])
        serials[sheet] = {int(line[at]) for line in lines[4:] if isinstance(line[at], float)}
    day = pd.Timestamp("2021-05-31")
    assert serials["保安镇"] == {(day - pd.Timestamp("1904-01-01")).days}
    assert serials["加吾乡"] <= {(day - pd.Timestamp("1899-12-30")).days}


def test_two_level_headers_name_every_column_once(written: Any) -> None:
    lines = _xlsx_rows(written.out / "inbox" / "2026-08" / "rural_monitoring.xlsx", "Sheet1")
    leaves = [low or high for high, low in zip(lines[3], lines[4], strict=True)]
    assert {"户编号", "姓名", "证件号码", "年工资性收入"} <= set(leaves) and "收入情况（元）" in lines[3]
    assert len(leaves) == len(set(leaves))


def test_damaged_numbers_are_numeric_cells(written: Any) -> None:
    numeric = []
    for path in sorted(written.out.glob("inbox/*/rural_monitoring.xlsx")):
        lines = _xlsx_rows(path, "Sheet1")
        at = _place_of("rural_monitoring", "id_no", lines[3:5])
        numeric += [line[at] for line in lines[5:] if isinstance(line[at], float)]
    assert numeric and all(len(_text(cell)) == 18 and _text(cell).endswith("000") for cell in numeric)


def test_broken_bytes_spoil_their_own_row_only(written: Any) -> None:
    broken = 0
    for path in sorted(written.out.glob("inbox/*/*.csv")):
        if path.name in set(written.truth("copies")["file"]) and path.parent.name == "2026-09":
            continue
        layout = layouts()[_feed_of(path)]
        codec = "utf-8" if layout.encoding.startswith("utf-8") else layout.encoding
        for line in path.read_bytes().splitlines():
            try:
                line.decode(codec)
            except UnicodeDecodeError:
                broken += 1
                assert b"\xff" in line
                line.replace(b"\xff", b"").decode(codec)
    assert broken == written.account.dirt["bytes_undecodable"] > 0


def test_line_ends_commas_and_quotes(written: Any) -> None:
    folder = written.out / "inbox" / "2026-08"
    payment = (folder / "assistance_payment.csv").read_bytes()
    assert 0 < payment.count(b"\r\n") < payment.count(b"\n")
    assert any(line.endswith(b",") for line in payment.splitlines()[1:])
    enrolment = _csv_rows(folder / "medical_enrolment.csv")
    assert {len(line) for line in enrolment[1:]} == {len(enrolment[1])}
    assert any("," in cell for line in enrolment for cell in line)
    assert (folder / "education_enrolment.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_sent_twice_corrected_and_late(written: Any) -> None:
    inbox = written.out / "inbox"
    first = inbox / "2026-09" / "education_aid.xlsx"
    again = inbox / "2026-09" / "education_aid_重复报送.xlsx"
    assert first.read_bytes() == again.read_bytes()
    old, new = (_csv_rows(inbox / "2026-09" / f"assistance_payment{end}.csv") for end in ("", "_v2"))
    assert len(old) < len(new)
    assert sum(one[5] != other[5] for one, other in zip(old[2:], new[2:], strict=False)) >= 5
    assert not list((inbox / "2026-09").glob("unemployment*"))
    assert {path.name for path in (inbox / "2026-10").glob("unemployment*.csv")} == {
        "unemployment.csv",
        "unemployment_2026-09补报.csv",
    }
    in_force = set(written.truth("rows").query("month == '2026-09'")["file"])
    copies = set(written.truth("copies")["file"])
    assert copies == {"assistance_payment.csv", "education_aid_重复报送.xlsx"}
    assert not copies & in_force and "assistance_payment_v2.csv" in in_force


def test_big_settlements_come_in_parts_and_history_beside_the_first_month(written: Any) -> None:
    names = {
        month: {path.name for path in (written.out / "inbox" / month).glob("medical_settlement*.csv")}
        for month in from_month
    }
    parts = {f"medical_settlement_{part}of3.csv" for part in (1, 2, 3)}
    assert names["2026-08"] == parts | {"medical_settlement_history.csv"}
    assert names["2026-09"] == names["2026-10"] == parts


def test_a_persistent_mistake_is_there_again_next_month(written: Any) -> None:
    ids = written.truth("ids_as_written").query("feed == 'rural_monitoring' and role == 'self'")
    own = {f"T{number:07d}": text for number, text in enumerate(written.world.persons["id_no"])}
    wrong = ids[ids["id_as_written"] != ids["true_person"].map(own)]
    by_month = {month: set(part["true_person"]) for month, part in wrong.groupby("month")}
    both = by_month["2026-08"] & by_month["2026-10"]
    assert len(both) > 0.6 * len(by_month["2026-08"])
    assert by_month["2026-08"] - by_month["2026-10"]


def test_a_warning_about_people_the_dirt_took_away_may_go_either_way(written: Any) -> None:
    warnings = written.truth("warnings")
    assert set(warnings.columns) == {"month", "rule_id", "true_person", "expected"}
    parents = np.arange(len(written.world.persons)) % 4 == 0
    lost = warnings[warnings["expected"].isna()]
    assert 0 < len(lost) < len(warnings) / 3
    assert lost["true_person"].nunique() < parents.sum()
    assert warnings["month"].nunique() == 3


def test_the_same_seed_writes_the_same_bytes_and_another_does_not(
    written: Any, tmp_path: Path, fake_months: list[Any]
) -> None:
    world = type(written.world)(120)
    digests = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_world(tmp_path / name, world, seed=seed, months=fake_months[:1], report=lambda text: None)
        files = sorted(path for path in (tmp_path / name).rglob("*") if path.is_file())
        digests.append(
            {str(path.relative_to(tmp_path / name)): sha256(path.read_bytes()).hexdigest() for path in files}
        )
    assert digests[0] == digests[1]
    assert digests[0].keys() == digests[2].keys() and digests[0] != digests[2]


def test_whose_number_stands_on_a_spouses_death_may_be_found_wrongly_dead(written: Any) -> None:
    ids = written.truth("ids_as_written").query("feed == 'death' and month == '2026-10'")
    owner = {text: number for number, text in enumerate(written.world.persons["id_no"])}
    spouses = written.world.persons["spouse"].to_numpy()
    mistaken = [
        owner[row.id_as_written]
        for row in ids.itertuples()
        if row.id_as_written in owner and owner[row.id_as_written] == spouses[int(row.true_person[1:])]
    ]
    planted = written.truth("warnings").query("rule_id == 'D03' and month == '2026-10'")
    assert mistaken and {f"T{number:07d}" for number in mistaken} <= set(planted["true_person"])
    assert planted["expected"].isna().all()
