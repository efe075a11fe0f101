"""The verbs of whoever runs the platform: how it stands, its figures for a monitor, its mail."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from console.options import HomeOption, JsonOption, PolicyOption, QuietOption, RegionOption
from console.screen import Screen
from warehouse.guard import guarded
from warehouse.settings import Settings

mail_app = typer.Typer(no_args_is_help=True, help="The mails about runs: try the setting, send what waits.")


def add_verbs(app: typer.Typer) -> None:
    """Give ``app`` the verbs of operations."""
    app.command()(status)
    app.command()(metrics)
    app.add_typer(mail_app, name="mail")


def status(
    home: HomeOption = None,
    runs: Annotated[int, typer.Option("--runs", help="how many of the last runs to show", min=0)] = 10,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Show how every stage of every month stands, what to do next, and the last runs; write the operator's page."""
    from console.commands.operations import show_status

    settings = Settings.from_environment(home=home)
    with guarded("status", settings.home):
        show_status(settings, runs, Screen(quiet, json))


def metrics(home: HomeOption = None) -> None:
    """Print the figures for a monitor in Prometheus' text form (logs/metrics.prom holds them after every stage)."""
    from warehouse.operations.metrics import text

    settings = Settings.from_environment(home=home)
    with guarded("metrics", settings.home):
        sys.stdout.write(text(settings.home))


@mail_app.command("send")
def mail_send(
    home: HomeOption = None,
    region: RegionOption = None,
    policy: PolicyOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Send the mails that wait because the server did not take them."""
    from console.commands.operations import send_what_waits

    settings = Settings.from_environment(home=home, region=region, policy_dir=policy)
    with guarded("mail send", settings.home):
        send_what_waits(settings, Screen(quiet, json))


@mail_app.command("try")
def mail_try(quiet: QuietOption = False, json: JsonOption = False) -> None:
    """Send a mail to everybody who may get one, to try the settings (DOUDI_SMTP_…, DOUDI_MAIL_…)."""
    from console.commands.operations import try_mail

    with guarded("mail try", None):
        try_mail(Screen(quiet, json))
