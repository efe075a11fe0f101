"""The house keeps its own rules: who imports whom, how large a room is, what a commit may name."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("warehouse", "linkage", "expectations", "console", "dags")
FORBIDDEN_NAMES = re.compile(r"(^|_)(data|info|util|utils|helper|helpers|manager|process)(_|$)")
MAX_MODULE_LINES = 300
MAX_DAG_LINES = 60


def tracked(*patterns):
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\n")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


def modules():
    found = [path for package in PACKAGES for path in tracked(f"{package}/*.py")]
    assert len(found) > 30, "the packages were not found"
    return found


def test_import_rule_is_kept():
    done = subprocess.run(
        [str(ROOT / ".venv/bin/lint-imports")], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_only_dags_import_airflow():
    for path in modules():
        imported = {
            name.split(".")[0]
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in (
                [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            )
        }
        assert "airflow" not in imported or path.is_relative_to(ROOT / "dags"), path


def test_nothing_imports_dags():
    for path in modules():
        if not path.is_relative_to(ROOT / "dags"):
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"^\s*(from|import) (dags|orchestration)\b", text, re.M), path


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_stay_small_and_speak(path):
    text = path.read_text(encoding="utf-8")
    limit = MAX_DAG_LINES if path.parent == ROOT / "dags" else MAX_MODULE_LINES
    assert text.count("\n") <= limit, f"{path.name} has more than {limit} lines"
    assert ast.get_docstring(ast.parse(text)), f"{path.name} does not say what it is"
    assert not FORBIDDEN_NAMES.search(path.stem), f"{path.name} is named for nothing in particular"


def test_platform_never_reads_the_truth():
    for package in ("warehouse", "linkage", "expectations", "dags"):
        for path in tracked(f"{package}/*.py", "dbt_project/models"):
            text = path.read_text(encoding="utf-8")
            assert "true_person" not in text, path


def test_no_clock_and_no_chance_in_results():
    banned = re.compile(
        r"datetime\.now\(|date\.today\(|\bnow\(\)|current_date|current_timestamp|random\(\)|uuid4|import random"
    )
    for package in ("warehouse", "linkage", "expectations"):
        for path in tracked(f"{package}/*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for node in ast.walk(tree):
                if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                    node.value.value = ""
            assert not banned.search(ast.unparse(tree)), path
    for path in tracked("dbt_project/models/*.sql", "dbt_project/macros/*.sql"):
        assert not banned.search(path.read_text(encoding="utf-8")), path


def test_nothing_names_this_machine_or_a_registry():
    places = "|".join(re.escape(f"{place}/") for place in (ROOT, Path.home()))
    machine = re.compile(rf"{places}|index.url|registry *= *.https?:")
    for path in tracked():
        if path.suffix in {".png", ".parquet", ".xlsx"} or path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8", errors="ignore")
        assert not machine.search(text), path
