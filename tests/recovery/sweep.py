"""The sweep: a stage is killed, torn or starved of disk at many points, run again, and held against the undisturbed one.

Every stage runs a second time, over what an earlier run left and on other data: there a mixture of old and new would
show. ``make faults`` runs it over the whole chain of a made-up county and prints the numbers.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from console.county.write import write_county
from tests.recovery.faults import Desk, content, copied, difference, spread
from warehouse.errors import CutShort, Fault, MonthNotClosed, Refused
from warehouse.flow import ORDER
from warehouse.guard import stage_run
from warehouse.lake import Lake
from warehouse.months import Month

KINDS = ("kill", "torn", "full")
# What a case may end with when its disk is full: our own sentence, to be tried again; or nothing at all, where what
# could not be written was no result.
STARVED = ("Unavailable", "")


class _EnteredError(Exception):
    pass


def made_up(folder: Path, persons: int, months: tuple[str, ...]) -> Path:
    """Make a county's deliveries and give its inbox."""
    write_county(
        folder,
        seed=5,
        persons=persons,
        months=[Month.parse(month) for month in months],
        report=lambda _: None,
    )
    return folder / "inbox"


def shorten(inbox: Path) -> None:
    """Make a delivery another one: the last row of every CSV that has no manifest is gone."""
    for file in sorted(inbox.glob("*.csv")):
        if not file.with_name(f"{file.name}.manifest.json").exists():
            file.write_bytes(file.read_bytes().rstrip(b"\r\n").rsplit(b"\n", 1)[0] + b"\n")


class Sweep:
    """Runs the points of one stage after the other on one home."""

    def __init__(self, desk: Desk, home: Path, month: str, scratch: Path, **places: Path) -> None:
        self.desk, self.home, self.month, self.scratch, self.places = desk, home, month, scratch, places
        self.tried: Counter[str] = Counter()

    def stage(self, stage: str, points: int, *, cases: list[dict[str, Any]] | None = None) -> int:
        """Run a stage undisturbed, then on copies of the home as it was before with ``points`` faults; how many."""
        before = copied(self.home, self.scratch / "before")
        seen = self._run(stage, self.home)["points"]
        whole = content(self.home)
        faults = cases or [
            {"kind": KINDS[number % len(KINDS)], "at": at} for number, at in enumerate(spread(seen, points))
        ]
        for fault in faults:
            where = seen[fault["at"]] if fault.get("at", len(seen)) < len(seen) else ""
            self._point(stage, before, whole, fault, f"{stage} {fault} {where}")
            self.tried[f"{stage} {fault['kind']}"] += 1
        return len(faults)

    def _point(
        self, stage: str, before: Path, whole: Mapping[str, str], fault: dict[str, Any], what: str
    ) -> None:
        home = copied(before, self.scratch / "tried")
        ended = self._run(stage, home, fault)
        if fault["kind"] in ("kill", "torn"):
            assert ended["exit"] == 137, f"{what}: was not killed: {ended}"
        elif fault["kind"] in ("full", "limit"):
            assert ended["error"] in STARVED, f"{what}: {ended}"
        self._goes_on_with_no_mixture(stage, home, before, whole, what)
        self._run(stage, home)
        assert not difference(content(home), dict(whole)), (
            f"{what}: {difference(content(home), dict(whole))[:5]}"
        )

    def _goes_on_with_no_mixture(
        self, stage: str, home: Path, before: Path, whole: Mapping[str, str], what: str
    ) -> None:
        """Whoever goes on without running the stage again is refused, or stands on all of the old or all of the new."""
        if stage not in ORDER[:-1]:
            return
        following = ORDER[ORDER.index(stage) + 1]
        try:
            with stage_run(following, Month.parse(self.month), home):
                raise _EnteredError
        except Refused as error:
            assert isinstance(error, CutShort | MonthNotClosed), f"{what}: {error}"
            return
        except Fault as error:  # what the guard makes of an error that it does not know: the stage was let in
            assert "_EnteredError" in str(error), f"{what}: {error}"
        here = _seen(home)
        changed = [name for name in difference(here, _seen(before)) if not name.startswith("docs/")]
        if changed:
            assert not difference(here, _visible(whole)), f"{what}: {following} was let in on {changed[:5]}"

    def _run(self, stage: str, home: Path, fault: dict[str, Any] | None = None) -> dict[str, Any]:
        return self.desk.run(stage, self.month, home, fault=fault, **self.places)


def _seen(home: Path) -> dict[str, str]:
    """The content that a later stage can see: nothing hidden, and parked partitions put back."""
    for table in (home / "lake").glob("*"):
        Lake(home).months(table.name)
    return _visible(content(home))


def _visible(found: Mapping[str, str]) -> dict[str, str]:
    return {
        name: digest
        for name, digest in found.items()
        if not any(part.startswith(".") for part in Path(name).parts)
    }


# How many points of each stage `make faults` tries.
POINTS = {
    "receive": 24, "close": 10, "standardise": 18, "gate1": 10, "link": 14, "quality": 8, "prepare_review": 12,
    "build": 6, "gate2": 8, "publish": 10,
}  # fmt: skip


def main(persons: int = 600) -> None:
    """Make a county, run a month of it, and sweep every stage of the next."""
    months = ("2026-08", "2026-09")
    with tempfile.TemporaryDirectory(prefix="doudi-faults-") as folder:
        scratch = Path(folder)
        inbox, home, desk = made_up(scratch / "county", persons, months), scratch / "home", Desk()
        for month in months:
            for stage in ORDER:
                desk.run(stage, month, home, inbox=inbox)
            print(f"{month} has run", flush=True)
        shorten(inbox / months[1])
        disturbed = copied(home, scratch / "disturbed")
        sweep = Sweep(desk, home, months[1], scratch, inbox=inbox)
        for stage, points in POINTS.items():
            tried = sweep.stage(stage, points)
            limits = [{"kind": "limit", "bytes": size} for size in (0, 4096)]
            signals = [{"kind": "sigkill", "seconds": seconds} for seconds in (0.3, 1.2)]
            # The home is past the stage now: these run it once more, over its own results.
            tried += sweep.stage(stage, 0, cases=[*limits, *signals])
            print(f"{stage:<15}{tried:>4} points, all the same after a rerun", flush=True)
        _in_a_row(sweep, disturbed, home, months[1])
        desk.close()
        print(f"{sum(sweep.tried.values())} points in all: {dict(sorted(sweep.tried.items()))}")
        shutil.rmtree(scratch / "before", ignore_errors=True)


def _in_a_row(sweep: Sweep, home: Path, undisturbed: Path, month: str) -> None:
    """The whole chain with one kill in every stage: what is published is the same."""
    for stage in ORDER:
        seen = sweep._run(stage, copied(home, sweep.scratch / "counted"))["points"]
        assert sweep._run(stage, home, {"kind": "kill", "at": len(seen) // 2})["exit"] == 137
        sweep._run(stage, home)
    assert not difference(content(home), content(undisturbed))
    files = sum(1 for path in (home / "release" / month).rglob("*") if path.is_file())
    print(
        f"killed once in every stage: the {files} files of {month}'s release are the same, and all of the lake"
    )


if __name__ == "__main__":
    main()
