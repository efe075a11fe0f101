"""A made-up province: several counties of a size that counties have, made one by one and put together.

Each county is a world of its own (``seat.py``): its people, townships, villages, offices and the truth about them
follow from a seed of its own. No more than one county a core is held in memory, so what a province needs does not
grow with it. A province's systems (insurance, police, pensions: whatever comes as text) send one file for all
counties; what offices keep by hand comes as a workbook from each county.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

from console.county.measure import exact_join
from console.county.province_files import ProvinceFiles
from console.county.seat import Seat, seated, seats
from console.county.write import CountyAccount, write_county
from warehouse.months import Month
from warehouse.settings import threads

# Up to here one county stands alone, whose bytes tests and benches hold; 青海 has about so many people a county.
LARGEST_COUNTY = 400_000
PEOPLE_PER_COUNTY = 136_000
# Python gives memory back to nobody: a process that has made so many counties is followed by a new one.
COUNTIES_PER_PROCESS = 4


def counties_for(persons: int) -> int:
    """How many counties so many people live in."""
    if persons <= LARGEST_COUNTY:
        return 1
    return min(len(seats()), max(2, round(persons / PEOPLE_PER_COUNTY)))


def write_province(
    out: Path, *, seed: int, persons: int, months: list[Month], report: Callable[[str], None]
) -> CountyAccount:
    """Make the province of ``seed`` and write ``out/inbox/<month>/…`` and ``out/truth/…`` as for a county."""
    for folder in (out / "inbox", out / "truth", out / ".counties"):
        shutil.rmtree(folder, ignore_errors=True)
    chosen = [replace(seat, is_alone=False) for seat in seats()[: counties_for(persons)]]
    sizes = [persons // len(chosen) + (place < persons % len(chosen)) for place in range(len(chosen))]
    account = CountyAccount(persons=0)
    begun = time.perf_counter()
    with ProvinceFiles(out) as files:
        for number, made in enumerate(_made(out, chosen, sizes, seed, months), start=1):
            account.add(made)
            files.add(out / ".counties" / chosen[number - 1].code, made.file_rows)
            left = (time.perf_counter() - begun) / number * (len(chosen) - number)
            report(
                f"{number} of {len(chosen)} counties, {sum(sizes[:number]):,} of {persons:,} people, "
                f"about {left / 60:.0f} min left"
            )
        account.files = files.count
    shutil.rmtree(out / ".counties", ignore_errors=True)
    for month in months:
        account.joins[str(month)] = exact_join(out / "truth", str(month))
    return account


def _made(
    out: Path, chosen: list[Seat], sizes: list[int], seed: int, months: list[Month]
) -> Iterator[CountyAccount]:
    """The account of each county, in order, as soon as it stands under ``out/.counties/<code>``."""
    with ProcessPoolExecutor(
        min(threads(), len(chosen)),
        mp_context=get_context("spawn"),
        max_tasks_per_child=COUNTIES_PER_PROCESS,
    ) as pool:
        yield from pool.map(
            make_one,
            chosen,
            [out / ".counties" / seat.code for seat in chosen],
            [seat.seed(seed) for seat in chosen],
            sizes,
            [months] * len(chosen),
        )


def make_one(seat: Seat, out: Path, seed: int, persons: int, months: list[Month]) -> CountyAccount:
    """One county of the province, in a process of its own."""
    with seated(seat):
        return write_county(out, seed=seed, persons=persons, months=months, report=lambda _: None)
