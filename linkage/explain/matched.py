"""One description beside one person: fields, weights, guards, facts of the rule, alternatives, in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from linkage import rules
from linkage.explain.explanation import Alternative, Bar, Line, Match
from linkage.explain.lookup import Lookup
from linkage.explain.rescore import TF, Rescored, Scored, rescore
from linkage.limits import Limits
from linkage.review.card_words import Field, fields_of
from linkage.review.sides import Side
from linkage.wording import (
    GRADES,
    agency_word,
    comparison_word,
    feed_word,
    guard_word,
    level_word,
    role_word,
    rule_word,
)
from warehouse.release.masking import Mask

_LABELS = {
    "name": "姓名", "id_no": "身份证号码", "id_state": "号码情况", "birth": "出生日期", "sex": "性别",
    "ethnicity": "民族", "place": "乡镇、村", "home": "住址", "phone": "电话", "relation": "与户主关系",
    "numbers": "各单位编号", "sources": "记载来源", "months": "出现月份",
}  # fmt: skip
# Rules that the model's weight made; every other one stands on a fact.
_WEIGHED = {
    rule.rule_id
    for rule in (rules.MODEL_CERTAIN, rules.MODEL_POSSIBLE, rules.MODEL_AMBIGUOUS, rules.MODEL_GUARDED)
}
# Which comparison of the model says how far two values agree that are not the same.
_COMPARISONS = {"name": "name", "id_no": "id", "birth": "birth"}
_BORROWERS = {rules.SETTLED_ELSEWHERE.rule_id, rules.OWN_PERSON.rule_id}
_CONFLICTS = {*_BORROWERS, rules.ID_CONFLICT.rule_id, rules.TIED_WITH_CONFLICT.rule_id}
_DEATH_FEEDS = ("death", "cremation")


def match_of(
    lookup: Lookup,
    one: dict[str, Any],
    against: str | int,
    mask: Mask,
    limits: Limits,
    model: Path,
    alternatives: int,
) -> Match:
    """Description ``one`` beside a person (its id) or one other description (its key), scored now."""
    if isinstance(against, int):
        others = [lookup.description(against)]
        held_as = str(others[0]["person_id"])
        right_title = _title(others[0], "另一条记载")
    else:
        held_as = against
        others = [
            each for each in lookup.descriptions(against)
            if each["profile_key"] != one["profile_key"] and (each["grade"] != "review")
        ]  # fmt: skip
        right_title = f"{against} 的其他 {len(others)} 种记载"
    believed = [_without_borrowed(each) for each in others] if one["rule"] not in _CONFLICTS else others
    fields = fields_of(Side([one]), Side(believed), is_turned=False, mask=mask)
    scores = rescore(
        lookup.con, one, against=against, month=lookup.month, lake=lookup.lake, limits=limits, model=model
    )
    is_linked = one["person_id"] == held_as
    return Match(
        left_title=_title(one, "这条记载"),
        right_title=right_title,
        person_id=held_as,
        grade=GRADES.get(one["grade"], one["grade"]) if is_linked else "不在此人名下",
        rule_id=one["rule"] if is_linked else "",
        rule_words=rule_word(one["rule"]) if is_linked else "",
        is_by_rule=is_linked and one["rule"] not in _WEIGHED and one["match_weight"] is None,
        is_by_people=is_linked and one["rule"] in (rules.HUMAN.rule_id, rules.HUMAN_APART.rule_id),
        is_linked=is_linked,
        facts=[
            *_owner_of_shown(lookup, one, held_as),
            *(_facts(one, others, scores.own, mask) if is_linked else []),
        ],
        lines=_lines(fields, scores.own),
        recorded=one["match_weight"] if is_linked else None,
        total=scores.own.match_weight if scores.own else None,
        bars=_bars(scores.own),
        guards=[guard_word(sentence) for sentence in scores.own.guards] if scores.own else [],
        join_bits=_join_bits(one, others, limits),
        review_bits=limits.review_bits,
        gap_bits=limits.gap_bits,
        alternatives=_alternatives(lookup, scores, mask, alternatives),
    )


def values_of(one: dict[str, Any], mask: Mask) -> dict[str, str]:
    """The fields of one description in words, masked."""
    fields = fields_of(Side([one]), Side(), is_turned=False, mask=mask)
    return {key: field.first for key, field in fields.items()}


def _without_borrowed(one: dict[str, Any]) -> dict[str, Any]:
    """A description without the number that is known to be another person's."""
    return one | {"id_no": None, "id_seen": None, "id_kind": "missing"} if one["rule"] in _BORROWERS else one


def _title(one: dict[str, Any], otherwise: str) -> str:
    source = feed_word(one["feed"]) + role_word(one["role"], one["of"])
    return f"{otherwise}：{source}" if source else otherwise


