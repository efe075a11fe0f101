"""Suites: the rules of a feed or mart as YAML, read and checked before any row is looked at.

A suite file is ``suites/<standardised|marts>/<table>.yml``. A rule names an expectation of Great Expectations or
a word of our own vocabulary, or brings a query; it says how hard it is (stop or warn) and why it exists, and
takes every number from policy: a number in a suite is refused. A folder beside ours (``DOUDI_SUITES``) adds
rules to our tables, under ids that begin with ``E-x-``.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from expectations.vocabulary import EXPECTATIONS, WORDS, Phrase
from expectations.written import columns_of, core_expectation, query_phrase
from warehouse.errors import Misconfigured
from warehouse.settings import suites_beside
from warehouse.verdicts import Severity

FOLDER = Path(__file__).parent / "suites"

Shelf = Literal["standardised", "marts"]


class Rule(BaseModel):
    """One rule. ``why`` is for us; ``words`` is what staff read on the month's page when it did not hold, in
    Chinese (a stop rule too: in a short list it only warns). ``policy`` maps an argument to the parameter that holds its number; a bare parameter
    stands for ``limit`` (vocabulary) or ``mostly`` (expectation). ``sentence`` (``en``, ``zh``) says what a query or an
    unusual expectation asks; ``regions`` names the regions that a rule is for, none: all. No decision releases a month from a rule that is ``absolute``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^E-(x-)?[a-z_]+-\d{2}$")
    expectation: str | None = None
    vocabulary: str | None = None
    query: str | None = None
    sentence: dict[str, str] = {}
    args: dict[str, Any] = {}
    policy: dict[str, str] = {}
    severity: Severity
    absolute: bool = False
    regions: tuple[str, ...] = ()
    why: str = Field(min_length=10)
    words: str = Field(pattern=r"[\u4e00-\u9fff]{4}")

    @model_validator(mode="before")
    @classmethod
    def _bare_parameter(cls, plain: Any) -> Any:
        if isinstance(plain, dict) and isinstance(plain.get("policy"), str):
            argument = "mostly" if plain.get("expectation") else "limit"
            return {**plain, "policy": {argument: plain["policy"]}}
        return plain

    @field_validator("args")
    @classmethod
    def _no_numbers(cls, args: dict[str, Any]) -> dict[str, Any]:
        numbers = sorted(name for name, value in args.items() if _has_number(value))
        if numbers:
            raise ValueError(f"a number stands in {', '.join(numbers)}: name a policy parameter instead")
        return args

    @field_validator("sentence")
    @classmethod
    def _in_two_languages(cls, sentence: dict[str, str]) -> dict[str, str]:
        if set(sentence) - {"en", "zh"}:
            raise ValueError("a sentence is given as en and zh")
        return sentence

    @model_validator(mode="after")
    def _is_absolute_stop(self) -> Rule:
        if self.absolute and self.severity != "stop":
            raise ValueError(
                "only a stop rule can be absolute: a warning holds nothing that could be released"
            )
        return self

    @model_validator(mode="after")
    def _is_known(self) -> Rule:
        if [bool(self.expectation), bool(self.vocabulary), bool(self.query)].count(True) != 1:
            raise ValueError("name either an expectation or a word of the vocabulary, or write a query")
        phrase = self.phrase
        given = set(self.args) | set(self.policy)
        unknown, missing = sorted(given - phrase.allowed), sorted(phrase.needed - given)
        if unknown or missing:
            raise ValueError(
                f"'{self.name}' takes {sorted(phrase.allowed)}: unknown {unknown}, missing {missing}"
            )
        misplaced = sorted(set(self.args) & phrase.limits)
        if misplaced:
            raise ValueError(f"{', '.join(misplaced)} must come from policy")
        return self

    @property
    def name(self) -> str:
        """The expectation or word; ``query`` for a query."""
        return self.expectation or self.vocabulary or "query"

    @property
    def phrase(self) -> Phrase:
        """What the vocabulary, Great Expectations or the rule itself says of it."""
        if self.query:
            return query_phrase(self.query, sorted(self.policy), self.sentence, self.words)
        if self.expectation and self.name not in EXPECTATIONS:
            return core_expectation(self.name, self.sentence, self.words)
        known = EXPECTATIONS if self.expectation else WORDS
        if self.name not in known:
            raise ValueError(f"'{self.name}' is not known; known are: {', '.join(sorted(known))}")
        return known[self.name]

    @property
    def columns(self) -> list[str]:
        """The columns of the suite's own table that the rule looks at (a query's are looked up in its text)."""
        if self.expectation:
            return columns_of(self.args)
        found: list[str] = []
        for name in self.phrase.column_arguments:
            value = self.args.get(name, [])
            found += [value] if isinstance(value, str) else list(value)
        return found

    def is_for(self, region: str) -> bool:
        """Whether the rule is asked in a region."""
        return not self.regions or region in self.regions


