"""Asks Spark the queries of a file: run by the Spark environment's own Python.

Arguments: a JSON file with queries in DuckDB's SQL, and where to write the rows of their answers, every value as text.
"""

import json
import sys
from pathlib import Path

from warehouse.engines.spark_queries import ask
from warehouse.engines.spark_session import spark_session

asked, answered = map(Path, sys.argv[1:])
spark = spark_session(asked.parent / "spark")
answers = [
    [[None if value is None else str(value) for value in row] for row in ask(spark, query).collect()]
    for query in json.loads(asked.read_text(encoding="utf-8"))
]
answered.write_text(json.dumps(answers), encoding="utf-8")
