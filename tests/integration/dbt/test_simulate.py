"""The threshold workshop on a lake of six persons and two months: what a line of R01 would have changed."""

from __future__ import annotations

from hashlib import md5
from pathlib import Path

import duckdb
import pytest
from small_lake import SmallLake, day, write_dispositions

from warehouse.lake import Lake
from warehouse.settings import REPOSITORY
from warehouse.workshop.simulate import Simulation, simulate

PACKS = REPOSITORY / "dbt_project" / "seeds" / "policy"
SEPTEMBER, OCTOBER = "2026-09", "2026-10"
# person: township, own burden of September, of October, the answer to September's list and the aid
PEOPLE = {
    "held": ("隆务镇", 11000, 0, "属实", "低保"),
    "refuted": ("隆务镇", 11500, 0, "不属实", "无"),
    "nobody_came": ("保安镇", 11200, 0, None, ""),
    "high": ("保安镇", 20000, 0, "属实", "无"),
    "grows": ("保安镇", 11000, 3000, "属实", "无"),
    "below": ("隆务镇", 9000, 0, None, ""),
}


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Linked and built under the line of 10,000: five on September's list."""
    small = SmallLake(tmp_path_factory.mktemp("workshop"))
    for month in (SEPTEMBER, OCTOBER):
        for feed in ("assistance_roster", "medical_settlement", "rural_monitoring"):
            small.feed(feed, month)
        for number, (person, (township, in_september, in_october, *_)) in enumerate(PEOPLE.items()):
            small.persons[person] = {"township": township, "village": "一村"}
            small.add(
                "assistance_roster", month, person, case_no=f"A{number}", aid_type="低保", relation="02",
                township=township, village="一村",
            )  # fmt: skip
            own = in_september if month == SEPTEMBER else in_october
            if own:
                small.add(
                    "medical_settlement", month, person, settlement_id=f"{month}{number}",
                    settled_at=day(f"{month}-10"), total=own, own_total=own, state="1",
                )  # fmt: skip
    small.write(SEPTEMBER)
    lake = small.write(OCTOBER)
    raised = [person for person in PEOPLE if person != "below"]
    for month in (SEPTEMBER, OCTOBER):
        handed_out(lake, month, raised)
    write_dispositions(
        lake,
        SEPTEMBER,
        [
            {"warning_id": warning_id(person), "rule_id": "R01", "person_id": person, "result": result,
             "aid": aid, "checked_on": "2026-09-28", "file": "a.xlsx", "row": 5}
            for person, (*_, result, aid) in PEOPLE.items()
            if result
        ],
    )  # fmt: skip
    return lake


def warning_id(person: str) -> str:
    return "W" + md5(f"R01|{person}|medical burden".encode(), usedforsecurity=False).hexdigest()[:16]


def handed_out(lake: Lake, month: str, people: list[str]) -> None:
    """The month's list as publish handed it out; what it rested on is told as the rule tells it."""
    rows = ", ".join(
        f"('{warning_id(one)}', 'R01', '{one}', '{PEOPLE[one][0]}', 'listed', '2026-09', "
        f'\'{{"fingerprint": "true|{PEOPLE[one][1] // 1000}", "standing": ""}}\')'
        for one in people
    )
    with duckdb.connect() as con, lake.replacing("marts/fct_warning_monthly", month=month) as folder:
        con.execute(
            f"COPY (SELECT *, NULL::VARCHAR AS household_id FROM (VALUES {rows}) AS t(warning_id, rule_id, person_id,"
            f" township, status, since, evidence)) TO '{folder / 'part.parquet'}'"
        )


@pytest.fixture(scope="module")
def found(lake: Lake) -> Simulation:
    before = written(lake.home)
    simulation = simulate(
        "R01", ["line=8000,10000,12000"], months=(), region="tongren", lake=lake, policy_dir=PACKS
    )
    assert written(lake.home) == before, "a simulation writes nothing of the home"
    return simulation


def written(home: Path) -> dict[str, int]:
    return {
        str(path.relative_to(home)): path.stat().st_mtime_ns
        for path in sorted(home.rglob("*"))
        if path.is_file()
    }


def counted(found: Simulation, trial: int, *names: str) -> dict[str, int]:
    return {name: found.weighed[trial].counts[name] for name in names}


def test_the_policy_in_force_is_replayed_as_it_was_handed_out(found: Simulation) -> None:
    assert (found.months, found.raised_before, found.unlike_built) == ((SEPTEMBER, OCTOBER), 5, {})
    assert found.answered == {"held": 3, "refuted": 1, "never": 1}


def test_a_higher_line_misses_who_was_found_and_spares_who_was_not(found: Simulation) -> None:
    names = ("gone", "missed", "missed_aided", "spared", "gone_unknown", "later", "held_later", "new")
    assert counted(found, 2, *names) == dict(zip(names, (3, 1, 1, 1, 1, 1, 1, 0), strict=True))
    assert (found.weighed[2].households_gone, found.weighed[2].households_new) == (3, 0)


def test_visits_are_walked_once_for_the_same_evidence(found: Simulation) -> None:
    """September: five before, one after. October: who grows has new evidence, nobody else."""
    by_month = {
        month: tuple(
            sum(p.counts[name] for p in found.places if p.step == 3 and p.month == month)
            for name in ("visits_before", "visits_after", "visits_fewer")
        )
        for month in found.months
    }
    assert by_month == {SEPTEMBER: (5, 1, 4), OCTOBER: (1, 1, 0)}


def test_nobody_knows_of_whom_nobody_came_to(found: Simulation) -> None:
    gone, new = found.weighed[2].gone_estimate, found.weighed[0].new_estimate
    assert (gone.unknown, gone.answers, gone.held, gone.low, gone.high) == (1, 4, 3, 0, 1)
    assert (new.unknown, new.answers, new.held) == (1, 4, 3)
    assert counted(found, 0, "new", "new_unknown", "found", "missed") == {
        "new": 1, "new_unknown": 1, "found": 0, "missed": 0,
    }  # fmt: skip


def test_the_value_in_force_changes_nothing_even_after_another_trial(found: Simulation) -> None:
    same = found.weighed[1]
    assert {name for name, count in same.counts.items() if count} == {"visits_before", "visits_after"}
    assert same.counts["visits_before"] == same.counts["visits_after"] == 6


def test_places_add_up_to_the_whole(found: Simulation) -> None:
    for step, one in enumerate(found.weighed, 1):
        own = [place.counts for place in found.places if place.step == step]
        assert {name: sum(c[name] for c in own) for name in one.counts} == one.counts
        assert one.counts["visits_after"] - one.counts["visits_before"] == (
            one.counts["visits_more"] - one.counts["visits_fewer"]
        )
    assert {place.township for place in found.places} == {"隆务镇", "保安镇"}
