"""``doudi docs``: make ``docs/generated`` from what the code, contracts, suites and seeds say; or check it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import typer

from console.pages.commands import commands_page
from console.pages.feeds import feeds_page
from console.pages.markdown import page, table
from console.pages.notices import notices_page
from console.pages.places import places_page
from console.pages.policy_pages import policy_page, rules_page
from console.pages.requirements import requirements_page
from console.pages.row_rules import row_rules_page
from warehouse.errors import Misconfigured
from warehouse.months import Month
from warehouse.settings import REPOSITORY

GENERATED = REPOSITORY / "docs" / "generated"


def write_docs(app: typer.Typer, month: Month) -> list[Path]:
    """Write every generated page, the rules with the values in force in ``month``; give their paths."""
    GENERATED.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, text in pages(app, month).items():
        path = GENERATED / name
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths


def check_docs(app: typer.Typer, month: Month) -> None:
    """``Misconfigured`` when a generated page is missing or not what would be written now."""
    stale = [
        name
        for name, text in pages(app, month).items()
        if not (GENERATED / name).exists() or (GENERATED / name).read_text(encoding="utf-8") != text
    ]
    if stale:
        raise Misconfigured(f"docs/generated is not fresh: {', '.join(stale)}.", next_step="run make docs.")


def pages(app: typer.Typer, month: Month) -> dict[str, str]:
    """File name to text of every generated page; ``Misconfigured`` when a page's source does not hold."""
    makers: dict[str, Callable[[], str]] = {
        "cli.md": lambda: commands_page(app),
        "feeds.md": feeds_page,
        "row_rules.md": row_rules_page,
        "rules.md": lambda: rules_page(month),
        "policy.md": policy_page,
        "gates.md": _gates,
        "notices.md": notices_page,
        "places.md": places_page,
        "requirements.md": lambda: requirements_page(app),
    }
    return {name: maker() for name, maker in makers.items()}


def _gates() -> str:
    from expectations.suite import catalogue

    headers = ("rule", "on", "severity", "why", "policy")
    return page("What the gates check", "`expectations/suites`", table(headers, catalogue()))
