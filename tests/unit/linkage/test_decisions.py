"""Human decisions take effect in the month in which they are given, for fresh and known profiles alike."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from linkage.stage import link
from tests.unit.linkage.made_village import describe, id_number
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy

FIRST, SECOND, THIRD = Month(2026, 8), Month(2026, 9), Month(2026, 10)
MAN, WOMAN = id_number("19800112", 11), id_number("19820505", 22)

# Each a name of its own, so that a name finds its row.
WITH_ID = describe("medical_enrolment", "扎西多杰", id=MAN, agency_key="psn_no:1", village="隆务村")
OTHER_ID = describe("medical_enrolment", "才让卓玛", id=WOMAN, agency_key="psn_no:2", village="隆务村")
CALLER = describe("hotline", "李明", phone="13900000000", village="保安村")
VISITOR = describe("visit_ledger", "王芳", phone="13900000001", village="多哇村")
SAME_ID = describe("pension", "札西多吉", id=MAN)


class Village:
    """Writes months, links them and tells the person of a name."""

    def __init__(self, lake: Lake, policy: Policy, write: Callable[..., None], model: Path) -> None:
        self.lake, self.policy, self.write, self.model = lake, policy, write, model

    def key(self, month: Month, name: str) -> str:
        found = self._one(
            f"SELECT profile_key FROM '{self.lake.root}/profiles/*/month={month}/*.parquet' WHERE name = '{name}'"
        )
        return str(found)

    def person(self, month: Month, name: str) -> str:
        return str(
            self._one(f"""SELECT person_id FROM '{self.lake.root}/registry/month={month}/profiles.parquet'
            WHERE name = '{name}'""")
        )

    def grade(self, month: Month, name: str) -> tuple[str, str]:
        key = self.key(month, name)
        found = duckdb.execute(f"""SELECT DISTINCT grade, rule
            FROM '{self.lake.root}/crosswalk/month={month}/*.parquet'
            JOIN read_parquet('{self.lake.root}/records/feed=*/month={month}/*.parquet', hive_partitioning = true)
                USING (feed, file, sheet, "row", role) WHERE profile_key = {key}""").fetchone()
        assert found
        return found

    def _one(self, query: str) -> Any:
        found = duckdb.execute(query).fetchall()
        assert len(found) == 1
        return found[0][0]

    def person_of(self, month: Month, feed: str, name: str) -> str:
        return str(
            self._one(f"""SELECT person_id FROM '{self.lake.root}/registry/month={month}/profiles.parquet'
            WHERE name = '{name}' AND feed = '{feed}'""")
        )

    def grade_of(self, month: Month, feed: str) -> str:
        return str(
            self._one(f"""SELECT grade FROM '{self.lake.root}/registry/month={month}/profiles.parquet'
            WHERE feed = '{feed}'""")
        )

    def key_of(self, month: Month, feed: str) -> str:
        found = self._one(
            f"SELECT profile_key FROM '{self.lake.root}/profiles/feed={feed}/month={month}/*.parquet'"
        )
        return str(found)

    def deliver(self, month: Month, *descriptions: dict[str, Any]) -> None:
        self.write(self.lake, str(month), [dict(each) for each in descriptions])

    def link(self, month: Month) -> None:
        lines = dict(self.policy.lines)
        known = lines["linkage_merges_per_thousand"]
        lines[known.parameter] = type(known)(**{**vars(known), "value": "1000"})
        link(month, lake=self.lake, policy=Policy("*", month, lines), model=self.model)

    def decide(self, month: Month, *lines: tuple[str, str, str]) -> None:
        with self.lake.replacing("decisions", month=str(month)) as folder, duckdb.connect() as con:
            con.execute(
                'CREATE TABLE d ("left" VARCHAR, "right" VARCHAR, verdict VARCHAR, "by" VARCHAR, "on" VARCHAR, '
                "source VARCHAR)"
            )
            con.executemany("INSERT INTO d VALUES (?, ?, ?, 'clerk', '2026-09-01', 'test')", lines)
            con.execute(f"COPY d TO '{folder}/d.parquet' (FORMAT parquet)")

    def crosswalk(self, month: Month) -> bytes:
        files = sorted((self.lake.root / "crosswalk" / f"month={month}").glob("*.parquet"))
        return b"".join(path.read_bytes() for path in files)


@pytest.fixture
def village(lake: Lake, policy: Policy, write_month: Callable[..., None], judged: Path) -> Village:
    return Village(lake, policy, write_month, judged)


@pytest.mark.parametrize("is_turned", [False, True])
@pytest.mark.parametrize(
    "one, two",
    [
        pytest.param("李明", "王芳", id="neither is settled"),
        pytest.param("李明", "扎西多杰", id="one has an id"),
        pytest.param("才让卓玛", "扎西多杰", id="both have ids"),
    ],
)
def test_must_link_of_two_fresh_profiles_holds_at_once_and_for_good(
    village: Village, one: str, two: str, is_turned: bool
) -> None:
    rows = (WITH_ID, OTHER_ID, CALLER, VISITOR)
    village.deliver(FIRST, *rows)
    pair = (village.key(FIRST, one), village.key(FIRST, two))
    village.decide(FIRST, (pair[1], pair[0], "must_link") if is_turned else (*pair, "must_link"))
    village.link(FIRST)
    person = village.person(FIRST, one)
    assert village.person(FIRST, two) == person
    assert {village.grade(FIRST, name)[0] for name in (one, two)} <= {"certain", "new"}
    before = village.crosswalk(FIRST)
    village.link(FIRST)
    assert village.crosswalk(FIRST) == before
    village.deliver(SECOND, *rows)
    village.link(SECOND)
    assert village.person(SECOND, one) == village.person(SECOND, two) == person


@pytest.mark.parametrize("is_turned", [False, True])
def test_must_link_of_a_fresh_profile_and_a_known_one(village: Village, is_turned: bool) -> None:
    village.deliver(FIRST, WITH_ID, OTHER_ID)
    village.link(FIRST)
    village.deliver(SECOND, WITH_ID, OTHER_ID, CALLER, VISITOR)
    for known, fresh in (("扎西多杰", "李明"), ("才让卓玛", "王芳")):
        pair = (village.key(SECOND, known), village.key(SECOND, fresh))
        village.decide(SECOND, (pair[1], pair[0], "must_link") if is_turned else (*pair, "must_link"))
        village.link(SECOND)
        assert village.person(SECOND, fresh) == village.person(FIRST, known)
        assert village.grade(SECOND, fresh) == ("certain", "L30")


@pytest.mark.parametrize("months", [1, 2])
def test_must_not_link_of_two_profiles_parts_what_an_id_ties(village: Village, months: int) -> None:
    village.deliver(FIRST, WITH_ID, SAME_ID)
    pair = (village.key(FIRST, "扎西多杰"), village.key(FIRST, "札西多吉"))
    month = FIRST
    if months == 2:
        village.link(FIRST)
        assert village.person(FIRST, "扎西多杰") == village.person(FIRST, "札西多吉")
        month = SECOND
        village.deliver(SECOND, WITH_ID, SAME_ID)
    village.decide(month, (*pair, "must_not_link"))
    village.link(month)
    persons = {name: village.person(month, name) for name in ("扎西多杰", "札西多吉")}
    assert len(set(persons.values())) == 2
    village.link(month)
    village.deliver(month.next, WITH_ID, SAME_ID)
    village.link(month.next)
    assert {name: village.person(month.next, name) for name in persons} == persons


def test_fresh_profile_is_kept_from_the_person_that_it_must_not_be(village: Village) -> None:
    village.deliver(FIRST, WITH_ID)
    village.link(FIRST)
    man = village.person(FIRST, "扎西多杰")
    village.deliver(SECOND, WITH_ID, SAME_ID)
    village.decide(SECOND, (man, village.key(SECOND, "札西多吉"), "must_not_link"))
    village.link(SECOND)
    assert village.person(SECOND, "札西多吉") != man


def test_merged_person_stays_merged_and_what_names_it_later_finds_the_one_that_was_kept(
    village: Village,
) -> None:
    village.deliver(FIRST, WITH_ID, CALLER)
    village.link(FIRST)
    man, caller = village.person(FIRST, "扎西多杰"), village.person(FIRST, "李明")
    village.decide(SECOND, (man, caller, "must_link"))
    village.deliver(SECOND, WITH_ID, CALLER)
    village.link(SECOND)
    kept = village.person(SECOND, "扎西多杰")
    assert village.person(SECOND, "李明") == kept
    (gone,) = {man, caller} - {kept}
    village.deliver(THIRD, WITH_ID, CALLER, VISITOR)
    village.decide(THIRD, (village.key(THIRD, "王芳"), gone, "must_link"))
    village.link(THIRD)
    assert village.person(THIRD, "王芳") == kept == village.person(THIRD, "李明")


def test_persons_who_must_not_be_one_stay_apart_whatever_else_was_decided(village: Village) -> None:
    village.deliver(FIRST, WITH_ID, OTHER_ID, CALLER)
    village.link(FIRST)
    man, woman, caller = (village.person(FIRST, name) for name in ("扎西多杰", "才让卓玛", "李明"))
    village.deliver(SECOND, WITH_ID, OTHER_ID, CALLER)
    village.decide(
        SECOND,
        (man, woman, "must_not_link"),
        (man, caller, "must_link"),
        (woman, caller, "must_link"),
    )
    village.link(SECOND)
    assert village.person(SECOND, "扎西多杰") == man
    assert village.person(SECOND, "才让卓玛") == woman


def test_contradicting_decisions_are_told_and_part_nobody_else(village: Village) -> None:
    village.deliver(FIRST, WITH_ID, OTHER_ID, CALLER)
    village.link(FIRST)
    man, woman, caller = (village.person(FIRST, name) for name in ("扎西多杰", "才让卓玛", "李明"))
    village.deliver(SECOND, WITH_ID, OTHER_ID, CALLER)
    village.decide(
        SECOND, (man, woman, "must_not_link"), (man, caller, "must_link"), (woman, caller, "must_link")
    )
    village.link(SECOND)
    told = duckdb.execute(
        f"SELECT kind, person_id, other_id, reason FROM '{village.lake.root}/events/month={SECOND}/*.parquet'"
    ).fetchall()
    assert told == [("flag", min(man, woman), max(man, woman), "L43")]


def test_profile_that_must_not_be_is_kept_though_the_month_does_not_bring_it(village: Village) -> None:
    village.deliver(FIRST, WITH_ID, SAME_ID)
    village.link(FIRST)
    man, key = village.person(FIRST, "扎西多杰"), village.key(FIRST, "札西多吉")
    village.deliver(SECOND, WITH_ID)
    village.decide(SECOND, (key, man, "must_not_link"))
    village.link(SECOND)
    assert village.person(SECOND, "扎西多杰") == man
    assert village.person(SECOND, "札西多吉") != man


def test_must_link_of_a_proposal_speaks_for_the_description_and_not_for_the_person_proposed(
    village: Village,
) -> None:
    proposed = describe("hotline", "扎西多杰", village="隆务村")
    village.deliver(FIRST, WITH_ID, OTHER_ID, proposed)
    village.link(FIRST)
    man, woman = (village.person_of(FIRST, "medical_enrolment", name) for name in ("扎西多杰", "才让卓玛"))
    assert village.grade_of(FIRST, "hotline") == "review"
    village.deliver(SECOND, WITH_ID, OTHER_ID, proposed)
    key = village.key_of(SECOND, "hotline")
    village.decide(SECOND, (key, village.key(SECOND, "才让卓玛"), "must_link"))
    village.link(SECOND)
    assert village.person_of(SECOND, "hotline", "扎西多杰") == woman
    assert village.person_of(SECOND, "medical_enrolment", "扎西多杰") == man
