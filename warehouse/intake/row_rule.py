"""Row rules: what may be wrong with one row of a sound file, as data under ``row_rules/``.

A rule names a condition (a word that ``linkage.standardise.row_conditions`` turns into SQL), the columns it looks
at, what becomes of the row, and the sentences that the agency reads on its return slip. ``every_feed.yml`` holds for
the columns of a kind wherever they stand, ``<feed>.yml`` for one feed. A rule's id begins with ``S`` (slip): no
warning, link or gate rule does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator, model_validator

from warehouse.errors import Misconfigured
from warehouse.intake.contract import Contract, Kind, contracts

FOLDER = Path(__file__).parent / "row_rules"
EVERY_FEED = "every_feed"

SET_ASIDE, ASKED = "set_aside", "asked"
Treatment = Literal["set_aside", "asked"]

# The condition words and the kinds of column that each can look at (none: any kind).
WORDS: dict[str, tuple[Kind, ...]] = {
    "missing": (),
    "unreadable": ("date", "month", "money", "integer", "code", "sex", "relation"),
    "after_month": ("date",),
    "before_year": ("date",),
    "later_than": ("date",),
    "negative": ("money",),
    "id_kind": ("id",),
    "id_spelling": ("id",),
    "swapped": ("id",),
    "sex_against_id": ("id",),
    "birth_against_id": ("id",),
    "lost_character": ("name",),
    "all_missing": (),
    "repeated_otherwise": (),
}
# These look at their columns together; all others at each column by itself.
TOGETHER = ("all_missing", "repeated_otherwise")
# These compare with a number or a switch of policy, and rest while it has no value.
WITH_POLICY = ("after_month", "before_year", "id_spelling")

_ID = re.compile(r"S-[a-z_]+-\d{2}")


class RowRule(BaseModel):
    """One rule. ``when`` is the condition word, ``columns`` canonical names (or, in ``every_feed``, ``kind``).

    ``is_one_of``: kinds of damaged ID; ``differing``: the columns in which repeated rows differ; ``than``: the other
    date; ``only``: codes of other columns for which the rule speaks; ``policy``: the parameter it compares with.
    ``proposes``: whether the folded value may be proposed; ``may_be_linked``: whether another row of the same
    person may know the value. ``problem`` and ``remedy`` are what the agency reads.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    when: str
    columns: tuple[str, ...] = ()
    kind: Kind | None = None
    required_only: bool = False
    is_one_of: tuple[str, ...] = ()
    differing: tuple[str, ...] = ()
    than: str | None = None
    only: dict[str, tuple[str, ...]] = {}
    policy: str | None = None
    treatment: Treatment
    proposes: bool = False
    may_be_linked: bool = False
    problem: str
    remedy: str

    @field_validator("columns", mode="before")
    @classmethod
    def _one_or_more(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _says_what_its_word_needs(self) -> RowRule:
        if not _ID.fullmatch(self.id):
            raise ValueError(f"'{self.id}' is no id of a row rule (S-<topic>-01)")
        if self.when not in WORDS:
            raise ValueError(f"{self.id}: no such condition: {self.when}")
        if bool(self.columns) == bool(self.kind):
            raise ValueError(f"{self.id}: name either columns or a kind of column")
        needs = {
            "is_one_of": self.when == "id_kind",
            "differing": self.when == "repeated_otherwise",
            "than": self.when == "later_than",
            "policy": self.when in WITH_POLICY,
        }
        for field, is_needed in needs.items():
            if bool(getattr(self, field)) != is_needed:
                raise ValueError(f"{self.id}: {self.when} {'needs' if is_needed else 'knows no'} {field}")
        return self


class FeedRules(BaseModel):
    """One file: the rules of a feed (or of every feed), and the columns by which a row is known again.

    ``row_key`` finds the same row in a corrected file, whatever its number there; it is compared as standardised.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    feed: str
    row_key: tuple[str, ...] = ()
    rules: tuple[RowRule, ...] = ()


class Applied(BaseModel):
    """A rule on the columns of one feed: one column, or several that are looked at together."""

    model_config = ConfigDict(frozen=True)

    rule: RowRule
    columns: tuple[str, ...]

    @property
    def shown_column(self) -> str:
        """The column that a finding names; empty where it speaks of the whole row."""
        return "" if self.rule.when == "all_missing" else self.columns[0]


def applied_rules(contract: Contract, folder: Path = FOLDER) -> list[Applied]:
    """Every rule that looks at a feed's rows, each with its columns.

    The feed's own come first: of two that find the same fault in a cell, the first speaks.
    """
    files = _files(folder)
    own = files[contract.feed].rules if contract.feed in files else ()
    return [*_applied(own, contract), *_applied(files[EVERY_FEED].rules, contract)]


def row_key(contract: Contract, folder: Path = FOLDER) -> tuple[str, ...]:
    """The columns by which a feed's row is known again in another file."""
    own = _files(folder).get(contract.feed)
    return own.row_key if own else contract.event_key


def every_rule(folder: Path = FOLDER) -> dict[str, tuple[str, RowRule]]:
    """Every rule by its id, with the file that holds it."""
    return {rule.id: (of.feed, rule) for of in _files(folder).values() for rule in of.rules}


def _applied(rules: tuple[RowRule, ...], contract: Contract) -> Iterator[Applied]:
    for rule in rules:
        if rule.when in TOGETHER:
            yield Applied(rule=rule, columns=rule.columns)
            continue
        names = rule.columns or tuple(
            column.name
            for column in contract.columns
            if column.kind == rule.kind and (column.required or not rule.required_only)
        )
        yield from (Applied(rule=rule, columns=(name,)) for name in names)


@cache
def _files(folder: Path) -> dict[str, FeedRules]:
    found: dict[str, FeedRules] = {}
    seen: set[str] = set()
    for path in sorted(folder.glob("*.yml")):
        try:
            of = FeedRules.model_validate(
                yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
            )
            _hang_together(of, path.stem, seen)
        except (ValidationError, yaml.YAMLError, ValueError) as error:
            raise Misconfigured(
                f"the row rules {path.name} are broken: {error}", next_step="mend the file of row rules."
            ) from error
        found[of.feed] = of
    if EVERY_FEED not in found:
        raise Misconfigured(
            f"there is no {EVERY_FEED}.yml among the row rules.", next_step="bring the file back."
        )
    return found


def _hang_together(of: FeedRules, stem: str, seen: set[str]) -> None:
    """A file speaks of its own feed, an id stands once, and every column is one of the contract, of a fitting kind."""
    if of.feed != stem:
        raise ValueError(f"it speaks of '{of.feed}'")
    for rule in of.rules:
        if rule.id in seen:
            raise ValueError(f"{rule.id} stands twice")
        seen.add(rule.id)
    if of.feed == EVERY_FEED:
        return
    contract = contracts().get(of.feed)
    if contract is None:
        raise ValueError(f"no contract of '{of.feed}'")
    kinds = {column.name: column.kind for column in contract.columns}
    for rule in of.rules:
        named = {*rule.columns, *rule.differing, *rule.only, *filter(None, [rule.than])}
        if unknown := sorted(named - set(kinds)):
            raise ValueError(f"{rule.id}: no such column: {', '.join(unknown)}")
        for name in rule.columns:
            if WORDS[rule.when] and kinds[name] not in WORDS[rule.when]:
                raise ValueError(f"{rule.id}: {rule.when} cannot look at {name}, a {kinds[name]}")
        for name, values in rule.only.items():
            if strange := sorted(set(values) - set(contract.column(name).codes)):
                raise ValueError(f"{rule.id}: {name} has no code {', '.join(strange)}")
    if unknown := sorted(set(of.row_key) - set(kinds)):
        raise ValueError(f"row_key: no such column: {', '.join(unknown)}")
