"""Scoring on Spark: the same pairs, the same model file, Splink's Spark engine.

What is scored goes to the cluster as Parquet and comes back the same way; rules, rounds and decisions stay where they
are. Levels are the same as on DuckDB, weights the same to nine decimals (the order in which they are added differs).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import duckdb
from splink import Linker

from linkage.model.dialect import model_for_spark
from linkage.nodes import NODE_COLUMNS
from warehouse.database import quoted
from warehouse.engines.spark_session import spark_session


def score_on_spark(
    con: duckdb.DuckDBPyConnection, model: Path, least_bits: float, levels: Sequence[str]
) -> None:
    """Make ``edges(seeker, target, match_weight, <levels>)`` of ``blocked``, ``nodes`` and ``terms`` on the cluster in force."""
    from splink import SparkAPI

    found = con.execute("SELECT current_setting('temp_directory')").fetchone()
    place = Path(str(found[0]) if found else ".").absolute() / "spark"
    spark = spark_session(place)
    folder = place / "scoring"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    spark.sparkContext.setCheckpointDir(str(folder / "checkpoints"))
    api = SparkAPI(spark_session=spark, break_lineage_method="persist")
    tables = {
        name: api.register(spark.read.parquet(_written(con, name, columns, folder)))
        for name, columns in (("nodes", list(NODE_COLUMNS)), ("terms", ["*"]), ("blocked", ["*"]))
    }
    told = model_for_spark(json.loads(model.read_text(encoding="utf-8")), NODE_COLUMNS)
    linker = Linker(tables["nodes"], told, log_level=None, validate_settings=False)
    linker.table_management.register_term_frequency_lookup(tables["terms"], "name_term")
    linker.table_management.register_blocked_pairs_for_predict(tables["blocked"])
    scored = linker.inference.predict(threshold_match_weight=least_bits, warning_mode="never")
    scored.as_spark_dataframe().select(
        "node_l", "node_r", "match_weight", *(f"gamma_{one}" for one in levels)
    ).write.parquet(str(folder / "edges"))
    asked = ", ".join(f"gamma_{one} AS {one}" for one in levels)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE edges AS
        SELECT node_l AS seeker, node_r AS target, match_weight, {asked}
        FROM read_parquet('{quoted(folder)}/edges/*.parquet')""")
    spark.catalog.clearCache()
    shutil.rmtree(folder, ignore_errors=True)


def _written(con: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str], folder: Path) -> str:
    path = folder / f"{table}.parquet"
    con.execute(f"COPY (SELECT {', '.join(columns)} FROM {table}) TO '{quoted(path)}' (FORMAT parquet)")
    return str(path)
