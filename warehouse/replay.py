"""A month built once more, aside: under another region's packs, another folder of packs, or its own.

Nothing of the home is written. The replay sees the home's lake up to the month through links, and its memory
(what earlier lists said) is the home's; it begins where policy begins to speak of people, at the build: what
was received and who is who stays as it is.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from warehouse.errors import HistoryMissing
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.project import unit_tests_passed
from warehouse.transform import MARTS, build

_REMADE = ("marts", "outcomes")


@contextmanager
def replayed(month: Month, *, lake: Lake, policy: Policy, policy_dir: Path) -> Iterator[Lake]:
    """Build ``month`` of ``lake`` under ``policy`` and give the lake that holds its marts; gone afterwards.

    ``HistoryMissing`` when the month was never linked here; otherwise the errors of ``build``.
    """
    if str(month) not in lake.months("crosswalk"):
        raise HistoryMissing(
            f"{month} was never linked in this home: there is nothing to replay.",
            next_step=f"run doudi run --month {month} first.",
        )
    spill = lake.home / "tmp"
    spill.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="replay-", dir=spill) as folder:
        aside = Lake(Path(folder))
        _mirror(lake, aside, month)
        build(month, lake=aside, policy=policy, policy_dir=policy_dir)
        yield aside


def _mirror(lake: Lake, aside: Lake, month: Month) -> None:
    """Links to everything the build reads; of the marts only those of earlier months."""
    aside.root.mkdir(parents=True)
    for table in sorted(lake.root.iterdir()):
        if table.is_dir() and table.name not in _REMADE:
            (aside.root / table.name).symlink_to(table.resolve(), target_is_directory=True)
    for mart in MARTS:
        folder = aside.root / "marts" / mart
        folder.mkdir(parents=True)
        for earlier in lake.months(f"marts/{mart}"):
            if earlier < str(month):
                there = lake.partition(f"marts/{mart}", month=earlier)
                (folder / there.name).symlink_to(there.resolve(), target_is_directory=True)
    if unit_tests_passed(lake.home).exists():  # the project is the same: its unit tests need not run again
        unit_tests_passed(aside.home).parent.mkdir(parents=True)
        shutil.copy(unit_tests_passed(lake.home), unit_tests_passed(aside.home))
