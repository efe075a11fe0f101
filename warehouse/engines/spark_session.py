"""The one Spark session of a process, on the cluster that the environment names.

Set here is only what results depend on and what keeps a machine's door shut. Memory, cores and the number of
partitions are the cluster's own business: ``spark-defaults.conf`` in ``SPARK_CONF_DIR``, as everywhere with Spark.
"""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from typing import Any

from warehouse.engines.choice import spark_master
from warehouse.errors import Misconfigured, Unavailable


@cache
def spark_session(folder: Path) -> Any:
    """A ``SparkSession`` that keeps its tables under ``folder``, which every worker can reach under the same path.

    It lives as long as the process. ``Unavailable`` when the cluster does not answer, ``Misconfigured`` without Java.
    """
    from pyspark.sql import SparkSession
    from splink.backends.spark import similarity_jar_location

    if shutil.which("java") is None:
        raise Misconfigured(
            "Spark needs Java 17 or newer, and there is none.", next_step="install it, then try again."
        )
    folder.mkdir(parents=True, exist_ok=True)
    settings = {
        "spark.jars": similarity_jar_location(),
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.ansi.enabled": "true",
        "spark.sql.caseSensitive": "false",
        # A model that follows merged ids is bounded by itself, not by Spark's number of rows.
        "spark.sql.cteRecursionRowLimit": "-1",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.sql.catalogImplementation": "in-memory",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.eventLog.enabled": "false",
    }
    builder = SparkSession.builder.master(spark_master()).appName("doudi")
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except Exception as error:  # py4j has no error of its own for a master that is away
        raise Unavailable(
            f"the Spark cluster could not be reached ({type(error).__name__}).",
            next_step="start it, or set DOUDI_SPARK_MASTER right.",
        ) from None
    # Spark's own log may quote a value.
    session.sparkContext.setLogLevel("OFF")
    return session
