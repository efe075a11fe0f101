"""Break deliveries at random for as long as it is asked for: ``make fuzz``. What falls is kept as a file.

``python -m tests.spec.broken_deliveries.fuzz [--rounds N] [--seed N] [--keep FOLDER]``. A file that is kept is put
right in the dock and becomes a case of the corpus (``found/``).
"""

from __future__ import annotations

import argparse
import faulthandler
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

from tests.spec.broken_deliveries.mutate import judge, seeds

# A workbook costs a process of its own.
SHARES = {"csv": 16, "manifest": 3, "xlsx": 1, "xls": 1}
EVERY = 2_000
SECONDS = 30


def main() -> int:
    """Break and read; says how many of each form became what, and ends with 1 when something fell."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rounds", type=int, default=20_000)
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--keep", type=Path, default=Path("var/fuzz"))
    given = asked.parse_args()
    of = seeds()
    became: Counter[tuple[str, str]] = Counter()
    fallen = 0
    slowest = (0.0, "")
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(given.rounds):
            rng = random.Random(f"{given.seed} {number}")
            form = rng.choices(list(SHARES), list(SHARES.values()))[0]
            seed = rng.choice(of[form])
            content = seed.broken(rng)
            began = time.perf_counter()
            faulthandler.dump_traceback_later(SECONDS, exit=True)
            try:
                became[form, judge(seed, content, Path(scratch))] += 1
            except Exception as error:
                fallen += 1
                became[form, "FELL"] += 1
                given.keep.mkdir(parents=True, exist_ok=True)
                (given.keep / f"{given.seed}-{number}-{seed.file}").write_bytes(content)
                last = traceback.extract_tb(error.__traceback__)[-1]
                print(
                    f"{number} {form}: {type(error).__name__} {str(error)[:90]!r} {last.name}:{last.lineno}",
                    flush=True,
                )
            finally:
                faulthandler.cancel_dump_traceback_later()
            if number % EVERY == EVERY - 1:
                print(f"{number + 1} rounds, {fallen} fell", flush=True)
            slowest = max(slowest, (time.perf_counter() - began, f"{form} {number}"))
    for (form, what), count in sorted(became.items()):
        print(f"{form:10}{what:10}{count:8}")
    print(f"slowest: {slowest[0]:.2f} s ({slowest[1]})")
    return 1 if fallen else 0


if __name__ == "__main__":
    sys.exit(main())
