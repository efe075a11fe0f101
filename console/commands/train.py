"""``doudi train``, ``doudi weights`` and ``doudi drift``: a dated match model with its card, and what is seen of it later."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from console.options import day_of
from console.screen import Screen
from warehouse import policy as policies
from warehouse.errors import Refused
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.settings import Settings

WEIGHTS = ("evidence", "level", "m", "u", "bits", "learnt", "by term frequency")
DRIFT = ("evidence", "level", "pairs of", "expected", "seen", "pairs", "bits moved")


def train_model(
    month: Month, on: str, out: Path, held_out: tuple[Path, Path] | None, settings: Settings, screen: Screen
) -> None:
    """Write ``out/<on>.json``, its shares and its card; ``Misconfigured`` when ``on`` is no date.

    ``held_out`` is a made-up county's folder and a home of it: linked with the new model and held against the truth.
    """
    from console.commands.held_out import measured_on
    from linkage.match import model_in_force
    from linkage.train import train

    day = day_of(on)
    policy = policies.load(settings.policy_dir, settings.region, month)
    measure = measured_on(*held_out, settings, screen) if held_out else None
    screen.say(f"training on {month} …")
    previous = _before(day, out) or model_in_force()
    model = train(Lake(settings.home), month, out, policy=policy, on=day, previous=previous, measure=measure)
    screen.say(f"The model {model.name}, its shares and its card are in {out}.")


def freeze_names(month: Month, on: str, settings: Settings, screen: Screen) -> None:
    """Freeze how frequent each name is among the persons that this home knows."""
    from linkage.frozen import freeze_frequencies

    day = day_of(on)
    policy = policies.load(settings.policy_dir, settings.region, month)
    frozen = freeze_frequencies(Lake(settings.home), month, on=day, policy=policy)
    screen.say(f"The frequencies {frozen.name} stand in the home for the months that end on or after {day}.")


def show_weights(model: Path | None, out: Path | None, screen: Screen) -> None:
    """Show a model's weights in bits (the one in force by default), or write them as a CSV."""
    from linkage.match import model_in_force
    from linkage.model.weights import as_csv, as_lines, weights_of

    path = model or model_in_force()
    weights = weights_of(json.loads(path.read_text(encoding="utf-8")))
    if out:
        out.write_text(as_csv(weights), encoding="utf-8")
        screen.say(f"The weights of {path.stem} are in {out.name}.")
        return
    screen.table(f"Weights of the model {path.stem}", WEIGHTS, as_lines(weights))


def show_drift(month: Month, settings: Settings, screen: Screen) -> None:
    """Show how a standardised month's shares stand beside the model's; ``Refused`` when none were measured."""
    from warehouse.database import in_memory, quoted

    lake = Lake(settings.home)
    files = sorted(lake.partition("model_drift", month=str(month)).glob("*.parquet"))
    if not files:
        raise Refused(
            f"the drift of {month} was not measured.", next_step=f"run doudi standardise --month {month}."
        )
    listed = ", ".join(f"'{quoted(file)}'" for file in files)
    with in_memory(lake.home) as con:
        lines = con.execute(f"""
            SELECT comparison, level, replace(kind, '_', ' '), round(expected, 6), round(seen, 6), pairs,
                round(bits_moved, 2)
            FROM read_parquet([{listed}], hive_partitioning = false)
            WHERE pairs > 0 AND expected IS NOT NULL ORDER BY abs(bits_moved) DESC, 1, 2, 3""").fetchall()
    screen.table(f"Drift of {month} against the model", DRIFT, lines)


def _before(day: date, out: Path) -> Path | None:
    """The newest model of the folder that is older than the one to be made."""
    found = sorted(path for path in out.glob("[0-9]*.json") if path.stem < day.isoformat())
    return found[-1] if found else None
