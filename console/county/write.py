"""The made-up county as files: every agency's deliveries month by month, and the truth beside them."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from console.county.deliver import Delivery
from console.county.dirt_table import Dice, Mistake, agency_of, read_dirt
from console.county.events import delivery_events
from console.county.layouts import Layout, layouts
from console.county.measure import PairCounts, exact_join
from console.county.needs import NeedsTruth
from console.county.people import People, people_of
from console.county.people_truth import write_people
from console.county.repeats import mistaken, with_repeats
from console.county.seat import here
from console.county.truth import Truth
from console.county.warnings_truth import WarningsTruth
from warehouse.intake.contract import Contract, contracts
from warehouse.months import Month

HISTORY = "medical_settlement"


@dataclass
class CountyAccount:
    """What was written: counts for a person to read. ``joins`` is the exact-ID join of each month, ``file_rows`` the
    rows of data of each month's files."""

    persons: int
    files: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    person_rows: int = 0
    dirt: Counter[str] = field(default_factory=Counter)
    joins: dict[str, dict[str, PairCounts]] = field(default_factory=dict)
    warnings: Counter[str] = field(default_factory=Counter)
    needs: Counter[str] = field(default_factory=Counter)
    file_rows: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, other: CountyAccount) -> None:
        """Count another county's persons, rows, mistakes and planted warnings in; files and joins are not added."""
        self.persons += other.persons
        self.person_rows += other.person_rows
        for own, more in (
            (self.rows, other.rows),
            (self.dirt, other.dirt),
            (self.warnings, other.warnings),
            (self.needs, other.needs),
        ):
            own.update(more)

    def as_rows(self) -> list[tuple[str, str]]:
        """The account as rows of a table: what, count."""
        rows = [("persons", f"{self.persons:,}"), ("files", f"{self.files:,}")]
        rows += [(f"rows {feed}", f"{count:,}") for feed, count in sorted(self.rows.items())]
        rows.append(("person-bearing rows", f"{self.person_rows:,}"))
        rows += [(f"mistake {kind}", f"{count:,}") for kind, count in sorted(self.dirt.items())]
        for month, views in self.joins.items():
            for view, join in views.items():
                rows.append(
                    (
                        f"join on the ID as written, {month}, {view}",
                        f"recall {join.recall:.3f}, precision {join.precision:.3f}",
                    )
                )
        rows += [(f"planted {kind}", f"{count:,}") for kind, count in sorted(self.warnings.items())]
        rows += [(f"real needs, {month}", f"{count:,}") for month, count in self.needs.items()]
        return rows


def write_county(
    out: Path, *, seed: int, persons: int, months: list[Month], report: Callable[[str], None]
) -> CountyAccount:
    """Make the county of ``seed`` and write ``out/inbox/<month>/…`` and ``out/truth/…``.

    More people than a county has are made as a province of several (``console.county.province``). What stood in these two folders before is replaced. ``report`` is told what is being done.
    """
    from console.county.province import counties_for, write_province
    from console.county.world import make_world

    if here().is_alone and counties_for(persons) > 1:
        return write_province(out, seed=seed, persons=persons, months=months, report=report)
    report(f"making {persons:,} people")
    world = make_world(seed=seed, persons=persons, months=months)
    return write_world(out, world, seed=seed, months=months, report=report)


