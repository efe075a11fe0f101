"""The look of each agency's delivery (``layouts.yml``) as values, read once."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from warehouse.intake.contract import Column

TABLE = Path(__file__).parent / "layouts.yml"


class Layout(BaseModel):
    """One feed's furniture; see the notes in ``layouts.yml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    form: Literal["csv", "xlsx"]
    encoding: str = "gb18030"
    line_end: Literal["crlf", "lf", "mixed"] = "crlf"
    quote: bool = False
    trailing_commas: Literal["none", "some", "all"] = "none"
    parts: int = 1
    split_over: int = 0
    date: str = "iso"
    clerk_dates: tuple[str, ...] = ()
    month: Literal["iso", "compact", "cn"] = "iso"
    manifest: bool = True
    title: str = ""
    unit: str = ""
    files_by: str | None = None  # a workbook for each value of this column
    divided_by: str | None = None
    own_files: tuple[str, ...] = ()
    own_file_header: int = 0
    date_1904: tuple[str, ...] = ()
    fillers: bool = False
    total: bool = False
    groups: dict[str, tuple[str, ...]] = {}
    hidden_columns: tuple[str, ...] = ()
    plain_columns: tuple[str, ...] = ()
    hidden_sheet: str = ""
    empty_sheets: tuple[str, ...] = ()


@cache
def layouts() -> dict[str, Layout]:
    """Every feed's layout, in the order in which the feeds are written."""
    tables = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return {feed: Layout.model_validate(table) for feed, table in tables.items()}


def header(column: Column, choice: int = 0) -> str:
    """The agency's word for a column: the usual one, or an alias."""
    return column.headers[min(choice, len(column.headers) - 1)]
