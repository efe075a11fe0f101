"""``make faults``: faults in every stage of a made-up county's month, and a table of what came of them.

At the end every stage is killed on one home, and ``doudi run`` has to bring it back to the very bytes.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from console.commands.stages import CHAIN
from tests.recovery.faults import ROOT, Desk, content, copied, difference
from tests.recovery.filled import filled_cards, filled_lists, filled_slips
from tests.recovery.sweep import Sweep, made_up, shorten
from warehouse.months import Month

# How many points of each stage `make faults` tries.
POINTS = {
    "receive": 14, "close": 8, "standardise": 4, "slips": 6, "gate1": 3, "link": 6, "quality": 2, "prepare_review": 8,
    "build": 5, "gate2": 3, "publish": 6, "notices": 6,
}  # fmt: skip
# Beside these: the system itself gives no room (C code included), or ends the process wherever it is.
SYSTEM: dict[str, tuple[dict[str, Any], ...]] = {
    "receive": ({"kind": "limit", "bytes": 0}, {"kind": "sigkill", "seconds": 0.2}),
    "standardise": ({"kind": "limit", "bytes": 4096},),
    "link": ({"kind": "limit", "bytes": 8192}, {"kind": "sigkill", "seconds": 1.5}),
    "build": ({"kind": "limit", "bytes": 4 << 20},),
    "publish": ({"kind": "limit", "bytes": 4096}, {"kind": "sigkill", "seconds": 1.5}),
}
MONTHS = ("2026-08", "2026-09")


def main(persons: int = 300, kept: str = "") -> int:
    """Make a county, run its months, and sweep every stage over another delivery of the last; 1 when one is unequal.

    So few people live there that gate 2 holds its months (no village is monitored) until somebody lets them go: the
    decision is swept like a stage. ``kept``: a folder that keeps county and home for the next sweep.
    """
    with tempfile.TemporaryDirectory(prefix="doudi-faults-") as folder:
        scratch, desk = Path(folder), Desk()
        county, ran = (Path(kept or folder) / name for name in ("county", "ran"))
        if not ran.exists():
            _prepare(desk, county, ran, persons)
        shutil.copytree(county / "inbox", scratch / "inbox")
        shorten(scratch / "inbox" / MONTHS[-1])
        home = copied(ran, scratch / "home")
        sweep = Sweep(desk, home, MONTHS[-1], scratch, inbox=scratch / "inbox")
        for stage, points in POINTS.items():
            _sweep(sweep, stage, points)
            print(
                f"{stage}: {sweep.tried.total()} points so far, {len(sweep.unequal)} unequal, {desk.cpu:.0f} s of CPU",
                flush=True,
            )
        _people(sweep, county)
        wrong = [*sweep.unequal, *_all_killed(sweep, home)]
        desk.close()
        print(sweep.table(), *wrong, sep="\n")
        return 1 if wrong else 0


def _prepare(desk: Desk, county: Path, home: Path, persons: int) -> None:
    """Both months as delivered first."""
    inbox, aside = made_up(county, persons, MONTHS), home.with_name("running")
    for month in MONTHS:
        for stage in CHAIN:
            ended = desk.run(stage, month, aside, inbox=inbox, fault={"kind": "count"})
            if ended["error"] == "GateHeld":
                desk.run("gate_release", month, aside)
                desk.run(stage, month, aside)
        print(f"{month} has run", flush=True)
    aside.rename(home)


def _sweep(sweep: Sweep, stage: str, points: int) -> None:
    cases = SYSTEM.get(stage, ())
    if stage == "build":
        sweep.stage(stage, 0, cases=cases)
        sweep.in_a_row(stage, points)
    elif stage == "gate2":
        # Held, let go by a person, and looked at again.
        sweep.stage(stage, 0, cases=({"kind": "sigkill", "seconds": 1.5},), end="GateHeld")
        sweep.stage("gate_release", 5)
        sweep.stage(stage, points)
    else:
        sweep.stage(stage, points, cases=cases)


def _people(sweep: Sweep, county: Path) -> None:
    """What comes back from people: slips of agencies, cards of reviewers, lists of villages."""
    for stage, fill in (("correct", filled_slips), ("absorb_review", filled_cards), ("absorb", filled_lists)):
        returned = sweep.scratch / "returned" / stage
        fill(sweep.home, Month.parse(sweep.month), returned, county)
        sweep.apart(stage, 6, cases=({"kind": "limit", "bytes": 0},), returned=returned)
        print(f"{stage}: {sweep.tried.total()} points so far, {len(sweep.unequal)} unequal", flush=True)


def _all_killed(sweep: Sweep, undisturbed: Path) -> list[str]:
    """Every stage of the chain killed in its midst, from the last to the first, on one home; then ``doudi run``."""
    home = copied(undisturbed, sweep.scratch / "killed")
    for stage in reversed(CHAIN):
        # So late that all but its outcome is in place.
        fault = {"kind": "kill", "where": f"rename lake/outcomes/month={sweep.month}/{stage}.json"}
        ended = sweep.desk.run(stage, sweep.month, home, fault=fault, **sweep.places)
        if ended["exit"] != 137:
            return [f"{stage} was not killed: {ended['error']}"]
    doudi = [sys.executable, "-m", "console", "run", "--quiet", "--month", sweep.month, "--region", "tongren"]
    done = subprocess.run(
        [*doudi, "--inbox", str(sweep.places["inbox"]), "--home", str(home)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        return [f"doudi run after all the kills: {done.stderr}"]
    # The delivery that opened the month again says so once; received again, as here, it finds the month closed with it.
    sweep.desk.run("receive", sweep.month, undisturbed, **sweep.places)
    found, whole = content(home), content(undisturbed)
    files = sum(1 for name in whole if name.startswith(f"release/{sweep.month}/"))
    wrong = difference(found, whole)
    if not wrong:
        print(
            f"every stage killed, then doudi run: {files} files of the release the same, {len(whole)} in all"
        )
    return [f"doudi run after all the kills: {wrong[:8]}"] if wrong else []


if __name__ == "__main__":
    sys.exit(main(kept=sys.argv[1] if len(sys.argv) > 1 else ""))
