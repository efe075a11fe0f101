"""Calls for help and alarms of the demo: every ticket has an end or a warning, and works that close are noticed."""

import duckdb
import pytest
from e2e_county import MONTHS


def rows(query):
    with duckdb.connect() as con:
        return con.execute(query).fetchall()


@pytest.mark.parametrize("month", MONTHS)
def test_every_late_ticket_is_a_warning_and_no_other_is(demo, month):
    tickets = f"'{demo}/home/lake/marts/fct_ticket_monthly/month={month}/*.parquet'"
    late = rows(f"SELECT warning_id FROM {tickets} WHERE state = '超时未办' AND person_id IS NOT NULL")
    raised = rows(
        f"SELECT warning_id FROM '{demo}/home/release/{month}/warnings.parquet' WHERE rule_id = 'R04'"
    )
    assert raised
    assert sorted(late) == sorted(raised)
    assert rows(f"SELECT count(*) FROM {tickets} WHERE channel IS NULL OR clock_hours IS NULL") == [(0,)]


def test_works_that_close_in_a_village_give_the_county_an_alarm_and_nobody_a_warning(demo):
    found = rows(
        "SELECT month, township, village, households, known_households, since FROM "
        f"read_parquet('{demo}/home/lake/marts/fct_alarm_monthly/*/*.parquet', hive_partitioning = true, "
        "hive_types = {'month': VARCHAR}) WHERE cause_rule = 'C12' ORDER BY month"
    )
    # They close in the second month; its list of the unemployed comes with the third month's.
    assert [month for month, *_ in found] == [MONTHS[-1]]
    assert all(households >= 5 and households <= known for _, _, _, households, known, _ in found)
    assert [since for *_, since in found] == [MONTHS[-1]]
    warnings = f"'{demo}/home/release/{MONTHS[-1]}/warnings.parquet'"
    assert rows(f"SELECT count(*) FROM {warnings} WHERE rule_id = 'A01'") == [(0,)]
