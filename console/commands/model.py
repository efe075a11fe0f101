"""The verbs of the match model: train it, show what it weighs, show how far a month has moved from it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from console.options import HomeOption, JsonOption, MonthOption, PolicyOption, RegionOption
from console.screen import Screen
from warehouse.errors import Misconfigured
from warehouse.guard import guarded
from warehouse.months import Month
from warehouse.settings import Settings


def train(
    month: MonthOption,
    on: Annotated[str, typer.Option("--on", help="the date that names what is made, YYYY-MM-DD")],
    out: Annotated[
        Path | None, typer.Option("--out", help="the folder for the dated model, its shares and its card")
    ] = None,
    frequencies: Annotated[
        bool,
        typer.Option(
            "--frequencies", help="freeze how frequent each name is in this home (it must be linked)"
        ),
    ] = False,
    held_out_county: Annotated[
        Path | None,
        typer.Option("--held-out-county", help="a county's folder with truth/: measure the model on it"),
    ] = None,
    held_out_home: Annotated[
        Path | None,
        typer.Option("--held-out-home", help="the home of that county, standardised; it is only read"),
    ] = None,
    home: HomeOption = None,
    region: RegionOption = None,
    policy: PolicyOption = None,
) -> None:
    """Train a match model on a standardised month of --home, or freeze its name frequencies.

    Scoring never trains: it goes on with the newest model in linkage/model/trained. To put a new one in force:
    train with --out linkage/model/trained, then pin it for the tests with
    'doudi weights --out tests/unit/linkage/pinned_weights.csv'.
    """
    from console.commands.train import freeze_names, train_model

    if out is None and not frequencies:
        raise Misconfigured("nothing to do.", next_step="name --out for a model, or --frequencies, or both.")
    if (held_out_county is None) != (held_out_home is None):
        raise Misconfigured(
            "a held-out county needs its truth and its home.",
            next_step="name both, --held-out-county and --held-out-home.",
        )
    held_out = (
        (held_out_county.absolute(), held_out_home.absolute()) if held_out_county and held_out_home else None
    )
    settings = Settings.from_environment(home=home, region=region, policy_dir=policy)
    with guarded(f"train {month}", settings.home):
        if out is not None:
            train_model(Month.parse(month), on, out, held_out, settings, Screen())
        if frequencies:
            freeze_names(Month.parse(month), on, settings, Screen())


def weights(
    model: Annotated[Path | None, typer.Option("--model", help="a model file; else the one in force")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="write them as a CSV file")] = None,
    json: JsonOption = False,
) -> None:
    """Show what each level of each comparison is worth in a match model, in bits."""
    from console.commands.train import show_weights

    show_weights(model, out, Screen(as_json=json))


def drift(month: MonthOption, home: HomeOption = None, json: JsonOption = False) -> None:
    """Show how far a month's material has moved from what the match model was trained on."""
    from console.commands.train import show_drift

    settings = Settings.from_environment(home=home)
    with guarded(f"drift {month}", settings.home):
        show_drift(Month.parse(month), settings, Screen(as_json=json))
