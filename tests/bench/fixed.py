"""What is paid before the first row: a county of a thousand through ``doudi run`` in one process, beside an empty run
of the tools themselves (imports, dbt over the project with nothing in its sources, a Great Expectations checkpoint)."""

import shutil
import sys

from kept import FOLDER, Kept
from measured import measured, verb

PERSONS = 1_000
MONTHS = ("2026-08", "2026-09")

# One process that brings in what a month brings in and lets each tool do its own work once, on nothing.
TOOLS = {
    "tools: an empty `doudi`": "import console.__main__, warehouse.policy, duckdb",
    "tools: Splink": "import splink",
    "tools: Great Expectations": "import expectations.engine",
    "tools: dbt with DuckDB": "import dbt.cli.main, dbt.adapters.duckdb",
    "tools: an empty month": """
import sys
sys.path.insert(0, 'tests/bench')
import console.__main__, splink
from empty_tools import checkpoint, build
build()
checkpoint()
""",
}


def bench(runs):
    """Measure it; kept as the size 1,000. The county itself is no part of it."""
    kept, folder = Kept(PERSONS), FOLDER / str(PERSONS)
    if not (folder / "inbox").exists():
        span = f"{MONTHS[0]}..{MONTHS[-1]}"
        verb("county", "--out", str(folder), "--persons", str(PERSONS), "--seed", "3", "--months", span)
    for run in range(runs):
        for name, statement in TOOLS.items():
            if not kept.has(name, run):
                if not run:  # the first may have to compile what it imports
                    measured([sys.executable, "-c", statement])
                kept.add(name, measured([sys.executable, "-c", statement])[0], run)
        home = folder / "home"
        for month in MONTHS:
            step = f"{month} run"
            if kept.has(step, run):
                continue
            if month == MONTHS[0]:
                shutil.rmtree(home, ignore_errors=True)
            command = ("run", "--month", month, "--inbox", str(folder / "inbox"), "--home", str(home))
            line, _ = measured([sys.executable, "-m", "console", *command, "--quiet"])
            kept.add(step, line, run)
            print(f"    1,000 run {run} {step:<24} {line.wall:>8.1f} s {line.cpu:>8.1f} CPU s", flush=True)
