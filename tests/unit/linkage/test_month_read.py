"""What a month brings: every description once, and whole only where it is new."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from linkage.reading import open_month, read_fresh
from linkage.records import PROFILES
from linkage.scratch import drop, empty
from warehouse.lake import Lake
from warehouse.months import Month

AUGUST = Month.parse("2026-08")
_NAMED = {"profile_key", "feed", "role", "name", "name_raw"}


@pytest.fixture
def con(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Nobody is known yet but the description 1."""
    with duckdb.connect() as con:
        con.execute("CREATE TEMP TABLE known_before AS SELECT 1::UBIGINT AS profile_key")
        columns = ", ".join(f'"{name}" {kind}' for name, kind in PROFILES.items())
        con.execute(f"CREATE TEMP TABLE unsettled ({columns})")
        yield con


def _bring(con: duckdb.DuckDBPyConnection, lake: Lake, file: str, *told: tuple[int, str, str]) -> None:
    """Write a file of the feed's profiles: key, name for comparison, name as it stood."""
    folder = lake.partition("profiles", feed="births", month=str(AUGUST))
    folder.mkdir(parents=True, exist_ok=True)
    rest = ", ".join(
        f'CAST(NULL AS {kind}) AS "{name}"' for name, kind in PROFILES.items() if name not in _NAMED
    )
    rows = ", ".join(f"({key}::UBIGINT, 'births', 'kin', '{name}', '{raw}')" for key, name, raw in told)
    con.execute(f"""
        COPY (SELECT *, {rest} FROM (VALUES {rows}) AS told(profile_key, feed, role, name, name_raw))
        TO '{folder}/{file}.parquet' (FORMAT parquet)""")


def _fresh(con: duckdb.DuckDBPyConnection, lake: Lake) -> list[tuple[int, str]]:
    open_month(con, AUGUST, lake)
    read_fresh(con)
    return con.execute("SELECT profile_key, name FROM fresh ORDER BY ALL").fetchall()


def test_only_what_is_not_known_is_fresh(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    _bring(con, lake, "one", (1, "王建国", "王建国"), (2, "李秀兰", "李秀兰"))
    assert _fresh(con, lake) == [(2, "李秀兰")]
    assert con.execute("SELECT count(*) FROM seen").fetchone() == (2,), "the known one was seen as well"


def test_a_description_that_came_in_two_parts_is_taken_once(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    lake = Lake(tmp_path)
    _bring(con, lake, "one", (2, "李秀兰", "李秀兰"))
    _bring(con, lake, "two", (2, "李秀兰", "李秀兰"), (3, "扎西", "扎西之子"))
    assert _fresh(con, lake) == [(2, "李秀兰"), (3, "※扎西")], "and a father's name is marked as such"
    assert con.execute("SELECT profile_key FROM seen ORDER BY ALL").fetchall() == [(2,), (3,)]


def test_a_month_without_descriptions_is_empty(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    assert _fresh(con, Lake(tmp_path)) == []


def test_what_is_emptied_keeps_its_columns_and_what_is_dropped_may_be_missing() -> None:
    with duckdb.connect() as con:
        con.execute("CREATE TEMP TABLE told AS SELECT 1::UBIGINT AS profile_key, 'x' AS name")
        empty(con, "told")
        assert con.execute("FROM told").fetchall() == []
        con.execute("INSERT INTO told VALUES (2, 'y')")
        drop(con, "told", "never_made")
        assert con.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'told'").fetchone() == (
            0,
        )
