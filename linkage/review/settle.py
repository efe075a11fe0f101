"""From answers to what is settled: the state of every card, decisions, labels, agreement. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from linkage.review.answers import Answer
from linkage.review.terms import DIFFERENT, FIRST, SAME, SECOND, THIRD, UNSURE

State = Literal["waiting", "answered_once", "decided", "to_adjudicate", "overdue"]
STATES: dict[State, str] = {
    "waiting": "待答复",
    "answered_once": "一人已答",
    "to_adjudicate": "待裁定",
    "overdue": "逾期",
    "decided": "已定",
}
VERDICTS = {SAME: "must_link", DIFFERENT: "must_not_link"}


@dataclass(frozen=True)
class Settled:
    """Where a card stands. ``verdict``, ``decided_on`` and ``by`` are None until it is decided."""

    card_id: str
    state: State
    answers: tuple[Answer | None, Answer | None, Answer | None]
    verdict: str | None = None
    decided_on: date | None = None
    by: str | None = None

    @property
    def is_adjudicated(self) -> bool:
        """Whether the third person had the word."""
        return self.state == "decided" and self.answers[2] is not None

    @property
    def reviewers(self) -> int:
        """How many people have answered."""
        return sum(answer is not None for answer in self.answers)


def settle(
    card_ids: Iterable[str],
    answers: Mapping[tuple[str, str], Answer],
    *,
    due: date,
    due_third: date,
    on: date | None = None,
) -> list[Settled]:
    """The state of every card, in order of card_id; overdue only where a day ``on`` is given and past the term.

    Two who say the same (and not unsure) decide. Who disagrees, or cannot tell, leaves the card to the third,
    whose answer is final: an unsure one closes the card without a decision. One answer decides nothing.
    """
    return [_settle(card_id, answers, due, due_third, on) for card_id in sorted(card_ids)]


def _settle(
    card_id: str, answers: Mapping[tuple[str, str], Answer], due: date, due_third: date, on: date | None
) -> Settled:
    one, two, third = (answers.get((card_id, seat)) for seat in (FIRST, SECOND, THIRD))
    given = (one, two, third)
    if one is None or two is None:
        late = on is not None and on > due
        waiting: State = "answered_once" if one or two else "waiting"
        return Settled(card_id, "overdue" if late else waiting, given)
    if one.verdict == two.verdict != UNSURE:
        return _decided(card_id, given, one.verdict, max(one.answered_on, two.answered_on))
    if third is not None:
        return _decided(card_id, given, third.verdict, third.answered_on)
    late = on is not None and on > due_third
    return Settled(card_id, "overdue" if late else "to_adjudicate", given)


def _decided(
    card_id: str, given: tuple[Answer | None, Answer | None, Answer | None], verdict: str, on: date
) -> Settled:
    by = "；".join(f"{answer.seat}：{answer.answered_by}" for answer in given if answer is not None)
    return Settled(card_id, "decided", given, verdict, on, by)


def decisions_of(card: Mapping[str, Any], settled: Settled) -> list[dict[str, str]]:
    """The decisions that a settled card makes, as rows of ``decisions``; none while open and where unsure.

    A doubtful description (and those that stood on the card with it) and the person; two persons, where the
    description speaks for a person of its own. Who was first seen in the card's own month is named by the
    description that speaks: its id is made by the very link that the decision may change, the key is not.
    """
    if settled.verdict not in VERDICTS or settled.decided_on is None:
        return []
    if settled.verdict == SAME and card["grade"] == "certain":
        return []  # a sampled link that stands is confirmed: a label, and no news to the link
    right = card["person_id"] if card["was_known"] else card["right_key"]
    lefts = [card["left_key"], *(card["also_keys"] or ())]
    if card["left_person"] is not None:
        lefts = [card["left_person"] if card["was_known"] else card["left_key"]]
    return [
        {
            "left": str(left),
            "right": str(right),
            "verdict": VERDICTS[settled.verdict],
            "by": settled.by or "",
            "on": settled.decided_on.isoformat(),
            "source": f"review {settled.card_id}",
        }
        for left in lefts
    ]


def label_of(card: Mapping[str, Any], settled: Settled) -> dict[str, Any] | None:
    """The label of a decided card, with the machine's weight as it stood when the card was made; else None."""
    if settled.state != "decided":
        return None
    return {
        **{name: card[name] for name in ("card_id", "left_key", "person_id")},
        "verdict": settled.verdict,
        **{name: card[name] for name in ("purpose", "stratum", "match_weight", "rule", "grade")},
        "reviewers": settled.reviewers,
        "adjudicated": settled.is_adjudicated,
        "decided_on": settled.decided_on,
    }


@dataclass(frozen=True)
class Agreement:
    """How often two reviewers said the same: of ``both`` cards ``agreed``; ``kappa`` is what chance leaves of it."""

    both: int
    agreed: int
    kappa: float | None


def agreement(settled: Iterable[Settled]) -> Agreement:
    """Cohen's kappa of 甲 and 乙 over the cards both answered; None where it has no value (one word only, no card)."""
    pairs = [
        (one.answers[0].verdict, one.answers[1].verdict)
        for one in settled
        if one.answers[0] and one.answers[1]
    ]
    both, agreed = len(pairs), sum(first == second for first, second in pairs)
    if not both:
        return Agreement(0, 0, None)
    firsts, seconds = Counter(first for first, _ in pairs), Counter(second for _, second in pairs)
    chance = sum(firsts[word] * seconds[word] for word in firsts) / both**2
    return Agreement(both, agreed, None if chance == 1 else (agreed / both - chance) / (1 - chance))
