"""Linkage beside its peers, on a county whose truth is planted: pairs found, seconds, memory; one table, one run.

    make bench-linkage                                        30,000 people
    python tests/bench/peers.py --persons 300000 --seed 77    another size, another county

Three contestants link the same rows of one month: (a) the id as it is written, (b) a plain Splink 5 model
(``splink_peer.py``), (c) Doudi, trained anew on the same month and linking it as a home's first. Each runs as
a process of its own, so that its peak memory is its own. Precision and recall are of pairs of input rows, counted from group sizes,
over all person-bearing rows of the month for all three. The county is kept under ``var/bench`` (``--fresh`` makes it anew).
"""

import argparse
import contextlib
import json
import shutil
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import duckdb
import splink_peer
from chain import FOLDER, MONTHS, ROOT, measured, verb
from steps import timed_steps

MONTH = MONTHS[0]
# Not the seed of any county that a model in force was trained on.
SEED = 77
PREPARED = ("county", "receive", "close", "standardise")
CONTESTANTS = ("exact", "splink", "doudi")
TITLES = {"exact": "(a) the id as written", "splink": "(b) plain Splink 5", "doudi": "(c) Doudi"}

# Of groups of n rows there are n(n-1)/2 pairs: they are counted, never made. NULL joins nothing.
_PAIRS = """
WITH sized AS (SELECT true_person, cluster, count(*)::HUGEINT AS n FROM found GROUP BY ALL),
people AS (SELECT sum(n) AS n FROM sized GROUP BY true_person),
clusters AS (SELECT sum(n) AS n FROM sized WHERE cluster IS NOT NULL GROUP BY cluster)
SELECT (SELECT sum(n) FROM sized), (SELECT sum(n * (n - 1) // 2) FROM people),
    (SELECT sum(n * (n - 1) // 2) FROM clusters), (SELECT sum(n * (n - 1) // 2) FROM sized WHERE cluster IS NOT NULL)
"""


def prepared(persons, seed, is_fresh):
    """The folder of a county of this size and seed with its first month standardised; made where it is not kept."""
    folder = FOLDER / f"peers-{persons}-{seed}"
    if is_fresh:
        shutil.rmtree(folder, ignore_errors=True)
    if (folder / "ready").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    verb(
        "county",
        "--out",
        str(folder),
        "--persons",
        str(persons),
        "--seed",
        str(seed),
        "--months",
        f"{MONTH}..{MONTH}",
    )
    for stage in PREPARED[1:]:
        verb(stage, "--month", MONTH, "--inbox", str(folder / "inbox"), "--home", str(folder / "home"))
        print(f"{stage} done", file=sys.stderr, flush=True)
    (folder / "ready").touch()
    return folder


def read_rows(con, folder):
    """Make ``rows(feed, file, sheet, row, role, profile_key, true_person, id_as_written)`` and ``described``."""
    lake = folder / "home" / "lake"
    con.execute(f"""
        CREATE TABLE rows AS
        SELECT feed, file, sheet, "row", role, profile_key, true_person,
            nullif(trim(id_as_written), '') AS id_as_written
        FROM read_parquet('{lake}/records/feed=*/month={MONTH}/*.parquet', hive_partitioning = true) AS records
        JOIN (SELECT * EXCLUDE (month) FROM '{folder}/truth/ids_as_written.parquet' WHERE month = '{MONTH}') AS truth
            USING (feed, file, sheet, "row", role)""")
    con.execute(f"""
        CREATE TABLE described AS
        SELECT * FROM read_parquet('{lake}/profiles/feed=*/month={MONTH}/*.parquet', hive_partitioning = false)
        QUALIFY row_number() OVER (PARTITION BY profile_key ORDER BY feed) = 1""")


def quality(con, query):
    """Precision, recall and F1 of a query's ``(true_person, cluster)``, one line a row of input."""
    con.execute(f"CREATE OR REPLACE TEMP VIEW found AS {query}")
    rows, of_truth, joined, right = (int(number or 0) for number in con.execute(_PAIRS).fetchone())
    precision, recall = right / max(joined, 1), right / max(of_truth, 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-12)
    return {"rows": rows, "precision": precision, "recall": recall, "f1": f1}


def exact(folder):
    """Rows with one text in the id's cell are one person."""
    with duckdb.connect() as con:
        read_rows(con, folder)
        begun = time.perf_counter()
        con.execute("CREATE TABLE joined AS SELECT true_person, id_as_written AS cluster FROM rows")
        con.execute("SELECT count(DISTINCT cluster) FROM joined").fetchone()
        seconds = time.perf_counter() - begun
        return [{"train": 0, "link": seconds, "score": seconds, **quality(con, "FROM joined")}]


def splink(folder):
    """The plain model with characters or with stock levels over sound and family, at its best threshold."""
    with duckdb.connect() as con:
        read_rows(con, folder)
        rows = "SELECT true_person, cluster FROM rows JOIN linked USING (profile_key)"
        run = splink_peer.run(con, lambda: quality(con, rows))
    threshold, clustered, best = max(run["thresholds"], key=lambda one: one[2]["f1"])
    note = [
        f"(b): {run['records']:,} records after exact repeats, {run['edges']:,} edges; "
        f"threshold {threshold:g}, the best by the truth.",
        *(
            f"    at {at:g}: P {q['precision']:.4f} R {q['recall']:.4f} F1 {q['f1']:.4f}"
            for at, _, q in run["thresholds"]
        ),
        *splink_peer.summary(run["model"]),
    ]
    score = run["predict"] + clustered
    return [{"train": run["train"], "link": run["ready"] + score, "score": score, **best, "note": note}]


