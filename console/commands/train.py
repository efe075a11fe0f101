"""``doudi train``: a dated match model and its card from a standardised month."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from console.screen import Screen
from warehouse import policy as policies
from warehouse.errors import Misconfigured
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.settings import Settings


def train_model(month: Month, on: str, out: Path, settings: Settings, screen: Screen) -> None:
    """Write ``out/<on>.json`` and its card; ``Misconfigured`` when ``on`` is no date."""
    from linkage.train import train

    try:
        day = date.fromisoformat(on)
    except ValueError as error:
        raise Misconfigured(f"'{on}' is not a date.", next_step="write it as YYYY-MM-DD.") from error
    policy = policies.load(settings.policy_dir, settings.region, month)
    model = train(Lake(settings.home), month, out, policy=policy, on=day)
    screen.say(f"The model {model.name} and its card are in {out}.")
