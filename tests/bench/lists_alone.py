"""The lists of month after month by dbt's own models of lists and memory, on warnings that are given.

What the rules found in a month comes from outside (made up by a test, or kept from a real build); what is walked to, what
waits and what is remembered is decided by the very models of the warehouse, under any policy. A release is as much as
the villages and the measuring need: the warnings and the manifest. The villages answer without workbooks: what a
workbook does to an answer is tested where workbooks are.
"""

import json
import shutil
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from console.county import village_habits as habit
from console.county.village_habits import Habits
from console.county.villages_truth import read_truth, right_answers
from warehouse import policy as policies
from warehouse.database import in_memory
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.project import dbt_arguments, dbt_environment
from warehouse.returns import dispositions
from warehouse.shelves import prepare

MODELS = (
    "+dim_rule", "int_policy_in_force", "int_answers__given", "int_answers__settled",
    "int_matters__recalled", "int_items__opened", "int_yields__learned", "int_warnings__weighed", "int_visits__queued",
    "fct_warning_monthly", "fct_open_item_monthly",
)  # fmt: skip
GIVEN = {
    "intermediate.int_rules__assessed": "rule_id VARCHAR, warning_id VARCHAR, person_id VARCHAR, household_id VARCHAR, "
    "township VARCHAR, village VARCHAR, is_raised BOOLEAN, unassessed_reason VARCHAR, grade VARCHAR, "
    "amount DECIMAL(18, 2), fingerprint VARCHAR, standing VARCHAR, summary VARCHAR, evidence VARCHAR, policy_ref VARCHAR",
    "intermediate.int_a01__alarmed": "alarm_id VARCHAR, township VARCHAR, village VARCHAR, cause_rule VARCHAR",
    "intermediate.int_households__formed": "household_id VARCHAR, person_id VARCHAR, is_head BOOLEAN",
    "intermediate.int_persons__described": "person_id VARCHAR, township VARCHAR",
    "staging.stg_linkage__followed": "old_id VARCHAR, person_id VARCHAR",
}
MARTS = ("fct_warning_monthly", "fct_open_item_monthly")
STILL_SENT = 3


