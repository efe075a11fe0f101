"""How long a stage took: a log for the operator, kept apart from results so that these never change."""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Timing:
    """Seconds that a stage took and the peak memory of the process so far, in megabytes."""

    stage: str
    month: str
    seconds: float = 0.0
    peak_mb: int = 0


@contextmanager
def timed(stage: str, month: str, home: Path) -> Iterator[Timing]:
    """Measure a block and append one line to ``home/logs/timings.jsonl``, also when it fails."""
    timing = Timing(stage, month)
    begun = time.perf_counter()
    try:
        yield timing
    finally:
        timing.seconds = round(time.perf_counter() - begun, 2)
        timing.peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        path = home / "logs" / "timings.jsonl"
        # On a full disk the stage's own error is the one to be told.
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a", encoding="utf-8") as log:
                log.write(json.dumps(vars(timing)) + "\n")
