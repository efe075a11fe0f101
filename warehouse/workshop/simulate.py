"""Simulate: past months of one rule under other values, weighed by what villages answered.

Reads the lake and the packs, writes nothing. The policy in force is replayed like every trial, so that what differs
is what the values did and not what a newer program does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse.database import in_memory, quoted
from warehouse.errors import HistoryMissing
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Line, Policy, load, read_lines
from warehouse.release.listing import UNPLACED
from warehouse.returns.same_evidence import is_same_evidence
from warehouse.workshop.bench import Bench, bench
from warehouse.workshop.dependence import rule_title
from warehouse.workshop.near import Answered, Estimate, estimate
from warehouse.workshop.trials import Trial, trials_of

_WEIGH = Path(__file__).with_name("weigh.sql")
COUNTS = (
    "visits_before", "visits_after", "visits_more", "visits_fewer", "more_shared", "fewer_shared", "more_waiting",
    "gone", "new", "later", "sooner", "missed", "missed_aided", "spared", "gone_other", "gone_unknown", "held_later",
    "held_sooner", "found", "burdened", "new_other", "new_unknown",
)  # fmt: skip
_BETWEEN = "rules_between_offices"
_UNKNOWN = "label IN ('never', 'unclear')"


@dataclass(frozen=True)
class Weighed:
    """What one trial changes, over all months. ``counts`` has a number for each of ``COUNTS``.

    ``households_gone`` had a warning of the rule and have none in the trial, ``households_new`` the other way round.
    The estimates say how many of the unknown that go, and of those that come, would hold.
    """

    trial: Trial
    counts: dict[str, int]
    households_gone: int
    households_new: int
    gone_estimate: Estimate
    new_estimate: Estimate
    not_assessed: int


@dataclass(frozen=True)
class Place:
    """The same counts for a month and township; they add up to those of the trial."""

    step: int
    month: str
    township: str
    counts: dict[str, int]


@dataclass(frozen=True)
class Simulation:
    """What was tried and what came of it. ``findings`` and ``raised`` name persons by id and stay inside the house."""

    rule: str
    title: str
    region: str
    months: tuple[str, ...]
    in_force: tuple[Line | None, ...]
    weighed: tuple[Weighed, ...]
    places: tuple[Place, ...]
    raised_before: int
    not_assessed_before: int
    answered: dict[str, int]
    is_between_offices: bool
    unlike_built: dict[str, int]
    confidence: float
    findings: pa.Table
    raised: pa.Table


def simulate(
    rule: str,
    settings: Sequence[str],
    *,
    months: Sequence[Month],
    region: str,
    lake: Lake,
    policy_dir: Path,
    tell: Callable[[str], None] = lambda _: None,
) -> Simulation:
    """Try ``settings`` (``name=value[,value…]``) on ``rule`` in ``months`` (none: every month that was built).

    ``Misconfigured`` for a rule, name or value that cannot be; ``HistoryMissing`` for a month that was never built.
    """
    title = rule_title(rule)
    lines = read_lines(policy_dir)
    trials = trials_of(settings, rule, lines, region)
    chosen = _months(months, lake)
    policy = load(policy_dir, region, chosen[-1])
    with bench(rule, region, lake, policy_dir) as work, in_memory(lake.home) as con:
        silent = _replay(con, work, chosen, trials, lines, region, tell)
        _answers(con, work, lake)
        between = policy.words(_BETWEEN) if policy.is_configured(_BETWEEN) else ()
        unlike = _lists(con, rule, chosen, lake, between)
        places = weigh(con)
        return Simulation(
            rule=rule,
            title=title,
            region=region,
            months=tuple(map(str, chosen)),
            in_force=tuple(policy.lines.get(name) for name, _ in trials[0].values),
            weighed=tuple(
                _weighed(con, step, trial, places, policy, silent) for step, trial in enumerate(trials, 1)
            ),
            places=tuple(places),
            raised_before=_number(con, "SELECT count(DISTINCT warning_id) FROM raised WHERE step = 0"),
            not_assessed_before=silent[0],
            answered=_labels(con),
            is_between_offices=rule in between,
            unlike_built=unlike,
            confidence=float(policy.number("workshop.confidence")),
            findings=con.execute("FROM findings ORDER BY step, month, warning_id").to_arrow_table(),
            raised=con.execute("FROM raised ORDER BY step, month, warning_id").to_arrow_table(),
        )


def _months(months: Sequence[Month], lake: Lake) -> list[Month]:
    built = set(lake.months("crosswalk")) & set(lake.months("marts/fct_warning_monthly"))
    absent = [str(month) for month in months if str(month) not in built]
    if absent or not built:
        raise HistoryMissing(
            f"{absent[0]} was never built in this home."
            if absent
            else "no month was ever built in this home.",
            next_step="name months that were run: doudi summary shows them."
            if built
            else "run doudi run --month YYYY-MM first.",
        )
    return sorted(set(months)) or [Month.parse(month) for month in sorted(built)]


def _replay(
    con: duckdb.DuckDBPyConnection,
    work: Bench,
    months: Iterable[Month],
    trials: Sequence[Trial],
    lines: Sequence[Line],
    region: str,
    tell: Callable[[str], None],
) -> list[int]:
    """Fill ``raised`` and ``trials``; how many were not assessed in the last month, by step."""
    con.execute("CREATE TABLE trials (step INTEGER)")
    con.executemany("INSERT INTO trials VALUES (?)", [[step] for step in range(1, len(trials) + 1)])
    said = []
    silent = [0] * (len(trials) + 1)
    for month in months:
        tell(f"{month}: replaying the policy in force and {len(trials)} other(s).")
        steps = [
            work.month(month),
            *(work.trial(trial.over(lines, region), dict(trial.values)) for trial in trials),
        ]
        for step, found in enumerate(steps):
            silent[step] = found.not_assessed
            table = found.raised.append_column(
                "month", pa.array([str(month)] * len(found.raised), pa.string())
            )
            said.append(table.append_column("step", pa.array([step] * len(found.raised), pa.int32())))
    con.register("said", pa.concat_tables(said))
    con.execute("CREATE TABLE raised AS FROM said")
    con.unregister("said")
    return silent


def _answers(con: duckdb.DuckDBPyConnection, work: Bench, lake: Lake) -> None:
    """``given`` and ``settled``: what villages answered up to today, to the last list, too."""
    last = Month.parse(lake.months("marts/fct_warning_monthly")[-1])
    for name, table in zip(("given", "settled"), work.answers(last.next), strict=True):
        con.register("answers", table)
        con.execute(f"CREATE TABLE {name} AS FROM answers")
        con.unregister("answers")


def _lists(
    con: duckdb.DuckDBPyConnection, rule: str, months: Iterable[Month], lake: Lake, between: Sequence[str]
) -> dict[str, int]:
    """``listed``: the months' warnings of every rule as they were handed out; by month, how many of this rule's the
    replay of the policy in force tells otherwise."""
    files = ", ".join(
        f"'{quoted(lake.partition('marts/fct_warning_monthly', month=str(month)))}/*.parquet'"
        for month in months
    )
    con.execute(
        f"""CREATE TABLE listed AS
        SELECT month, warning_id, coalesce(household_id, person_id) AS household, rule_id = ? AS is_own,
          -- What one office asks another waits for no place on a list.
          CASE WHEN list_contains(?, rule_id) THEN 'between offices' ELSE status END AS status,
          coalesce(nullif(township, ''), '{UNPLACED}') AS township
        FROM read_parquet([{files}], union_by_name = true, hive_partitioning = true, hive_types = {{'month': VARCHAR}})
        """,
        [rule, list(between)],
    )
    return dict(
        con.execute("""
        SELECT coalesce(r.month, l.month), count(*) FROM (SELECT * FROM raised WHERE step = 0) AS r
        FULL JOIN (SELECT * FROM listed WHERE is_own) AS l ON r.month = l.month AND r.warning_id = l.warning_id
        WHERE r.warning_id IS NULL OR l.warning_id IS NULL GROUP BY 1 ORDER BY 1""").fetchall()
    )


def weigh(con: duckdb.DuckDBPyConnection) -> list[Place]:
    """Make the tables of ``weigh.sql`` from ``raised, trials, given, settled, listed``; gives the counts by place."""
    query = _WEIGH.read_text(encoding="utf-8")
    con.execute(query.replace("is_same_evidence(shown, given)", is_same_evidence("shown", "given")))
    found = con.execute("FROM places ORDER BY step, month, township").to_arrow_table().to_pylist()
    return [
        Place(row["step"], row["month"], row["township"], {name: int(row[name] or 0) for name in COUNTS})
        for row in found
    ]


def _weighed(
    con: duckdb.DuckDBPyConnection,
    step: int,
    trial: Trial,
    places: Sequence[Place],
    policy: Policy,
    silent: Sequence[int],
) -> Weighed:
    own = [place for place in places if place.step == step]
    answered = [
        Answered(amount, held)
        for amount, held in con.execute(
            "SELECT amount, label = 'held' FROM findings WHERE step = ? AND month_before IS NOT NULL"
            " AND label IN ('held', 'refuted', 'other') ORDER BY warning_id",
            [step],
        ).fetchall()
    ]

    def of_unknown(fate: str) -> Estimate:
        amounts = con.execute(
            f"SELECT amount FROM findings WHERE step = ? AND fate = ? AND {_UNKNOWN}", [step, fate]
        ).fetchall()
        return estimate(
            [amount for (amount,) in amounts],
            answered,
            nearest=policy.count("workshop.near_answers"),
            confidence=float(policy.number("workshop.confidence")),
        )

    gone, new = (
        _number(
            con, f"SELECT count(*) FROM households WHERE step = {step} AND is_before <> is_after AND {side}"
        )
        for side in ("is_before", "is_after")
    )
    return Weighed(
        trial=trial,
        counts={name: sum(place.counts[name] for place in own) for name in COUNTS},
        households_gone=gone,
        households_new=new,
        gone_estimate=of_unknown("gone"),
        new_estimate=of_unknown("new"),
        not_assessed=silent[step],
    )


def _labels(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Of the warnings under the policy in force: how many were found what."""
    return dict(
        con.execute("""
        SELECT coalesce(label, 'never'), count(*) FROM (SELECT DISTINCT warning_id FROM raised WHERE step = 0)
        LEFT JOIN labels USING (warning_id) GROUP BY 1 ORDER BY 1""").fetchall()
    )


def _number(con: duckdb.DuckDBPyConnection, query: str) -> int:
    found = con.execute(query).fetchone()
    return int(found[0]) if found else 0
