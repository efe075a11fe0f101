"""A new model on a county that it never saw: linked aside with it, and held against the planted truth.

Stands with the console, for the platform itself never reads a truth; the training only takes what is said.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from console.county.measure import PairCounts
from console.screen import Screen
from warehouse import policy as policies
from warehouse.errors import Misconfigured, Refused
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.settings import Settings

if TYPE_CHECKING:
    from linkage.model.card import Section

# What linking reads; all else of the home it writes, aside.
_READ = ("records", "profiles", "standardised", "decisions")
_DEAD = ("death", "cremation")


def measured_on(
    county: Path, home: Path, settings: Settings, screen: Screen
) -> Callable[[Path], tuple[Section, ...]]:
    """A function from a model's path to the card's sections on its quality; it changes nothing in ``home``.

    ``county`` holds ``truth/``, ``home`` its standardised months. ``Refused`` when either is missing,
    ``Misconfigured`` when ``home`` is the very home that is trained on.
    """
    truth = county / "truth"
    months = sorted(
        {path.name.removeprefix("month=") for path in (home / "lake" / "records").glob("*/month=*")}
    )
    if not (truth / "rows.parquet").exists() or not months:
        raise Refused(
            f"there is nothing to measure on: '{county.name}' needs truth/, '{home.name}' standardised months.",
            next_step="make a county of another seed (doudi county) and run its months (doudi run).",
        )
    if home.resolve() == settings.home.resolve():
        raise Misconfigured(
            "the held-out home is the home that is trained on.",
            next_step="name a home of another county, which the model has not seen.",
        )

    def measure(model: Path) -> tuple[Section, ...]:
        return _sections(truth, home, months, model, settings, screen)

    return measure


def _sections(
    truth: Path, home: Path, months: list[str], model: Path, settings: Settings, screen: Screen
) -> tuple[Section, ...]:
    from console.county.measure_links import pairwise, review_share
    from linkage.model.card import Section
    from linkage.stage import link

    scratch = settings.home / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    by_month, views = [], {}
    with TemporaryDirectory(dir=scratch, prefix="held-out-") as folder:
        aside = Lake(Path(folder))
        aside.root.mkdir(parents=True)
        for table in _READ:
            if (home / "lake" / table).exists():
                (aside.root / table).symlink_to((home / "lake" / table).resolve())
        for month in months:
            screen.say(f"measuring: {month} of the held-out county …")
            policy = policies.load(settings.policy_dir, settings.region, Month.parse(month))
            link(Month.parse(month), lake=aside, policy=policy, model=model)
            views = pairwise(aside.home, truth, month)
            by_month.append(_month_line(month, views, f"{review_share(aside.home, month):.2%}"))
    return (
        Section(
            "Measured",
            (
                "On a made-up county of another seed, which the model never saw, linked month by month with this model and"
                " held against the planted truth. *certain*: certain links alone, every true pair counts; *all*: certain and"
                " proposed links together; *exact id*: the same rows joined on the id as written. All counties come from"
                " one generator: no real agency's errors have been measured.".replace("*", ""),
            ),
            (
                "month", "rows", "precision, certain", "recall, certain", "precision, all", "recall, all",
                "rows for review", "precision, exact id", "recall, exact id",
            ),
            tuple(by_month),
        ),
        Section(
            f"Measured by feed and kind of name, {months[-1]}",
            ("A pair counts where at least one of its rows is of the feed or kind of name.",),
            ("of", "rows", "precision", "recall", "joined pairs that are wrong"),
            tuple(_view_line(name, counts) for name, counts in views.items() if _is_part(name)),
        ),
    )  # fmt: skip


def _month_line(month: str, views: dict[str, PairCounts], review: str) -> tuple[str | int, ...]:
    certain, everything, exact = views["certain"], views["all"], views["exact id"]
    return (
        month,
        everything.rows,
        _share(certain.precision),
        _share(certain.recall),
        _share(everything.precision),
        _share(everything.recall),
        review,
        _share(exact.precision),
        _share(exact.recall),
    )


def _view_line(name: str, counts: PairCounts) -> tuple[str | int, ...]:
    wrong = counts.joined_pairs - counts.right_pairs
    return (name, counts.rows, _share(counts.precision), _share(counts.recall), wrong)


def _is_part(name: str) -> bool:
    """Feeds and kinds of name; of certain links alone the lists of the dead, where a wrong one weighs most."""
    dead = tuple(f"certain feed {feed}" for feed in _DEAD)
    return name.startswith(("feed ", "names ", "certain names ")) or name in dead


def _share(share: float) -> str:
    return f"{share:.5f}"
