"""Gate 1 over ten million settlements beside the same checks written by hand in SQL, on the same DuckDB, in one run.

    make bench-gate                                10,000,000 rows
    python tests/bench/gate.py 1000000             another number

A made-up county's standardised settlements are multiplied (other ids, numbers and amounts, the same shapes), and the
suite of that feed is asked of them three times each way in turn, every time in a process of its own: seconds by the
wall and of CPU, peak memory, and whether both ways measure the same. The month before is known to both by its
figures, as it is in a home in which the gate ran a month ago.
"""

import json
import os
import shutil
import string
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "var" / "bench" / "gate"
FEED = "medical_settlement"
MONTHS = ("2026-09", "2026-10")
TIMES = 3
# Copies of a person's number that the enrolments have too.
PERSONS = 100
PRECISION = 2e-6

# The rules whose measure has a counterpart below; the others look at the dock's few rows.
RATIOS = {
    "04": "own_read/own_written", "05": "added_up/totals", "06": "states_known/states_written", "07": "reversed/n",
    "08": "days_sane/days_written", "11": "ids_valid/ids_written", "19": "not_negative/totals",
}  # fmt: skip


def by_hand():
    """Print as JSON what the queries by hand measure, rule by rule; they read the last month's figures from a file."""
    here, there = _figures(MONTHS[1]), json.loads((FOLDER / "before.json").read_text("utf-8"))
    told = {rule: here[part.split("/")[0]] / here[part.split("/")[1]] for rule, part in RATIOS.items()}
    told |= {"09": here["repeated"], "18": here["repeated"], "10": here["known"], "17": here["agreeing"]}
    told["12"] = here["own_rows"] / there["own_rows"]
    told["13"] = max(0, *(there[name] - here[name] for name in here if name.startswith("f_")))
    told["14"] = max(
        (there["states"][state] / sum(there["states"].values()) * sum(here["states"].values())
         for state in there["states"] if state not in here["states"]), default=0,
    )  # fmt: skip
    told["15"] = _times(here["typical_total"], there["typical_total"])
    told["16"] = _times(here["typical_own"], there["typical_own"])
    told["20"] = _moved(here["cares"], there["cares"])
    told["21"] = here["garbled"] / here["names"]
    print(json.dumps(told))


def _figures(month):
    import duckdb

    from warehouse.months import Month

    text = Path(__file__).with_name("gate_by_hand.sql").read_text("utf-8")
    places = {
        "settlements": f"{_lake()}/standardised/feed={FEED}/month={month}/*.parquet",
        "enrolments": f"{_lake()}/standardised/feed=medical_enrolment/month={month}/*.parquet",
        "first": f"{month}-01",
        "end": str(Month.parse(month).last_day),
    }
    found = {}
    with duckdb.connect() as con:
        con.execute("SET threads = 2; SET memory_limit = '3GB'")
        for part in text.split("-- name: ")[1:]:
            name, _, query = part.partition("\n")
            cursor = con.execute(string.Template(query).safe_substitute(places))
            if name in ("states", "cares"):
                found[name] = dict(cursor.fetchall())
            else:
                found |= dict(
                    zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True)
                )
    return found


def _times(here, there):
    return max(here / there, there / here)


def _moved(here, there):
    share = [{key: n / sum(mix.values()) for key, n in mix.items()} for mix in (here, there)]
    return sum(abs(share[0].get(key, 0) - share[1].get(key, 0)) for key in {*here, *there}) / 2


def by_gate(month=MONTHS[1]):
    """Print as JSON what gate 1 measures, rule by rule; the same call as ``doudi gate1``, with this feed's suite alone."""
    from expectations.gate import inspect_standardised
    from warehouse.errors import GateHeld
    from warehouse.lake import Lake
    from warehouse.months import Month
    from warehouse.policy import load
    from warehouse.settings import REPOSITORY
    from warehouse.verdicts import read_verdict

    when, lake = Month.parse(month), Lake(FOLDER / "home")
    policy = load(REPOSITORY / "dbt_project" / "seeds" / "policy", "tongren", when)
    # What is measured is the time of all checks: a county that is a hundredfold of another may fail one.
    try:
        inspect_standardised(when, lake=lake, policy=policy, folder=FOLDER / "suites")
    except GateHeld as held:
        print(held.what, file=sys.stderr)
    rules = read_verdict(lake, "gate1", when).rules
    print(json.dumps({rule.id[-2:]: rule.observed.get("measured") for rule in rules}))


def _lake():
    return FOLDER / "home" / "lake"


