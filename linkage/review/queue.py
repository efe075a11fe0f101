"""Prepare the month's review: choose the cards, write them for two reviewers who do not see each other's."""

from __future__ import annotations

from pathlib import Path

import duckdb

from linkage.review.card_words import fields_of
from linkage.review.cards import SCHEMA, choose_cards
from linkage.review.form import Card
from linkage.review.sides import read_sides
from linkage.review.terms import FIRST, SECOND, Terms
from linkage.review.workbook import write_cards
from warehouse.database import copy_to_parquet, in_memory, quoted
from warehouse.errors import Refused
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.outcomes import Outcome, record
from warehouse.policy import Policy
from warehouse.release.masking import Mask, mask_for
from warehouse.release.workbook import file_word

AUDIENCE = "review"
_COLUMNS = ", ".join(SCHEMA.names)


def review_folder(lake: Lake, month: Month) -> Path:
    """Where a month's review files stand: ``HOME/review/<month>``."""
    return lake.home / "review" / str(month)


def cards_file(lake: Lake, month: Month, terms: Terms, seat: str) -> Path:
    """The workbook of one seat."""
    return review_folder(lake, month) / f"核对卡_{file_word(terms.county)}_{seat}_{month}.xlsx"


def prepare_review(month: Month, *, lake: Lake, policy: Policy) -> Outcome:
    """Make ``review_cards`` of the month and the workbooks of 甲 and 乙 from ``review`` and ``link_sample``.

    Cards that somebody has answered stay as they are; the others follow the month's last link. Once the
    result of the review is out nothing changes any more (status ``nothing``). Raises ``Refused`` when the
    month is not linked. Recorded as ``prepare_review``.
    """
    if not any(lake.partition("review", month=str(month)).glob("*.parquet")):
        raise Refused(
            f"{month} is not linked: there are no proposals.", next_step=f"run link for {month} first."
        )
    if any(lake.partition("review_results", month=str(month)).glob("*.parquet")):
        said = f"the review of {month} is over: its result is out, and the cards stay as they were."
        return record(Outcome("prepare_review", str(month), "nothing", reasons=[said]), lake)
    terms = Terms.of(month, policy)
    mask = mask_for(AUDIENCE, policy)
    with in_memory(lake.home) as con:
        counts = choose_cards(con, month, lake, terms)
        with lake.replacing("review_cards", month=str(month)) as folder:
            counts["cards"] = copy_to_parquet(
                con, f"SELECT {_COLUMNS} FROM cards ORDER BY card_id", folder / "cards.parquet"
            )
        cards = written_cards(con, month, lake, mask)
        by = {
            name: dict(
                con.execute(f"SELECT CAST({column} AS VARCHAR), count(*) FROM cards GROUP BY 1").fetchall()
            )
            for name, column in (("purpose", "purpose"), ("priority", "priority"))
        }
    folder = review_folder(lake, month)
    for seat in (FIRST, SECOND):
        path = cards_file(lake, month, terms, seat)
        write_cards(path, cards, seat=seat, month=month, terms=terms, mask=mask)
    reasons = [
        f"{counts['cards']} cards for each of two reviewers in review/{folder.name}/, due {terms.due}."
    ]
    if counts["left_for_later"]:
        reasons.append(
            f"{counts['left_for_later']} proposals are beyond linkage_review_cards and stay proposals; "
            "they are asked again next month."
        )
    return record(Outcome("prepare_review", str(month), counts=counts, by=by, reasons=reasons), lake)


def read_cards(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake) -> None:
    """Make ``cards`` and the view ``described`` of a month whose review was prepared; else ``Refused``."""
    folder = lake.partition("review_cards", month=str(month))
    if not any(folder.glob("*.parquet")):
        raise Refused(
            f"no cards were handed out for {month}.",
            next_step=f"run doudi review prepare --month {month} first.",
        )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE cards AS FROM read_parquet('{quoted(folder)}/*.parquet', hive_partitioning = false)"
    )
    registry = quoted(lake.partition("registry", month=str(month)))
    con.execute(f"CREATE OR REPLACE TEMP VIEW described AS FROM read_parquet('{registry}/profiles.parquet')")


def written_cards(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake, mask: Mask) -> list[Card]:
    """The rows of ``cards`` in words, as the mask lets them be seen."""
    sides = read_sides(con, month, lake)
    turned = con.execute("SELECT card_id, is_turned FROM cards ORDER BY card_id").fetchall()
    cards = []
    for card_id, is_turned in turned:
        left, right = sides[card_id]
        townships = sorted({*left.values("township"), *right.values("township")})
        cards.append(
            Card(
                card_id,
                townships[0] if townships else "",
                fields_of(left, right, is_turned=is_turned, mask=mask),
            )
        )
    return cards
