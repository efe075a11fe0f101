"""``doudi summary``: what the months made, and where it lies."""

from __future__ import annotations

from pathlib import Path

import duckdb

from console.screen import Screen
from warehouse.database import in_memory, quoted
from warehouse.errors import Refused
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.outcomes import recorded
from warehouse.settings import Settings

ROWS = ("month", "rows", "landed", "quarantined", "furniture", "people", "certain", "review", "new")


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


def _places(home: Path, month: str) -> list[tuple[str, str]]:
    release = home / "release" / month
    places = [
        ("warning lists", release / "lists"),
        ("14-column ledgers", release / "ledger"),
        ("the month's page", release / "month.html"),
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
