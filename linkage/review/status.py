"""Where the month's cards stand: read back from the cards and all answers, compared with a given day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from linkage.review.answers import Answer
from linkage.review.queue import read_cards
from linkage.review.settle import Settled, settle
from linkage.review.terms import Terms
from warehouse.database import in_memory
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.small_tables import read_table

_OPEN = ("waiting", "answered_once", "to_adjudicate")


def review_status(month: Month, *, lake: Lake, policy: Policy, on: date | None = None) -> list[Settled]:
    """The state of every card of a month, in order of card_id. ``Refused`` when no cards were handed out.

    Without a day ``on`` nothing is overdue: the house has no clock of its own.
    """
    with in_memory(lake.home) as con:
        read_cards(con, month, lake)
        card_ids = [str(row[0]) for row in con.execute("SELECT card_id FROM cards").fetchall()]
    return settled_cards(card_ids, month, lake, Terms.of(month, policy), on)


def settled_cards(
    card_ids: Iterable[str], month: Month, lake: Lake, terms: Terms, on: date | None
) -> list[Settled]:
    """``settle`` over the answers that are in the lake."""
    return settle(card_ids, read_answers(month, lake), due=terms.due, due_third=terms.due_third, on=on)


def open_states(settled: Iterable[Settled]) -> list[Settled]:
    """The cards that somebody may still answer in time."""
    return [one for one in settled if one.state in _OPEN]


def read_answers(month: Month, lake: Lake) -> dict[tuple[str, str], Answer]:
    """What stands for each card and seat."""
    folder = lake.partition("review_answers", month=str(month))
    if not any(folder.glob("*.parquet")):
        return {}
    rows = [row for path in sorted(folder.glob("*.parquet")) for row in read_table(path).to_pylist()]
    found: dict[tuple[str, str], Answer] = {}
    for answer in sorted(Answer(**row) for row in rows):
        found.setdefault((answer.card_id, answer.seat), answer)
    return found
