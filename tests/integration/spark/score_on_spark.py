"""Scores a table of pairs with Splink on Spark: run by the Spark environment's own Python, never imported.

Arguments: a folder with ``nodes.parquet``, ``pairs.parquet`` (left, right), ``terms.parquet`` and ``model.json`` (in
Spark's words); writes ``edges.parquet`` there: Splink's columns ``node_l, node_r, match_weight, gamma_…``.
"""

import sys
from pathlib import Path

from pyspark.sql import SparkSession
from splink import Linker, SparkAPI
from splink.backends.spark import similarity_jar_location

folder = Path(sys.argv[1])
spark = (
    SparkSession.builder.master("local[1]")
    .appName("doudi")
    .config("spark.jars", similarity_jar_location())
    .config("spark.ui.enabled", "false")
    .config("spark.ui.showConsoleProgress", "false")
    .config("spark.sql.shuffle.partitions", "1")
    .config("spark.driver.memory", "1g")
    .config("spark.driver.host", "localhost")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.warehouse.dir", str(folder / "warehouse"))
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")
spark.sparkContext.setCheckpointDir(str(folder / "checkpoints"))
api = SparkAPI(spark_session=spark, break_lineage_method="persist", num_partitions_on_repartition=1)
nodes, pairs, terms = (
    spark.read.parquet(str(folder / f"{name}.parquet")) for name in ("nodes", "pairs", "terms")
)
linker = Linker(api.register(nodes), str(folder / "model.json"), log_level=None, validate_settings=False)
linker.table_management.register_term_frequency_lookup(api.register(terms), "name_term")
linker.table_management.register_blocked_pairs_for_predict(
    api.register(pairs.selectExpr("'0' AS match_key", "left AS join_key_l", "right AS join_key_r"))
)
scored = linker.inference.predict(threshold_match_weight=-1000.0, warning_mode="never")
told = [name for name in scored.as_spark_dataframe().columns if name.startswith("gamma_")]
scored.as_spark_dataframe().select("node_l", "node_r", "match_weight", *told).write.parquet(
    str(folder / "edges.parquet")
)
spark.stop()
