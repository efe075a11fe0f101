"""Absorb the review: returned workbooks become answers, answers become decisions and labels, the rest goes back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from linkage.review.answers import Answer, Judged, judge
from linkage.review.form import HEADERS, Card
from linkage.review.queue import AUDIENCE, cards_file, read_cards, written_cards
from linkage.review.results import write_results
from linkage.review.settle import Settled, agreement, decisions_of, label_of
from linkage.review.status import open_states, read_answers, settled_cards
from linkage.review.terms import FIRST, SECOND, THIRD, WORDS, Terms
from linkage.review.workbook import write_cards
from warehouse.database import in_memory
from warehouse.errors import Refused
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.outcomes import Outcome
from warehouse.policy import Policy
from warehouse.release.masking import Mask, mask_for
from warehouse.returns import desk
from warehouse.returns.forms import Bounds, read_form
from warehouse.sums import sha256

ANSWERS = pa.schema(
    [
        ("card_id", pa.string()),
        ("seat", pa.string()),
        ("verdict", pa.string()),
        ("reason", pa.string()),
        ("words", pa.string()),
        ("answered_by", pa.string()),
        ("answered_on", pa.date32()),
        ("file", pa.string()),
        ("sheet", pa.string()),
        ("row", pa.int32()),
    ]
)
DECISIONS = pa.schema([(name, pa.string()) for name in ("left", "right", "verdict", "by", "on", "source")])
LABELS = pa.schema(
    [
        ("card_id", pa.string()),
        ("left_key", pa.uint64()),
        ("person_id", pa.string()),
        ("verdict", pa.string()),
        ("purpose", pa.string()),
        ("stratum", pa.string()),
        ("match_weight", pa.float64()),
        ("rule", pa.string()),
        ("grade", pa.string()),
        ("reviewers", pa.int32()),
        ("adjudicated", pa.bool_()),
        ("decided_on", pa.date32()),
    ]
)
_OPTIONAL = frozenset({"reason", "words"})


def absorb_review(
    month: Month, *, returned: Sequence[Path], lake: Lake, policy: Policy, on: date | None = None
) -> Outcome:
    """Read filled workbooks (files or folders of them) against the month's cards.

    Good rows go to ``review_answers`` (one file per workbook, named by its sha256, never rewritten), what two
    agree on or the third decides to ``decisions`` and ``labels`` of the month; who disagree go to the 裁定
    workbook; a row that cannot stand goes on a slip in ``HOME/returns/<month>/``. When no card is open any more
    (with ``on``: none that is not overdue), the result with the machine's scores is written, and the month's
    review is closed. After the good files are in, ``Refused`` names those that are no card files of the month.
    Recorded as ``absorb_review``.
    """
    terms, bounds = Terms.of(month, policy), Bounds.of(policy)
    files = _files(returned)
    refusals: list[str] = []
    by: dict[str, dict[str, int]] = {"answered": {}, "refused": {}, "known": {}, "blank": {}}
    with in_memory(lake.home) as con:
        read_cards(con, month, lake)
        card_ids = {str(row[0]) for row in con.execute("SELECT card_id FROM cards").fetchall()}
        is_closed = any(lake.partition("review_results", month=str(month)).glob("*.parquet"))
        for path in files:
            try:
                judged = _judged(path, month, lake, terms, card_ids, is_closed, bounds)
            except Refused as error:
                refusals.append(error.what)
                continue
            _keep(path, judged.answers, month, lake)
            desk.send_back(path.name, judged.problems, month, lake)
            for name, count in (("answered", len(judged.answers)), ("refused", judged.refused_rows),
                                ("known", judged.known), ("blank", judged.blank)):  # fmt: skip
                by[name][path.name] = count
        settled = settled_cards(card_ids, month, lake, terms, on)
        written = _settle(con, settled, month, lake)
        disputed = [one for one in settled if one.state == "to_adjudicate"]
        _write_disputed(con, disputed, month, lake, policy, terms)
        if not is_closed and card_ids and not open_states(settled):
            write_results(con, settled, month, lake, terms)
            is_closed = True
    return desk.recorded(
        _outcome(month, settled, by, written, refusals, is_closed),
        refusals,
        lake,
        next_step="send back the very workbooks that were handed out; the others are in.",
    )


def _files(returned: Sequence[Path]) -> list[Path]:
    """The workbooks to read, in order of name; Excel's lock files and hidden ones left out."""
    found = {path for one in returned for path in desk.came_back(one) if not desk.is_left_over(path.name)}
    return sorted(found, key=lambda path: (path.name, str(path)))


def _judged(
    path: Path,
    month: Month,
    lake: Lake,
    terms: Terms,
    card_ids: set[str],
    is_closed: bool,
    bounds: Bounds,
) -> Judged:
    """One workbook against all that was answered before it (a workbook read earlier in this run included)."""
    rows = read_form(path, HEADERS, _OPTIONAL, bounds=bounds)
    if not any(row.text("key").partition("-")[0] in card_ids for row in rows):
        raise Refused(
            f"{path.name} holds not one card of {month}.",
            next_step="look which month it is of and absorb it there.",
        )
    before = read_answers(month, lake)
    disputed = {
        one.card_id
        for one in settled_cards(card_ids, month, lake, terms, None)
        if one.state == "to_adjudicate"
    }
    return judge(
        rows, before, cards=card_ids, disputed=disputed, file=path.name, month=month, is_closed=is_closed
    )


