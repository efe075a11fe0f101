"""What dbt read of the project is kept and used again, and never of another project or of a broken copy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from warehouse import project
from warehouse.errors import BuildFailed

PROFILE = """
mini: {target: duckdb, outputs: {duckdb: {type: duckdb, path: "{{ env_var('DOUDI_WAREHOUSE') }}"}}}
"""


@pytest.fixture
def mini(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of one model, whose copy would be shared in a folder of its own."""
    folder = tmp_path / "project"
    (folder / "models").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text("{name: mini, profile: mini, vars: {month: 2026-10}}", "utf-8")
    (folder / "profiles.yml").write_text(PROFILE, "utf-8")
    (folder / "models" / "one.sql").write_text("select '{{ var(\"month\") }}' as month", "utf-8")
    monkeypatch.setattr(project, "PROJECT", folder)
    monkeypatch.setattr(project, "_SHARED", tmp_path / "shared")
    return folder


def models(manifest: Any) -> set[str]:
    return {node.name for node in manifest.nodes.values()}


def test_a_project_is_parsed_once_and_again_when_it_is_another(
    mini: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parses: list[Path] = []
    parse = project._parse
    monkeypatch.setattr(project, "_parse", lambda file, home: parses.append(file) or parse(file, home))
    assert models(project.parsed(tmp_path / "home")) == {"one"}
    assert models(project.parsed(tmp_path / "another home")) == {"one"}
    assert len(parses) == 1
    parses[0].write_bytes(parses[0].read_bytes()[:100])
    assert models(project.parsed(tmp_path / "home")) == {"one"}
    assert len(parses) == 2
    (mini / "models" / "two.sql").write_text("select 1 as n", "utf-8")
    assert models(project.parsed(tmp_path / "home")) == {"one", "two"}
    (mini / "models" / "two.sql").write_text("select {{ ref('nobody') }}", "utf-8")
    with pytest.raises(BuildFailed, match="could not read its project"):
        project.parsed(tmp_path / "home")
    assert not [path for path in (tmp_path / "home").rglob("*") if path.is_file()]


def test_where_the_code_may_not_be_written_a_home_keeps_its_own(
    mini: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project, "_is_writable", lambda folder: False)
    home = tmp_path / "home"
    assert home in project.kept(home).parents


def test_only_unit_tests_that_ran_are_noted_for_others(mini: Path, tmp_path: Path) -> None:
    project.note_unit_tests_passed(tmp_path / "spared", ran=False)
    assert project.have_unit_tests_passed(tmp_path / "spared")
    assert not project.have_unit_tests_passed(tmp_path / "other")
    project.note_unit_tests_passed(tmp_path / "ran", ran=True)
    assert project.have_unit_tests_passed(tmp_path / "other")
    (mini / "models" / "one.sql").write_text("select 2 as n", "utf-8")
    assert not project.have_unit_tests_passed(tmp_path / "ran")
