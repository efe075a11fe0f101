"""The hard sets as tables: cases of a few rows each, read from ``tables/*.yml``, written as the agencies' landed rows.

A case is a village of its own (township, ids, numbers, phones), so that all cases are linked in one lake and none
sees another. What a row's fields mean: ``README.md`` beside this file.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import yaml

from tests.spec.linkage.made_ids import written_id
from warehouse.intake.contract import LANDED_EXTRA, Contract, Person, contracts
from warehouse.lake import Lake

TABLES = Path(__file__).parent / "tables"
MONTHS = ("2026-08", "2026-09")
EXPECTED = ("certain", "review", "found", "unsure", "apart")

# Made-up townships and villages: two of these characters each.
_PLACES = "松柏杨柳桃梅兰竹菊荷桂枫槐榆杉桐"
_COUNTY = "同仁市"
_DIVISION = "632301"
_ROLES = ("head", "guardian", "kin")
_FIELDS = {"who", "is", "feed", "month", "name", "id", "birth", "sex", "ethnicity", "phone", "place", "house",
           "household", "number", "relation", "age", "died", "division", *_ROLES}  # fmt: skip


@dataclass(frozen=True)
class Mention:
    """One person-bearing role of a row, and what is expected of it."""

    feed: str
    months: tuple[str, ...]
    row: int
    role: str
    who: str
    expected: str
    told: dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One case of a hard set: who is mentioned where, and why it must come out as it is told."""

    hard_set: str
    title: str
    why: str
    number: int
    fails_today: str | None
    mentions: list[Mention] = field(default_factory=list)

    @property
    def area(self) -> str:
        """The six digits with which the ids of this case begin."""
        return f"63{4000 + self.number}"

    def place(self, which: str | None) -> tuple[str, str]:
        """Township and village: the case's own, ``next`` village of the township, or ``far`` in another, or ``untold``."""
        first, second = divmod(self.number, len(_PLACES))
        stem = _PLACES[first] + _PLACES[second]
        return {
            None: (f"{stem}镇", f"{stem}村"),
            "next": (f"{stem}镇", f"{stem}上村"),
            "far": (f"{stem}外镇", f"{stem}下村"),
            "untold": ("", ""),
        }[which]


def read_hard_sets() -> list[Case]:
    """Every case of every table; an unknown field or a word that is not expected fails at once."""
    cases: list[Case] = []
    row = 1
    for path in sorted(TABLES.glob("*.yml")):
        for told in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)["cases"]:
            case = Case(path.stem, told["case"], told["why"], len(cases), told.get("fails_today"))
            for line in told["rows"]:
                row += 1
                case.mentions.extend(_mentions(line, row, case))
            cases.append(case)
    return cases


def _mentions(line: dict[str, Any], row: int, case: Case) -> list[Mention]:
    found = []
    month = line.get("month", "1")
    months = MONTHS if month == "1-2" else (MONTHS[int(month) - 1],)
    for role, told in [("self", line), *((role, line[role]) for role in _ROLES if role in line)]:
        unknown = set(told) - _FIELDS
        assert not unknown, f"{case.title}: no field {unknown}"
        assert told["is"] in EXPECTED, f"{case.title}: nothing is {told['is']}"
        found.append(Mention(line["feed"], months, row, role, told["who"], told["is"], told))
    return found


# What a payment or a settlement has to tell to be used at all, whoever it speaks of.
_NEEDED = {
    "assistance_payment": {"pay_month": "{month}", "pay_status": "成功"},
    "medical_settlement": {"settlement_id": "JS{row:08d}", "settled_at": "{month}-15", "state": "1"},
}


def write_landed(cases: list[Case], lake: Lake) -> None:
    """Write the ``landed`` partitions of both months."""
    rows: dict[tuple[str, str], dict[int, dict[str, str | None]]] = {}
    for case in cases:
        for mention in case.mentions:
            contract = contracts()[mention.feed]
            person = next(one for one in contract.persons if one.role == mention.role)
            for month in mention.months:
                told = {
                    column: text.format(month=month, row=mention.row)
                    for column, text in _NEEDED.get(mention.feed, {}).items()
                }
                cells = rows.setdefault((mention.feed, month), {}).setdefault(mention.row, told)
                cells |= _cells(case, contract, person, mention.told)
    with duckdb.connect() as con:
        for (feed, month), of_feed in sorted(rows.items()):
            _write(con, lake, feed, month, of_feed)