def _keep(path: Path, answers: list[Answer], month: Month, lake: Lake) -> None:
    """Write a workbook's answers once, under its hash. What it adds when it is read again stands beside it."""
    if not answers:
        return
    folder = lake.partition("review_answers", month=str(month))
    name = sha256(path)
    again = len(list(folder.glob(f"{name}*.parquet")))
    with lake.adding(folder / (f"{name}-{again}.parquet" if again else f"{name}.parquet")) as aside:
        _write(aside, [vars(answer) for answer in answers], ANSWERS)


def _write(target: Path, rows: Sequence[Mapping[str, object]], schema: pa.Schema) -> None:
    pq.write_table(
        pa.Table.from_pylist([dict(row) for row in rows], schema=schema), target, compression="zstd"
    )


def _settle(
    con: duckdb.DuckDBPyConnection, settled: list[Settled], month: Month, lake: Lake
) -> dict[str, int]:
    """Write the month's decisions and labels from all answers so far; give how many of each."""
    columns = [str(row[0]) for row in con.execute("DESCRIBE cards").fetchall()]
    rows = con.execute("FROM cards ORDER BY card_id").fetchall()
    cards = {str(row[columns.index("card_id")]): dict(zip(columns, row, strict=True)) for row in rows}
    decisions = [row for one in settled for row in decisions_of(cards[one.card_id], one)]
    labels = [label for one in settled if (label := label_of(cards[one.card_id], one)) is not None]
    if decisions:  # beside whatever people decided elsewhere
        with lake.adding(lake.partition("decisions", month=str(month)) / "review.parquet") as aside:
            _write(aside, decisions, DECISIONS)
    if labels:
        with lake.replacing("labels", month=str(month)) as folder:
            _write(folder / "labels.parquet", labels, LABELS)
    return {"decisions": len(decisions), "labels": len(labels)}


def _write_disputed(
    con: duckdb.DuckDBPyConnection,
    disputed: list[Settled],
    month: Month,
    lake: Lake,
    policy: Policy,
    terms: Terms,
) -> None:
    """The third person's workbook: the same cards, still blind to the machine, with what two have said."""
    path = cards_file(lake, month, terms, THIRD)
    if not disputed:
        path.unlink(missing_ok=True)
        return
    mask = mask_for(AUDIENCE, policy)
    said = {one.card_id: (_said(one.answers[0], mask), _said(one.answers[1], mask)) for one in disputed}
    con.execute("CREATE OR REPLACE TEMP TABLE all_cards AS FROM cards")
    con.register("disputed_ids", pa.table({"card_id": sorted(said)}))
    con.execute("CREATE OR REPLACE TEMP TABLE cards AS FROM all_cards SEMI JOIN disputed_ids USING (card_id)")
    cards = [
        Card(card.card_id, card.township, card.fields, said[card.card_id])
        for card in written_cards(con, month, lake, mask)
    ]
    con.execute("CREATE OR REPLACE TEMP TABLE cards AS FROM all_cards")
    write_cards(path, cards, seat=THIRD, month=month, terms=terms, mask=mask)


def _said(answer: Answer | None, mask: Mask) -> str:
    """An answer in words, without who gave it."""
    if answer is None:
        return ""
    return "\n".join(
        mask.show_text(part) for part in (WORDS[answer.verdict], answer.reason, answer.words) if part
    )


def _outcome(
    month: Month,
    settled: list[Settled],
    by: dict[str, dict[str, int]],
    written: dict[str, int],
    refusals: list[str],
    is_closed: bool,
) -> Outcome:
    states = dict(sorted(Counter[str](one.state for one in settled).items()))
    agreed = agreement(settled)
    reasons = list(refusals)
    for name, count in by["refused"].items():
        if count:
            reasons.append(f"{count} rows of {name} go back: see returns/{month}/.")
    if states.get("to_adjudicate"):
        reasons.append(
            f"{states['to_adjudicate']} cards wait for a third person: see 核对卡_…_{THIRD}_{month}.xlsx in review/{month}/."
        )
    if agreed.kappa is not None:
        reasons.append(
            f"{FIRST} and {SECOND} said the same on {agreed.agreed} of {agreed.both} cards (kappa {agreed.kappa:.3f})."
        )
    if is_closed:
        reasons.append(f"the review is over: 核对结果_{month}.xlsx in review/{month}/ shows the scores.")
    return Outcome(
        stage="absorb_review",
        month=str(month),
        status="held" if refusals else "done",
        counts={
            "cards": len(settled),
            "answers": sum(by["answered"].values()),
            "refused": sum(by["refused"].values()),
            **written,
        },
        by={**by, "state": states},
        reasons=reasons,
    )
