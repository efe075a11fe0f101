"""Identity over months: stable, honest about gaps, obedient to people."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from linkage.stage import link
from tests.unit.linkage.made_village import describe, id_number
from warehouse.errors import BudgetExceeded, HistoryMissing
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy

MAN = id_number("19800112", 11)
WOMAN = id_number("19820505", 22)
FIRST, SECOND = Month(2026, 8), Month(2026, 9)


def people() -> list[dict[str, Any]]:
    return [
        describe("medical_enrolment", "扎西多杰", id=MAN, agency_key="psn_no:1", village="隆务"),
        describe("medical_enrolment", "才让卓玛", id=WOMAN, agency_key="psn_no:2", village="隆务"),
        describe("medical_settlement", "扎西多吉", agency_key="psn_no:1", rows=2),
        describe("pension", "扎西多杰", damaged=("invalid", MAN[:17] + "?")),
        describe("hotline", "李明", phone="13900000000", village="保安"),
    ]


def digest(lake: Lake, month: Month) -> dict[str, str]:
    found = {}
    for table in ("crosswalk", "pairs", "review", "registry", "events", "outcomes"):
        for path in sorted((lake.root / table / f"month={month}").rglob("*")):
            if path.is_file() and "standardise" not in path.name:
                found[str(path.relative_to(lake.root))] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def rows_of(lake: Lake, table: str, month: Month) -> list[tuple[Any, ...]]:
    con = duckdb.connect()
    found = con.execute(
        f"FROM read_parquet('{lake.root}/{table}/month={month}/*.parquet', hive_partitioning=false)"
    )
    rows = found.fetchall()
    con.close()
    return rows


@pytest.fixture
def run(lake: Lake, policy: Policy, write_month: Callable[..., None], judged: Path) -> Callable[..., Any]:
    def one(month: Month, descriptions: list[dict[str, Any]] | None, **limits: str) -> Any:
        if descriptions is not None:
            write_month(lake, str(month), [dict(each) for each in descriptions])
        lines = dict(policy.lines)
        for parameter, value in limits.items():
            lines[parameter] = type(lines[parameter])(**{**vars(lines[parameter]), "value": value})
        return link(month, lake=lake, policy=Policy("*", month, lines), model=judged)

    return one


def test_second_run_changes_no_byte(run: Callable[..., Any], lake: Lake) -> None:
    run(FIRST, people())
    before = digest(lake, FIRST)
    run(FIRST, None)
    assert digest(lake, FIRST) == before


def test_unchanged_second_month_mints_nobody_and_keeps_everybody(run: Callable[..., Any], lake: Lake) -> None:
    run(FIRST, people())
    outcome = run(SECOND, people())
    assert outcome.counts["persons_minted"] == 0
    assert rows_of(lake, "events", SECOND) == []
    kept = [
        {(row[0], row[3], row[5]) for row in rows_of(lake, "crosswalk", month)} for month in (FIRST, SECOND)
    ]
    assert kept[0] == kept[1]
    assert {row[6] for row in rows_of(lake, "crosswalk", SECOND)} <= {"certain", "review"}


def test_rerun_of_the_second_month_does_not_see_its_own_registry(run: Callable[..., Any], lake: Lake) -> None:
    run(FIRST, people())
    more = [*people(), describe("pension", "王秀英", id=id_number("19500101", 42))]
    run(SECOND, more)
    before = digest(lake, SECOND)
    run(SECOND, None)
    assert digest(lake, SECOND) == before


def test_new_description_of_a_known_person_joins_and_a_stranger_is_minted(
    run: Callable[..., Any], persons_of: Callable[..., Any]
) -> None:
    run(FIRST, people())
    run(
        SECOND,
        [
            *people(),
            describe("disability", "札西多杰", id=MAN, agency_key="card_no:1"),
            describe("pension", "王秀英", id=id_number("19500101", 42)),
        ],
    )
    known = persons_of(str(FIRST), "medical_enrolment", "扎西多杰")[0][0]
    assert persons_of(str(SECOND), "disability")[0] == (known, "certain", "L01")
    assert persons_of(str(SECOND), "pension", "王秀英")[0][1] == "new"


def test_person_without_id_keeps_the_person_id_when_the_id_appears(
    run: Callable[..., Any], persons_of: Callable[..., Any]
) -> None:
    child = id_number("20260102", 15)
    unregistered = describe(
        "medical_enrolment", "扎西才让", agency_key="psn_no:77", birth="2026-01-02", sex="1", village="隆务"
    )
    run(FIRST, [*people(), unregistered])
    before = persons_of(str(FIRST), "medical_enrolment", "扎西才让")[0][0]
    registered = describe(
        "medical_enrolment",
        "扎西才让",
        id=child,
        agency_key="psn_no:77",
        birth="2026-01-02",
        sex="1",
        village="隆务",
    )
    run(SECOND, [*people(), registered])
    assert persons_of(str(SECOND), "medical_enrolment", "扎西才让")[0][:2] == (before, "certain")


def test_gap_in_the_history_is_refused_with_the_months_named(run: Callable[..., Any]) -> None:
    run(FIRST, people())
    with pytest.raises(HistoryMissing, match=r"2026-09.*2026-08"):
        run(Month(2026, 10), people())


def test_too_many_candidates_are_refused_before_they_are_made(run: Callable[..., Any], lake: Lake) -> None:
    crowd = [describe("hotline", "卓玛", village="隆务", phone=f"139{at:08d}") for at in range(40)]
    with pytest.raises(BudgetExceeded, match="policy allows"):
        run(FIRST, crowd, linkage_candidates_floor="10", linkage_candidates_per_profile="1")
    assert not lake.months("registry")


def _decide(lake: Lake, month: Month, *lines: tuple[str, str, str]) -> None:
    con = duckdb.connect()
    con.execute(
        'CREATE TABLE d ("left" VARCHAR, "right" VARCHAR, verdict VARCHAR, "by" VARCHAR, "on" VARCHAR, source VARCHAR)'
    )
    con.executemany("INSERT INTO d VALUES (?, ?, ?, 'clerk', '2026-09-01', 'test')", lines)
    with lake.replacing("decisions", month=str(month)) as folder:
        con.execute(f"COPY d TO '{folder}/d.parquet' (FORMAT parquet)")
    con.close()


def test_must_link_of_two_persons_merges_them_for_good(
    run: Callable[..., Any], lake: Lake, persons_of: Callable[..., Any]
) -> None:
    run(FIRST, people())
    man = persons_of(str(FIRST), "medical_enrolment", "扎西多杰")[0][0]
    caller = persons_of(str(FIRST), "hotline")[0][0]
    _decide(lake, FIRST, (caller, man, "must_link"))
    run(SECOND, people(), linkage_merges_per_thousand="1000")
    kept = {
        persons_of(str(SECOND), "medical_enrolment", "扎西多杰")[0][0],
        persons_of(str(SECOND), "hotline")[0][0],
    }
    assert len(kept) == 1
    assert [row[1] for row in rows_of(lake, "events", SECOND)] == ["merge"]


def test_mass_merges_are_refused(run: Callable[..., Any], lake: Lake, persons_of: Callable[..., Any]) -> None:
    run(FIRST, people())
    man = persons_of(str(FIRST), "medical_enrolment", "扎西多杰")[0][0]
    woman = persons_of(str(FIRST), "medical_enrolment", "才让卓玛")[0][0]
    _decide(lake, FIRST, (man, woman, "must_link"))
    with pytest.raises(BudgetExceeded, match="merge"):
        run(SECOND, people(), linkage_merges_per_thousand="1")


def test_must_not_link_takes_a_profile_out_of_its_person(
    run: Callable[..., Any], lake: Lake, persons_of: Callable[..., Any]
) -> None:
    run(FIRST, [*people(), describe("pension", "札西多吉", id=MAN)])
    man = persons_of(str(FIRST), "medical_enrolment", "扎西多杰")[0][0]
    con = duckdb.connect()
    key = con.execute(
        f"SELECT profile_key FROM '{lake.root}/profiles/feed=pension/month=2026-08/*.parquet' WHERE name = '札西多吉'"
    ).fetchone()
    con.close()
    assert key
    _decide(lake, FIRST, (str(key[0]), man, "must_not_link"))
    run(SECOND, [*people(), describe("pension", "札西多吉", id=MAN)])
    assert persons_of(str(SECOND), "pension", "札西多吉")[0][0] != man
