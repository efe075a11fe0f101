"""The verbs around partner packages."""

from __future__ import annotations

from functools import partial
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
    ReasonOption,
    RegionOption,
    day_of_act,
)
from console.screen import Screen
from warehouse.guard import guarded
from warehouse.months import Month
from warehouse.settings import Settings

package_app = typer.Typer(
    no_args_is_help=True, help="Packages to partners: what was shared, opened, receipted, recalled."
)
agreement_app = typer.Typer(
    no_args_is_help=True, help="Agreements with partners: which are in force, and who put them into force."
)
keys_app = typer.Typer(no_args_is_help=True, help="The folder of keys (DOUDI_KEYS).")

ByOption = Annotated[str, typer.Option("--by", help="the name or office of who does it")]
PackageArgument = Annotated[str, typer.Argument(help="the package: its folder, or its name as it was shared")]
# A file that has to be there: else the command line is wrong, not the disk.
_file = partial(typer.Option, exists=True, dir_okay=False)
SignerOption = Annotated[
    Path | None,
    _file("--signer", help="the sender's certificate (PEM); here, where it was shared, ours"),
]


def add_verbs(app: typer.Typer) -> None:
    """Give ``app`` the verbs of packages."""
    app.command()(share)
    package_app.command("list")(package_list)
    package_app.command("verify")(package_verify)
    package_app.command("open")(package_open)
    package_app.command("receipt")(package_receipt)
    package_app.command("recall")(package_recall)
    package_app.command("trace")(package_trace)
    agreement_app.command("list")(agreement_list)
    agreement_app.command("approve")(agreement_approve)
    agreement_app.command("withdraw")(agreement_withdraw)
    keys_app.command("make")(keys_make)
    app.add_typer(package_app, name="package")
    app.add_typer(agreement_app, name="agreement")
    app.add_typer(keys_app, name="keys")


