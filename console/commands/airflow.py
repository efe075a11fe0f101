"""Airflow as a program beside us: its settings, its start and end, and the few calls of its API we need.

The console never imports airflow; it starts the ``airflow`` command of the same environment.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse.errors import Unavailable
from warehouse.settings import REPOSITORY

START_SECONDS = 180


def environment(folder: Path, *, home: Path, inbox: Path, region: str, port: int) -> dict[str, str]:
    """The embedded default: SQLite, local executor, everything under ``folder``, UI on this machine only."""
    address = f"http://127.0.0.1:{port}"
    return {
        **os.environ,
        "AIRFLOW_HOME": str(folder),
        "AIRFLOW__CORE__DAGS_FOLDER": str(REPOSITORY / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{address}/execution/",
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": address,
        "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.3",
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "60",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONPATH": f"{REPOSITORY}{os.pathsep}{REPOSITORY / 'dags'}",
        "DOUDI_HOME": str(home),
        "DOUDI_INBOX": str(inbox),
        "DOUDI_REGION": region,
        "DO_NOT_TRACK": "1",
        "SCARF_ANALYTICS": "false",
    }


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Api:
    """Airflow's own API on this machine."""

    address: str
    token: str

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """One call; the answer as a dictionary. ``Unavailable`` when Airflow does not answer."""
        request = urllib.request.Request(
            f"{self.address}/api/v2/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return dict(json.loads(answer.read() or b"{}"))
        except (urllib.error.URLError, TimeoutError) as error:
            raise Unavailable(
                f"Airflow did not answer {method} {path}: {error}.",
                next_step="look into the log in its folder, then try again.",
            ) from error


@contextmanager
def standalone(env: dict[str, str], log: Path) -> Iterator[Api]:
    """Airflow's scheduler, processor, triggerer and API as one process group; ended with all its children."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as out:
        process = subprocess.Popen(
            ["airflow", "standalone"], env=env, stdout=out, stderr=out, start_new_session=True
        )
    try:
        yield _when_healthy(env["AIRFLOW__API__BASE_URL"], process, log)
    finally:
        _end(process)


def _when_healthy(address: str, process: subprocess.Popen[bytes], log: Path) -> Api:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/api/v2/monitor/health", timeout=5) as answer:
                health = json.loads(answer.read())
            if all(health[part]["status"] == "healthy" for part in ("scheduler", "dag_processor")):
                with urllib.request.urlopen(f"{address}/auth/token", timeout=30) as answer:
                    return Api(address, json.loads(answer.read())["access_token"])
        except (OSError, KeyError, ValueError):
            pass
        time.sleep(0.5)
    raise Unavailable(
        f"Airflow was not healthy after {START_SECONDS} seconds.",
        next_step=f"read {log.name} in the folder of Airflow.",
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the whole group: Airflow's children outlive their parent otherwise."""
    for ending, patience in ((signal.SIGTERM, 15), (signal.SIGKILL, 5)):
        try:
            os.killpg(process.pid, ending)
        except ProcessLookupError:
            return
        try:
            process.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            continue
