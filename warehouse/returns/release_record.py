"""What was handed out in a month: its manifest and the warnings on its lists, of every version of the release."""

from __future__ import annotations

import json
from pathlib import Path

from warehouse.database import in_memory, quoted
from warehouse.errors import Refused
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.release.manifest import NAME
from warehouse.release.publish import release_folder
from warehouse.release.versions import folders
from warehouse.returns.answers import Listed
from warehouse.sums import sha256


def handed_out(month: Month, lake: Lake) -> dict[str, Listed]:
    """Every warning on a list of the month, by id; ``Refused`` when the release is missing or was altered.

    A village may answer a list of an earlier version: whatever stood on one is known.
    """
    known: dict[str, Listed] = {}
    for folder in reversed(folders(release_folder(lake, month))):
        known |= _listed(folder, month, lake)
    return known


def listed_now(month: Month, lake: Lake) -> dict[str, Listed]:
    """Every warning on a list of the version that stands."""
    return _listed(release_folder(lake, month), month, lake)


def _listed(folder: Path, month: Month, lake: Lake) -> dict[str, Listed]:
    path = folder / NAME
    if not path.exists():
        raise Refused(
            f"nothing was published for {month}: there is no manifest.",
            next_step="publish the month, or name the month that the lists are of.",
        )
    files = json.loads(path.read_text(encoding="utf-8"))["files"]
    by_path = {item["path"]: item for item in files}
    warnings = folder / "warnings.parquet"
    if not warnings.exists() or sha256(warnings) != by_path["warnings.parquet"]["sha256"]:
        raise Refused(
            f"warnings.parquet of {month} is not the one its manifest names.",
            next_step="publish the month again.",
        )
    on_lists = {warning for item in files if item["kind"] == "list" for warning in item["warnings"]}
    with in_memory(lake.home) as con:
        rows = con.execute(
            f"SELECT warning_id, rule_id, person_id FROM read_parquet('{quoted(warnings)}') WHERE status = 'listed'"
        ).fetchall()
    return {w: Listed(rule, person or "") for w, rule, person in rows if w in on_lists}
