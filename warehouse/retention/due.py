"""What is due on a day: by kind and month the folders that policy no longer keeps, and why others must stay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb

from warehouse.database import in_memory, quoted
from warehouse.errors import Misconfigured
from warehouse.flow import BESIDE, READS
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.retention.kinds import PREFIX, Kind, kept_months, kinds, look_back

_MONTH = re.compile(r"\d{4}-\d{2}")


@dataclass
class Due:
    """One month of one kind whose time is over. ``kept_for``: why it stays all the same (empty: it may go)."""

    kind: Kind
    month: str
    folders: list[Path] = field(default_factory=list)
    files: int = 0
    bytes: int = 0
    rows: int = 0
    kept_for: str = ""


@dataclass(frozen=True)
class Standing:
    """One kind as it lies there: its months, how long it is kept (None: for good), on what ground, what is due."""

    kind: Kind
    months: tuple[str, ...]
    kept: int | None
    document: str
    status: str
    due: tuple[Due, ...]


def survey(lake: Lake, policy: Policy, on: date) -> list[Standing]:
    """Every kind with what is due on a day; nothing is changed. ``Misconfigured`` when the day is before the last month."""
    today = Month(on.year, on.month)
    later = [month for month in lake.months("outcomes") if month > str(today)]
    if later:
        raise Misconfigured(
            f"--on {on} lies before {later[-1]}, which has run in this home.", next_step="name today's date."
        )
    guard = _Guard(lake, policy, today)
    with in_memory(lake.home) as con:
        return [_standing(kind, lake, policy, today, guard, con) for kind in kinds()]


def _standing(
    kind: Kind, lake: Lake, policy: Policy, today: Month, guard: _Guard, con: duckdb.DuckDBPyConnection
) -> Standing:
    kept = kept_months(kind, policy)
    line = policy.lines.get(kind.parameter)
    folders = _folders(kind, lake.home) if kind.is_by_month else {}
    due = []
    for month, paths in sorted(folders.items()):
        if kept is None or Month.parse(month).plus(kept) >= today:
            continue
        going, why = guard.split(kind, month, paths)
        if going:
            due.append(_counted(Due(kind, month, going), con))
        if why:
            due.append(_counted(Due(kind, month, [p for p in paths if p not in going], kept_for=why), con))
    return Standing(
        kind,
        tuple(sorted(folders)),
        kept,
        line.document if line else "",
        line.status if line else "",
        tuple(due),
    )


def _folders(kind: Kind, home: Path) -> dict[str, list[Path]]:
    """Month to the folders of the kind that lie there."""
    found: dict[str, list[Path]] = {}
    for place in kind.places:
        for path in sorted(home.glob(place.replace("{month}", "[0-9]*-[0-9]*"))):
            month = path.name.removeprefix("month=")
            if path.is_dir() and _MONTH.fullmatch(month):
                found.setdefault(month, []).append(path)
    return found


def _counted(due: Due, con: duckdb.DuckDBPyConnection) -> Due:
    for folder in due.folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.name.startswith("."):
                due.files += 1
                due.bytes += path.stat().st_size
        if any(folder.rglob("*.parquet")):
            glob = quoted(folder / "**" / "*.parquet")
            found = con.execute(f"SELECT sum(num_rows) FROM parquet_file_metadata('{glob}')").fetchone()
            due.rows += int(found[0]) if found and found[0] else 0
    return due


class _Guard:
    """What later months still need of what is due, however old it is."""

    def __init__(self, lake: Lake, policy: Policy, today: Month) -> None:
        self.lake, self.today = lake, today
        self.back = look_back(policy)
        self.once_only = set(policy.words(f"{PREFIX}once_only_feeds"))
        run = lake.months("outcomes")
        self.latest = run[-2:]
        self.unbuilt = [month for month in run if not _is_built(lake, month)]
        self.open = set(_listed_open(lake, run[-1] if run else ""))

    def split(self, kind: Kind, month: str, paths: list[Path]) -> tuple[list[Path], str]:
        """The folders of a month that may go, and why the others may not."""
        why = self._whole(kind, month)
        if why:
            return [], why
        once = [path for path in paths if self._comes_once(path)]
        told = (
            f"{'、'.join(sorted({_feed(path) for path in once}))}：只报送一次，以后各月仍要用" if once else ""
        )
        return [path for path in paths if path not in once], told

    def _whole(self, kind: Kind, month: str) -> str:
        if month in self.latest:
            return "最近两个月，下月办理要用"
        if any(one <= str(Month.parse(month).plus(self.back)) for one in self.unbuilt) and kind.tables():
            return f"{self.unbuilt[0]} 尚未办完"
        if self._is_looked_back_at(kind) and Month.parse(month).plus(self.back) >= self.today:
            return f"政策回看 {self.back} 个月内"
        if kind.kind == "releases" and month in self.open:
            return "还有未答复的预警"
        return ""

    def _is_looked_back_at(self, kind: Kind) -> bool:
        """Whether a stage reads earlier months of one of its tables."""
        earlier = {
            table
            for reads in (*READS.values(), *BESIDE.values())
            for table, when in reads.files
            if when in ("until", "before")
        }
        return bool(earlier & set(kind.tables()))

    def _comes_once(self, path: Path) -> bool:
        return _feed(path) in self.once_only and "standardised" in path.parts


def _feed(path: Path) -> str:
    return next((part.removeprefix("feed=") for part in path.parts if part.startswith("feed=")), "")


def _is_built(lake: Lake, month: str) -> bool:
    return any(lake.partition("marts/fct_warning_monthly", month=month).glob("*.parquet"))


def _listed_open(lake: Lake, month: str) -> Iterator[str]:
    """The months on whose lists something stands that nobody has answered."""
    if not month:
        return
    mart = lake.partition("marts/fct_open_item_monthly", month=month)
    if any(mart.glob("*.parquet")):
        with in_memory(lake.home) as con:
            glob = quoted(mart / "*.parquet")
            found = con.execute(
                f"SELECT DISTINCT unnest([listed_month, last_listed_month]) FROM read_parquet('{glob}')"
            ).fetchall()
        yield from (str(one) for (one,) in found if one)
