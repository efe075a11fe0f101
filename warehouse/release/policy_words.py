"""The policy lines behind a warning, as an officer reads them: what, how much, since when, which document."""

from __future__ import annotations

import re

from warehouse.policy import Policy
from warehouse.policy.told import ILLUSTRATIVE, document_told, title_of, value_told

NO_PARAMETER = "无参数"  # as int_rules__readied writes it
_EXAMPLES = "标准为示例值，尚无文件规定"
_EXAMPLES_TOO = "其余标准为示例值"
COMPARED = "各来源直接比对，不设数值标准"
# As ``warehouse.policy.Line.reference`` writes it.
_REFERENCE = re.compile(
    r"(?P<parameter>\S+)@\S+:(?P<since>\S+) \((?P<document>.*), (?P<status>verified|illustrative)\)"
)


def documents(policy_ref: str | None) -> str:
    """The documents of a policy reference, each once, without the parameters; else as it stands.

    What a document says stands before what is only an example, and the examples are told once and as such.
    """
    said, examples = [], False
    for line in _lines(policy_ref):
        found = _REFERENCE.fullmatch(line)
        if found and found["document"] == ILLUSTRATIVE:
            examples = True
        else:
            said.append(_document(found) if found else line)
    named = list(dict.fromkeys(said))
    return "；".join([*named, *([_EXAMPLES_TOO if named else _EXAMPLES] if examples else [])])


def told(policy_ref: str | None, policy: Policy) -> str:
    """Each line with its value, first day and document, one below the other.

    The value is told only while policy still holds the very line that the warning names.
    """
    if policy_ref == NO_PARAMETER:
        return COMPARED
    return "\n".join(_told(line, policy) for line in _lines(policy_ref))


def what_counts(policy: Policy) -> str:
    """What a visit that was worth walking is (有收效), in a sentence: the one measure of pages, cards and summary."""
    rules = policy.words("rules_found_by_aid")
    by_aid = "查困难的规则要属实并拟纳入救助才算（规则卡上写着），其余规则" if rules else "各规则"
    return f"“有收效”是查到了要办的事：{by_aid}属实或部分属实就算。"


def cap_told(policy: Policy) -> str:
    """How many visits a township's list of a month may hold, in a sentence; empty where policy sets no cap."""
    ways = [
        words.format(policy.count(name))
        for name, words in (
            ("list_cap_visits", "每月走访名额 {} 户"),
            ("list_cap_households_per_visit", "名单上的户每 {} 户给一个名额"),
        )
        if policy.is_configured(name)
    ]
    more = "，两样取多的" if len(ways) > 1 else ""
    return f"每个乡镇{'，'.join(ways)}{more}；" if ways else ""


def counts_when(rule: str, policy: Policy) -> str:
    """The same of one rule."""
    is_by_aid = rule in policy.words("rules_found_by_aid")
    return "属实并拟纳入救助的算有收效" if is_by_aid else "属实或部分属实的算有收效"


def _lines(policy_ref: str | None) -> list[str]:
    plain = "" if policy_ref == NO_PARAMETER else policy_ref or ""
    return [line.strip() for line in plain.split("; ") if line.strip()]


def _told(line: str, policy: Policy) -> str:
    found = _REFERENCE.fullmatch(line)
    if found is None:
        return line
    in_force = policy.lines.get(found["parameter"])
    value = f" {value_told(in_force)}" if in_force and in_force.reference == line else ""
    return f"{title_of(found['parameter'])}{value}，{found['since']} 起（{_document(found)}）"


def _document(found: re.Match[str]) -> str:
    return document_told(found["document"], found["status"] == "verified")
