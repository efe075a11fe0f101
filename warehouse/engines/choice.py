"""Which engine does the heavy work: one setting of the environment."""

from __future__ import annotations

import importlib.util
import os

from warehouse.errors import Misconfigured
from warehouse.settings import threads

_ENGINES = ("duckdb", "spark")


def is_on_spark() -> bool:
    """``DOUDI_ENGINE``: ``duckdb`` (when nothing is said) or ``spark``, which needs the environment of ``make spark``."""
    name = os.environ.get("DOUDI_ENGINE", "").strip().lower() or _ENGINES[0]
    if name not in _ENGINES:
        raise Misconfigured(
            f"DOUDI_ENGINE is '{name}'; the engines are {' and '.join(_ENGINES)}.",
            next_step="set it right, or leave it out.",
        )
    if name == "spark" and not importlib.util.find_spec("pyspark"):
        raise Misconfigured(
            "DOUDI_ENGINE is 'spark', and this environment has no Spark.",
            next_step="make spark, then run .venv-spark/bin/doudi instead.",
        )
    return name == "spark"


def spark_master() -> str:
    """``DOUDI_SPARK_MASTER`` (``spark://host:7077``), else Spark within this process."""
    return os.environ.get("DOUDI_SPARK_MASTER", "").strip() or f"local[{threads()}]"