def share(
    month: MonthOption,
    by: ByOption,
    partner: Annotated[str, typer.Option("--partner", help="only this partner_key or agreement")] = "",
    on: DayOption = None,
    home: HomeOption = None,
    region: RegionOption = None,
    policy: PolicyOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Give each partner the sealed package that an agreement in force allows; the others are told why not."""
    from console.commands.packages import run_share

    settings = Settings.from_environment(home=home, region=region, policy_dir=policy)
    Screen(quiet, json).run(
        partial(run_share, Month.parse(month), settings, by=by, on=day_of_act(on), partner=partner)
    )


def package_list(
    month: Annotated[str | None, typer.Option("--month", help="only this month, YYYY-MM")] = None,
    on: DayOption = None,
    home: HomeOption = None,
    region: RegionOption = None,
    policy: PolicyOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Show what was shared: receipted, waited for, overdue, recalled."""
    from console.commands.packages import show_packages

    settings = Settings.from_environment(home=home, region=region, policy_dir=policy)
    with guarded("package list", settings.home):
        show_packages(Month.parse(month) if month else None, day_of_act(on), settings, Screen(quiet, json))


def package_verify(
    package: PackageArgument,
    signer: SignerOption = None,
    home: HomeOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Check signature and hashes of a package, and whether it was recalled."""
    from console.commands.packages import verify_package

    settings = Settings.from_environment(home=home)
    with guarded("package verify", settings.home):
        verify_package(package, signer, settings, Screen(quiet, json))


def package_open(
    package: PackageArgument,
    key: Annotated[Path, _file("--key", help="the recipient's private key (PEM)")],
    certificate: Annotated[
        Path,
        _file("--certificate", help="the recipient's certificate (PEM)"),
    ],
    out: Annotated[Path, typer.Option("--out", help="a new folder for what is inside")],
    signer: SignerOption = None,
    by: Annotated[str | None, typer.Option("--by", help="who opens it, in the house that shared it")] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="why, in the house that shared it")] = None,
    on: DayOption = None,
    home: HomeOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Open a package with the recipient's key; every file is held against what the package says of it."""
    from console.commands.packages import open_package

    settings = Settings.from_environment(home=home)
    with guarded("package open", settings.home):
        open_package(
            package, key, certificate, signer, out, settings, Screen(quiet, json), by=by, reason=reason, on=day_of_act(on)
        )  # fmt: skip


def package_receipt(
    package: Annotated[str, typer.Argument(help="the package, by its name")],
    file: Annotated[
        Path,
        _file("--file", help="the receipt as it came back: filled-in text, scan, PDF"),
    ],
    by: ByOption,
    reason: ReasonOption = "收到回执",
    signature: Annotated[
        Path | None,
        _file("--signature", help="the recipient's signature over the receipt"),
    ] = None,
    on: DayOption = None,
    home: HomeOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Register the receipt that a recipient sent back; none is taken for a recalled package."""
    from console.commands.packages import take_receipt

    settings = Settings.from_environment(home=home)
    with guarded("package receipt", settings.home):
        take_receipt(
            package, file, signature, settings, Screen(quiet, json), by=by, reason=reason, on=day_of_act(on)
        )


def package_recall(
    package: Annotated[str, typer.Argument(help="the package, by its name")],
    by: ByOption,
    reason: ReasonOption,
    on: DayOption = None,
    home: HomeOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Recall a package: a signed notice that names its successor; receipts are refused from now on."""
    from console.commands.packages import recall_package

    settings = Settings.from_environment(home=home)
    with guarded("package recall", settings.home):
        recall_package(package, settings, Screen(quiet, json), by=by, reason=reason, on=day_of_act(on))


def package_trace(
    file: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, help="a file that was found outside: CSV or workbook"),
    ],
    home: HomeOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Say for whom a leaked file was made, by record numbers, content and order of its rows."""
    from console.commands.packages import trace_file

    settings = Settings.from_environment(home=home)
    with guarded("package trace", settings.home):
        trace_file(file, settings, Screen(quiet, json))


def agreement_list(
    month: MonthOption,
    on: DayOption = None,
    home: HomeOption = None,
    region: RegionOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Show every agreement: until when, when its package is due, whether it is in force and if not, why."""
    from console.commands.packages import show_agreements

    settings = Settings.from_environment(home=home, region=region)
    with guarded("agreement list", settings.home):
        show_agreements(Month.parse(month), day_of_act(on), settings, Screen(quiet, json))


def agreement_approve(
    agreement: Annotated[str, typer.Argument(help="the agreement, by its id")],
    by: ByOption,
    reason: ReasonOption,
    on: DayOption = None,
    home: HomeOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Put an agreement, as its file stands now, into force in this home."""
    _decide(agreement, by, reason, on, home, quiet, json, is_withdrawn=False)


def agreement_withdraw(
    agreement: Annotated[str, typer.Argument(help="the agreement, by its id")],
    by: ByOption,
    reason: ReasonOption,
    on: DayOption = None,
    home: HomeOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Take an agreement out of force; what was shared stands until it is recalled."""
    _decide(agreement, by, reason, on, home, quiet, json, is_withdrawn=True)


def keys_make(
    partners: Annotated[
        bool, typer.Option("--partners", help="the partners' key pairs too (demo and tests only)")
    ] = False,
    on: DayOption = None,
    home: HomeOption = None,
    region: RegionOption = None,
    policy: PolicyOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Make the keys that the agreements need and the folder lacks; nothing is overwritten."""
    from console.commands.packages import make_keys

    settings = Settings.from_environment(home=home, region=region, policy_dir=policy)
    with guarded("keys make", settings.home):
        make_keys(settings, Screen(quiet, json), on=day_of_act(on), with_partners=partners)


def _decide(
    agreement: str,
    by: str,
    reason: str,
    on: str | None,
    home: Path | None,
    quiet: bool,
    json: bool,
    *,
    is_withdrawn: bool,
) -> None:
    from console.commands.packages import decide_agreement

    settings = Settings.from_environment(home=home)
    with guarded(f"agreement {agreement}", settings.home):
        decide_agreement(
            agreement,
            settings,
            Screen(quiet, json),
            by=by,
            reason=reason,
            on=day_of_act(on),
            is_withdrawn=is_withdrawn,
        )
