"""The verbs of privacy: who looked or took out, what lies where it must not, how long things are kept, handing out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from console.options import (
    DayOption,
    HomeOption,
    JsonOption,
    MonthOption,
    PolicyOption,
    QuietOption,
    RegionOption,
    day_or_today,
)
from console.screen import Screen
from warehouse.errors import Misconfigured
from warehouse.guard import guarded
from warehouse.months import Month
from warehouse.settings import Settings

access_app = typer.Typer(
    no_args_is_help=True,
    help="The access log: who took what out of the house, and who looked at rows about people.",
)

retention_app = typer.Typer(
    no_args_is_help=True, help="How long what is kept by policy, what is due, and its deletion."
)

ByOption = Annotated[
    str | None,
    typer.Option("--by", help="who does it (name or office), for the logs; else the system's user"),
]


def add_verbs(app: typer.Typer) -> None:
    """Give ``app`` the verbs of privacy."""
    app.add_typer(access_app, name="access")
    app.command()(leaks)
    app.command("hand-out")(hand_out)
    app.command()(unlock)
    app.add_typer(retention_app, name="retention")


@access_app.command("show")
def access_show(
    by: Annotated[str | None, typer.Option("--by", help="only what this person did")] = None,
    month: Annotated[
        str | None, typer.Option("--month", help="only what is about this month's rows, YYYY-MM")
    ] = None,
    day: Annotated[
        str | None, typer.Option("--day", help="only what was done on this day (YYYY-MM-DD) or in this month")
    ] = None,
    home: HomeOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Show who took what out, or looked at it, when and what for; by person and by month."""
    from console.commands.access import show_access

    settings = Settings.from_environment(home=home)
    with guarded("access show", settings.home):
        of = Month.parse(month) if month else None
        show_access(settings, Screen(quiet, json), by=by, month=of, day=day)


@access_app.command("verify")
def access_verify(home: HomeOption = None, quiet: QuietOption = False, json: JsonOption = False) -> None:
    """Look whether an entry was changed, removed or cut off, and whether anything lies there that no entry tells of."""
    from console.commands.access import verify_access

    settings = Settings.from_environment(home=home)
    with guarded("access verify", settings.home):
        verify_access(settings, Screen(quiet, json))


@access_app.command("begin")
def access_begin(
    by: Annotated[str, typer.Option("--by", help="who answers for it (name or office)")],
    reason: Annotated[str, typer.Option("--reason", help="why nothing tells of what lies there")],
    home: HomeOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Take over, by name, what lies in a home from before it kept an access log; never what had its entry."""
    from console.commands.access import begin_access

    settings = Settings.from_environment(home=home)
    with guarded("access begin", settings.home):
        begin_access(settings, Screen(quiet, json), by=by, reason=reason)


@retention_app.command("show")
def retention_show(
    on: DayOption = None,
    home: HomeOption = None,
    region: RegionOption = None,
    policy: PolicyOption = None,
    json: JsonOption = False,
) -> None:
    """Show for every kind how long it is kept, by which line of policy, and what is due on a day."""
    from console.commands.retention import show_retention

    settings = Settings.from_environment(home=home, region=region, policy_dir=policy)
    with guarded("retention show", settings.home):
        show_retention(settings, day_or_today(on), Screen(as_json=json))


@retention_app.command("apply")
def retention_apply(
    on: DayOption = None,
    really: Annotated[
        bool, typer.Option("--really", help="delete; without it only shown what would go")
    ] = False,
    by: ByOption = None,
    reason: Annotated[str, typer.Option("--reason", help="why, for the audit log")] = "保存期满",
    home: HomeOption = None,
    region: RegionOption = None,
    policy: PolicyOption = None,
    json: JsonOption = False,
) -> None:
    """Delete what policy no longer keeps and no later month needs; a dry run unless --really is given."""
    from console.commands.retention import apply_retention

    if really and not (by or "").strip():
        raise Misconfigured("a deletion wants a name.", next_step="say who deletes, with --by.")
    settings = Settings.from_environment(home=home, region=region, policy_dir=policy)
    with guarded("retention apply", settings.home):
        apply_retention(
            settings, day_or_today(on), Screen(as_json=json), by=(by or "").strip(), reason=reason, is_real=really
        )  # fmt: skip


def hand_out(
    month: MonthOption,
    by: Annotated[str, typer.Option("--by", help="who hands the lists out (name or office), for the logs")],
    township: Annotated[
        list[str] | None, typer.Option("--township", help="only this township; may be given again")
    ] = None,
    passphrases: Annotated[
        Path | None,
        typer.Option(
            "--passphrases", help="write the passphrases here, away from the files; else they are shown once"
        ),
    ] = None,
    on: DayOption = None,
    home: HomeOption = None,
    region: RegionOption = None,
    policy: PolicyOption = None,
    json: JsonOption = False,
) -> None:
    """Seal a month's lists for the townships: by their certificate, else by a passphrase that Excel asks for."""
    from console.commands.hand_out import hand_out_lists

    settings = Settings.from_environment(home=home, region=region, policy_dir=policy)
    with guarded(f"hand-out {month}", settings.home):
        hand_out_lists(
            Month.parse(month),
            settings,
            Screen(as_json=json),
            by=by,
            townships=township or (),
            passphrases=passphrases,
            on=day_or_today(on),
        )


def unlock(
    files: Annotated[
        list[Path], typer.Argument(help="the filled-in workbooks that are still under their passphrase")
    ],
    to: Annotated[Path, typer.Option("--to", help="the folder for the opened ones, for absorb to read")],
    passphrases: Annotated[
        Path | None,
        typer.Option(
            "--passphrases", help="the file that hand-out wrote; without it the passphrase is asked for"
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Open filled-in lists that came back under the passphrase they were handed out with."""
    from console.commands.hand_out import unlock_files

    with guarded("unlock", None):
        missing = [
            path.name for path in (*files, *([passphrases] if passphrases else [])) if not path.is_file()
        ]
        if missing:
            raise Misconfigured(f"there is no file {', '.join(missing)}.", next_step="name the workbooks.")
        if passphrases:
            words = [
                line.rpartition("\t")[2] for line in passphrases.read_text(encoding="utf-8").splitlines()
            ]
        else:
            words = [str(typer.prompt("passphrase", hide_input=True))]
        unlock_files(files, to, words, Screen(as_json=json))


def leaks(
    home: HomeOption = None,
    beside: Annotated[
        list[str] | None,
        typer.Option(
            "--beside",
            help="what runs write beside the home, as NAME=FOLDER with a name of the table (airflow=…); may be given again",
        ),
    ] = None,
    by: ByOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Look through every file outside the lake for every ID, telephone, account, and name with village; shows counts only."""
    from console.commands.leaks import show_leaks

    settings = Settings.from_environment(home=home)
    with guarded("leaks", settings.home):
        show_leaks(settings, _named_folders(beside or []), Screen(quiet, json), by=by)


def _named_folders(given: list[str]) -> dict[str, Path]:
    found = {}
    for one in given:
        name, is_named, folder = one.partition("=")
        if not is_named or not Path(folder).exists():
            raise Misconfigured(
                f"--beside '{name}' names no folder.",
                next_step="write it as NAME=FOLDER, for example airflow=/var/airflow.",
            )
        found[name] = Path(folder).absolute()
    return found
