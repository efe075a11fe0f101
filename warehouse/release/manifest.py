"""The manifest of a release: every file by hash, and which warnings stand on which list. No clock."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from warehouse.audit_log import Entry
from warehouse.months import Month
from warehouse.release.cautions import Cautions
from warehouse.sums import sha256
from warehouse.verdicts import Verdict

NAME = "manifest.json"


@dataclass(frozen=True)
class Item:
    """One file of the release: its path below the release folder, what it is, rows, warnings on it."""

    path: str
    kind: str
    rows: int
    audience: str = ""
    warnings: list[str] = field(default_factory=list)


def write_manifest(
    folder: Path,
    items: list[Item],
    *,
    month: Month,
    region: str,
    verdicts: dict[str, Verdict],
    cautions: Cautions,
    decision: Entry | None,
    edition: Mapping[str, Any],
) -> Path:
    """Write ``manifest.json`` over the files that stand in ``folder``; gives its path.

    ``decision`` is the month's last entry of the audit log: a log that is cut off before it, or written anew,
    no longer holds what the manifest names. ``edition``: version, supersedes, difference (``versions.Version``).
    """
    files: list[dict[str, Any]] = [
        {
            **asdict(item),
            "sha256": sha256(folder / item.path),
            "bytes": (folder / item.path).stat().st_size,
        }
        for item in sorted(items, key=lambda item: item.path)
    ]
    manifest = {
        "month": str(month),
        "region": region,
        "verdicts": {gate: verdict.fingerprint for gate, verdict in sorted(verdicts.items())},
        "cautions": [asdict(caution) for caution in cautions.all],
        "audit_log": {"seq": decision.seq, "hash": decision.hash} if decision else None,
        "files": files,
        **edition,
    }
    path = folder / NAME
    path.write_text(
        json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8"
    )
    return path