class ListsAlone:
    """A home that knows nothing but lists and answers; ``policy_dir`` may be a pack that is tried."""

    def __init__(self, home: Path, county: Path, policy_dir: Path, region: str = "tongren") -> None:
        self.lake, self._county, self._policy_dir, self._region = Lake(home), county, policy_dir, region
        self._manifest = None
        self.attached: Path | None = (
            None  # another DuckDB file that ``given`` may name, as schema ``findings``
        )
        self._file = home / "tmp" / "lists.duckdb"
        self._file.parent.mkdir(parents=True, exist_ok=True)

    def policy(self, month: Month):
        """The policy in force for a month."""
        return policies.load(self._policy_dir, self._region, month)

    def publish(self, month: Month, given: dict[str, str]) -> None:
        """Decide the month's lists from ``given``: SQL relations by the names of ``GIVEN``; what lacks is empty."""
        self._file.unlink(missing_ok=True)
        with duckdb.connect(str(self._file)) as con:
            prepare(con, month, lake=self.lake, policy_dir=self._policy_dir)
            for schema in ("staging", "intermediate", "marts", "reference"):
                con.execute(f"CREATE SCHEMA {schema}")
            if self.attached:
                con.execute(f"ATTACH '{self.attached}' AS findings (READ_ONLY)")
            for table, columns in GIVEN.items():
                con.execute(f"CREATE TABLE {table} ({columns})")
                if table in given:
                    con.execute(f"INSERT INTO {table} BY NAME {given[table]}")
        self._dbt(month)
        with duckdb.connect(str(self._file)) as con:
            for mart in MARTS:
                with self.lake.replacing(f"marts/{mart}", month=str(month)) as folder:
                    con.execute(
                        f"COPY (FROM marts.{mart} ORDER BY warning_id) TO '{folder}/part.parquet' (FORMAT parquet)"
                    )
            self._release(con, month)

    def _dbt(self, month: Month) -> None:
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager
        from dbt.cli.main import dbtRunner

        given = dbt_arguments(self._file.parent / "dbt", f"{{month: '{month}', region: '{self._region}'}}")
        chosen = ["--select", *MODELS, "--exclude-resource-type", "test", "unit_test"]
        with dbt_environment(self._file, self._file.parent):
            try:
                if self._manifest is None:
                    self._manifest = dbtRunner().invoke(["parse", *given]).result
                done = dbtRunner(manifest=self._manifest).invoke(["build", *given, *chosen])
            finally:
                DuckDBConnectionManager.close_all_connections()
        bad = [f"{one.node.name}: {one.message}" for one in done.result or [] if str(one.status) != "success"]
        assert done.result and not bad, f"{month}: {bad or done.exception}"

    def _release(self, con, month: Month) -> None:
        folder = self.lake.home / "release" / str(month)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        con.execute(f"COPY marts.fct_warning_monthly TO '{folder}/warnings.parquet' (FORMAT parquet)")
        # What was handed out, is not settled and not raised any more stands on a sheet of its own.
        lists = con.execute("""
            SELECT township, list(warning_id ORDER BY warning_id) FROM (
                SELECT coalesce(nullif(township, ''), '未写明乡镇') AS township, warning_id
                FROM marts.fct_warning_monthly WHERE status = 'listed'
                UNION ALL SELECT coalesce(nullif(township, ''), '未写明乡镇'), warning_id
                FROM marts.fct_open_item_monthly WHERE NOT is_raised)
            GROUP BY township ORDER BY township""").fetchall()
        files = [
            {
                "path": f"lists/预警清单_{township}_{month}.xlsx",
                "kind": "list",
                "audience": "list",
                "warnings": ids,
            }
            for township, ids in lists
        ]
        (folder / "manifest.json").write_text(json.dumps({"files": files}), encoding="utf-8")

    def due(self, month: Month) -> date:
        """The day on which the month's lists are due back."""
        return month.last_day + timedelta(days=self.policy(month).count("release.answer_days"))

    def answer(self, month: Month, on: date, habits: Habits) -> None:
        """Take in whatever the villages have sent by a day about the month's lists; once is enough."""
        manifest = self.lake.home / "release" / str(month) / "manifest.json"
        due, rows = self.due(month), []
        asked = {
            warning: Path(item["path"]).stem.split("_")[1]
            for item in json.loads(manifest.read_text(encoding="utf-8"))["files"]
            for warning in item["warnings"]
        }
        with in_memory(self.lake.home) as con:
            read_truth(con, month, self.lake, self._county / "truth", found_by=month.previous)
            right = right_answers(con, asked, month, self.lake, self._county / "truth")
            known = dict(con.execute("SELECT warning_id, [rule_id, person_id] FROM known").fetchall())
            villages = dict(
                con.execute(
                    "SELECT warning_id, village FROM read_parquet(?)",
                    [str(manifest.with_name("warnings.parquet"))],
                ).fetchall()
            )
        none = self.policy(month).text("release.aid_none")
        for warning, township in asked.items():
            sent = habit.day_sent(month, township, due, habits)
            mistake = habit.row_mistake(month, warning, habits)
            if sent is None or mistake == "blanks":
                continue
            ready = habit.day_ready(month, township, str(villages.get(warning)), sent, due, habits)
            if ready > on or warning not in right:
                continue
            found = right[warning]
            result, aid = found.result, found.aid or (none if found.asks_for_aid else "")
            if mistake == "unsure":
                result, aid = "无法核实", ""
            elif mistake == "errors":
                result, aid = (
                    ("不属实", none if aid else "") if found.is_need else ("属实", "临时救助" if aid else "")
                )
            rule, person = known[warning]
            rows.append({
                "warning_id": warning, "rule_id": rule, "person_id": person, "result": result, "aid": aid,
                "reason_not": found.reason if aid == none else "", "reason_words": "", "identity": "",
                "checked_by": township, "checked_on": habit.day_visited(month, warning, ready),
                "list_month": str(month), "received_on": ready, "file": f"{month}.xlsx", "sheet": "", "row": 1,
            })  # fmt: skip
        folder = self.lake.partition("dispositions", month=str(month))
        folder.mkdir(parents=True, exist_ok=True)
        table = pa.Table.from_pylist(rows, schema=dispositions.SCHEMA)
        pq.write_table(table, folder / "answers.parquet")

    def live_through(self, months: list[Month], given, habits: Habits) -> None:
        """Publish and answer month after month; ``given(month)`` tells what the rules found."""
        for number, month in enumerate(months):
            self.publish(month, given(month))
            for earlier in months[max(0, number - STILL_SENT + 1) : number + 1]:
                self.answer(earlier, self.due(month), habits)
        for month in months[-STILL_SENT:]:
            self.answer(month, self.due(months[-1]) + timedelta(days=62), habits)
