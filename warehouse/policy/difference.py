"""What differs between two policies: of two regions, two months, or two folders of packs. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from warehouse.policy.lines import Line, Policy


@dataclass(frozen=True)
class Difference:
    """A parameter that holds another value there than here; None where no line is in force."""

    parameter: str
    here: Line | None
    there: Line | None


def differences(here: Policy, there: Policy) -> list[Difference]:
    """Every parameter whose value is another, in the order of their names.

    A line that is left open says the same as no line: no rule is configured.
    """
    names = sorted(here.lines.keys() | there.lines.keys())
    both = [Difference(name, here.lines.get(name), there.lines.get(name)) for name in names]
    return [one for one in both if _value(one.here) != _value(one.there)]


def _value(line: Line | None) -> str:
    return line.value if line else ""
