"""The production shape, checked without a container engine.

``compose_spec.json`` is the compose specification's own JSON schema, as the ``docker-compose`` package on
PyPI carries it (Apache License 2.0): what it refuses, the engine refuses too.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from warehouse.settings import REPOSITORY

HERE = Path(__file__).parent
TEXT = (REPOSITORY / "docker-compose.yml").read_text("utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, Any] = COMPOSE["services"]
EXAMPLE = dict(
    line.split("=", 1)
    for line in (REPOSITORY / ".env.example").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
)
AIRFLOW = {"api-server", "scheduler", "dag-processor", "triggerer"}
PLATFORM = AIRFLOW | {"airflow-init"}
SECRETS = {
    "POSTGRES_PASSWORD", "AIRFLOW_FERNET_KEY", "AIRFLOW_API_SECRET_KEY", "AIRFLOW_JWT_SECRET", "AIRFLOW_ADMIN_PASSWORD",
}  # fmt: skip


def variables() -> dict[str, set[str]]:
    """Every variable of the compose file with what stands after its name (``:?message``, ``:-default``)."""
    found: dict[str, set[str]] = {}
    for name, rest in re.findall(r"(?<!\$)\$\{([A-Z_]+)([^}]*)\}", TEXT):
        found.setdefault(name, set()).add(rest)
    return found


def test_it_is_a_compose_file_by_the_specification():
    jsonschema.validate(COMPOSE, json.loads((HERE / "compose_spec.json").read_text("utf-8")))


def test_older_compose_can_read_it():
    assert "name" not in COMPOSE, "docker-compose 1.29 refuses a top-level name"
    assert "version" not in COMPOSE


def test_all_parts_are_there():
    assert set(SERVICES) == PLATFORM | {"postgres"}
    for name in AIRFLOW:
        assert SERVICES[name]["command"] == ["airflow", name]


@pytest.mark.parametrize("name", sorted(PLATFORM))
def test_every_part_is_our_image_without_rights(name):
    service = SERVICES[name]
    assert (REPOSITORY / service["build"]["context"] / service["build"]["dockerfile"]).is_file()
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert not {"privileged", "user", "network_mode", "pid"} & set(service)


@pytest.mark.parametrize("name", sorted(AIRFLOW | {"postgres"}))
def test_every_part_that_stays_up_says_how_it_is(name):
    check = SERVICES[name]["healthcheck"]
    assert check["test"][0] in ("CMD", "CMD-SHELL")
    assert {"interval", "timeout", "retries", "start_period"} <= set(check)
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_nothing_starts_before_what_it_needs():
    for name in AIRFLOW:
        needs = SERVICES[name]["depends_on"]
        assert needs["postgres"]["condition"] == "service_healthy"
        assert needs["airflow-init"]["condition"] == "service_completed_successfully"
    assert SERVICES["airflow-init"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert SERVICES["airflow-init"]["restart"] == "no", "a job that succeeded is not started again"
    assert SERVICES["scheduler"]["depends_on"]["api-server"]["condition"] == "service_healthy"


def test_metadata_lies_in_postgres_and_tasks_find_the_api():
    for name in PLATFORM:
        environment = SERVICES[name]["environment"]
        assert environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"].startswith("postgresql+psycopg2://")
        assert "@postgres:5432/" in environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]
        assert environment["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://api-server:8080/execution/"
        assert environment["AIRFLOW__CORE__EXECUTOR"] == "LocalExecutor"


def test_only_the_web_page_is_open_and_only_on_this_machine():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert set(published) == {"api-server"}
    assert all(port.startswith("127.0.0.1:") for port in published["api-server"])


def test_folders_are_shared_by_all_parts_and_the_inbox_is_only_read():
    for name in PLATFORM:
        volumes = SERVICES[name]["volumes"]
        assert volumes == SERVICES["scheduler"]["volumes"]
        assert next(volume for volume in volumes if ":/data/inbox" in volume).endswith(":ro")
        assert "home:/data/home" in volumes
        assert any(volume.endswith(":/data/home/release") for volume in volumes)
    named = {v.partition(":")[0] for s in SERVICES.values() for v in s["volumes"] if not v.startswith("$")}
    assert named == set(COMPOSE["volumes"])


def filled_in(text: str, values: dict[str, str]) -> str:
    """A line with its variables filled in as compose does (``:-default`` for what is empty)."""
    return re.sub(r"\$\{([A-Z_]+):-([^}]*)\}", lambda found: values.get(found[1], "") or found[2], str(text))


@pytest.mark.parametrize("name", ["DOUDI_KEYS", "DOUDI_AGREEMENTS"])
def test_what_packages_need_is_read_only_and_found_under_its_own_path(name):
    for part in PLATFORM:
        service = SERVICES[part]
        (mount,) = (one for one in service["volumes"] if name in one)
        given = {name: f"/etc/doudi/{name.lower()}"}
        assert filled_in(mount, given) == f"{given[name]}:{given[name]}:ro"
        assert filled_in(service["environment"][name], given) == given[name]
        source, target, mode = filled_in(mount, {}).split(":")
        assert (source, mode) == ("/dev/null", "ro")
        assert not target.startswith("/data/"), "keys lie in no backup of the home"
        assert filled_in(service["environment"][name], {}) == "", "left empty, nothing is shared"


def test_no_secret_stands_in_the_file_and_none_has_a_default():
    for service in SERVICES.values():
        for name, value in service["environment"].items():
            if re.search(r"PASSWORD$|SECRET|_KEY$", name):
                # Asked for, or (mail, lineage) left out: then what it opens is off.
                assert re.fullmatch(r"\$\{[A-Z_]+:(\?[^}]+|-)\}", str(value)), (
                    f"{name} must come from the environment"
                )
    for name in SECRETS:
        assert all(rest.startswith(":?") for rest in variables()[name]), name


def test_the_admin_s_password_goes_to_the_first_job_only():
    holders = {
        name for name, service in SERVICES.items() if "AIRFLOW_ADMIN_PASSWORD" in service["environment"]
    }
    assert holders == {"airflow-init"}


def test_env_example_names_every_variable_and_holds_no_secret():
    assert set(variables()) - {"DOUDI_IMAGE"} == set(EXAMPLE) - {"COMPOSE_PROJECT_NAME"}
    for name, rests in variables().items():
        if any(rest.startswith(":?") for rest in rests):
            assert EXAMPLE[name] == "", f"{name} is asked for, so the example leaves it empty"
    assert {name for name in SECRETS if EXAMPLE[name]} == set()


def test_no_variable_is_silently_empty():
    assert {name for name, rests in variables().items() if "" in rests} == set()
