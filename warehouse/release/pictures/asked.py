"""What a page asks the month's marts: every figure once, for the county or for one township.

Nothing is counted here that stands in ``figures``; counts by rule, village or clock come from the marts of the month.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import duckdb

from warehouse.months import Month
from warehouse.release.frozen import COUNTY
from warehouse.release.listing import UNPLACED, UNPLACED_VILLAGE

_HERE = "($1 IS NULL OR coalesce(nullif(trim(township), ''), '" + UNPLACED + "') = $1)"
_LATE = "逾期"

_ROWS = """
SELECT coalesce(sum(rows), 0)::BIGINT, coalesce(sum(landed), 0)::BIGINT, coalesce(sum(quarantined), 0)::BIGINT,
       coalesce(sum(furniture), 0)::BIGINT, coalesce(sum(set_aside), 0)::BIGINT
FROM audit_row_account
"""
_STATUSES = f"SELECT status, count(*) FROM fct_warning_monthly WHERE {_HERE} GROUP BY status"
_VISITS = "SELECT count(DISTINCT (township, household)) FROM listing WHERE $1 IS NULL OR township = $1"
_YIELDS = """
SELECT yielded.rule_id, coalesce(rule.title, yielded.rule_id), sum(yielded.answers)::BIGINT, sum(yielded.found)::BIGINT,
       sum(yielded.held)::BIGINT, sum(yielded.refuted)::BIGINT, sum(yielded.unsettled)::BIGINT, sum(yielded.aided)::BIGINT
FROM fct_yield_monthly AS yielded LEFT JOIN dim_rule AS rule ON rule.rule_id = yielded.rule_id
WHERE yielded.township = coalesce($1, '') GROUP BY ALL HAVING sum(yielded.answers) > 0 ORDER BY 3 DESC, 1
"""
_TOWNSHIPS = f"""
WITH visits AS (SELECT township, count(DISTINCT household) AS visits FROM listing GROUP BY township),
late AS (
    SELECT coalesce(nullif(trim(township), ''), '{UNPLACED}') AS township, count(*) AS open,
           count(*) FILTER (WHERE state = '{_LATE}') AS late
    FROM fct_open_item_monthly GROUP BY 1
),
yields AS (SELECT township, sum(answers) AS answers, sum(found) AS found FROM fct_yield_monthly WHERE township <> '' GROUP BY township),
raised AS (
    SELECT coalesce(nullif(trim(township), ''), '{UNPLACED}') AS township, count(*) AS warnings FROM fct_warning_monthly GROUP BY 1
),
places AS (SELECT DISTINCT township FROM figures WHERE township <> $1 UNION SELECT township FROM raised UNION SELECT township FROM late)
SELECT township, coalesce(warnings, 0), coalesce(visits, 0), coalesce(open, 0), coalesce(late, 0),
       coalesce(answers, 0)::BIGINT, coalesce(found, 0)::BIGINT
FROM places LEFT JOIN raised USING (township) LEFT JOIN visits USING (township) LEFT JOIN late USING (township)
LEFT JOIN yields USING (township) ORDER BY township
"""
_RULES = f"""
SELECT warning.rule_id, coalesce(rule.title, warning.rule_id), warning.grade, warning.status, count(*)
FROM fct_warning_monthly AS warning LEFT JOIN dim_rule AS rule ON rule.rule_id = warning.rule_id
WHERE {_HERE} GROUP BY ALL ORDER BY ALL
"""
_HELD = """
SELECT rule_id, status, reason, sum(warnings)::BIGINT FROM backlog WHERE $1 IS NULL OR township = $1
GROUP BY ALL ORDER BY 4 DESC, 1, 2, 3
"""
_OPEN = f"""
SELECT count(*), count(*) FILTER (WHERE state = '{_LATE}'), count(*) FILTER (WHERE is_raised), coalesce(max(age_months), 0)::BIGINT
FROM fct_open_item_monthly WHERE {_HERE}
"""
_TICKETS = f"""
SELECT clock_hours::BIGINT,
       count(*) FILTER (WHERE is_within_clock AND state NOT IN ('办理中')),
       count(*) FILTER (WHERE is_within_clock AND state = '办理中'),
       count(*) FILTER (WHERE NOT is_within_clock),
       count(*) FILTER (WHERE is_within_clock IS NULL)
