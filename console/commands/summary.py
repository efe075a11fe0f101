"""``doudi summary``: what the months made, and where it lies."""

from __future__ import annotations

from pathlib import Path

import duckdb

from console.screen import Screen
from warehouse import policy as policies
from warehouse.database import in_memory, quoted
from warehouse.errors import Refused
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.outcomes import recorded
from warehouse.release.sent import files_as_sql, sent_files
from warehouse.returns import dispositions
from warehouse.settings import Settings

ROWS = ("month", "rows", "landed", "quarantined", "furniture", "people", "certain", "review", "new")

ANSWERS = (
    "month",
    "handed out",
    "answered",
    "found true",
    "to be taken in",
    "found untrue or changed",
    "could not tell",
    "no answer yet",
)


def show_summary(settings: Settings, screen: Screen) -> None:
    """One line a month for rows and links, one a rule for warnings, then the places to look."""
    lake = Lake(settings.home)
    months = [month for month in lake.months("row_account") if recorded(lake, "link", Month.parse(month))]
    if not months:
        raise Refused("no month has been run in this home.", next_step="run doudi run --month YYYY-MM first.")
    with in_memory(settings.home) as con:
        screen.table("Rows, people, links", ROWS, [_month_line(con, lake, month) for month in months])
        rules, lines = _warnings(con, settings.home, months)
        screen.table("Warnings by rule (listed / all)", ["month", *rules, "sum"], lines)
        answers = _answers(con, lake, settings, months)
    if answers:
        screen.table("What the villages answered", ANSWERS, answers)
    screen.table("Where to look", ["what", "where"], _places(settings.home, months[-1]))


def _month_line(con: duckdb.DuckDBPyConnection, lake: Lake, month: str) -> tuple[object, ...]:
    account = _one(
        con,
        'sum("rows"), sum(landed), sum(quarantined), sum(furniture)',
        lake.partition("row_account", month=month),
    )
    people = _one(con, "count(*)", lake.partition("registry", month=month), "persons.parquet")
    links = _one(
        con,
        "count(*) FILTER (grade = 'certain'), count(*) FILTER (grade = 'review'), count(*) FILTER (grade = 'new')",
        lake.partition("crosswalk", month=month),
    )
    return (month, *(int(n or 0) for n in (*account, *people, *links)))


def _one(
    con: duckdb.DuckDBPyConnection, what: str, folder: Path, files: str = "*.parquet"
) -> tuple[int, ...]:
    found = con.execute(f"SELECT {what} FROM read_parquet('{quoted(folder / files)}')").fetchone()
    return tuple(found or ())


def _warnings(
    con: duckdb.DuckDBPyConnection, home: Path, months: list[str]
) -> tuple[list[str], list[list[object]]]:
    counts: dict[str, dict[str, tuple[int, int]]] = {}
    for month in months:
        path = home / "release" / month / "warnings.parquet"
        if path.exists():
            counts[month] = {
                rule: (listed, every)
                for rule, listed, every in con.execute(
                    "SELECT rule_id, count(*) FILTER (status = 'listed'), count(*) "
                    f"FROM read_parquet('{quoted(path)}') GROUP BY rule_id"
                ).fetchall()
            }
    rules = sorted({rule for table in counts.values() for rule in table})
    lines: list[list[object]] = []
    for month in months:
        table = counts.get(month)
        if table is None:
            lines.append([month, *["-" for _ in rules], "not published"])
            continue
        pairs = [table.get(rule, (0, 0)) for rule in rules]
        total = (sum(listed for listed, _ in pairs), sum(every for _, every in pairs))
        lines.append([month, *(f"{listed} / {every}" for listed, every in (*pairs, total))])
    return rules, lines


def _answers(
    con: duckdb.DuckDBPyConnection, lake: Lake, settings: Settings, months: list[str]
) -> list[tuple[object, ...]]:
    """Per list: how many of its warnings were answered, and how; nothing before the first answer has come in."""
    if not lake.months(dispositions.TABLE):
        return []
    policy = policies.load(settings.policy_dir, settings.region, Month.parse(months[-1]))
    dispositions.view(con, dispositions.files(lake))
    sent = sent_files(lake, until=Month.parse(months[-1]))
    if not sent:
        return []
    return con.execute(
        f"""
        WITH sent AS (SELECT DISTINCT month, warning_id FROM {files_as_sql(sent)}),
        said AS (
            SELECT list_month AS month, warning_id, max_by(result, checked_on) AS result, max_by(aid, checked_on) AS aid
            FROM dispositions GROUP BY ALL)
        SELECT sent.month, count(*), count(said.warning_id), count(*) FILTER (list_contains($hold, result)),
            count(*) FILTER (list_contains($hold, result) AND coalesce(aid, '') NOT IN ('', $none)),
            count(*) FILTER (list_contains($settle, result) AND NOT list_contains($hold, result)),
            count(*) FILTER (NOT list_contains($settle, result)), count(*) FILTER (said.warning_id IS NULL)
        FROM sent LEFT JOIN said USING (month, warning_id) GROUP BY sent.month ORDER BY sent.month""",
        {
            "hold": policy.words("answers_that_hold"),
            "settle": policy.words("answers_that_settle"),
            "none": policy.text("release.aid_none"),
        },
    ).fetchall()


def _places(home: Path, month: str) -> list[tuple[str, str]]:
    release = home / "release" / month
    places = [
        ("warning lists", release / "lists"),
        ("lists that came back", home / "returned"),
        ("return slips to villages", home / "returns"),
        ("14-column ledgers", release / "ledger"),
        ("the month's page", release / "month.html"),
        ("packages to partners", home / "packages" / month),
        ("cards for the reviewers", home / "review" / month),
        ("how good the links are", home / "docs" / "linkage" / f"{month}.html"),
        ("data docs", home / "docs" / "quality" / month),
        ("quarantined rows", home / "quarantine" / month),
        ("the warehouse", home / "warehouse.duckdb"),
    ]
    here = Path.cwd()
    return [
        (what, str(path.relative_to(here) if path.is_relative_to(here) else path))
        for what, path in places
        if path.exists()
    ]
