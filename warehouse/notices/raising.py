"""Which facts of the month are contradicted: every kind of the catalogue asked of the evidence, set-wise."""

from __future__ import annotations

import duckdb

from warehouse.intake.contract import contracts
from warehouse.notices.kinds import FINDINGS, Catalogue, Kind
from warehouse.policy import Policy

RAISED = {
    "kind": "VARCHAR",
    "priority": "INTEGER",
    "feed": "VARCHAR",
    "file": "VARCHAR",
    "sheet": "VARCHAR",
    "row": "INTEGER",
    "person_id": "VARCHAR",
    "own_key": "VARCHAR",
    "field": "VARCHAR",
    "stated": "VARCHAR",
    "proposed": "VARCHAR",
    "sources": "INTEGER",
    "grps": "VARCHAR",
    "detail": "VARCHAR",
}


def raise_all(con: duckdb.DuckDBPyConnection, policy: Policy, kinds: Catalogue) -> None:
    """Make ``raised``: one row per notice, with its ``notice_id``; ``evidence.lay_out`` has been.

    A row is asked once about one thing (by the kind of the best priority), an agency once about one wrong value
    of one person, whatever number of its feeds shows it.
    """
    columns = ", ".join(f'"{name}" {kind}' for name, kind in RAISED.items())
    con.execute(f"CREATE OR REPLACE TEMP TABLE raised ({columns})")
    # A wrong spouse is looked for before life after death, which it explains.
    for kind in sorted(kinds.kinds, key=lambda one: (one.finding != "wrong_spouse", one.id)):
        _raise(con, kind, policy)
    agencies = " ".join(f"WHEN '{feed}' THEN '{contract.agency}'" for feed, contract in contracts().items())
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE raised AS
        WITH told AS (
            SELECT *, CASE feed {agencies} END AS agency,
                'N' || left(md5(concat_ws('|', kind, own_key, field, coalesce(stated, ''))), 16) AS notice_id
            FROM raised
        ),
        -- One question per row and thing said of it.
        once AS (
            FROM told
            QUALIFY row_number() OVER (
                PARTITION BY feed, file, sheet, "row", field ORDER BY priority, kind) = 1
        ),
        apart AS (
            FROM once
            QUALIFY row_number() OVER (PARTITION BY notice_id ORDER BY file, sheet, "row") = 1
        )
        FROM apart
        QUALIFY row_number() OVER (
            PARTITION BY agency, person_id, kind, CASE WHEN field IN ('standing', 'agency_key', 'bill') THEN notice_id ELSE stated END
            ORDER BY feed, file, sheet, "row") = 1
    """)


def _raise(con: duckdb.DuckDBPyConnection, kind: Kind, policy: Policy) -> None:
    """Add what one kind finds; a need that is not configured raises nothing."""
    if not policy.is_configured(kind.needs):
        return
    con.execute(f"SET VARIABLE kind = '{kind.id}'")
    con.execute(f"SET VARIABLE field = '{kind.field}'")
    con.execute(f"SET VARIABLE needs = {policy.count(kind.needs)}")
    finding = (FINDINGS / f"{kind.finding}.sql").read_text(encoding="utf-8")
    con.execute(f"""
        INSERT INTO raised
        SELECT '{kind.id}', {kind.priority}, feed, file, sheet, "row", person_id, own_key, '{kind.field}',
            stated, {"proposed" if kind.proposes else "NULL"}, sources, grps, detail
        FROM ({finding}) AS found
    """)
