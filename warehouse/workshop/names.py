"""Which households come and which go, by name: a workbook for who may see it, noted in the access log first."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from warehouse.access import Item, note, who_acts
from warehouse.database import in_memory, quoted
from warehouse.errors import HistoryMissing
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.release.masking import Mask, mask_for
from warehouse.release.workbook import Column, workbook
from warehouse.workshop import told
from warehouse.workshop.simulate import Simulation

AUDIENCE = "workshop"
_WORDS = {"gone": "不再出现", "new": "新出现", "later": "推迟出现", "sooner": "提前出现"}
_LABELS = {
    "held": "属实",
    "refuted": "不属实",
    "other": "已变化",
    "unclear": "无法核实",
    "never": "未核查",
}
_COLUMNS = (
    Column("trial", "试算值", 26), Column("fate", "变化", 10, "centre"), Column("township", "乡镇", 12),
    Column("village", "村", 12), Column("name", "姓名", 12), Column("id_no", "证件号", 21),
    Column("month", "首次出现", 10, "centre"), Column("label", "核查结果", 10, "centre"),
    Column("amount", "金额", 12, "money"), Column("summary", "说明", 60),
)  # fmt: skip
_ROWS = """
SELECT f.step, f.fate, f.township, f.village, p.name, p.id_no, f.month, f.label, f.amount, f.summary
FROM findings AS f LEFT JOIN read_parquet('{persons}') AS p USING (person_id)
WHERE f.fate <> 'same' ORDER BY f.step, f.fate, f.township, f.village, f.warning_id
"""


def write_names(path: Path, found: Simulation, *, lake: Lake, policy: Policy, by: str, on: date) -> int:
    """Write the warnings that come, go or move, with the person of each, masked as ``release.workshop.*`` says.

    The access log has its entry before the file stands; gives the number of rows.
    """
    mask = mask_for(AUDIENCE, policy)
    with in_memory(lake.home) as con:
        rows = _rows(con, found, lake)
    note(
        lake, "export", "simulate", [Item(path.name, AUDIENCE, rows=len(rows), files=1)], who=who_acts(by),
        purpose=f"试算 {found.rule}", on=on, month=found.months[-1],
    )  # fmt: skip
    aside = path.with_name(f".aside-{path.name}")
    with workbook(aside, Month.parse(found.months[-1]), told.title(found)) as book:
        sheet = book.sheet("名单")
        top = book.prose(sheet, 0, f"{told.title(found)}。{told.NOTICE}。", "notice", across=len(_COLUMNS))
        book.headers(sheet, top, _COLUMNS)
        for number, row in enumerate(rows, top + 1):
            book.line(sheet, number, _COLUMNS, _shown(row, found, mask))
    aside.replace(path)
    return len(rows)


def _rows(con: duckdb.DuckDBPyConnection, found: Simulation, lake: Lake) -> list[tuple[object, ...]]:
    months = lake.months("registry")
    if not months:
        raise HistoryMissing("this home has no registry.", next_step="run doudi run --month YYYY-MM first.")
    persons = quoted(lake.partition("registry", month=months[-1]) / "persons.parquet")
    con.register("findings", found.findings)
    return con.execute(_ROWS.format(persons=persons)).fetchall()


def _shown(row: tuple[object, ...], found: Simulation, mask: Mask) -> list[object]:
    step, fate, township, village, name, id_no, month, label, amount, summary = row
    return [
        found.weighed[int(str(step)) - 1].trial.told,
        _WORDS[str(fate)],
        mask.show_text(str(township or "")),
        mask.show_text(str(village or "")),
        mask.show_name(str(name or "")),
        mask.show_id(str(id_no or "")),
        month,
        _LABELS[str(label)],
        amount,
        mask.show_text(str(summary or "")),
    ]
