"""What a village says of an identity: it decides a doubtful link from the next month on, asks about a certain one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from linkage.review.queue import prepare_review
from tests.unit.linkage.made_village import describe, id_number
from tests.unit.linkage.test_decisions import Village
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.release.sent import SCHEMA
from warehouse.returns import identity
from warehouse.returns.answers import Disposition

ZERO, FIRST, SECOND = Month(2026, 7), Month(2026, 8), Month(2026, 9)
WITH_ID = describe(
    "medical_enrolment", "扎西多杰", id=id_number("19800112", 11), agency_key="psn_no:1", village="隆务村"
)
CERTAIN = describe("pension", "札西多吉", id=id_number("19800112", 11))
DOUBTFUL = describe("hotline", "扎西多杰", village="隆务村")


@pytest.fixture
def village(lake: Lake, policy: Policy, write_month: Callable[..., None], judged: Path) -> Village:
    """Linked twice, so that its person was known before the list was made."""
    made = Village(lake, policy, write_month, judged)
    made.deliver(ZERO, WITH_ID)
    made.link(ZERO)
    made.deliver(FIRST, WITH_ID, CERTAIN, DOUBTFUL)
    made.link(FIRST)
    return made


def hand_out(village: Village, *feeds: str) -> str:
    """One warning about the person, resting on these feeds; gives the person."""
    person = village.person_of(FIRST, "medical_enrolment", "扎西多杰")
    row = {"warning_id": "W1", "rule_id": "R04", "person_id": person, "feeds": list(feeds), "version": 1}
    folder = village.lake.partition("sent", month=str(FIRST))
    folder.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist([row], schema=SCHEMA), folder / "001-x.parquet")
    return person


def answer(village: Village, person: str, **said: str) -> None:
    words = {"result": "不属实", "identity": "", **said}
    given = Disposition(
        "W1",
        "R04",
        person,
        words["result"],
        "",
        "",
        "",
        words["identity"],
        "更登",
        date(2026, 9, 4),
        str(FIRST),
        "S",
        5,
    )
    identity.keep("list.xlsx", "abc", [given], FIRST, village.lake, village.policy)


def told(village: Village) -> list[tuple[object, ...]]:
    folder = village.lake.partition("identity_answers", month=str(FIRST))
    return duckdb.execute(
        f"""SELECT feed, verdict, said_by, CAST(said_on AS VARCHAR) FROM '{folder}/*.parquet' ORDER BY ALL"""
    ).fetchall()


def test_not_this_person_takes_the_doubtful_description_away_and_nothing_else(village: Village) -> None:
    person = hand_out(village, "hotline", "pension")
    before = village.crosswalk(FIRST)
    answer(village, person, identity="不是本人")
    assert told(village) == [("hotline", "must_not_link", "更登", "2026-09-04")]
    village.link(FIRST)  # the month whose list was answered stays as it went out
    assert village.crosswalk(FIRST) == before
    village.deliver(SECOND, WITH_ID, CERTAIN, DOUBTFUL)
    village.link(SECOND)
    assert village.person_of(SECOND, "hotline", "扎西多杰") != person
    assert village.person_of(SECOND, "medical_enrolment", "扎西多杰") == person
    assert village.person_of(SECOND, "pension", "札西多吉") == person


def test_it_is_this_person_makes_the_doubtful_link_sure(village: Village) -> None:
    person = hand_out(village, "hotline")
    answer(village, person, result="属实", identity="是本人")
    village.deliver(SECOND, WITH_ID, CERTAIN, DOUBTFUL)
    village.link(SECOND)
    assert village.person_of(SECOND, "hotline", "扎西多杰") == person
    assert village.grade_of(SECOND, "hotline") == "certain"


@pytest.mark.parametrize(
    ("feeds", "said"),
    [
        pytest.param(("pension",), {"identity": "不是本人"}, id="a certain link is doubted"),
        pytest.param(("pension",), {"result": "身份有误"}, id="something is wrong with the identity"),
    ],
)
def test_what_the_machine_is_sure_of_is_asked_of_two_reviewers_and_parted_by_nobody_else(
    village: Village, feeds: tuple[str, ...], said: dict[str, str]
) -> None:
    person = hand_out(village, *feeds)
    answer(village, person, **said)
    assert [verdict for _, verdict, *_ in told(village)] == ["ask"]
    village.deliver(SECOND, WITH_ID, CERTAIN)
    village.link(SECOND)
    assert village.person_of(SECOND, "pension", "札西多吉") == person
    assert identity.told(FIRST, village.lake) == {"asked": 1}
    prepare_review(SECOND, lake=village.lake, policy=village.policy)
    cards = village.lake.partition("review_cards", month=str(SECOND))
    asked = duckdb.execute(
        f"SELECT left_key, person_id FROM '{cards}/*.parquet' WHERE purpose = 'proposal' AND person_id = '{person}'"
    ).fetchall()
    assert (int(village.key_of(SECOND, "pension")), person) in asked


def test_unsure_says_nothing_and_reviewers_stand_above_a_village(village: Village) -> None:
    person = hand_out(village, "hotline")
    answer(village, person, result="无法核实", identity="说不清")
    assert not village.lake.partition("identity_answers", month=str(FIRST)).exists()
    village.decide(SECOND, (village.key_of(FIRST, "hotline"), person, "must_link"))
    answer(village, person, identity="不是本人")  # later than what the reviewers decided
    village.deliver(SECOND, WITH_ID, CERTAIN, DOUBTFUL)
    village.link(SECOND)
    assert village.person_of(SECOND, "hotline", "扎西多杰") == person
