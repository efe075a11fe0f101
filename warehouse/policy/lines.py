"""What a policy is made of: a dated line, and the lines in force for one region in one month. Values only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from warehouse.errors import Misconfigured, PolicyMissing
from warehouse.months import Month

EVERYWHERE = "*"
COLUMNS = ("region", "parameter", "value", "unit", "valid_from", "valid_to", "document", "status", "note")
STATUSES = ("verified", "illustrative")


@dataclass(frozen=True)
class Line:
    """One dated value of one parameter in one region. ``reference`` is how a warning names it.

    ``value`` empty means "no rule configured" (R010), ``valid_to`` None "still in force". ``file`` and ``row``
    say where the line stands.
    """

    region: str
    parameter: str
    value: str
    unit: str
    valid_from: date
    valid_to: date | None
    document: str
    status: str
    note: str
    file: str = field(default="", compare=False)
    row: int = field(default=0, compare=False)

    def holds_on(self, day: date) -> bool:
        """Whether the line is in force on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    @property
    def last_day(self) -> date:
        """The last day on which it holds; the end of time where none is told."""
        return self.valid_to or date.max

    @property
    def is_verified(self) -> bool:
        """Whether the document itself gives the value."""
        return self.status == "verified"

    @property
    def reference(self) -> str:
        """``parameter@region:valid_from (document, status)``."""
        return f"{self.parameter}@{self.region}:{self.valid_from} ({self.document}, {self.status})"


@dataclass(frozen=True)
class Policy:
    """The lines in force for one region in one month."""

    region: str
    month: Month
    lines: dict[str, Line]

    def line(self, parameter: str) -> Line:
        """The line of a parameter; ``PolicyMissing`` when none is in force."""
        found = self.lines.get(parameter)
        if found is None:
            raise PolicyMissing(
                f"no value of '{parameter}' is in force for region '{self.region}' in {self.month}.",
                next_step="add a dated line to the policy seeds.",
            )
        return found

    def is_configured(self, parameter: str) -> bool:
        """Whether the parameter has a value (a line that is absent or empty means: no rule configured)."""
        found = self.lines.get(parameter)
        return found is not None and found.value != ""

    def text(self, parameter: str) -> str:
        """The value as text."""
        line = self.line(parameter)
        if line.value == "":
            raise PolicyMissing(
                f"'{parameter}' is left open for region '{self.region}' in {self.month}.",
                next_step="ask is_configured() first, or fill in the value.",
            )
        return line.value

    def number(self, parameter: str) -> Decimal:
        """The value as an exact decimal."""
        text = self.text(parameter)
        try:
            return Decimal(text)
        except InvalidOperation as error:
            raise Misconfigured(
                f"policy value of '{parameter}' for '{self.region}' is not a number.",
                next_step="mend the line in the policy seeds.",
            ) from error

    def count(self, parameter: str) -> int:
        """The value as a whole number."""
        return int(self.number(parameter))

    def words(self, parameter: str) -> tuple[str, ...]:
        """The value as a list, split at ``;``."""
        return tuple(word.strip() for word in self.text(parameter).split(";") if word.strip())


def in_force(lines: list[Line] | tuple[Line, ...], region: str, month: Month) -> Policy:
    """What holds in a region on the last day of a month; its own line beats that of everywhere.

    The same choice as the model ``int_policy_in_force`` makes. The lines do not overlap (``faults_among``).
    """
    day = month.last_day
    chosen: dict[str, Line] = {}
    for scope in (EVERYWHERE, region):
        chosen |= {line.parameter: line for line in lines if line.region == scope and line.holds_on(day)}
    return Policy(region, month, chosen)
