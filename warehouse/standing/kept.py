"""Round every stage, for both doors: what it stood on is written down when it has ended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from warehouse.errors import GateHeld
from warehouse.flow import READS
from warehouse.months import Month
from warehouse.settings import Settings
from warehouse.standing import record
from warehouse.standing.inputs import Inputs


@contextmanager
def standing_kept(stage: str, month: Month, settings: Settings | None) -> Iterator[None]:
    """Keep what the stage of the chain stood on; nothing without ``settings`` or for another verb.

    A gate that holds its month has given its verdict: that is kept, too.
    """
    if settings is None or stage not in READS:
        yield
        return
    inputs = Inputs(settings)
    read = inputs.of(stage, month)
    try:
        yield
    except GateHeld:
        record.ended(inputs, stage, month, read)
        raise
    record.ended(inputs, stage, month, read)
