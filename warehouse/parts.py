"""Parts of an offline page that several pages are made of: a card with a heading, a table of rows."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any


def card(title: str, body: str) -> str:
    """A section with its heading; ``body`` is HTML already."""
    return f"<section class=card><h2>{escape(title)}</h2>{body}</section>"


def table(headers: Sequence[str], rows: Sequence[Sequence[Any]], otherwise: str) -> str:
    """A table, whole numbers to the right; the words ``otherwise`` where there is no row. Cells are escaped."""
    if not rows:
        return f"<p class=quiet>{escape(otherwise)}</p>"
    head = "".join(f"<th>{escape(header)}</th>" for header in headers)
    body = "".join("<tr>" + "".join(map(_cell, row)) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: Any) -> str:
    if isinstance(value, int):
        return f"<td class=n>{value:,}</td>"
    return f"<td>{escape(str(value))}</td>"
