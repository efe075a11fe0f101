"""The Dockerfile and the small programs beside it."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from warehouse.settings import REPOSITORY

DOCKERFILE = (REPOSITORY / "Dockerfile").read_text("utf-8")
STEPS = re.sub(r"\\\n\s*", "", DOCKERFILE).splitlines()
IGNORED = [
    line for line in (REPOSITORY / ".dockerignore").read_text("utf-8").splitlines() if line and line[0] != "#"
]


def copied() -> list[str]:
    """What is copied from the repository into the image."""
    lines = [step.split() for step in STEPS if step.startswith("COPY") and "--from" not in step]
    return [path for words in lines for path in words[1:-1] if not path.startswith("--")]


def test_everything_that_is_copied_exists_and_is_let_through():
    allowed = [line[1:] for line in IGNORED if line.startswith("!")]
    for path in copied():
        assert (REPOSITORY / path).exists(), path
        assert any(path == entry or path.startswith(f"{entry}/") for entry in allowed), f"{path} is ignored"


def test_nothing_is_let_in_by_default():
    assert IGNORED[0] == "*"
    assert not any(line.startswith(("!.", "!var", "!tests")) for line in IGNORED)


def test_only_hashed_packages_are_installed():
    installs = [step for step in STEPS if "pip install" in step]
    assert len(installs) == 1
    assert "--require-hashes" in installs[0]
    assert "requirements/server.txt" in DOCKERFILE
    locked = (REPOSITORY / "requirements" / "server.txt").read_text("utf-8")
    assert {"psycopg2-binary==", "asyncpg==", "apache-airflow=="} <= set(
        re.findall(r"^[a-z0-9-]+==", locked, re.M)
    )


def test_it_runs_as_nobody_special_and_says_how_it_is():
    user = [step.split()[1] for step in STEPS if step.startswith("USER")]
    assert user == ["doudi"]
    assert any("useradd --uid 10001" in step for step in STEPS)
    assert any(step.startswith("HEALTHCHECK") for step in STEPS)
    last_user = max(number for number, step in enumerate(STEPS) if step.startswith("USER"))
    assert not any(step.startswith(("RUN", "COPY")) for step in STEPS[last_user:]), (
        "nothing is installed as that user"
    )


def test_no_secret_is_baked_in():
    assert not re.search(r"^(?:ENV|ARG).*(?:PASSWORD|SECRET|TOKEN|FERNET)", DOCKERFILE, re.M)


@pytest.mark.parametrize("name", ["init-airflow", "is-healthy", "doudi"])
def test_programs_can_be_executed(name):
    assert (REPOSITORY / "docker" / name).stat().st_mode & stat.S_IXUSR


def test_init_makes_tables_and_password_file_and_runs_again(tmp_path):
    calls = tmp_path / "calls"
    airflow = tmp_path / "bin" / "airflow"
    airflow.parent.mkdir()
    airflow.write_text(f'#!/bin/sh\necho "$@" >> {calls}\n')
    airflow.chmod(0o755)
    passwords = tmp_path / "users.json"
    environment = {
        "PATH": f"{airflow.parent}{os.pathsep}{os.environ['PATH']}",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(passwords),
        "AIRFLOW_ADMIN_USER": "chief",
        "AIRFLOW_ADMIN_PASSWORD": "of-the-test",
    }
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, str(REPOSITORY / "docker" / "init-airflow")],
            env=environment, check=True, capture_output=True, text=True,
        )  # fmt: skip
        assert "of-the-test" not in done.stdout + done.stderr
    assert calls.read_text().splitlines() == ["db migrate", "db migrate"]
    assert json.loads(passwords.read_text()) == {"chief": "of-the-test"}
    assert stat.S_IMODE(passwords.stat().st_mode) == 0o600


class _Page(BaseHTTPRequestHandler):
    def do_GET(self):
        status, body = {
            "/good": (200, {"metadatabase": {"status": "healthy"}, "triggerer": {"status": "unhealthy"}}),
            "/bad": (200, {"metadatabase": {"status": "unhealthy"}}),
        }.get(self.path, (503, {}))
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(("page", "is_healthy"), [("/good", True), ("/bad", False), ("/gone", False)])
def test_health_is_asked_of_the_page(address, page, is_healthy):
    asked = subprocess.run(
        [sys.executable, str(REPOSITORY / "docker" / "is-healthy"), address + page],
        check=False,
        capture_output=True,
    )
    assert (asked.returncode == 0) is is_healthy
