"""The corpus of broken deliveries: each lands, is set aside or is refused as its line says, and none does harm."""

from __future__ import annotations

import hashlib
import json
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.dock_support import MONTH, lake_in, policy
from tests.spec.broken_deliveries.case import ID, KEY, NAME, Case, Lands, PassedOver, Refused
from tests.spec.broken_deliveries.inbox_cases import INBOX_CASES
from tests.spec.broken_deliveries.text_cases import TEXT_CASES
from tests.spec.broken_deliveries.workbook_cases import WORKBOOK_CASES
from warehouse.errors import DoudiError
from warehouse.intake import ledger
from warehouse.intake.account import row_account
from warehouse.intake.receive import receive
from warehouse.lake import Lake

CASES = [*TEXT_CASES, *WORKBOOK_CASES, *INBOX_CASES]
# Of waiting (a pipe without a writer) on a busy machine, and of work.
SECONDS, WORK_SECONDS = 60, 10
MEGABYTES = 400
UNFORESEEN = ("does not know", "fault of")
# Bounds of the reader's own process, small, so that a bomb shows itself early.
SMALL = {"intake_max_reading_mb": "700", "intake_max_reading_seconds": "8"}


@contextmanager
def bounded() -> Iterator[None]:
    """Fail what takes longer, or more memory, than a broken file may."""

    def over(*_: object) -> None:
        raise AssertionError(f"not ended after {SECONDS} seconds")

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    Path("/proc/self/clear_refs").write_text("5")
    at_first, worked = _peak_kb(), time.process_time()
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    grown = (_peak_kb() - at_first) >> 10
    assert grown < MEGABYTES, f"took {grown} MB"
    assert time.process_time() - worked < WORK_SECONDS


def _peak_kb() -> int:
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])


def run(case: Case, inbox: Path, lake: Lake) -> str:
    """What receive says: the error, or nothing."""
    try:
        receive(MONTH, inbox=inbox, lake=lake, policy=policy(**(SMALL | case.policy)))
    except DoudiError as error:
        return str(error)
    return ""


def landed(lake: Lake, feed: str) -> list[dict[str, object]]:
    parts = sorted(lake.partition("landed", feed=feed, month=str(MONTH)).glob("*.parquet"))
    return [row for part in parts for row in pq.read_table(part, partitioning=None).to_pylist()]


def aside(lake: Lake) -> dict[int, str]:
    path = lake.partition("quarantine", month=str(MONTH)) / "quarantine.parquet"
    rows = pq.read_table(path, partitioning=None).to_pylist() if path.exists() else []
    return {row["row"]: row["reason"] for row in rows}


def tree(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def told(lake: Lake, error: str) -> str:
    """Everything that leaves the dock in words: error, outcome, ledger, quarantine lists."""
    outcomes = [path.read_text() for path in (lake.root / "outcomes").rglob("*.json")]
    lists = [path.read_text("utf-8-sig") for path in (lake.home / "quarantine").rglob("*.csv")]
    entries = [json.dumps(vars(entry), ensure_ascii=False) for entry in ledger.read(lake, MONTH)]
    return "\n".join([error, *outcomes, *lists, *entries])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_broken_delivery(tmp_path: Path, case: Case) -> None:
    folder = tmp_path / "inbox" / str(MONTH)
    folder.mkdir(parents=True)
    case.make(folder)
    lake = lake_in(tmp_path)
    with bounded():
        error = run(case, tmp_path / "inbox", lake)
    said = told(lake, error)
    assert not any(word in said for word in UNFORESEEN), said
    assert NAME not in said and ID not in said
    assert all(account.holds for account in row_account(lake, MONTH)) if ledger.read(lake, MONTH) else True
    for then in case.then if isinstance(case.then, tuple) else (case.then,):
        {Lands: check_landed, Refused: check_refused, PassedOver: check_passed_over}[type(then)](
            then, lake, said, folder
        )
    if case.is_steady:
        once = tree(lake.home)
        assert run(case, tmp_path / "inbox", lake) == error
        assert tree(lake.home) == once


def check_landed(then: Lands, lake: Lake, said: str, folder: Path) -> None:
    """Rows counted when the file was made are the dock's account, and each landed row is the one of its number."""
    entries = [entry for entry in ledger.read(lake, MONTH) if entry.feed == then.feed]
    assert any(entry.is_landed for entry in entries), said
    border = folder / ".row"
    wanted = {int(border.read_text()) if row < 0 else row: reason for row, reason in then.aside.items()}
    accounts = [account for account in row_account(lake, MONTH) if account.feed == then.feed]
    count = (sum(a.rows for a in accounts), sum(a.furniture for a in accounts), aside(lake))
    assert count == (then.rows, then.furniture, wanted)
    rows = landed(lake, then.feed)
    assert len(rows) == then.rows - then.furniture - len(wanted)
    if then.keeps_keys:
        key = "hukou_no" if then.feed == "death" else "group"
        assert [row[key] for row in rows] == [f"{KEY}{row['row']}" for row in rows]
    assert all(word in said for word in then.says), said
    assert not then.encoding or {entry.encoding for entry in entries} == {then.encoding}


def check_refused(then: Refused, lake: Lake, said: str, folder: Path) -> None:
    """The ledger names the file, says why and what to do."""
    reasons = [e.reason for e in ledger.read(lake, MONTH) if e.file == then.file and e.status == "refused"]
    assert reasons, said
    assert all(word in reasons[0] for word in (*then.words, then.file, "Next step")), reasons
    assert ledger.read(lake, MONTH)[0].feed == then.feed or then.feed in {
        e.feed for e in ledger.read(lake, MONTH)
    }


def check_passed_over(then: PassedOver, lake: Lake, said: str, folder: Path) -> None:
    assert all(word in said for word in then.words), said
