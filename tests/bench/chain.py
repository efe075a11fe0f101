"""The chain of a month, without Airflow, on two sizes of county: rows, seconds, memory, growth per stage.

    make bench                              30,000 and 300,000 people
    python tests/bench/chain.py 2000 20000  other sizes

Each stage runs as a process of its own, so that its peak memory is its own. Growth is the exponent e in
seconds = c * people^e between the two sizes; the time of an empty process (importing the stage's tools) is
measured beside it and shown, not taken off.
"""

import json
import math
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "var" / "bench"
STAGES = ("receive", "close", "standardise", "gate1", "link", "build", "gate2", "publish")
MONTH = "2026-09"
MONTHS = "2026-08..2026-09"


def measured(*arguments):
    """Run one ``doudi`` verb; give its seconds, its peak memory in MB and its last line of JSON."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "console", *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"doudi {arguments[0]} ended with {process.returncode}")
    last = output.strip().splitlines()[-1] if output.strip() else "{}"
    return time.perf_counter() - begun, usage.ru_maxrss // 1024, json.loads(last)


def bench(persons):
    """All months of a county of one size; give per stage (rows, seconds, MB) of its second month."""
    folder = FOLDER / str(persons)
    shutil.rmtree(folder, ignore_errors=True)
    lines = {}
    seconds, memory, _ = measured(
        "county", "--out", str(folder), "--persons", str(persons), "--seed", "3", "--months", MONTHS, "--json"
    )
    lines["county"] = (persons, seconds, memory)
    for month in ("2026-08", MONTH):
        for stage in STAGES:
            seconds, memory, outcome = measured(
                stage,
                "--month",
                month,
                "--inbox",
                str(folder / "inbox"),
                "--home",
                str(folder / "home"),
                "--json",
            )
            rows = outcome.get("counts", {}).get("rows", 0)
            lines[f"{month} {stage}"] = (rows, seconds, memory)
            print(f"{persons:>9,} {month} {stage:<12} {seconds:>7.1f} s {memory:>6} MB", flush=True)
    return lines


def main():
    """Print the table of both sizes."""
    small, large = (int(size) for size in (sys.argv[1:3] or ("30000", "300000")))
    first, second = bench(small), bench(large)
    empty, _, _ = measured("policy", "show", "--month", MONTH, "--json")
    print(f"\nan empty doudi process: {empty:.1f} s\n")
    print(f"| stage | s at {small:,} | MB | s at {large:,} | MB | growth exponent |")
    print("|---|---|---|---|---|---|")
    for stage, (_, seconds, memory) in first.items():
        _, more, peak = second[stage]
        growth = math.log(more / seconds) / math.log(large / small)
        print(f"| {stage} | {seconds:.1f} | {memory} | {more:.1f} | {peak} | {growth:.2f} |")
    for name, lines in ((small, first), (large, second)):
        total = sum(line[1] for stage, line in lines.items() if stage.startswith(MONTH))
        print(f"\n{name:,} people, month {MONTH}, receive to publish: {total:.0f} s")


if __name__ == "__main__":
    main()
