"""The page of the row rules: what agencies are asked about their rows, and which rows are set aside."""

from __future__ import annotations

from console.pages.markdown import page, table
from warehouse.intake.row_rule import EVERY_FEED, every_rule

_TREATED = {"set_aside": "**set aside**", "asked": "asked, row is used"}


def row_rules_page() -> str:
    """``row_rules.md``."""
    rows = []
    for rule_id, (feed, rule) in every_rule().items():
        of = "、".join(f"`{name}`" for name in rule.columns) or f"every {rule.kind} column"
        if rule.required_only:
            of += " that is required"
        rows.append(
            (
                rule_id,
                "every feed" if feed == EVERY_FEED else feed,
                f"{rule.when}: {of}",
                _TREATED[rule.treatment],
                rule.problem,
                f"`{rule.policy}`" if rule.policy else "",
            )
        )
    headers = ("rule", "feed", "looks at", "the row", "what the slip says", "policy")
    return page(
        "What agencies are asked about their rows", "`warehouse/intake/row_rules`", table(headers, rows)
    )
