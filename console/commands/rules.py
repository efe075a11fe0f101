"""``doudi rules``: every warning's sentence with the feeds it needs and the policy in force behind it."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from console.screen import Screen
from warehouse import policy as policies
from warehouse.intake.contract import contracts
from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.policy.groups import group_of
from warehouse.policy.parameters import parameters
from warehouse.policy.told import document_told, title_of, value_told
from warehouse.settings import REPOSITORY

CATALOGUE = REPOSITORY / "dbt_project" / "seeds" / "reference" / "rule_catalogue.csv"
# What every rule that weighs a household's income counts it by, beside its own parameters.
INCOME = "收入核算"
SPEAKS = "ready"
SILENT = "no rule configured"


@dataclass(frozen=True)
class Rule:
    """A line of the catalogue. ``needs`` and ``helps`` are feeds, ``parameters`` those it cannot do without."""

    rule_id: str
    title: str
    kind: str
    sentence: str
    needs: tuple[str, ...]
    helps: tuple[str, ...]
    parameters: tuple[str, ...]
    check_hint: str
    requirements: tuple[str, ...]

    def lacks(self, policy: Policy) -> tuple[str, ...]:
        """The parameters that have no value under a policy: with one of them the rule says nothing (R010)."""
        return tuple(name for name in self.parameters if not policy.is_configured(name))


def catalogue() -> list[Rule]:
    """Every rule, in the order of the catalogue."""
    with CATALOGUE.open(encoding="utf-8", newline="") as file:
        return [
            Rule(
                rule_id=row["rule_id"],
                title=row["title"],
                kind=row["kind"],
                sentence=row["sentence"],
                needs=_list(row["needs_feeds"]),
                helps=_list(row["helping_feeds"]),
                parameters=_list(row["parameters"]),
                check_hint=row["check_hint"],
                requirements=_list(row["requirement"]),
            )
            for row in csv.DictReader(file)
        ]


def feed_titles(feeds: tuple[str, ...]) -> str:
    """The feeds by their Chinese titles."""
    known = contracts()
    return "、".join(known[feed].title if feed in known else feed for feed in feeds)


def show_rules(month: Month, folder: Path, region: str, screen: Screen) -> None:
    """Every rule for a region and month: what it says, what it needs, with which values it decides."""
    policy = policies.load(folder, region, month)
    rules = catalogue()
    silent = 0
    for rule in rules:
        lacks = rule.lacks(policy)
        silent += bool(lacks)
        screen.emit(
            {
                "rule_id": rule.rule_id,
                "title": rule.title,
                "kind": rule.kind,
                "sentence": rule.sentence,
                "needs_feeds": list(rule.needs),
                "helping_feeds": list(rule.helps),
                "parameters": [_plain(name, policy) for name in rule.parameters],
                "state": SILENT if lacks else SPEAKS,
                "check_hint": rule.check_hint,
                "requirements": list(rule.requirements),
            }
        )
        screen.say(f"\n{rule.rule_id} {rule.title}（{rule.kind}） {' '.join(rule.requirements)}")
        screen.say(f"   {rule.sentence}")
        screen.say(
            f"   来源：{feed_titles(rule.needs)}{'；参考：' if rule.helps else ''}{feed_titles(rule.helps)}"
        )
        for name in rule.parameters:
            screen.say(f"   {'·' if policy.is_configured(name) else '✗'} {parameter_told(name, policy)}")
    counted = income_parameters()
    screen.emit({"group": INCOME, "parameters": [_plain(name, policy) for name in counted]})
    screen.say(f"\n{INCOME}（凡看收入的规则共用）")
    for name in counted:
        screen.say(f"   {'·' if policy.is_configured(name) else '✗'} {parameter_told(name, policy)}")
    screen.say(f"\n{len(rules)} rules for {region} in {month}; {silent} say nothing: no rule configured.")


def income_parameters() -> list[str]:
    """The parameters by which income is counted, in the order of their names."""
    return sorted(name for name in parameters() if group_of(name) == INCOME)


def parameter_told(name: str, policy: Policy) -> str:
    """``低保标准 500 元/人·月，2021-01-01 起（示例值）``, or that no rule is configured."""
    line = policy.lines.get(name)
    said = f"{title_of(name)} {value_told(line)}"
    if line is None:
        return said
    return f"{said}，{line.valid_from} 起（{document_told(line.document, line.is_verified)}）"


def _plain(name: str, policy: Policy) -> dict[str, str | None]:
    line = policy.lines.get(name)
    return {
        "parameter": name,
        "title": title_of(name),
        "value": line.value if line and line.value else None,
        "unit": line.unit if line else None,
        "told": value_told(line),
        "valid_from": str(line.valid_from) if line else None,
        "document": line.document if line else None,
        "status": line.status if line else None,
    }


def _list(cell: str) -> tuple[str, ...]:
    return tuple(word for word in cell.split(";") if word)
