"""Which parameters a rule hangs on, read from its model and everything that stands behind it."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

from warehouse.errors import Misconfigured
from warehouse.policy.parameters import parameters
from warehouse.project import PROJECT

_CATALOGUE = PROJECT / "seeds" / "reference" / "rule_catalogue.csv"
_REF = re.compile(r"ref\('([a-z0-9_]+)'\)")
_WORD = re.compile(r"'([a-z][a-z0-9_.]+)'")
# They read every parameter there is: through them a rule would hang on all.
_READ_ALL = {"int_policy_in_force", "int_rules__readied"}


def rule_title(rule: str) -> str:
    """The rule's Chinese title; ``Misconfigured`` where no such rule says whom to visit."""
    raising = sorted(one for one in _rules() if f"int_{one.lower()}__assessed" in _models())
    if rule not in raising:
        raise Misconfigured(
            f"there is no rule '{rule}' that raises warnings.",
            next_step=f"choose one of: {', '.join(raising)}.",
        )
    return _rules()[rule][0]


def own_parameters(rule: str) -> tuple[str, ...]:
    """The parameters that the catalogue names for a rule: it says nothing without them."""
    return _rules()[rule][1]


@cache
def parameters_of(rule: str) -> tuple[str, ...]:
    """Every parameter that can change what a rule raises: those of the catalogue first, then what its model and
    the models behind it ask for, in the order of their names."""
    rule_title(rule)  # refuses what is no rule
    own = own_parameters(rule)
    known = parameters()
    asked: set[str] = set()
    seen: set[str] = set()
    waiting = [f"int_{rule.lower()}__assessed"]
    while waiting:
        name = waiting.pop()
        if name in seen or name in _READ_ALL or name not in _models():
            continue
        seen.add(name)
        text = _models()[name].read_text(encoding="utf-8")
        waiting += _REF.findall(text)
        asked |= {word for word in _WORD.findall(text) if word in known}
    return (*own, *sorted(asked - set(own)))


@cache
def _rules() -> dict[str, tuple[str, tuple[str, ...]]]:
    with _CATALOGUE.open(encoding="utf-8", newline="") as file:
        return {
            row["rule_id"]: (row["title"], tuple(filter(None, row["parameters"].split(";"))))
            for row in csv.DictReader(file)
        }


@cache
def _models() -> dict[str, Path]:
    return {path.stem: path for path in (PROJECT / "models").rglob("*.sql")}
