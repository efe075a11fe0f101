"""Linkage beside its peers, on a county whose truth is planted: pairs found, seconds, memory; one table, one run.

    make bench-linkage                                        30,000 people
    python tests/bench/peers.py --persons 300000 --seed 77    another size, another county
    make bench-peers                                          with recordlinkage and dedupe, at a size they can stand

Three contestants link the same rows of one month: (a) the id as it is written, (b) a plain Splink 5 model
(``splink_peer.py``), (c) Doudi, trained anew on the same month and linking it as a home's first. Each runs as
a process of its own, so that its peak memory is its own. Precision and recall are of pairs of input rows, counted from group sizes,
over all person-bearing rows of the month for all three. The county is kept under ``var/bench`` (``--fresh`` makes it anew).
"""

import argparse
import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import duckdb
import splink_peer
from chain import MONTHS
from kept import FOLDER
from measured import ROOT, measured, verb
from steps import timed_steps

MONTH = MONTHS[0]
# Not the seed of any county that a model in force was trained on.
SEED = 77
PREPARED = ("county", "receive", "close", "standardise")
CONTESTANTS = ("exact", "splink", "doudi")
# They live in an environment of their own: ``other_peers.py``.
OTHERS = ("recordlinkage", "dedupe")
OTHER_PYTHON = ROOT / ".venv-peers" / "bin" / "python"
TITLES = {
    "exact": "(a) the id as written",
    "splink": "(b) plain Splink 5",
    "doudi": "(c) Doudi",
    "recordlinkage": "(d) recordlinkage",
    "dedupe": "(e) dedupe",
}
# To whom a record belongs, for the person who answers dedupe's questions: whom most of its rows speak of.
_ANSWERS = """
SELECT unique_id, arg_max(true_person, (n, true_person)) AS true_person
FROM (SELECT unique_id, true_person, count(*) AS n FROM rows JOIN held USING (profile_key) GROUP BY ALL)
GROUP BY unique_id"""

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


def _now():
    """Seconds by the wall, and of CPU over all threads of this process: only these compare on a busy machine."""
    return time.perf_counter(), time.process_time()


def _since(begun, ended=None):
    return [late - early for early, late in zip(begun, ended or _now(), strict=True)]


def exact(folder):
    """Rows with one text in the id's cell are one person."""
    with duckdb.connect() as con:
        read_rows(con, folder)
        begun = _now()
        con.execute("CREATE TABLE joined AS SELECT true_person, id_as_written AS cluster FROM rows")
        con.execute("SELECT count(DISTINCT cluster) FROM joined").fetchone()
        seconds = _since(begun)
        return [{"train": [0, 0], "link": seconds, "score": seconds[0], **quality(con, "FROM joined")}]


def splink(folder):
    """The plain model with characters or with stock levels over sound and family, at its best threshold."""
    with duckdb.connect() as con:
        read_rows(con, folder)
        rows = "SELECT true_person, cluster FROM rows JOIN linked USING (profile_key)"
        run = splink_peer.run(con, lambda: quality(con, rows), _now, _since)
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
    link = [run["ready"][at] + run["predict"][at] + clustered[at] for at in (0, 1)]
    score = run["predict"][0] + clustered[0]
    return [{"train": run["train"], "link": link, "score": score, **best, "note": note}]


def other(name, folder):
    """recordlinkage or dedupe over the records that plain Splink gets, in a process of their environment."""
    with duckdb.connect() as con, tempfile.TemporaryDirectory() as scratch:
        read_rows(con, folder)
        con.execute(splink_peer.RECORDS)
        con.execute(f"COPY (FROM people ORDER BY unique_id) TO '{scratch}/people.parquet' (FORMAT parquet)")
        con.execute(f"COPY ({_ANSWERS} ORDER BY unique_id) TO '{scratch}/truth.parquet' (FORMAT parquet)")
        command = [str(OTHER_PYTHON), str(ROOT / "tests" / "bench" / "other_peers.py"), name, scratch]
        ended = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
        found = json.loads(ended.stdout.splitlines()[-1])
        con.execute(f"CREATE TABLE linked AS FROM '{scratch}/linked.parquet'")
        rows = "SELECT true_person, cluster FROM rows JOIN held USING (profile_key) JOIN linked USING (unique_id)"
        note = [f"{TITLES[name]}: {found['records']:,} records, {found['note']}."]
        seconds = {"train": found["train"], "link": found["link"], "score": found["link"][0]}
        return [{**seconds, **quality(con, rows), "note": note}]


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
        begun = _now()
        model = train(lake, month, Path(scratch), policy=policy, on=date(2026, 1, 1))
        trained = _now()
        with timed_steps() as steps:
            link(month, lake=lake, policy=policy, model=model)
        linked = _now()
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
    seconds = {
        "train": _since(begun, trained),
        "link": _since(trained, linked),
        "score": steps.seconds_of_scoring(),
    }
    note = [
        f"(c): {share:.2%} of rows are for review; counted as links above the line, as rows apart in the last.",
        *steps.told(),
    ]
    return [
        {**seconds, **proposed, "note": note},
        {**seconds, **certain, "title": "(c) its certain links alone"},
    ]


