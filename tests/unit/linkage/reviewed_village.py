"""A linked month made by hand: a registry, its doubtful links and the rows behind them, whatever the rules say today."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import openpyxl

from linkage.records import PROFILES
from tests.unit.linkage.made_village import describe, id_number, written_month
from warehouse.lake import Lake

MOTHER_ID = id_number("19800512", 24)
KING_ID, LI_ID, ZHANG_ID = id_number("19600101", 11), id_number("19610211", 12), id_number("19700303", 31)
PERSONS = {
    "mother": "P" + "1" * 16, "child": "P" + "2" * 16, "king": "P" + "3" * 16, "li": "P" + "4" * 16,
    "zhang": "P" + "5" * 16, "lonely": "P" + "6" * 16,
}  # fmt: skip
WEIGHTS = {"king": 6.9137, "li": 9.4242, "zhang": 3.7531}
STRATUM = "certain/L01/rule-stratum"


def _house(number: int) -> dict[str, Any]:
    return {"township": "隆务镇", "village": "热日社区", "household_key": f"home:隆务镇热日社区2-{number}"}


def told() -> list[tuple[dict[str, Any], str, str, str, float | None]]:
    """(description, person, grade, rule, weight) of a month."""
    king = {"id": KING_ID, "sex": "1", "phone": "13800000011", "agency_key": "psn_no:A11", **_house(11)}
    return [
        (describe("medical_enrolment", "卓玛措", id=MOTHER_ID, sex="2", agency_key="psn_no:A1",
                  phone="13900000001", **_house(1)), "mother", "new", "L20", None),
        (describe("pension", "卓玛措", id=MOTHER_ID, sex="2"), "mother", "certain", "L01", None),
        # A child under the mother's number: held as a person apart, and nobody but the mother to compare with.
        (describe("medical_enrolment", "才让", id=MOTHER_ID, birth="2015-03-08", sex="1", agency_key="psn_no:A2",
                  phone="13900000001", **_house(1)), "child", "review", "L21", None),
        (describe("medical_enrolment", "王建国", **king), "king", "new", "L20", None),
        (describe("hotline", "王建国", **_house(11)), "king", "review", "L11", WEIGHTS["king"]),
        (describe("medical_enrolment", "李秀兰", id=LI_ID, sex="2", agency_key="psn_no:A12", **_house(12)),
         "li", "new", "L20", None),
        (describe("death", "李秀蓝", birth="1961-02-11"), "li", "review", "L13", WEIGHTS["li"]),
        (describe("medical_enrolment", "张志强", id=ZHANG_ID, sex="1", agency_key="psn_no:A13", **_house(13)),
         "zhang", "new", "L20", None),
        # The same name and number twice: one question.
        (describe("medical_settlement", "张志墙", agency_key="psn_no:A99", sex="1"),
         "zhang", "review", "L12", WEIGHTS["zhang"]),
        (describe("medical_settlement", "张志墙", agency_key="psn_no:A99"), "zhang", "review", "L12",
         WEIGHTS["zhang"]),
        (describe("family_planning", "索南", role="kin", of="parent"), "lonely", "review", "L22", None),
    ]  # fmt: skip


def linked_month(
    lake: Lake, month: str = "2026-08", *, known_since: str | None = None
) -> dict[str, list[int]]:
    """Write profiles, records, registry and review of a month; give the profile keys by ``feed name``."""
    rows = told()
    written_month(lake, month, [dict(one) for one, *_ in rows])
    con = duckdb.connect()
    profiles = (
        f"read_parquet('{lake.root}/profiles/feed=*/month={month}/*.parquet', hive_partitioning = false)"
    )
    con.execute(
        "CREATE TABLE links (feed VARCHAR, name VARCHAR, sex VARCHAR, person_id VARCHAR, grade VARCHAR, rule VARCHAR, match_weight DOUBLE)"
    )
    con.executemany(
        "INSERT INTO links VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(one["feed"], one["name"], one["sex"], PERSONS[person], grade, rule, weight)
         for one, person, grade, rule, weight in rows],
    )  # fmt: skip
    columns = ", ".join(f'told."{name}"' for name in PROFILES)
    first = known_since or month
    con.execute(f"""
        CREATE TABLE registry AS
        SELECT {columns}, links.person_id, links.grade, links.rule, links.match_weight,
            CASE WHEN links.grade = 'review' THEN '{month}' ELSE '{first}' END AS first_month, '{month}' AS last_month
        FROM {profiles} AS told JOIN links ON links.feed = told.feed AND links.name = told.name
            AND links.sex IS NOT DISTINCT FROM told.sex
        ORDER BY profile_key""")
    with lake.replacing("registry", month=month) as folder:
        con.execute(f"COPY registry TO '{folder}/profiles.parquet'")
        con.execute(f"""
            COPY (SELECT person_id, min(first_month) AS first_month, max(last_month) AS last_month,
                max(id_no) FILTER (grade <> 'review') AS id_no, min(name) AS name, min(name_system) AS name_system,
                min(sex) AS sex, min(birth_date) AS birth_date, min(ethnicity) AS ethnicity,
                min(township) AS township, min(village) AS village, min(phone) AS phone,
                'certain' AS link_grade, count(*) AS profiles
                FROM registry GROUP BY person_id ORDER BY person_id) TO '{folder}/persons.parquet'""")
    with lake.replacing("review", month=month) as folder:
        con.execute(f"""
            COPY (SELECT profile_key, feed, role, person_id AS proposed_person_id,
                CASE WHEN id_no = '{MOTHER_ID}' THEN '{PERSONS["mother"]}' END AS shown_id_person_id, rule,
                'a reason' AS reason, match_weight FROM registry WHERE grade = 'review')
            TO '{folder}/review.parquet'""")
    with lake.replacing("events", month=month) as folder:
        con.execute(f"""
            COPY (SELECT left(md5(person_id), 16) AS event_id, 'mint' AS kind, person_id,
                CAST(NULL AS VARCHAR) AS other_id, 'L20' AS reason, count(*) AS profiles
                FROM registry GROUP BY person_id ORDER BY person_id) TO '{folder}/events.parquet'""")
    keys: dict[str, list[int]] = {}
    for feed, name, key in con.execute(
        "SELECT feed, name, profile_key FROM registry ORDER BY ALL"
    ).fetchall():
        keys.setdefault(f"{feed} {name}", []).append(key)
    con.close()
    return keys


def sampled(lake: Lake, left: int, right: int, person: str, month: str = "2026-08") -> None:
    """Write a blind sample of one certain link."""
    con = duckdb.connect()
    with lake.replacing("link_sample", month=month) as folder:
        con.execute(f"""
            COPY (SELECT 's1' AS sample_id, {left}::UBIGINT AS left_key, {right}::UBIGINT AS right_key,
                '{person}' AS right_person, '{STRATUM}' AS stratum, 100 AS rows_in_stratum,
                NULL::DOUBLE AS match_weight, 'L01' AS rule, 'certain' AS grade) TO '{folder}/sample.parquet'""")
    con.close()


Filler = Callable[[str, dict[str, Any]], dict[str, Any] | None]


def filled(source: Path, out: Path, fill: Filler, *, who: str) -> Path:
    """Fill in a card workbook: ``fill`` gets the name cell and the row by header, and gives what to write."""
    book = openpyxl.load_workbook(source)
    sheet = book.worksheets[0]
    header = next(row for row in range(1, 20) if sheet.cell(row, 1).value == "序号")
    at = {cell.value: number for number, cell in enumerate(sheet[header], start=1)}
    for row in range(header + 1, sheet.max_row + 1):
        cells = {word: sheet.cell(row, column).value for word, column in at.items()}
        written = fill(str(cells["姓名"]), cells)
        for word in ("核对人", "核对日期"):
            sheet.cell(row, at[word]).value = None
        if written is None:
            continue
        for word, value in ({"核对人": who, "核对日期": "2026-09-10"} | written).items():
            sheet.cell(row, at[word]).value = value
    out.mkdir(parents=True, exist_ok=True)
    target = out / source.name
    book.save(target)
    return target


def answers(said: dict[str, str]) -> Filler:
    """Answer the cards on which a name stands; leave the others blank."""

    def fill(names: str, _: dict[str, Any]) -> dict[str, Any] | None:
        word = next((answer for name, answer in said.items() if name in names), None)
        return {"判断": word, "说明": f"说明{word}"} if word else None

    return fill
