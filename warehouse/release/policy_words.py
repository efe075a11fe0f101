"""The policy lines behind a warning, as an officer reads them: what, how much, since when, which document. Pure
but for the table of words, which is read once."""

from __future__ import annotations

import csv
import re
from functools import cache

from warehouse.policy import Line, Policy
from warehouse.settings import REPOSITORY

_WORDS = REPOSITORY / "dbt_project" / "seeds" / "reference" / "parameters.csv"
NO_PARAMETER = "无参数"  # as int_rules__readied writes it
COMPARED = "各来源直接比对，不设数值标准"
# As ``warehouse.policy.Line.reference`` writes it.
_REFERENCE = re.compile(
    r"(?P<parameter>\S+)@\S+:(?P<since>\S+) \((?P<document>.*), (?P<status>verified|illustrative)\)"
)


@cache
def words() -> dict[str, tuple[str, str]]:
    """Per parameter its Chinese title and the words of its unit."""
    with _WORDS.open(encoding="utf-8", newline="") as file:
        return {
            line["parameter"]: (line["title"] or line["parameter"], line["unit_words"])
            for line in csv.DictReader(file)
        }


def documents(policy_ref: str | None) -> str:
    """The documents of a policy reference, each once, without the parameters; else as it stands."""
    said = []
    for line in _lines(policy_ref):
        found = _REFERENCE.fullmatch(line)
        said.append(_document(found) if found else line)
    return "；".join(dict.fromkeys(said))


def told(policy_ref: str | None, policy: Policy) -> str:
    """Each line with its value, first day and document, one below the other.

    The value is told only while policy still holds the very line that the warning names.
    """
    if policy_ref == NO_PARAMETER:
        return COMPARED
    return "\n".join(_told(line, policy) for line in _lines(policy_ref))


def _lines(policy_ref: str | None) -> list[str]:
    plain = "" if policy_ref == NO_PARAMETER else policy_ref or ""
    return [line.strip() for line in plain.split("; ") if line.strip()]


def _told(line: str, policy: Policy) -> str:
    found = _REFERENCE.fullmatch(line)
    if found is None:
        return line
    title, unit = words().get(found["parameter"], (found["parameter"], ""))
    in_force = policy.lines.get(found["parameter"])
    value = f" {_value(in_force)} {unit}".rstrip() if in_force and in_force.reference == line else ""
    return f"{title}{value}，{found['since']} 起（{_document(found)}）"


def _value(line: Line) -> str:
    return line.value.replace(";", "、")


def _document(found: re.Match[str]) -> str:
    document = found["document"]
    return document if found["status"] == "verified" or "示例" in document else f"{document}，示例值"
