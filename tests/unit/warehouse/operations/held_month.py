"""Stages that have run in a made-up home, watched and guarded as both doors do."""

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.guard import guarded
from warehouse.months import Month
from warehouse.operations.watch import watched
from warehouse.outcomes import Outcome, record

MONTH = Month.parse("2026-10")


def rows(lake, table, month=str(MONTH), **columns):
    with lake.replacing(table, month=month) as folder:
        pq.write_table(pa.table(columns), folder / "part.parquet")


def ran(lake, stage, month=MONTH, error=None, **told):
    """A stage has run; what a stage refuses to begin on is not asked here."""
    with watched(stage, month, lake.home), guarded(f"{stage} {month}", lake.home):
        record(Outcome(stage, str(month), **told), lake)
        if error:
            raise error
