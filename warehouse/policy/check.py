"""What is wrong with a set of lines: each by itself, and among each other. Pure.

Nothing here stops at the first fault: whoever mends a pack wants to see all of them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from warehouse.policy.lines import EVERYWHERE, STATUSES, Line
from warehouse.policy.parameters import Parameter, description_of
from warehouse.policy.schedule import Schedule
from warehouse.policy.units import is_unit, misfit

_DAY = timedelta(days=1)
_REGION = re.compile(r"\*|[a-z][a-z0-9_]*")
_ENDED_ON_PURPOSE = "let another line follow (an empty value means: no rule configured)"
_GRACE = ("grace_months", "grace_schedule")

Spans = dict[tuple[str, str], list[Line]]


@dataclass(frozen=True)
class Fault:
    """Something that must be mended: where it stands, what it is, what to do. It names no person."""

    file: str
    row: int
    parameter: str
    reason: str
    next_step: str

    @property
    def sentence(self) -> str:
        """``tongren.csv, line 3, grace_months: …``."""
        place = f"{self.file}, line {self.row}" if self.row else self.file
        return f"{place}, {self.parameter}: {self.reason}" if self.parameter else f"{place}: {self.reason}"


def faults_among(lines: Sequence[Line], known: Mapping[str, Parameter]) -> list[Fault]:
    """Every fault of the lines, in the order of file and line."""
    spans: Spans = defaultdict(list)
    for line in lines:
        spans[line.region, line.parameter].append(line)
    for dated in spans.values():
        dated.sort(key=lambda line: (line.valid_from, line.file, line.row))
    found = [fault for line in lines for fault in _of_one(line, known)]
    found += [fault for dated in spans.values() for fault in _overlaps(dated)]
    found += [fault for key in spans for fault in _gaps(key, spans, known)]
    found += _unlike_graces(lines)
    return sorted(found, key=lambda fault: (fault.file, fault.row, fault.parameter, fault.reason))


def _of_one(line: Line, known: Mapping[str, Parameter]) -> Iterator[Fault]:
    parameter = description_of(line.parameter, known)
    if not _REGION.fullmatch(line.region):
        yield _at(line, f"'{line.region}' is no region's name", "write '*' or a name in small Latin letters")
    if line.status not in STATUSES:
        yield _at(line, f"its status is '{line.status}'", f"status is one of: {', '.join(STATUSES)}")
    if not line.document:
        yield _at(line, "no document is named", "name the document, or 示例值 where there is none")
    if "; " in line.document:  # the sign between two references of a warning
        yield _at(line, "the document's name holds '; '", "write ；")
    if line.is_verified and "示例" in line.document:
        yield _at(
            line, "a 示例值 is called verified", "name the document that says it, or call it illustrative"
        )
    if line.valid_to and line.valid_to < line.valid_from:
        yield _at(line, f"it ends on {line.valid_to}, before it begins", "mend its dates")
    if parameter is None:
        yield _at(line, "no such parameter", "mend its name, or describe it in reference/parameters.csv")
        return
    if line.unit != parameter.unit:
        yield _at(line, f"its unit is '{line.unit}' and must be '{parameter.unit}'", "mend unit and value")
        return
    if not is_unit(line.unit):
        yield _at(line, f"nobody knows the unit '{line.unit}'", "add it to warehouse/policy/units.py")
    reason = misfit(line.value, line.unit)
    if reason:
        yield _at(line, f"'{line.value}' {reason}", f"write a value in {line.unit}, or leave it empty")


def _overlaps(dated: Sequence[Line]) -> Iterator[Fault]:
    for earlier, later in pairwise(dated):
        if later.valid_from <= earlier.last_day:
            yield _at(
                later,
                f"two lines of '{later.region}' hold on {later.valid_from}, the other is "
                f"{earlier.file}, line {earlier.row}",
                "end the older one with valid_to",
            )


def _gaps(key: tuple[str, str], spans: Spans, known: Mapping[str, Parameter]) -> Iterator[Fault]:
    """Days between two lines, or after the last, on which neither the region nor everywhere says a thing."""
    region, parameter = key
    about = description_of(parameter, known)
    if about is None or about.may_end:
        return
    general = spans.get((EVERYWHERE, parameter), []) if region != EVERYWHERE else []
    dated = spans[key]
    for earlier, later in pairwise(dated):
        if earlier.valid_to and _is_bare(earlier.valid_to + _DAY, later.valid_from - _DAY, general):
            yield _at(
                later,
                f"nothing holds for '{region}' between {earlier.valid_to} and {later.valid_from}",
                f"close the gap, or {_ENDED_ON_PURPOSE}",
            )
    end = dated[-1].valid_to
    if end and _is_bare(end + _DAY, date.max, general):
        yield _at(
            dated[-1],
            f"nothing holds for '{region}' after {end}",
            f"{_ENDED_ON_PURPOSE}, or say in reference/parameters.csv that it may end",
        )


def _is_bare(first: date, last: date, general: Iterable[Line]) -> bool:
    """Whether a day from first to last is covered by none of the lines, which are in order."""
    for line in general:
        if line.valid_from <= first <= line.last_day:
            if line.last_day >= last:
                return False
            first = line.last_day + _DAY
    return first <= last


def _unlike_graces(lines: Sequence[Line]) -> Iterator[Fault]:
    """The months of a schedule add up to the length of the grace that holds at the same time."""
    graces = [line for line in lines if line.parameter in _GRACE and not misfit(line.value, line.unit)]
    for region in sorted({line.region for line in graces}):
        own = [line for line in graces if line.region in {region, EVERYWHERE}]
        for day in sorted({line.valid_from for line in own}):
            held = {
                line.parameter: line
                for scope in (EVERYWHERE, region)
                for line in own
                if line.region == scope and line.holds_on(day)
            }
            months, schedule = (held.get(name) for name in _GRACE)
            if months is None or schedule is None or region not in {months.region, schedule.region}:
                continue
            length = Schedule.parse(schedule.value).months if schedule.value else 0
            if length != int(months.value or 0):
                yield _at(
                    schedule,
                    f"its months add up to {length}, grace_months says {months.value or 'nothing'} on {day}",
                    "let both say the same",
                )


def _at(line: Line, reason: str, next_step: str) -> Fault:
    return Fault(line.file, line.row, line.parameter, reason, next_step)
