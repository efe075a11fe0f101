"""A lake small enough to read: who says what of whom in a month, written as the linkage and the build leave it. Made up."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.intake.contract import contracts
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Line, Policy, load
from warehouse.settings import REPOSITORY

AUGUST, SEPTEMBER, OCTOBER = Month(2026, 8), Month(2026, 9), Month(2026, 10)
# Valid by their check digits and nobody's.
OWN, OTHERS, CHILD = "632321197208141523", "632321198506124529", "632321201205062116"
PACKS = REPOSITORY / "dbt_project" / "seeds" / "policy"
_KEYS = {
    "medical_enrolment": "psn_no", "education_enrolment": "student_no", "rural_monitoring": "person_no",
    "medical_settlement": "psn_no",
}  # fmt: skip
_OWN_SEX = {feed for feed, contract in contracts().items() if contract.persons[0].sex}


def policy_of(month: Month, **changed: str) -> Policy:
    """The demo region's policy with some values of ``notices.…`` changed."""
    found = load(PACKS, "tongren", month)
    lines = dict(found.lines)
    for name, value in changed.items():
        parameter = f"notices.{name}"
        lines[parameter] = Line("*", parameter, value, "", month.first_day, None, "test", "illustrative", "")
    return Policy(found.region, month, lines)


@dataclass(eq=False)
class Says:
    """One row of a feed: whose it is by the links, and what stands in it. ``word`` is the row's standing (正常 …)."""

    feed: str
    person: str = "P1"
    name: str = "多杰才让"
    id_no: str | None = OWN
    family: str | None = None
    sex: str | None = None
    birth: date | None = None
    rule: str = "L01"
    grade: str = "certain"
    word: str | None = None
    died_on: date | None = None
    cancelled_on: date | None = None
    settled_on: date | None = None
    key: str | None = None
    kin: str | None = None
    id_kind: str = "valid"


@dataclass(eq=False)
class SmallMonth:
    """What one month brought. ``lives``: D03 of the month by person: settlements afterwards, and whether in school."""

    rows: list[Says]
    lives: dict[str, tuple[int, bool]] = field(default_factory=dict)
    households: dict[str, str] = field(default_factory=dict)
    answers: list[dict[str, Any]] = field(default_factory=list)


def write_month(
    lake: Lake, month: Month, small: SmallMonth, *, feeds_without_rows: Iterable[str] = ()
) -> None:
    """Write crosswalk, records, registry, standardised rows, marts and the row account of a month."""
    links, records, profiles, feeds = [], [], [], {}
    for number, one in enumerate(small.rows, start=2):
        place = {"feed": one.feed, "file": f"{one.feed}.csv", "sheet": "", "row": number}
        agency_key = one.key or one.person
        column = _KEYS.get(one.feed)
        links.append({**place, "role": "self", "person_id": one.person, "grade": one.grade, "rule": one.rule})
        if one.kin:
            links.append({**place, "role": "kin", "person_id": one.kin, "grade": "certain", "rule": "L01"})
        records.append({**place, "role": "self", "profile_key": number})
        profiles.append({
            "profile_key": number, "feed": one.feed, "role": "self", "id_no": one.id_no if one.id_kind == "valid" else None,
            "id_seen": one.id_no, "id_kind": one.id_kind if one.id_no else "missing", "name": one.name,
            "name_raw": one.name, "name_family": one.family, "name_missing": False, "sex": one.sex,
            "birth_date": one.birth, "birth_source": "column" if one.birth else None,
            "birth_precision": "day" if one.birth else None, "died_on": one.died_on,
            "agency_key": f"{column}:{agency_key}" if column else None, "household_key": "case_no:C01",
            "person_id": one.person, "grade": one.grade, "rule": one.rule, "last_month": str(month),
        })  # fmt: skip
        feeds.setdefault(one.feed, []).append({**place, "says": one})
    _part(lake, "crosswalk", month, links, _CROSSWALK)
    with lake.replacing("registry", month=str(month)) as folder:
        pq.write_table(pa.Table.from_pylist(profiles, schema=_PROFILES), folder / "profiles.parquet")
    for feed in {*feeds, *feeds_without_rows}:
        mine = [row for row in records if row["feed"] == feed]
        with lake.replacing("records", feed=feed, month=str(month)) as folder:
            table = pa.Table.from_pylist(mine, schema=_RECORDS).drop_columns(["feed"])
            pq.write_table(table, folder / "part.parquet")
        _standardised(lake, feed, month, feeds.get(feed, []))
    _part(
        lake, "row_account", month,
        [{"feed": f, "landed": len(rows), "quarantined": 0} for f, rows in sorted(feeds.items())], _ACCOUNT,
    )  # fmt: skip
    persons = sorted({one.person for one in small.rows})
    _part(
        lake, "marts/dim_person", month,
        [{"person_id": p, "household_id": small.households.get(p, f"H-{p}")} for p in persons], _PERSON,
    )  # fmt: skip
    _part(lake, "marts/fct_warning_monthly", month, [*_lives(small), *_listed(small)], _WARNING)
    if small.answers:
        rows = [
            {"warning_id": f"W{n}", "file": "list.xlsx", "row": n, "reason_not": "", **answer}
            for n, answer in enumerate(small.answers)
        ]
        with lake.replacing("dispositions", month=str(month)) as folder:
            pq.write_table(pa.Table.from_pylist(rows), folder / "a.parquet")


