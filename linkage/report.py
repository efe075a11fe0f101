"""The month's report of ids: persons before and after, and every mint, merge, move and flag with its reason.

Made from the registries of two months and the month's events, all of which are published; counts and words only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb

from linkage.history import KINDS
from linkage.report_page import page
from linkage.wording import event_word, feed_word, rule_word
from warehouse.database import copy_to_parquet, in_memory, quoted
from warehouse.errors import HistoryMissing
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.outcomes import Outcome, record, recorded

UNPLACED = "（无乡镇）"


@dataclass(frozen=True)
class IdentityReport:
    """One month's ids in numbers.

    ``persons``: (words, count) from the month before to this one; ``work``: what was scored, in sentences' numbers;
    ``events``: (kind, rule, events, descriptions); ``feeds`` and ``townships``: (kind, name, events).
    """

    month: Month
    persons: tuple[tuple[str, int], ...]
    work: tuple[tuple[str, int], ...]
    events: tuple[tuple[str, str, int, int], ...]
    feeds: tuple[tuple[str, str, int], ...]
    townships: tuple[tuple[str, str, int], ...]

    @property
    def scored_share(self) -> float:
        """Of the month's descriptions, the share in per cent that was new and had to be scored."""
        told = dict(self.work)
        return 100 * told["首次出现的记载"] / told["本月记载"] if told["本月记载"] else 0.0


def identity_report(month: Month, *, lake: Lake) -> tuple[IdentityReport, Outcome]:
    """Write ``identity_report`` of the month and ``HOME/docs/identity/<month>.html``; return the report.

    Raises ``HistoryMissing`` when the month is not linked.
    """
    linked = recorded(lake, "link", month)
    if linked is None or str(month) not in lake.months("registry"):
        raise HistoryMissing(
            f"{month} is not linked, so there is nothing to tell of its ids.",
            next_step=f"run doudi link --month {month} first.",
        )
    with in_memory(lake.home) as con:
        _read(con, month, lake)
        report = IdentityReport(
            month,
            persons=_persons(con, month),
            work=(
                ("本月记载", linked.counts["profiles"]),
                ("首次出现的记载", linked.counts["profiles_fresh"]),
                ("再次核对的旧记载", linked.counts["profiles_reopened"]),
                ("重新衡量的已公布关联", linked.counts["links_weighed_again"]),
            ),
            events=_rows(
                con,
                "SELECT kind, reason, count(*), sum(profiles)::BIGINT FROM events GROUP BY ALL ORDER BY ALL",
            ),
            feeds=_rows(con, "SELECT kind, feed, count(*) FROM placed_events GROUP BY ALL ORDER BY ALL"),
            townships=_rows(
                con, "SELECT kind, township, count(*) FROM placed_events GROUP BY ALL ORDER BY ALL"
            ),
        )
        with lake.replacing("identity_report", month=str(month)) as folder:
            rows = copy_to_parquet(
                con,
                """SELECT kind, reason, feed, township, count(*) AS events, sum(profiles)::BIGINT AS profiles
                FROM placed_events GROUP BY ALL ORDER BY ALL""",
                folder / "report.parquet",
            )
    lake.write_text(lake.home / "docs" / "identity" / f"{month}.html", page(report))
    outcome = Outcome(
        stage="identity",
        month=str(month),
        counts={"rows": rows, **_by_kind(report)},
        by={"reason": _by_reason(report)},
        reasons=[f"docs/identity/{month}.html"],
    )
    return report, record(outcome, lake)


def _by_kind(report: IdentityReport) -> dict[str, int]:
    return {kind: sum(line[2] for line in report.events if line[0] == kind) for kind in KINDS}


def _by_reason(report: IdentityReport) -> dict[str, int]:
    return {f"{kind} {rule}": events for kind, rule, events, _ in report.events}


def _read(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake) -> None:
    def folder(table: str, of: Month) -> str:
        return quoted(lake.partition(table, month=str(of)))

    con.execute(f"CREATE TEMP VIEW events AS FROM read_parquet('{folder('events', month)}/*.parquet')")
    con.execute(
        f"CREATE TEMP VIEW persons AS FROM read_parquet('{folder('registry', month)}/persons.parquet')"
    )
    con.execute(
        f"CREATE TEMP VIEW profiles AS FROM read_parquet('{folder('registry', month)}/profiles.parquet')"
    )
    has_before = str(month.previous) in lake.months("registry")
    before = (
        f"read_parquet('{folder('registry', month.previous)}/persons.parquet')"
        if has_before
        else "(FROM persons LIMIT 0)"
    )
    con.execute(f"CREATE TEMP VIEW persons_before AS FROM {before}")
    con.execute(f"""
        CREATE TEMP TABLE placed_events AS
        SELECT events.kind, events.reason, coalesce(profiles.feed, '') AS feed,
            coalesce(nullif(trim(persons.township), ''), '{UNPLACED}') AS township, events.profiles
        FROM events LEFT JOIN persons USING (person_id)
        LEFT JOIN profiles ON profiles.profile_key = events.first_key""")


def _persons(con: duckdb.DuckDBPyConnection, month: Month) -> tuple[tuple[str, int], ...]:
    """From the persons of the month before to those of this month, so that the sum is right."""
    counted = {
        "上月在册的人": "SELECT count(*) FROM persons_before",
        "本月新立": "SELECT count(*) FROM persons ANTI JOIN persons_before USING (person_id)",
        "并入他人": """SELECT count(*) FROM persons_before WHERE person_id NOT IN (SELECT person_id FROM persons)
            AND person_id IN (SELECT other_id FROM events WHERE kind = 'merge')""",
        "不再使用": """SELECT count(*) FROM persons_before WHERE person_id NOT IN (SELECT person_id FROM persons)
            AND person_id NOT IN (SELECT other_id FROM events WHERE kind = 'merge')""",
        "本月在册的人": "SELECT count(*) FROM persons",
        "其中本月有记载": f"SELECT count(*) FROM persons WHERE last_month = '{month}'",
        "其中上月有、本月无": f"SELECT count(*) FROM persons WHERE last_month = '{month.previous}'",
        "其中隔月又出现": f"""SELECT count(*) FROM persons JOIN persons_before AS before USING (person_id)
            WHERE persons.last_month = '{month}' AND before.last_month < '{month.previous}'""",
    }
    return tuple((words, int(_rows(con, query)[0][0])) for words, query in counted.items())


def _rows(con: duckdb.DuckDBPyConnection, query: str) -> tuple[tuple[Any, ...], ...]:
    return tuple(con.execute(query).fetchall())


def event_lines(report: IdentityReport) -> list[tuple[str, str, str, int, int]]:
    """What happened, in words: kind, rule, its sentence, events, descriptions; in the order of a person's life."""
    ordered = sorted(report.events, key=lambda line: (KINDS.index(line[0]), line[1]))
    return [(event_word(kind), rule, rule_word(rule), events, told) for kind, rule, events, told in ordered]


def feed_lines(report: IdentityReport) -> list[tuple[str, ...]]:
    """By feed: how many of each kind of event, the feed in words."""
    return _crossed([(kind, feed_word(feed) if feed else "—", number) for kind, feed, number in report.feeds])


def township_lines(report: IdentityReport) -> list[tuple[str, ...]]:
    """By township: how many of each kind of event."""
    return _crossed(list(report.townships))


def _crossed(lines: list[tuple[str, str, int]]) -> list[tuple[str, ...]]:
    names = sorted({name for _, name, _ in lines})
    counts = {(kind, name): number for kind, name, number in lines}
    return [(name, *(str(counts.get((kind, name), 0) or "") for kind in KINDS)) for name in names]
