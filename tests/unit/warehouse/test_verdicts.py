"""A verdict is read back as it was written, and its fingerprint is of the bytes that were looked at."""

from __future__ import annotations

import json

import pytest

from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.verdicts import (
    RuleVerdict,
    Verdict,
    fingerprint,
    fingerprint_marts,
    fingerprint_standardised,
    read_verdict,
    write_verdict,
)

OCTOBER = Month(2026, 10)
RULES = (
    RuleVerdict("E-a-01", "a", "stop", True, "why", {"measured": 1.0}),
    RuleVerdict("E-a-02", "a", "stop", False, "why", {"measured": 0.5, "of": 10}),
    RuleVerdict("E-a-03", "a", "warn", False, "why"),
    RuleVerdict("E-a-04", "a", "stop", None, "why", reason="no feed"),
)


def test_a_verdict_comes_back_as_it_went(tmp_path):
    lake = Lake(tmp_path)
    verdict = Verdict("gate2", "2026-10", "held", RULES, "f" * 64)
    path = write_verdict(verdict, lake)
    assert path == tmp_path / "lake" / "verdicts" / "month=2026-10" / "gate2.json"
    assert read_verdict(lake, "gate2", OCTOBER) == verdict
    assert read_verdict(lake, "gate1", OCTOBER) is None
    assert json.loads(path.read_text("utf-8"))["status"] == "held"


def test_failed_by_severity_and_not_assessed():
    verdict = Verdict("gate1", "2026-10", "held", RULES, "")
    assert [rule.id for rule in verdict.failed("stop")] == ["E-a-02"]
    assert [rule.id for rule in verdict.failed("warn")] == ["E-a-03"]
    assert [rule.id for rule in verdict.not_assessed()] == ["E-a-04"]


def _marts(lake, **files):
    for name, content in files.items():
        folder = lake.partition(f"marts/{name}", month="2026-10")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "part-0.parquet").write_bytes(content)


@pytest.mark.parametrize("change", [
    lambda lake: _marts(lake, dim_person=b"other"),
    lambda lake: _marts(lake, dim_rule=b"new"),
    lambda lake: (lake.partition("marts/dim_person", month="2026-10") / "part-0.parquet").unlink(),
    lambda lake: (lake.partition("marts/dim_person", month="2026-10") / "part-0.parquet").rename(
        lake.partition("marts/dim_person", month="2026-10") / "part-1.parquet"),
], ids=["content", "a new mart", "a mart gone", "another name"])  # fmt: skip
def test_any_change_of_the_marts_changes_their_fingerprint(tmp_path, change):
    lake = Lake(tmp_path)
    _marts(lake, dim_person=b"one", fct=b"two")
    before = fingerprint_marts(lake, OCTOBER)
    assert before == fingerprint_marts(lake, OCTOBER)
    change(lake)
    assert fingerprint_marts(lake, OCTOBER) != before


def test_what_stands_beside_does_not_change_it(tmp_path):
    lake = Lake(tmp_path)
    _marts(lake, dim_person=b"one")
    before = fingerprint_marts(lake, OCTOBER)
    aside = lake.root / "marts" / "dim_person" / ".aside-month=2026-10"
    aside.mkdir()
    (aside / "x.parquet").write_bytes(b"half")
    other = lake.partition("marts/dim_person", month="2026-11")
    other.mkdir()
    (other / "x.parquet").write_bytes(b"next month")
    assert fingerprint_marts(lake, OCTOBER) == before


def test_it_holds_wherever_the_home_lies(tmp_path):
    here, there = Lake(tmp_path / "a"), Lake(tmp_path / "b")
    for lake in (here, there):
        _marts(lake, dim_person=b"one")
    assert fingerprint_marts(here, OCTOBER) == fingerprint_marts(there, OCTOBER)


def test_two_files_are_not_one_longer_file(tmp_path):
    (tmp_path / "a").write_bytes(b"12")
    (tmp_path / "b").write_bytes(b"3")
    one = fingerprint([tmp_path / "a", tmp_path / "b"], tmp_path)
    (tmp_path / "a").write_bytes(b"1")
    (tmp_path / "b").write_bytes(b"23")
    assert fingerprint([tmp_path / "a", tmp_path / "b"], tmp_path) != one


def test_gate_one_rests_on_rows_and_on_every_fact_beside_them(tmp_path):
    lake = Lake(tmp_path)
    seen = [fingerprint_standardised(lake, OCTOBER)]
    for folder in (
        lake.partition("standardised", feed="death", month="2026-10"),
        *(
            lake.partition(table, month="2026-10")
            for table in ("row_account", "set_aside", "totals", "ledger", "model_drift")
        ),
    ):
        folder.mkdir(parents=True)
        (folder / "part-0.parquet").write_bytes(b"x")
        seen.append(fingerprint_standardised(lake, OCTOBER))
    assert len(set(seen)) == 7


def test_gate_two_rests_on_marts_and_links(tmp_path):
    lake = Lake(tmp_path)
    _marts(lake, dim_person=b"one")
    seen = [fingerprint_marts(lake, OCTOBER)]
    for table in ("crosswalk", "pairs", "review", "events"):
        folder = lake.partition(table, month="2026-10")
        folder.mkdir(parents=True)
        (folder / "part-0.parquet").write_bytes(b"x")
        seen.append(fingerprint_marts(lake, OCTOBER))
    assert len(set(seen)) == 5
