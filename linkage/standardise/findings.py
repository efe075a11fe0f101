"""Rows that meet a row rule: what is asked of the agency, and which rows are set aside.

The rules run as one query over the standardised rows; a row that is set aside is then left out of everything that
follows, and stands in ``row_findings`` with its reason.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from linkage.standardise.cells import fold_word_cells
from linkage.standardise.columns import standardised_query
from linkage.standardise.row_conditions import Asked, condition, proposal
from linkage.standardise.source import fold_id_cells, fold_name_cells
from linkage.standardise.text import literal
from warehouse.database import copy_to_parquet, count_rows, has_rows, quoted
from warehouse.intake.contract import Contract
from warehouse.intake.row_rule import SET_ASIDE, applied_rules, row_key
from warehouse.lake import Lake, drop
from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.slips.tables import NEW, OPEN, ROW_FINDINGS

PAST = "findings_past"
# Parts of a key or an id are kept apart by a sign that no cell holds.
_APART = "chr(31)"


@dataclass(frozen=True)
class Delivery:
    """A feed's files of a month by the hash of their bytes, and what was corrected in them by slips.

    Two runs of the same delivery find the same; another delivery is compared with the one before it.
    """

    files: tuple[tuple[str, str], ...]
    corrections: str = ""

    @property
    def fingerprint(self) -> str:
        """One hash for all of it."""
        parts = [*("\x1f".join(file) for file in self.files), self.corrections]
        return hashlib.sha256("\x1e".join(parts).encode()).hexdigest()


def find(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    rows: Path,
    *,
    month: Month,
    policy: Policy | None,
    delivery: Delivery,
) -> None:
    """Make the tables ``found`` (one row per finding) and ``set_aside`` (places) from the standardised file ``rows``."""
    relation = f"read_parquet('{quoted(rows)}')"
    asked = [Asked(contract, of, month, policy) for of in applied_rules(contract)]
    parts = [
        _finding(one, place, sql.replace("{rows}", relation), relation)
        for place, one in enumerate(asked)
        if (sql := condition(one)) is not None
    ]
    con.execute("CREATE OR REPLACE TEMP TABLE delivered_file (file VARCHAR, sha256 VARCHAR)")
    if delivery.files:
        con.executemany("INSERT INTO delivered_file VALUES (?, ?)", [list(file) for file in delivery.files])
    fields = 'file, sheet, "row", "column", rule, treatment, reason, proposed_kind, proposed'
    named = f"'T' || left(md5(concat_ws({_APART}, {literal(contract.feed)}, '{month}', coalesce(sha256, ''), file, sheet, \"row\", \"column\", rule)), 16)"
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE found AS
        SELECT {named} AS finding_id, {fields}, coalesce(delivered_key.row_key, met.row_key) AS row_key
        FROM ({" UNION ALL ".join(parts)}) AS met
        LEFT JOIN delivered_file USING (file)
        LEFT JOIN delivered_key USING (file, sheet, "row")
        -- A cell that two rules find by the same fault is told once, by the feed's own rule.
        QUALIFY row_number() OVER (PARTITION BY file, sheet, "row", "column", fault ORDER BY place) = 1
    """)  # fmt: skip
    con.execute(
        'CREATE OR REPLACE TEMP TABLE set_aside AS SELECT DISTINCT file, sheet, "row" FROM found'
        f" WHERE treatment = '{SET_ASIDE}'"
    )


def leave_out(con: duckdb.DuckDBPyConnection, rows: Path, *, feed: str, month: Month, lake: Lake) -> int:
    """Move the rows that are set aside from ``rows`` to ``rows_aside``, and take them out of ``source``; give their number."""
    count = count_rows(con, "set_aside")
    if not count:
        drop(lake.partition("rows_aside", feed=feed, month=str(month)))
    else:
        kept = rows.with_name(f"kept-{rows.name}")
        query = (
            f"SELECT * FROM read_parquet('{quoted(rows)}') AS s WHERE {{}} EXISTS (SELECT 1 FROM set_aside AS a"
            ' WHERE a.file = s.file AND a.sheet = s.sheet AND a."row" = s."row") ORDER BY file, sheet, "row"'
        )
        with lake.replacing("rows_aside", feed=feed, month=str(month)) as folder:
            copy_to_parquet(con, query.format(""), folder / rows.name)
        copy_to_parquet(con, query.format("NOT"), kept)
        kept.replace(rows)
        con.execute(
            "CREATE OR REPLACE TEMP VIEW delivered AS SELECT * FROM corrected_rows AS d"
            " WHERE NOT EXISTS (SELECT 1 FROM set_aside AS a"
            ' WHERE a.file = d.file AND a.sheet = d.sheet AND a."row" = d."row")'
        )
    return count


