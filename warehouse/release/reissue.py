"""Which version of the month's release this is, and whatever a new version owes to those who hold the former one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.lake import Lake, drop
from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.release import basis, difference
from warehouse.release.causes import causes
from warehouse.release.difference_sheet import issue_sheet
from warehouse.release.manifest import Item
from warehouse.release.supplement import Step, issue_supplements
from warehouse.release.versions import Version, carry_over, content_of, put_away, standing


@dataclass(frozen=True)
class Reissue:
    """The version that is being written, and the hash over its content."""

    version: Version
    content: str


def version_of(
    folder: Path,
    items: list[Item],
    con: duckdb.DuckDBPyConnection,
    *,
    release: Path,
    lake: Lake,
    month: Month,
    policy: Policy,
) -> Reissue:
    """Say which version the ``items`` written into ``folder`` make, beside the ``release`` that stands.

    The same content is the same version, with its supplement and those before it. Another content keeps the former
    version whole, writes ``lake/differences`` and the supplement, and counts one up.
    """
    content = content_of(folder, items)
    now = basis.write(con, lake, month, policy, content)
    stands = standing(release)
    if stands is None:
        return Reissue(Version(), content)
    if stands.content == content:
        carry_over(release, folder, stands.version)
        return Reissue(stands.version, content)
    number = stands.version.number + 1
    before = basis.find(lake, month, stands.content)
    difference.compare(con, release, before, now)
    why = causes(before.stood_on if before else None, now.stood_on)
    difference.keep(con, lake, month, number, why)
    step = Step(month, number, why, policy)
    lists, counts = issue_supplements(folder, con, lake, step)
    sheet = issue_sheet(folder, con, step, is_known=before is not None)
    put_away(release, folder, stands.version)
    return Reissue(Version(number, stands.manifest, (*lists, *sheet), counts), content)


def tidy(lake: Lake, month: Month, reissue: Reissue) -> None:
    """When the release stands: no basis but its own is kept, and no difference of a version that never stood."""
    basis.sweep(lake, month, reissue.content)
    for folder in sorted(lake.partition(difference.TABLE, month=str(month)).glob("version=*")):
        if int(folder.name.removeprefix("version=")) > reissue.version.number:
            drop(folder)


def told_version(version: Version) -> list[str]:
    """A sentence on the new version for the outcome; none for the first."""
    if version.number == 1:
        return []
    counts = version.difference
    kept = (
        f"version {version.number} replaces version {version.number - 1}, which is kept in versions/"
        f"{version.number - 1}"
    )
    if not any(counts.values()):
        return [f"{kept}: no warning on the lists differs; supplement/ (更正差异表) says what does."]
    return [
        f"{kept}: {counts['added']} warnings onto the lists, {counts['withdrawn']} off them, "
        f"{counts['changed']} changed. Next step: hand out supplement/ (补充清单) to the townships that are named there."
    ]
