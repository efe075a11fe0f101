"""The verbs that only look: row accounts, ids, months, gates, policy, rules, and the planted truth."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from console.options import HomeOption, JsonOption, MonthOption, PolicyOption, QuietOption, RegionOption
from console.screen import Screen
from warehouse.guard import guarded
from warehouse.months import Month
from warehouse.policy import load
from warehouse.settings import Settings

gate_app = typer.Typer(no_args_is_help=True, help="The two gates: what they found, and why a rule is there.")
policy_app = typer.Typer(
    no_args_is_help=True, help="The policy packs: values with region, dates and document."
)


def add_verbs(app: typer.Typer) -> None:
    """Give ``app`` the verbs that look at what was made."""
    for verb in (account, identity, summary, assess, rules):
        app.command()(verb)
    app.add_typer(gate_app, name="gate")
    app.add_typer(policy_app, name="policy")


def account(
    month: MonthOption, home: HomeOption = None, quiet: QuietOption = False, json: JsonOption = False
) -> None:
    """Show for every file: rows in the file = landed + quarantined + furniture."""
    from console.commands.account import show_account

    settings = Settings.from_environment(home=home)
    with guarded(f"account {month}", settings.home):
        show_account(Month.parse(month), settings, Screen(quiet, json))


def identity(
    month: MonthOption, home: HomeOption = None, quiet: QuietOption = False, json: JsonOption = False
) -> None:
    """Show what happened to person ids in a month: persons before and after, each event with its reason."""
    from console.commands.identity import show_identity

    settings = Settings.from_environment(home=home)
    with guarded(f"identity {month}", settings.home):
        show_identity(Month.parse(month), settings, Screen(quiet, json))


def summary(home: HomeOption = None, quiet: QuietOption = False, json: JsonOption = False) -> None:
    """Show for every month that was run: rows, people, links by grade, warnings by rule, where to look."""
    from console.commands.summary import show_summary

    settings = Settings.from_environment(home=home)
    with guarded("summary", settings.home):
        show_summary(settings, Screen(quiet, json))


def assess(
    county_dir: Annotated[Path, typer.Option("--county", help="the made-up county's folder, with truth/")],
    home: HomeOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Hold a made-up county's results against its planted truth: links and warnings."""
    from console.commands.assess import show_assessment

    settings = Settings.from_environment(home=home)
    with guarded("assess", settings.home):
        show_assessment(county_dir.absolute(), settings, Screen(quiet, json))


@gate_app.command("show")
def gate_show(month: MonthOption, home: HomeOption = None, json: JsonOption = False) -> None:
    """Show what both gates found in a month."""
    from console.commands.gate import show_verdicts

    settings = Settings.from_environment(home=home)
    with guarded(f"gate show {month}", settings.home):
        show_verdicts(Month.parse(month), settings, Screen(as_json=json))


@gate_app.command("explain")
def gate_explain(
    rule: Annotated[str, typer.Argument(help="the rule's id")],
    month: Annotated[
        str | None, typer.Option("--month", help="also what it found in this month and those before, YYYY-MM")
    ] = None,
    home: HomeOption = None,
    region: RegionOption = None,
    policy: PolicyOption = None,
) -> None:
    """Say what a gate's rule asks, why, by which policy lines, and with --month what it measured month by month."""
    from console.commands.gate import explain_rule

    settings = Settings.from_environment(home=home, region=region, policy_dir=policy)
    with guarded(f"gate explain {rule}", settings.home):
        explain_rule(rule, Month.parse(month) if month else None, settings, Screen())


@gate_app.command("export")
def gate_export(
    month: MonthOption,
    to: Annotated[Path, typer.Option("--to", help="the folder to make; it must not hold anything else")],
    home: HomeOption = None,
    region: RegionOption = None,
    policy: PolicyOption = None,
) -> None:
    """Write both gates of a month as a project of Great Expectations: suites, checkpoints, data docs, offline."""
    from console.commands.gate import export_gates

    settings = Settings.from_environment(home=home, region=region, policy_dir=policy)
    with guarded(f"gate export {month}", settings.home):
        export_gates(Month.parse(month), to.absolute(), settings, Screen())


@policy_app.command("check")
def policy_check(policy: PolicyOption = None, json: JsonOption = False) -> None:
    """Look for every fault of the packs: overlaps, gaps, unknown parameters, wrong units and values."""
    from console.commands.policy import check_policy

    check_policy(Settings.from_environment(policy_dir=policy).policy_dir, Screen(as_json=json))


@policy_app.command("show")
def policy_show(
    month: MonthOption,
    region: RegionOption = None,
    policy: PolicyOption = None,
    is_all: Annotated[bool, typer.Option("--all", help="also what intake, linkage and gates use")] = False,
    json: JsonOption = False,
) -> None:
    """Show every policy line in force for a region and month, with its document."""
    from console.commands.policy import show_policy

    settings = Settings.from_environment(region=region, policy_dir=policy)
    show_policy(Month.parse(month), settings.policy_dir, settings.region, is_all, Screen(as_json=json))


@policy_app.command("diff")
def policy_diff(
    month: MonthOption,
    region: RegionOption = None,
    policy: PolicyOption = None,
    to_month: Annotated[str | None, typer.Option("--to-month", help="compare with this month")] = None,
    to_region: Annotated[str | None, typer.Option("--to-region", help="compare with this region")] = None,
    to_policy: Annotated[
        Path | None, typer.Option("--to-policy", help="compare with the packs of this folder")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Show which values differ between two regions, two months or two folders of packs, and by which document."""
    from console.commands.policy import show_difference

    settings = Settings.from_environment(region=region, policy_dir=policy)
    here = load(settings.policy_dir, settings.region, Month.parse(month))
    other = Settings.from_environment(region=to_region or settings.region, policy_dir=to_policy or policy)
    there = load(other.policy_dir, other.region, Month.parse(to_month or month))
    named = [
        " ".join([one.region, str(one.month), *([folder.name] if to_policy else [])])
        for one, folder in ((here, settings.policy_dir), (there, other.policy_dir))
    ]
    show_difference(here, there, (named[0], named[1]), Screen(as_json=json))


def rules(
    month: MonthOption, region: RegionOption = None, policy: PolicyOption = None, json: JsonOption = False
) -> None:
    """Show every rule of warning for a region and month: its sentence, feeds, and the policy in force behind it."""
    from console.commands.rules import show_rules

    settings = Settings.from_environment(region=region, policy_dir=policy)
    show_rules(Month.parse(month), settings.policy_dir, settings.region, Screen(as_json=json))
