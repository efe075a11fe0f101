"""Three months of a county through the real DAGs: what a user can rely on."""

import csv
import json
import re

import duckdb
import pytest
from e2e_county import MONTHS, ROOT, content, doudi, tables

CATALOGUE = ROOT / "dbt_project" / "seeds" / "reference" / "rule_catalogue.csv"
with CATALOGUE.open(encoding="utf-8", newline="") as lines:
    RULES = {row["rule_id"] for row in csv.DictReader(lines) if row["kind"] != "报警"}


def rows(query):
    with duckdb.connect() as con:
        return con.execute(query).fetchall()


def test_the_demo_says_what_was_made_and_where(demo):
    printed = (demo / "printed.txt").read_text(encoding="utf-8")
    found = rows(f"SELECT DISTINCT rule_id FROM '{demo}/home/release/*/warnings.parquet'")
    raised = [rule for (rule,) in found]
    assert raised
    for words in (
        *MONTHS,
        *raised,
        "warning lists",
        "data docs",
        "the month's page",
        "certain",
        "packages to partners",
    ):
        assert words in printed
    packages = {path.name for path in (demo / "home" / "packages" / MONTHS[-1]).iterdir()}
    assert len(packages) == 6 and f"{MONTHS[-1]}  6 packages for partners" in printed
    tables_only = printed.partition("Rows, people, links")[2]
    assert all(month in tables_only for month in MONTHS), "the tables are folded"
    published = [line for line in printed.splitlines() if "publish_month" in line]
    assert len(published) == len(MONTHS), "a month was run more than once"


def test_both_doors_lead_to_the_same_rooms(demo, chained):
    """Airflow and the command give the same bytes."""
    assert content(demo / "home") == content(chained)


@pytest.mark.parametrize("month", MONTHS)
def test_the_row_account_holds_for_every_file(demo, month):
    done = doudi("account", "--month", month, "--home", demo / "home", "--json")
    account = next(iter(tables(done.stdout).values()))
    delivered = {
        path.name for path in (demo / "inbox" / month).iterdir() if path.suffix in {".csv", ".xlsx", ".xls"}
    }
    assert {line["file"] for line in account} <= delivered
    assert all(line["holds"] == "yes" for line in account)
    ledger = rows(f"SELECT file, status FROM '{demo}/home/lake/ledger/month={month}/*.parquet'")
    assert {file for file, _ in ledger} == delivered, "a delivered file is in no ledger"
    landed = {line["file"] for line in account}
    assert {file for file, status in ledger if status == "current"} <= landed


@pytest.mark.parametrize("month", MONTHS)
def test_every_person_bearing_row_is_in_the_crosswalk_once(demo, month):
    lake = demo / "home" / "lake"
    key = 'feed, file, sheet, "row", role'
    records = f"SELECT {key} FROM read_parquet('{lake}/records/feed=*/month={month}/*.parquet')"
    crosswalk = f"SELECT {key} FROM read_parquet('{lake}/crosswalk/month={month}/*.parquet')"
    assert rows(f"SELECT count(*) FROM ({records})") == rows(f"SELECT count(*) FROM ({crosswalk})")
    assert rows(f"SELECT count(*) FROM (({records}) EXCEPT ({crosswalk}))") == [(0,)]
    assert rows(f"SELECT count(*) FROM ({crosswalk} GROUP BY ALL HAVING count(*) > 1)") == [(0,)]


@pytest.mark.parametrize("month", MONTHS)
def test_every_warning_explains_itself(demo, month):
    found = rows(
        "SELECT rule_id, grade, status, evidence, policy_ref, requirement, township FROM "
        f"'{demo}/home/release/{month}/warnings.parquet'"
    )
    assert {rule for rule, *_ in found} <= RULES
    assert len(found) > 10
    for _, grade, status, evidence, policy_ref, requirement, _ in found:
        assert grade in {"确认", "疑似", "提示"}
        assert status in {"listed", "waiting", "silent"}
        assert json.loads(evidence)
        assert policy_ref
        assert requirement


def test_links_beat_the_exact_id_join_and_rules_find_what_was_planted(demo):
    done = doudi("assess", "--county", demo, "--home", demo / "home", "--json")
    found = tables(done.stdout)
    links = [line for line in found["Links against the planted truth"] if line["what"] == "all"]
    assert len(links) == len(MONTHS)
    for line in links:
        assert line["precision %"] > line["exact-ID precision %"]
        assert line["recall %"] > line["exact-ID recall %"]
        assert line["precision %"] >= 99.5
        assert line["recall %"] >= 97.0
    # The county plants for rules, too, that are not in the catalogue yet.
    warnings = [line for line in found["Warnings against the planted truth"] if line["rule"] in RULES]
    planted = sum(line["planted"] for line in warnings)
    assert planted > 50
    assert sum(line["found"] for line in warnings) / planted >= 0.95
    assert sum(line["raised on a near miss"] + line["without cause"] for line in warnings) <= planted * 0.05


def test_a_month_again_changes_no_byte_and_mints_nobody(demo, chained):
    before = content(chained)
    doudi("run", "--month", "2026-09", "--inbox", demo / "inbox", "--home", chained, "--quiet")
    assert content(chained) == before


def test_no_person_in_logs_outcomes_and_what_airflow_keeps(demo):
    """Every ID and phone of the county, searched in everything outside the lake and the lists."""
    ids = {
        value
        for (value,) in rows(
            "SELECT DISTINCT id_no FROM read_parquet("
            f"'{demo}/home/lake/profiles/feed=*/month=*/*.parquet') WHERE id_no IS NOT NULL"
        )
    }
    assert len(ids) > 1000
    searched = 0
    kept = [demo / "printed.txt", *(demo / "airflow").rglob("*"), *(demo / "home" / "logs").rglob("*")]
    kept += [*(demo / "home" / "lake" / "outcomes").rglob("*"), *(demo / "home" / "docs").rglob("*")]
    for path in kept:
        if path.is_file():
            text = path.read_bytes().decode("utf-8", errors="ignore")
            hits = {word for word in set(re.findall(r"\d{17}[\dX]", text)) if word in ids}
            assert not hits, f"{path.name} names {len(hits)} people"
            searched += 1
    assert searched > 20
