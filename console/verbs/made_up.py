"""The verbs that show Doudi at work: the made-up county, the demo, Airflow on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from console.options import JsonOption, QuietOption
from console.screen import Screen
from warehouse.months import span


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


def demo(
    folder: Annotated[Path, typer.Option("--dir", help="where everything goes")] = Path("var/demo"),
    seed: Annotated[int, typer.Option("--seed")] = 1,
    persons: Annotated[int, typer.Option("--persons", min=200)] = 30_000,
    months: Annotated[str, typer.Option("--months")] = "2026-08..2026-10",
) -> None:
    """Make the county and run its months through the real Airflow DAGs, then say what was made."""
    from console.commands.demo import run_demo

    run_demo(folder.absolute(), seed=seed, persons=persons, months=span(months), screen=Screen())


def airflow(
    folder: Annotated[Path, typer.Option("--dir", help="a demo's folder")] = Path("var/demo"),
    port: Annotated[int, typer.Option("--port")] = 8080,
) -> None:
    """Start Airflow with its web page over a demo's folder, for someone who wants to look. Ctrl-C ends it."""
    from console.commands.demo import look_around

    look_around(folder.absolute(), port, Screen())
