"""The models of the warehouse as lineage sees them: each dbt model a part of the run of ``build``.

dbt's artifacts are not written (a database's message in them may quote a value), so the events are made of the
results in memory: names, what a model reads, its columns, how long it took, and which tests held. No message, no SQL.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from openlineage.client.event_v2 import InputDataset, OutputDataset, RunEvent, RunState
from openlineage.client.facet_v2 import RunFacet, data_quality_assertions_dataset, schema_dataset
from openlineage.client.uuid import generate_static_uuid

from warehouse.intake.contract import contracts
from warehouse.operations import lineage
from warehouse.operations.run_log import Run

# What the warehouse sees of the lake under names of its own: the registry's two files, and marts of earlier months.
_VIEWS = {
    "registry_persons": "registry", "registry_profiles": "registry",
    "alarms": "marts.fct_alarm_monthly", "changes": "marts.fct_population_change_monthly",
    "coverage": "marts.fct_coverage_monthly", "population": "marts.fct_population_monthly",
    "records": "marts.fct_record_register_monthly", "referrals": "marts.fct_referral_monthly",
    "warnings": "marts.fct_warning_monthly",
}  # fmt: skip
_EARLIER = re.compile(r"_(past|before|recorded)$")
_GOOD = ("success", "pass", "warn")


def tell_models(results: Iterable[Any], run: Run) -> None:
    """Tell every model of a build that has ended to who listens; ``results`` are dbt's, ``run`` is build's."""
    to = lineage.listener()
    if to and not to.is_deaf:
        to.hear(events(list(results), run))


def events(results: list[Any], run: Run) -> Iterator[RunEvent]:
    """START and COMPLETE (or FAIL) of every model and seed."""
    tests: dict[str, list[data_quality_assertions_dataset.Assertion]] = {}
    for one in results:
        if one.node.resource_type.value == "test":
            for above in one.node.depends_on.nodes:
                tests.setdefault(above, []).append(_assertion(one))
    for one in results:
        node = one.node
        if node.resource_type.value not in ("model", "seed"):
            continue
        times = _times(one) or (run.begun, run.begun)
        key = str(
            generate_static_uuid(datetime.fromisoformat(run.begun), f"{run.run} {node.unique_id}".encode())
        )
        job = f"build.{node.name}"
        facets: dict[str, RunFacet] = {"parent": lineage.child_of(run)}
        above = node.depends_on.nodes if node.resource_type.value == "model" else []
        read = [InputDataset(lineage.NAMESPACE, name) for name in dict.fromkeys(map(dataset_of, above))]
        yield lineage.event(
            RunState.START, times[0], key, job, facets=facets, kind="MODEL", inputs=read, integration="DBT"
        )
        is_good = str(one.status) in _GOOD
        yield lineage.event(
            RunState.COMPLETE if is_good else RunState.FAIL,
            times[1],
            key,
            job,
            facets=facets,
            kind="MODEL",
            inputs=read,
            outputs=[_left(node, tests.get(node.unique_id, []))] if is_good else [],
            integration="DBT",
        )


def dataset_of(unique_id: str) -> str:
    """A node's table by dbt's id: a source is the lake's own, a mart is what it is exported as."""
    kind, _, rest = unique_id.partition(".")
    name = rest.rpartition(".")[2]
    if kind == "source":
        if name in contracts():
            return f"lake.standardised.{name}"
        if name.startswith("registry_") or _EARLIER.search(name):
            return f"lake.{_VIEWS.get(_EARLIER.sub('', name), name)}"
        return f"lake.{name}"
    if name.startswith(("dim_", "fct_", "audit_")):
        return f"lake.marts.{name}"
    return f"warehouse.{name}"


def _left(node: Any, asserted: list[data_quality_assertions_dataset.Assertion]) -> OutputDataset:
    facets: dict[str, Any] = {}
    if node.columns:
        facets["schema"] = schema_dataset.SchemaDatasetFacet(
            fields=[
                schema_dataset.SchemaDatasetFacetFields(name=column.name, type=column.data_type or None)
                for column in node.columns.values()
            ]
        )
    if asserted:
        facets["dataQualityAssertions"] = data_quality_assertions_dataset.DataQualityAssertionsDatasetFacet(
            asserted
        )
    return OutputDataset(lineage.NAMESPACE, dataset_of(node.unique_id), facets=facets)


def _assertion(one: Any) -> data_quality_assertions_dataset.Assertion:
    return data_quality_assertions_dataset.Assertion(
        assertion=one.node.name,
        success=str(one.status) in _GOOD,
        column=getattr(one.node, "column_name", None),
        severity=str(one.node.config.severity).lower(),
    )


def _times(one: Any) -> tuple[str, str] | None:
    spans = [span for span in one.timing if span.name == "execute" and span.started_at and span.completed_at]
    if not spans:
        return None
    last = spans[-1]
    return last.started_at.isoformat() + "Z", last.completed_at.isoformat() + "Z"
