"""Suites: the rules of a feed or mart as YAML, read and checked before any row is looked at.

A suite file is ``suites/<standardised|marts>/<table>.yml``. A rule either names an expectation of Great
Expectations or a word of our own vocabulary, says how hard it is (stop or warn) and why it exists, and
takes every number from policy: a number in a suite is refused.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from expectations.vocabulary import EXPECTATIONS, WORDS, Phrase
from warehouse.errors import Misconfigured
from warehouse.verdicts import Severity

FOLDER = Path(__file__).parent / "suites"

Shelf = Literal["standardised", "marts"]


class Rule(BaseModel):
    """One rule. ``why`` is for us; ``words`` is what staff read on the month's page when it did not hold, in
    Chinese (a stop rule too: in a short list it only warns). ``policy`` maps an argument to the parameter that holds its number; a bare parameter
    stands for ``limit`` (vocabulary) or ``mostly`` (expectation). No decision releases a month from a rule that is ``absolute``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^E-[a-z_]+-\d{2}$")
    expectation: str | None = None
    vocabulary: str | None = None
    args: dict[str, Any] = {}
    policy: dict[str, str] = {}
    severity: Severity
    absolute: bool = False
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

    @model_validator(mode="after")
    def _is_absolute_stop(self) -> Rule:
        if self.absolute and self.severity != "stop":
            raise ValueError(
                "only a stop rule can be absolute: a warning holds nothing that could be released"
            )
        return self

    @model_validator(mode="after")
    def _is_known(self) -> Rule:
        if bool(self.expectation) == bool(self.vocabulary):
            raise ValueError("name either an expectation or a word of the vocabulary")
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
        """The expectation or word."""
        return self.expectation or self.vocabulary or ""

    @property
    def phrase(self) -> Phrase:
        """What the vocabulary knows of the expectation or word."""
        known = EXPECTATIONS if self.expectation else WORDS
        if self.name not in known:
            raise ValueError(f"'{self.name}' is not known; known are: {', '.join(sorted(known))}")
        return known[self.name]

    @property
    def columns(self) -> list[str]:
        """The columns of the suite's own table that the rule looks at."""
        found: list[str] = []
        for name in self.phrase.column_arguments:
            value = self.args.get(name, [])
            found += [value] if isinstance(value, str) else list(value)
        return found


class Suite(BaseModel):
    """The rules of one table. ``required``: absence is a failure (marts; a feed says it by ``delivered``)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    table: str
    title: str
    rules: tuple[Rule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ids_are_its_own(self) -> Suite:
        strange = [rule.id for rule in self.rules if rule.id.rpartition("-")[0] != f"E-{self.table}"]
        ids = [rule.id for rule in self.rules]
        if strange or len(set(ids)) != len(ids):
            raise ValueError(f"rule ids are E-{self.table}-NN and stand once: {', '.join(strange or ids)}")
        return self


@cache
def suites(shelf: Shelf, folder: Path = FOLDER) -> tuple[Suite, ...]:
    """The suites of a shelf in order of table; ``Misconfigured`` names file and line of a broken one."""
    found = tuple(_read(path) for path in sorted((folder / shelf).glob("*.yml")))
    if not found:
        raise Misconfigured(
            f"there is no suite for {shelf}.", next_step=f"put one under suites/{shelf}/<table>.yml."
        )
    return found


def find(rule_id: str, folder: Path = FOLDER) -> tuple[Suite, Rule]:
    """The rule of that id with its suite; ``Misconfigured`` when there is none."""
    shelves: tuple[Shelf, ...] = ("standardised", "marts")
    for shelf in shelves:
        for suite in suites(shelf, folder):
            for rule in suite.rules:
                if rule.id == rule_id:
                    return suite, rule
    raise Misconfigured(
        f"there is no gate rule '{rule_id}'.", next_step="look at expectations/suites for the ids."
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
            rule.severity,
            rule.why,
            ", ".join(sorted(rule.policy.values())),
        )
        for shelf in shelves
        for suite in suites(shelf, folder)
        for rule in suite.rules
    ]
