"""The stage ``link``: the month's profiles become persons that last."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from linkage import history, identity, wording
from linkage.agreement import define_agreement
from linkage.decisions import apply_to_registry, read_decisions
from linkage.frozen import frequencies_in_force, use_frozen
from linkage.limits import Limits
from linkage.match import Scorer, model_in_force
from linkage.reading import find_shared_phones, open_month, read_beside, read_fresh, read_registry
from linkage.rounds import Effort, to_rest
from linkage.scratch import drop
from linkage.standing import weigh_standing
from warehouse.database import copy_to_parquet, count_rows, in_memory, quoted
from warehouse.errors import Refused
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.outcomes import Outcome, record
from warehouse.policy import Policy
from warehouse.settings import threads

_WORDS = pa.schema(
    [("kind", pa.string()), ("key", pa.string()), ("words", pa.string()), ("place", pa.int32())]
)
# DuckDB parts a table among threads by groups of so many rows.
_ROWS_OF_A_THREAD = 122_880


def link(
    month: Month, *, lake: Lake, policy: Policy, model: Path | None = None, afresh: bool = False
) -> Outcome:
    """Link a month: ``records``, ``profiles``, registry(m-1) and human decisions to ``crosswalk``, ``pairs``,
    ``review``, ``registry`` and ``events`` of the month.

    Every row of ``records`` stands in the crosswalk exactly once. ``model`` defaults to the newest trained
    one. Only what is new, changed or near it is compared; ``afresh`` compares whatever is open and every pair of
    persons again, which gives the same. Raises ``HistoryMissing`` when an earlier registry exists but not the one of
    the month before, ``BudgetExceeded`` when candidates or merges are more than the policy allows, ``Refused`` when
    an id would change without an event.
    """
    before = identity.month_before(month, lake)
    limits = Limits.of(policy)
    in_force = model or model_in_force()
    with in_memory(lake.home) as con:
        define_agreement(con)
        open_month(con, month, lake)
        read_registry(con, before, lake)
        _use_threads(con)
        if frozen := frequencies_in_force(lake, month):
            use_frozen(con, frozen)
        read_decisions(con, month, lake)
        merged = apply_to_registry(con)
        identity.hold_merges(
            count_rows(con, "old_persons") + merged, merged, limits.merges_per_thousand, month
        )
        read_fresh(con)
        find_shared_phones(con, limits.phone_holders)
        read_beside(con, month, lake)
        con.execute("INSERT INTO beside_told SELECT profile_key, own_key FROM old_beside")
        scorer = Scorer(con, in_force)
        effort = to_rest(con, month, limits, scorer, afresh=afresh)
        history.land_vacated(con)
        weighed = weigh_standing(con, limits, scorer, everything=afresh)
        history.find_id_owners(con)
        history.find_doubts(con, month, limits)
        history.tell_events(con, month)
        history.hold_explained(con, month)
        identity.month_links(con)
        # What is written is sorted: it shall not stand beside what only the rules asked for.
        drop(con, "known", "described", "fresh", "nodes")
        rows = _write(con, month, lake)
        return record(_outcome(con, month, rows, effort, weighed, in_force), lake)


def _use_threads(con: duckdb.DuckDBPyConnection) -> None:
    """Use no more threads than the profiles can occupy: the others would wait busily, statement by statement."""
    profiles = max(count_rows(con, "seen"), count_rows(con, "old"))
    con.execute(f"SET threads = {min(threads(), 1 + profiles // _ROWS_OF_A_THREAD)}")


def _write(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake) -> int:
    # The registry goes last: while it is absent or old, the month counts as not linked.
    with lake.replacing("crosswalk", month=str(month)) as folder:
        rows = 0
        for feed in lake.feeds("records", str(month)):
            rows += copy_to_parquet(con, _crosswalk(feed, month, lake), folder / f"{feed}.parquet")
        if rows != _records(con, month, lake):
            raise Refused(
                f"the crosswalk of {month} would not hold every record exactly once.",
                next_step="standardise the month again: records and profiles do not belong together.",
            )
    with lake.replacing("pairs", month=str(month)) as folder:
        copy_to_parquet(con, identity.pairs(), folder / "pairs.parquet")
    with lake.replacing("review", month=str(month)) as folder:
        copy_to_parquet(con, identity.review(), folder / "review.parquet")
    _write_words(month, lake)
    with lake.replacing("events", month=str(month)) as folder:
        copy_to_parquet(con, "SELECT * FROM events_told", folder / "events.parquet")
    with lake.replacing("registry", month=str(month)) as folder:
        con.execute(
            f"UPDATE old SET last_month = '{month}' WHERE profile_key IN (SELECT profile_key FROM seen)"
        )
        copy_to_parquet(con, identity.registry_profiles(), folder / "profiles.parquet")
        copy_to_parquet(con, identity.registry_persons("old"), folder / "persons.parquet")
        for state, query in identity.states().items():
            copy_to_parquet(con, query, folder / f"{state}.parquet")
    return rows


def _write_words(month: Month, lake: Lake) -> None:
    """What the codes of the pairs mean, for who shows them and may not ask the linkage."""
    columns = zip(*wording.lines(), strict=True)
    table = pa.table(dict(zip(("kind", "key", "words", "place"), map(list, columns), strict=True)))
    with lake.replacing("link_words", month=str(month)) as folder:
        pq.write_table(table.cast(_WORDS), folder / "link_words.parquet", compression="zstd")


def _records_of(feed: str, month: Month, lake: Lake) -> str:
    folder = quoted(lake.partition("records", feed=feed, month=str(month)))
    return f"read_parquet('{folder}/*.parquet', hive_partitioning = false)"


def _records(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake) -> int:
    total = 0
    for feed in lake.feeds("records", str(month)):
        found = con.execute(f"SELECT count(*) FROM {_records_of(feed, month, lake)}").fetchone()
        total += int(found[0]) if found else 0
    return total


def _crosswalk(feed: str, month: Month, lake: Lake) -> str:
    return f"""
        SELECT '{quoted(feed)}' AS feed, records.file, records.sheet, records.row, records.role,
            links.person_id, links.grade, links.rule, links.match_weight
        FROM {_records_of(feed, month, lake)} AS records JOIN links USING (profile_key)
        ORDER BY records.file, records.sheet, records.row, records.role"""


def _outcome(
    con: duckdb.DuckDBPyConnection, month: Month, rows: int, effort: Effort, weighed: int, model: Path
) -> Outcome:
    grades = dict(con.execute("SELECT grade, count(*) FROM links GROUP BY grade").fetchall())
    used = dict(con.execute("SELECT rule, count(*) FROM links GROUP BY rule").fetchall())
    told = dict(con.execute("SELECT kind, count(*) FROM events_told GROUP BY kind").fetchall())
    profiles = count_rows(con, "links")
    fresh = count_rows(con, "links", "is_fresh")
    share = 100 * fresh / profiles if profiles else 0.0
    reasons = [
        f"model in force: {model.stem}",
        f"{share:.1f} % of this month's descriptions were new or changed and were scored ({fresh} of {profiles}); "
        f"{effort.reopened} open ones of earlier months were tried again, {weighed} links of the model were weighed again",
    ]
    contradictions = count_rows(con, "contradictions")
    if contradictions:
        reasons.append(
            f"decisions of people contradict one another: {contradictions} (see the flags under L43)"
        )
    return Outcome(
        stage="link",
        month=str(month),
        counts={
            "rows": rows,
            "profiles": profiles,
            "profiles_fresh": fresh,
            "profiles_reopened": effort.reopened,
            "links_weighed_again": weighed,
            "rounds": effort.rounds,
            "persons_seen": count_rows(con, "(SELECT DISTINCT person_id FROM links)"),
            "persons_minted": count_rows(con, "events_told", "kind = 'mint'"),
            "contradictions": contradictions,
            "candidates": effort.candidates,
            "edges": effort.edges,
        },
        by={"grade": grades, "rule": used, "block": effort.blocks, "event": told},
        reasons=reasons,
    )