def _cells(case: Case, contract: Contract, person: Person, told: dict[str, Any]) -> dict[str, str | None]:
    """The cells of one role by canonical column."""
    of_case = f"{case.number + 1:04d}"
    township, village = case.place(told.get("place"))
    house = f"1社{told['house']}号" if "house" in told else ""
    number = written_id(told["id"], case.area) if "id" in told else None
    values = {
        "name": told.get("name"),
        "id": number,
        "birth_date": told.get("birth"),
        "sex": {"m": "男", "f": "女", None: None}[told.get("sex")],
        "ethnicity": told.get("ethnicity"),
        "phone": f"139{of_case}{int(told['phone']):04d}" if "phone" in told else None,
        "household_key": f"{of_case}{int(told['household']):06d}" if "household" in told else None,
        "agency_key": f"{of_case}{int(told['number']):06d}" if "number" in told else None,
        "relation": told.get("relation"),
        "age": told.get("age"),
        "age_on": told.get("died"),
    }
    if person.id and person.id == person.agency_key:
        values["agency_key"] = None
        # A disability card: the id, the kind and the degree.
        values["id"] = f"{number}11" if number else None
    if told.get("place") != "untold":
        values |= {
            "township": township,
            "village": village,
            "address": f"{_COUNTY}{township}{village}{house}",
        }
    if person.address == "division":
        values["address"] = told.get("division", _DIVISION)
    cells = {getattr(person, key): value for key, value in values.items() if getattr(person, key)}
    lost = [key for key, value in values.items() if key in told and value and not getattr(person, key, None)]
    assert not lost, f"{case.title}: {contract.feed} has no column for {lost}"
    return {column: value for column, value in cells.items() if value is not None}


def _write(
    con: duckdb.DuckDBPyConnection, lake: Lake, feed: str, month: str, rows: dict[int, dict[str, str | None]]
) -> None:
    columns = [column.name for column in contracts()[feed].columns]
    typed = ", ".join(f'"{name}" VARCHAR' for name in (*columns, *LANDED_EXTRA))
    con.execute(f'CREATE OR REPLACE TABLE rows (file VARCHAR, sheet VARCHAR, "row" INTEGER, {typed})')
    con.executemany(
        f"INSERT INTO rows VALUES ({', '.join('?' * (3 + len(columns) + len(LANDED_EXTRA)))})",
        [
            [f"{feed}.csv", "", row, *(cells.get(name) for name in columns), *(None for _ in LANDED_EXTRA)]
            for row, cells in sorted(rows.items())
        ],
    )
    with lake.replacing("landed", feed=feed, month=month) as folder:
        con.execute(f"COPY rows TO '{folder}/part-0.parquet' (FORMAT parquet)")


@dataclass(frozen=True)
class Link:
    """Where one mention came to stand."""

    person_id: str
    grade: str
    rule: str


Found = dict[tuple[str, str, int, str], Link]


def read_links(lake: Lake) -> Found:
    """The crosswalk of both months: (month, feed, row, role) to link."""
    found: Found = {}
    with duckdb.connect() as con:
        for month in MONTHS:
            for feed, row, role, *link in con.execute(
                f"""SELECT feed, "row", role, person_id, grade, rule
                FROM read_parquet('{lake.root}/crosswalk/month={month}/*.parquet')"""
            ).fetchall():
                found[month, feed, row, role] = Link(*link)
    return found


def faults(case: Case, links: Found) -> list[str]:
    """What came out otherwise than the case tells, in words; empty when all is as it must be."""
    placed = [
        (mention, month, links[month, mention.feed, mention.row, mention.role])
        for mention in case.mentions
        for month in mention.months
    ]
    homes: dict[str, str] = {}
    for mention, _, link in placed:
        if mention.expected == "certain":
            homes.setdefault(mention.who, link.person_id)
    stands_for = {person_id: who for who, person_id in reversed(homes.items())}
    bearers: dict[str, Counter[str]] = {}
    for mention, _, link in placed:
        bearers.setdefault(link.person_id, Counter())[mention.who] += 1
    found = []
    for mention, month, link in placed:
        at = stands_for.get(link.person_id, "a person apart")
        said = (
            f"{month} {mention.feed} {mention.role} of {mention.who}: is {link.grade} {link.rule} at {at}, "
        )
        is_home = link.person_id == homes.get(mention.who)
        is_sure = link.grade != "review"
        match mention.expected:
            case "certain":
                is_right = is_home and is_sure
            case "review":
                is_right = is_home and not is_sure
            case "found":
                is_right = is_home
            case "unsure":
                is_right = not is_sure or set(bearers[link.person_id]) == {mention.who}
            case _:
                is_right = set(bearers[link.person_id]) == {mention.who}
        if not is_right:
            found.append(said + f"must be {mention.expected}")
        elif is_sure and at not in (mention.who, "a person apart"):
            found.append(said + "which is never certain")
    return found
