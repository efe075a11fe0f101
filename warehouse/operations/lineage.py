"""Lineage for whoever listens: OpenLineage events of every stage, with the tables it read and left.

Off unless ``DOUDI_LINEAGE`` names a file (events are added to it, one a line) or the address of a server. An event
tells tables, columns, numbers of rows and rules, and Doudi's own errors; no value, no query and no program text. A
listener that does not answer is told no more for the rest of the process: no stage waits for it twice.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, RunEvent, RunState
from openlineage.client.event_v2 import Run as LineageRun
from openlineage.client.facet_v2 import (
    RunFacet,
    error_message_run,
    job_type_job,
    nominal_time_run,
    parent_run,
)
from openlineage.client.transport.file import FileConfig, FileTransport
from openlineage.client.transport.http import (
    ApiKeyTokenProvider,
    HttpCompression,
    HttpConfig,
    HttpTransport,
    TokenProvider,
)
from openlineage.client.transport.transport import Transport
from openlineage.client.uuid import generate_static_uuid

from warehouse.months import Month
from warehouse.operations import lineage_tables
from warehouse.operations.run_log import GOOD, RUNNING, Run

NAMESPACE = "doudi"
PRODUCER = "urn:doudi"
# Airflow, or whoever started us: namespace/job/run, as OpenLineage's integrations hand it on.
_PARENT = "OPENLINEAGE_PARENT_ID"
_SECONDS = 3.0


class Listener:
    """Where events go; after the first that could not be handed over, nowhere."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.is_deaf = False

    def hear(self, events: Iterable[RunEvent]) -> None:
        """Hand events over in order; the first failure comes out, and all later ones are left out."""
        if self.is_deaf:
            return
        try:
            for event in events:
                self._transport.emit(event)
        except Exception:
            self.is_deaf = True
            raise


@cache
def _listener_at(place: str, key: str) -> Listener:
    if "://" not in place:
        path = Path(place)
        path.parent.mkdir(parents=True, exist_ok=True)
        return Listener(FileTransport(FileConfig(log_file_path=str(path), append=True)))
    config = HttpConfig(
        url=place,
        timeout=_SECONDS,
        compression=HttpCompression.GZIP,
        retry={"total": 0},
        auth=ApiKeyTokenProvider({"apiKey": key}) if key else TokenProvider({}),
    )
    return Listener(HttpTransport(config))


def listener() -> Listener | None:
    """Who listens, by ``DOUDI_LINEAGE`` and ``DOUDI_LINEAGE_KEY``; None when nobody does."""
    place = os.environ.get("DOUDI_LINEAGE", "").strip()
    return _listener_at(place, os.environ.get("DOUDI_LINEAGE_KEY", "").strip()) if place else None


def tell(run: Run, home: Path) -> None:
    """Tell that a stage's run has begun (while it is ``running``), or how it ended."""
    to = listener()
    if to and not to.is_deaf:
        to.hear([event_of(run, home)])


def event_of(run: Run, home: Path) -> RunEvent:
    """The event of a stage's run: START, COMPLETE, FAIL or, when a person stopped it, ABORT."""
    month = Month.parse(run.month)
    facets: dict[str, RunFacet] = {
        "nominalTime": nominal_time_run.NominalTimeRunFacet(
            nominalStartTime=f"{month.first_day}T00:00:00Z", nominalEndTime=f"{month.last_day}T23:59:59Z"
        )
    }
    above = _parent()
    if above:
        facets["parent"] = above
    if run.reason:
        facets["errorMessage"] = error_message_run.ErrorMessageRunFacet(
            message=f"{run.reason} Next step: {run.next_step}", programmingLanguage="python"
        )
    is_good = run.status in GOOD
    return event(
        _state(run),
        run.ended or run.begun,
        run_id(run),
        run.stage,
        facets=facets,
        kind="STAGE",
        inputs=lineage_tables.inputs(run.stage, month, home, with_facets=run.status != RUNNING),
        outputs=lineage_tables.outputs(run.stage, month, home) if is_good else [],
    )


def event(
    state: RunState,
    at: str,
    key: str,
    job: str,
    *,
    facets: dict[str, RunFacet],
    kind: str,
    inputs: Sequence[InputDataset] = (),
    outputs: Sequence[OutputDataset] = (),
    integration: str = "DOUDI",
) -> RunEvent:
    """One event of one job of ours."""
    return RunEvent(
        eventType=state,
        eventTime=at,
        run=LineageRun(runId=key, facets=facets),
        job=Job(
            namespace=NAMESPACE,
            name=job,
            facets={
                "jobType": job_type_job.JobTypeJobFacet(
                    processingType="BATCH", integration=integration, jobType=kind
                )
            },
        ),
        producer=PRODUCER,
        inputs=list(inputs),
        outputs=list(outputs),
    )


def run_id(run: Run) -> str:
    """The id under which a run of the log is known to listeners."""
    return str(generate_static_uuid(datetime.fromisoformat(run.begun), run.run.encode()))


def _state(run: Run) -> RunState:
    if run.status == RUNNING:
        return RunState.START
    if run.status == "stopped":
        return RunState.ABORT
    return RunState.COMPLETE if run.status in GOOD else RunState.FAIL


def _parent() -> parent_run.ParentRunFacet | None:
    parts = os.environ.get(_PARENT, "").split("/")
    if len(parts) != 3:
        return None
    namespace, job, key = parts
    return parent_run.ParentRunFacet(
        run=parent_run.Run(runId=key), job=parent_run.Job(namespace=namespace, name=job)
    )


def child_of(run: Run) -> parent_run.ParentRunFacet:
    """The facet that says a run is a part of a stage's run."""
    return parent_run.ParentRunFacet(
        run=parent_run.Run(runId=run_id(run)), job=parent_run.Job(namespace=NAMESPACE, name=run.stage)
    )
