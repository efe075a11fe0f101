"""Codes of the lake in the Chinese words that staff read: feeds, roles, relations, numbers, rules. Pure tables."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Final

from linkage.rules import RULES
from linkage.standardise import lexicon
from warehouse.intake.contract import contracts

GRADES: Final = {"certain": "已对上", "review": "待核实", "new": "首次出现"}
_SEX: Final = {"1": "男", "2": "女"}
_ROLES: Final = {"self": "", "head": "户主栏", "guardian": "监护人栏", "kin": "亲属栏"}
_OF: Final[dict[str | None, str]] = {
    "head": "户主",
    "guardian": "监护人",
    "spouse": "配偶",
    "parent": "父母",
    "kin": "亲属",
}
_IDS: Final = {
    "legacy15": "一代证15位",
    "invalid": "号码有误",
    "excel15": "末位被表格抹成0",
    "excel_sci": "被表格改成科学计数",
    "masked": "已遮盖",
    "permit": "居住证或通行证",
    "several": "一格多个号码",
}
_NUMBERS: Final = {
    "psn_no": "医保人员编号",
    "student_no": "学籍号",
    "person_no": "人编号",
    "card_no": "残疾人证号",
    "case_no": "救助证编号",
    "household_no": "户编号",
    "hukou_no": "户口簿号",
}


def feed_word(feed: str) -> str:
    """The title of a feed's contract; the feed itself where no contract names it."""
    found = contracts().get(feed)
    return _title(found.title) if found is not None else feed


def _title(title: str) -> str:
    return title.partition("（")[0]


def role_word(role: str, of: str | None = None) -> str:
    """Which column of a row a description stood in: nothing for the row's own person."""
    if role == "self":
        return ""
    return f"（{_OF[of]}栏）" if of in _OF else f"（{_ROLES.get(role, role)}）"


def sex_word(code: str) -> str:
    """``1`` 男, ``2`` 女."""
    return _SEX.get(code, code)


def id_word(kind: str) -> str:
    """What is the matter with a number; nothing for a valid one and where none stands."""
    return _IDS.get(kind, "")


def relation_word(code: str) -> str:
    """A GB/T 4761 code in words."""
    return _relations().get(code, code)


def number_word(kind: str) -> str:
    """An agency's number by its column."""
    return _NUMBERS.get(kind, kind)


def agency_word(key: str) -> str:
    """``psn_no:…`` as 医保人员编号 …."""
    kind, _, value = key.partition(":")
    return f"{number_word(kind)} {value}"


def rule_word(rule_id: str) -> str:
    """A rule's sentence in Chinese; its English one (``linkage.rules``) where the word list lacks it."""
    found = _words().get(("rule", rule_id))
    return found or (RULES[rule_id].sentence if rule_id in RULES else rule_id)


def guard_word(sentence: str) -> str:
    """A guard's sentence (``linkage.decide.GUARDS``) in Chinese."""
    return _words().get(("guard", sentence), sentence)


def comparison_word(name: str) -> str:
    """What a comparison of the model looks at."""
    return _words().get(("comparison", name), name)


def level_word(comparison: str, level: str) -> str:
    """How far two values agree."""
    return _words().get(("level", "missing" if level == "missing" else f"{comparison}.{level}"), level)


def event_word(kind: str) -> str:
    """What happened to an id."""
    return _words().get(("event", kind), kind)


def verdict_word(verdict: str) -> str:
    """What a person decided of two descriptions."""
    return _words().get(("verdict", verdict), verdict)


def lines() -> list[tuple[str, str, str, int]]:
    """Every code that a card of another room shows (rule, comparison, level, grade, role) with its words and its place."""
    roles = {
        f"{role}/{of or ''}": role_word(role, of) for role in _ROLES for of in (None, *filter(None, _OF))
    }
    told = [(kind, key, words) for (kind, key), words in _words().items() if kind in ("rule", "comparison")]
    told += [
        ("level", key, words)
        for (kind, key), words in _words().items()
        if kind == "level" and key != "missing"
    ]
    told += [("rule", rule, found.sentence) for rule, found in RULES.items() if not has_words("rule", rule)]
    told += [("grade", grade, words) for grade, words in GRADES.items()]
    told += [("role", key, words) for key, words in roles.items()]
    return [(*line, place) for place, line in enumerate(told)]


def has_words(kind: str, key: str) -> bool:
    """Whether the word list knows a key: a rule or guard without words is shown in English."""
    return (kind, key) in _words()


@cache
def _words() -> dict[tuple[str, str], str]:
    with Path(__file__).with_name("words.csv").open(encoding="utf-8", newline="") as handle:
        return {(line["kind"], line["key"]): line["words"] for line in csv.DictReader(handle)}


@cache
def _relations() -> dict[str, str]:
    return {line["code"]: line["relation"] for line in lexicon.lines("relations")}
