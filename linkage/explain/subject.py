"""What is to be explained, as it is typed: a person, a row, a description's key, or two of them. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from linkage.records import ROLES
from warehouse.errors import Misconfigured

_PERSON = re.compile(r"^P[0-9a-f]{16}$")
_KEY = re.compile(r"^[0-9]{1,20}$")
SYNTAX = (
    "P…  a person · FEED/FILE[/SHEET]/ROW[/ROLE]  a row, e.g. death/death.csv/17 or "
    "assistance_roster/roster.xlsx/隆务镇/12/head · KEY  a description's key · two of them with a comma  a pair"
)


@dataclass(frozen=True)
class Place:
    """A row as a spreadsheet shows it, and which of its persons (``self`` unless said)."""

    feed: str
    file: str
    sheet: str
    row: int
    role: str

    def __str__(self) -> str:
        sheet = f"/{self.sheet}" if self.sheet else ""
        return f"{self.feed}/{self.file}{sheet}/{self.row}/{self.role}"


@dataclass(frozen=True)
class Subject:
    """One of: a person's id, a description's key, a place."""

    person_id: str | None = None
    profile_key: int | None = None
    place: Place | None = None


def parse(what: str) -> tuple[Subject, ...]:
    """One subject, or the two of a pair; ``Misconfigured`` with the syntax when it is neither."""
    parts = [part.strip() for part in what.split(",")]
    if len(parts) > 2 or not all(parts):
        raise _unreadable()
    return tuple(_subject(part) for part in parts)


def _subject(text: str) -> Subject:
    if _PERSON.match(text):
        return Subject(person_id=text)
    if _KEY.match(text):
        return Subject(profile_key=int(text))
    feed, *rest = text.split("/")
    role = rest.pop() if rest and rest[-1] in ROLES else "self"
    if not feed or len(rest) not in (2, 3) or not rest[-1].isdigit() or not rest[0]:
        raise _unreadable()
    sheet = rest[1] if len(rest) == 3 else ""
    return Subject(place=Place(feed, rest[0], sheet, int(rest[-1]), role))


def _unreadable() -> Misconfigured:
    return Misconfigured("what to explain cannot be read.", next_step=f"write it as {SYNTAX}.")
