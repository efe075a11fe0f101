"""Every number of policy that the linkage uses is a line of its pack, and every line is used."""

from __future__ import annotations

from typing import Any, ClassVar

from linkage.limits import Limits
from linkage.quality.limits import QualityLimits
from linkage.review.terms import Terms
from warehouse.policy import Policy, read_lines
from warehouse.settings import REPOSITORY


class Watched(Policy):
    """A policy that remembers what was asked for."""

    asked: ClassVar[set[str]] = set()

    def number(self, parameter: str) -> Any:
        self.asked.add(parameter)
        return super().number(parameter)

    def count(self, parameter: str) -> Any:
        self.asked.add(parameter)
        return super().count(parameter)

    def words(self, parameter: str) -> Any:
        self.asked.add(parameter)
        return super().words(parameter)


def _lines() -> list[Any]:
    found = read_lines(REPOSITORY / "dbt_project" / "seeds" / "policy")
    return [line for line in found if line.parameter.startswith("linkage_")]


def test_every_parameter_stands_in_the_pack_and_is_used(policy: Policy) -> None:
    watched = Watched("*", policy.month, policy.lines)
    Watched.asked.clear()
    Limits.of(watched)
    QualityLimits.of(watched)
    Terms.of(watched.month, watched)
    watched.count("linkage_explain_alternatives")  # read by linkage.explain.told
    asked = {parameter for parameter in watched.asked if parameter.startswith("linkage_")}
    assert asked == {line.parameter for line in _lines()}


def test_every_line_says_what_it_means_and_that_nobody_has_decreed_it() -> None:
    for line in _lines():
        assert line.note and line.unit, line.parameter
        assert line.status == "illustrative" and line.document, line.parameter
