"""What villages say about who somebody is, as linkage reads it: which description, which person, what was said.

``lake/identity_answers/month=…/<sha256 of the file>.parquet``, written once. Nothing is split or joined here: a doubtful
link that a village decides speaks as its decision from the next month's link on (scoped to the very descriptions on
which the warning rests); what it doubts of links that the machine holds for certain becomes cards for two reviewers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.database import in_memory, quoted
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.release.sent import files_as_sql, sent_files
from warehouse.returns.answers import Disposition

TABLE: Final = "identity_answers"
APART, TOGETHER, ASK = "must_not_link", "must_link", "ask"
SCHEMA = pa.schema(
    [
        ("warning_id", pa.string()),
        ("list_month", pa.string()),
        ("person_id", pa.string()),
        # The description in question, and by whom the person is named: its id, or for one first seen in that month
        # (whose id a new link of it may change) the description that speaks for it. Empty: nothing to hold it against.
        ("profile_key", pa.uint64()),
        ("other", pa.string()),
        ("feed", pa.string()),
        ("grade", pa.string()),
        ("rule", pa.string()),
        ("said", pa.string()),
        ("verdict", pa.string()),
        ("said_by", pa.string()),
        ("said_on", pa.date32()),
        ("file", pa.string()),
        ("row", pa.int32()),
    ]
)


@dataclass(frozen=True)
class Words:
    """Which answers speak of identity, and which of them decide a doubtful link."""

    denied: frozenset[str]
    confirmed: frozenset[str]
    results: frozenset[str]
    deciding: frozenset[str]

    @classmethod
    def of(cls, policy: Policy) -> Words:
        """Read them from the policy."""
        return cls(
            *(
                frozenset(policy.words(f"returns.{name}"))
                for name in (
                    "identities_denied",
                    "identities_confirmed",
                    "identity_results",
                    "identities_that_decide",
                )
            )
        )

    def said(self, answer: Disposition) -> str:
        """The word by which an answer speaks of identity; empty when it does not."""
        if answer.identity in self.denied | self.confirmed:
            return answer.identity
        return answer.result if answer.result in self.results else ""

    def verdict(self, said: str, *, is_doubtful: bool) -> str:
        """What is made of it for one description: a decision, a question for two people, or nothing (empty)."""
        if is_doubtful and said in self.deciding:
            return APART if said in self.denied else TOGETHER
        return "" if said in self.confirmed else ASK


def keep(
    file: str, digest: str, answers: Sequence[Disposition], month: Month, lake: Lake, policy: Policy
) -> None:
    """Write down what the answers of one returned file say about identity; the same file again changes nothing."""
    words = Words.of(policy)
    spoken = {answer.warning_id: answer for answer in answers if words.said(answer)}
    target = lake.partition(TABLE, month=str(month)) / f"{digest}.parquet"
    if not spoken or target.exists():
        return
    rows = []
    with in_memory(lake.home) as con:
        for list_month in sorted({answer.list_month for answer in spoken.values()}):
            asked = [answer for answer in spoken.values() if answer.list_month == list_month]
            rows += _rows(con, asked, Month.parse(list_month), words, lake)
    if not rows:
        return
    rows.sort(key=lambda row: (row["warning_id"], row["profile_key"] or 0))
    with lake.adding(target) as aside:
        pq.write_table(
            pa.Table.from_pylist([{**row, "file": file} for row in rows], schema=SCHEMA),
            aside,
            compression="zstd",
        )


def _rows(
    con: duckdb.DuckDBPyConnection, answers: list[Disposition], month: Month, words: Words, lake: Lake
) -> list[dict[str, object]]:
    """A row per description on which the warning of an answer rests, the speaker of the person left out."""
    placed = _descriptions(con, [answer.warning_id for answer in answers], month, lake)
    rows: list[dict[str, object]] = []
    for answer in answers:
        said = words.said(answer)
        beside = {
            "warning_id": answer.warning_id, "list_month": str(month), "person_id": answer.person_id, "said": said,
            "said_by": answer.checked_by, "said_on": answer.checked_on, "row": answer.row,
        }  # fmt: skip
        there = placed.get(answer.warning_id, [])
        doubtful = [one for one in there if one[2] == "review"]
        # Where some of the links are in doubt, the village was asked about these.
        found = [
            {**beside, "profile_key": key, "feed": feed, "grade": grade, "rule": rule, "other": other, "verdict": verdict}
            for key, feed, grade, rule, other in doubtful or there
            if (verdict := words.verdict(said, is_doubtful=grade == "review"))
        ]  # fmt: skip
        if not found and said not in words.confirmed:
            found = [{**beside, "profile_key": None, "verdict": ASK}]
        rows += found
    return rows


def _descriptions(
    con: duckdb.DuckDBPyConnection, warnings: list[str], month: Month, lake: Lake
) -> dict[str, list[tuple[int, str, str, str, str]]]:
    """For each warning of a list: key, feed, grade and rule of every description it rests on, and how the person is named."""
    registry = lake.partition("registry", month=str(month))
    files = [(one, path) for one, path in sent_files(lake, until=month) if one == str(month)]
    if not (registry / "profiles.parquet").is_file() or not files:
        return {}
    con.register("asked", pa.table({"warning_id": warnings}))
    rows = con.execute(f"""
        WITH told AS (
            SELECT warning_id, person_id, feeds FROM {files_as_sql(files)} SEMI JOIN asked USING (warning_id)
            QUALIFY row_number() OVER (PARTITION BY warning_id ORDER BY version DESC) = 1
        ),
        described AS (
            SELECT * FROM read_parquet('{quoted(registry)}/profiles.parquet')
            WHERE person_id IN (SELECT person_id FROM told)
        ),
        -- Who speaks for a person: its own row with the most to compare, never one that is itself in doubt.
        speakers AS (
            SELECT person_id, profile_key AS speaker FROM described WHERE grade <> 'review'
            QUALIFY row_number() OVER (PARTITION BY person_id
                ORDER BY role <> 'self', id_no IS NULL, name IS NULL, birth_date IS NULL, profile_key) = 1
        )
        SELECT told.warning_id, described.profile_key, described.feed, described.grade, described.rule,
            CASE WHEN persons.first_month < '{month}' THEN person_id ELSE CAST(speaker AS VARCHAR) END
        FROM told
        JOIN described USING (person_id)
        JOIN speakers USING (person_id)
        JOIN read_parquet('{quoted(registry)}/persons.parquet') AS persons USING (person_id)
        WHERE described.profile_key <> speaker AND list_contains(told.feeds, described.feed)
            AND described.last_month = '{month}'
        ORDER BY ALL""").fetchall()
    found: dict[str, list[tuple[int, str, str, str, str]]] = {}
    for warning, *rest in rows:
        found.setdefault(warning, []).append((rest[0], rest[1], rest[2], rest[3], rest[4]))
    return found


def told(month: Month, lake: Lake) -> Counter[str]:
    """How many warnings of the answers filed under a month were ``decided``, ``asked`` on cards, or ``unplaced``."""
    folder = lake.partition(TABLE, month=str(month))
    if not any(folder.glob("*.parquet")):
        return Counter()
    with in_memory(lake.home) as con:
        rows = con.execute(f"""
            SELECT CASE WHEN bool_or(verdict <> '{ASK}') THEN 'decided'
                WHEN bool_or(profile_key IS NOT NULL) THEN 'asked' ELSE 'unplaced' END
            FROM read_parquet('{quoted(folder)}/*.parquet', hive_partitioning = false)
            GROUP BY warning_id""").fetchall()
    return Counter(str(row[0]) for row in rows)