_HEADS = (
    "linkage", "precision", "recall", "F1", "train s", "link s", "of it candidates, scores, decisions s",
    "train + link s", "train + link CPU s", "largest MB",
)  # fmt: skip


def table(results):
    """The Markdown lines of one run."""
    yield f"| {' | '.join(_HEADS)} |"
    yield "|---" * len(_HEADS) + "|"
    for one in results:
        wall, cpu = (one["train"][at] + one["link"][at] for at in (0, 1))
        cells = [one["title"], f"{one['precision']:.3%}", f"{one['recall']:.3%}", f"{one['f1']:.5f}"]
        cells += [f"{seconds:.1f}" for seconds in (one["train"][0], one["link"][0], one["score"], wall, cpu)]
        yield f"| {' | '.join([*cells, str(one['memory'])])} |"


def ratios(results):
    """How Doudi stands to its peers, in words: more than 1 is faster, more than 0 is better."""
    exact_id, peer, ours = (
        next(one for one in results if one["title"] == TITLES[name]) for name in CONTESTANTS
    )
    for unit, at in (("wall", 0), ("CPU", 1)):
        train, link = (peer[step][at] / max(ours[step][at], 1e-3) for step in ("train", "link"))
        whole = (peer["train"][at] + peer["link"][at]) / max(ours["train"][at] + ours["link"][at], 1e-3)
        yield f"Doudi beside (b) by {unit} seconds: train and link {whole:.2f} times as fast, train {train:.2f}, link {link:.2f}."
    yield f"Candidates, scores and decisions alone (wall): {peer['score'] / max(ours['score'], 1e-3):.2f} times as fast."
    yield f"F1 ahead of (a) by {ours['f1'] - exact_id['f1']:+.4f}, of (b) by {ours['f1'] - peer['f1']:+.4f}."


def main():
    """Prepare the county, run the contestants, print the table to paste and what stands behind it."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--persons", type=int, default=30_000)
    asked.add_argument("--seed", type=int, default=SEED)
    asked.add_argument("--fresh", action="store_true")
    asked.add_argument("--others", action="store_true", help="with recordlinkage and dedupe (.venv-peers)")
    asked.add_argument("--contestant", choices=(*CONTESTANTS, *OTHERS))
    told = asked.parse_args()
    folder = prepared(told.persons, told.seed, told.fresh)
    if told.contestant:
        with contextlib.redirect_stdout(sys.stderr):
            if told.contestant in OTHERS:
                found = other(told.contestant, folder)
            else:
                found = {"exact": exact, "splink": splink, "doudi": doudi}[told.contestant](folder)
        print(json.dumps(found))
        return
    results = []
    for name in (*CONTESTANTS, *(OTHERS if told.others else ())):
        same = ["--persons", str(told.persons), "--seed", str(told.seed), "--contestant", name]
        line, last = measured([sys.executable, str(ROOT / "tests" / "bench" / "peers.py"), *same])
        results += [{"title": TITLES[name], **one, "memory": line.memory} for one in json.loads(last)]
    print(
        f"{told.persons:,} people, seed {told.seed}, {MONTH}: {results[0]['rows']:,} rows that speak of a person.\n"
    )
    print("\n".join(table(results)))
    print("\n" + "\n".join(ratios(results)) + "\n")
    for one in results:
        print("\n".join(one.get("note", [])))


if __name__ == "__main__":
    main()
