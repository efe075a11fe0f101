"""Policy as data: values with region, validity and document, read from CSV seeds and frozen.

Files ``<folder>/*.csv`` with the columns
``region, parameter, value, unit, valid_from, valid_to, document, status, note``. ``region`` is a region's
name or ``*`` (holds everywhere unless the region says otherwise). ``valid_to`` empty = still in force.
``status`` is ``verified`` or ``illustrative``. An empty ``value`` means "no rule configured" (R010).
dbt reads the same files as tables.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from warehouse.errors import Misconfigured, PolicyMissing
from warehouse.months import Month

COLUMNS = ("region", "parameter", "value", "unit", "valid_from", "valid_to", "document", "status", "note")
STATUSES = ("verified", "illustrative")


@dataclass(frozen=True)
class Line:
    """One dated value of one parameter in one region. ``reference`` is how a warning names it."""

    region: str
    parameter: str
    value: str
    unit: str
    valid_from: date
    valid_to: date | None
    document: str
    status: str
    note: str

    def holds_on(self, day: date) -> bool:
        """Whether the line is in force on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

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


def load(folder: Path, region: str, month: Month) -> Policy:
    """Read the packs and keep what is in force on the last day of the month.

    ``Misconfigured`` when a file lacks a column, a line cannot be read, two lines of one parameter and
    region hold on the same day, or the region is unknown.
    """
    lines = read_lines(folder)
    regions = {line.region for line in lines} - {"*"}
    if region not in regions:
        raise Misconfigured(
            f"there is no policy pack for region '{region}'.",
            next_step=f"choose one of: {', '.join(sorted(regions)) or 'none yet'}.",
        )
    day = month.last_day
    chosen: dict[str, Line] = {}
    for scope in ("*", region):
        for line in lines:
            if line.region == scope and line.holds_on(day):
                earlier = chosen.get(line.parameter)
                if earlier is not None and earlier.region == scope:
                    raise Misconfigured(
                        f"two lines of '{line.parameter}' for '{scope}' hold on {day}.",
                        next_step="end the older one with valid_to.",
                    )
                chosen[line.parameter] = line
    return Policy(region, month, chosen)


def read_lines(folder: Path) -> list[Line]:
    """Every line of every pack in a folder, in file and line order."""
    files = sorted(folder.glob("*.csv"))
    if not files:
        raise Misconfigured(
            f"no policy pack in '{folder.name}'.", next_step="point --policy at a folder of CSV packs."
        )
    lines: list[Line] = []
    for path in files:
        reader = csv.DictReader(io.StringIO(_text(path), newline=""))
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise Misconfigured(
                f"policy pack {path.name} does not have the columns {', '.join(COLUMNS)}.",
                next_step="mend its header.",
            )
        for number, row in enumerate(reader, start=2):
            lines.append(_line(path.name, number, row))
    return lines


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")  # Excel puts a mark before the first column's name
    except UnicodeDecodeError as error:
        raise Misconfigured(
            f"policy pack {path.name} is not written in UTF-8.",
            next_step="save it as 'CSV UTF-8'.",
        ) from error


def _line(file: str, number: int, row: dict[str, str]) -> Line:
    try:
        line = Line(
            region=row["region"].strip(),
            parameter=row["parameter"].strip(),
            value=row["value"].strip(),
            unit=row["unit"].strip(),
            valid_from=date.fromisoformat(row["valid_from"]),
            valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            document=row["document"].strip(),
            status=row["status"].strip(),
            note=row["note"].strip(),
        )
    except (ValueError, AttributeError, TypeError) as error:
        raise Misconfigured(
            f"policy pack {file}, line {number}, cannot be read.", next_step="mend its dates and columns."
        ) from error
    if line.status not in STATUSES or not line.document or not line.region or not line.parameter:
        raise Misconfigured(
            f"policy pack {file}, line {number}, lacks region, parameter, document or status.",
            next_step=f"status is one of {', '.join(STATUSES)}; the document is named.",
        )
    return line
