"""What was handed out, kept in the lake for good: every warning that ever stood on a list, version by version.

``lake/sent/month=…/<version>-<hash>.parquet`` is made of a release's manifest and warnings, written once and never
changed. It outlives the release: answers are held against it, and tracking counts it. Of a name only a check is kept,
by which answers that slipped to another row are noticed.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.database import in_memory, quoted
from warehouse.errors import Refused
from warehouse.followed import make_followed, persons_named
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.release import basis
from warehouse.release.listing import UNPLACED
from warehouse.release.manifest import NAME
from warehouse.release.masking import mask_for
from warehouse.release.versions import folders, standing
from warehouse.sums import sha256

TABLE = "sent"
# Audiences whose lists name the person.
_AUDIENCES = ("list", "county_list", "paper")
_LISTS = ("list", "supplement")
_SHORT = 12
_CHECK = 8
SCHEMA = pa.schema(
    [
        ("warning_id", pa.string()),
        ("rule_id", pa.string()),
        ("title", pa.string()),
        ("person_id", pa.string()),
        ("household_id", pa.string()),
        ("township", pa.string()),
        ("village", pa.string()),
        ("grade", pa.string()),
        ("feeds", pa.list_(pa.string())),
        ("fingerprint", pa.string()),
        ("standing", pa.string()),
        ("second_look_of", pa.string()),
        ("clock", pa.string()),
        ("due_on", pa.date32()),
        ("name_checks", pa.list_(pa.string())),
        ("is_carried", pa.bool_()),
        ("version", pa.int32()),
    ]
)
_RESTED = ("feeds", "fingerprint", "standing", "second_look_of")
_COLUMNS = ("rule_id", "title", "person_id", "household_id", "township", "village", "grade", "evidence", "clock",
            "due_on", "name")  # fmt: skip


def name_check(name: str) -> str:
    """A few letters that change when a name is another; how it is spaced or how wide it is written is no matter."""
    plain = "".join(unicodedata.normalize("NFKC", name).split()).casefold()
    return hashlib.sha256(plain.encode()).hexdigest()[:_CHECK]


def name_checks(policy: Policy) -> Callable[[str | None], list[str]]:
    """How to come from a name to its checks, as each audience that sees names is shown it."""
    masks = [mask_for(audience, policy) for audience in _AUDIENCES]
    return lambda name: sorted({name_check(mask.show_name(name)) for mask in masks}) if name else []


def keep_sent(lake: Lake, month: Month, policy: Policy) -> int:
    """Write down every version of the month's release that is not yet; give how many were new.

    ``Refused`` when a ``warnings.parquet`` is not the one that its manifest names. Nothing published: nothing written.
    """
    here = lake.home / "release" / str(month)
    known = {path.stem for path in lake.partition(TABLE, month=str(month)).glob("*.parquet")}
    new = 0
    for folder in reversed(folders(here)):
        if not (folder / NAME).is_file():
            continue
        manifest = json.loads((folder / NAME).read_text(encoding="utf-8"))
        files = {item["path"]: item for item in manifest["files"]}
        warnings = folder / "warnings.parquet"
        if not warnings.is_file() or sha256(warnings) != files[warnings.name]["sha256"]:
            raise Refused(
                f"warnings.parquet of {month} is not the one its manifest names.",
                next_step="publish the month again.",
            )
        number = int(manifest.get("version", 1))
        name = f"{number:03d}-{files[warnings.name]['sha256'][:_SHORT]}"
        if name in known:
            continue
        listed = {key for item in files.values() if item["kind"] in _LISTS for key in item["warnings"]}
        rows = _rows(lake, month, folder, sorted(listed), number, policy)
        target = lake.partition(TABLE, month=str(month)) / f"{name}.parquet"
        with lake.adding(target) as aside:
            pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), aside, compression="zstd")
        new += 1
    return new


def _rows(
    lake: Lake, month: Month, folder: Path, listed: list[str], version: int, policy: Policy
) -> list[dict[str, Any]]:
    """The warnings on the lists of one version; those that are carried over as they stood when last sent."""
    with in_memory(lake.home) as con:
        con.register("listed", pa.table({"warning_id": pa.array(listed, pa.string())}))
        source = _source(con, lake, month, folder)
        there = {str(row[0]) for row in con.execute(f"DESCRIBE FROM {source}").fetchall()}
        chosen = ", ".join(name if name in there else f"NULL AS {name}" for name in _COLUMNS)
        found = con.execute(f"SELECT warning_id, {chosen} FROM {source} SEMI JOIN listed USING (warning_id)")
        told = {row[0]: dict(zip(_COLUMNS, row[1:], strict=True)) for row in found.fetchall()}
        states = con.execute(
            f"SELECT warning_id FROM read_parquet('{quoted(folder)}/warnings.parquet') WHERE status = 'listed'"
        ).fetchall()
        before = _before(con, lake, month)
    raised = {str(row[0]) for row in states}
    default, checks_of = due_of_month(month, policy), name_checks(policy)
    rows = []
    for key in listed:
        known = told.get(key)
        if known is None:
            known = before.get(key, {})
            rested = {name: known.get(name) for name in _RESTED}
            checks = sorted({*(known.get("name_checks") or []), *checks_of(known.get("name"))})
        else:
            rested = _rested_on(known["evidence"])
            checks = checks_of(known["name"])
        rows.append({
            "warning_id": key, "is_carried": key not in raised, "version": version, **rested,
            "name_checks": checks, "due_on": known.get("due_on") or default, "clock": known.get("clock") or "",
            **{name: known.get(name) or "" for name in ("rule_id", "title", "person_id", "household_id", "grade")},
            "township": (known.get("township") or "").strip() or UNPLACED,
            "village": (known.get("village") or "").strip(),
        })  # fmt: skip
    return rows


def due_of_month(month: Month, policy: Policy) -> date:
    """The day until which a month's list is answered, where a warning has no clock of its own."""
    return month.last_day + timedelta(days=policy.count("release.answer_days"))


