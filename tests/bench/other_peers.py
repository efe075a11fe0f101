"""The other peers, run in an environment of their own (``.venv-peers``): recordlinkage and dedupe, after their documentation.

    .venv-peers/bin/python tests/bench/other_peers.py recordlinkage FOLDER
    .venv-peers/bin/python tests/bench/other_peers.py dedupe FOLDER

Reads ``FOLDER/people.parquet`` (the records that plain Splink gets, too), writes ``FOLDER/linked.parquet`` (``unique_id,
cluster``), prints seconds. recordlinkage learns by expectation maximisation, without labels. dedupe asks for labels: the
planted truth answers (``FOLDER/truth.parquet``), as often as a patient person would.
"""

import json
import random
import resource
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

# Questions that a person answers before dedupe trains.
QUESTIONS = 100
SAMPLE = 1_500
SEED = 1
TEXTS = (
    "name",
    "pinyin",
    "family",
    "id",
    "birth",
    "sex",
    "phone",
    "township",
    "village",
    "psn_no",
    "student_no",
)


def now():
    """Seconds by the wall, and of CPU of this process and those that it started and saw end."""
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return time.perf_counter(), sum(one.ru_utime + one.ru_stime for one in spent)


def since(begun, ended=None):
    """What passed, wall and CPU."""
    return [late - early for early, late in zip(begun, ended or now(), strict=True)]


def records(folder):
    """The people as text, ``None`` for what is not there."""
    frame = pd.read_parquet(folder / "people.parquet").set_index("unique_id")
    frame["birth"] = pd.to_datetime(frame["birth"]).dt.strftime("%Y-%m-%d")
    return frame[list(TEXTS)].astype(object).where(frame[list(TEXTS)].notna(), None)


def by_recordlinkage(frame):
    """Blocks as plain Splink has them, its comparisons as recordlinkage names them, an ECM classifier; links joined."""
    import recordlinkage
    from recordlinkage.index import Block
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    begun = now()
    keys = frame.assign(id_14=frame["id"].str[:14], id_day=frame["id"].str[8:18])
    indexer = recordlinkage.Index()
    for block in (
        ["id"], ["name", "birth"], ["pinyin", "birth"], ["family", "birth"], ["name", "village"], ["name", "phone"],
        ["birth", "village", "sex"], ["id_14", "name"], ["id_day", "sex"], ["psn_no"], ["student_no"],
    ):  # fmt: skip
        # A block of what is not there would be one block of all who lack it: such rows stand in none.
        filled = keys.dropna(subset=block)
        indexer.add(_Within(Block(block, block), filled.index))
    pairs = indexer.index(keys)
    comparer = recordlinkage.Compare()
    comparer.string("name", "name", method="jarowinkler", threshold=0.88, label="name")
    comparer.string("pinyin", "pinyin", method="jarowinkler", threshold=0.92, label="pinyin")
    comparer.string("id", "id", method="levenshtein", threshold=0.85, label="id")
    for column in ("birth", "sex", "phone", "township", "village", "psn_no", "student_no"):
        comparer.exact(column, column, label=column)
    vectors = comparer.compute(pairs, frame)
    compared = now()
    classifier = recordlinkage.ECMClassifier(binarize=0.5)
    found = classifier.fit_predict(vectors)
    trained = now()
    places = pd.Series(np.arange(len(frame)), index=frame.index)
    left, right = (places[found.get_level_values(level)].to_numpy() for level in (0, 1))
    graph = coo_matrix((np.ones(len(left)), (left, right)), shape=(len(frame), len(frame)))
    _, clusters = connected_components(graph, directed=False)
    ended = now()
    link = [one + other for one, other in zip(since(begun, compared), since(trained, ended), strict=True)]
    return clusters, since(compared, trained), link, f"{len(pairs):,} pairs, {len(found):,} links"


class _Within:
    """An index algorithm over the records that have all that it blocks on."""

    def __init__(self, algorithm, among):
        self._algorithm, self._among = algorithm, among

    def index(self, frame, other=None):
        """Pairs of the records in question."""
        return self._algorithm.index(frame.loc[self._among], other)


def by_dedupe(frame, folder):
    """Fields as dedupe's documentation has them, active learning with the truth as the person who answers."""
    import dedupe
    from dedupe import variables

    truth = pd.read_parquet(folder / "truth.parquet").set_index("unique_id")["true_person"]
    random.seed(SEED)
    np.random.seed(SEED)
    data = {f"{key}": {name: row[name] for name in TEXTS} for key, row in frame.to_dict("index").items()}
    person = {f"{key}": value for key, value in truth.items()}
    by_place = {id(record): key for key, record in data.items()}
    begun = now()
    deduper = dedupe.Dedupe(
        [
            variables.String("name", has_missing=True),
            variables.String("pinyin", has_missing=True),
            variables.ShortString("id", has_missing=True),
            variables.ShortString("birth", has_missing=True),
            variables.Exact("sex", has_missing=True),
            variables.Exact("phone", has_missing=True),
            variables.Exact("village", has_missing=True),
            variables.Exact("psn_no", has_missing=True),
        ],
        num_cores=2,
        in_memory=True,
    )
    deduper.prepare_training(data, sample_size=SAMPLE)
    asked = {"match": [], "distinct": []}
    for _ in range(QUESTIONS):
        for pair in deduper.uncertain_pairs():
            known = [by_place.get(id(record)) for record in pair]
            # Of whom no row of the truth speaks is nobody else's record.
            left, right = (person.get(key, key) for key in known)
            same = None not in known and left == right
            asked["match" if same else "distinct"].append(pair)
            deduper.mark_pairs({"match": [pair] if same else [], "distinct": [] if same else [pair]})
    deduper.train()
    trained = now()
    groups = deduper.partition(data, threshold=0.5)
    ended = now()
    place = {key: number for number, (keys, _) in enumerate(groups) for key in keys}
    clusters = [place[str(key)] for key in frame.index]
    told = f"{len(asked['match'])} pairs said to be one person, {len(asked['distinct'])} said not to be"
    return clusters, since(begun, trained), since(trained, ended), told


def main():
    """Link and write what was found."""
    name, folder = sys.argv[1], Path(sys.argv[2])
    frame = records(folder)
    given = by_recordlinkage(frame) if name == "recordlinkage" else by_dedupe(frame, folder)
    clusters, train, link, note = given
    pd.DataFrame({"unique_id": frame.index, "cluster": clusters}).to_parquet(folder / "linked.parquet")
    print(json.dumps({"train": train, "link": link, "note": note, "records": len(frame)}))


if __name__ == "__main__":
    main()
