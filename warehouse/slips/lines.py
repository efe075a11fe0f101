"""The lines of a feed's slip: its findings with the cell as delivered, what may be proposed, and rows that could not be read.

Everything is joined in the engine and handed on line by line; whole values stay between here and the masking.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.database import count_rows, quoted
from warehouse.intake.contract import Contract
from warehouse.intake.row_rule import every_rule
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.slips.tables import LINKED, NOT_READ, correction_files, findings_files

_BATCH = 2_000


@dataclass(frozen=True)
class Line:
    """One line of a slip. ``column`` is canonical, empty for the whole row; ``value`` and ``proposed`` are whole."""

    line_id: str
    file: str
    sheet: str
    row: int
    column: str
    rule: str
    treatment: str
    reason: str
    standing: str
    value: str | None
    proposed: str | None
    proposed_kind: str | None
    was_corrected: bool


def open_lines(
    con: duckdb.DuckDBPyConnection, contract: Contract, month: Month, lake: Lake, *, with_links: bool
) -> int:
    """Make the view ``slip_line`` of a feed's slip and give how many lines it has.

    ``with_links``: whether the agency may be shown the number that a certain link to another row knows.
    """
    feed = contract.feed
    _table(con, "finding", findings_files(lake, month, feed), _NO_FINDING)
    quarantine = sorted(lake.partition("quarantine", month=str(month)).glob("*.parquet"))
    _table(con, "not_read", quarantine, _NO_QUARANTINE, f"WHERE feed = '{quoted(feed)}'")
    landed = sorted(lake.partition("landed", feed=feed, month=str(month)).glob("*.parquet"))
    _table(con, "cell", landed, _NO_CELL)
    corrected = correction_files(lake, month)
    _table(con, "was_corrected", corrected, _NO_FINDING, f"WHERE feed = '{quoted(feed)}'")
    _linked(con, contract, month, lake, with_links=with_links)
    con.execute(f"CREATE OR REPLACE TEMP VIEW slip_line AS {_lines(con, contract, month)}")
    return count_rows(con, "slip_line")


def lines(con: duckdb.DuckDBPyConnection, most: int) -> Iterator[Line]:
    """The first ``most`` lines of ``slip_line``: rows that were not used before those that were, then by place."""
    found = con.execute(
        f'SELECT * FROM (SELECT * FROM slip_line ORDER BY treatment = \'asked\', file, sheet, "row", "column", rule LIMIT {most})'
        ' ORDER BY file, sheet, "row", "column", rule'
    )
    while batch := found.fetchmany(_BATCH):
        yield from (Line(*values) for values in batch)


_NO_FINDING = (
    "SELECT '' AS finding_id, '' AS file, '' AS sheet, 0 AS \"row\", '' AS \"column\", '' AS rule, '' AS treatment,"
    " '' AS reason, '' AS standing, NULL::VARCHAR AS proposed, NULL::VARCHAR AS proposed_kind WHERE false"
)
_NO_QUARANTINE = "SELECT '' AS file, '' AS sheet, 0 AS \"row\", '' AS reason WHERE false"
_NO_CELL = "SELECT '' AS file, '' AS sheet, 0 AS \"row\" WHERE false"


def _table(
    con: duckdb.DuckDBPyConnection, name: str, files: list[Path], otherwise: str, chosen: str = ""
) -> None:
    listed = ", ".join(f"'{quoted(file)}'" for file in files)
    query = (
        f"SELECT * FROM read_parquet([{listed}], hive_partitioning = false) {chosen}" if files else otherwise
    )
    con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {query}")


def _linked(
    con: duckdb.DuckDBPyConnection, contract: Contract, month: Month, lake: Lake, *, with_links: bool
) -> None:
    """Make the table ``known_id`` (place, column, id_no): what a certain link knows of a row's person."""
    links = sorted(lake.partition("crosswalk", month=str(month)).glob("*.parquet"))
    persons = lake.partition("registry", month=str(month)) / "persons.parquet"
    rules = ", ".join(f"'{rule_id}'" for rule_id, (_, rule) in every_rule().items() if rule.may_be_linked)
    none = "SELECT '' AS file, '' AS sheet, 0 AS \"row\", '' AS \"column\", '' AS id_no WHERE false"
    parts = [
        f'SELECT link.file, link.sheet, link."row", \'{person.id}\' AS "column", known.id_no'
        f" FROM link JOIN known USING (person_id) WHERE link.role = '{person.role}'"
        for person in contract.persons
        if person.id and contract.column(person.id).kind == "id"
    ]
    if not (with_links and links and persons.exists() and rules and parts):
        con.execute(f"CREATE OR REPLACE TEMP TABLE known_id AS {none}")
        return
    listed = ", ".join(f"'{quoted(file)}'" for file in links)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE known_id AS
        WITH asked AS (SELECT DISTINCT file, sheet, "row" FROM finding WHERE rule IN ({rules})),
        link AS (
            SELECT file, sheet, "row", role, person_id FROM read_parquet([{listed}], hive_partitioning = false)
            SEMI JOIN asked USING (file, sheet, "row")
            WHERE feed = '{quoted(contract.feed)}' AND grade = 'certain'
        ),
        known AS (SELECT person_id, id_no FROM read_parquet('{quoted(persons)}') WHERE id_no IS NOT NULL)
        {" UNION ALL ".join(parts)}
    """)


def _lines(con: duckdb.DuckDBPyConnection, contract: Contract, month: Month) -> str:
    there = {row[0] for row in con.execute("DESCRIBE cell").fetchall()}
    told = [row[0] for row in con.execute('SELECT DISTINCT "column" FROM finding').fetchall()]
    cells = " ".join(f"WHEN '{name}' THEN c.\"{name}\"" for name in sorted(told) if name in there)
    value = f'CASE f."column" {cells} END' if cells else "NULL::VARCHAR"
    rules = ", ".join(f"'{rule_id}'" for rule_id, (_, rule) in every_rule().items() if rule.may_be_linked)
    return f"""
        SELECT f.finding_id AS line_id, f.file, f.sheet, f."row", f."column", f.rule,
            CASE WHEN aside.file IS NULL THEN f.treatment ELSE 'set_aside' END AS treatment, f.reason, f.standing,
            {value} AS value, coalesce(f.proposed, k.id_no) AS proposed,
            coalesce(f.proposed_kind, CASE WHEN k.id_no IS NOT NULL THEN '{LINKED}' END) AS proposed_kind,
            w.file IS NOT NULL AS was_corrected
        FROM finding AS f
        -- Whatever else is wrong with a row that was set aside: it is not used, and its slip must not say so.
        LEFT JOIN (SELECT DISTINCT file, sheet, "row" FROM finding WHERE treatment = 'set_aside') AS aside
            ON aside.file = f.file AND aside.sheet = f.sheet AND aside."row" = f."row"
        LEFT JOIN cell AS c ON c.file = f.file AND coalesce(c.sheet, '') = f.sheet AND c."row" = f."row"
        LEFT JOIN known_id AS k ON k.file = f.file AND k.sheet = f.sheet AND k."row" = f."row"
            AND k."column" = f."column" AND f.rule IN ({rules})
        LEFT JOIN (SELECT DISTINCT file, sheet, "row", "column" FROM was_corrected) AS w
            ON w.file = f.file AND w.sheet = f.sheet AND w."row" = f."row" AND w."column" = f."column"
        UNION ALL
        SELECT 'N' || left(md5(concat_ws(chr(31), '{contract.feed}', '{month}', file, sheet, "row")), 16),
            file, sheet, "row", '' AS "column", reason AS rule, '{NOT_READ}' AS treatment, reason, '' AS standing,
            NULL AS value, NULL AS proposed, NULL AS proposed_kind, false AS was_corrected
        FROM not_read
    """  # fmt: skip
