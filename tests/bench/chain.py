"""The chain of two months, without Airflow, from a made-up county to a province, beside the floor under it.

    make bench                                              10,000 and 100,000 people, one run: a quarter of an hour
    make bench PERSONS="100000 1000000 6000000" RUNS=3      what the province costs
    python tests/bench/chain.py 100000 --runs 3 --again     one size, measured anew

Each stage runs as a process of its own, so that its peak memory is its own. CPU seconds (user and system, all
threads) stand beside wall seconds: on a machine that others use, only they can be compared, and a line that others
worked beside is marked. What was measured is kept (``kept.py``) and not measured again: a bench that was stopped
goes on with the stage that it had not finished. ``docs/PROVINCE.md`` and its picture are written from all sizes kept.
"""

import argparse
import shutil
import sys
from dataclasses import replace
from functools import partial

import fixed
import told
from kept import FOLDER, Kept
from measured import ROOT, bytes_under, measured, verb, with_rows

STAGES = (
    "receive", "close", "standardise", "slips", "gate1", "link", "quality", "prepare_review", "build", "gate2",
    "publish", "notices",
)  # fmt: skip
MONTHS = ("2026-08", "2026-09")
SEED = 3
DEFAULT = (10_000, 100_000)
COUNTY, FLOOR = "county", "floor"


def say(persons, run, step, line):
    """A line of progress."""
    beside = f"   beside others ({line.beside:.1f} cores)" if line.is_loaded else ""
    held = f"   ended with {line.code}" if line.code else ""
    print(
        f"{persons:>9,} run {run} {step:<24} {line.rows:>11,} rows {line.wall:>8.1f} s {line.cpu:>8.1f} CPU s "
        f"{line.memory:>6} MB{beside}{held}",
        flush=True,
    )


def bench(persons, runs, months, stages=STAGES, *, seed=SEED):
    """Measure a size: its county once, then in each run the floor and every stage of every month."""
    kept, folder = Kept(persons), FOLDER / str(persons)
    take(kept, COUNTY, 0, lambda: county(folder, persons, months, seed))
    kept.facts["inbox_bytes"] = {month: bytes_under(folder / "inbox" / month) for month in months}
    for run in range(runs):
        chain(kept, folder, run, months, stages)
        if run + 1 < runs:
            shutil.rmtree(folder / f"home-{run}", ignore_errors=True)


def chain(kept, folder, run, months, stages):
    """One run: a home of its own, the floor and the stages of each month."""
    home = folder / f"home-{run}"
    for month in months:
        take(kept, f"{month} {FLOOR}", run, partial(floor, folder, month))
        for stage in stages:
            take(kept, f"{month} {stage}", run, partial(one, stage, month, folder, home))
        if home.exists():
            kept.facts.setdefault("home_bytes", {})[month] = bytes_under(home)
            kept.write()


def take(kept, step, run, measure):
    """Measure a step of a run unless it is kept."""
    if not kept.has(step, run):
        line = measure()
        kept.add(step, line, run)
        say(kept.persons, run, step, line)


def county(folder, persons, months, seed):
    """The county, made anew; its rows are its people."""
    shutil.rmtree(folder, ignore_errors=True)
    span = f"{months[0]}..{months[-1]}"
    line = verb(
        COUNTY, "--out", str(folder), "--persons", str(persons), "--seed", str(seed), "--months", span
    )
    return replace(line, rows=persons)


def one(stage, month, folder, home):
    """A stage of a month as a process of its own."""
    if stage == STAGES[0] and month == MONTHS[0]:
        shutil.rmtree(home, ignore_errors=True)
    # By the environment: a verb that reads no inbox has no option for it.
    inbox = {"DOUDI_INBOX": str(folder / "inbox")}
    return verb(stage, "--month", month, "--home", str(home), spill=home / "tmp", env=inbox)


def floor(folder, month):
    """The floor over the same files; what it wrote is removed."""
    out = folder / "floor"
    command = [
        sys.executable,
        str(ROOT / "tests" / "bench" / "floor.py"),
        str(folder / "inbox" / month),
        str(out),
    ]
    line = with_rows(*measured(command, spill=out / "scratch", env={"PYTHONPATH": str(ROOT)}))
    shutil.rmtree(out, ignore_errors=True)
    return line


def main():
    """Measure what is asked for and not kept yet; write the table and the picture."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("persons", nargs="*", type=int, default=list(DEFAULT), help="sizes")
    asked.add_argument("--runs", type=int, default=1)
    asked.add_argument("--months", type=int, choices=(1, 2), default=2, help="how many months are run")
    asked.add_argument("--to", choices=STAGES, default=STAGES[-1], help="the last stage that is run")
    asked.add_argument("--again", action="store_true", help="measure again what was measured before")
    asked.add_argument("--only-tell", action="store_true", help="write table and picture of what is kept")
    given = asked.parse_args()
    if not given.only_tell:
        if given.again:
            for persons in (*given.persons, fixed.PERSONS):
                Kept(persons).forget()
        fixed.bench(given.runs)
        for persons in sorted(given.persons):
            bench(
                persons,
                given.runs,
                MONTHS[: given.months],
                STAGES[: STAGES.index(given.to) + 1],
            )
    told.write()


if __name__ == "__main__":
    main()
