"""Ids over months: open links are tried again, whole persons merge or are flagged, and nothing moves without a word."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from linkage import history, stage
from linkage.report import identity_report
from linkage.stage import link
from tests.unit.linkage.made_village import describe, id_number
from warehouse.errors import Refused
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy

FIRST, SECOND, THIRD = Month(2026, 8), Month(2026, 9), Month(2026, 10)
NAMES = ("扎西多杰", "才让卓玛", "拉毛", "桑杰", "旦增才让", "王秀英", "李明", "马海霞")
VILLAGES = ("隆务村", "保安村", "多哇村")


class Home:
    """A lake whose months are written and linked, and what was published of them."""

    def __init__(self, lake: Lake, policy: Policy, write: Callable[..., None], model: Path) -> None:
        self.lake, self.policy, self.write, self.model = lake, policy, write, model

    def run(
        self, month: Month, rows: list[dict[str, Any]] | None, *, afresh: bool = False, **limits: str
    ) -> Any:
        if rows is not None:
            self.write(self.lake, str(month), [dict(row) for row in rows])
        lines = dict(self.policy.lines)
        for parameter, value in {"linkage_merges_per_thousand": "1000", **limits}.items():
            lines[parameter] = type(lines[parameter])(**{**vars(lines[parameter]), "value": value})
        return link(month, lake=self.lake, policy=Policy("*", month, lines), model=self.model, afresh=afresh)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect() as con:
            return con.execute(query.replace("LAKE", str(self.lake.root))).fetchall()

    def events(self, month: Month, *kinds: str) -> list[tuple[str, str]]:
        found = self.rows(f"SELECT kind, reason FROM 'LAKE/events/month={month}/*.parquet' ORDER BY ALL")
        return [event for event in found if not kinds or event[0] in kinds]

    def person(self, month: Month, feed: str, name: str) -> tuple[str, str, str]:
        (found,) = (
            self.rows(f"""SELECT person_id, grade, rule FROM 'LAKE/registry/month={month}/profiles.parquet'
            WHERE feed = '{feed}' AND name = '{name}'""")
        )
        return found

    def published(self, month: Month) -> dict[str, list[tuple[Any, ...]]]:
        paths = [
            path
            for table in ("crosswalk", "registry", "events", "review", "pairs")
            for path in sorted((self.lake.root / table / f"month={month}").glob("*.parquet"))
        ]
        return {
            f"{path.parent.parent.name}/{path.name}": self.rows(
                f"FROM read_parquet('{path}', hive_partitioning=false)"
            )
            for path in paths
        }


@pytest.fixture
def home(lake: Lake, policy: Policy, write_month: Callable[..., None], judged: Path) -> Home:
    return Home(lake, policy, write_month, judged)


def crowd(seed: int, first: int, last: int) -> list[dict[str, Any]]:
    """Descriptions of people ``first`` to ``last`` of a made-up village: few names, ids missing and damaged."""
    told = []
    for nth in range(first, last):
        draw = random.Random(f"{seed}:{nth}")
        order = 2 * draw.randrange(10, 400) + 1
        birth = f"{draw.randrange(1940, 2015)}{draw.randrange(1, 13):02d}{draw.randrange(1, 29):02d}"
        number, name, village = id_number(birth, order), draw.choice(NAMES), draw.choice(VILLAGES)
        dated = f"{birth[:4]}-{birth[4:6]}-{birth[6:]}"
        possible = [
            describe("medical_enrolment", name, id=number, agency_key=f"psn_no:{nth}", village=village),
            describe("medical_settlement", name, agency_key=f"psn_no:{nth}"),
            describe("pension", name, damaged=("invalid", number[:12] + "9" + number[13:]), village=village),
            describe("education_aid", name, birth=dated, village=village),
            describe("hotline", name, phone=f"139{nth % 40:08d}", village=village),
            describe("declaration", name, village=village),
            describe("disability", None, phone=f"139{nth % 40:08d}"),
            describe("visit_ledger", name, id=number, phone=f"139{nth % 40:08d}"),
        ]
        told += [row for row in possible if draw.random() < 0.55]
    return told


def test_open_proposal_becomes_certain_when_the_month_brings_evidence(home: Home) -> None:
    owner = describe("medical_enrolment", "扎西多杰", id=id_number("19800112", 11), village="隆务村")
    caller = describe("hotline", "扎西多杰", village="隆务村", phone="13900000001")
    home.run(FIRST, [owner, caller])
    before = home.person(FIRST, "hotline", "扎西多杰")
    assert before[1] == "review"
    told = describe(
        "pension", "扎西多杰", id=id_number("19800112", 11), village="隆务村", phone="13900000001"
    )
    home.run(SECOND, [owner, told])
    after = home.person(SECOND, "hotline", "扎西多杰")
    assert after[1] == "certain"
    assert after[0] == home.person(SECOND, "medical_enrolment", "扎西多杰")[0]
    assert [kind for kind, _ in home.events(SECOND, "settle", "merge", "move")] == ["settle"]


def two_who_turn_out_to_be_one() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A person known by a student number and one known by a card; then a row of each tells birth, house and phone."""
    same = {"birth": "2012-03-04", "village": "保安村", "phone": "13900000007", "household_key": "hukou_no:5"}
    known = [
        describe("education_enrolment", "旦增才让", agency_key="student_no:1", sex="1"),
        describe("disability", "旦增才让", agency_key="card_no:1", sex="1"),
    ]
    news = [
        describe("education_enrolment", "旦增才让", agency_key="student_no:1", sex="1", **same),
        describe("disability", "旦增才让", agency_key="card_no:1", sex="1", **same),
    ]
    return known, news


