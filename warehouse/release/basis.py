"""What a release stood on, kept in the lake beside it: with it the next version can tell what differs.

``lake/published/month=…/content=<hash>/``: ``warnings`` (every warning with its person as it was told), ``persons``
(household and classes), ``rows`` (of each feed, two hashes a row: its key and its content, no value) and
``stood_on.json`` (the deliveries of all months so far, policy values, digests of what people decided).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from warehouse.database import copy_to_parquet, quoted
from warehouse.intake.contract import Contract, contracts, standardised_schema
from warehouse.lake import Lake, drop
from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.verdicts import fingerprint

TABLE = "published"
PARTS = ("warnings", "persons", "rows")
_STOOD_ON = "stood_on.json"
_SHORT = 16
_WARNINGS = """
SELECT warning.*, coalesce(rule.title, warning.rule_id) AS title, person.name, person.id_no, person.phone
FROM fct_warning_monthly AS warning
LEFT JOIN dim_rule AS rule ON rule.rule_id = warning.rule_id
LEFT JOIN dim_person AS person ON person.person_id = warning.person_id
ORDER BY warning.warning_id
"""
_PERSONS = """
SELECT person_id, min(household_id) AS household_id, string_agg(DISTINCT class, '、' ORDER BY class) AS class,
    min(township) AS township
FROM fct_population_monthly GROUP BY person_id ORDER BY person_id
"""
# Beside a value, how it was read; the place is not the row.
_ASIDE = ("file", "sheet", "row")


@dataclass(frozen=True)
class Basis:
    """One kept basis: its folder and what it stood on."""

    folder: Path

    @property
    def stood_on(self) -> dict[str, Any]:
        """``deliveries`` (month, feed, file, hash), ``policy`` (parameter, value), and digests by name."""
        found: dict[str, Any] = json.loads((self.folder / _STOOD_ON).read_text(encoding="utf-8"))
        return found

    def part(self, name: str) -> str:
        """SQL of one of ``PARTS``."""
        return f"read_parquet('{quoted(self.folder / name)}.parquet', hive_partitioning = false)"


def write(con: duckdb.DuckDBPyConnection, lake: Lake, month: Month, policy: Policy, content: str) -> Basis:
    """Keep what the month says now, from the marts that ``con`` has attached; gives it."""
    keys = {"month": str(month), "content": content[:_SHORT]}
    with lake.replacing(TABLE, **keys) as folder:
        write_into(folder, con, lake, month, policy)
    return Basis(lake.partition(TABLE, **keys))


def write_into(
    folder: Path, con: duckdb.DuckDBPyConnection, lake: Lake, month: Month, policy: Policy | None
) -> Basis:
    """The same into any folder; without a policy the values of policy are left out."""
    copy_to_parquet(con, _WARNINGS, folder / "warnings.parquet")
    copy_to_parquet(con, _PERSONS, folder / "persons.parquet")
    copy_to_parquet(con, _rows(lake, month), folder / "rows.parquet")
    text = json.dumps(_stood_on(lake, month, policy), ensure_ascii=False, indent=1, sort_keys=True)
    (folder / _STOOD_ON).write_text(text + "\n", encoding="utf-8")
    return Basis(folder)


def find(lake: Lake, month: Month, content: str) -> Basis | None:
    """The basis of a release by its content; None when it was published before such was kept."""
    folder = lake.partition(TABLE, month=str(month), content=content[:_SHORT])
    return Basis(folder) if (folder / _STOOD_ON).is_file() else None


def sweep(lake: Lake, month: Month, content: str) -> None:
    """Keep the basis of the release that stands, and no other."""
    for folder in sorted(lake.partition(TABLE, month=str(month)).glob("content=*")):
        if folder.name != f"content={content[:_SHORT]}":
            drop(folder)


def key_columns(contract: Contract) -> tuple[str, ...]:
    """The columns that make a row of the feed the same row in another version of its file.

    What the contract calls an event; else its own person's number with the agency (the id, else the name, where it
    has none), with the number of the household and the month, where a row has such.
    """
    if contract.event_key:
        return contract.event_key
    own = next((person for person in contract.persons if person.role == "self"), None)
    numbers = [own.household_key, own.agency_key or own.id or own.name] if own else []
    months = [column.name for column in contract.of_kind("month")]
    chosen = dict.fromkeys([*months, *(number for number in numbers if number)])
    return tuple(chosen) or tuple(column.name for column in contract.columns if column.required)


def _rows(lake: Lake, month: Month) -> str:
    """Every row of the month as two hashes, counted: a row that a file holds twice is two rows."""
    parts = []
    for feed in lake.feeds("standardised", str(month)):
        contract = contracts().get(feed)
        files = sorted(lake.partition("standardised", feed=feed, month=str(month)).glob("*.parquet"))
        if contract is None or not files:
            continue
        listed = ", ".join(f"'{quoted(file)}'" for file in files)
        values = [name for name in standardised_schema(contract) if name not in _ASIDE]
        parts.append(f"""
            SELECT '{feed}' AS feed, {_hash(key_columns(contract))} AS key, {_hash(values)} AS content, count(*) AS rows
            FROM read_parquet([{listed}], hive_partitioning = false, union_by_name = true) GROUP BY ALL""")
    if not parts:
        return "SELECT ''::VARCHAR AS feed, 0::UBIGINT AS key, 0::UBIGINT AS content, 0 AS rows WHERE false"
    return " UNION ALL ".join(parts) + " ORDER BY feed, key, content"


def _hash(columns: tuple[str, ...] | list[str]) -> str:
    """The same number for the same values in every version of the engine."""
    listed = ", ".join(f'coalesce(CAST("{column}" AS VARCHAR), chr(0))' for column in columns)
    return f"md5_number_lower(concat_ws(chr(31), {listed}))"


def _stood_on(lake: Lake, month: Month, policy: Policy | None) -> dict[str, Any]:
    deliveries = {}
    for one in lake.months("closed"):
        path = lake.partition("closed", month=one) / "closed.json"
        if one <= str(month) and path.is_file():
            feeds = json.loads(path.read_text(encoding="utf-8"))["feeds"]
            deliveries[one] = {feed: {f["file"]: f["sha256"] for f in files} for feed, files in feeds.items()}
    people = {
        "decisions": [m for m in lake.months("decisions") if m <= str(month)],
        "dispositions": [m for m in lake.months("dispositions") if m < str(month)],
    }
    found: dict[str, Any] = {
        table: fingerprint([lake.partition(table, month=one) for one in months], lake.root)
        for table, months in people.items()
    }
    values = (
        {name: line.reference + "=" + line.value for name, line in policy.lines.items()} if policy else {}
    )
    packed = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
    return {**found, "deliveries": deliveries, "policy": values, "policy_digest": packed}
