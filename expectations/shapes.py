"""The shape of a feed in a month: its rows, fill rates, shares of codes, typical amounts and dates, as a few lines.

Gate 1 compares a month with the feed's history. It does not read the earlier months' rows again for that: each
month leaves its shape (``lake/feed_shapes/feed=…/month=…``, numbers and the words of closed or official lists,
never a cell that tells a person), and later months read the shapes. What is measured follows from the suites: a
rule that speaks of a column's mix makes the mix a part of the shape. A shape that was made from other rows or for
other rules is made anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from expectations.history import MEASURES
from expectations.phrases import quoted_name
from warehouse.database import copy_to_parquet, in_memory, quoted
from warehouse.intake.contract import Contract, contracts
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.small_tables import first_row
from warehouse.verdicts import read_verdict

if TYPE_CHECKING:
    from expectations.suite import Suite

TABLE = "feed_shapes"
_FILE = "shape.parquet"
_FOOTER = 8
# Logarithms and days are summed as whole numbers: a sum of floats would depend on the order of the rows.
_FINE = 1_000_000

Files = tuple[Path, ...]


@dataclass(frozen=True)
class Past:
    """What gate 1 may compare a month with: ``shapes`` are views (name to files) over this month's shape and the
    shapes of the history, ``before`` each feed's rows of its last delivered month, ``months`` the feed's history."""

    shapes: Mapping[str, Files]
    before: Mapping[str, Files]
    months: Mapping[str, tuple[Month, ...]]

    @classmethod
    def of_nothing(cls) -> Past:
        """Nothing to compare with."""
        return cls({}, {}, {})


def look_back(month: Month, lake: Lake, suites: Sequence[Suite], months: int) -> Past:
    """Make this month's shapes and those of its history that are missing, and say where they are.

    A feed's history are the last ``months`` months before in which it was delivered and gate 1 did not hold it,
    and the same month of the year before (a season is no fault).
    """
    columns = {suite.table: _columns(suite) for suite in suites}
    shapes: dict[str, Files] = {}
    before: dict[str, Files] = {}
    found: dict[str, tuple[Month, ...]] = {}
    held = _held(lake)
    with in_memory(lake.home) as con:
        for feed in lake.feeds("standardised", str(month)):
            contract = contracts().get(feed)
            if contract is None:
                continue
            earlier = [
                Month.parse(m)
                for m in lake.months("standardised", feed=feed)
                if m < str(month) and m not in held
            ]
            window = earlier[-months:] if months else []
            season = [m for m in earlier if m == month.plus(-12) and m not in window]
            wanted = columns.get(feed, {})
            shapes[f"{feed}__shape"] = (_shape(con, contract, month, lake, wanted, afresh=True),)
            if window:
                files = (_shape(con, contract, each, lake, wanted) for each in (*season, *window))
                shapes[f"{feed}__history"] = tuple(files)
                before[feed] = _rows(lake, feed, window[-1])
                found[feed] = tuple(window)
    return Past(shapes, before, found)


def _columns(suite: Suite) -> dict[str, tuple[str, ...]]:
    """What the suite's rules ask of a shape: measure to columns."""
    wanted: dict[str, set[str]] = {}
    for rule in suite.rules:
        measure = MEASURES.get(rule.name)
        if measure:
            wanted.setdefault(measure, set()).update(rule.columns)
    return {measure: tuple(sorted(names)) for measure, names in sorted(wanted.items())}


def _held(lake: Lake) -> set[str]:
    """The months that gate 1 holds: what was not accepted is no measure for what comes after."""
    verdicts = {m: read_verdict(lake, "gate1", Month.parse(m)) for m in lake.months("verdicts")}
    return {m for m, verdict in verdicts.items() if verdict is not None and verdict.status == "held"}


def _rows(lake: Lake, feed: str, month: Month) -> Files:
    return tuple(sorted(lake.partition("standardised", feed=feed, month=str(month)).glob("*.parquet")))


def _shape(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    month: Month,
    lake: Lake,
    wanted: Mapping[str, Sequence[str]],
    *,
    afresh: bool = False,
) -> Path:
    """The file with a feed's shape in a month, made where it is missing or of other rows or rules, or ``afresh``.

    The month that is inspected makes its shape afresh: two codes that changed places change no footer. Earlier
    months did so when they were inspected themselves.
    """
    files = _rows(lake, contract.feed, month)
    query = shape_query(contract, month, wanted)
    made_from = _print(files, query)
    keys = {"feed": contract.feed, "month": str(month)}
    path = lake.partition(TABLE, **keys) / _FILE
    if afresh or not path.exists() or _made_from(path) != made_from:
        listed = ", ".join(f"'{quoted(file)}'" for file in files)
        con.execute(
            "CREATE OR REPLACE TEMP VIEW delivered AS FROM"
            f" read_parquet([{listed}], union_by_name = true, hive_partitioning = false)"
        )
        with lake.replacing(TABLE, **keys) as folder:
            copy_to_parquet(
                con, f"SELECT *, '{made_from}' AS made_from FROM ({query}) ORDER BY ALL", folder / _FILE
            )
    return path


