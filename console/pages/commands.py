"""The page of the ``doudi`` command: every verb with its sentence and its options."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import typer

from console.pages.markdown import page


def commands_page(app: typer.Typer) -> str:
    """``cli.md``."""
    lines = [line for name, command in verbs_of(app) for line in _verb(name, command)]
    return page("The `doudi` command", "", ["`doudi VERB --help` says the same.", "", *lines])


def verbs_of(app: typer.Typer) -> list[tuple[str, Any]]:
    """Every verb with its full name (``doudi policy show``), in order."""
    return list(_verbs(typer.main.get_command(app), "doudi"))


def _verbs(command: Any, name: str) -> Iterable[tuple[str, Any]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield name, command
        return
    if getattr(command, "invoke_without_command", False) and " " in name:
        yield name, command
    for word in sorted(inner):
        yield from _verbs(inner[word], f"{name} {word}")


def _verb(name: str, command: Any) -> list[str]:
    lines = [f"## `{name}`", "", (command.help or "").strip(), ""]
    for option in command.params:
        words = ", ".join(option.opts)
        must = " (required)" if option.required else ""
        lines.append(f"- `{words}`{must} {getattr(option, 'help', '') or ''}".rstrip())
    return [*lines, ""]
