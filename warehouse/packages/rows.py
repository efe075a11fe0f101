"""The queries that an agreement may draw from: ``queries/<id>.sql`` and, beside it, what each of its columns is.

What a column *is* (its kind) decides whom it may go to and what a cell of it may look like. There is no kind for
"anything": words come from a closed list, numbers have a length, and only ``text``, which goes to no one but who gets
whole identities, holds sentences. Pure but for reading the two files.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from warehouse.errors import Misconfigured
from warehouse.packages.agreement import Identity, Slug

FOLDER = Path(__file__).parent / "queries"

# The column of a query that says whose row it is. It never leaves as it is.
SUBJECT = "subject"


@dataclass(frozen=True)
class Kind:
    """What a cell may look like (a whole match; empty cells apart), how a reader's schema says it, and who may have it.

    ``is_personal``: tells who somebody is, for whole identities only. ``is_key``: leaves as a pseudonym only.
    """

    pattern: str
    field: str
    is_personal: bool = False
    is_key: bool = False


_MONEY, _COUNT = r"-?\d{1,9}(\.\d{1,2})?", r"\d{1,7}"
KINDS: dict[str, Kind] = {
    "person_key": Kind(r"[a-p]{32}", "string", is_key=True),
    "household_key": Kind(r"[a-p]{32}", "string", is_key=True),
    "id_no": Kind(r"[1-9]\d{16}[\dX]", "string", is_personal=True),
    "name": Kind(r"[^\d=+@\t\r\n-][^\d\t\r\n]{0,59}", "string", is_personal=True),
    "phone": Kind(r"1\d{10}|0\d{2,3}-?\d{7,8}", "string", is_personal=True),
    "birth_date": Kind(r"\d{4}-\d{2}-\d{2}", "date", is_personal=True),
    "text": Kind(r"[^=+@\t\r\n-][^\t\r\n]{0,299}", "string", is_personal=True),
    # Of places and words the list is closed: see ``Rows`` and the places of the home.
    "place": Kind(r"[^\d=+@\t\r\n-][^\t\r\n]{0,39}", "string"),
    "word": Kind(r"[^=+@\t\r\n-][^\t\r\n]{0,59}", "string"),
    "month": Kind(r"\d{4}-\d{2}", "yearmonth"),
    "day": Kind(r"\d{4}-\d{2}-\d{2}", "date"),
    "year": Kind(r"\d{4}", "year"),
    "school_year": Kind(r"\d{4}-\d{4}", "string"),
    "yuan": Kind(_MONEY, "number"),
    "count": Kind(_COUNT, "integer"),
    "flag": Kind(r"是|否", "string"),
}
_Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Column(BaseModel):
    """One column: its name in the query, its title in the file, and its kind."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: _Name
    title: Annotated[str, Field(pattern=r"^[^\s,\"=+@-][^\s,\"]{0,29}$")]
    kind: str
    words: tuple[str, ...] = ()
    note: str = ""

    @property
    def of(self) -> Kind:
        """What the kind means."""
        return KINDS[self.kind]

    @model_validator(mode="after")
    def _is_known(self) -> Column:
        if self.kind not in KINDS:
            raise ValueError(f"'{self.kind}' is no kind")
        if (self.kind == "word") != bool(self.words):
            raise ValueError("words belong to the kind 'word', and it wants them")
        return self

    def misfit(self, identity: Identity) -> str:
        """Why an agreement of this identity may not have the column; empty when it may."""
        if self.of.is_personal and identity != "whole":
            return f"“{self.title}”能认出本人，只给协议写明实名的单位"
        if self.of.is_key and identity != "pseudonym":
            return f"“{self.title}”只能以单位专用的假名给出，协议不是假名协议"
        return ""


class Rows(BaseModel):
    """What a query gives. ``counts``: a table of small numbers to be protected: its characteristics come first, and
    ``count`` is what is counted."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    rows: Slug
    title: str
    shape: Literal["records", "counts"]
    columns: Annotated[tuple[Column, ...], Field(min_length=1)]
    dimensions: tuple[str, ...] = ()
    count: str = ""

    @model_validator(mode="after")
    def _holds_together(self) -> Rows:
        names = [one.name for one in self.columns]
        titles = {one.title for one in self.columns}
        if len(set(names)) < len(names) or len(titles) < len(names) or SUBJECT in names:
            raise ValueError("a name or title stands twice, or is 'subject'")
        if self.shape == "counts":
            of = {one.name: one.kind for one in self.columns}
            if not self.dimensions or of.get(self.count) != "count":
                raise ValueError("a table of counts has dimensions, and a count")
            if any(of.get(name) not in ("place", "word", "month") for name in self.dimensions):
                raise ValueError("a dimension is a place, a word or a month")
        return self

    def column(self, name: str) -> Column | None:
        """A column by its name."""
        return next((one for one in self.columns if one.name == name), None)


def read_rows(name: str, beside: Path | None = None) -> tuple[Rows, str]:
    """What a query gives, and its SQL; of the folder of agreements' own ``queries/`` if it stands there, else of ours.

    ``Misconfigured`` when there is none of that name or its description is not right.
    """
    folders = [*([beside / "queries"] if beside else []), FOLDER]
    folder = next((one for one in folders if (one / f"{name}.sql").is_file()), None)
    if folder is None or not (folder / f"{name}.yml").is_file():
        raise Misconfigured(
            f"there are no rows '{name}'.", next_step="name one of warehouse/packages/queries."
        )
    text = (folder / f"{name}.yml").read_text(encoding="utf-8")
    return _rows(name, text), (folder / f"{name}.sql").read_text(encoding="utf-8")


@lru_cache(maxsize=64)
def _rows(name: str, text: str) -> Rows:
    try:
        found = Rows.model_validate(yaml.safe_load(text))
    except (ValidationError, yaml.YAMLError) as error:
        raise Misconfigured(
            f"queries/{name}.yml: {_first(error)}.", next_step="set the file right."
        ) from None
    if found.rows != name:
        raise Misconfigured(
            f"queries/{name}.yml calls itself '{found.rows}'.", next_step="set the file right."
        )
    return found


def _first(error: Any) -> str:
    if isinstance(error, ValidationError):
        one = error.errors(include_input=False, include_url=False)[0]
        return f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}"
    return "is no YAML"
