"""Fixtures of the linkage tests: a lake, the policy, a model whose weights nobody trained."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from linkage.model.definition import settings
from tests.unit.linkage.made_village import written_month
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy, read_lines
from warehouse.settings import REPOSITORY


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "home")


@pytest.fixture
def write_month() -> Callable[..., None]:
    return written_month


@pytest.fixture(scope="session")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model with the weights of its definition: training must not change what these tests hold."""
    path = tmp_path_factory.mktemp("model") / "judged.json"
    path.write_text(json.dumps(settings().create_settings_dict("duckdb")), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def policy() -> Policy:
    lines = read_lines(REPOSITORY / "dbt_project" / "seeds" / "policy")
    month = Month(2026, 8)
    return Policy("*", month, {line.parameter: line for line in lines if line.region == "*"})


@pytest.fixture
def persons_of(lake: Lake) -> Callable[..., list[tuple[str, str, str]]]:
    """(person, grade, rule) of every row whose name and feed are given, from the month's crosswalk."""

    def look(month: str, feed: str, name: str | None = None, **where: Any) -> list[tuple[str, str, str]]:
        con = duckdb.connect()
        conditions = " AND ".join(
            [
                "profiles.feed = ?",
                *(["profiles.name = ?"] if name else []),
                *(f'profiles."{key}" = ?' for key in where),
            ]
        )
        found = con.execute(
            f"""SELECT crosswalk.person_id, crosswalk.grade, crosswalk.rule
            FROM read_parquet('{lake.root}/crosswalk/month={month}/*.parquet') AS crosswalk
            JOIN read_parquet('{lake.root}/records/feed=*/month={month}/*.parquet', hive_partitioning = true) AS records
                USING (feed, file, sheet, "row", role)
            JOIN read_parquet('{lake.root}/profiles/feed=*/month={month}/*.parquet', hive_partitioning = false)
                AS profiles USING (profile_key)
            WHERE {conditions} ORDER BY 1, 2, 3""",
            [feed, *([name] if name else []), *where.values()],
        ).fetchall()
        con.close()
        return found

    return look
