"""The tools of a month at work on nothing: the dbt project parsed and built with empty sources, a checkpoint of Great
Expectations over a table without rows. What Doudi's own month of a thousand people is measured against."""

from pathlib import Path
from tempfile import TemporaryDirectory

from warehouse.months import Month
from warehouse.settings import REPOSITORY

MONTH = Month.parse("2026-08")
_POLICY = REPOSITORY / "dbt_project" / "seeds" / "policy"


def build():
    """dbt parses the project and runs every model and data test over empty sources; no unit tests."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    from warehouse.database import warehouse_file
    from warehouse.lake import Lake
    from warehouse.project import dbt_arguments, dbt_environment
    from warehouse.shelves import prepare

    with TemporaryDirectory() as folder:
        home = Path(folder)
        with warehouse_file(home) as con:
            prepare(con, MONTH, lake=Lake(home), policy_dir=_POLICY)
        arguments = dbt_arguments(home / "dbt", f"{{month: '{MONTH}', region: 'tongren'}}")
        with dbt_environment(home / "warehouse.duckdb", home / "tmp"):
            result = dbtRunner().invoke(["build", *arguments, "--exclude-resource-type", "unit_test"])
        DuckDBConnectionManager.close_all_connections()
        if not result.success:
            raise SystemExit("the empty build failed")


def checkpoint():
    """A context, one suite of one expectation over a table without rows, a checkpoint run: twice, as there are two gates."""
    import duckdb

    from expectations.engine import Question, examine

    with TemporaryDirectory() as folder:
        nothing = Path(folder) / "nothing.parquet"
        with duckdb.connect() as con:
            con.execute(f"COPY (SELECT 1 AS rows WHERE false) TO '{nothing}' (FORMAT parquet)")
        asked = Question(
            "empty",
            "nothing",
            "warn",
            "",
            "expect_column_values_to_not_be_null",
            {"column": "rows"},
            columns=("rows",),
        )
        for _ in range(2):
            examine([asked], views={"nothing": (nothing,)}, home=Path(folder), month=MONTH)
