"""The ``doudi`` command: the people's door to the same stages that Airflow runs."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from console.commands.explain import explain
from console.commands.model import drift, train, weights
from console.commands.review import review_app
from console.commands.villages import villages_app
from console.screen import Screen, complain
from console.verbs import (
    chain,
    decisions,
    made_up,
    operations,
    packages,
    periods,
    privacy,
    rebuilds,
    replays,
    reports,
    safety,
)
from warehouse.errors import DoudiError
from warehouse.guard import guarded
from warehouse.months import Month

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Doudi 兜底: find each month whom the safety net has missed, and what should not have been paid.",
)
app.command()(made_up.county)
chain.add_verbs(app)
app.command()(explain)
app.command()(replays.replay)
app.command()(replays.simulate)
app.command()(periods.changes)
rebuilds.add_verbs(app)
reports.add_verbs(app)
operations.add_verbs(app)
decisions.add_verbs(app, reports.gate_app)
app.add_typer(review_app, name="review")
app.add_typer(villages_app, name="villages")
safety.add_verbs(app)
packages.add_verbs(app)
privacy.add_verbs(app)
for verb in (train, weights, drift, made_up.demo, made_up.airflow):
    app.command()(verb)


@app.command()
def docs(
    check: Annotated[
        bool, typer.Option("--check", help="write nothing; fail when a page is not fresh")
    ] = False,
    month: Annotated[
        str, typer.Option("--month", help="the month whose policy values the page of rules shows")
    ] = "2026-10",
) -> None:
    """Make docs/generated anew from code, contracts, suites and seeds."""
    from console.commands.docs import check_docs, write_docs

    of = Month.parse(month)
    if check:
        check_docs(app, of)
        return
    for path in write_docs(app, of):
        Screen().say(f"written: {path.name}")


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