FROM fct_ticket_monthly WHERE {_HERE} AND clock_hours IS NOT NULL GROUP BY 1 ORDER BY 1
"""
_ALARMS = f"""
SELECT alarm.township, alarm.village, coalesce(rule.title, alarm.cause_rule), alarm.warnings, alarm.households, alarm.since, alarm.summary
FROM fct_alarm_monthly AS alarm LEFT JOIN dim_rule AS rule ON rule.rule_id = alarm.cause_rule
WHERE {_HERE} ORDER BY alarm.households DESC, alarm.township, alarm.village, alarm.cause_rule
"""
_COVERAGE = f"""
SELECT direction, list_class, roster_class, sum(persons)::BIGINT, sum(persons_change)::BIGINT
FROM fct_coverage_monthly WHERE {_HERE} GROUP BY ALL HAVING sum(persons) > 0 OR sum(persons_change) <> 0 ORDER BY ALL
"""
_LINKS = "SELECT feed, grade, sum(rows)::BIGINT FROM audit_link_monthly GROUP BY ALL ORDER BY ALL"
_LINK_RATES = """
SELECT measure, estimate, low, high FROM audit_linkage_quality_monthly
WHERE group_kind = 'all' AND method IN ('combined', 'counted') ORDER BY measure
"""
# Bits in fives: finer than that nobody reads.
_WEIGHTS = """
SELECT grade, (floor(low_bits / 5) * 5)::BIGINT, sum(links)::BIGINT FROM audit_linkage_histogram_monthly
GROUP BY ALL ORDER BY 2, 1
"""
_FEEDS = (
    "SELECT feed, files, rows, landed, quarantined, furniture, set_aside FROM audit_row_account ORDER BY feed"
)
_QUARANTINE = "SELECT feed, reason, count(*) FROM quarantine GROUP BY ALL ORDER BY 3 DESC, 1, 2"
_FIGURES = (
    "SELECT figure_id, title, value, unit, definition FROM figures WHERE township = $1 ORDER BY figure_id"
)
_VILLAGE_VISITS = """
SELECT village, count(DISTINCT household), count(*) FROM listing WHERE township = $1 GROUP BY village ORDER BY village
"""
_VILLAGE_OPEN = f"""
SELECT coalesce(nullif(trim(village), ''), '{UNPLACED_VILLAGE}'), state, count(*) FROM fct_open_item_monthly WHERE {_HERE} GROUP BY ALL ORDER BY ALL
"""
_LISTED = "SELECT rule_id, title, count(*) FROM listing WHERE $1 IS NULL OR township = $1 GROUP BY ALL ORDER BY 3 DESC, 1"


@dataclass(frozen=True)
class Answers:
    """What became of whatever was handed out in earlier months: ``due`` = ``settled`` + ``along`` + ``open``.

    ``settled``: found out by a village; ``along``: ended with another matter of the house or the person. Of the settled,
    ``found`` had something to be done, of these ``aided`` with an aid to come. What cannot be said is nought.
    """

    due: int = 0
    settled: int = 0
    along: int = 0
    open: int = 0
    found: int = 0
    aided: int = 0


@dataclass(frozen=True)
class Place:
    """A township's numbers of the month."""

    township: str
    warnings: int
    visits: int
    open: int
    late: int
    answers: int
    found: int


