"""A province put together from counties: every row of the truth is where it says, and nobody's number is another's."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from console.county import province
from console.county.province import counties_for
from console.county.seat import here, seated, seats
from console.county.write import write_county
from warehouse.intake.receive import receive
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import load
from warehouse.settings import REPOSITORY

MONTH = Month.parse("2026-08")


def test_a_county_stays_one_and_a_province_has_as_many_as_there_are_divisions() -> None:
    assert counties_for(300_000) == 1
    assert counties_for(1_000_000) == 7
    assert counties_for(6_000_000) == len(seats()) == 44


def test_the_county_that_is_made_is_left_again_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), seated(seats()[3]):
        assert here() == seats()[3]
        raise ZeroDivisionError
    assert here() == seats()[0]


def test_rows_of_the_truth_are_rows_of_the_joined_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(province, "LARGEST_COUNTY", 400)
    monkeypatch.setattr(province, "PEOPLE_PER_COUNTY", 250)
    account = write_county(tmp_path / "p", seed=5, persons=500, months=[MONTH], report=lambda _: None)
    lake = Lake(tmp_path / "home")
    received = receive(
        MONTH,
        inbox=tmp_path / "p" / "inbox",
        lake=lake,
        policy=load(REPOSITORY / "dbt_project" / "seeds" / "policy", "tongren", MONTH),
    )
    assert received.counts["files_current"] == account.files
    landed = f"{lake.root}/landed/feed={{feed}}/month=2026-08/*.parquet"
    with duckdb.connect() as con:
        of_all, in_files, as_written = (
            con.execute(f"""
            SELECT count(*), count(landed.file), count(*) FILTER (trim(landed.id_no) = trim(id_as_written))
            FROM (SELECT * FROM '{tmp_path}/p/truth/ids_as_written.parquet' WHERE feed = 'medical_enrolment') AS truth
            LEFT JOIN '{landed.format(feed="medical_enrolment")}' AS landed USING (file, "row")""").fetchone()
            or ()
        )
        assert of_all == in_files == as_written > 450
        # Nobody of one county is called by the insurance what somebody of the other is called.
        shared = con.execute(f"""
            SELECT psn_no FROM '{landed.format(feed="medical_enrolment")}' AS landed
            JOIN '{tmp_path}/p/truth/rows.parquet' AS truth USING (file, "row")
            GROUP BY psn_no HAVING count(DISTINCT true_person[:2]) > 1""").fetchall()
        assert not shared
        people, numbers = (
            con.execute(
                f"SELECT count(DISTINCT true_person), count(DISTINCT id_no) FROM '{tmp_path}/p/truth/people.parquet'"
            ).fetchone()
            or ()
        )
        assert people == numbers >= 500
        places = con.execute(
            f"SELECT DISTINCT county FROM '{landed.format(feed='assistance_roster')}' ORDER BY county"
        ).fetchall()
        assert [name for (name,) in places if name in ("同仁市", "尖扎县")] == ["同仁市", "尖扎县"]
