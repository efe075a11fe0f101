"""The verbs by which a named person decides, and the log in which it stands."""

from __future__ import annotations

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
from warehouse import policy as policies
from warehouse.errors import Misconfigured
from warehouse.guard import guarded
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.settings import Settings
from warehouse.verdicts import GATES, Gate

audit_app = typer.Typer(
    no_args_is_help=True,
    help="The audit log: who decided what, when and why; every entry bound to those before.",
)

GateOption = Annotated[str, typer.Option("--gate", help="gate1 (what came in) or gate2 (what was made)")]
ByOption = Annotated[str, typer.Option("--by", help="the name of who decides")]
RulesOption = Annotated[
    list[str] | None, typer.Option("--rule", help="a rule that holds the month; without it all that hold it")
]


def add_verbs(app: typer.Typer, gate_app: typer.Typer) -> None:
    """Give ``gate_app`` the decisions, and ``app`` the log."""
    gate_app.command("release")(gate_release)
    gate_app.command("revoke")(gate_revoke)
    gate_app.command("approve")(gate_approve)
    app.add_typer(audit_app, name="audit")


def gate_release(
    month: MonthOption,
    gate: GateOption,
    by: ByOption,
    reason: ReasonOption,
    rule: RulesOption = None,
    on: DayOption = None,
    home: HomeOption = None,
    region: RegionOption = None,
    policy: PolicyOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Let a held month go on by decision of a named person, for these data and these rules only."""
    from console.commands.gate import show_decision
    from warehouse.gate_decisions import release

    settings = Settings.from_environment(home=home, region=region, policy_dir=policy)
    with guarded(f"gate release {month}", settings.home):
        lake, lines = _bench(month, settings)
        entry = release(
            Month.parse(month), _gate(gate), rules=rule or (), by=by, reason=reason, on=day_of_act(on), lake=lake, policy=lines
        )  # fmt: skip
        next_step = (
            f"run {gate} for {month} again (or 'doudi run'): the verdict then says whether the month goes on."
        )
        show_decision(entry, Screen(quiet, json), next_step)


def gate_revoke(
    month: MonthOption,
    gate: GateOption,
    by: ByOption,
    reason: ReasonOption,
    on: DayOption = None,
    home: HomeOption = None,
    region: RegionOption = None,
    policy: PolicyOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Take back the releases of a month's gate; the month is held again."""
    from console.commands.gate import show_decision
    from warehouse.gate_decisions import revoke

    settings = Settings.from_environment(home=home, region=region, policy_dir=policy)
    with guarded(f"gate revoke {month}", settings.home):
        lake, lines = _bench(month, settings)
        entry = revoke(
            Month.parse(month), _gate(gate), by=by, reason=reason, on=day_of_act(on), lake=lake, policy=lines
        )
        next_step = f"run {gate} for {month} again; lists that went out stand until somebody takes them back."
        show_decision(entry, Screen(quiet, json), next_step)


def gate_approve(
    month: MonthOption,
    by: ByOption,
    reason: ReasonOption,
    is_denied: Annotated[bool, typer.Option("--deny", help="say no: the month is not published")] = False,
    on: DayOption = None,
    home: HomeOption = None,
    region: RegionOption = None,
    policy: PolicyOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Approve (or with --deny: forbid) that a month's marts, as they are now, are published."""
    from console.commands.gate import show_decision
    from warehouse.gate_decisions import decide_publication

    settings = Settings.from_environment(home=home, region=region, policy_dir=policy)
    with guarded(f"gate approve {month}", settings.home):
        lake, lines = _bench(month, settings)
        entry = decide_publication(
            Month.parse(month), is_approved=not is_denied, by=by, reason=reason, on=day_of_act(on), lake=lake, policy=lines
        )  # fmt: skip
        next_step = "publish refuses these marts now." if is_denied else f"run publish for {month}."
        show_decision(entry, Screen(quiet, json), next_step)


@audit_app.command("show")
def audit_show(
    month: Annotated[str | None, typer.Option("--month", help="entries of this month only, YYYY-MM")] = None,
    home: HomeOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Show who decided or ordered what, when and why."""
    from console.commands.audit import show_log

    settings = Settings.from_environment(home=home)
    with guarded("audit show", settings.home):
        show_log(Month.parse(month) if month else None, settings, Screen(quiet, json))


@audit_app.command("verify")
def audit_verify(home: HomeOption = None, quiet: QuietOption = False, json: JsonOption = False) -> None:
    """Look whether anything in the log was changed, removed, reordered or cut off; names the first that was."""
    from console.commands.audit import verify_log

    settings = Settings.from_environment(home=home)
    with guarded("audit verify", settings.home):
        verify_log(settings, Screen(quiet, json))


def _bench(month: str, settings: Settings) -> tuple[Lake, policies.Policy]:
    return Lake(settings.home), policies.load(settings.policy_dir, settings.region, Month.parse(month))


def _gate(name: str) -> Gate:
    for gate in GATES:
        if gate == name:
            return gate
    raise Misconfigured(f"there is no gate '{name}'.", next_step="name gate1 or gate2.")