def write_world(
    out: Path, world: Any, *, seed: int, months: list[Month], report: Callable[[str], None]
) -> CountyAccount:
    """The same for a world that stands already (see ``console.county.world.World``)."""
    for folder in (out / "inbox", out / "truth"):
        shutil.rmtree(folder, ignore_errors=True)
    account = CountyAccount(persons=len(world.persons))
    enrolment, roster = (
        world.feed(feed, months[0]) if feed in world.feeds else None
        for feed in ("medical_enrolment", "assistance_roster")
    )
    people = people_of(world.persons, world.scene(months[0]).spouse, enrolment, roster)
    del enrolment, roster
    with (
        Truth(out / "truth") as truth,
        WarningsTruth(out / "truth") as planted,
        NeedsTruth(out / "truth", seed) as needs,
    ):
        county = _County(out / "inbox", world, seed, people, truth, account, read_dirt())
        for number, month in enumerate(months, start=1):
            for feed in (feed for feed in layouts() if feed in world.feeds):
                report(f"{month}: {contracts()[feed].title}")
                county.write_feed(feed, number, month)
            if number == 1:
                county.write_history(month)
            noted = planted.add(month, world.warnings(month), truth, account.warnings)
            account.needs[str(month)] = needs.add(month, noted, world.homes(month))
        account.person_rows = truth.person_rows
    write_people(out / "truth", world.persons)
    if here().is_alone:
        for month in months:
            account.joins[str(month)] = exact_join(out / "truth", str(month))
    return account


@dataclass
class _County:
    inbox: Path
    world: Any
    seed: int
    people: People
    truth: Truth
    account: CountyAccount
    table: list[Mistake]

    def __post_init__(self) -> None:
        self._events = delivery_events()

    def write_feed(self, feed: str, number: int, month: Month) -> None:
        """One feed of one month: as it should come, twice, first wrong and then right, or a month late."""
        if self._events.get((feed, number - 1)) == "late":
            self._write(feed, month.previous, month, f"{feed}_{month.previous}补报")
        event = self._events.get((feed, number))
        if event == "late":
            return
        if event == "corrected":
            self._write(feed, month, month, feed, is_copy=True)
            self._write(feed, month, month, f"{feed}_v2")
        else:
            self._write(feed, month, month, feed, is_sent_twice=event == "sent_twice")

    def write_history(self, month: Month) -> None:
        """The twelve months of settlements before the first."""
        if HISTORY not in self.world.feeds:
            return
        frame = self.world.history(HISTORY)
        if len(frame):
            self._deliver(HISTORY, frame, month.previous, month, f"{HISTORY}_history")

    def _write(
        self,
        feed: str,
        of: Month,
        month: Month,
        stem: str,
        *,
        is_copy: bool = False,
        is_sent_twice: bool = False,
    ) -> None:
        frame = self.world.feed(feed, of)
        if len(frame):
            frame = mistaken(frame) if is_copy else frame
            self._deliver(feed, frame, of, month, stem, is_copy=is_copy, is_sent_twice=is_sent_twice)

    def _deliver(
        self,
        feed: str,
        frame: pd.DataFrame,
        of: Month,
        month: Month,
        stem: str,
        *,
        is_copy: bool = False,
        is_sent_twice: bool = False,
    ) -> None:
        contract: Contract = contracts()[feed]
        layout: Layout = layouts()[feed]
        if layout.form == "xlsx" and not here().is_alone:
            # In a province each county's office sends workbooks of its own; what is text comes from one system.
            stem = f"{feed}_{here().code}{stem.removeprefix(feed)}"
        if stem.endswith("_history"):
            layout = layout.model_copy(update={"parts": 1})
        folder = self.inbox / str(month)
        folder.mkdir(parents=True, exist_ok=True)
        dice = Dice(self.seed, agency_of(contract.agency), feed, stem if of != month else str(of), self.table)
        frame = with_repeats(frame.reset_index(drop=True), contract, dice)
        delivery = Delivery(
            folder=folder,
            month=str(month),
            sent_on=of.last_day,
            contract=contract,
            layout=layout,
            dice=dice,
            people=self.people,
            truth=self.truth,
            is_copy=is_copy,
            is_sent_twice=is_sent_twice,
        )
        self.account.files += delivery.write(frame, stem)
        self.account.file_rows |= {(str(month), file): rows for file, rows in delivery.written.items()}
        if not is_copy:
            self.account.rows[feed] += len(frame)
            self.account.dirt.update(dice.counts)
