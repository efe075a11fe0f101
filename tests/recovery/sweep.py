"""The sweep: a stage is killed, torn or starved of disk at many points, run again, and held against the undisturbed one.

Every stage runs a second time, over what an earlier run left and on other data: there a mixture of old and new would
show. ``every_stage`` (``make faults``) sweeps the whole chain of a made-up county, ``conftest`` a part of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from console.commands.stages import CHAIN
from console.county.write import write_county
from tests.recovery.faults import Desk, content, copied, difference, spread
from warehouse.errors import CutShort, Fault, MonthNotClosed, Refused
from warehouse.guard import stage_run
from warehouse.lake import Lake
from warehouse.months import Month

KINDS = ("kill", "torn", "full")
# What a case may end with when its disk is full: our own sentence, to be tried again; or nothing at all, where what
# could not be written was no result.
STARVED = ("Unavailable", "")
INCREMENTAL = ("correct", "absorb_review")


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
    """Runs the points of one stage after the other on one home.

    ``tried`` and ``equal``: how many faults of a stage and kind, and after how many the home was the undisturbed one;
    ``unequal``: what was wrong with the others, in words.
    """

    def __init__(self, desk: Desk, home: Path, month: str, scratch: Path, **places: Any) -> None:
        self.desk, self.home, self.month, self.scratch, self.places = desk, home, month, scratch, places
        self.tried: Counter[tuple[str, str]] = Counter()
        self.equal: Counter[tuple[str, str]] = Counter()
        self.unequal: list[str] = []

    def stage(
        self, stage: str, points: int, *, cases: tuple[dict[str, Any], ...] = (), end: str = "", **places: Any
    ) -> None:
        """Run a stage undisturbed, then on copies of the home as it was before with ``points`` faults and ``cases``.

        ``end``: the refusal with which the stage ends when nothing disturbs it (a gate that holds).
        """
        places = {**self.places, **places}
        before = copied(self.home, self.scratch / "before")
        undisturbed = self._run(stage, self.home, end, places)
        whole = content(self.home)
        seen = undisturbed["points"]
        faults = [
            {"kind": KINDS[number % len(KINDS)], "at": at} for number, at in enumerate(spread(seen, points))
        ]
        for fault in (*faults, *cases):
            where = seen[fault["at"]] if "at" in fault else ""
            self.tried[stage, fault["kind"]] += 1
            try:
                self.point(stage, before, whole, fault, end=end, **places)
            except AssertionError as error:
                self.unequal.append(f"{stage} {fault} {where}: {error}")
            else:
                self.equal[stage, fault["kind"]] += 1

    def in_a_row(self, stage: str, points: int, **places: Any) -> None:
        """As ``stage``, for a dear one: killed at point after point on one home, each time going on from what the last
        kill left, and held against the undisturbed one at the end."""
        places = {**self.places, **places}
        before = copied(self.home, self.scratch / "before")
        seen, home = self._run(stage, self.home, "", places)["points"], copied(before, self.scratch / "tried")
        whole, wrong = content(self.home), []
        kinds = [KINDS[number % len(KINDS)] for number in range(points)]
        for kind, at in zip(kinds, spread(seen, points), strict=False):
            self.tried[stage, kind] += 1
            try:
                # By name: over what a kill left, dbt writes fewer files.
                self._disturbed(stage, home, {"kind": kind, "where": seen[at]}, places)
                self._goes_on_with_no_mixture(stage, home, before, whole)
            except AssertionError as error:
                wrong.append(f"{stage} {kind} {seen[at]}: {error}")
        self._run(stage, home, "", places)
        if found := difference(content(home), whole):
            wrong.append(f"{stage}, killed {points} times: {found[:5]}")
        self.unequal += wrong
        for kind in kinds if not wrong else []:
            self.equal[stage, kind] += 1

    def apart(self, stage: str, points: int, **given: Any) -> None:
        """As ``stage``, and the home is put back: what the stage leaves is no part of what follows."""
        kept = copied(self.home, self.scratch / "kept")
        self.stage(stage, points, **given)
        copied(kept, self.home)

    def point(
        self,
        stage: str,
        before: Path,
        whole: Mapping[str, str],
        fault: dict[str, Any],
        *,
        end: str = "",
        **places: Any,
    ) -> None:
        """Let one fault happen on a copy of ``before``, run the stage again, and hold the home against ``whole``."""
        home, places = copied(before, self.scratch / "tried"), {**self.places, **places}
        self._disturbed(stage, home, fault, places)
        self._goes_on_with_no_mixture(stage, home, before, whole)
        self._run(stage, home, end, places)
        found = [name for name in difference(content(home), dict(whole)) if not _tells_the_run(name, stage)]
        assert not found, found[:5]

    def _disturbed(self, stage: str, home: Path, fault: dict[str, Any], places: Mapping[str, Any]) -> None:
        ended = self.desk.run(stage, self.month, home, fault=fault, **places)
        if fault["kind"] in ("kill", "torn"):
            assert ended["exit"] == 137, f"was not killed: {_short(ended)}"
        elif fault["kind"] in ("full", "limit"):
            assert ended["error"] in STARVED, f"says {_short(ended)}"

    def _goes_on_with_no_mixture(
        self, stage: str, home: Path, before: Path, whole: Mapping[str, str]
    ) -> None:
        """Whoever goes on without running the stage again is refused, or stands on all of the old or all of the new."""
        if stage not in CHAIN[:-1]:
            return
        following = CHAIN[CHAIN.index(stage) + 1]
        try:
            with stage_run(following, Month.parse(self.month), home):
                raise _EnteredError
        except Refused as error:
            is_known = isinstance(error, CutShort | MonthNotClosed) or "there is nothing in" in str(error)
            assert is_known, str(error)
            return
        except Fault as error:  # what the guard makes of an error that it does not know: the stage was let in
            assert "_EnteredError" in str(error), str(error)
        here = _seen(home)
        changed = [name for name in difference(here, _seen(before)) if not name.startswith("docs/")]
        if changed:
            assert not difference(here, _visible(whole)), f"{following} was let in on {changed[:5]}"

    def _run(self, stage: str, home: Path, end: str, places: Mapping[str, Any]) -> dict[str, Any]:
        ended = self.desk.run(stage, self.month, home, fault={"kind": "count"}, **places)
        assert ended["error"] == end, f"{stage} {self.month}: {_short(ended)}"
        return ended

    def table(self) -> str:
        """Stage, kind of fault, points, and after how many of them the home was the undisturbed one."""
        lines = [f"{'stage':<16}{'kind':<9}{'points':>6}{'equal':>7}"]
        for stage, kind in self.tried:
            tried, equal = self.tried[stage, kind], self.equal[stage, kind]
            lines.append(f"{stage:<16}{kind:<9}{tried:>6}{equal:>7}")
        lines.append(f"{'all':<25}{self.tried.total():>6}{self.equal.total():>7}")
        return "\n".join(lines)


def _short(ended: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in ended.items() if name != "points"}


def _tells_the_run(name: str, stage: str) -> bool:
    """Whether a file says what a run took in from people: a workbook that the killed run has kept is known to the next."""
    return stage in INCREMENTAL and "/outcomes/" in name and name.endswith((f"/{stage}.json", "/.sums.json"))


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
