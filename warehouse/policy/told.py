"""A line of policy as an officer reads it: its value with the words of its unit. Pure but for the table of words."""

from __future__ import annotations

from decimal import Decimal

from warehouse.policy.lines import Line
from warehouse.policy.parameters import description_of, parameters
from warehouse.policy.schedule import Schedule

UNCONFIGURED = "未配置规则"
ILLUSTRATIVE = "示例值"
# The words of a pack that are written for machines.
_WORDS = {
    "yes": "是",
    "no": "否",
    "hukou": "户籍地",
    "residence": "居住地",
    "medical": "医疗",
    "education": "教育",
    "care": "必要护理",
    "living": "基本生活",
    "whole": "全显",
    "masked": "遮盖",
    "absent": "不列",
}


def value_told(line: Line | None) -> str:
    """The value with its unit's words; ``未配置规则`` for a value that is left open, and for no line at all."""
    if line is None or line.value == "":
        return UNCONFIGURED
    about = description_of(line.parameter, parameters())
    return f"{_value(line)} {about.unit_words if about else ''}".rstrip()


def title_of(parameter: str) -> str:
    """The parameter's Chinese title; its own name where it has none."""
    about = description_of(parameter, parameters())
    return about.title if about else parameter


def document_told(document: str, is_verified: bool) -> str:
    """The document, and whether the value is only an example."""
    return document if is_verified or "示例" in document else f"{document}，{ILLUSTRATIVE}"


def _value(line: Line) -> str:
    if line.unit == "percent:months":
        return Schedule.parse(line.value).words
    if line.unit == "share" or line.unit.startswith("share of "):
        return f"{(Decimal(line.value) * 100).normalize():f}%"
    return "、".join(_WORDS.get(word, word) for word in line.value.split(";"))
