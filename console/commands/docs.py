"""``doudi docs``: make ``docs/generated`` from what the code, contracts, suites and seeds say; or check it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import typer

from warehouse import policy as policies
from warehouse.errors import Misconfigured
from warehouse.intake.contract import contracts
from warehouse.settings import REPOSITORY

GENERATED = REPOSITORY / "docs" / "generated"


def write_docs(app: typer.Typer) -> list[Path]:
    """Write every generated page; give their paths."""
    GENERATED.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, text in pages(app).items():
        path = GENERATED / name
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths


def check_docs(app: typer.Typer) -> None:
    """``Misconfigured`` when a generated page is missing or not what would be written now."""
    stale = [
        name
        for name, text in pages(app).items()
        if not (GENERATED / name).exists() or (GENERATED / name).read_text(encoding="utf-8") != text
    ]
    if stale:
        raise Misconfigured(f"docs/generated is not fresh: {', '.join(stale)}.", next_step="run make docs.")


def pages(app: typer.Typer) -> dict[str, str]:
    """File name to text of every generated page."""
    makers: dict[str, Callable[[], str]] = {
        "cli.md": lambda: _cli(app),
        "feeds.md": _feeds,
        "rules.md": _rules,
        "policy.md": _policy,
        "gates.md": _gates,
    }
    return {name: maker() for name, maker in makers.items()}


def _cli(app: typer.Typer) -> str:
    lines = ["# The `doudi` command", "", "Made by `make docs`. `doudi VERB --help` says the same.", ""]
    root = typer.main.get_command(app)
    lines += [line for name, command in _commands(root, "doudi") for line in _command(name, command)]
    return "\n".join(lines).rstrip() + "\n"


def _commands(command: Any, name: str) -> Iterable[tuple[str, Any]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield name, command
        return
    for word in sorted(inner):
        yield from _commands(inner[word], f"{name} {word}")


def _command(name: str, command: Any) -> list[str]:
    lines = [f"## `{name}`", "", (command.help or "").strip(), ""]
    for option in command.params:
        words = ", ".join(option.opts)
        must = " (required)" if option.required else ""
        lines.append(f"- `{words}`{must} {getattr(option, 'help', '') or ''}".rstrip())
    return [*lines, ""]


def _feeds() -> str:
    lines = [
        "# The feeds and their contracts",
        "",
        "Made by `make docs` from `warehouse/intake/contracts/*.yml`.",
        "",
    ]
    for contract in contracts().values():
        must = "a month cannot close without it" if contract.required else "optional"
        lines += [
            f"## `{contract.feed}` {contract.title}",
            "",
            f"From {contract.agency}; {'/'.join(contract.forms)}; {contract.delivery}; {must}.",
            "",
        ]
        rows = [
            (f"`{column.name}`", "、".join(column.headers), column.kind, "yes" if column.required else "")
            for column in contract.columns
        ]
        lines += [*_table(("column", "headers", "kind", "required"), rows), ""]
    return "\n".join(lines).rstrip() + "\n"


def _rules() -> str:
    path = REPOSITORY / "dbt_project" / "seeds" / "reference" / "rule_catalogue.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.reader(handle))
    lines = [
        "# The catalogue of warnings",
        "",
        f"Made by `make docs` from `{path.relative_to(REPOSITORY)}`.",
        "",
    ]
    return "\n".join([*lines, *_table(rows[0], rows[1:])]) + "\n"


def _policy() -> str:
    rows = [
        (
            line.region,
            f"`{line.parameter}`",
            line.value or "*no rule configured*",
            line.unit,
            str(line.valid_from),
            str(line.valid_to or ""),
            line.document,
            line.status,
        )
        for line in policies.read_lines(REPOSITORY / "dbt_project" / "seeds" / "policy")
    ]
    headers = ("region", "parameter", "value", "unit", "from", "to", "document", "status")
    lines = ["# The policy packs", "", "Made by `make docs` from `dbt_project/seeds/policy/*.csv`.", ""]
    return "\n".join([*lines, *_table(headers, sorted(rows))]) + "\n"


def _gates() -> str:
    from expectations.suite import catalogue

    headers = ("rule", "on", "severity", "why", "policy")
    lines = ["# What the gates check", "", "Made by `make docs` from `expectations/suites`.", ""]
    return "\n".join([*lines, *_table(headers, catalogue())]) + "\n"


def _table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"

    return [line(headers), "|" + "---|" * len(headers), *(line(row) for row in rows)]
