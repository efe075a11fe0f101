"""Planted quality faults: each is refused at the dock, stops gate 1 or is warned of, as its row in ``faults`` says.

A made-up county of 3,000 people delivers two clean months, which become the history, and a third one, which is
spoilt in waves: the spoilt feeds are received and standardised anew, the others stand as they were.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pytest

from console.county.write import write_county
from expectations.gate import HISTORY_MONTHS, ROWS_TO_STOP, inspect_standardised
from linkage.standardise.stage import standardise
from tests.spec.quality_faults import spoiling
from tests.spec.quality_faults.faults import FAULTS, WAVES, Fault
from warehouse.errors import DoudiError, GateHeld
from warehouse.intake import ledger
from warehouse.intake.contract import contracts
from warehouse.intake.receive import receive
from warehouse.lake import Lake
from warehouse.months import Month, span
from warehouse.policy import Policy, load
from warehouse.settings import REPOSITORY
from warehouse.verdicts import Verdict, read_verdict

MONTHS = span("2026-08..2026-10")
LAST = MONTHS[-1]
# Banks fail payments and hospitals reverse bills every month; among 3,000 people that is one or none, too few to be missed.
USUAL = 5
# The first wave once more, as if the home had begun with this month.
FIRST_MONTH = "first"
SEEN_WITHOUT_HISTORY = {
    "E-assistance_payment-15", "E-assistance_roster-06", "E-assistance_roster-19", "E-disability-06",
    "E-education_enrolment-16", "E-rural_monitoring-21",
}  # fmt: skip


@dataclass(frozen=True)
class Good:
    """The county's inbox, the home with its three clean months, and what the last month's rows are."""

    inbox: Path
    lake: Lake
    policy: Policy
    verdict: Verdict

    def rows(self, feed: str, month: Month = LAST) -> spoiling.Rows:
        """What the dock landed, as text by canonical column, in order of file and row."""
        names = [column.name for column in contracts()[feed].columns]
        files = self.lake.partition("landed", feed=feed, month=str(month)) / "*.parquet"
        listed = ", ".join(f"coalesce(\"{name}\", '')" for name in names)
        with duckdb.connect() as con:
            found = con.execute(
                f"SELECT {listed} FROM read_parquet('{files}') ORDER BY file, sheet, \"row\""
            ).fetchall()
        return [dict(zip(names, cells, strict=True)) for cells in found]

    def files(self, feed: str, month: Month = LAST) -> list[Path]:
        """The feed's own files in the inbox."""
        folder = self.inbox / str(month)
        return sorted(p for p in folder.glob(f"{feed}*") if p.suffix in (".csv", ".xlsx", ".xls"))


def _judge(lake: Lake, policy: Policy, month: Month) -> Verdict:
    with suppress(GateHeld):
        inspect_standardised(month, lake=lake, policy=policy)
    verdict = read_verdict(lake, "gate1", month)
    assert verdict is not None
    return verdict


def _policy() -> Policy:
    """The pack in force, but for one line: in a county of 3,000 people short lists must be able to hold a month."""
    pack = load(REPOSITORY / "dbt_project" / "seeds" / "policy", "tongren", LAST)
    return _with(pack, ROWS_TO_STOP, "30")


def _with(policy: Policy, parameter: str, value: str) -> Policy:
    changed = replace(policy.line(parameter), value=value)
    return replace(policy, lines={**policy.lines, parameter: changed})


@pytest.fixture(scope="module")
def good(tmp_path_factory) -> Good:
    base = tmp_path_factory.mktemp("good")
    write_county(base, seed=11, persons=3000, months=MONTHS, report=lambda _: None)
    inbox, lake, policy = base / "inbox", Lake(base / "home"), _policy()
    for month in MONTHS:
        _leave_out(inbox / str(month))
        _make_usual(inbox / str(month))
        receive(month, inbox=inbox, lake=lake, policy=policy)
        standardise(month, lake=lake)
    return Good(inbox, lake, policy, _judge(lake, policy, LAST))


def _leave_out(folder: Path) -> None:
    """Feeds that no fault is planted in cost time and say nothing here."""
    planted = tuple({fault.feed for fault in FAULTS})
    for path in folder.iterdir():
        if not path.name.startswith(planted):
            path.unlink()