def _lives(small: SmallMonth) -> list[dict[str, object]]:
    return [
        {
            "warning_id": f"D03-{person}", "rule_id": "D03", "person_id": person,
            "evidence": json.dumps({
                "settlements_after": bills, "in_school": school, "links": {"death": "certain", "life": "certain"},
            }),
        }
        for person, (bills, school) in small.lives.items()
    ]  # fmt: skip


def _listed(small: SmallMonth) -> list[dict[str, object]]:
    """The warnings that villages answer: each rests on the roster and the insurance."""
    files = json.dumps({"files": ["assistance_roster/a.csv", "medical_enrolment/b.csv"]})
    return [
        {"warning_id": f"W{n}", "rule_id": "C03", "person_id": answer["person_id"], "evidence": files}
        for n, answer in enumerate(small.answers)
    ]


def _standardised(lake: Lake, feed: str, month: Month, rows: list[dict[str, Any]]) -> None:
    """Only what the notices read of a feed: its word for a standing, and days."""
    told = [
        {
            **{key: row[key] for key in ("file", "sheet", "row")},
            "status": row["says"].word, "state": row["says"].word or "1", "reason": row["says"].word,
            "died_on": row["says"].died_on, "cancelled_on": row["says"].cancelled_on,
            "settled_at": row["says"].settled_on, "total": 100.0,
        }
        for row in rows
    ]  # fmt: skip
    with lake.replacing("standardised", feed=feed, month=str(month)) as folder:
        pq.write_table(pa.Table.from_pylist(told, schema=_STANDARDISED), folder / "part.parquet")


def _part(lake: Lake, table: str, month: Month, rows: list[dict[str, Any]], schema: pa.Schema) -> None:
    with lake.replacing(table, month=str(month)) as folder:
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), folder / "part.parquet")


def notices_of(lake: Lake, month: Month) -> list[dict[str, Any]]:
    """The month's notices as they stand in the lake."""
    path = lake.partition("notices", month=str(month)) / "part.parquet"
    return list(pq.read_table(path, partitioning=None).to_pylist())


def raised_of(lake: Lake, month: Month, policy: Policy) -> list[tuple[str, str]]:
    """Kind and feed of whatever is raised, without the life of months."""
    from warehouse.notices.evidence import lay_out
    from warehouse.notices.kinds import catalogue
    from warehouse.notices.raising import raise_all

    with duckdb.connect() as con:
        lay_out(con, month, lake, policy, catalogue())
        raise_all(con, policy, catalogue())
        return con.execute("SELECT kind, feed FROM raised ORDER BY ALL").fetchall()


def home_of(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "home")


_S, _D, _I = pa.string(), pa.date32(), pa.int32()
_CROSSWALK = pa.schema([("feed", _S), ("file", _S), ("sheet", _S), ("row", _I), ("role", _S), ("person_id", _S), ("grade", _S), ("rule", _S)])  # fmt: skip
_RECORDS = pa.schema([("feed", _S), ("file", _S), ("sheet", _S), ("row", _I), ("role", _S), ("profile_key", pa.uint64())])  # fmt: skip
_ACCOUNT = pa.schema([("feed", _S), ("landed", _I), ("quarantined", _I)])
_PERSON = pa.schema([("person_id", _S), ("household_id", _S)])
_WARNING = pa.schema([("warning_id", _S), ("rule_id", _S), ("person_id", _S), ("evidence", _S)])
_STANDARDISED = pa.schema([
    ("file", _S), ("sheet", _S), ("row", _I), ("status", _S), ("state", _S), ("reason", _S), ("died_on", _D),
    ("cancelled_on", _D), ("settled_at", _D), ("total", pa.float64()),
])  # fmt: skip
_PROFILES = pa.schema([
    ("profile_key", pa.uint64()), ("feed", _S), ("role", _S), ("id_no", _S), ("id_seen", _S), ("id_kind", _S), ("name", _S),
    ("name_raw", _S), ("name_family", _S), ("name_missing", pa.bool_()), ("sex", _S), ("birth_date", _D),
    ("birth_source", _S), ("birth_precision", _S), ("died_on", _D), ("agency_key", _S), ("household_key", _S),
    ("person_id", _S), ("grade", _S), ("rule", _S), ("last_month", _S),
])  # fmt: skip
