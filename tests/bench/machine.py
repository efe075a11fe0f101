"""The machine and the tools of a measurement, read from the system: no name, no address, no path."""

import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

import psutil
from measured import ROOT

TOOLS = ("duckdb", "splink", "dbt-core", "dbt-duckdb", "great-expectations", "pyarrow", "pandas", "numpy")


def machine():
    """What it is measured on: processor, cores, memory, free disk, system, Python, versions, commit."""
    release = _words(Path("/etc/os-release"), "=")
    return {
        "processor": _words(Path("/proc/cpuinfo"), ":").get("model name", platform.machine()),
        "cores": psutil.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "disk_free_gb": round(psutil.disk_usage(ROOT).free / 2**30),
        "system": release.get("PRETTY_NAME", platform.system()).strip('"'),
        "python": platform.python_version(),
        "tools": {tool: version(tool) for tool in TOOLS},
        "commit": commit(),
    }


def commit():
    """The commit that is measured, with a + where files differ from it."""
    asked = ["git", "describe", "--always", "--dirty=+", "--exclude=*"]
    return subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()


def _words(path, sign):
    if not path.exists():
        return {}
    pairs = (line.partition(sign) for line in path.read_text(encoding="utf-8").splitlines() if sign in line)
    return {name.strip(): value.strip() for name, _, value in pairs}