def write_findings(
    con: duckdb.DuckDBPyConnection, contract: Contract, *, month: Month, lake: Lake, delivery: Delivery
) -> dict[str, int]:
    """Write the feed's ``row_findings``; give what became of the findings of the delivery before (``findings_…``)."""
    feed = contract.feed
    before = _keep(con, feed, month, lake, delivery)
    con.execute(f"CREATE OR REPLACE TEMP TABLE stood AS {before}")
    fields = ", ".join(
        f"CASE WHEN place <= coalesce(times, 0) THEN '{OPEN}' ELSE '{NEW}' END AS standing"
        if name == "standing"
        else f'"{name}"'
        for name in ROW_FINDINGS
    )
    # Two rows of one key are told apart by their order: as many stay open as stood before.
    query = f"""
        SELECT {fields}
        FROM (SELECT *, row_number() OVER (PARTITION BY row_key, "column", rule ORDER BY file, sheet, "row") AS place
              FROM found) LEFT JOIN stood USING (row_key, "column", rule)
        ORDER BY file, sheet, "row", "column", rule"""
    with lake.replacing("row_findings", feed=feed, month=str(month)) as folder:
        copy_to_parquet(con, query, folder / "part-0.parquet")
    settled = con.execute(
        'SELECT coalesce(sum(greatest(times - coalesce(now, 0), 0)), 0) FROM stood LEFT JOIN (SELECT row_key, "column",'
        ' rule, count(*) AS now FROM found GROUP BY ALL) USING (row_key, "column", rule)'
    ).fetchone()
    stood = con.execute("SELECT coalesce(sum(times), 0) FROM stood").fetchone()
    total, gone = count_rows(con, "found"), int(settled[0]) if settled else 0
    still = (int(stood[0]) if stood else 0) - gone
    return {"settled": gone, "open": still, "new": total - still}


def keep_delivered_keys(con: duckdb.DuckDBPyConnection, contract: Contract, last_day: date) -> None:
    """Make the table ``delivered_key``: the key, as delivered, of each row in which a slip corrected a part of the key.

    A row is known again by what its file says, whether or not the agency has put it right since. The cells are folded as
    ever, words within all that was delivered; to be called before the corrections are laid over.
    """
    con.execute(
        'CREATE OR REPLACE TEMP TABLE delivered_key (file VARCHAR, sheet VARCHAR, "row" INTEGER, row_key VARCHAR)'
    )
    names = row_key(contract)
    listed = ", ".join(literal(name) for name in names) or "''"
    of_key = f'SELECT DISTINCT file, sheet, "row" FROM correction WHERE "column" IN ({listed})'
    if not has_rows(con, f"({of_key})"):
        return
    fold_word_cells(con, contract)
    con.execute(
        "CREATE OR REPLACE TEMP VIEW delivered AS"
        f' SELECT * FROM landed_rows SEMI JOIN ({of_key}) USING (file, sheet, "row")'
    )
    fold_id_cells(con, contract, last_day)
    fold_name_cells(con, contract)
    con.execute(
        f'INSERT INTO delivered_key SELECT file, sheet, "row", {_key_sql(contract)} FROM ({standardised_query(contract)})'
    )


def _key_sql(contract: Contract) -> str:
    key = ", ".join(f"coalesce(CAST(\"{name}\" AS VARCHAR), '')" for name in row_key(contract)) or "''"
    return f"md5(concat_ws({_APART}, {key}))"


def _finding(asked: Asked, place: int, sql: str, relation: str) -> str:
    rule = asked.of.rule
    value, kind = proposal(asked)
    return (
        f'SELECT file, sheet, "row", {literal(asked.of.shown_column)} AS "column", {literal(rule.id)} AS rule,'
        f" {literal(rule.treatment)} AS treatment, {literal(rule.problem)} AS reason, {kind} AS proposed_kind,"
        f" {value} AS proposed, {_key_sql(asked.contract)} AS row_key, {literal(rule.when)} AS fault,"
        f" {place} AS place FROM {relation} WHERE {sql}"
    )


def _keep(con: duckdb.DuckDBPyConnection, feed: str, month: Month, lake: Lake, delivery: Delivery) -> str:
    """Write down the keys that this delivery's findings have; give SQL of those of the delivery before it.

    One file a delivery, numbered as they came and never taken away, so that a rerun compares with the same one.
    """
    folder = lake.partition(PAST, feed=feed, month=str(month))
    past = sorted(folder.glob("*.parquet"))
    own = next((path for path in past if path.stem.endswith(delivery.fingerprint)), None)
    if own is None:
        own = folder / f"{len(past):04d}-{delivery.fingerprint}.parquet"
        past.append(own)
    query = 'SELECT row_key, "column", rule, count(*) AS times FROM found GROUP BY ALL ORDER BY ALL'
    with lake.adding(own) as aside:
        copy_to_parquet(con, query, aside)
    earlier = past[: past.index(own)]
    if not earlier:
        return 'SELECT row_key, "column", rule, 0::BIGINT AS times FROM found WHERE false'
    return f"SELECT * FROM read_parquet('{quoted(earlier[-1])}')"
