"""The ``doudi`` command: the people's door to the same stages that Airflow runs."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from console.commands.explain import explain
from console.commands.model import drift, train, weights
from console.commands.review import review_app
from console.commands.stages import CHAIN, absorb_returns, link_afresh, run_stage
from console.screen import Screen, complain
from warehouse.errors import DoudiError, Misconfigured
from warehouse.guard import guarded
from warehouse.months import Month, span
from warehouse.settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Doudi 兜底: find each month whom the safety net has missed, and what should not have been paid.",
)
gate_app = typer.Typer(no_args_is_help=True, help="The two gates: what they found, and why a rule is there.")
policy_app = typer.Typer(
    no_args_is_help=True, help="The policy packs: values with region, dates and document."
)
app.add_typer(gate_app, name="gate")
app.add_typer(policy_app, name="policy")
app.add_typer(review_app, name="review")
app.command()(explain)
for verb in (train, weights, drift):
    app.command()(verb)

MonthOption = Annotated[str, typer.Option("--month", help="the month, YYYY-MM")]
HomeOption = Annotated[Path | None, typer.Option("--home", help="the folder that holds everything written")]
InboxOption = Annotated[Path | None, typer.Option("--inbox", help="the folder that holds the month folders")]
RegionOption = Annotated[str | None, typer.Option("--region", help="the region of the policy pack")]
PolicyOption = Annotated[Path | None, typer.Option("--policy", help="another folder of policy packs")]
QuietOption = Annotated[bool, typer.Option("--quiet", help="show errors only")]
JsonOption = Annotated[bool, typer.Option("--json", help="one JSON object a line")]


@app.command()
def county(
    out: Annotated[Path, typer.Option("--out", help="where to write inbox/ and truth/")],
    seed: Annotated[int, typer.Option("--seed", help="another seed, another county")] = 1,
    persons: Annotated[int, typer.Option("--persons", help="how many people live there", min=200)] = 30_000,
    months: Annotated[str, typer.Option("--months", help="FIRST..LAST")] = "2026-08..2026-10",
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Make the made-up county: the agencies' files month by month, and the planted truth beside them."""
    from console.commands.county import make_county

    make_county(out, seed=seed, persons=persons, months=span(months), screen=Screen(quiet, json))


