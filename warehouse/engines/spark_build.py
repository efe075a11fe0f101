"""The dbt project on Spark: the shelves go in as Parquet, dbt-spark builds every model, the marts come back.

The same models, seeds and data tests run as on DuckDB. Marts come back into the warehouse file, so that whatever
follows (export, gate 2, publish) is one and the same for both engines.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from warehouse.database import quoted
from warehouse.engines.spark_session import spark_session
from warehouse.project import dbt_environment

_DATABASES = ("lake", "reference", "staging", "intermediate", "marts")
# What Spark calls DuckDB's types; it has no unsigned numbers.
_TYPES = {
    "VARCHAR": "STRING", "INTEGER": "INT", "BIGINT": "BIGINT", "UBIGINT": "DECIMAL(20,0)", "DOUBLE": "DOUBLE",
    "BOOLEAN": "BOOLEAN", "DATE": "DATE", "TIMESTAMP": "TIMESTAMP", "HUGEINT": "DECIMAL(38,0)",
}  # fmt: skip


def run_dbt_on_spark(arguments: Sequence[str], database: Path, home: Path) -> Any:
    """dbt with these arguments on the Spark cluster in force; ``database`` holds the schema ``lake``.

    Gives dbt's own result. Where it is a success, ``database`` holds the schema ``marts`` afterwards.
    """
    from dbt.cli.main import dbtRunner

    from warehouse.engines.spark_dbt import translating

    folder = home / "tmp" / "spark"
    spark = spark_session(folder)
    _clear(spark, folder)
    with duckdb.connect(str(database)) as con:
        _lay_out(con, spark, folder / "lake")
    with dbt_environment(database, home / "tmp"), translating(spark):
        result = dbtRunner().invoke([*arguments, "--target", "spark"])
    if result.success:
        with duckdb.connect(str(database)) as con:
            _bring_back(con, spark)
    _clear(spark, folder)
    return result


def _clear(spark: Any, folder: Path) -> None:
    for name in _DATABASES:
        spark.sql(f"DROP DATABASE IF EXISTS {name} CASCADE")
    for made in ("lake", "warehouse"):
        shutil.rmtree(folder / made, ignore_errors=True)


def _lay_out(con: duckdb.DuckDBPyConnection, spark: Any, folder: Path) -> None:
    """Every relation of schema ``lake`` as Parquet in ``folder`` and as a table of Spark's database ``lake``."""
    folder.mkdir(parents=True)
    for name in _DATABASES:
        spark.sql(f"CREATE DATABASE {name}")
    tables = con.execute(
        "SELECT table_name, list(struct_pack(name := column_name, kind := data_type) ORDER BY ordinal_position) "
        "FROM information_schema.columns WHERE table_schema = 'lake' GROUP BY table_name ORDER BY table_name"
    ).fetchall()
    for table, columns in tables:
        told = ", ".join(
            f"`{column['name']}` {_TYPES.get(column['kind'], column['kind'])}" for column in columns
        )
        cast = ", ".join(
            f'CAST("{c["name"]}" AS DECIMAL(20,0)) AS "{c["name"]}"'
            if c["kind"] == "UBIGINT"
            else f'"{c["name"]}"'
            for c in columns
        )
        path = folder / table
        path.mkdir()
        con.execute(
            f"COPY (SELECT {cast} FROM lake.{table}) TO '{quoted(path)}/part.parquet' (FORMAT parquet)"
        )
        spark.sql(f"CREATE TABLE lake.`{table}` ({told}) USING parquet LOCATION '{quoted(path)}'")


def _bring_back(con: duckdb.DuckDBPyConnection, spark: Any) -> None:
    """The marts as Spark wrote them, as tables of the warehouse file."""
    con.execute("CREATE SCHEMA marts")
    place = Path(spark.conf.get("spark.sql.warehouse.dir").removeprefix("file:"))
    for row in spark.sql("SHOW TABLES IN marts").collect():
        name = row["tableName"]
        files = quoted(place / "marts.db" / name / "*.parquet")
        con.execute(f"CREATE TABLE marts.{name} AS SELECT * FROM read_parquet('{files}')")
