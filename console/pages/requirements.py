"""The page of requirements: every row of the notices, its state, and the test that proves it; checked as it is made.

Its source is ``docs/requirements.csv`` with ``requirement, text, notice, state, where, test, note``. ``where`` and
``test`` are lists split at ``;``: places are ``rule:D01``, ``parameter:grace_months``, ``model:fct_population_monthly``,
``feed:disability``, ``verb:policy show`` or ``file:path``; tests are ``path::name``.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import typer

from console.commands.rules import Rule, catalogue
from console.pages.commands import verbs_of
from console.pages.markdown import page, table
from warehouse.errors import Misconfigured
from warehouse.intake.contract import contracts
from warehouse.policy.parameters import parameters
from warehouse.settings import REPOSITORY

SOURCE = REPOSITORY / "docs" / "requirements.csv"
NUMBERS = tuple(f"R{number:03}" for number in range(1, 101))
WORKING, WAITING, CODED, OUTSIDE = "已实现", "数据口待接入", "代码值", "不在范围"
STATES = {
    WORKING: "in use, and a test proves it",
    WAITING: "a slot is there and waits for its feed",
    CODED: "a value that the platform keeps and shows, and computes nothing with",
    OUTSIDE: "not the platform's work",
}


@dataclass(frozen=True)
class Requirement:
    """A row of the table. ``where`` are places, ``tests`` are ``path::name``."""

    number: str
    text: str
    notice: str
    state: str
    where: tuple[str, ...]
    tests: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class House:
    """What a place or a test may name: the repository at ``root``, the verbs of ``app``, the rules."""

    root: Path
    app: typer.Typer
    rules: tuple[Rule, ...]

    @cached_property
    def names(self) -> dict[str, frozenset[str]]:
        """Per kind of place what there is."""
        return {
            "rule": frozenset(rule.rule_id for rule in self.rules),
            "parameter": frozenset(parameters()),
            "model": frozenset(path.stem for path in (self.root / "dbt_project" / "models").rglob("*.sql")),
            "feed": frozenset(contracts()),
            "verb": frozenset(name.removeprefix("doudi ") for name, _ in verbs_of(self.app)),
        }

    @cached_property
    def rules_for(self) -> dict[str, list[str]]:
        """Per requirement the rules that say they serve it."""
        served: dict[str, list[str]] = {}
        for rule in self.rules:
            for number in rule.requirements:
                served.setdefault(number, []).append(rule.rule_id)
        return served

    def has_place(self, place: str) -> bool:
        """Whether a place of ``where`` is there."""
        kind, _, name = place.partition(":")
        if kind == "file":
            return bool(name) and (self.root / name).is_file()
        return name in self.names.get(kind, frozenset())

    def has_test(self, test: str) -> bool:
        """Whether ``path::name`` is a function of that file, or a unit test or case of that YAML."""
        path, _, name = test.partition("::")
        file, said = self.root / path, re.escape(name)
        if not name or not file.is_file():
            return False
        pattern = rf"^ *def {said}\(" if file.suffix == ".py" else rf"^ *- (name|case): [\"']?{said}[\"']?$"
        return re.search(pattern, file.read_text(encoding="utf-8"), re.MULTILINE) is not None


def requirements_page(app: typer.Typer) -> str:
    """``requirements.md``; ``Misconfigured`` with every fault of its source at once."""
    rows = read(SOURCE)
    found = list(faults(rows, House(REPOSITORY, app, tuple(catalogue()))))
    if found:
        raise Misconfigured(
            f"docs/requirements.csv has {len(found)} faults: {'; '.join(found)}.", next_step="mend its rows."
        )
    counted = Counter(row.state for row in rows)
    headers = ("row", "notice", "requirement", "state", "where", "proved by", "note")
    return page(
        "What the notices ask for, and where it stands",
        "`docs/requirements.csv`",
        [
            *table(
                ("state", "means", "rows"),
                [(state, words, counted[state]) for state, words in STATES.items()],
            ),
            "",
            *table(headers, [_cells(row) for row in rows]),
        ],
    )


def read(source: Path) -> list[Requirement]:
    """The rows of the source, in its order."""
    with source.open(encoding="utf-8", newline="") as file:
        return [
            Requirement(
                number=row["requirement"],
                text=row["text"],
                notice=row["notice"],
                state=row["state"],
                where=_list(row["where"]),
                tests=_list(row["test"]),
                note=row["note"],
            )
            for row in csv.DictReader(file)
        ]


def faults(rows: list[Requirement], house: House) -> Iterator[str]:
    """Everything that does not hold: rows missing or told twice, claims without a place or a test that is there."""
    numbers = [row.number for row in rows]
    if numbers != list(NUMBERS):
        lost = sorted(set(NUMBERS) - set(numbers))
        yield f"its rows are not R001 to R100 in order (missing: {', '.join(lost) or 'none'})"
    for row in rows:
        if row.state not in STATES:
            yield f"{row.number} has no state"
        if not row.text or not row.notice:
            yield f"{row.number} does not say what is asked, or by which notice"
        if row.state != OUTSIDE and not row.where:
            yield f"{row.number} does not say where it stands"
        if row.state == WORKING and not row.tests:
            yield f"{row.number} is called {WORKING} and names no test"
        serving = [rule for rule in house.rules_for.get(row.number, ()) if f"rule:{rule}" not in row.where]
        yield from (
            f"{row.number} does not name rule {rule}, which says that it serves it" for rule in serving
        )
        yield from (f"{row.number}: there is no {place}" for place in row.where if not house.has_place(place))
        yield from (
            f"{row.number}: there is no test {test}" for test in row.tests if not house.has_test(test)
        )


def _cells(row: Requirement) -> tuple[str, ...]:
    def coded(words: tuple[str, ...]) -> str:
        return "<br>".join(f"`{word}`" for word in words)

    return (row.number, row.notice, row.text, row.state, coded(row.where), coded(row.tests), row.note)


def _list(cell: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in cell.split(";") if word.strip())
