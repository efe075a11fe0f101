"""How long a stage took and how much memory the process has needed: for the operator's log only."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Timing:
    """Seconds that a stage took and the peak memory of the process so far, in megabytes."""

    stage: str
    month: str
    seconds: float = 0.0
    peak_mb: int = 0


@contextmanager
def timed(stage: str, month: str) -> Iterator[Timing]:
    """Measure a block, also when it fails; the figures stand in what was given when the block has ended."""
    timing = Timing(stage, month)
    begun = time.perf_counter()
    try:
        yield timing
    finally:
        timing.seconds = round(time.perf_counter() - begun, 2)
        timing.peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