def shape_query(contract: Contract, month: Month, wanted: Mapping[str, Sequence[str]]) -> str:
    """SQL over the view ``delivered``: ``month, measure, column, value, number, of_rows``.

    ``rows`` counts, ``content`` is a sum over all cells that does not depend on the order of rows, ``filled`` a share
    per column, ``word`` the share of each value among the filled cells, ``amount`` the geometric mean of the amounts
    above nought, ``day`` the mean of a date's quartiles in days since 1970. Of a feed whose rows show their month
    only the month's own rows count: history and late rows that come beside are no part of its shape.
    """
    own = (
        f"substr(CAST({quoted_name(contract.month_evidence)} AS VARCHAR), 1, 7) = '{month}'"
        if contract.month_evidence
        else "true"
    )
    names = [quoted_name(column.name) for column in contract.columns]
    lines = [
        _line("rows", "", _counted(contract), "count(*)"),
        _line("content", "", _content(names), "count(*)"),
    ]
    lines += [
        _line("filled", column.name, f"count({quoted_name(column.name)}) / nullif(count(*), 0)", "count(*)")
        for column in contract.columns
    ]
    lines += [_line("amount", name, *_typical_amount(quoted_name(name))) for name in wanted.get("amount", ())]
    lines += [_line("day", name, *_typical_day(quoted_name(name))) for name in wanted.get("day", ())]
    words = [
        f"SELECT 'word', '{name}', CAST({quoted_name(name)} AS VARCHAR), CAST(count(*) / sum(count(*)) OVER () AS DOUBLE),"
        f" count(*) FROM own WHERE {quoted_name(name)} IS NOT NULL GROUP BY {quoted_name(name)}"
        for name in wanted.get("word", ())
    ]
    told = f"SELECT unnest([{', '.join(lines)}], recursive := true) FROM own"
    return f"WITH own AS (FROM delivered WHERE {own}) SELECT '{month}' AS month, * FROM ({' UNION ALL '.join([told, *words])})"


def _line(measure: str, column: str, number: str, of_rows: str) -> str:
    return (
        f"{{'measure': '{measure}', 'column': '{column}', 'value': '', 'number': CAST({number} AS DOUBLE),"
        f" 'of_rows': CAST({of_rows} AS BIGINT)}}"
    )


def _counted(contract: Contract) -> str:
    """Rows; of a running list events, for one that is sent again beside is the same event."""
    if contract.delivery != "running":
        return "count(*)"
    return f"count(DISTINCT row({', '.join(map(quoted_name, contract.event_key))}))"


def _content(names: Sequence[str]) -> str:
    # Whole in a DOUBLE: below 2 to the 52nd.
    return f"sum(hash({', '.join(names)}) % 1000000007) % 4503599627370496"


def _typical_amount(name: str) -> tuple[str, str]:
    logarithm = f"CAST(round(ln(CASE WHEN {name} > 0 THEN CAST({name} AS DOUBLE) END) * {_FINE}) AS BIGINT)"
    return (
        f"exp(sum({logarithm}) / nullif(count(*) FILTER ({name} > 0), 0) / {_FINE})",
        f"count(*) FILTER ({name} > 0)",
    )


def _typical_day(name: str) -> tuple[str, str]:
    quartiles = " + ".join(f"epoch(quantile_disc({name}, {part})) // 86400" for part in (0.25, 0.5, 0.75))
    return f"({quartiles}) / 3", f"count({name})"


def _print(files: Sequence[Path], query: str) -> str:
    """What a shape was made from: the query and the files' sizes and footers (a footer tells every column's
    bytes, counts and bounds), so that a large month is not read again to see that it has not changed."""
    digest = hashlib.sha256(query.encode())
    for file in files:
        with file.open("rb") as handle:
            handle.seek(-_FOOTER, 2)
            length = int.from_bytes(handle.read(4), "little")
            handle.seek(-_FOOTER - length, 2)
            digest.update(f"{file.stat().st_size}".encode() + handle.read(length))
    return digest.hexdigest()


def _made_from(path: Path) -> str:
    try:
        kept = first_row(path, ["made_from"])
    except (OSError, pa.ArrowException):
        # It can always be made again.
        return ""
    return str(kept["made_from"]) if kept else ""
