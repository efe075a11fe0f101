"""The value that an explanation is: words and numbers ready to be shown, masked already. No I/O."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One field on both sides. ``difference``: same / fits (differs in letters, and agrees) / differs /
    one_missing / none; ``apart`` as in ``card_words``.

    ``note`` says how far two differing values still agree, in the model's words.
    """

    label: str
    left: str
    right: str
    difference: str
    apart: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())
    note: str = ""

    def pieces(self, side: int) -> list[tuple[bool, str]]:
        """A side's text cut into common (False) and differing (True) pieces."""
        text, apart = ((self.left, self.right)[side], self.apart[side])
        pieces: list[tuple[bool, str]] = []
        for place, letter in enumerate(text):
            if pieces and pieces[-1][0] == (place in apart):
                pieces[-1] = (place in apart, pieces[-1][1] + letter)
            else:
                pieces.append((place in apart, letter))
        return pieces


@dataclass(frozen=True)
class Bar:
    """One step of the waterfall, in bits: where the sum stood before it and after it."""

    label: str
    level: str
    bits: float
    start: float
    end: float
    is_silent: bool = False


@dataclass(frozen=True)
class Alternative:
    """Another person who was near: the bits, how far behind, and what speaks for and against."""

    person_id: str
    who: str
    match_weight: float
    behind: float | None
    speaks_for: str
    speaks_against: str


@dataclass(frozen=True)
class Match:
    """One description beside one person (or beside another description)."""

    left_title: str
    right_title: str
    person_id: str
    grade: str
    rule_id: str
    rule_words: str
    is_by_rule: bool
    is_by_people: bool
    is_linked: bool
    facts: list[str]
    lines: list[Line]
    recorded: float | None
    total: float | None
    bars: list[Bar]
    guards: list[str]
    join_bits: float
    review_bits: float
    gap_bits: float
    alternatives: list[Alternative]

    @property
    def model_words(self) -> str:
        """What the model alone says of the total."""
        if self.total is None:
            return "此人没有别的记载可比，模型无从打分。"
        if self.total < self.review_bits:
            return "单看模型分数，在核实线以下：模型不会提议关联。"
        if self.total < self.join_bits:
            return "单看模型分数，在核实线与认定线之间：须人工核实。"
        if self.guards:
            return "单看模型分数，超过认定线；但有禁止自动认定的情形，须人工核实。"
        near = [one for one in self.alternatives if self.total - one.match_weight < self.gap_bits]
        if near:
            return "单看模型分数，超过认定线；但还有别人几乎一样像，须人工核实。"
        return "单看模型分数，超过认定线，且没有第二个相近的人。"


@dataclass(frozen=True)
class Seen:
    """One description of a person: where it came from and how it was tied."""

    profile_key: str
    source: str
    months: str
    name: str
    id_no: str
    birth: str
    place: str
    grade: str
    rule_id: str
    rule_words: str
    match_weight: float | None
    rows: list[str]
    row_count: int


@dataclass(frozen=True)
class Happening:
    """One event of an id, or one thing a person decided."""

    when: str
    what: str
    other: str
    why: str


@dataclass(frozen=True)
class Explanation:
    """All that is shown. ``audience`` is the mask it was made for; ``moved_to`` the id that replaced the one asked for."""

    what: str
    month: str
    audience: str
    title: str
    summary: str
    person_id: str
    who: list[tuple[str, str]]
    moved_to: str | None
    match: Match | None
    match_note: str
    seen: list[Seen]
    seen_count: int
    events: list[Happening]
    decisions: list[Happening]
    model: str
    is_whole: bool
