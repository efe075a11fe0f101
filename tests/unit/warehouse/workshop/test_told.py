"""What a simulation says: sentences, the line to paste, workbook, page, and names for who may see them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from warehouse import colours
from warehouse.access import entries
from warehouse.errors import Misconfigured
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Line, load
from warehouse.policy.packs import read_packs
from warehouse.settings import REPOSITORY
from warehouse.workshop import told
from warehouse.workshop.names import write_names
from warehouse.workshop.near import Estimate
from warehouse.workshop.report import refuse_other_ending, write_report
from warehouse.workshop.simulate import COUNTS, Place, Simulation, Weighed
from warehouse.workshop.trials import Trial

PACKS = REPOSITORY / "dbt_project" / "seeds" / "policy"
LINE = "medical_burden_line_low_income"
HELD = Line(
    "tongren", LINE, "10000", "yuan", date(2021, 1, 1), None, "示例值", "illustrative", "", "tongren.csv", 13
)
NOTHING = Estimate(0, 0, 0, 0, 0)
UNKNOWN = Estimate(unknown=2, answers=30, held=23, low=0, high=2)


def counts(**said: int) -> dict[str, int]:
    return dict.fromkeys(COUNTS, 0) | said


def weighed(value: str, unknown: Estimate = NOTHING, **said: int) -> Weighed:
    return Weighed(Trial(((LINE, value),)), counts(**said), 4, 0, unknown, NOTHING, 0)


HIGHER = weighed(
    "12000", UNKNOWN, visits_before=51, visits_after=47, visits_fewer=4, fewer_shared=3, gone=4, missed=1,
    missed_aided=1, spared=1, gone_unknown=2,
)  # fmt: skip


def simulation(*trials: Weighed) -> Simulation:
    finding = {
        "step": 1, "warning_id": "W1", "month": "2026-09", "township": "甲乡", "village": "一村", "household": "H1",
        "person_id": "P1", "amount": 11000.0, "summary": "=1+1 本人 632321198001011234 的负担", "fate": "gone",
        "label": "never",
    }  # fmt: skip
    return Simulation(
        rule="R01", title="医疗负担过重", region="tongren", months=("2026-09", "2026-10"), in_force=(HELD,),
        weighed=trials or (HIGHER,),
        places=(Place(1, "2026-09", "甲乡", counts(visits_before=51, visits_after=47, visits_fewer=4, gone=4)),),
        raised_before=59, not_assessed_before=0, answered={"held": 27, "refuted": 7, "never": 24, "unclear": 1},
        is_between_offices=False, unlike_built={}, confidence=0.9, findings=pa.Table.from_pylist([finding]),
        raised=pa.table({}),
    )  # fmt: skip


def test_what_a_trial_comes_to_in_sentences() -> None:
    said = " ".join(told.sentences(simulation(), HIGHER))
    for words in (
        "上门 51 → 47 户次，少 4 户次；增减中有 3 户次因别的预警本来就要走，实际少走 1 户次",
        "会漏掉：核查属实的 1 条（其中 1 条已纳入救助）",
        "可免去：核查为不属实的 1 条",
        "没有核查结论的 2 条：未知。估计其中约 0 至 2 条会属实（按线附近 30 条答复中属实 23 条推算，90% 的把握）",
    ):
        assert words in said
    nobody = weighed("12000", Estimate(3, 0, 0, None, None), gone=3, gone_unknown=3)
    assert (
        "没有核查结论的 3 条：未知。线附近没有核查过的，无从估计。"
        in told.sentences(simulation(), nobody)[-1]
    )


def test_cautions_say_what_the_numbers_are_not() -> None:
    said = "".join(told.cautions(simulation()))
    assert "有核查结论的 34 条" in said and "从未有答复 24 条" in said
    other = replace(simulation(), is_between_offices=True, unlike_built={"2026-09": 3})
    said = "".join(told.cautions(other))
    assert "不派村走访" in said and "2026-09 3 条" in said


def test_the_line_to_paste_stands_in_a_pack_once_it_is_filled_in(tmp_path: Path) -> None:
    (line,) = told.pack_lines(simulation(), HIGHER)
    assert "tongren.csv 第 13 行的 valid_to" in line.beside
    for pack in PACKS.glob("*.csv"):
        (tmp_path / pack.name).write_bytes(pack.read_bytes())
    own = tmp_path / "tongren.csv"
    before = own.read_text(encoding="utf-8")
    own.write_text(before + line.csv + "\n", encoding="utf-8")
    assert read_packs(tmp_path).faults, "as it stands nobody can put it in force unseen"
    filled = line.csv.replace("YYYY-MM-DD", "2027-01-01").replace("（文件名称、文号）", "某局〔2026〕1号")
    ended = before.replace(f"{LINE},10000,yuan,2021-01-01,,", f"{LINE},10000,yuan,2021-01-01,2026-12-31,")
    assert ended != before
    own.write_text(ended + filled + "\n", encoding="utf-8")
    assert not read_packs(tmp_path).faults
    assert load(tmp_path, "tongren", Month.parse("2027-01")).text(LINE) == "12000"
    assert load(tmp_path, "tongren", Month.parse("2026-12")).text(LINE) == "10000"


def test_the_value_in_force_asks_for_no_line() -> None:
    assert told.pack_lines(simulation(), weighed("10000")) == []


@pytest.mark.parametrize("ending", [".xlsx", ".html"])
def test_a_report_holds_counts_and_nobody(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"report{ending}"
    found = simulation(HIGHER, weighed("15000", visits_before=51, visits_after=44))
    write_report(path, found)
    first = path.read_bytes()
    write_report(path, found)
    assert path.read_bytes() == first
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
    text = read(path)
    for words in (
        "试算 R01 医疗负担过重",
        "未知",
        "12000",
        "甲乡",
        "不改政策参数",
        "medical_burden_line_low_income",
    ):
        assert words in text
    for nobody in ("632321198001011234", "P1", "一村"):
        assert nobody not in text
    assert ending == ".xlsx" or "http" not in text.replace("http://www.w3.org", "")
    assert not colours.without_night(text)


def test_names_are_masked_and_the_access_log_has_its_entry(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "home")
    with lake.replacing("registry", month="2026-10") as folder:
        persons = [{"person_id": "P1", "name": "=cmd|某某", "id_no": "632321198001011234"}]
        pq.write_table(pa.Table.from_pylist(persons), folder / "persons.parquet")
    path = tmp_path / "names.xlsx"
    policy = load(PACKS, "tongren", Month.parse("2026-10"))
    rows = write_names(path, simulation(), lake=lake, policy=policy, by="王股长", on=date(2026, 11, 22))
    assert rows == 1
    sheet = load_workbook(path)["名单"]
    shown = [cell for row in sheet.iter_rows() for cell in row if cell.value]
    assert all(cell.data_type != "f" for cell in shown)
    text = " ".join(str(cell.value) for cell in shown)
    assert "=cmd|某某" in text and "不再出现" in text and "未核查" in text
    assert "632321198001011234" not in text and "6323" in text
    (entry,) = entries(lake)
    assert (entry.act, entry.verb, entry.by, entry.on) == ("export", "simulate", "王股长", "2026-11-22")
    assert entry.items[0].rows == 1 and "某某" not in repr(entry)


def test_another_ending_or_no_folder_is_refused_before_any_work(tmp_path: Path) -> None:
    for path in (tmp_path / "report.pdf", tmp_path / "absent" / "report.xlsx"):
        with pytest.raises(Misconfigured):
            refuse_other_ending(path)


def read(path: Path) -> str:
    if path.suffix == ".html":
        return path.read_text(encoding="utf-8")
    return " ".join(
        str(cell.value)
        for sheet in load_workbook(path)
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    )
