"""The verbs that keep a home safe: check it, back it up, restore it."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from console.options import HomeOption, JsonOption, QuietOption
from console.screen import Screen
from warehouse.guard import guarded
from warehouse.settings import Settings


class What(StrEnum):
    """How much a backup holds."""

    whole = "whole"
    needed = "needed"


def add_verbs(app: typer.Typer) -> None:
    """Give ``app`` the verbs of safety."""
    for verb in (check, backup, restore):
        app.command()(verb)


def check(home: HomeOption = None, quiet: QuietOption = False, json: JsonOption = False) -> None:
    """Hold the whole home against its recorded sums, manifests and audit log; name what is damaged or was cut short."""
    from console.commands.safety import show_check

    settings = Settings.from_environment(home=home)
    with guarded("check", settings.home):
        show_check(settings.home, Screen(quiet, json))


def backup(
    to: Annotated[Path, typer.Option("--to", help="the file to write, for example 2026-10-31.tar.zst")],
    home: HomeOption = None,
    what: Annotated[
        What, typer.Option("--what", help="whole, or needed: only what the inbox cannot give again")
    ] = What.whole,
    by: Annotated[
        str | None, typer.Option("--by", help="who makes it, for the access log; else the system's user")
    ] = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Write the home into one file and read it back; it holds personal data and only you may read it."""
    from console.commands.safety import make_backup

    settings = Settings.from_environment(home=home)
    with guarded("backup", settings.home):
        make_backup(settings.home, to.absolute(), what.value, Screen(quiet, json), by=by)


def restore(
    archive: Annotated[Path, typer.Option("--from", help="the file that backup wrote")],
    home: HomeOption = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="what stands in the home gives way to the backup")
    ] = False,
    by: Annotated[
        str | None, typer.Option("--by", help="who restores, for the audit log; else the system's user")
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="why, for the audit log")] = "恢复备份",
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Make the home what a backup holds, whole or not at all; every file is verified before anything gives way."""
    from console.commands.safety import restore_home

    settings = Settings.from_environment(home=home)
    with guarded("restore", settings.home):
        restore_home(
            settings.home,
            archive.absolute(),
            by=by,
            reason=reason,
            on=datetime.now(UTC),
            replace=replace,
            screen=Screen(quiet, json),
        )
