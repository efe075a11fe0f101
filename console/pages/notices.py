"""The page of the notices: what a source may be asked about a fact that others contradict, and by how much evidence."""

from __future__ import annotations

from console.pages.markdown import page, table
from warehouse.notices.kinds import catalogue


def notices_page() -> str:
    """``notices.md``."""
    kinds = catalogue()
    rows = [
        (
            kind.id,
            kind.title,
            kind.sentence["en"],
            "、".join(f"`{feed}`" for feed in kind.asks),
            kind.basis,
            f"`{kind.needs}`",
            "the value that the others hold, masked" if kind.proposes else "",
        )
        for kind in kinds.kinds
    ]
    headers = ("kind", "title", "sentence", "asks", "what the notice says", "needs", "proposes")
    groups = [(group, "、".join(f"`{feed}`" for feed in feeds)) for group, feeds in kinds.groups.items()]
    lines = [
        *table(headers, rows),
        "",
        "Feeds whose errors are partly the same count as one source:",
        "",
        *table(("source", "feeds"), groups),
    ]
    return page(
        "What sources are asked about facts that others contradict", "`warehouse/notices/kinds.yml`", lines
    )
