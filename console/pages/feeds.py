"""The page of the feeds: their contracts, column by column."""

from __future__ import annotations

from console.pages.markdown import page, table
from warehouse.intake.contract import contracts


def feeds_page() -> str:
    """``feeds.md``."""
    lines: list[str] = []
    for contract in contracts().values():
        must = "a month cannot close without it" if contract.required else "optional"
        rows = [
            (f"`{column.name}`", "、".join(column.headers), column.kind, "yes" if column.required else "")
            for column in contract.columns
        ]
        lines += [
            f"## `{contract.feed}` {contract.title}",
            "",
            f"From {contract.agency}; {'/'.join(contract.forms)}; {contract.delivery}; {must}.",
            "",
            *table(("column", "headers", "kind", "required"), rows),
            "",
        ]
    return page("The feeds and their contracts", "`warehouse/intake/contracts/*.yml`", lines)
