"""Check: hold a whole home against what was written down about it, without changing anything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from warehouse import access, audit_log, runs, sums
from warehouse.archive import SCRATCH
from warehouse.damage import of_fault
from warehouse.database import warehouse_file
from warehouse.errors import LakeDamaged
from warehouse.lake import Lake

# Tables that hold themselves: the audit log and the access log are chains, and the marks of unfinished runs are what is looked for.
_HOLD_THEMSELVES = (access.TABLE, audit_log.TABLE, runs.TABLE)


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be. ``kind``: damaged, missing, changed, unfinished, leftover."""

    kind: str
    what: str
    next_step: str


@dataclass(frozen=True)
class Checked:
    """What was found, how many files were held against a sum, and how many nobody noted a sum of."""

    findings: tuple[Finding, ...]
    files: int
    unrecorded: int

    @property
    def is_sound(self) -> bool:
        """Whether every file is the one that was written and no run was cut short; leftovers harm nobody."""
        return all(finding.kind == "leftover" for finding in self.findings)


def check(home: Path) -> Checked:
    """Look at every partition's sums, every release's manifest, the audit log, the warehouse file, and unfinished runs."""
    findings: list[Finding] = []
    files = unrecorded = 0
    for folder in _folders(home / "lake"):
        known = sums.read(folder) or {}
        files += len(known)
        unrecorded += len(sums.unrecorded(folder))
        findings += [_of_fault(fault, home) for fault in sums.faults(folder)]
    for release in sorted(home.glob("release/**/manifest.json")):
        listed, faults = _release(release, home)
        files += listed
        findings += faults
    log = audit_log.verify(Lake(home))
    if not log.is_whole:
        findings.append(
            Finding("damaged", f"the audit log: {log.fault}", "bring it back from the backup of the home.")
        )
    looked = access.verify(Lake(home)) if log.is_whole else log
    if log.is_whole and not looked.is_whole:
        findings.append(
            Finding(
                "damaged", f"the access log: {looked.fault}", "bring it back from the backup of the home."
            )
        )
    if (home / "warehouse.duckdb").exists():
        try:
            with warehouse_file(home, read_only=True):
                pass
        except LakeDamaged as error:
            findings.append(Finding("damaged", error.what, error.next_step))
    findings += [
        Finding(
            "unfinished",
            f"{stage} of {month} was cut short",
            f"run {stage} for {month} again, then those after.",
        )
        for month, stage in runs.unfinished(home)
    ]
    findings += [
        Finding(
            "leftover", f"{path.relative_to(home)} was left by a killed run", "the next run throws it away."
        )
        for path in sorted(home.rglob(".aside-*"))
        if path.relative_to(home).parts[0] != SCRATCH
    ]
    return Checked(tuple(dict.fromkeys(findings)), files, unrecorded)


def _folders(root: Path) -> Iterator[Path]:
    """Every folder of the lake that holds files of its own or sums, hidden ones left out."""
    if not root.is_dir():
        return
    for folder in sorted([root, *(path for path in root.rglob("*") if path.is_dir())]):
        below = folder.relative_to(root).parts
        if any(part.startswith(".") for part in below) or below[:1] in [(one,) for one in _HOLD_THEMSELVES]:
            continue
        if any(path.is_file() for path in folder.iterdir()):
            yield folder


def _of_fault(fault: sums.Fault, home: Path) -> Finding:
    error = of_fault(fault, "check", home)
    kind = {"missing": "missing", "changed": "changed", "unreadable": "damaged"}[fault.kind]
    return Finding(kind, error.what.removeprefix("check: "), error.next_step)


def _release(manifest: Path, home: Path) -> tuple[int, list[Finding]]:
    """A release against its manifest: files that are missing, changed, or that it does not name."""
    folder = manifest.parent
    month = folder.relative_to(home / "release").parts[0] if folder != home / "release" else "its month"
    again = f"run publish for {month} again."
    try:
        told = {
            item["path"]: item["sha256"] for item in json.loads(manifest.read_text(encoding="utf-8"))["files"]
        }
    except (ValueError, KeyError, TypeError):
        return 0, [Finding("damaged", f"{manifest.relative_to(home)} cannot be read", again)]
    found = []
    for name, digest in sorted(told.items()):
        path = folder / name
        if not path.is_file():
            found.append(Finding("missing", f"{path.relative_to(home)} is missing", again))
        elif sums.sha256(path) != digest:
            found.append(
                Finding("changed", f"{path.relative_to(home)} is not the file that was released", again)
            )
    return len(told), found
