"""A household stands together on a list and in the ledger, however its rows spell the place."""

from __future__ import annotations

from pathlib import Path

import duckdb

from tests.unit.warehouse.release.made_up_month import MONTH, id_of, make, policy, write_table
from warehouse.intake.contract import contracts, standardised_schema
from warehouse.release import ledger, listing
from warehouse.release.marts import MARTS, attach


def _listed(rows: list[tuple[str, str | None, str, float]]) -> list[tuple[str, str, int, int]]:
    """Listing rows for warnings given as (id, village, household, priority), in list order."""
    with duckdb.connect() as con:
        for name, columns in MARTS.items():
            typed = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
            con.execute(f"CREATE TABLE {name} ({typed})")
        for warning, village, household, priority in rows:
            con.execute(
                "INSERT INTO fct_warning_monthly (warning_id, rule_id, person_id, household_id, township, village,"
                " status, priority) VALUES (?, 'C01', ?, ?, '隆务镇', ?, 'listed', ?)",
                [warning, warning, household, village, priority],
            )
        listing.prepare(con)
        return con.execute(
            "SELECT warning_id, village, household_place, place FROM listing ORDER BY village, place"
        ).fetchall()


def test_a_household_spelt_in_two_ways_is_on_one_sheet() -> None:
    found = _listed([
        ("w1", "索龙村", "H1", 10.0),
        ("w2", "索龙社区", "H1", 30.0),
        ("w3", "索龙村", "H1", 20.0),
        ("w4", "索龙村", "H2", 25.0),
        ("w5", None, "H2", 5.0),
    ])  # fmt: skip
    assert found == [
        ("w2", "索龙村", 1, 1),
        ("w3", "索龙村", 1, 2),
        ("w1", "索龙村", 1, 3),
        ("w4", "索龙村", 2, 4),
        ("w5", "索龙村", 2, 5),
    ]


def test_a_household_in_the_ledger_begins_with_its_head(tmp_path: Path) -> None:
    lake = make(tmp_path)
    rural = [
        {"file": "r", "sheet": "S", "row": row, "household_no": household, "person_no": str(row), "name": name,
         "name_raw": name, "relation": relation, "village": village, "township": "隆务镇", "class": "边缘易致贫户"}
        for row, (household, name, relation, village) in enumerate([
            ("B", "孙", "52", "甲社区"), ("A", "妻", "10", "乙村"), ("B", "主", "02", "乙村"), ("A", "户", "02", "乙村"),
        ], start=2)
    ]  # fmt: skip
    schema = standardised_schema(contracts()["rural_monitoring"])
    write_table(lake, "standardised", schema, rural, feed="rural_monitoring")
    with duckdb.connect() as con:
        attach(con, lake, MONTH)
        ledger.prepare(con, lake, month=MONTH, policy=policy())
        found = con.execute("SELECT name, place FROM ledger ORDER BY place").fetchall()
    assert found == [("户", 1), ("妻", 2), ("主", 3), ("孙", 4)]


def test_the_ledger_tells_an_aid_that_only_payments_tell(tmp_path: Path) -> None:
    lake = make(tmp_path)
    # Persons 1 and 5 are on no roster, person 0 is on 低保; person 3's money came back, person 7's was another month's.
    paid = [
        {"file": "pay.csv", "sheet": "", "row": number, "aid_type": aid, "pay_status": status, "pay_month": month}
        for number, aid, status, month in (
            (1, "临时救助", "成功", "2026-10"), (0, "临时救助", "成功", "2026-10"), (3, "临时救助", "退回", "2026-10"),
            (7, "临时救助", "成功", "2026-09"), (6, "低保", "成功", "2026-10"),
        )
    ]  # fmt: skip
    write_table(
        lake,
        "standardised",
        standardised_schema(contracts()["assistance_payment"]),
        paid,
        feed="assistance_payment",
    )
    links = [
        {"feed": "assistance_payment", "file": "pay.csv", "sheet": "", "row": row["row"], "role": "self",
         "person_id": f"P{row['row']:08d}", "grade": "certain"} for row in paid
    ]  # fmt: skip
    with duckdb.connect() as con:
        folder = lake.partition("crosswalk", month=str(MONTH))
        kept = con.execute(f"SELECT * FROM '{folder}/*.parquet'").fetch_arrow_table().to_pylist()
    columns = ("feed", "file", "sheet", "row", "role", "person_id", "grade")
    schema = {column: "INTEGER" if column == "row" else "VARCHAR" for column in columns}
    write_table(lake, "crosswalk", schema, kept + links)
    with duckdb.connect() as con:
        attach(con, lake, MONTH)
        ledger.prepare(con, lake, month=MONTH, policy=policy())
        found = dict(con.execute("SELECT id_no, aid FROM ledger").fetchall())
    assert found[id_of(1)] == "临时救助"
    assert found[id_of(0)] == "低保"
    assert found[id_of(3)] is None and found[id_of(7)] is None
    assert found[id_of(6)] is None  # the roster tells who is on 低保
