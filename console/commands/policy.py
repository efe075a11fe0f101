"""``doudi policy check | show | diff``: the packs looked at, as one and line by line."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from console.screen import Screen
from warehouse import policy as policies
from warehouse.errors import Misconfigured
from warehouse.months import Month
from warehouse.policy import EVERYWHERE, Line, Policy
from warehouse.policy.difference import differences
from warehouse.policy.groups import TECHNICAL, group_of, groups
from warehouse.policy.packs import read_packs
from warehouse.policy.told import UNCONFIGURED, document_told, title_of, value_told

LINE_HEADERS = ("parameter", "名称", "value", "from", "to", "region", "document", "status")


def check_policy(folder: Path, screen: Screen) -> None:
    """Every fault of a folder of packs at once, then what stands in it; ``Misconfigured`` when there is one."""
    packs = read_packs(folder)
    if packs.faults:
        screen.table(
            "What must be mended",
            ("file", "line", "parameter", "what is wrong", "next step"),
            [(f.file, f.row, f.parameter, f.reason, f.next_step) for f in packs.faults],
        )
        raise Misconfigured(
            f"{len(packs.faults)} fault{'s' if len(packs.faults) > 1 else ''} in the packs of '{folder.name}'.",
            next_step="mend them and check again.",
        )
    counted = Counter((line.region, line.value == "", line.status) for line in packs.lines)
    rows = [
        (
            region,
            counted[region, False, "verified"],
            counted[region, False, "illustrative"],
            sum(counted[region, True, status] for status in policies.STATUSES),
        )
        for region in (EVERYWHERE, *packs.regions)
    ]
    screen.table(
        f"No fault in {len(packs.lines)} lines",
        ("region", "verified by a document", "illustrative", "left open: no rule configured"),
        rows,
    )


def show_policy(month: Month, folder: Path, region: str, is_all: bool, screen: Screen) -> None:
    """The lines in force, group by group; without ``is_all`` those of the machine's own work are left out.

    As JSON every line, with its note.
    """
    policy = policies.load(folder, region, month)
    for line in policy.lines.values():
        screen.emit(_plain(line))
    if screen.as_json:
        return
    for group in groups():
        lines = [policy.lines[name] for name in sorted(policy.lines) if group_of(name) == group]
        if lines and (is_all or group not in TECHNICAL):
            screen.table(f"{group} · {region} {month}", LINE_HEADERS, [_row(line) for line in lines])
    if not is_all:
        screen.say(f"Not shown: {'、'.join(TECHNICAL)} (--all shows them).")


def _row(line: Line) -> tuple[str, ...]:
    return (
        line.parameter,
        title_of(line.parameter),
        value_told(line),
        str(line.valid_from),
        str(line.valid_to or ""),
        line.region,
        line.document,
        line.status,
    )


def _plain(line: Line) -> dict[str, str | None]:
    return {
        "parameter": line.parameter,
        "group": group_of(line.parameter),
        "title": title_of(line.parameter),
        "value": line.value or None,
        "unit": line.unit,
        "told": value_told(line),
        "valid_from": str(line.valid_from),
        "valid_to": str(line.valid_to) if line.valid_to else None,
        "region": line.region,
        "document": line.document,
        "status": line.status,
        "note": line.note,
    }


def show_difference(here: Policy, there: Policy, names: tuple[str, str], screen: Screen) -> None:
    """What is another value there than here, since when, and which document says so."""
    rows = [
        (
            one.parameter,
            title_of(one.parameter),
            value_told(one.here),
            value_told(one.there),
            _since(one.there, one.here),
        )
        for one in differences(here, there)
    ]
    if not rows:
        screen.say(f"{names[0]} and {names[1]}: the same values.")
        screen.emit({"table": "policy diff", "columns": [], "rows": []})
        return
    headers = ("parameter", "名称", names[0], names[1], "since, by which document")
    screen.table(f"{names[0]} → {names[1]}: {len(rows)} values differ", headers, rows)


def _since(there: Line | None, here: Line | None) -> str:
    if there is not None:
        return f"{there.valid_from} {document_told(there.document, there.is_verified)}"
    if here is not None and here.valid_to is not None:
        return f"ended {here.valid_to} {document_told(here.document, here.is_verified)}"
    return UNCONFIGURED
