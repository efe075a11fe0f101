"""The pages of policy and of the rules that stand on it."""

from __future__ import annotations

from collections.abc import Iterable

from console.commands.rules import Rule, catalogue, feed_titles
from console.pages.markdown import page, table
from warehouse.months import Month
from warehouse.policy import EVERYWHERE, Line, Policy
from warehouse.policy.groups import group_of, groups
from warehouse.policy.lines import in_force
from warehouse.policy.packs import Packs, read_packs
from warehouse.policy.told import ILLUSTRATIVE, title_of, value_told
from warehouse.settings import REPOSITORY

# As an officer meets them: what may be paid wrongly, what may be missing, what is spent, who asks, what piles up.
KINDS = ("错保", "漏保", "支出", "求助", "报警")
PACKS = REPOSITORY / "dbt_project" / "seeds" / "policy"


def policy_page() -> str:
    """``policy.md``: every line of every pack, group by group."""
    headers = ("parameter", "名称", "region", "value", "from", "to", "document", "status", "note")
    lines = sorted(_packs().lines, key=lambda line: (line.parameter, line.region, line.valid_from))
    parts: list[str] = []
    for group in groups():
        rows = [_row(line) for line in lines if group_of(line.parameter) == group]
        if rows:
            parts += [f"## {group}", "", *table(headers, rows), ""]
    return page("The policy packs", "`dbt_project/seeds/policy/*.csv`", parts)


def rules_page(month: Month) -> str:
    """``rules.md``: every rule with its feeds and, region by region, the values it decides by in a month."""
    packs = _packs()
    policies = [in_force(packs.lines, region, month) for region in packs.regions]
    rules = sorted(catalogue(), key=lambda rule: rule.rule_id)
    parts = [
        f"Values are those in force in {month}; *example* marks a value that no document gives. A rule with "
        "a parameter that is left open says 未配置规则 instead of deciding (R010).",
        "",
        *table(
            ("rule", "title", "kind", "requirement"),
            [
                (f"[{r.rule_id}](#{r.rule_id.lower()})", r.title, r.kind, " ".join(r.requirements))
                for r in rules
            ],
        ),
        "",
    ]
    for kind in dict.fromkeys([*KINDS, *(rule.kind for rule in rules)]):
        parts += [f"## {kind}", ""]
        for rule in rules:
            if rule.kind == kind:
                parts += _rule(rule, policies)
    return page(
        "The catalogue of warnings", "`dbt_project/seeds/reference/rule_catalogue.csv` and the packs", parts
    )


def _rule(rule: Rule, policies: list[Policy]) -> list[str]:
    lines = [
        f'### <a id="{rule.rule_id.lower()}"></a>{rule.rule_id} {rule.title}',
        "",
        rule.sentence,
        "",
        f"- 来源：{feed_titles(rule.needs) or '其他规则的预警'}",
        *([f"- 参考：{feed_titles(rule.helps)}"] if rule.helps else []),
        f"- 核查：{rule.check_hint}",
        f"- 依据：{'、'.join(rule.requirements)}",
        "",
    ]
    if rule.parameters:
        lines += [*_values(rule.parameters, policies), ""]
    return lines


def _values(names: Iterable[str], policies: list[Policy]) -> list[str]:
    """A table of parameters, a column for each region."""
    rows = [
        (f"{title_of(name)} `{name}`", *(_in_region(policy.lines.get(name)) for policy in policies))
        for name in names
    ]
    return table(("参数", *(policy.region for policy in policies)), rows)


def _in_region(line: Line | None) -> str:
    said = value_told(line)
    if line is None or line.value == "":
        return f"*{said}*"
    return said if line.is_verified else f"{said} *example*"


def _row(line: Line) -> tuple[str, ...]:
    title = title_of(line.parameter)
    return (
        f"`{line.parameter}`",
        "" if title == line.parameter else title,
        line.region.replace(EVERYWHERE, "\\*"),
        value_told(line) if line.value else "*未配置规则*",
        str(line.valid_from),
        str(line.valid_to or ""),
        line.document,
        line.status if line.is_verified else ILLUSTRATIVE,
        line.note,
    )


def _packs() -> Packs:
    return read_packs(PACKS)
