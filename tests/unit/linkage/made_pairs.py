"""Two made-up people the same but for a few fields, as nodes: one table of cases for weights and for engines."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from pypinyin import lazy_pinyin

from linkage.match import score
from linkage.nodes import NODE_COLUMNS
from linkage.standardise.shapes import shape_of
from tests.unit.linkage.made_village import id_number

# Every name is borne by one in a thousand.
NAME_SHARE = 0.001

HER_ID = id_number("19620417", 28)
OTHER_ID = id_number("19620417", 46)
STRANGERS_ID = id_number("19801103", 17)

BASE: dict[str, Any] = {
    "name": "王秀兰",
    "birth": "1962-04-17",
    "birth_precision": "day",
    "sex": "2",
    "ethnicity": "01",
    "townships": ["兰采乡"],
    "villages": ["兰采村"],
    "phones": ["13700000001"],
    "is_dead": False,
}
# What two who are the same in all of BASE stand at; every comparison that is not named says nothing.
BASE_LEVELS = {"name": "equal", "birth": "equal", "sex": "equal", "place": "same_village", "phone": "same"}


def a_node(node: str, **changed: Any) -> dict[str, Any]:
    """A node like BASE but for what is given.

    ``id`` is a valid id, ``damaged`` = (kind, text[, surviving start]). Spellings and syllables follow from the
    name unless they are given.
    """
    fields = {**BASE, **changed}
    number, damaged = fields.pop("id", None), fields.pop("damaged", None)
    made: dict[str, Any] = {name: [] if kind.endswith("[]") else None for name, kind in NODE_COLUMNS.items()}
    made |= {"node": node, "rank": 2, "is_contested": False, "id_no": number}
    if damaged:
        made |= dict(zip(("id_kind", "id_seen", "id_prefix"), damaged, strict=False))
    if name := fields["name"]:
        made |= {"names": [name], "name_term": (fields.get("families") or [name])[0]}
        made["shape"] = shape_of(name)
        made["pinyins"] = [] if "?" in name else [" ".join(lazy_pinyin(name))]
    return made | fields


@dataclass(frozen=True)
class Case:
    """Two people: ``left`` and ``right`` are what differs from BASE, ``levels`` what differs from BASE_LEVELS
    (``missing``: the comparison says nothing)."""

    name: str
    left: dict[str, Any] = field(default_factory=dict)
    right: dict[str, Any] = field(default_factory=dict)
    levels: dict[str, str] = field(default_factory=dict)

    @property
    def all_levels(self) -> dict[str, str]:
        """Comparison to level, of the comparisons that say something."""
        return {name: level for name, level in {**BASE_LEVELS, **self.levels}.items() if level != "missing"}


_TOLD = {"birth": "missing", "sex": "missing"}
_HOUSE = {"homes": ["home:兰采村3社12号"]}


def _household(number: str, standing: str | None = None) -> dict[str, Any]:
    standings = [f"case_no:{number}={standing}"] if standing else []
    return {"households": [f"case_no:{number}"], "household_kinds": ["case_no"], "standings": standings}


def _agency(number: str) -> dict[str, Any]:
    return {"agencies": [f"psn_no:{number}"], "agency_kinds": ["psn_no"]}


def _dead(day: str | None) -> dict[str, Any]:
    return {"is_dead": True, "died_on": day}


CASES = (
    Case("the same in all"),
    # names
    Case("another spelling of the name's family", {"name": "次仁卓玛", "families": ["才让 卓玛"]}, {"name": "才让卓么", "families": ["才让 卓玛"]}, {"name": "family"}),
    Case("a homophone", {}, {"name": "王秀蓝"}, {"name": "syllables"}),
    Case("a character that could not be written", {}, {"name": "王?兰"}, {"name": "wildcard"}),
    Case("a character of four bytes that could not be written", {"name": "王𬱖兰", "pinyins": []}, {"name": "王?兰"}, {"name": "wildcard"}),
    Case("a character that looks alike", {"name": "马千里"}, {"name": "马干里"}, {"name": "look_alike"}),
    Case("another character", {}, {"name": "王秀芳"}, {"name": "one_character"}),
    Case("another character, of four bytes", {"name": "王𬱖兰", "pinyins": []}, {}, {"name": "one_character"}),
    Case("a shortened name", {"name": "扎西卓玛"}, {"name": "扎西"}, {"name": "shortened"}),
    Case("another name", {}, {"name": "李国强"}, {"name": "different"}),
    Case("no name", {}, {"name": None}, {"name": "missing"}),
    Case("one says only whose child it is", {"name": "※王秀兰", "pinyins": []}, {}, {"name": "missing"}),
    # ids
    Case("the same id", {"id": HER_ID}, {"id": HER_ID}, {"id": "equal"}),
    Case("the same damaged id", {"damaged": ("invalid", "63232119620417")}, {"damaged": ("invalid", "63232119620417")}, {"id": "same_damaged_text", **_TOLD}),
    Case("one of several ids in a cell", {"damaged": ("several", f"{STRANGERS_ID}/{HER_ID}")}, {"id": HER_ID}, {"id": "one_of_several", **_TOLD}),
    Case("a wrong digit", {"damaged": ("invalid", HER_ID[:9] + "9" + HER_ID[10:])}, {"id": HER_ID}, {"id": "one_slip_apart", **_TOLD}),
    Case("two digits swapped", {"damaged": ("invalid", HER_ID[:10] + HER_ID[11] + HER_ID[10] + HER_ID[12:])}, {"id": HER_ID}, {"id": "one_slip_apart", **_TOLD}),
    Case("a digit lost", {"damaged": ("invalid", HER_ID[:7] + HER_ID[8:])}, {"id": HER_ID}, {"id": "one_slip_apart", **_TOLD}),
    Case("a digit too many", {"damaged": ("invalid", HER_ID[:7] + "5" + HER_ID[7:])}, {"id": HER_ID}, {"id": "one_slip_apart", **_TOLD}),
    Case("fifteen digits that Excel left", {"damaged": ("excel15", HER_ID[:15] + "000", HER_ID[:15])}, {"id": HER_ID}, {"id": "excel_15_digits", **_TOLD}),
    Case("fifteen other digits that Excel left", {"damaged": ("excel15", STRANGERS_ID[:15] + "000", STRANGERS_ID[:15])}, {"id": HER_ID}, {"id": "excel_other_digits"}),
    Case("a mask that fits", {"damaged": ("masked", HER_ID[:6] + "********" + HER_ID[14:], HER_ID[:6])}, {"id": HER_ID}, {"id": "masked_fits"}),
    Case("a mask of another length that fits", {"damaged": ("masked", HER_ID[:6] + "***", HER_ID[:6])}, {"id": HER_ID}, {"id": "masked_fits"}),
    Case("area and birth of the id", {"damaged": ("invalid", HER_ID[:14] + "9990")}, {"id": HER_ID}, {"id": "same_area_and_birth", **_TOLD}),
    Case("another order number", {"id": OTHER_ID}, {"id": HER_ID}, {"id": "other_order_number"}),
    Case("another id", {"id": STRANGERS_ID}, {"id": HER_ID}, {"id": "different"}),
    # births
    Case("an age that fits", {"birth": "1963-01-01", "birth_precision": "year"}, {}, {"birth": "year_told"}),
    Case("an age that does not fit", {"birth": "1970-01-01", "birth_precision": "year"}, {}, {"birth": "year_told_other"}),
    Case("another day of the month", {"birth": "1962-04-07"}, {}, {"birth": "same_month"}),
    Case("day and month swapped", {"birth": "1962-04-07"}, {"birth": "1962-07-04"}, {"birth": "day_and_month_swapped"}),
    Case("another year", {"birth": "1972-04-17"}, {}, {"birth": "same_day_other_year"}),
    Case("another day of the year", {"birth": "1962-09-30"}, {}, {"birth": "same_year"}),
    Case("another birth date", {"birth": "1971-12-30"}, {}, {"birth": "different"}),
    Case("no birth date", {"birth": None, "birth_precision": None}, {}, {"birth": "missing"}),
    # sex
    Case("the other sex", {"sex": "1"}, {}, {"sex": "different"}),
    Case("no sex", {"sex": None}, {}, {"sex": "missing"}),
    # places
    Case("the same house", _HOUSE, _HOUSE, {"place": "same_home", "phone": "missing"}),
    Case("another village", {"villages": ["保安村"]}, {}, {"place": "same_township"}),
    Case("another township", {"villages": ["保安村"], "townships": ["保安镇"]}, {}, {"place": "different"}),
    Case("no place", {"villages": [], "townships": []}, {}, {"place": "missing"}),
    # households: place and phone are shared with them
    Case("the same standing in a household", _household("1", "02"), _household("1", "02"), {"household": "same_and_standing", "place": "missing", "phone": "missing"}),
    Case("another standing in a household", _household("1", "02"), _household("1", "20"), {"household": "same_other_standing", "place": "missing", "phone": "missing"}),
    Case("the same household, standing unknown", _household("1", "02"), _household("1"), {"household": "same", "place": "missing", "phone": "missing"}),
    Case("another household", _household("1", "02"), _household("2", "02"), {"household": "different"}),
    # agencies' numbers
    Case("the same agency's number", _agency("7001"), _agency("7001"), {"agency": "same"}),
    Case("another number of the agency", _agency("7001"), _agency("7002"), {"agency": "different"}),
    # phones
    Case("another phone", {"phones": ["13700000002"]}, {}, {"phone": "different"}),
    Case("no phone", {"phones": []}, {}, {"phone": "missing"}),
    # the dead
    Case("dead on the same day", _dead("2026-08-03"), _dead("2026-08-03"), {"death": "same_day"}),
    Case("dead some days apart", _dead("2026-08-03"), _dead("2026-08-07"), {"death": "same_days"}),
    Case("dead at another time", _dead("2026-08-03"), _dead("2026-03-19"), {"death": "other_day"}),
    Case("both dead, a day unknown", _dead("2026-08-03"), _dead(None), {"death": "both"}),
    Case("one of them dead", _dead("2026-08-03"), {}, {"death": "one"}),
)  # fmt: skip


def write_nodes(con: duckdb.DuckDBPyConnection, nodes: list[dict[str, Any]]) -> None:
    """Make ``nodes`` with the types that linking gives it, and ``terms``."""
    typed = ", ".join(f"{name} {kind}" for name, kind in NODE_COLUMNS.items())
    con.execute(f"CREATE OR REPLACE TABLE nodes ({typed})")
    if nodes:
        marks = ", ".join("?" for _ in NODE_COLUMNS)
        con.executemany(
            f"INSERT INTO nodes VALUES ({marks})",
            [[_value(node[name], kind) for name, kind in NODE_COLUMNS.items()] for node in nodes],
        )
    con.execute(f"""CREATE OR REPLACE TABLE terms AS
        SELECT DISTINCT name_term, {NAME_SHARE}::DOUBLE AS tf_name_term FROM nodes WHERE name_term IS NOT NULL""")


def _value(value: Any, kind: str) -> Any:
    return date.fromisoformat(value) if kind == "DATE" and value else value


def scored(con: duckdb.DuckDBPyConnection, model: Path, pairs: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """The pairs of ``nodes`` as the linkage itself scores them: seeker, target, match_weight, a level a comparison."""
    con.execute("CREATE OR REPLACE TABLE candidates (seeker VARCHAR, target VARCHAR)")
    if pairs:
        con.executemany("INSERT INTO candidates VALUES (?, ?)", pairs)
    score(con, model, -1000.0)
    found = con.execute("SELECT * FROM edges ORDER BY seeker, target")
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
