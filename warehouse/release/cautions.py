"""What the gates said of the month's figures, on the lists that rest on them: warnings, and releases by decision.

A rule of a feed touches the lists of the warning rules that read this feed; a rule of the dock's book, of the
links or of a mart touches every list. A release of a feed that any warning rule reads touches every list, too:
what such a feed should have raised may be missing from it.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

import duckdb

from warehouse.intake.contract import contracts
from warehouse.release.document import Table
from warehouse.release.workbook import Column
from warehouse.settings import REPOSITORY
from warehouse.verdicts import RuleVerdict, Verdict

HEADING = "本月数据提示"
_CATALOGUE = REPOSITORY / "dbt_project" / "seeds" / "reference" / "rule_catalogue.csv"
# As many as a header can hold and still be read; the sheet 说明 holds them all.
_ON_HEADER = 3
_IN_CELL = 4
_COLUMNS = (
    Column("kind", "级别", 24, "centre"),
    Column("told", "提示", 78),
    Column("touched", "涉及规则", 10, "centre"),
    Column("rule", "质量规则编号", 14),
)


@dataclass(frozen=True)
class Caution:
    """One rule of a gate that did not hold: its id, what it says, and the feed it speaks of ('' where of all)."""

    rule: str
    told: str
    feed: str
    is_released: bool


class Cautions:
    """The month's cautions; asked by every writer of a list, form or page."""

    def __init__(self, verdicts: Mapping[str, Verdict]) -> None:
        failed = [rule for gate in sorted(verdicts) for rule in verdicts[gate].rules if rule.success is False]
        said = [rule for rule in failed if rule.released or rule.severity == "warn"]
        # What a person let go comes before what only warns.
        self.all = tuple(map(_caution, sorted(said, key=lambda rule: rule.released is None)))

    def touching(self, rules: Collection[str], feeds: Collection[str] = ()) -> list[Caution]:
        """Those that touch a list of these warning rules, or one that reads these feeds itself."""
        read = set(feeds).union(*(feeds_of(rule) for rule in rules))
        return [one for one in self.all if not one.feed or one.feed in read]

    def header(self, con: duckdb.DuckDBPyConnection, township: str | None) -> str:
        """The line above a township's list (None: the county's); empty where nothing touches its warnings."""
        touching = self.touching(_listed(con, township))
        touching = [one for one in self.all if one in touching or (one.is_released and _readers(one.feed))]
        shown = [f"{number}.{one.told}" for number, one in enumerate(touching[:_ON_HEADER], start=1)]
        more = len(touching) - len(shown)
        rest = f" 另有 {more} 条，见“说明”。" if more else ""
        return f"{HEADING}（{len(touching)} 条）：{' '.join(shown)}{rest}" if touching else ""

    def notes(self, rules: Collection[str], feeds: Collection[str]) -> list[str]:
        """A note per caution, for a form that rests on these rules and feeds."""
        return [f"{HEADING}：{one.told}" for one in self.touching(rules, feeds)]

    def table(self, heading: str) -> Table:
        """All of them with the warning rules that read what they speak of, for the sheet 说明."""
        rows: list[list[object]] = [
            ["放行" if one.is_released else "提醒", one.told, _touched(one), one.rule] for one in self.all
        ]
        return Table(_COLUMNS, rows, heading=heading, otherwise="本月各质量规则没有提示。")


def feeds_of(rule: str) -> frozenset[str]:
    """The feeds that a warning rule reads, needed or helping."""
    return _feeds().get(rule, frozenset())


@cache
def _feeds() -> dict[str, frozenset[str]]:
    with _CATALOGUE.open(encoding="utf-8", newline="") as lines:
        return {
            line["rule_id"]: frozenset(
                feed for feed in f"{line['needs_feeds']};{line['helping_feeds']}".split(";") if feed
            )
            for line in csv.DictReader(lines)
        }


def _caution(rule: RuleVerdict) -> Caution:
    told = (rule.words or rule.why).rstrip("。") + "。"
    if rule.released:
        said = rule.released
        told += f"（经{said.by}于{said.on[:10]}决定放行，理由：{said.reason}；审计记录 {said.mark}）"
    return Caution(rule.id, told, rule.table if rule.table in contracts() else "", rule.released is not None)


def _readers(feed: str) -> list[str]:
    return [rule for rule, read in sorted(_feeds().items()) if feed in read]


def _touched(caution: Caution) -> str:
    readers = _readers(caution.feed)
    if not caution.feed:
        return "全部"
    some = "、".join(readers[:_IN_CELL])
    return f"{some}等 {len(readers)} 条" if len(readers) > _IN_CELL else some or "无"


def _listed(con: duckdb.DuckDBPyConnection, township: str | None) -> list[str]:
    found = con.execute(
        "SELECT DISTINCT rule_id FROM listing WHERE $1 IS NULL OR township = $1 ORDER BY rule_id", [township]
    ).fetchall()
    return [str(row[0]) for row in found]
