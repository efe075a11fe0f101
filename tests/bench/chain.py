"""The chain of two months, without Airflow, on three sizes of county: rows, seconds, memory, growth per stage.

    make bench                                   1,000, 30,000 and 300,000 people
    python tests/bench/chain.py 1000 2000 20000  other sizes

Each stage runs as a process of its own, so that its peak memory is its own. CPU seconds (user and system, all
threads) stand beside wall seconds: on a machine that others use, only they can be compared. The first size is
so small that it shows what a stage costs before it sees a row. Growth is the exponent e in
seconds = c * people^e from the second size to the third: by wall, by CPU as it is, and by CPU less the first
size's, which is the growth that is left when the fixed part no longer hides it.
"""

import json
import math
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "var" / "bench"
STAGES = (
    "receive", "close", "standardise", "gate1", "link", "quality", "prepare_review", "build", "gate2", "publish",
)  # fmt: skip
MONTHS = ("2026-08", "2026-09")
SIZES = ("1000", "30000", "300000")

# What every process pays before its stage begins, by the tool that it brings in.
IMPORTS = {
    "an empty `doudi` (policy show)": "import console.__main__, warehouse.policy, duckdb",
    "Great Expectations": "import expectations.engine",
    "dbt with its DuckDB adapter": "import dbt.cli.main, dbt.adapters.duckdb",
    "Splink": "import splink",
    "pandas": "import pandas",
    "Airflow": "import airflow.sdk, airflow.models",
}

# The count of an outcome that says how much a stage had in hand, the first that is there.
_SIZES_OF_WORK = ("rows", "landed", "rules", "dim_person", "listed", "warnings", "files")

# Exit codes of a stage that holds or refuses a month (``warehouse.errors``).
_REFUSALS = range(10, 20)

# Below this many seconds a difference between two runs is noise.
_NOISE = 0.5


@dataclass(frozen=True)
class Line:
    """What one process took: rows in hand, seconds by the wall and of CPU, peak memory in MB."""

    rows: int
    wall: float
    cpu: float
    memory: int


def measured(command):
    """Run one command to its end; give its ``Line`` (without rows) and the last line that it printed."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    output = process.stdout.read().strip()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    # A county of a thousand may fail a gate's rule on shares: what that took is measured all the same.
    if process.returncode not in (0, *_REFUSALS):
        sys.exit(f"{' '.join(command[1:5])} ended with {process.returncode}")
    wall = time.perf_counter() - begun
    line = Line(0, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024)
    is_done = output and not process.returncode
    return line, output.splitlines()[-1] if is_done else "{}"


def verb(*arguments):
    """One ``doudi`` verb as a process of its own; give its ``Line`` with the rows that its outcome tells."""
    line, last = measured([sys.executable, "-m", "console", *arguments, "--json"])
    counts = json.loads(last).get("counts", {})
    rows = next((counts[name] for name in _SIZES_OF_WORK if name in counts), 0)
    return Line(int(rows), line.wall, line.cpu, line.memory)


def bench(persons):
    """The county of one size and its months; a ``Line`` by name of step."""
    folder = FOLDER / str(persons)
    shutil.rmtree(folder, ignore_errors=True)
    months = f"{MONTHS[0]}..{MONTHS[-1]}"
    lines = {
        "county": verb("county", "--out", str(folder), "--persons", str(persons), "--seed", "3", "--months", months)
    }  # fmt: skip
    lines["county"] = Line(persons, *list(vars(lines["county"]).values())[1:])
    for month in MONTHS:
        for stage in STAGES:
            line = verb(
                stage, "--month", month, "--inbox", str(folder / "inbox"), "--home", str(folder / "home")
            )
            lines[f"{month} {stage}"] = line
            print(
                f"{persons:>9,} {month} {stage:<12} {line.wall:>7.1f} s {line.cpu:>7.1f} CPU s {line.memory:>6} MB",
                flush=True,
            )
    return lines


def growth(less, more, times):
    """The exponent by which ``less`` grew to ``more`` over ``times`` as many people; a dash where it is noise."""
    if min(less, more) < _NOISE:
        return "–"
    return f"{math.log(more / less) / math.log(times):.2f}"


def main():
    """Print what an import costs, and the table of the three sizes."""
    fixed, small, large = (int(size) for size in (sys.argv[1:4] or SIZES))
    print("| before the first row | CPU s | MB |\n|---|---|---|")
    for name, statement in IMPORTS.items():
        measured([sys.executable, "-c", statement])  # the first run may have to compile it
        line, _ = measured([sys.executable, "-c", statement])
        print(f"| {name} | {line.cpu:.1f} | {line.memory} |", flush=True)
    none, first, second = bench(fixed), bench(small), bench(large)
    heads = (f"{size:,}: {what}" for size in (small, large) for what in ("rows", "wall s", "CPU s", "MB"))
    print(f"\n| stage | {fixed:,}: CPU s | {' | '.join(heads)} | e wall | e CPU | e CPU net |")
    print("|---" * 13 + "|")
    for step, base in none.items():
        less, more = first[step], second[step]
        cells = [f"{x.rows:,} | {x.wall:.1f} | {x.cpu:.1f} | {x.memory}" for x in (less, more)]
        exponents = (
            growth(less.wall, more.wall, large / small),
            growth(less.cpu, more.cpu, large / small),
            growth(less.cpu - base.cpu, more.cpu - base.cpu, large / small),
        )
        print(f"| {step} | {base.cpu:.1f} | {' | '.join(cells)} | {' | '.join(exponents)} |")
    for size, lines in ((fixed, none), (small, first), (large, second)):
        for month in MONTHS:
            of_month = [line for step, line in lines.items() if step.startswith(month)]
            wall, cpu = sum(x.wall for x in of_month), sum(x.cpu for x in of_month)
            peak = max(x.memory for x in of_month)
            print(
                f"\n{size:,} people, {month}, receive to publish: {wall:.0f} s, {cpu:.0f} CPU s, {peak} MB at most"
            )


if __name__ == "__main__":
    main()
