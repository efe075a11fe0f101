"""The stage on a village made by hand: what it writes, and that broken links move what it publishes."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from linkage.quality.sample import LINK_SAMPLE
from linkage.quality.stage import measure_quality
from linkage.stage import link
from tests.unit.linkage.made_village import describe, id_number, written_month
from warehouse import colours
from warehouse.errors import HistoryMissing
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.outcomes import recorded
from warehouse.policy import Policy

MONTH = Month(2026, 8)
_SURNAMES, _GIVEN = "王李张刘陈杨赵黄周吴", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平"
PEOPLE = 120


def village() -> list[dict[str, Any]]:
    """A hundred and twenty people, each enrolled and drawing a pension; ten pensions without an id, and ten people once more on the hotline."""
    told = []
    for one in range(PEOPLE):
        name = _SURNAMES[one % 10] + _GIVEN[one % 20] + _GIVEN[(one * 7 + one // 20) % 20]
        birth = f"19{30 + one % 60}{1 + one % 12:02d}{1 + one % 28:02d}"
        place = {"township": "隆务镇", "village": f"村{one % 6}"}
        number = id_number(birth, 100 + one)
        day = f"{birth[:4]}-{birth[4:6]}-{birth[6:]}"
        sex = "1" if (100 + one) % 2 else "2"
        told.append(
            describe("medical_enrolment", name, id=number, birth=day, sex=sex, agency_key=f"psn_no:{one}", phone=f"1390000{one:04d}", **place)
        )  # fmt: skip
        told.append(describe("pension", name, id=None if one % 12 == 5 else number, **place))
        if one % 12 == 0:
            told.append(describe("hotline", name, birth=day, sex=sex, phone=f"1390000{one:04d}", **place))
    return told


@pytest.fixture(scope="module")
def measured_once(tmp_path_factory: pytest.TempPathFactory, policy: Policy, judged: Path) -> Path:
    """The village linked and measured: the home that every test begins with a copy of."""
    lake = Lake(tmp_path_factory.mktemp("measured") / "home")
    written_month(lake, str(MONTH), village())
    link(MONTH, lake=lake, policy=policy, model=judged)
    measure_quality(MONTH, lake=lake, policy=policy, model=judged)
    return lake.home


@pytest.fixture
def measured(measured_once: Path, lake: Lake) -> Lake:
    shutil.copytree(measured_once, lake.home)
    return lake


def rate_of(
    lake: Lake, measure: str, method: str = "combined", by: str = "all"
) -> tuple[float, float, float, str]:
    path = lake.partition("linkage_quality", month=str(MONTH)) / "linkage_quality.parquet"
    row = duckdb.execute(
        f"SELECT estimate, low, high, note FROM read_parquet('{path}') WHERE measure = ? AND method = ? AND \"by\" = ?",
        [measure, method, by],
    ).fetchone()
    assert row is not None
    return row


def rewrite_registry(lake: Lake, change: str) -> None:
    """Change ``profiles.parquet`` of the registry by an SQL over ``told``: a linkage that does wrong."""
    path = lake.partition("registry", month=str(MONTH)) / "profiles.parquet"
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE told AS SELECT * FROM read_parquet('{path}', hive_partitioning = false)")
        con.execute(change)
        con.execute(f"COPY (SELECT * FROM told ORDER BY profile_key) TO '{path}' (FORMAT parquet)")


def test_right_links_are_told_to_be_few_errors_and_the_page_names_nobody(measured: Lake) -> None:
    outcome = recorded(measured, "quality", MONTH)
    assert outcome is not None and outcome.counts["hidden"] > 0
    estimate, low, high, note = rate_of(measured, "false_links")
    assert low == 0.0 and estimate < 0.06 and estimate <= high
    assert "未抽查" in note
    page = (measured.home / "docs" / "linkage" / f"{MONTH}.html").read_text(encoding="utf-8")
    assert "认错人" in page and "http" not in page.replace("http://www.w3.org", "")
    assert not colours.without_night(page)
    for told in village():
        assert told["name"] not in page and str(told["id_no"]) not in page


def test_a_second_run_changes_no_byte(measured: Lake, policy: Policy, judged: Path) -> None:
    def written() -> dict[str, bytes]:
        tables = (
            "linkage_quality",
            "linkage_histogram",
            "linkage_unlinkables",
            "linked_unlinked",
            "link_sample",
        )
        files = [
            file for table in tables for file in measured.partition(table, month=str(MONTH)).glob("*.parquet")
        ]
        return {
            file.name: file.read_bytes() for file in [*files, *(measured.home / "docs" / "linkage").glob("*")]
        }

    first = written()
    measure_quality(MONTH, lake=measured, policy=policy, model=judged)
    assert first == written() and len(first) == 6


def test_links_to_wrong_persons_raise_the_false_links(measured: Lake, policy: Policy, judged: Path) -> None:
    before = rate_of(measured, "false_links")
    # Every fourth certain pension row is handed to the next person, number and all: as if ids were not looked at.
    rewrite_registry(
        measured,
        """UPDATE told SET person_id = other.person_id, id_no = other.id_no FROM (
            SELECT profile_key, lead(person_id) OVER (ORDER BY profile_key) AS person_id,
                lead(id_no) OVER (ORDER BY profile_key) AS id_no, row_number() OVER (ORDER BY profile_key) AS nth
            FROM told WHERE feed = 'pension' AND grade = 'certain') AS other
        WHERE told.profile_key = other.profile_key AND nth % 4 = 0 AND other.person_id IS NOT NULL""",
    )
    measure_quality(MONTH, lake=measured, policy=policy, model=judged)
    after = rate_of(measured, "false_links")
    assert after[0] > 2 * before[0] and after[0] > 0.05
    assert after[2] > before[2]


def test_persons_held_twice_raise_the_missed_links(measured: Lake, policy: Policy, judged: Path) -> None:
    before = rate_of(measured, "missed_links")
    # Pension rows without their id, each a person apart: as if nothing but the id were ever looked at.
    folder = measured.partition("registry", month=str(MONTH))
    rewrite_registry(
        measured,
        """UPDATE told SET person_id = 'PX' || profile_key, id_no = NULL, id_seen = NULL, id_kind = 'missing', grade = 'new',
            rule = 'L20', birth_date = NULL WHERE feed = 'pension' AND profile_key % 3 = 0""",
    )
    with duckdb.connect() as con:
        persons = f"read_parquet('{folder}/persons.parquet', hive_partitioning = false)"
        con.execute(f"CREATE TABLE people AS SELECT * FROM {persons}")
        con.execute(f"""INSERT INTO people BY NAME SELECT person_id, name, township, village, name_system,
            '{MONTH}' AS first_month, '{MONTH}' AS last_month
            FROM read_parquet('{folder}/profiles.parquet', hive_partitioning = false) WHERE starts_with(person_id, 'PX')""")
        con.execute(f"COPY people TO '{folder}/persons.parquet' (FORMAT parquet)")
    measure_quality(MONTH, lake=measured, policy=policy, model=judged)
    after = rate_of(measured, "missed_links")
    assert before[2] > 0, "so few people cannot show that nobody was missed"
    assert after[0] > 3 * before[0] and after[0] > 0.015


def test_cards_of_the_reviewers_are_heard(measured: Lake, policy: Policy, judged: Path) -> None:
    assert rate_of(measured, "false_links", "clerical")[0] is None
    sample = measured.partition("link_sample", month=str(MONTH)) / "link_sample.parquet"
    with duckdb.connect() as con:
        drawn = f"read_parquet('{sample}', hive_partitioning = false)"
        columns = {row[0]: row[1] for row in con.execute(f"DESCRIBE SELECT * FROM {drawn}").fetchall()}
        assert columns == LINK_SAMPLE
        # No card shows a description beside itself, and each stands for no fewer links than were drawn.
        assert con.execute(f"SELECT count(*) FROM {drawn} WHERE left_key = right_key").fetchone() == (0,)
        with measured.replacing("labels", month=str(MONTH)) as folder:
            con.execute(f"""COPY (
                SELECT sample_id AS card_id, left_key, right_person AS person_id, stratum, 'sample' AS purpose,
                    CASE WHEN grade = 'certain' THEN 'different' ELSE 'same' END AS verdict
                FROM {drawn}) TO '{folder}/labels.parquet' (FORMAT parquet)""")
    measure_quality(MONTH, lake=measured, policy=policy, model=judged)
    estimate, low, _, _ = rate_of(measured, "false_links", "clerical")
    assert estimate > 0.6 and low > 0.3
    combined, _, _, note = rate_of(measured, "false_links")
    assert combined == pytest.approx(estimate) and "以抽查为准" in note


def test_a_month_that_is_not_linked_is_refused(lake: Lake, policy: Policy) -> None:
    with pytest.raises(HistoryMissing):
        measure_quality(MONTH, lake=lake, policy=policy)
