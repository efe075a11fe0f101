"""The dbt project as it stands in the repository: how dbt is called on it, and what was once read of it.

Parsing takes dbt six seconds and gives the same for every month and home: what it gave is kept, named by all that
decides it. Month and region are variables of the run; no macro asks them before a model is compiled.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from warehouse.errors import BuildFailed
from warehouse.settings import REPOSITORY, memory_gb, threads

PROJECT = REPOSITORY / "dbt_project"
# Beside the code, where it may be written: homes share it. Else each home keeps its own.
_SHARED = REPOSITORY / "var" / "dbt"
_PARSED = "parsed.msgpack"
_PROJECTS_KEPT = 3


def dbt_arguments(target: Path, variables: str, *, logs: Path | None = None) -> list[str]:
    """What every call of dbt is given; its artifacts go to ``target``."""
    return [
        "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--quiet",
        "--target-path", str(target), "--log-path", str(logs or target),
        # A database's message may quote a value. Neither the log nor the artifacts may hold one.
        "--log-level-file", "none", "--log-level", "none", "--no-write-json", "--no-use-colors",
        "--no-version-check", "--vars", variables,
    ]  # fmt: skip


@contextmanager
def dbt_environment(database: Path, spill: Path) -> Iterator[None]:
    """Set for a while what dbt's profile reads from the environment."""
    values = {
        "DOUDI_WAREHOUSE": str(database),
        "DOUDI_SPILL": str(spill),
        "DOUDI_MEMORY_GB": str(memory_gb()),
        "DOUDI_THREADS": str(threads()),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
    }
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def parsed(home: Path) -> Any:
    """dbt's manifest of the project, fresh for one run: kept from the last that parsed it, else parsed now.

    ``BuildFailed`` when the project cannot be parsed.
    """
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    file = kept(home) / _PARSED
    try:
        return Manifest.from_msgpack(file.read_bytes(), decoder=extended_mashumuro_decoder)
    except Exception:  # not there, cut short, of another make: it is only a copy
        return _parse(file, home)


def _parse(file: Path, home: Path) -> Any:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner
    from dbt.parser.manifest import extended_mashumaro_encoder

    (home / "tmp").mkdir(parents=True, exist_ok=True)
    # Every warehouse file has this name; nothing is opened.
    with (
        TemporaryDirectory(prefix="parse-", dir=home / "tmp") as folder,
        dbt_environment(Path(folder) / "warehouse.duckdb", Path(folder)),
    ):
        try:
            result = dbtRunner().invoke(["parse", *dbt_arguments(Path(folder), "{}")])
        finally:
            DuckDBConnectionManager.close_all_connections()
    if not result.success:
        raise BuildFailed(
            f"dbt could not read its project ({type(result.exception).__name__}).",
            next_step="run `dbt parse` in dbt_project and mend what it names.",
        ) from result.exception
    _keep(file, result.result.to_msgpack(extended_mashumaro_encoder))
    return result.result


def unit_tests_passed(home: Path) -> Path:
    """The note that a home keeps of the project whose unit tests it saw pass."""
    return home / "tmp" / "dbt" / "unit_tests_passed"


def have_unit_tests_passed(home: Path) -> bool:
    """Whether this very project passed its unit tests already, in this home or in another of this checkout."""
    note = unit_tests_passed(home)
    if note.exists() and note.read_text(encoding="utf-8") == project_digest():
        return True
    return (kept(home) / note.name).exists()


def note_unit_tests_passed(home: Path, *, ran: bool) -> None:
    """Note that they passed: for this home and, where they ran, for whoever shares what is kept."""
    note = unit_tests_passed(home)
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(project_digest(), encoding="utf-8")
    if ran:
        _keep(kept(home) / note.name, b"")


def project_digest() -> str:
    """A hash over everything in the project that decides how its unit tests end."""
    digest = hashlib.sha256()
    for path in sorted(PROJECT.rglob("*")):
        if path.suffix in (".sql", ".yml") or path.parent.name == "reference":
            digest.update(path.relative_to(PROJECT).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def kept(home: Path) -> Path:
    """The folder of what was read of this very project by these very tools."""
    name = hashlib.sha256(f"{PROJECT} {_tools()} {project_digest()}".encode()).hexdigest()[:16]
    return (_SHARED if _is_writable(_SHARED) else home / "tmp" / "dbt" / "kept") / name


@cache
def _tools() -> str:
    return " ".join(
        version(name) for name in ("dbt-core", "dbt-adapters", "dbt-common", "dbt-duckdb", "duckdb")
    )


@cache
def _is_writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def _keep(file: Path, content: bytes) -> None:
    """Put a file in its place at once; that it cannot be kept stops nothing."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix="keep-", dir=file.parent) as folder:
            made = Path(folder) / file.name
            made.write_bytes(content)
            made.replace(file)
        # Of projects as they were: whoever needs one parses it again.
        others = sorted(file.parent.parent.iterdir(), key=lambda folder: folder.stat().st_mtime)
        for old in others[:-_PROJECTS_KEPT]:
            shutil.rmtree(old, ignore_errors=True)
    except OSError:
        return