@app.command()
def run(
    month: MonthOption,
    home: HomeOption = None,
    inbox: InboxOption = None,
    region: RegionOption = None,
    policy: PolicyOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Run the whole chain of a month, receive to publish, without Airflow."""
    settings = Settings.from_environment(home=home, inbox=inbox, region=region, policy_dir=policy)
    screen = Screen(quiet, json)
    for stage in CHAIN:
        screen.say(f"{month}  {stage} …")
        screen.outcome(*run_stage(stage, Month.parse(month), settings))


def _verb(stage: str, sentence: str) -> None:
    """Make one stage a verb of its own."""

    def command(
        month: MonthOption,
        home: HomeOption = None,
        inbox: InboxOption = None,
        region: RegionOption = None,
        policy: PolicyOption = None,
        quiet: QuietOption = False,
        json: JsonOption = False,
    ) -> None:
        settings = Settings.from_environment(home=home, inbox=inbox, region=region, policy_dir=policy)
        Screen(quiet, json).outcome(*run_stage(stage, Month.parse(month), settings))

    app.command(stage, help=sentence)(command)


@app.command()
def airflow(
    folder: Annotated[Path, typer.Option("--dir", help="a demo's folder")] = Path("var/demo"),
    port: Annotated[int, typer.Option("--port")] = 8080,
) -> None:
    """Start Airflow with its web page over a demo's folder, for someone who wants to look. Ctrl-C ends it."""
    from console.commands.demo import look_around

    look_around(folder.absolute(), port, Screen())


_verb("receive", "Take in what the agencies delivered: land, quarantine or count every row.")
_verb("close", "Declare the month complete; refuses while a required feed is missing.")
_verb("standardise", "Fold, type and keep: make values comparable, and the persons in each row findable.")
_verb("gate1", "Inspect the standardised month; a failing stop rule holds it.")


@app.command()
def link(
    month: MonthOption,
    afresh: Annotated[
        bool, typer.Option("--afresh", help="compare everything that is open and every pair of persons again")
    ] = False,
    home: HomeOption = None,
    inbox: InboxOption = None,
    region: RegionOption = None,
    policy: PolicyOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Decide who is the same person, how sure, and keep ids over time."""
    settings = Settings.from_environment(home=home, inbox=inbox, region=region, policy_dir=policy)
    run_link = link_afresh if afresh else partial(run_stage, "link")
    Screen(quiet, json).outcome(*run_link(Month.parse(month), settings))


_verb("prepare_review", "Write the month's blind cards for two reviewers (the same as doudi review prepare).")
_verb(
    "quality",
    "Estimate the month's false and missed links with intervals, draw the blind sample, write the page.",
)
_verb("build", "Build the warehouse of the month with dbt.")
_verb("gate2", "Inspect the marts; a failing stop rule holds the month.")
_verb("publish", "Write the warning lists, the ledgers and the month's page.")


@app.command()
def absorb(
    month: MonthOption,
    returned: Annotated[Path, typer.Option("--returned", help="a folder of filled-in lists, or one file")],
    home: HomeOption = None,
    region: RegionOption = None,
    policy: PolicyOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Take in the lists that the villages have filled in."""
    if not returned.exists():
        raise Misconfigured(
            f"there is nothing at --returned '{returned.name}'.", next_step="name the folder of the lists."
        )
    settings = Settings.from_environment(home=home, region=region, policy_dir=policy)
    Screen(quiet, json).outcome(*absorb_returns(Month.parse(month), returned.absolute(), settings))


@app.command()
def account(
    month: MonthOption, home: HomeOption = None, quiet: QuietOption = False, json: JsonOption = False
) -> None:
    """Show for every file: rows in the file = landed + quarantined + furniture."""
    from console.commands.account import show_account

    settings = Settings.from_environment(home=home)
    with guarded(f"account {month}", settings.home):
        show_account(Month.parse(month), settings, Screen(quiet, json))


@app.command()
def identity(
    month: MonthOption, home: HomeOption = None, quiet: QuietOption = False, json: JsonOption = False
) -> None:
    """Show what happened to person ids in a month: persons before and after, each event with its reason."""
    from console.commands.identity import show_identity

    settings = Settings.from_environment(home=home)
    with guarded(f"identity {month}", settings.home):
        show_identity(Month.parse(month), settings, Screen(quiet, json))


@app.command()
def summary(home: HomeOption = None, quiet: QuietOption = False, json: JsonOption = False) -> None:
    """Show for every month that was run: rows, people, links by grade, warnings by rule, where to look."""
    from console.commands.summary import show_summary

    settings = Settings.from_environment(home=home)
    with guarded("summary", settings.home):
        show_summary(settings, Screen(quiet, json))


@app.command()
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


@app.command()
def demo(
    folder: Annotated[Path, typer.Option("--dir", help="where everything goes")] = Path("var/demo"),
    seed: Annotated[int, typer.Option("--seed")] = 1,
    persons: Annotated[int, typer.Option("--persons", min=200)] = 30_000,
    months: Annotated[str, typer.Option("--months")] = "2026-08..2026-10",
) -> None:
    """Make the county and run its months through the real Airflow DAGs, then say what was made."""
    from console.commands.demo import run_demo

    run_demo(folder.absolute(), seed=seed, persons=persons, months=span(months), screen=Screen())


@app.command()
def docs(
    check: Annotated[
        bool, typer.Option("--check", help="write nothing; fail when a page is not fresh")
    ] = False,
) -> None:
    """Make docs/generated anew from code, contracts, suites and seeds."""
    from console.commands.docs import check_docs, write_docs

    if check:
        check_docs(app)
        return
    for path in write_docs(app):
        Screen().say(f"written: {path.name}")


@gate_app.command("show")
def gate_show(month: MonthOption, home: HomeOption = None, json: JsonOption = False) -> None:
    """Show what both gates found in a month."""
    from console.commands.gate import show_verdicts

    settings = Settings.from_environment(home=home)
    with guarded(f"gate show {month}", settings.home):
        show_verdicts(Month.parse(month), settings, Screen(as_json=json))


@gate_app.command("explain")
def gate_explain(rule: Annotated[str, typer.Argument(help="the rule's id")]) -> None:
    """Say what a gate's rule checks and why it is there."""
    from expectations.gate import explain

    Screen().say(explain(rule))


@policy_app.command("show")
def policy_show(
    month: MonthOption, region: RegionOption = None, policy: PolicyOption = None, json: JsonOption = False
) -> None:
    """Show every policy line in force for a region and month, with its document."""
    from console.commands.policy import show_policy

    settings = Settings.from_environment(region=region, policy_dir=policy)
    show_policy(Month.parse(month), settings, Screen(as_json=json))


class _Stopped(BaseException):
    """Ctrl-C. The command line's library would turn a KeyboardInterrupt into 'Aborted!' and exit code 1."""


_stops: list[int] = []


def _stop(signum: int, _: object) -> None:
    _stops.append(signum)
    raise _Stopped


@contextmanager
def _errors_as_sentences() -> Iterator[None]:
    try:
        with guarded("doudi", None):
            yield
    except (DoudiError, KeyboardInterrupt, _Stopped) as error:
        # An engine that is interrupted ends with an error of its own: then the stop is what counts.
        if _stops or not isinstance(error, DoudiError):
            complain("Stopped. Nothing half-written is left in place; run the same command again.")
            sys.exit(130)
        complain(f"{type(error).__name__}: {error.what}\nNext step: {error.next_step}")
        sys.exit(error.exit_code)


def main() -> None:
    """Run the command; errors end in one sentence, a next step and the exit code of their family."""
    signal.signal(signal.SIGINT, _stop)
    with _errors_as_sentences():
        app()


if __name__ == "__main__":
    main()