def make(rows):
    """The county, its standardised months, and the multiplied settlements in their place."""
    import duckdb

    shutil.rmtree(FOLDER, ignore_errors=True)
    county, home = str(FOLDER / "county"), str(FOLDER / "home")
    months = f"{MONTHS[0]}..{MONTHS[-1]}"
    _run("-m", "console", "county", "--out", county, "--seed", "3", "--persons", "2000", "--months", months)
    for month in MONTHS:
        for verb in ("receive", "close", "standardise"):
            _run("-m", "console", verb, "--month", month, "--inbox", f"{county}/inbox", "--home", home)
    suites = FOLDER / "suites" / "standardised"
    suites.mkdir(parents=True)
    shutil.copy(ROOT / "expectations" / "suites" / "standardised" / f"{FEED}.yml", suites)
    with duckdb.connect() as con:
        con.execute("SET threads = 2; SET memory_limit = '3GB'; SET preserve_insertion_order = false")
        # A person's copy has a number of its own, and the same one in both feeds.
        con.execute(
            "CREATE MACRO copied(text, copy) AS substr(text, 1, 14) ||"
            " lpad(CAST((coalesce(try_cast(substr(text, 15, 3) AS INTEGER), 0) + copy * 7) % 1000 AS VARCHAR), 3, '0')"
            " || substr(text, 18)"
        )
        for month, asked in zip(MONTHS, (rows // 2, rows), strict=True):
            _multiply(con, "medical_enrolment", month, PERSONS, "")
            # History that a first month brings beside it is no part of a month.
            own = f"substr(CAST(settled_at AS VARCHAR), 1, 7) = '{month}'"
            copies = -(-asked // _count(con, FEED, month, own))
            _multiply(con, FEED, month, copies,
                "settlement_id || lpad(CAST(copy AS VARCHAR), 6, '0') AS settlement_id, total + copy % 997 AS total,"
                " own_total + copy % 997 AS own_total,", asked, own)  # fmt: skip
            _account_for(con, month)


def _count(con, feed, month, among="true"):
    place = f"{_lake()}/standardised/feed={feed}/month={month}/*.parquet"
    return con.execute(f"SELECT count(*) FROM read_parquet('{place}') WHERE {among}").fetchone()[0]


def _multiply(con, feed, month, copies, more, most=None, among="true"):
    from warehouse.lake import Lake

    keys = {"feed": feed, "month": month}
    lake = Lake(FOLDER / "home")
    here = lake.partition("standardised", **keys)
    with lake.replacing("standardised", **keys) as folder:
        con.execute(
            f"COPY (SELECT * EXCLUDE (copy) REPLACE ({more} psn_no || lpad(CAST(copy % {PERSONS} AS VARCHAR), 2, '0') AS psn_no,"
            f" copied(id_no, copy % {PERSONS}) AS id_no, copied(id_no_raw, copy % {PERSONS}) AS id_no_raw)"
            f" FROM read_parquet('{here}/*.parquet', hive_partitioning = false), range({copies}) AS r(copy)"
            f" WHERE {among}"
            f" {f'LIMIT {most}' if most else ''}) TO '{folder}/part-0.parquet' (FORMAT parquet, COMPRESSION zstd)"
        )


def _account_for(con, month):
    """The dock's account of the multiplied rows: as many landed as are there."""
    from warehouse.lake import Lake

    lake, rows = Lake(FOLDER / "home"), _count(con, FEED, month)
    here = lake.partition("row_account", month=month)
    with lake.replacing("row_account", month=month) as folder:
        con.execute(
            f"COPY (SELECT * REPLACE (CASE WHEN feed <> '{FEED}' THEN landed WHEN row_number() OVER (PARTITION BY feed"
            f" ORDER BY file, sheet) = 1 THEN {rows} ELSE 0 END AS landed) FROM read_parquet('{here}/*.parquet',"
            f" hive_partitioning = false)) TO '{folder}/row_account.parquet'"
        )


def _run(*arguments):
    subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def timed(way):
    """One way in a process of its own: what it measured, seconds by the wall and of CPU, peak memory in MB."""
    begun = time.perf_counter()
    process = subprocess.Popen([sys.executable, __file__, way], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    told = process.stdout.read().strip().splitlines()[-1]
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"the way '{way}' ended with {os.waitstatus_to_exitcode(status)}")
    seconds = (time.perf_counter() - begun, usage.ru_utime + usage.ru_stime)
    return json.loads(told), *seconds, usage.ru_maxrss // 1024


def main():
    """Make the rows, run both ways in turn, print the table, and say whether the bar is held."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    make(rows)
    by_gate(MONTHS[0])
    (FOLDER / "before.json").write_text(json.dumps(_figures(MONTHS[0])), "utf-8")
    best = {}
    print("| way | wall s | CPU s | MB |\n|---|---|---|---|")
    for _ in range(TIMES):
        for way in ("hand", "gate"):
            told, wall, cpu, memory = timed(way)
            print(f"| {way} | {wall:.1f} | {cpu:.1f} | {memory} |", flush=True)
            kept = best.get(way, (told, wall, cpu, memory))
            best[way] = (told, min(wall, kept[1]), min(cpu, kept[2]), max(memory, kept[3]))
    hand, gate = best["hand"], best["gate"]
    other = {
        rule: (measured, gate[0].get(rule)) for rule, measured in hand[0].items()
        if gate[0].get(rule) is None or abs(measured - gate[0][rule]) > PRECISION * max(1, abs(measured))
    }  # fmt: skip
    print(
        f"measured alike: {len(hand[0]) - len(other)} of {len(hand[0])} rules{f', not: {other}' if other else ''}"
    )
    alone = sorted(set(gate[0]) - set(hand[0]))
    print(f"asked by the gate alone: {', '.join(alone)}")
    print(
        f"{rows:,} rows: gate 1 takes {gate[1] / hand[1]:.2f} times the wall and {gate[2] / hand[2]:.2f} times the CPU"
        f" of SQL by hand, {gate[3]} MB at most"
    )


if __name__ == "__main__":
    way = sys.argv[1] if len(sys.argv) > 1 else ""
    {"hand": by_hand, "gate": by_gate}.get(way, main)()