class Suite(BaseModel):
    """The rules of one table. ``required``: absence is a failure (marts; a feed says it by ``delivered``)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    table: str
    title: str
    rules: tuple[Rule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ids_are_its_own(self) -> Suite:
        own = {f"E-{self.table}", f"E-x-{self.table}"}
        strange = [rule.id for rule in self.rules if rule.id.rpartition("-")[0] not in own]
        ids = [rule.id for rule in self.rules]
        if strange or len(set(ids)) != len(ids):
            raise ValueError(f"rule ids are E-{self.table}-NN and stand once: {', '.join(strange or ids)}")
        return self


def suites(shelf: Shelf, folder: Path = FOLDER) -> tuple[Suite, ...]:
    """The suites of a shelf in order of table, with the rules of the folder beside ours (``DOUDI_SUITES``).

    ``Misconfigured`` names file and line of a broken one.
    """
    return _suites(shelf, folder, suites_beside() if folder == FOLDER else None)


@cache
def _suites(shelf: Shelf, folder: Path, beside: Path | None) -> tuple[Suite, ...]:
    found = {path.stem: _read(path) for path in sorted((folder / shelf).glob("*.yml"))}
    if not found:
        raise Misconfigured(
            f"there is no suite for {shelf}.", next_step=f"put one under suites/{shelf}/<table>.yml."
        )
    for path in sorted((beside / shelf).glob("*.yml")) if beside else []:
        more = _read(path)
        ours = [rule.id for rule in more.rules if not rule.id.startswith("E-x-")]
        if ours:
            raise _broken(path, 1, f"{ours[0]} is an id of ours: rules beside ours are E-x-{more.table}-NN")
        one = found.get(more.table)
        found[more.table] = one.model_copy(update={"rules": (*one.rules, *more.rules)}) if one else more
    return tuple(found[table] for table in sorted(found))


def find(rule_id: str, folder: Path = FOLDER) -> tuple[Suite, Rule]:
    """The rule of that id with its suite; ``Misconfigured`` names the ids nearest to one that there is not."""
    shelves: tuple[Shelf, ...] = ("standardised", "marts")
    known = {
        rule.id: (suite, rule) for shelf in shelves for suite in suites(shelf, folder) for rule in suite.rules
    }
    if rule_id in known:
        return known[rule_id]
    near = get_close_matches(rule_id, known, n=3, cutoff=0.5)
    beside = f"; near it: {', '.join(near)}" if near else ""
    raise Misconfigured(
        f"there is no gate rule '{rule_id}'{beside}.",
        next_step="look at docs/generated/gates.md for the ids.",
    )


def _read(path: Path) -> Suite:
    text = path.read_text(encoding="utf-8")
    try:
        suite = Suite.model_validate(yaml.load(text, Loader=yaml.CSafeLoader))
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
        raise _broken(path, line, "it is no YAML") from error
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        what = f"{'.'.join(str(step) for step in first['loc'])}: {first['msg']}".lstrip(": ")
        raise _broken(path, _line(text, first["loc"]), what) from error
    if suite.table != path.stem:
        raise _broken(path, 1, f"it speaks of table '{suite.table}'")
    return suite


def _broken(path: Path, line: int, what: str) -> Misconfigured:
    return Misconfigured(
        f"the suite {path.parent.name}/{path.name}, line {line}, is broken: {what}.",
        next_step="mend the suite file.",
    )


def _line(text: str, steps: tuple[int | str, ...]) -> int:
    """The line (from 1) of the deepest part of the YAML that a validation error points at."""
    node: Any = yaml.compose(text)
    for step in steps:
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            node = node.value[step]
        elif isinstance(node, yaml.MappingNode):
            inner = next((value for key, value in node.value if key.value == step), None)
            if inner is None:
                break
            node = inner
        else:
            break
    return int(node.start_mark.line) + 1 if node is not None else 1


def _has_number(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_has_number(inner) for inner in value.values())
    if isinstance(value, list):
        return any(_has_number(inner) for inner in value)
    return isinstance(value, int | float) and not isinstance(value, bool)


def catalogue(folder: Path = FOLDER) -> list[tuple[str, str, str, str, str]]:
    """Every rule as a line for people: id, table with its title, severity, why, policy parameters."""
    shelves: tuple[Shelf, ...] = ("standardised", "marts")
    return [
        (
            rule.id,
            f"{suite.table} {suite.title}",
            f"{rule.severity}, absolute" if rule.absolute else rule.severity,
            rule.why,
            ", ".join(sorted(rule.policy.values())),
        )
        for shelf in shelves
        for suite in suites(shelf, folder)
        for rule in suite.rules
    ]
