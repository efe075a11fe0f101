"""Both gates of a month as a project of Great Expectations, for whoever works in its own way.

``export`` writes a file context (``DIR/gx``): a data source over a small DuckDB with views on the month's Parquet
files, every rule as a core expectation, a checkpoint for each gate, and a data docs site. It opens with
``gx.get_context(mode="file", project_root_dir=DIR)`` wherever Great Expectations and duckdb-sqlalchemy are installed; Doudi is not
needed. What it says decides nothing: a month is held or passed by ``doudi gate1`` and ``gate2``.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import duckdb

from expectations.engine import Question, of_core, severity_of
from expectations.gate import questions
from expectations.scratch import view_statements
from warehouse.errors import Misconfigured
from warehouse.lake import Lake, replacing_folder
from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.verdicts import GATES

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_PLUGIN = "doudi_duckdb"
_MARK = "doudi_export.txt"


def export(month: Month, to: Path, *, lake: Lake, policy: Policy) -> dict[str, int]:
    """Write the project of a month to a folder, which is made anew; gives the number of suites of each gate."""
    if to.exists() and not (to / _MARK).exists() and any(to.iterdir()):
        raise Misconfigured(
            f"'{to.name}' holds something that is no export of gates.", next_step="name a folder of its own."
        )
    with replacing_folder(to) as folder:
        (folder / _MARK).write_text(f"Gates of {month}, made by doudi gate export.\n", "utf-8")
        counts: dict[str, int] = {gate: _gate(gate, month, folder, lake, policy) for gate in GATES}
        _settle(folder, to)
    return counts


def _gate(gate: Any, month: Month, folder: Path, lake: Lake, policy: Policy) -> int:
    import great_expectations as gx
    from great_expectations.checkpoint import UpdateDataDocsAction

    asked, views = questions(gate, month, lake=lake, policy=policy)
    file = folder / f"{gate}.duckdb"
    with duckdb.connect(str(file)) as con:
        for statement in view_statements(views):
            con.execute(statement)
    context = gx.get_context(mode="file", project_root_dir=folder)
    source = context.data_sources.add_sql(name=gate, connection_string=f"duckdb:///{file}")
    definitions = []
    for table in sorted({question.table for question in asked}):
        batch = source.add_table_asset(table, table_name=table).add_batch_definition_whole_table("month")
        suite = gx.ExpectationSuite(name=f"{gate}_{table}")
        for question in (one for one in asked if one.table == table):
            suite.add_expectation(_vanilla(question))
        context.suites.add(suite)
        definition = gx.ValidationDefinition(name=f"{gate}_{table}", data=batch, suite=suite)
        definitions.append(context.validation_definitions.add(definition))
    context.checkpoints.add(
        gx.Checkpoint(
            name=gate, validation_definitions=definitions, actions=[UpdateDataDocsAction(name="pages")]
        )
    )
    source.get_execution_engine().engine.dispose()
    source.get_engine().dispose()
    return len(definitions)


def _vanilla(question: Question) -> Any:
    """The rule as an expectation that comes with Great Expectations: a query that finds a row only where it is broken."""
    import great_expectations.expectations as gxe

    if not question.query:
        return of_core(question)
    return gxe.UnexpectedRowsExpectation(
        unexpected_rows_query=f"SELECT measured, of_rows FROM ({question.query}) WHERE is_broken",
        severity=severity_of(question),
        description=f"{question.id} · {question.sentence}",
        meta={"rule": question.id},
    )


def _settle(folder: Path, to: Path) -> None:
    """Ids that follow from their place instead of chance, the paths of where the folder will stand, DuckDB made to work."""
    plugins = folder / "gx" / "plugins"
    plugins.mkdir(parents=True, exist_ok=True)
    plugin = Path(__file__).with_name("project_plugin.txt").read_text("utf-8")
    (plugins / f"{_PLUGIN}.py").write_text(plugin, "utf-8")
    known: dict[str, str] = {}
    # Marks of chance that say nothing; Great Expectations makes them where they are missing.
    for mark in sorted((folder / "gx").rglob(".ge_store_backend_id")):
        mark.unlink()
    for file in sorted(path for path in (folder / "gx").rglob("*") if path.suffix in (".yml", ".json")):
        text = file.read_text("utf-8").replace(str(folder), str(to))
        for place, found in enumerate(_ID.findall(text)):
            known.setdefault(found, str(uuid5(NAMESPACE_URL, f"{file.relative_to(folder)}#{place}")))
        text = _ID.sub(lambda at: known[at.group()], text)
        if file.name == "great_expectations.yml":
            # The store of suites is the first that is opened.
            backend = "class_name: TupleFilesystemStoreBackend"
            text = text.replace(backend, f"class_name: FilesBesideDuckDB\n      module_name: {_PLUGIN}", 1)
            text = text.replace("analytics_enabled:\n", "analytics_enabled: false\n")
        file.write_text(text, "utf-8")
