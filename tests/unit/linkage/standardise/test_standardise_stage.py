"""The stage on a small month landed by hand: schemas, roles, swapped cells, keys, a second run."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from linkage.records import PROFILES, RECORDS
from linkage.standardise.descriptions import refuse_collisions
from linkage.standardise.stage import standardise
from warehouse.errors import Misconfigured, Refused
from warehouse.intake.contract import contracts, standardised_schema
from warehouse.lake import Lake
from warehouse.months import Month

MONTH = Month.parse("2026-08")
WHOLE = "632321197208141523"
CHILD = "632321201205062116"

ROSTER = [
    {
        "township": "同仁县保安", "village": "城内村委会", "case_no": "C 01", "aid_type": "农村特困（集中）",
        "head_name": "多杰", "head_id": WHOLE, "name": "多杰", "id_no": WHOLE, "ethnicity": "藏",
        "relation": "户主", "monthly_amount": "1,200元", "admitted_on": "2020年5月", "phone": "139 1234 5678",
    },
    # The clerk has put the ID under the name and the name under the ID; no head is named.
    {"township": "保安镇", "village": "城内", "case_no": "C02", "aid_type": "新类型", "name": WHOLE,
     "id_no": "卓玛（已故）", "relation": "长女", "monthly_amount": "", "admitted_on": "20200230"},
    {"township": "保安镇", "village": "城内", "case_no": "C02", "aid_type": "低保", "name": "卓玛之子",
     "id_no": "6.32321E+17", "relation": "孙子", "head_name": " ", "head_id": "无"},
]  # fmt: skip
SCHOOL = [
    {"student_no": "G1", "name": "才让加", "id_no": CHILD, "school": "完小", "stage": "小学", "state": "在校",
     "guardian_name": "多杰", "guardian_id": WHOLE, "guardian_phone": "13912345678", "birth_date": "41035"},
    {"student_no": "G2", "name": "才让加", "id_no": "", "school": "完小", "stage": "小学", "state": "在籍"},
]  # fmt: skip
CARDS = [{"card_no": WHOLE + "44B1", "name": "多杰", "hukou_address": "青海省同仁市隆务镇吾屯村1号"}]


def land(lake: Lake, feed: str, rows: list[dict[str, str]], system: str = "1900") -> None:
    names = [column.name for column in contracts()[feed].columns]
    with lake.replacing("landed", feed=feed, month=str(MONTH)) as folder, duckdb.connect() as con:
        columns = ", ".join(f'"{name}" VARCHAR' for name in names)
        con.execute(
            f'CREATE TABLE t (file VARCHAR, sheet VARCHAR, "row" INTEGER, date_system VARCHAR, {columns})'
        )
        marks = ", ".join("?" * (len(names) + 4))
        for number, row in enumerate(rows, start=2):
            cells = [row.get(name) for name in names]
            con.execute(f"INSERT INTO t VALUES ({marks})", [f"{feed}.csv", "", number, system, *cells])
        con.execute(f"COPY t TO '{folder}/part-0.parquet'")


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    made = Lake(tmp_path_factory.mktemp("home"))
    land(made, "assistance_roster", ROSTER)
    land(made, "education_enrolment", SCHOOL)
    land(made, "disability", CARDS)
    standardise(MONTH, lake=made)
    return made


def rows(lake: Lake, table: str, feed: str, columns: str, order: str) -> list[tuple[object, ...]]:
    folder = lake.partition(table, feed=feed, month=str(MONTH))
    with duckdb.connect() as con:
        return con.execute(
            f"SELECT {columns} FROM read_parquet('{folder}/*.parquet', hive_partitioning = false) ORDER BY {order}"
        ).fetchall()


def schema(lake: Lake, table: str, feed: str) -> dict[str, str]:
    folder = lake.partition(table, feed=feed, month=str(MONTH))
    with duckdb.connect() as con:
        found = con.execute(
            f"DESCRIBE FROM read_parquet('{folder}/*.parquet', hive_partitioning = false)"
        ).fetchall()
    return {row[0]: row[1] for row in found}


@pytest.mark.parametrize("feed", ["assistance_roster", "education_enrolment", "disability"])
def test_the_tables_have_the_columns_of_the_contract(lake: Lake, feed: str) -> None:
    assert schema(lake, "standardised", feed) == standardised_schema(contracts()[feed])
    assert schema(lake, "records", feed) == RECORDS
    assert schema(lake, "profiles", feed) == PROFILES


def test_cells_are_typed_and_raw_is_kept(lake: Lake) -> None:
    found = rows(
        lake,
        "standardised",
        "assistance_roster",
        "township, village, case_no, aid_type, aid_type_raw, CAST(monthly_amount AS VARCHAR), monthly_amount_raw, "
        "CAST(admitted_on AS VARCHAR), admitted_on_precision, admitted_on_issue",
        "row",
    )
    assert found == [
        (
            "保安镇", "城内村", "C01", "特困", "农村特困（集中）", "1200.00", "1,200元", "2020-05-01", "month", None,
        ),
        ("保安镇", "城内村", "C02", None, "新类型", None, "", None, None, "impossible"),
        ("保安镇", "城内村", "C02", "低保", "低保", None, None, None, None, None),
    ]  # fmt: skip


def test_a_swapped_name_and_id_change_places_and_raw_stays(lake: Lake) -> None:
    found = rows(
        lake, "standardised", "assistance_roster", "name, name_raw, id_no, id_no_kind, id_no_raw", "row"
    )
    assert found[1] == ("卓玛", WHOLE, WHOLE, "valid", "卓玛（已故）")
    assert standardise(MONTH, lake=lake).counts["swapped"] == 1


def test_only_named_or_numbered_heads_and_guardians_are_persons(lake: Lake) -> None:
    assert rows(lake, "records", "assistance_roster", "row, role", "row, role") == [
        (2, "head"), (2, "self"), (3, "self"), (4, "self"),
    ]  # fmt: skip
    assert rows(lake, "records", "education_enrolment", "row, role", "row, role") == [
        (2, "guardian"), (2, "self"), (3, "self"),
    ]  # fmt: skip


def test_a_profile_says_who_and_where_from(lake: Lake) -> None:
    found = rows(
        lake,
        "profiles",
        "education_enrolment",
        'role, name, id_no, sex, CAST(birth_date AS VARCHAR), birth_source, agency_key, phone, "of"',
        "role, agency_key",
    )
    assert found == [
        ("guardian", "多杰", WHOLE, "2", "1972-08-14", "id", None, "13912345678", "guardian"),
        ("self", "才让加", CHILD, "1", "2012-05-06", "column", "student_no:G1", "13912345678", None),
        ("self", "才让加", None, None, None, None, "student_no:G2", None, None),
    ]


def test_a_disability_card_begins_with_the_id(lake: Lake) -> None:
    found = rows(
        lake, "profiles", "disability", "id_no, id_kind, agency_key, township, village, division", "role"
    )
    assert found == [(WHOLE, "valid", f"card_no:{WHOLE}44B1", "隆务镇", "吾屯村", "632301")]


def test_every_record_has_its_profile(lake: Lake) -> None:
    for feed in lake.feeds("records", str(MONTH)):
        held = {key for (key,) in rows(lake, "profiles", feed, "profile_key", "1")}
        used = {key for (key,) in rows(lake, "records", feed, "profile_key", "1")}
        assert used == held


def test_a_second_run_changes_no_byte(lake: Lake) -> None:
    before = digests(lake)
    standardise(MONTH, lake=lake)
    assert digests(lake) == before


def digests(lake: Lake) -> dict[str, str]:
    return {str(p): sha256(p.read_bytes()).hexdigest() for p in sorted(lake.root.rglob("*")) if p.is_file()}


def test_the_outcome_counts_and_names_nobody(lake: Lake) -> None:
    outcome = standardise(MONTH, lake=lake)
    assert outcome.counts == {
        "rows": 6, "records": 8, "profiles": 8, "swapped": 1, "set_aside": 0, "asked": 6, "corrected": 0, "settled": 0,
    }  # fmt: skip
    assert outcome.by["unknown_code"] == {"assistance_roster.aid_type": 1}
    assert outcome.by["date_issue"] == {"assistance_roster.admitted_on.impossible": 1}
    assert outcome.by["id_kind"]["assistance_roster.id_no.excel_sci"] == 1
    assert not any(word in str(outcome.as_dict()) for word in (WHOLE, CHILD, "多杰", "卓玛", "新类型"))


def test_a_feed_that_is_no_longer_landed_loses_its_partitions(tmp_path: Path) -> None:
    made = Lake(tmp_path)
    land(made, "disability", CARDS)
    land(made, "education_enrolment", SCHOOL)
    standardise(MONTH, lake=made)
    for part in made.partition("landed", feed="disability", month=str(MONTH)).iterdir():
        part.unlink()
    made.partition("landed", feed="disability", month=str(MONTH)).rmdir()
    standardise(MONTH, lake=made)
    assert made.feeds("profiles", str(MONTH)) == ["education_enrolment"]


def test_an_empty_month_says_so(tmp_path: Path) -> None:
    outcome = standardise(MONTH, lake=Lake(tmp_path))
    assert outcome.status == "nothing"
    assert "receive" in outcome.reasons[0]


def test_a_landed_feed_without_contract_is_misconfigured(tmp_path: Path) -> None:
    made = Lake(tmp_path)
    with made.replacing("landed", feed="lottery", month=str(MONTH)):
        pass
    with pytest.raises(Misconfigured, match="lottery"):
        standardise(MONTH, lake=made)


def test_a_key_that_stands_for_two_descriptions_is_refused() -> None:
    with duckdb.connect() as con:
        con.execute(
            "CREATE TABLE p AS SELECT unnest([1, 1, 2]) AS profile_key, unnest(['a', 'b', 'c']) AS name"
        )
        with pytest.raises(Refused, match="1 profile keys of death"):
            refuse_collisions(con, "p", "death")


def test_a_bare_village_is_the_community_that_the_feed_knows(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    villages = ["隆务社区", "隆务", "吾屯村", "吾屯", "城内", "江社区", "江村", "江"]
    land(lake, "assistance_roster", [{"name": "多杰", "village": village} for village in villages])
    standardise(MONTH, lake=lake)
    found = [row[0] for row in rows(lake, "standardised", "assistance_roster", "village", "row")]
    # 江 may be either: what is not known is not guessed.
    assert found == ["隆务社区", "隆务社区", "吾屯村", "吾屯村", "城内村", "江社区", "江村", "江村"]


def test_an_age_tells_the_year_of_birth_where_nothing_else_does(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    cases = [
        ({"age": "83"}, ("1943-01-01", "year", "age")),
        ({"age": "83岁"}, ("1943-01-01", "year", "age")),
        ({"age": "83", "id_no": WHOLE}, ("1972-08-14", "day", "id")),
        ({"age": "830"}, (None, None, None)),
        ({"age": ""}, (None, None, None)),
    ]
    land(
        lake,
        "cremation",
        [{"name": f"多杰{at}", "died_on": "2026-03-05", **cells} for at, (cells, _) in enumerate(cases)],
    )
    standardise(MONTH, lake=lake)
    found = rows(
        lake,
        "profiles",
        "cremation",
        "CAST(birth_date AS VARCHAR), birth_precision, birth_source",
        "name_raw",
    )
    assert found == [expected for _, expected in cases]


def test_mothers_of_one_name_are_as_many_as_their_children_and_known_by_id_they_are_one(
    tmp_path: Path,
) -> None:
    lake = Lake(tmp_path)
    births = [
        {"name": "才让加", "birth_date": "2026-01-02", "mother_name": "卓玛"},
        {"name": "拉毛", "birth_date": "2026-02-03", "mother_name": "卓玛"},
    ]
    land(lake, "family_planning", births)
    standardise(MONTH, lake=lake)
    found = rows(lake, "profiles", "family_planning", "role, household_key", "role, household_key")
    mothers = [key for role, key in found if role == "kin"]
    assert len(set(mothers)) == 2 and all(str(key).startswith("beside:") for key in mothers)
    assert [key for role, key in found if role == "self"] == [None, None]


def test_the_house_of_an_address_stands_where_no_number_does(lake: Lake) -> None:
    assert rows(lake, "profiles", "disability", "household_key", "role") == [("home:隆务镇吾屯村-1",)]
