"""One rule's models, built aside for a month under the policy in force, and again under other values.

dbt reads the project once and builds what stands behind the rule, month by month; a trial runs again only the
models behind the policy, with the very SQL that dbt compiled. Everything lies in a scratch folder that is gone
afterwards; of the lake nothing is written.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa

from warehouse.errors import BuildFailed
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Line
from warehouse.project import dbt_arguments, dbt_environment
from warehouse.release.listing import UNPLACED
from warehouse.shelves import insert_lines, prepare

_POLICY = "model.doudi.int_policy_in_force"
_RULES = "int_rules__assessed"
# They read every line, whatever its parameter; what stands behind them asks for its parameters by name.
_WHOLE_POLICY = ("int_policy_in_force", "int_rules__readied", _RULES)
_ANSWERS = ("int_answers__given", "int_answers__settled")
_RAISED = f"""
SELECT warning_id, person_id, coalesce(household_id, person_id) AS household,
  coalesce(nullif(township, ''), '{UNPLACED}') AS township, coalesce(village, '') AS village, grade,
  CAST(amount AS DOUBLE) AS amount, fingerprint, standing, summary
FROM intermediate.{_RULES} WHERE is_raised ORDER BY warning_id
"""


@dataclass(frozen=True)
class Said:
    """What a rule said of a month: the warnings that it raises, and of how many subjects nothing could be said."""

    raised: pa.Table
    not_assessed: int


class Bench:
    """Where one rule is tried. ``month`` comes before the trials of that month."""

    def __init__(self, rule: str, region: str, lake: Lake, policy_dir: Path, folder: Path) -> None:
        self._rule, self._region, self._lake, self._policy_dir = rule, region, lake, policy_dir
        self._file = folder / "warehouse.duckdb"
        self._folder = folder
        self._manifest: Any = None
        self._built: list[Any] = []
        self._moved: set[str] = set()

    def month(self, month: Month) -> Said:
        """The rule as it stands for a month: built from the lake under the packs as they are."""
        self._built = self._build(month, _RULES)
        self._moved = set()
        return self._said()

    def trial(self, lines: Sequence[Line], changed: Collection[str]) -> Said:
        """The same month once more, under other lines of policy: those of the parameters ``changed``.

        What the trial before moved is moved back by the same models.
        """
        names, self._moved = self._moved | set(changed), set(changed)
        with duckdb.connect(str(self._file)) as con:
            con.execute("DELETE FROM lake.policy_lines")
            insert_lines(con, lines)
            for relation, query in _behind(names, self._built):
                con.execute(f"CREATE OR REPLACE TABLE {relation} AS {query}")
        return self._said()

    def answers(self, after: Month) -> tuple[pa.Table, pa.Table]:
        """What villages answered to lists before ``after``: every answer, and the latest that settles a warning."""
        self._build(after, *_ANSWERS)
        with duckdb.connect(str(self._file)) as con:
            given, settled = (
                con.execute(f"FROM intermediate.{name} WHERE rule_id = ?", [self._rule]).to_arrow_table()
                for name in _ANSWERS
            )
        return given, settled

    def _said(self) -> Said:
        with duckdb.connect(str(self._file)) as con:
            raised = con.execute(_RAISED).to_arrow_table()
            count = con.execute(
                f"SELECT count(*) FROM intermediate.{_RULES} WHERE unassessed_reason IS NOT NULL"
            ).fetchone()
        return Said(raised, int(count[0]) if count else 0)

    def _build(self, month: Month, *models: str) -> list[Any]:
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager
        from dbt.cli.main import dbtRunner

        with duckdb.connect(str(self._file)) as con:
            con.execute("DROP SCHEMA IF EXISTS lake CASCADE")
            prepare(con, month, lake=self._lake, policy_dir=self._policy_dir)
        variables = f"{{month: '{month}', region: '{self._region}', rules: [{self._rule.lower()}]}}"
        given = dbt_arguments(self._folder, variables)
        chosen = [
            "--select",
            *(f"+{name}" for name in models),
            "--exclude-resource-type",
            "test",
            "unit_test",
        ]
        with dbt_environment(self._file, self._folder):
            try:
                if self._manifest is None:
                    self._manifest = dbtRunner().invoke(["parse", *given]).result
                done = dbtRunner(manifest=self._manifest).invoke(["build", *given, *chosen])
            finally:
                DuckDBConnectionManager.close_all_connections()
        nodes = list(done.result or [])
        bad = sorted(one.node.name for one in nodes if str(one.status) not in ("success", "pass"))
        if bad or not nodes:
            raise BuildFailed(
                f"{self._rule} could not be replayed for {month}"
                + (f": {', '.join(bad[:5])} failed." if bad else "."),
                next_step=f"run doudi build --month {month}: it says what is wrong.",
            )
        return nodes


@contextmanager
def bench(rule: str, region: str, lake: Lake, policy_dir: Path) -> Iterator[Bench]:
    """A bench in a scratch folder of the home, gone afterwards."""
    spill = lake.home / "tmp"
    had_spill = spill.exists()
    spill.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="workshop-", dir=spill) as folder:
        yield Bench(rule, region, lake, policy_dir, Path(folder))
    if not had_spill:
        shutil.rmtree(spill, ignore_errors=True)


def _behind(names: Collection[str], built: list[Any]) -> list[tuple[str, str]]:
    """Relation and query of every table that hangs on one of the parameters, in the order in which dbt built them.

    A model names the parameters that it asks for; those that only hand on the references of all lines are few.
    """
    moved: set[str] = set()
    found = []
    for one in built:
        node = one.node
        if node.resource_type.value != "model":
            continue
        asks = _POLICY in node.depends_on.nodes and any(f"'{name}'" in node.compiled_code for name in names)
        if not (asks or node.name in _WHOLE_POLICY or moved.intersection(node.depends_on.nodes)):
            continue
        if node.name not in _WHOLE_POLICY:
            moved.add(node.unique_id)
        if node.config.materialized == "table":
            found.append((str(node.relation_name), str(node.compiled_code)))
    return found
