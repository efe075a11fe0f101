"""A feed's contract: the agency's layout as data, one YAML file per feed under ``contracts/``.

A contract maps the agency's own headers (with aliases) to canonical columns, says what kind of value
each column holds, which persons a row speaks of, and how its deliveries come (stock, increment or
running list). A new agency or layout is taken on by writing such a file, not code. The same file gives
the shape of the landed table, of the standardised table and of the records for linkage.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from warehouse.errors import Misconfigured

FOLDER = Path(__file__).parent / "contracts"

Kind = Literal[
    "text", "key", "id", "name", "date", "month", "money", "integer", "code", "sex", "relation", "phone"
]
Role = Literal["self", "head", "guardian", "kin"]

# The columns that every landed and standardised row carries, so that any value can be walked back to
# the cell it came from. ``date_system`` is the workbook's (1900 or 1904; empty for CSV).
PLACE = ("file", "sheet", "row")
LANDED_EXTRA = ("date_system",)


class Column(BaseModel):
    """One canonical column. ``headers`` are the agency's words for it, the usual one first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    headers: tuple[str, ...]
    kind: Kind = "text"
    required: bool = False
    codes: dict[str, tuple[str, ...]] = {}


class Person(BaseModel):
    """Which person of a row a role means: names of canonical columns (or None).

    ``household_key`` and ``agency_key`` name the agency's own numbers: the household's (case_no,
    household_no, hukou_no) and the person's (psn_no, student_no, person_no, card_no). ``address`` is
    tried for township and village where no column names them. ``age`` (whole years, reached on the day of
    ``age_on``) tells the year of birth where no birth date and no id does. ``died_on`` is the day of
    death. ``of`` says, in a role other than self,
    how this person stands to the row's own person (head, guardian, spouse, parent, kin).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: Role
    name: str | None = None
    id: str | None = None
    sex: str | None = None
    birth_date: str | None = None
    age: str | None = None
    age_on: str | None = None
    died_on: str | None = None
    ethnicity: str | None = None
    phone: str | None = None
    township: str | None = None
    village: str | None = None
    address: str | None = None
    household_key: str | None = None
    agency_key: str | None = None
    relation: str | None = None
    of: str | None = None


class Contract(BaseModel):
    """One feed.

    ``delivery``: ``stock`` (everything each month), ``increment`` (this month's), ``running`` (a list of
    everything so far; an event that comes again is one event). ``month_evidence`` names the column whose
    values show which month a delivery is for (None: cannot be seen); ``event_key`` the columns that make
    an event one event. ``one_row_per_person``: the stock holds a person once.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    feed: str
    title: str
    agency: str
    required: bool = False
    forms: tuple[Literal["csv", "xlsx", "xls"], ...]
    delivery: Literal["stock", "increment", "running"]
    month_evidence: str | None = None
    event_key: tuple[str, ...] = ()
    one_row_per_person: bool = False
    total_row: str | None = None
    columns: tuple[Column, ...]
    persons: tuple[Person, ...]

    @model_validator(mode="after")
    def _names_hang_together(self) -> Contract:
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names):
            raise ValueError("a canonical column stands twice")
        headers = [header for column in self.columns for header in column.headers]
        if len(set(headers)) != len(headers):
            raise ValueError("a header stands for two columns")
        wanted = [
            value for person in self.persons for key, value in person if key not in ("role", "of") and value
        ]
        wanted += [*self.event_key, *filter(None, (self.month_evidence, self.total_row))]
        unknown = sorted(set(wanted) - set(names))
        if unknown:
            raise ValueError(f"no such column: {', '.join(unknown)}")
        return self

    def column(self, name: str) -> Column:
        """The canonical column of that name."""
        return next(column for column in self.columns if column.name == name)

    def of_kind(self, *kinds: Kind) -> list[Column]:
        """The columns of these kinds, in order."""
        return [column for column in self.columns if column.kind in kinds]


@cache
def contracts(folder: Path = FOLDER) -> dict[str, Contract]:
    """Every contract of a folder by feed, in order of feed; ``Misconfigured`` names a broken file."""
    found: dict[str, Contract] = {}
    for path in sorted(folder.glob("*.yml")):
        try:
            contract = Contract.model_validate(
                yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
            )
        except (ValidationError, yaml.YAMLError) as error:
            raise Misconfigured(
                f"the contract {path.name} is broken: {error}", next_step="mend the contract file."
            ) from error
        if contract.feed != path.stem:
            raise Misconfigured(
                f"the contract {path.name} speaks of feed '{contract.feed}'.",
                next_step="give file and feed one name.",
            )
        found[contract.feed] = contract
    return found


# What a column of each kind becomes in the standardised table: suffix to DuckDB type, in order.
STANDARDISED: dict[Kind, dict[str, str]] = {
    "text": {"": "VARCHAR"},
    "key": {"": "VARCHAR"},
    "id": {"": "VARCHAR", "_kind": "VARCHAR", "_raw": "VARCHAR"},
    "name": {"": "VARCHAR", "_system": "VARCHAR", "_raw": "VARCHAR"},
    "date": {"": "DATE", "_precision": "VARCHAR", "_issue": "VARCHAR", "_raw": "VARCHAR"},
    "month": {"": "VARCHAR", "_raw": "VARCHAR"},
    "money": {"": "DECIMAL(18,2)", "_raw": "VARCHAR"},
    "integer": {"": "INTEGER", "_raw": "VARCHAR"},
    "code": {"": "VARCHAR", "_raw": "VARCHAR"},
    "sex": {"": "VARCHAR", "_raw": "VARCHAR"},
    "relation": {"": "VARCHAR", "_raw": "VARCHAR"},
    "phone": {"": "VARCHAR", "_raw": "VARCHAR"},
}


def standardised_schema(contract: Contract) -> dict[str, str]:
    """Column to DuckDB type of a feed's standardised table (without the partition columns feed, month)."""
    schema = {"file": "VARCHAR", "sheet": "VARCHAR", "row": "INTEGER"}
    for column in contract.columns:
        for suffix, duckdb_type in STANDARDISED[column.kind].items():
            schema[column.name + suffix] = duckdb_type
    return schema