def doudi(folder):
    """``linkage.train`` on the month, then ``linkage.stage.link`` of the month as a home's first."""
    from linkage.stage import link
    from linkage.train import train
    from warehouse import policy as policies
    from warehouse.lake import Lake
    from warehouse.months import Month
    from warehouse.settings import REPOSITORY

    home, month = folder / "home", Month.parse(MONTH)
    lake = Lake(home)
    policy = policies.load(REPOSITORY / "dbt_project" / "seeds" / "policy", "tongren", month)
    shutil.rmtree(lake.root / "registry", ignore_errors=True)
    with tempfile.TemporaryDirectory() as scratch:
        begun = time.perf_counter()
        model = train(lake, month, Path(scratch), policy=policy, on=date(2026, 1, 1))
        trained = time.perf_counter()
        with timed_steps() as steps:
            link(month, lake=lake, policy=policy, model=model)
        linked = time.perf_counter()
    with duckdb.connect() as con:
        read_rows(con, folder)
        con.execute(
            f"CREATE TABLE crosswalk AS FROM read_parquet('{lake.root}/crosswalk/month={MONTH}/*.parquet')"
        )
        join = 'FROM rows JOIN crosswalk USING (feed, file, sheet, "row", role)'
        proposed = quality(con, f"SELECT true_person, person_id AS cluster {join}")
        alone = "CASE WHEN grade <> 'review' THEN person_id END"
        certain = quality(con, f"SELECT true_person, {alone} AS cluster {join}")
        share = con.execute(f"SELECT avg((grade = 'review')::INTEGER) {join}").fetchone()[0]
    seconds = {"train": trained - begun, "link": linked - trained, "score": steps.seconds_of_scoring()}
    note = [
        f"(c): {share:.2%} of rows are for review; counted as links above the line, as rows apart in the last.",
        *steps.told(),
    ]
    return [
        {**seconds, **proposed, "note": note},
        {**seconds, **certain, "title": "(c) its certain links alone"},
    ]


def table(results):
    """The Markdown lines of one run."""
    yield "| linkage | precision | recall | F1 | train s | link s | of it candidates, scores, decisions s | train + link s | largest MB |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for one in results:
        marks = [f"{one[name]:.4%}" for name in ("precision", "recall")] + [f"{one['f1']:.5f}"]
        seconds = [f"{one[name]:.1f}" for name in ("train", "link", "score")] + [
            f"{one['train'] + one['link']:.1f}"
        ]
        memory = f"{one['memory']:,}"
        yield f"| {' | '.join([one['title'], *marks, *seconds, memory])} |"


def ratios(results):
    """How Doudi stands to the plain model, in words."""
    peer, ours = (
        next(one for one in results if one["title"] == TITLES[name]) for name in ("splink", "doudi")
    )
    whole = (peer["train"] + peer["link"]) / (ours["train"] + ours["link"])
    yield f"Doudi beside (b): train and link {whole:.1f} times as fast, training {peer['train'] / ours['train']:.1f}, "
    yield f"link {peer['link'] / ours['link']:.2f}, candidates, scores and decisions {peer['score'] / ours['score']:.2f}; "
    others = [one for one in results if one["title"] in (TITLES["exact"], TITLES["splink"])]
    ahead = (f"{ours['f1'] - one['f1']:+.4f} ({one['title'][:3]})" for one in others)
    yield f"F1 {' and '.join(ahead)}."


def main():
    """Prepare the county, run the contestants, print the table to paste and what stands behind it."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--persons", type=int, default=30_000)
    asked.add_argument("--seed", type=int, default=SEED)
    asked.add_argument("--fresh", action="store_true")
    asked.add_argument("--contestant", choices=CONTESTANTS)
    told = asked.parse_args()
    folder = prepared(told.persons, told.seed, told.fresh)
    if told.contestant:
        with contextlib.redirect_stdout(sys.stderr):
            found = {"exact": exact, "splink": splink, "doudi": doudi}[told.contestant](folder)
        print(json.dumps(found))
        return
    results = []
    for name in CONTESTANTS:
        same = ["--persons", str(told.persons), "--seed", str(told.seed), "--contestant", name]
        line, last = measured([sys.executable, str(ROOT / "tests" / "bench" / "peers.py"), *same])
        results += [{"title": TITLES[name], **one, "memory": line.memory} for one in json.loads(last)]
    print(
        f"{told.persons:,} people, seed {told.seed}, {MONTH}: {results[0]['rows']:,} rows that speak of a person.\n"
    )
    print("\n".join(table(results)))
    print("\n" + "".join(ratios(results)) + "\n")
    for one in results:
        print("\n".join(one.get("note", [])))


if __name__ == "__main__":
    main()