def _make_usual(folder: Path) -> None:
    """Let some payments fail and some bills be reversed in every month, as everywhere that is not this small."""
    for path in folder.glob("assistance_payment*.csv"):
        _edit(path, lambda line: line.replace("成功", "失败"), in_place=True)
    for path in folder.glob("medical_settlement*.csv"):
        if "history" not in path.name:
            _edit(path, lambda line: f"{line.rstrip().rpartition(',')[0]},0", in_place=False)


def _edit(path: Path, how: Callable[[str], str], *, in_place: bool) -> None:
    """Change the first rows of a file, or put the changed rows behind them."""
    lines = path.read_bytes().decode("gb18030").splitlines()
    changed = [how(line) for line in lines[1 : 1 + USUAL]]
    kept = lines[1 + USUAL :] if in_place else lines[1:]
    path.write_bytes("\n".join([lines[0], *changed, *kept, ""]).encode("gb18030"))
    path.with_name(path.name + ".manifest.json").unlink(missing_ok=True)


def _spoilt_inbox(good: Good, faults: list[Fault], folder: Path) -> Path:
    """An inbox with the spoilt feeds of a wave."""
    inbox = folder / "inbox" / str(LAST)
    inbox.mkdir(parents=True)
    for feed in dict.fromkeys(fault.feed for fault in faults):
        of_feed = [fault for fault in faults if fault.feed == feed]
        rows, contract = good.rows(feed), contracts()[feed]
        for fault in of_feed:
            if fault.file in ("", "last month's rows"):
                rows = fault.spoil(rows) if fault.spoil else good.rows(feed, LAST.previous)
        files = [fault for fault in of_feed if fault.file and fault.file != "last month's rows"]
        if files:
            _SPOILT_FILES[files[0].file](good, feed, rows, inbox)
        else:
            spoiling.written_csv(inbox / f"{feed}.csv", contract, rows)
    return inbox.parent


def _last_months(good: Good, feed: str, _rows: spoiling.Rows, inbox: Path) -> None:
    for path in good.files(feed, LAST.previous):
        shutil.copyfile(path, inbox / path.name)


def _twice(good: Good, feed: str, _rows: spoiling.Rows, inbox: Path) -> None:
    (path,) = good.files(feed)
    shutil.copyfile(path, inbox / path.name)
    shutil.copyfile(path, inbox / f"{feed}_全县{path.suffix}")


def _garbled(_good: Good, feed: str, rows: spoiling.Rows, inbox: Path) -> None:
    path = inbox / f"{feed}.csv"
    spoiling.written_csv(path, contracts()[feed], rows)
    path.write_text(spoiling.garbled(path.read_text("utf-8")), "utf-8")


def _without_reason(_good: Good, feed: str, rows: spoiling.Rows, inbox: Path) -> None:
    contract = contracts()[feed]
    lacking = contract.model_copy(
        update={"columns": tuple(c for c in contract.columns if c.name != "reason")}
    )
    spoiling.written_csv(inbox / f"{feed}.csv", lacking, rows)


def _two_sheets(_good: Good, feed: str, rows: spoiling.Rows, inbox: Path) -> None:
    spoiling.written_workbook(inbox / f"{feed}.xlsx", contracts()[feed], {"花名册": rows, "花名册 (2)": rows})


def _wrong_total(_good: Good, feed: str, rows: spoiling.Rows, inbox: Path) -> None:
    total = ("monthly_amount", "99999.00")
    spoiling.written_workbook(inbox / f"{feed}.xlsx", contracts()[feed], {"花名册": rows}, total=total)


_SPOILT_FILES = {
    "last month's": _last_months,
    "twice": _twice,
    "garbled": _garbled,
    "without reason": _without_reason,
    "two sheets": _two_sheets,
    "wrong total": _wrong_total,
}


def _received(good: Good, wave: str, folder: Path) -> tuple[Lake, set[str]]:
    """A home in which the wave's feeds were received for the last month beside the clean history."""
    faults = [fault for fault in FAULTS if fault.wave == wave]
    lake = Lake(folder / "home")
    for table in ("standardised", "feed_shapes"):
        shutil.copytree(good.lake.root / table, lake.root / table, copy_function=_linked, dirs_exist_ok=True)
    for month in MONTHS[:-1]:
        shutil.copytree(
            good.lake.partition("ledger", month=str(month)), lake.partition("ledger", month=str(month))
        )
    try:
        receive(LAST, inbox=_spoilt_inbox(good, faults, folder), lake=lake, policy=good.policy)
    except DoudiError as refused:
        assert wave == "dock", str(refused)
    return lake, {fault.feed for fault in faults}


