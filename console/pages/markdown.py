"""Parts of a page in Markdown. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """The lines of a table."""

    def line(cells: Sequence[object]) -> str:
        return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"

    return [line(headers), "|" + "---|" * len(headers), *(line(row) for row in rows)]


def page(title: str, made_from: str, lines: Iterable[str]) -> str:
    """A whole page under its title, which says what it was made from."""
    said = f"Made by `make docs`{f' from {made_from}' if made_from else ''}."
    return "\n".join([f"# {title}", "", said, "", *lines]).rstrip() + "\n"
