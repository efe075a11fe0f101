"""What stands round every run of a stage, whichever door it came in by: its row, the figures, the page, its lineage.

None of these may fail a stage: what could not be written is told to the log and is written by the next run.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import replace
from pathlib import Path
from typing import Any

from warehouse import outcomes
from warehouse.months import Month
from warehouse.operations import run_log
from warehouse.timings import Timing, timed

log = logging.getLogger("doudi.operations")

# Airflow tells a task's run in these, in the environment of the task.
_DAG, _DAG_RUN = "AIRFLOW_CTX_DAG_ID", "AIRFLOW_CTX_DAG_RUN_ID"
_LISTENER = "DOUDI_LINEAGE"
_at_work: ContextVar[run_log.Run | None] = ContextVar("doudi_at_work", default=None)


@contextmanager
def watched(stage: str, month: Month, home: Path) -> Iterator[Timing]:
    """Run a stage under watch. Stands outside the guard, so that every error it meets is one of ours."""
    run = run_log.begun(
        stage, str(month), door=os.environ.get(_DAG) or "doudi", door_run=os.environ.get(_DAG_RUN, "")
    )
    with suppress(OSError):
        run_log.append(run, home)
    lineage = _lineage(run, home)
    error: BaseException | None = None
    token = _at_work.set(run)
    with outcomes.listening() as told:
        timing = Timing(stage, str(month))
        try:
            with timed(stage, str(month)) as measured:
                yield timing
        except BaseException as failed:
            error = failed
            raise
        finally:
            _at_work.reset(token)
            timing.seconds, timing.peak_mb = measured.seconds, measured.peak_mb
            # A stage may record more than its own outcome (standardise tells the drift, too).
            last = next((one for one in reversed(told) if one.stage == stage), None)
            run = run_log.ended(run, error, told=last.status if last else "done")
            counts = dict(sorted(last.counts.items())) if last else {}
            run = replace(run, seconds=timing.seconds, peak_mb=timing.peak_mb, counts=counts)
            with suppress(OSError):
                run_log.append(run, home)
            attempt(lambda: lineage(run), "the lineage event")
            refresh(home)


def refresh(home: Path) -> None:
    """Write the figures and the page anew from what the home holds."""
    from warehouse.operations.board import Board, board

    read: list[Board] = []
    attempt(lambda: read.append(board(home)), "the page with logs/metrics.prom")
    if not read:
        return

    def figures() -> None:
        from warehouse.operations.metrics import write_metrics

        write_metrics(home, read[0])

    def page() -> None:
        from warehouse.operations.page import write_page

        write_page(home, read[0])

    attempt(figures, "logs/metrics.prom")
    attempt(page, "docs/operations/index.html")


def tell_models(results: Iterable[Any]) -> None:
    """Tell dbt's results to who listens to lineage, as parts of the run at work."""
    run = _at_work.get()
    if run is None or not os.environ.get(_LISTENER):
        return
    from warehouse.operations.lineage_models import tell_models as tell

    attempt(lambda: tell(results, run), "the lineage of the models")


def attempt(write: Callable[[], object], what: str) -> bool:
    """Try something that no run may fail on; the log says what was not written, with the kind of error only."""
    try:
        write()
    except Exception as error:
        log.warning(
            "%s was not written: %s", what, type(error).__name__, exc_info=bool(os.environ.get("DOUDI_DEBUG"))
        )
        return False
    return True


def _lineage(run: run_log.Run, home: Path) -> Callable[[run_log.Run], object]:
    """Tell the beginning to who listens to lineage; gives what tells the end. Nobody listens unless it is set up."""
    if not os.environ.get(_LISTENER):
        return lambda _: None
    from warehouse.operations import lineage

    attempt(lambda: lineage.tell(run, home), "the lineage event")
    return lambda at_end: lineage.tell(at_end, home)
