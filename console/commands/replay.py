"""``doudi replay``: a month under its own policy again, or under other packs, and what makes the difference."""

from __future__ import annotations

from pathlib import Path

from console.commands.access import note_act
from console.commands.rules import catalogue
from console.screen import Screen
from warehouse import policy as policies
from warehouse.access import Item
from warehouse.database import in_memory, quoted
from warehouse.errors import HistoryMissing
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.policy.told import UNCONFIGURED
from warehouse.replay import replayed
from warehouse.settings import Settings

# Per rule: the warnings of the replay, those that the month as built has not, those of the built month that are
# gone, the parameters that the lines of both name, and why nothing was said where the rule could not speak.
_RULES = """
WITH here AS (SELECT rule_id, warning_id, policy_ref FROM read_parquet('{here}')),
built AS (SELECT rule_id, warning_id, policy_ref FROM read_parquet('{built}')),
moved AS (
  SELECT rule_id, true AS is_new, policy_ref FROM here ANTI JOIN built USING (warning_id)
  UNION ALL
  SELECT rule_id, false, policy_ref FROM built ANTI JOIN here USING (warning_id)),
counted AS (
  SELECT rule_id, count(*) FILTER (is_new) AS appear, count(*) FILTER (NOT is_new) AS vanish,
    list_sort(list_distinct(flatten(list(regexp_extract_all(policy_ref, '([^ ;]+)@', 1))))) AS parameters
  FROM moved GROUP BY rule_id),
raised AS (SELECT rule_id, count(*) AS raised FROM here GROUP BY rule_id),
silent AS (
  SELECT rule_id, sum(not_assessed)::BIGINT AS not_assessed,
    any_value(reason) FILTER (starts_with(reason, '{not_configured}')) AS reason
  FROM read_parquet('{assessed}') GROUP BY rule_id)
SELECT rule_id, coalesce(raised, 0), coalesce(appear, 0), coalesce(vanish, 0), not_assessed,
  coalesce(parameters, []), reason
FROM silent LEFT JOIN counted USING (rule_id) LEFT JOIN raised USING (rule_id)
ORDER BY rule_id
"""


def show_replay(month: Month, regions: tuple[str, ...], settings: Settings, screen: Screen) -> None:
    """Per rule and region: warnings, which of them are not on the month as built, which of its are gone, and
    what moved them: the policy values that differ, or the reason why the rule says nothing here."""
    lake = Lake(settings.home)
    built = lake.partition("marts/fct_warning_monthly", month=str(month))
    if not any(built.glob("*.parquet")):
        raise HistoryMissing(
            f"{month} was never built in this home: there is nothing to compare with.",
            next_step=f"run doudi run --month {month} first.",
        )
    base = policies.load(settings.policy_dir, _region_of(built, settings), month)
    asked = [Item(f"replay {region}", "counts") for region in regions or (settings.region,)]
    note_act(settings, "read", "replay", asked, by=None, purpose="按他策重算，只显示数", month=str(month))
    rows: list[tuple[object, ...]] = []
    differing: list[tuple[object, ...]] = []
    for region in regions or (settings.region,):
        policy = policies.load(settings.policy_dir, region, month)
        lines = _differences(base, policy)
        differing += lines
        with replayed(month, lake=lake, policy=policy, policy_dir=settings.policy_dir) as aside:
            moved = {str(line[1]) for line in lines}
            rows += [(region, *line) for line in _compared(aside, built, month, moved)]
    headers = ("region", "rule", "raised", "not as built", "built, gone here", "not assessed", "moved by")
    screen.table(f"{month} replayed beside the month as built under {base.region}", headers, rows)
    if differing:
        screen.table(
            f"What the packs set otherwise than {base.region}",
            ("region", "parameter", "rules", base.region, "value", "document", "status"),
            differing,
        )


def _region_of(built: Path, settings: Settings) -> str:
    """The region under which the month was built; the one asked for where it has no warning to tell."""
    with in_memory(settings.home) as con:
        found = con.execute(
            f"SELECT min(region) FROM read_parquet('{quoted(built / '*.parquet')}')"
        ).fetchone()
    return str(found[0]) if found and found[0] else settings.region


def _compared(aside: Lake, built: Path, month: Month, differing: set[str]) -> list[tuple[object, ...]]:
    def mart(name: str) -> str:
        return quoted(aside.partition(f"marts/{name}", month=str(month)) / "*.parquet")

    with in_memory(aside.home) as con:
        found = con.execute(
            _RULES.format(
                here=mart("fct_warning_monthly"),
                built=quoted(built / "*.parquet"),
                assessed=mart("fct_assessment_monthly"),
                not_configured=UNCONFIGURED,
            )
        ).fetchall()
    return [
        (*counts, reason or ";".join(sorted(differing & set(parameters))))
        for *counts, parameters, reason in found
    ]


def _differences(base: Policy, other: Policy) -> list[tuple[object, ...]]:
    """The parameters of rules that two regions set differently, with the rules that ask for them."""
    asked: dict[str, list[str]] = {}
    for rule in catalogue():
        for parameter in rule.parameters:
            asked.setdefault(parameter, []).append(rule.rule_id)
    lines: list[tuple[object, ...]] = []
    for parameter, rules in sorted(asked.items()):
        mine, theirs = _value(base, parameter), _value(other, parameter)
        if mine != theirs:
            line = other.lines.get(parameter)
            said = (line.document, line.status) if line else ("", "")
            lines.append((other.region, parameter, ";".join(rules), mine, theirs, *said))
    return lines


def _value(policy: Policy, parameter: str) -> str:
    return policy.text(parameter) if policy.is_configured(parameter) else UNCONFIGURED
