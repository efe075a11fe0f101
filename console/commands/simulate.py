"""``doudi simulate``: past months under other values of a rule's parameters, weighed by what villages answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from console.county.planted import Planted, planted
from console.screen import Screen
from warehouse.errors import Misconfigured
from warehouse.lake import Lake
from warehouse.months import Month, span
from warehouse.policy import load
from warehouse.settings import Settings
from warehouse.workshop import told
from warehouse.workshop.names import write_names
from warehouse.workshop.near import Estimate
from warehouse.workshop.report import refuse_other_ending, write_report
from warehouse.workshop.simulate import Simulation, Weighed, simulate

_BAR = 40
_PLANTED = ("试算值", "应发现（人）", "发现", "漏掉", "不该报而报", "其中真有需要", "真有需要而发现")


@dataclass(frozen=True)
class Wanted:
    """What the one who asks wants written beside the screen, and who it is."""

    out: Path | None = None
    names: Path | None = None
    county: Path | None = None
    by: str | None = None
    on: date | None = None


def show_simulation(
    rule: str,
    settings_tried: Sequence[str],
    months: str | None,
    settings: Settings,
    screen: Screen,
    wanted: Wanted,
) -> None:
    """Simulate, show the table, the chart and the lines to paste, and write what was asked for."""
    for path in filter(None, (wanted.out, wanted.names)):
        refuse_other_ending(path)
    if wanted.names and not (wanted.by and wanted.on and wanted.names.suffix.lower() == ".xlsx"):
        raise Misconfigured(
            "--names writes who comes and who goes, by name: a workbook, for somebody who is named.",
            next_step="give --names FILE.xlsx with --by and --on.",
        )
    lake = Lake(settings.home)
    found = simulate(
        rule.upper(), settings_tried, months=span(months) if months else (), region=settings.region, lake=lake,
        policy_dir=settings.policy_dir, tell=screen.say,
    )  # fmt: skip
    against = planted(found, wanted.county, lake) if wanted.county else []
    if screen.as_json:
        screen.emit(_plain(found, against))
    else:
        _show(found, against, screen)
    if wanted.out:
        write_report(wanted.out, found)
        screen.say(f"written: {wanted.out.name}")
    if wanted.names and wanted.by and wanted.on:
        policy = load(settings.policy_dir, settings.region, Month.parse(found.months[-1]))
        count = write_names(wanted.names, found, lake=lake, policy=policy, by=wanted.by, on=wanted.on)
        screen.say(f"written: {wanted.names.name}, {count} rows with names; the access log has its entry.")


def _show(found: Simulation, against: list[Planted], screen: Screen) -> None:
    rows = told.rows(found)
    screen.table(told.title(found), told.HEADERS, rows)
    most = max([int(str(row[1])) for row in rows] + [1])
    for row in rows:
        visits = int(str(row[1]))
        screen.say(f"{'█' * round(_BAR * visits / most) or '▏':<{_BAR}} {visits:>6,}  {row[0]}")
    for one in found.weighed:
        screen.say(f"\n{one.trial.told}")
        for sentence in told.sentences(found, one):
            screen.say(f"  {sentence}")
        for line in told.pack_lines(found, one):
            screen.say(f"  要改的话：\n    {line.csv}\n  {line.beside}")
    screen.say("")
    for sentence in (*told.cautions(found), f"{told.NOTICE}。"):
        screen.say(sentence)
    if against:
        names = [told.IN_FORCE, *(one.trial.told for one in found.weighed)]
        screen.table(
            "Against the planted truth of the made-up county",
            _PLANTED,
            [(name, *asdict(one).values()) for name, one in zip(names, against, strict=True)],
        )


def _plain(found: Simulation, against: list[Planted]) -> dict[str, Any]:
    """Everything that was counted, for machines; no person."""
    return {
        "simulation": found.rule,
        "title": found.title,
        "region": found.region,
        "months": list(found.months),
        "in_force": {
            name: line.value or None if line else None
            for (name, _), line in zip(found.weighed[0].trial.values, found.in_force, strict=True)
        },
        "raised": found.raised_before,
        "answered": found.answered,
        "is_between_offices": found.is_between_offices,
        "unlike_built": found.unlike_built,
        "trials": [_trial(found, one) for one in found.weighed],
        "places": [
            {"trial": place.step - 1, "month": place.month, "township": place.township, **place.counts}
            for place in found.places
        ],
        "cautions": told.cautions(found),
        "planted": [asdict(one) for one in against] or None,
    }


def _trial(found: Simulation, one: Weighed) -> dict[str, Any]:
    return {
        "values": dict(one.trial.values),
        **one.counts,
        "visits_change": told.change(one),
        "visits_change_without_shared": told.change_walked(one),
        "households_gone": one.households_gone,
        "households_new": one.households_new,
        "gone_unknown_would_hold": _estimate(one.gone_estimate, found.confidence),
        "new_unknown_would_hold": _estimate(one.new_estimate, found.confidence),
        "not_assessed": one.not_assessed,
        "sentences": told.sentences(found, one),
        "pack_lines": [line.csv for line in told.pack_lines(found, one)],
    }


def _estimate(one: Estimate, confidence: float) -> dict[str, Any]:
    return {**asdict(one), "is_estimate": True, "confidence": confidence}
