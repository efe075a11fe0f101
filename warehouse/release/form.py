"""The forms and registers as they are described in ``forms/*.yml``, each with the SQL that fills it in beside it.

A description says what the form is called, who gets it, its columns in order and its notes. A column that no
document names is not in it: whoever knows the form better changes the description, not the code.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from warehouse.errors import Misconfigured
from warehouse.release.workbook import Column

FOLDER = Path(__file__).with_name("forms")
_LOOKS = Literal["text", "centre", "money", "count", "key", "open", "open_date"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Leaf(_Strict):
    """A column of the form: a column of the query (``key``), or one that its reader fills in (``open``)."""

    key: str
    header: str
    width: float = Field(gt=0)
    look: _LOOKS = "text"
    group: str = ""
    shows: Literal["text", "id_no", "phone", "name"] = "text"
    sum: bool = False
    menu: str = ""  # the policy parameter whose words are its drop-down

    @property
    def is_open(self) -> bool:
        """Whether the reader fills it in."""
        return self.look in ("open", "open_date")


class Copy(_Strict):
    """Who gets the form: one workbook per township or one for the county, and under which masking rule."""

    per: Literal["township", "county"]
    sheets: Literal["one", "township", "village"] = "one"
    audience: str
    paper: bool = True  # whether a PDF goes beside it


class Form(_Strict):
    """A form as its description gives it."""

    id: str
    title: str
    annex: str = ""
    file: str
    folder: Literal["forms", "registers", "reports", "villages"]
    requirement: str
    copies: tuple[Copy, ...]
    columns: tuple[Leaf, ...]
    total: str = ""
    otherwise: str = "本月没有。"
    notes: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()  # what its first sheet asks the reader to write, with lines to write on
    sign: str = ""
    rules: tuple[str, ...] = ()  # rules whose subjects stand on it: what of them was not assessed is said
    feeds: tuple[str, ...] = ()  # feeds it rests on: which did not come is said
    blank: int = 0  # empty rows at the end of each sheet, for what the reader adds
    quarterly: bool = False  # made in the months that policy names only

    @property
    def query(self) -> str:
        """The SQL that fills it in."""
        return (FOLDER / f"{self.id}.sql").read_text(encoding="utf-8")

    @property
    def sheet_columns(self) -> tuple[Column, ...]:
        """The columns as the writers take them."""
        return tuple(
            Column(leaf.key, leaf.header, leaf.width, leaf.look, leaf.is_open, leaf.group, leaf.sum)
            for leaf in self.columns
        )


@cache
def forms() -> dict[str, Form]:
    """Every form by its id, in the order of their files; ``Misconfigured`` when a description cannot be read."""
    return {form.id: form for form in map(read_form, sorted(FOLDER.glob("*.yml")))}


def read_form(path: Path) -> Form:
    """A description from its file."""
    try:
        form = Form.model_validate({"id": path.stem, **yaml.safe_load(path.read_text(encoding="utf-8"))})
    except (ValidationError, yaml.YAMLError, TypeError) as error:
        raise Misconfigured(
            f"the form {path.name} cannot be read: {error}.", next_step="mend its description."
        ) from error
    if not path.with_suffix(".sql").is_file():
        raise Misconfigured(
            f"the form {path.name} has no SQL beside it.", next_step=f"write {path.stem}.sql."
        )
    return form
