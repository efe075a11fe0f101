"""The terms of a month's review, read once from the policy and frozen, and its closed words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.release.workbook import drop_down

# What a reviewer answers, and what the lake calls it.
SAME, DIFFERENT, UNSURE = "same", "different", "unsure"
ANSWERS: Final[dict[str, str]] = {"同一人": SAME, "不是同一人": DIFFERENT, "无法判断": UNSURE}
WORDS: Final[dict[str, str]] = {verdict: word for word, verdict in ANSWERS.items()}
# The two who answer alone, and the third who has the last word where they do not agree.
FIRST, SECOND, THIRD = "甲", "乙", "裁定"
SEATS: Final[tuple[str, ...]] = (FIRST, SECOND, THIRD)


@dataclass(frozen=True)
class Terms:
    """Days, cap and words of one region and month.

    ``due`` is the last day for the two reviewers, ``due_third`` the adjudicator's; ``cards`` is how many a
    reviewer gets at the most; ``urgent`` and ``paying`` are feeds whose cards come first and second.
    """

    county: str
    due: date
    due_third: date
    cards: int
    urgent: tuple[str, ...]
    paying: tuple[str, ...]
    reasons: list[str]

    @classmethod
    def of(cls, month: Month, policy: Policy) -> Terms:
        """Read the lines ``linkage_review_*``; ``PolicyMissing`` names the one that is not there."""
        due = month.last_day + timedelta(days=policy.count("linkage_review_days"))
        return cls(
            county=policy.text("release.county_name"),
            due=due,
            due_third=due + timedelta(days=policy.count("linkage_review_adjudication_days")),
            cards=policy.count("linkage_review_cards"),
            urgent=policy.words("linkage_review_urgent_feeds"),
            paying=policy.words("linkage_review_payment_feeds"),
            reasons=drop_down(policy.words("linkage_review_reasons"), "linkage_review_reasons"),
        )