@pytest.mark.parametrize("is_allowed", [True, False])
def test_known_persons_that_are_one_merge_or_are_flagged(home: Home, is_allowed: bool) -> None:
    known, news = two_who_turn_out_to_be_one()
    home.run(FIRST, known)
    persons = {home.person(FIRST, feed, "旦增才让")[0] for feed in ("education_enrolment", "disability")}
    assert len(persons) == 2
    home.run(SECOND, [*known, *news], linkage_machine_merges=str(int(is_allowed)))
    after = {
        row[0] for row in home.rows(f"SELECT person_id FROM 'LAKE/registry/month={SECOND}/persons.parquet'")
    }
    if is_allowed:
        assert home.events(SECOND, "merge", "flag") == [("merge", "L45")]
        assert len(after) == 1 and after < persons
    else:
        assert home.events(SECOND, "merge", "flag") == [("flag", "L41")]
        assert after == persons
        home.run(THIRD, [*known, *news], linkage_machine_merges="0")
        assert home.events(THIRD) == []
        rules = {row[0] for row in home.rows(f"SELECT rule FROM 'LAKE/review/month={THIRD}/*.parquet'")}
        assert "L41" in rules


def test_two_numbers_of_one_agency_never_come_to_one_person(home: Home) -> None:
    known, news = two_who_turn_out_to_be_one()
    other = describe("education_aid", "旦增才让", agency_key="card_no:2", sex="1")
    tied = describe("education_aid", "旦增才让", agency_key="student_no:1", sex="1")
    home.run(FIRST, [*known, other])
    home.run(SECOND, [*known, *news, tied, other], linkage_merge_bits="8")
    numbers = home.rows(f"""SELECT person_id FROM 'LAKE/registry/month={SECOND}/profiles.parquet'
        WHERE grade <> 'review' AND agency_key IS NOT NULL GROUP BY person_id
        HAVING count(DISTINCT agency_key) FILTER (starts_with(agency_key, 'card_no')) > 1""")
    assert numbers == []


def test_link_below_the_break_line_stays_and_is_flagged_once(home: Home) -> None:
    owner = describe(
        "medical_enrolment", "桑杰", id=id_number("19700203", 15), village="多哇村", phone="13900000003"
    )
    number = id_number("19700203", 15)
    weak = describe("pension", "桑杰", damaged=("invalid", number[:10] + "8" + number[11:]), village="多哇村")
    home.run(FIRST, [owner, weak])
    person, grade, rule = home.person(FIRST, "pension", "桑杰")
    assert (grade, rule) == ("certain", "L10")
    news = describe("visit_ledger", "桑杰", id=number)
    home.run(SECOND, [owner, weak, news], linkage_break_bits="500")
    assert home.person(SECOND, "pension", "桑杰")[:2] == (person, "certain")
    assert home.events(SECOND, "flag") == [("flag", "L40")]
    home.run(THIRD, [owner, weak, news], linkage_break_bits="500")
    assert home.events(THIRD) == []
    assert home.rows(f"SELECT since FROM 'LAKE/review/month={THIRD}/*.parquet' WHERE rule = 'L40'") == [
        ("2026-09",)
    ]


def test_unchanged_month_leaves_no_event_and_a_little_news_only_explained_ones(home: Home) -> None:
    rows = crowd(3, 0, 40)
    home.run(FIRST, rows)
    home.run(SECOND, rows)
    assert home.events(SECOND) == []
    outcome = home.run(THIRD, [*rows, *crowd(3, 40, 42)])
    fresh = outcome.counts["profiles_fresh"]
    assert 0 < fresh < 20
    touched = home.rows(f"""SELECT count(*) FROM 'LAKE/registry/month={THIRD}/persons.parquet' AS now
        ANTI JOIN 'LAKE/registry/month={SECOND}/persons.parquet' AS before USING (person_id)""")
    assert touched[0][0] == outcome.counts["persons_minted"] == len(home.events(THIRD, "mint"))
    assert all(reason.startswith("L") for _, reason in home.events(THIRD))


@pytest.mark.parametrize("seed", [2, 3])
def test_linking_what_is_new_gives_what_linking_everything_afresh_gives(home: Home, seed: int) -> None:
    rows = crowd(seed, 0, 40)
    months = (
        (FIRST, rows[::2]),
        (SECOND, rows[: 2 * len(rows) // 3]),
        (THIRD, [*rows, *crowd(seed, 40, 48)]),
    )
    for month, told in months:
        home.run(month, told)
    for month, _ in months[1:]:
        # Each month is held against its own past, which stands.
        news = home.published(month)
        home.run(month, None, afresh=True)
        assert home.published(month) == news


def test_change_without_an_event_is_not_published(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = crowd(4, 0, 10)
    home.run(FIRST, rows)
    tell = history.tell_events

    def forget(con: Any, month: Month) -> None:
        tell(con, month)
        con.execute("DELETE FROM events_told WHERE kind = 'mint'")

    monkeypatch.setattr(stage.history, "tell_events", forget)
    with pytest.raises(Refused, match="without a mint"):
        home.run(SECOND, [*rows, *crowd(4, 10, 14)])
    assert home.lake.months("registry") == [str(FIRST)]


def test_report_balances_and_names_nobody(home: Home) -> None:
    rows = crowd(5, 0, 40)
    home.run(FIRST, rows[: len(rows) // 2])
    home.run(SECOND, rows)
    report, outcome = identity_report(SECOND, lake=home.lake)
    told = dict(report.persons)
    assert (
        told["上月在册的人"] + told["本月新立"] - told["并入他人"] - told["不再使用"] == told["本月在册的人"]
    )
    assert outcome.counts["mint"] == told["本月新立"]
    page = (home.lake.home / "docs" / "identity" / f"{SECOND}.html").read_text(encoding="utf-8")
    assert "本月新立" in page
    assert not any(name in page for name in NAMES)
