"""What the operator's page, the console's table and the monitor's figures are made of: months × stages, as they stand.

Read from the log of runs, the recorded outcomes, the verdicts and the marks of runs that were cut short. A month's
own runs (what stage of which month stands how) are kept apart from the runs by the clock (what ran when, whatever
month it was for): a stage tried three times is one cell there, and three lines here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse import outcomes, runs
from warehouse.flow import ORDER
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.operations import run_log
from warehouse.operations.run_log import Run
from warehouse.outcomes import Outcome
from warehouse.verdicts import GATES, Verdict, read_verdict

STAGES = ORDER


@dataclass(frozen=True)
class Cell:
    """One stage of one month: its last run, what it last said, how often it ran; no run where a home is older."""

    stage: str
    run: Run | None = None
    outcome: Outcome | None = None
    runs: int = 0
    is_cut_short: bool = False

    @property
    def status(self) -> str:
        """How the stage stands; empty when it has not run."""
        if self.run and self.run.status == "unavailable" and self.outcome:
            return self.outcome.status  # a run that met another one says nothing of the month
        if self.is_cut_short:
            return run_log.KILLED if not self.run or self.run.status != run_log.RUNNING else run_log.RUNNING
        if self.run:
            return self.run.status
        return self.outcome.status if self.outcome else ""

    @property
    def is_good(self) -> bool:
        """Whether what stands behind the stage is whole and went through."""
        return self.status in run_log.GOOD


@dataclass(frozen=True)
class MonthBoard:
    """One month: a cell for each stage of the flow, both verdicts, and the figures that people ask for first."""

    month: str
    cells: dict[str, Cell]
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    is_published: bool = False

    def count(self, stage: str, name: str) -> int | None:
        """A count of a stage's outcome, or None when it has not been told."""
        outcome = self.cells[stage].outcome
        return outcome.counts.get(name) if outcome else None

    @property
    def seconds(self) -> float:
        """What the last runs of the month's stages took together."""
        return round(sum(cell.run.seconds for cell in self.cells.values() if cell.run), 1)

    @property
    def is_through(self) -> bool:
        """Whether the flow went through to its end."""
        return self.open_cell is None

    @property
    def open_cell(self) -> Cell | None:
        """The first stage of the flow that has not gone through; None when all have.

        One that never ran is open only where none behind it did: an older home knows fewer stages.
        """
        cells = list(self.cells.values())
        last = max((place for place, cell in enumerate(cells) if cell.status), default=-1)
        return next(
            (cell for place, cell in enumerate(cells) if not cell.is_good and (cell.status or place > last)),
            None,
        )


@dataclass(frozen=True)
class Board:
    """Every month (the newest first) and every run (the newest first)."""

    months: tuple[MonthBoard, ...]
    runs: tuple[Run, ...]


def board(home: Path) -> Board:
    """The home as it stands."""
    lake = Lake(home)
    every = run_log.read(home)
    months = {*lake.months("outcomes"), *(run.month for run in every)}
    cut = set(runs.unfinished(home))
    by_cell: dict[tuple[str, str], list[Run]] = {}
    for run in every:
        by_cell.setdefault((run.month, run.stage), []).append(run)
    return Board(
        tuple(_month(lake, month, by_cell, cut) for month in sorted(months, reverse=True)),
        tuple(reversed(every)),
    )


def _month(
    lake: Lake, month: str, by_cell: dict[tuple[str, str], list[Run]], cut: set[tuple[str, str]]
) -> MonthBoard:
    of = Month.parse(month)
    cells = {}
    for stage in STAGES:
        told = by_cell.get((month, stage), [])
        cells[stage] = Cell(
            stage,
            run=told[-1] if told else None,
            outcome=outcomes.recorded(lake, stage, of),
            runs=len(told),
            is_cut_short=(month, stage) in cut,
        )
    found = {gate: read_verdict(lake, gate, of) for gate in GATES}
    return MonthBoard(
        month,
        cells,
        {gate: verdict for gate, verdict in found.items() if verdict},
        (lake.home / "release" / month / "manifest.json").exists(),
    )


def grouped(folder: Path, keys: tuple[str, ...], sums: tuple[str, ...] = ()) -> list[tuple[Any, ...]]:
    """Rows of a small Parquet folder counted (or, with ``sums``, added up) by ``keys``, in order; no folder, no rows."""
    files = sorted(folder.glob("[!.]*.parquet"))
    if not files:
        return []
    read = pa.concat_tables([pq.ParquetFile(file).read(columns=[*keys, *sums]) for file in files])
    ways: list[Any] = [(name, "sum") for name in sums] or [([], "count_all")]
    rows = read.group_by(list(keys)).aggregate(ways).to_pylist()
    names = (*keys, *(f"{name}_sum" for name in sums)) if sums else (*keys, "count_all")
    return sorted((tuple(row[name] for name in names) for row in rows), key=lambda row: tuple(map(str, row)))
