"""Scores a table of pairs as the linkage does under ``DOUDI_ENGINE=spark``: run by the Spark environment's own Python.

Arguments: a folder with ``nodes.parquet``, ``terms.parquet`` and ``pairs.parquet`` (seeker, target); writes
``edges.parquet`` there.
"""

import sys
from pathlib import Path

import duckdb

from linkage.match import model_in_force, score

folder = Path(sys.argv[1])
with duckdb.connect() as con:
    con.execute(f"SET temp_directory = '{folder}/tmp'")
    for table, name in (("nodes", "nodes"), ("terms", "terms"), ("candidates", "pairs")):
        con.execute(f"CREATE TEMP TABLE {table} AS FROM read_parquet('{folder}/{name}.parquet')")
    score(con, model_in_force(), -1000.0)
    con.execute(f"COPY (FROM edges ORDER BY seeker, target) TO '{folder}/edges.parquet' (FORMAT parquet)")
