"""The named rules of the linkage: an id and one sentence each, as they stand in crosswalk, pairs and review.

A deterministic rule decides by itself; ``L10`` to ``L12`` stand for what the model weighed. Whoever adds a
rule adds its sentence here: the rule catalogue is made from this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Grade = Literal["certain", "review", "new"]


@dataclass(frozen=True)
class Rule:
    """One rule: its id, the sentence staff read beside it, and the grade it gives."""

    rule_id: str
    sentence: str
    grade: Grade


KNOWN = Rule("L00", "described exactly as in an earlier month", "certain")
SAME_ID = Rule("L01", "same valid id, names compatible", "certain")
ID_CONFLICT = Rule("L02", "same valid id, but name or sex in conflict", "review")
SAME_AGENCY_NUMBER = Rule("L03", "same number of one agency, name compatible", "certain")
SAME_DAMAGED_ID = Rule("L04", "same damaged id text, same name", "certain")
SAME_HOUSEHOLD_NAME = Rule(
    "L05", "same household number, and exactly one person in it bears the name", "certain"
)
TIED_WITH_CONFLICT = Rule("L06", "an agency's number fits, but the id shown is another person's", "review")
SAME_NUMBER_AND_NAME = Rule(
    "L07", "same number and same name as another description without a valid id", "certain"
)
LIVES_WITH = Rule("L08", "named beside a person with whom exactly one lives who bears the name", "certain")
MAY_LIVE_WITH = Rule("L09", "named beside a person with whom one lives who nearly bears the name", "review")
TOGETHER = Rule("L14", "same name and birth date as one with whom the relative named beside lives", "certain")
MAY_BE_TOGETHER = Rule(
    "L16", "without a name, the only one born on that day where the relative named beside lives", "certain"
)
SLIP = Rule(
    "L17",
    "a valid id two characters apart from that of one who bears the same name: a slip that stays valid",
    "certain",
)
HOUSEMATE = Rule(
    "L18",
    "shows the id of one with whom exactly one lives who bears the name: the name is believed",
    "certain",
)
HOUSEMATE_OR_OWNER = Rule(
    "L19",
    "shows the id of one and the name of another of the same house, and nothing else tells which",
    "review",
)
SETTLED_ELSEWHERE = Rule(
    "L15", "shows another person's id, but all else is one known person's of that name", "certain"
)
MODEL_CERTAIN = Rule(
    "L10", "the evidence together is beyond the join line, and nobody else is near", "certain"
)
MODEL_POSSIBLE = Rule("L11", "the evidence together is between the review line and the join line", "review")
MODEL_AMBIGUOUS = Rule("L12", "beyond the join line, but a second person is nearly as good", "review")
MODEL_GUARDED = Rule(
    "L13", "beyond the join line, but a guard forbids to join without a person's look", "review"
)
FOUNDER = Rule("L20", "nobody known fits: the first description of a person", "new")
CONTESTED_FOUNDER = Rule(
    "L21", "shows another person's id, and nobody else fits: held as a person apart", "review"
)
OWN_PERSON = Rule(
    "L23", "shows another person's id, but its own birth date or agency number tells a person apart", "new"
)
TOO_THIN = Rule("L22", "says too little to tell persons apart", "review")
HUMAN = Rule("L30", "a person decided that these are the same", "certain")

HUMAN_APART = Rule("L31", "a person decided that this is not the one it would be linked to", "new")

BELOW_BREAK = Rule(
    "L40", "a link of the model stands below the break line: it stays until a person looks", "review"
)
LOOK_LIKE_ONE = Rule("L41", "two known persons now look like one, and nothing forbids it", "review")
LOOK_LIKE_ONE_FORBIDDEN = Rule(
    "L42", "two known persons look like one, but something says they are two", "review"
)
CONTRADICTION = Rule(
    "L43", "decisions of people contradict one another: what must be apart stays apart", "review"
)
TWO_IDS_IN_ONE = Rule(
    "L44",
    "would have put two valid ids, or two whom a person parted, into one person: held before it was published",
    "review",
)
ONE_AFTER_ALL = Rule(
    "L45",
    "two known persons are one: beyond the merge line, nobody else near, and nothing forbids it",
    "certain",
)
NOT_BORNE = Rule("L46", "a provisional person whose descriptions were found to be several others'", "certain")

RULES: dict[str, Rule] = {
    rule.rule_id: rule
    for rule in (
        KNOWN,
        SAME_ID,
        ID_CONFLICT,
        SAME_AGENCY_NUMBER,
        SAME_DAMAGED_ID,
        SAME_HOUSEHOLD_NAME,
        TIED_WITH_CONFLICT,
        SAME_NUMBER_AND_NAME,
        LIVES_WITH,
        MAY_LIVE_WITH,
        TOGETHER,
        MAY_BE_TOGETHER,
        SLIP,
        HOUSEMATE,
        HOUSEMATE_OR_OWNER,
        SETTLED_ELSEWHERE,
        MODEL_CERTAIN,
        MODEL_POSSIBLE,
        MODEL_AMBIGUOUS,
        MODEL_GUARDED,
        FOUNDER,
        CONTESTED_FOUNDER,
        OWN_PERSON,
        TOO_THIN,
        HUMAN,
        HUMAN_APART,
        BELOW_BREAK,
        LOOK_LIKE_ONE,
        LOOK_LIKE_ONE_FORBIDDEN,
        CONTRADICTION,
        TWO_IDS_IN_ONE,
        ONE_AFTER_ALL,
        NOT_BORNE,
    )
}
