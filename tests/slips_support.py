"""A month of one feed for the tests of row rules and slips: rows as dicts, delivered as the agency would, standardised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest
import xlsxwriter

from linkage.standardise.stage import standardise
from tests.dock_support import MONTH, csv_bytes
from warehouse.intake.contract import contracts
from warehouse.intake.receive import receive
from warehouse.lake import Lake
from warehouse.outcomes import Outcome
from warehouse.policy import Line, Policy, load
from warehouse.settings import REPOSITORY

POLICY = load(REPOSITORY / "dbt_project" / "seeds" / "policy", "tongren", MONTH)
# Made up: valid by their check digits, born 1972-08-14 (male) and 2012-05-06 (male).
WHOLE, CHILD = "632321197208141523", "632321201205062116"
BASE: dict[str, dict[str, str]] = {
    "assistance_payment": {
        "pay_month": "2026-10", "case_no": "C01", "aid_type": "低保", "name": "多杰", "id_no": WHOLE, "amount": "320.50",
        "bank_account": "6217000000000000123", "pay_status": "成功",
    },
    "medical_settlement": {
        "settlement_id": "S1", "psn_no": "P1", "name": "多杰", "id_no": WHOLE, "settled_at": "2026-10-12",
        "total": "100", "own_total": "30", "state": "1",
    },
    "death": {
        "name": "多杰", "id_no": WHOLE, "sex": "女", "birth_date": "1972-08-14", "hukou_no": "H1",
        "died_on": "2026-10-02", "cancelled_on": "2026-10-08", "reason": "死亡",
    },
    "medical_enrolment": {
        "psn_no": "P1", "name": "多杰", "id_no": WHOLE, "sex": "女", "birth_date": "19720814", "insurance_type": "390",
        "status": "正常", "year": "2026",
    },
    "assistance_roster": {
        "county": "同仁市", "township": "隆务镇", "village": "吾屯村", "case_no": "C01", "aid_type": "低保", "name": "多杰",
        "id_no": WHOLE, "relation": "户主", "monthly_amount": "320.50",
    },
    "visit_ledger": {"township": "隆务镇", "name": "多杰", "id_no": WHOLE},
    "hotline": {"ticket_no": "T1", "received_at": "2026-10-02", "name": "多杰", "id_no": WHOLE, "phone": "13912345678"},
    "family_planning": {"name": "", "id_no": "", "birth_date": "2026-10-01", "mother_name": "卓玛", "mother_id": WHOLE},
}  # fmt: skip


def policy_with(**changed: str) -> Policy:
    """The region's policy with some values changed; a dot in a name is written ``__``."""
    lines = dict(POLICY.lines)
    for name, value in changed.items():
        parameter = name.replace("__", ".")
        lines[parameter] = Line("*", parameter, value, "", MONTH.first_day, None, "test", "illustrative", "")
    return Policy(POLICY.region, MONTH, lines)


def deliver(inbox: Path, feed: str, rows: Sequence[Mapping[str, str]], name: str = "") -> Path:
    """Write a feed's rows as the CSV that an agency would send; each is the feed's base row with changes."""
    columns = contracts()[feed].columns
    folder = inbox / str(MONTH)
    folder.mkdir(parents=True, exist_ok=True)
    whole = [{**BASE[feed], **row} for row in rows]
    cells = [[row.get(column.name, "") for column in columns] for row in whole]
    path = folder / (name or f"{feed}.csv")
    path.write_bytes(csv_bytes([[column.headers[0] for column in columns], *cells], "utf-8"))
    return path


def run(inbox: Path, lake: Lake, policy: Policy = POLICY) -> Outcome:
    """Receive and standardise, without the drift from the match model."""
    receive(MONTH, inbox=inbox, lake=lake, policy=policy)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("linkage.drift.measure_drift", lambda *_, **__: None)
        return standardise(MONTH, lake=lake, policy=policy)


def table(lake: Lake, name: str, feed: str, what: str = "*", order: str = "1") -> list[tuple[Any, ...]]:
    """Rows of a feed's table of the month."""
    glob = lake.partition(name, feed=feed, month=str(MONTH)) / "*.parquet"
    with duckdb.connect() as con:
        return con.execute(
            f"SELECT {what} FROM read_parquet('{glob}', hive_partitioning = false) ORDER BY {order}"
        ).fetchall()


def deliver_workbook(inbox: Path, feed: str, rows: Sequence[Mapping[str, str]], total: str = "") -> Path:
    """The same as an xlsx, for feeds that come as nothing else; with a 合计 row where a ``total`` is given."""
    columns = contracts()[feed].columns
    path = inbox / str(MONTH) / f"{feed}.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("台账")
        sheet.write_row(0, 0, [column.headers[0] for column in columns])
        for number, row in enumerate(rows, start=1):
            whole = {**BASE[feed], **row}
            sheet.write_row(number, 0, [whole.get(column.name, "") for column in columns])
        if total:
            sheet.write(len(rows) + 1, 0, "合计")
            at = [column.name for column in columns].index(str(contracts()[feed].total_row))
            sheet.write(len(rows) + 1, at, total)
    return path
