"""What is to be tried: settings as people write them, checked against the packs. Pure but for the tables of names.

``line=10000,12000`` is a setting with two values. One setting may have several: each is a trial of its own, with
the other settings beside it.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

from warehouse.errors import Misconfigured
from warehouse.policy import EVERYWHERE, Line
from warehouse.policy.check import faults_among
from warehouse.policy.parameters import description_of, parameters
from warehouse.policy.schedule import Schedule
from warehouse.policy.told import title_of, value_told
from warehouse.policy.units import misfit
from warehouse.workshop.dependence import own_parameters, parameters_of, rule_title

_SHORT = Path(__file__).with_name("short_names.csv")
TRIED = "试算"


@dataclass(frozen=True)
class Setting:
    """One parameter and the values to try, in the order in which they were given."""

    parameter: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Trial:
    """One set of values: parameter and value."""

    values: tuple[tuple[str, str], ...]

    @property
    def told(self) -> str:
        """``低收入人口医疗负担线 12000 元；…``."""
        return "；".join(
            f"{title_of(name)} {value_told(_line('', name, value))}" for name, value in self.values
        )

    def over(self, lines: Sequence[Line], region: str) -> list[Line]:
        """The packs with these values in the place of whatever a region had, at all times."""
        names = {name for name, _ in self.values}
        kept = [x for x in lines if x.parameter not in names or x.region not in (region, EVERYWHERE)]
        return kept + [_line(region, name, value) for name, value in self.values]


def trials_of(texts: Sequence[str], rule: str, lines: Sequence[Line], region: str) -> list[Trial]:
    """The trials that the settings ask for; ``Misconfigured`` when one cannot be read or no pack could say so."""
    settings = [_read(text, rule) for text in texts]
    names = [one.parameter for one in settings]
    if not settings or len(set(names)) < len(names):
        raise Misconfigured(
            "nothing is set." if not settings else f"'{_twice(names)}' is set twice.",
            next_step="write each parameter once, its values with commas: --set line=10000,12000.",
        )
    sweeps = [one for one in settings if len(one.values) > 1]
    if len(sweeps) > 1:
        raise Misconfigured(
            f"'{sweeps[0].parameter}' and '{sweeps[1].parameter}' have several values each.",
            next_step="try several values of one parameter at a time.",
        )
    fixed = tuple((one.parameter, one.values[0]) for one in settings if len(one.values) == 1)
    asked = [(*fixed, (one.parameter, value)) for one in sweeps for value in one.values] or [fixed]
    trials = [Trial(_with_months(values)) for values in asked]
    for trial in trials:
        found = faults_among(trial.over(lines, region), parameters())
        if found:
            raise Misconfigured(f"{found[0].sentence}.", next_step=f"{found[0].next_step}.")
    return trials


def parameter_named(short: str, rule: str) -> str:
    """The parameter of a rule by its name, a short name, or a part of its name that only one has."""
    asked = parameters_of(rule)
    listed = _short_names().get((rule, short)) or _short_names().get(("*", short))
    if short in asked:
        return short
    if listed in asked:
        return str(listed)
    parts = short.split("_")
    fitting = [name for name in asked if _holds(name.split("_"), parts)]
    nearest = [name for name in fitting if name in own_parameters(rule)] or fitting
    if len(nearest) == 1:
        return nearest[0]
    choices = nearest or asked
    if not choices:
        raise Misconfigured(
            f"{rule} ({rule_title(rule)}) hangs on no parameter.", next_step="choose another rule."
        )
    raise Misconfigured(
        f"{rule} has {'several parameters' if nearest else 'no parameter'} of the name '{short}'.",
        next_step="choose one of: " + ", ".join(f"{name} ({title_of(name)})" for name in choices) + ".",
    )


def _read(text: str, rule: str) -> Setting:
    name, sign, said = text.partition("=")
    if not sign or not name.strip():
        raise Misconfigured(
            f"'{text}' sets nothing.", next_step="write NAME=VALUE, for example --set line=12000."
        )
    parameter = parameter_named(name.strip(), rule)
    values = tuple(dict.fromkeys(value.strip() for value in said.split(",")))
    about = description_of(parameter, parameters())
    for value in values:
        reason = misfit(value, about.unit) if about else None
        if reason:
            raise Misconfigured(
                f"{parameter} ({title_of(parameter)}): '{value}' {reason}.",
                next_step=f"write a value in {about.unit if about else ''}, or nothing for: no rule configured.",
            )
    return Setting(parameter, values)


def _with_months(values: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """A schedule says how long the grace is: the packs hold the two beside each other, and so does a trial."""
    said = dict(values)
    if said.get("grace_schedule") and "grace_months" not in said:
        return (*values, ("grace_months", str(Schedule.parse(said["grace_schedule"]).months)))
    return values


def _line(region: str, parameter: str, value: str) -> Line:
    about = description_of(parameter, parameters())
    line = Line(region, parameter, value, about.unit if about else "", date(1900, 1, 1), None, TRIED, "", "")
    return replace(line, status="illustrative", file="--set")


def _holds(name: list[str], parts: list[str]) -> bool:
    return any(name[at : at + len(parts)] == parts for at in range(len(name) - len(parts) + 1))


def _twice(names: list[str]) -> str:
    return next(name for name in names if names.count(name) > 1)


@cache
def _short_names() -> dict[tuple[str, str], str]:
    with _SHORT.open(encoding="utf-8", newline="") as file:
        return {(row["rule"], row["short"]): row["parameter"] for row in csv.DictReader(file)}
