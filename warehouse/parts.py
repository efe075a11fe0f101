"""Parts of an offline page that several pages are made of: the frame, a card with a heading, a table of rows."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from warehouse.page_style import DAY, STYLE


def document(
    title: str,
    body: str,
    *,
    eyebrow: str,
    heading: str = "",
    notice: str = "",
    foot: str = "",
    style: str = "",
    language: str = "zh-CN",
    by_night: bool = True,
) -> str:
    """A page as one text without script or address. ``body`` and ``foot`` are HTML already, the others are escaped.

    ``heading`` stands on top where it is another than ``title``; ``style`` is what the page adds to the house's. Not
    ``by_night``: it stays as by day, for the sake of drawings that others have coloured.
    """
    noticed = f"<p class=notice>{escape(notice)}</p>" if notice else ""
    footer = f"<footer>{foot}</footer>\n" if foot else ""
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="color-scheme" content="{"light dark" if by_night else "light"}">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE if by_night else DAY}{style}</style>\n</head>\n<body>\n"
        f"<header><p class=eyebrow>{escape(eyebrow)}</p><h1>{escape(heading or title)}</h1>{noticed}</header>\n"
        f"<main>\n{body}\n</main>\n{footer}</body>\n</html>\n"
    )


def card(title: str, body: str) -> str:
    """A section with its heading; ``body`` is HTML already."""
    return f"<section class=card><h2>{escape(title)}</h2>{body}</section>"


def table(headers: Sequence[str], rows: Sequence[Sequence[Any]], otherwise: str) -> str:
    """A table, whole numbers to the right beneath their header; the words ``otherwise`` where there is no row.

    Cells are escaped.
    """
    if not rows:
        return f"<p class=quiet>{escape(otherwise)}</p>"
    counted = [any(isinstance(row[at], int) for row in rows) for at in range(len(headers))]
    head = "".join(
        f"<th{' class=n' if is_counted else ''}>{escape(header)}</th>"
        for header, is_counted in zip(headers, counted, strict=True)
    )
    body = "".join("<tr>" + "".join(map(_cell, row)) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: Any) -> str:
    if isinstance(value, int):
        return f"<td class=n>{value:,}</td>"
    return f"<td>{escape(str(value))}</td>"