def _source(con: duckdb.DuckDBPyConnection, lake: Lake, month: Month, folder: Path) -> str:
    """Warnings with their persons as told, where the version that stands kept them; else the release's own."""
    stands = standing(folder)
    found = basis.find(lake, month, stands.content) if stands else None
    return (
        found.part("warnings")
        if found
        else f"read_parquet('{quoted(folder)}/warnings.parquet', hive_partitioning = false)"
    )


def _before(con: duckdb.DuckDBPyConnection, lake: Lake, month: Month) -> dict[str, dict[str, Any]]:
    """What was last known of each warning that was sent in earlier months, under the id and with the name of this month."""
    files = sent_files(lake, until=month.previous)
    if not files:
        return {}
    make_followed(con, lake, month)
    rows = con.execute(f"""
        WITH last AS (
            FROM {files_as_sql(files)}
            QUALIFY row_number() OVER (PARTITION BY warning_id ORDER BY month DESC, version DESC) = 1
        )
        SELECT last.* REPLACE (coalesce(followed.person_id, last.person_id) AS person_id), persons.name
        FROM last LEFT JOIN followed ON followed.old_id = last.person_id
        LEFT JOIN {persons_named(lake, month)} AS persons
            ON persons.person_id = coalesce(followed.person_id, last.person_id)""").to_arrow_table()
    return {row["warning_id"]: row for row in rows.to_pylist()}


def _rested_on(evidence: str | None) -> dict[str, Any]:
    """The feeds of which a warning counts a row, by what its evidence is known again (``finding`` in dbt), and the list
    whose answer is checked where it is asked a second time."""
    try:
        plain = json.loads(evidence or "{}")
    except ValueError:
        plain = {}
    rows = plain.get("rows") or {}
    return {
        "feeds": sorted(feed for feed, count in rows.items() if isinstance(count, int | float) and count > 0),
        "fingerprint": plain.get("fingerprint"),
        "standing": plain.get("standing"),
        "second_look_of": plain.get("second_look_of"),
    }


def sent_files(lake: Lake, *, until: Month) -> list[tuple[str, Path]]:
    """The files of the table with their months, in order, up to a month with itself."""
    return [
        (one, path)
        for one in lake.months(TABLE)
        if one <= str(until)
        for path in sorted(lake.partition(TABLE, month=one).glob("*.parquet"))
    ]


def files_as_sql(files: Iterable[tuple[str, Path]]) -> str:
    """The rows of these files with the month of their list; files of before second looks have none."""
    parts = " UNION ALL BY NAME ".join(
        f"SELECT *, '{month}' AS month FROM read_parquet('{quoted(path)}', hive_partitioning = false)"
        for month, path in files
    )
    return f"({parts} UNION ALL BY NAME SELECT NULL::VARCHAR AS second_look_of WHERE FALSE)"
