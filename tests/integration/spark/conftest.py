"""What these tests share: Spark's own environment (``make spark``), without which they are skipped with a word."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from warehouse.settings import REPOSITORY

_PYTHON = REPOSITORY / ".venv-spark" / "bin" / "python"
_SMALL = """
spark.driver.memory 1g
spark.sql.shuffle.partitions 1
spark.driver.extraJavaOptions -XX:+UseSerialGC -XX:TieredStopAtLevel=1
spark.sql.codegen.wholeStage false
spark.sql.codegen.factoryMode NO_CODEGEN
"""


@pytest.fixture(scope="session")
def on_spark_environment(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Runs the Spark environment's Python with arguments, on Spark, and gives what it said."""
    if not _PYTHON.exists():
        pytest.skip("no .venv-spark here: make spark")
    if shutil.which("java") is None:
        pytest.skip("no Java here: Spark needs 17 or newer")
    settings = tmp_path_factory.mktemp("settings")
    (settings / "spark-defaults.conf").write_text(_SMALL, encoding="utf-8")
    # Compiling for a few hundred rows would take longer than reading them.
    given = {
        "DOUDI_ENGINE": "spark",
        "DOUDI_THREADS": "1",
        "SPARK_CONF_DIR": str(settings),
        "SPARK_LOCAL_IP": "127.0.0.1",
    }

    def run(*arguments: str | Path) -> str:
        done = subprocess.run(
            [str(_PYTHON), *map(str, arguments)],
            capture_output=True, text=True, check=False, timeout=600, cwd=REPOSITORY,
            env={**os.environ, **given, "PYTHONPATH": str(REPOSITORY)},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    return run