def _linked(source: str, target: str) -> None:
    Path(target).hardlink_to(source)


def _standardised(good: Good, lake: Lake, feeds: set[str]) -> None:
    """Standardise the spoilt feeds; all others stand as the clean month left them, with their facts."""
    clean = {
        path.parent.name: path for path in (good.lake.root / "standardised").glob(f"feed=*/month={LAST}")
    }
    standardise(LAST, lake=lake)
    for name, path in clean.items():
        if name.removeprefix("feed=") not in feeds:
            shutil.copytree(path, lake.root / "standardised" / name / path.name, dirs_exist_ok=True)
    listed = ", ".join(f"'{feed}'" for feed in sorted(feeds))
    with duckdb.connect() as con:
        for table in ("row_account", "ledger", "totals"):
            here, there = (each.partition(table, month=str(LAST)) for each in (lake, good.lake))
            both = here / "both.parquet"
            con.execute(
                f"COPY (FROM read_parquet('{here}/*.parquet', hive_partitioning = false) UNION ALL BY NAME SELECT * FROM"
                f" read_parquet('{there}/*.parquet', hive_partitioning = false) WHERE feed NOT IN ({listed})) TO '{both}'"
            )
            for old in here.glob("*.parquet"):
                if old != both:
                    old.unlink()


@pytest.fixture(scope="module")
def verdicts(good, tmp_path_factory) -> Iterator[dict[str, Verdict]]:
    found = {}
    for wave in WAVES:
        lake, feeds = _received(good, wave, tmp_path_factory.mktemp(f"wave{wave}"))
        _standardised(good, lake, feeds)
        found[wave] = _judge(lake, good.policy, LAST)
        if wave == WAVES[0]:
            found[FIRST_MONTH] = _judge(lake, _with(good.policy, HISTORY_MONTHS, "0"), LAST)
        shutil.rmtree(lake.home)
    yield found


def test_the_table_is_large_enough_and_names_rules_that_exist(good):
    assert len(FAULTS) >= 40
    severities = {rule.id: rule.severity for rule in good.verdict.rules}
    for fault in FAULTS:
        assert fault.feed in contracts()
        assert bool(fault.rule) == (fault.outcome in ("stop", "warn")), fault.what
        if fault.rule:
            assert severities[fault.rule] == fault.outcome, f"{fault.rule} is not of that severity"


def test_the_clean_month_passes_with_few_warnings(good):
    assert [rule.id for rule in good.verdict.failed("stop")] == []
    assert len(good.verdict.failed("warn")) <= 3, [
        (rule.id, rule.observed) for rule in good.verdict.failed("warn")
    ]


def test_what_the_dock_must_not_take_it_does_not_take(good, tmp_path):
    lake, _ = _received(good, "dock", tmp_path)
    entries = ledger.read(lake, LAST)
    missed = [
        fault.what
        for fault in FAULTS
        if fault.wave == "dock"
        and fault.outcome not in {entry.status for entry in entries if entry.feed == fault.feed}
    ]
    assert missed == []


@pytest.mark.parametrize("fault", [f for f in FAULTS if f.rule], ids=lambda f: f"{f.feed}: {f.what}")
def test_each_fault_is_said_by_its_rule(verdicts, fault):
    rule = next(rule for rule in verdicts[fault.wave].rules if rule.id == fault.rule)
    assert rule.success is False, f"not seen: {rule.observed} {rule.reason}"
    assert rule.severity == fault.outcome, rule.reason


def test_no_feed_is_stopped_for_what_another_feed_sent(verdicts):
    """A fault is said where it stands; what compares two feeds may say it of either."""
    for wave in WAVES:
        spoilt = {fault.feed for fault in FAULTS if fault.wave == wave}
        assert {rule.table for rule in verdicts[wave].failed("stop")} <= spoilt


def test_a_first_month_has_no_history_and_what_holds_within_the_month_is_seen_all_the_same(verdicts):
    first = verdicts[FIRST_MONTH]
    assert {rule.id for rule in first.failed("stop")} >= SEEN_WITHOUT_HISTORY
    reasons = {rule.reason for rule in first.not_assessed() if rule.table == "assistance_roster"}
    assert "no earlier month of assistance_roster to compare with" in reasons
    assert not any("compared with" in rule.reason for rule in first.rules if rule.success is not None)
