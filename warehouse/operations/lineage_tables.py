"""The tables of a stage as lineage sees them: names, columns, rows of the month, and what a gate found on them.

Columns and rows come from the Parquet files' own footers; no row is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pyarrow.parquet as pq
from openlineage.client.event_v2 import InputDataset, OutputDataset
from openlineage.client.facet_v2 import (
    data_quality_assertions_dataset,
    input_statistics_input_dataset,
    output_statistics_output_dataset,
    schema_dataset,
)

from warehouse.flow import READS, WRITES
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.verdicts import GATES, Gate, RuleVerdict, read_verdict

NAMESPACE = "doudi"
# Read and written by every stage alike, or made of what people do: they lead from no table to another.
_INBOX = "inbox"


def inputs(stage: str, month: Month, home: Path, *, with_facets: bool) -> list[InputDataset]:
    """What a stage reads, with columns, rows of the month and a gate's findings when it has ended."""
    reads = READS.get(stage)
    if reads is None:
        return []
    found = [InputDataset(NAMESPACE, _INBOX)] if reads.inbox else []
    asserted = _asserted(stage, month, home) if with_facets else {}
    for table in reads.tables:
        for name, folder in _parts(table, month, home):
            facts = _facts(folder) if with_facets else {}
            said: dict[str, Any] = {}
            if facts:
                said["inputStatistics"] = input_statistics_input_dataset.InputStatisticsInputDatasetFacet(
                    rowCount=facts["rows"], size=facts["size"], fileCount=facts["files"]
                )
            subject = name.rpartition(".")[2]
            if subject in asserted:
                said["dataQualityAssertions"] = (
                    data_quality_assertions_dataset.DataQualityAssertionsDatasetFacet(asserted[subject])
                )
            found.append(InputDataset(NAMESPACE, name, facets=_columns(facts), inputFacets=said))
    return found


def outputs(stage: str, month: Month, home: Path) -> list[OutputDataset]:
    """What a stage left for the month, with columns and rows."""
    found = []
    for table in WRITES.get(stage, ()):
        for name, folder in _parts(table, month, home):
            facts = _facts(folder)
            said: dict[str, Any] = {}
            if facts:
                said["outputStatistics"] = (
                    output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(
                        rowCount=facts["rows"], size=facts["size"], fileCount=facts["files"]
                    )
                )
            found.append(OutputDataset(NAMESPACE, name, facets=_columns(facts), outputFacets=said))
    return found


def _parts(table: str, month: Month, home: Path) -> Iterator[tuple[str, Path]]:
    """A table's partition of the month; one for each feed or mart where it is kept by these."""
    lake = Lake(home)
    key = f"month={month}"
    if table == "release":
        yield "release", home / "release" / str(month)
        return
    for folder in sorted((lake.root / table).glob(f"*/{key}")):
        yield f"lake.{table}.{folder.parent.name.removeprefix('feed=')}", folder
    if (lake.root / table / key).exists():
        yield f"lake.{table}", lake.root / table / key


def _facts(folder: Path) -> dict[str, Any]:
    files = sorted(folder.glob("[!.]*.parquet"))
    if not files:
        return {}
    footers = [pq.read_metadata(file) for file in files]
    schema = footers[0].schema.to_arrow_schema()
    return {
        "rows": sum(int(footer.num_rows) for footer in footers),
        "size": sum(file.stat().st_size for file in files),
        "files": len(files),
        "columns": [(one.name, str(one.type)) for one in schema],
    }


def _columns(facts: dict[str, Any]) -> dict[str, Any]:
    if not facts:
        return {}
    fields = [
        schema_dataset.SchemaDatasetFacetFields(name=name, type=kind) for name, kind in facts["columns"]
    ]
    return {"schema": schema_dataset.SchemaDatasetFacet(fields=fields)}


def _asserted(
    stage: str, month: Month, home: Path
) -> dict[str, list[data_quality_assertions_dataset.Assertion]]:
    """What the gate of this name found, by feed or mart; rules that were not assessed say nothing."""
    if stage not in GATES:
        return {}
    verdict = read_verdict(Lake(home), cast(Gate, stage), month)
    found: dict[str, list[data_quality_assertions_dataset.Assertion]] = {}
    for rule in verdict.rules if verdict else ():
        if rule.success is not None:
            found.setdefault(rule.table, []).append(_assertion(rule))
    return found


def _assertion(rule: RuleVerdict) -> data_quality_assertions_dataset.Assertion:
    return data_quality_assertions_dataset.Assertion(
        assertion=rule.id,
        success=bool(rule.success),
        name=rule.id,
        severity="error" if rule.severity == "stop" else "warn",
        description=rule.why,
    )