class Asked:
    """The questions of one page; ``place`` None is the county."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        *,
        month: Month,
        months: Sequence[str],
        place: str | None,
        county: str,
    ) -> None:
        self._con = con
        self.month, self.months, self.place, self.county = month, list(months), place, county
        found = con.execute(
            "SELECT month, figure_id, value FROM past_figures WHERE township = $1", [place or COUNTY]
        ).fetchall()
        self._past: dict[tuple[str, str], float | None] = {
            (month, name): value for month, name, value in found
        }
        lines = con.execute(_FIGURES, [place or COUNTY]).fetchall()
        self.figures = [(title, value, unit, definition) for _, title, value, unit, definition in lines]
        self._now = {name: value for name, _, value, _, _ in lines}
        self._titles: dict[str, str] = {name: title for name, title, *_ in lines}

    def figure(self, name: str) -> int | None:
        """A count of ``figures``; None where nobody can say it this month (or where the home knows no such figure)."""
        value = self._now.get(name)
        return None if value is None else int(value)

    def title(self, name: str) -> str:
        """What a figure is called."""
        return self._titles.get(name, name)

    def before(self, name: str) -> int | None:
        """The same figure in the month before; None where that month was not built."""
        value = self._past.get((str(self.month.previous), name))
        return None if value is None else int(value)

    def over_time(self, name: str) -> list[float | None]:
        """A figure in every month, oldest first."""
        return [self._past.get((month, name)) for month in self.months]

    def rows(self) -> tuple[int, int, int, int, int]:
        """Rows of all files of the month: delivered, landed, quarantined, furniture, set aside."""
        found: tuple[int, int, int, int, int] = self._one(_ROWS, [])
        return found

    def persons(self) -> int:
        """Persons who stand in the month's rows."""
        return int(self._one("SELECT count(*) FROM dim_person", [])[0])

    def statuses(self) -> dict[str, int]:
        """Warnings of the month by status."""
        return dict(self._con.execute(_STATUSES, [self.place]).fetchall())

    def visits(self) -> int:
        """Households on the lists of the month: one visit each, whatever number of warnings."""
        return int(self._one(_VISITS, [self.place])[0])

    def answers(self) -> Answers:
        """What became of the lists of earlier months."""
        return Answers(*(self.figure(f"answers_{one.name}") or 0 for one in fields(Answers)))

    def yields(self) -> list[tuple[str, str, int, int, int, int, int, int]]:
        """Per rule with answers: id, title, answers, found, held, refuted, unsettled, aided; most answered first."""
        return self._con.execute(_YIELDS, [self.place]).fetchall()

    def townships(self) -> list[Place]:
        """Every township of the month in order."""
        return [Place(*row) for row in self._con.execute(_TOWNSHIPS, [COUNTY]).fetchall()]

    def village_visits(self) -> list[tuple[str, int, int]]:
        """Per village of the township: visits, warnings on the list."""
        return self._con.execute(_VILLAGE_VISITS, [self.place]).fetchall()

    def village_open(self) -> list[tuple[str, str, int]]:
        """Open items by village and state."""
        return self._con.execute(_VILLAGE_OPEN, [self.place]).fetchall()

    def listed(self) -> list[tuple[str, str, int]]:
        """Warnings on the list by rule, the most first: id, title, count."""
        return self._con.execute(_LISTED, [self.place]).fetchall()

    def rules(self) -> list[tuple[str, str, str, str, int]]:
        """Warnings by rule, title, grade and status."""
        return self._con.execute(_RULES, [self.place]).fetchall()

    def held_back(self) -> list[tuple[str, str, str, int]]:
        """Warnings that are on no list: rule, status, reason, count."""
        return self._con.execute(_HELD, [self.place]).fetchall()

    def open_items(self) -> tuple[int, int, int, int]:
        """Open items: all, overdue, still raised this month, age of the oldest in months."""
        found: tuple[int, int, int, int] = self._one(_OPEN, [self.place])
        return found

    def tickets(self) -> list[tuple[int, int, int, int, int]]:
        """Per clock in hours: calls ended in time, still running within it, late, of unknown time."""
        return self._con.execute(_TICKETS, [self.place]).fetchall()

    def alarms(self) -> list[tuple[str, str, str, int, int, str, str]]:
        """Alarms: township, village, cause, warnings, households, since, sentence."""
        return self._con.execute(_ALARMS, [self.place]).fetchall()

    def coverage(self) -> list[tuple[str, str, str, int, int | None]]:
        """Lists against rosters: direction, class of the list, class of the roster, persons, change (None: unknown)."""
        return self._con.execute(_COVERAGE, [self.place]).fetchall()

    def links(self) -> list[tuple[str, str, int]]:
        """Rows by feed and grade of their link."""
        return self._con.execute(_LINKS).fetchall()

    def link_rates(self) -> list[tuple[str, float | None, float | None, float | None]]:
        """Estimated rates of the whole month's links with their intervals."""
        return self._con.execute(_LINK_RATES).fetchall()

    def weights(self) -> list[tuple[str, int | None, int]]:
        """Links by grade and weight in steps of five bits (None: nothing was weighed), from the lightest on."""
        return self._con.execute(_WEIGHTS).fetchall()

    def feeds(self) -> list[tuple[str, int, int, int, int, int, int]]:
        """The row account by feed."""
        return self._con.execute(_FEEDS).fetchall()

    def quarantine(self) -> list[tuple[str, str, int]]:
        """Quarantined rows by feed and reason."""
        return self._con.execute(_QUARANTINE).fetchall()

    def warnings_over_time(self) -> dict[str, list[float | None]]:
        """Warnings of every month by kind of rule; a month that was not built has none."""
        found = self._con.execute(
            "SELECT past.month, coalesce(rule.kind, '其他'), sum(past.warnings)::DOUBLE FROM past_warnings AS past "
            "LEFT JOIN dim_rule AS rule ON rule.rule_id = past.rule_id "
            f"WHERE {_HERE} GROUP BY ALL ORDER BY ALL",
            [self.place],
        ).fetchall()
        there = {month for month, *_ in found}
        counts = {(month, kind): count for month, kind, count in found}
        kinds = sorted({kind for _, kind, _ in found})
        return {
            kind: [counts.get((month, kind), 0.0) if month in there else None for month in self.months]
            for kind in kinds
        }

    def yields_over_time(self) -> list[float | None]:
        """The share of answers that were worth the walk so far, as of every month; None where nobody counted it."""
        shares = {
            month: found / answers
            for month, answers, found in self._con.execute(
                "SELECT month, answers, found FROM past_yields WHERE township = coalesce($1, '')",
                [self.place],
            ).fetchall()
            if answers and found is not None
        }
        return [shares.get(month) for month in self.months]

    def _one(self, query: str, parameters: list[Any]) -> Any:
        return self._con.execute(query, parameters).fetchone()