def _lines(fields: dict[str, Field], scored: Scored | None) -> list[Line]:
    levels = {step.comparison: step.level for step in scored.steps} if scored else {}
    bits = {step.comparison: step.bits for step in scored.steps} if scored else {}
    lines = []
    for key, label in _LABELS.items():
        field = fields[key]
        if not field.first and not field.second:
            continue
        level = levels.get(_COMPARISONS.get(key, ""), "missing")
        note = (
            level_word(_COMPARISONS[key], level)
            if field.difference == "differs" and level != "missing"
            else ""
        )
        # A year that an age tells and the whole date differ in letters and agree all the same.
        fits = note and bits[_COMPARISONS[key]] > 0
        apart = ((), ()) if fits else field.apart
        lines.append(
            Line(label, field.first, field.second, "fits" if fits else field.difference, apart, note)
        )
    return lines


def _bars(scored: Scored | None) -> list[Bar]:
    bars: list[Bar] = []
    stands = 0.0
    for step in scored.steps if scored else ():
        level = "" if step.comparison in ("prior", TF) else level_word(step.comparison, step.level)
        bars.append(
            Bar(
                comparison_word(step.comparison),
                level,
                step.bits,
                stands,
                stands + step.bits,
                step.level == "missing",
            )
        )
        stands += step.bits
    return bars


def _join_bits(one: dict[str, Any], others: list[dict[str, Any]], limits: Limits) -> float:
    """The join line for this pair: higher where somebody is on a list of the dead, or the id is another's."""
    if any(each["role"] == "self" and each["feed"] in _DEATH_FEEDS for each in (one, *others)):
        return limits.join_dead_bits
    return limits.join_contested_bits if one["rule"] in _CONFLICTS else limits.join_bits


def _owner_of_shown(lookup: Lookup, one: dict[str, Any], held_as: str) -> list[str]:
    """Whose the shown id is, where it is not this person's."""
    if one["id_no"] is None:
        return []
    owners = lookup.rows(
        "SELECT person_id FROM persons WHERE id_no = ? AND person_id <> ? ORDER BY person_id",
        [one["id_no"], held_as],
    )
    return [f"所写身份证号码是另一人的：{owner['person_id']}" for owner in owners]


def _facts(one: dict[str, Any], others: list[dict[str, Any]], scored: Scored | None, mask: Mask) -> list[str]:
    """Which facts tied the description: the numbers both sides show, and how far the names agree."""
    facts = []
    if one["id_no"] and any(each["id_no"] == one["id_no"] for each in others):
        facts.append(f"身份证号码相同：{mask.show_id(one['id_no'])}")
    elif one["id_seen"] and any(each["id_seen"] == one["id_seen"] for each in others):
        facts.append(f"残缺号码完全相同：{mask.show_id(one['id_seen'])}")
    for column in ("agency_key", "household_key"):
        number = one[column]
        if number and ":" in number and not number.startswith(("home:", "beside:")) and any(
            each[column] == number for each in others
        ):  # fmt: skip
            facts.append(f"编号相同：{mask.show_text(agency_word(number))}")
    if one["household_key"] and one["household_key"].startswith("home:") and any(
        each["household_key"] == one["household_key"] for each in others
    ):  # fmt: skip
        facts.append(f"同一住址：{mask.show_text(one['household_key'].removeprefix('home:'))}")
    name = next((step for step in scored.steps if step.comparison == "name"), None) if scored else None
    if name is not None:
        facts.append(f"姓名：{level_word('name', name.level)}")
    return facts


def _alternatives(lookup: Lookup, scores: Rescored, mask: Mask, most: int) -> list[Alternative]:
    own = scores.own.match_weight if scores.own else None
    return [
        Alternative(
            person_id=other.person_id,
            who=_who(lookup, other.person_id, mask),
            match_weight=other.match_weight,
            behind=None if own is None else own - other.match_weight,
            speaks_for=_speaks(other, is_for=True),
            speaks_against=_speaks(other, is_for=False),
        )
        for other in scores.others[:most]
    ]


def _who(lookup: Lookup, person_id: str, mask: Mask) -> str:
    person = lookup.person(person_id)
    parts = (
        mask.show_name(person["name"]),
        mask.show_id(person["id_no"]),
        person["township"],
        person["village"],
    )
    return " ".join(str(part) for part in parts if part)


def _speaks(scored: Scored, *, is_for: bool) -> str:
    told = [
        f"{comparison_word(step.comparison)}{level_word(step.comparison, step.level)}"
        for step in sorted(scored.steps, key=lambda step: -abs(step.bits))
        if step.comparison not in ("prior", TF) and (step.bits > 0) == is_for and step.bits != 0
    ]
    return "、".join(told[:3])
